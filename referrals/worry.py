"""'I am worried about a citizen: what do I do?' The steps for each door, as data. Pure.

The steps that are the same for everybody stand once; each door has its own words for the talk with the citizen, for whom
to ask in its own house, and for the duty to notify the municipality of concern for a child (Barnets lov, chapter on
notification: those who work with citizens must notify, in person, and consent is not needed).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Action(StrEnum):
    """What a step offers to do at once."""

    CALL_112 = "call_112"
    ACUTE_NUMBERS = "acute_numbers"
    COORDINATOR = "coordinator"
    FORM = "form"
    CONCERN = "concern"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step, with its heading and text in both languages."""

    heading_da: str
    heading_en: str
    text_da: str
    text_en: str
    action: Action = Action.NONE


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What one door says differently, each as (Danish, English)."""

    talk: tuple[str, str]
    house: tuple[str, str]
    child: tuple[str, str]


DANGER = Step(
    "Er der fare for liv nu?",
    "Is a life in danger now?",
    "Ring 112 med det samme. Bliv hos borgeren, til hjælpen er der. Er der vold eller våben, så pas først på dig selv.",
    "Call 112 at once. Stay with the citizen until help is there. If there is violence or a weapon, be safe yourself first.",
    Action.CALL_112,
)
ACUTE = Step(
    "Er det akut, men ikke livsfare?",
    "Is it acute, but no life in danger?",
    "Spørg lige ud, om borgeren tænker på at dø. Det gør det ikke værre at spørge. Er svaret ja, så lad ikke borgeren være "
    "alene. Ring til et af numrene her, og ring sammen med borgeren, hvis I kan.",
    "Ask straight out whether the citizen thinks of dying. Asking does not make it worse. If the answer is yes, do not leave "
    "the citizen alone. Call one of these numbers, together with the citizen if you can.",
    Action.ACUTE_NUMBERS,
)
COORDINATOR = Step(
    "Er du i tvivl? Spørg koordinatoren",
    "In doubt? Ask the coordinator",
    "Koordinatoren kender dørene og tager imod, når du ikke ved, hvem der kan hjælpe. Du kan spørge uden at sige, hvem det er.",
    "The coordinator knows the doors, and takes over when you do not know who can help. You can ask without saying who it is.",
    Action.COORDINATOR,
)
FORM = Step(
    "Skriv ned, hvad du ved",
    "Write down what you know",
    "Du behøver ikke en diagnose, et navn eller et CPR-nummer. Skriv det, du har set og hørt. Så ser du den rette dør, mens "
    "du skriver. Sagen bliver hos jer, til en anden har mødt borgeren.",
    "You need no diagnosis, no name and no CPR number. Write what you have seen and heard. You see the right door while you "
    "write. The case stays with you until somebody else has met the citizen.",
    Action.FORM,
)
TALK, HOUSE, CHILD = (
    ("Tal med borgeren", "Talk with the citizen"),
    ("Stå ikke alene med det", "Do not stand alone with it"),
    ("Er du bekymret for et barn?", "Are you worried about a child?"),
)
MUST_NOTIFY_DA = (
    "Så skal du underrette kommunen. Pligten er din egen: Du kan ikke give den videre til din leder, og du behøver ikke "
    "samtykke. Tal først med forældrene, hvis det er trygt for barnet. Er der tegn på vold eller overgreb, så ring til "
    "kommunen med det samme, og sig ikke noget til forældrene først."
)
MUST_NOTIFY_EN = (
    "Then you must notify the municipality. The duty is your own: you cannot pass it on to your leader, and you need no "
    "consent. Talk with the parents first if that is safe for the child. If there are signs of violence or abuse, call the "
    "municipality at once, and say nothing to the parents first."
)

EVERYBODY = OwnWords(
    talk=(
        "Find et roligt sted. Sig, hvad du har set, og spørg: Hvordan har du det? Lyt mere, end du taler. Spørg, hvad "
        "borgeren selv ønsker, og hvem I skal sige det til.",
        "Find a quiet place. Say what you have seen, and ask: how are you? Listen more than you talk. Ask what the citizen "
        "wants, and whom to tell.",
    ),
    house=(
        "Tal med en kollega eller din leder, før du går hjem. Aftal, hvem der ringer til borgeren næste gang, og hvornår.",
        "Talk with a colleague or your leader before you go home. Agree who calls the citizen next, and when.",
    ),
    child=(
        f"Det kan være borgeren selv, hvis borgeren er under 18 år, eller et barn i hjemmet. {MUST_NOTIFY_DA}",
        f"It can be the citizen, if the citizen is under 18, or a child at home. {MUST_NOTIFY_EN}",
    ),
)
BY_DOOR: dict[str, OwnWords] = {
    "jobcenter": OwnWords(
        talk=(
            "Lad samtalen om job vente. Sig, hvad du har lagt mærke til, og spørg: Hvordan har du det? Fortæl, at det er "
            "frivilligt at tage imod hjælp, og at I kan tale om job en anden dag.",
            "Let the talk about work wait. Say what you have noticed, and ask: how are you? Tell them that help is a free "
            "choice, and that you can talk about work another day.",
        ),
        house=(
            "Sig det til din leder eller en kollega samme dag. Kan borgeren ikke komme til næste møde, så flyt mødet, og "
            "skriv hvorfor.",
            "Tell your leader or a colleague the same day. If the citizen cannot come to the next meeting, move it, and "
            "write why.",
        ),
        child=(
            "Spørg altid, om der bor børn i hjemmet. Er du bekymret for dem, eller er borgeren selv under 18 år? "
            f"{MUST_NOTIFY_DA}",
            f"Always ask whether children live at home. Are you worried about them, or is the citizen under 18? {MUST_NOTIFY_EN}",
        ),
    ),
    "school": OwnWords(
        talk=(
            "Tal med eleven alene, et sted hvor de andre ikke ser det. Sig, hvad du har lagt mærke til: fravær, humør, lugt "
            "af hash. Lov ikke at holde det hemmeligt. Sig, hvem du taler med bagefter.",
            "Talk with the pupil alone, where the others do not see it. Say what you have noticed: absence, mood, a smell of "
            "cannabis. Do not promise to keep it secret. Say whom you will talk with afterwards.",
        ),
        house=(
            "Sig det til din leder samme dag. Tag skolens vejleder eller PPR med på råd. Er eleven under 15 år, skal "
            "forældrene som regel med. Fra 15 år siger den unge selv ja til hjælp.",
            "Tell your leader the same day. Ask the school's counsellor or PPR. If the pupil is under 15, the parents are "
            "usually part of it. From 15 the young person says yes to help alone.",
        ),
        child=(
            f"Mange elever er under 18 år. Er du bekymret for, hvordan eleven har det eller bor? {MUST_NOTIFY_DA}",
            f"Many pupils are under 18. Are you worried about how the pupil is, or how they live? {MUST_NOTIFY_EN}",
        ),
    ),
    "gp": OwnWords(
        talk=(
            "Spørg til humør, søvn, alkohol, stoffer og medicin i samme samtale. Spørg lige ud om tanker om at dø. Aftal en "
            "ny tid, før patienten går, også når du henviser.",
            "Ask about mood, sleep, alcohol, drugs and medicine in the same talk. Ask straight out about thoughts of dying. "
            "Agree a new time before the patient leaves, also when you refer.",
        ),
        house=(
            "Er du i tvivl om faren, så ring til vagthavende i psykiatrien og spørg til råds. Skriv i journalen, hvad I har "
            "aftalt, og hvem der følger op.",
            "If you doubt how great the danger is, call the psychiatrist on duty for advice. Write in the record what you "
            "agreed, and who follows up.",
        ),
        child=(
            f"Har patienten børn, eller venter patienten barn, så spørg, hvem der passer på børnene. {MUST_NOTIFY_DA}",
            f"If the patient has or expects a child, ask who looks after the children. {MUST_NOTIFY_EN}",
        ),
    ),
    "child_family": OwnWords(
        talk=(
            "Tal med barnet og med forældrene, hver for sig. Spørg, hvad der sker på en god dag og på en svær dag. Sig, hvad "
            "du gør bagefter.",
            "Talk with the child and with the parents, each alone. Ask what happens on a good day and on a hard day. Say what "
            "you will do afterwards.",
        ),
        house=(
            "Sig det til din leder samme dag. Har flere afdelinger familien, så aftal, hvem der svarer for den.",
            "Tell your leader the same day. If several departments know the family, agree who answers for it.",
        ),
        child=(
            f"Du ser ofte barnet før andre. {MUST_NOTIFY_DA} Det gælder også et barn, der ikke er født endnu.",
            f"You often see the child before others do. {MUST_NOTIFY_EN} The same goes for a child not yet born.",
        ),
    ),
    "substance_centre": OwnWords(
        talk=(
            "Spørg til det psykiske, også når borgeren er påvirket. Er borgeren meget fuld eller svær at vække, så ring 112. "
            "Spørg, om nogen kan være sammen med borgeren i nat.",
            "Ask about the mental side, also when the citizen is under the influence. If they are very drunk or hard to wake, "
            "call 112. Ask whether somebody can be with them tonight.",
        ),
        house=(
            "Tal med lægen eller sygeplejersken hos jer samme dag. Skal psykiatrien med, så ring dertil sammen. Borgeren "
            "skal ikke vente på, at misbruget er slut.",
            "Talk with your doctor or nurse the same day. If psychiatry is needed, call them together. The citizen does not "
            "have to wait until the substance use has ended.",
        ),
        child=(
            f"Spørg altid, om der er børn i hjemmet, og om nogen er gravid. {MUST_NOTIFY_DA}",
            f"Always ask whether there are children at home, and whether anybody is pregnant. {MUST_NOTIFY_EN}",
        ),
    ),
    "psychiatry": OwnWords(
        talk=(
            "Spørg til alkohol, stoffer og medicin, også når det ikke er derfor, borgeren er her. Spørg, hvor borgeren sover "
            "i nat, og hvem der er der.",
            "Ask about alcohol, drugs and medicine, also when that is not why the citizen is here. Ask where they sleep "
            "tonight, and who is there.",
        ),
        house=(
            "Tag det op med den ansvarlige læge samme dag. Udskriv ikke til ingenting: Aftal, hvem der ringer den første uge.",
            "Take it up with the doctor in charge the same day. Do not discharge to nothing: agree who calls in the first week.",
        ),
        child=(
            f"Spørg altid, om der er børn i hjemmet, og hvem der passer på dem nu. {MUST_NOTIFY_DA}",
            f"Always ask whether there are children at home, and who looks after them now. {MUST_NOTIFY_EN}",
        ),
    ),
    "police": OwnWords(
        talk=(
            "Tal roligt, og sig, hvad der skal ske nu. Spørg, om borgeren har taget noget, fejler noget eller har ondt. Er "
            "borgeren bevidstløs eller forvirret, så ring 112.",
            "Speak calmly, and say what happens now. Ask whether the citizen has taken something, is ill or in pain. If they "
            "are unconscious or confused, call 112.",
        ),
        house=(
            "Sig det til vagten eller lederen, før du går hjem. Skal borgeren løslades, så find døren først, og ring dertil.",
            "Tell whoever is on duty before you go home. If the citizen is to be released, find the door first, and call there.",
        ),
        child=(
            f"Er der børn på stedet, eller er den unge under 18 år? {MUST_NOTIFY_DA}",
            f"Are there children at the place, or is the young person under 18? {MUST_NOTIFY_EN}",
        ),
    ),
}
SAME_AS = {
    "youth_club": "school",
    "ppr": "school",
    "hospital": "gp",
    "health_visitor": "child_family",
    "psychiatric_acute": "psychiatry",
    "prison": "police",
}
CHILDREN_FIRST = frozenset({"school", "child_family"})


def steps(door: str) -> list[Step]:
    """What to do, in order, for whoever works at this door."""
    door = SAME_AS.get(door, door)
    own = BY_DOOR.get(door, EVERYBODY)
    talk, house, child = Step(*TALK, *own.talk), Step(*HOUSE, *own.house), Step(*CHILD, *own.child, Action.CONCERN)
    order = [child, talk, house] if door in CHILDREN_FIRST else [talk, child, house]
    return [DANGER, ACUTE, *order, COORDINATOR, FORM]
