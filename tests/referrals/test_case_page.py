"""The case page: calls, notes, screenings, the journal, what has changed, and what it costs."""

from __future__ import annotations

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import translation

from navigator import clock
from navigator.database import scope
from referrals import actions, journal, models
from referrals.enums import Channel, Happening, Outcome, Reached, Wait
from referrals.errors import Invalid, NotAllowed, TooLate
from referrals.templatetags.handoff import deadline_badge, deadline_stage
from tests.helpers.cases import CANNABIS, logged, sent
from tests.helpers.snapshot import everything
from tests.helpers.world import World
from tests.referrals.test_hand_off_views import at, do, missed, post, seen, text, url

DAY = timedelta(days=1)


def case_page(world: World, case: Any) -> str:
    return text(at(world.alice).get(url("case", case)))


def notes(world: World, case: models.Case) -> list[str]:
    """What the page offers to be copied, the latest first; the whole course last."""
    page = at(world.alice).get(url("case", case)).content.decode()
    return [html.unescape(found) for found in re.findall(r"<textarea[^>]*readonly[^>]*>([^<]*)</textarea>", page)]


# Calls and notes


def test_a_call_is_kept_with_channel_and_result(world: World) -> None:
    case = logged(world)
    response = post(world.alice, "record_call", case, channel="sms", reached="relative", note="Søsteren svarede.")
    assert (response.status_code, response.url) == (302, url("case", case))
    with scope.scope(world.alice.unit.pk):
        (event,) = models.CaseEvent.objects.filter(kind=Happening.CALLED).select_related("data_key")
        assert (event.detail, event.note) == ({"channel": "sms", "reached": "relative"}, "Søsteren svarede.")
        assert event.referral_id is None
    assert "Kontakt til borgeren. SMS: Talte med en pårørende" in case_page(world, case)


def test_a_call_needs_a_result_and_a_note_words(world: World) -> None:
    case = logged(world)
    before = everything()
    for name, data in (
        ("record_call", {"channel": "phone", "note": "x"}),
        ("record_call", {"channel": "pigeon", "reached": "no_answer"}),
        ("add_note", {"note": "  "}),
    ):
        assert post(world.alice, name, case, **data).status_code == 422, name
        assert post(world.erik, name, case, **data).status_code == 404
        assert post(world.bo, name, case, **data).status_code == 404
    assert everything() == before
    with scope.scope(world.erik.unit.pk, world.alice.unit.pk):
        given: dict[str, Any] = {"case": case, "by": world.erik, "now": clock.now()}
        with pytest.raises(NotAllowed):
            actions.record_call(channel=Channel.PHONE, reached=Reached.AGREED, note="", **given)
        with pytest.raises(NotAllowed):
            actions.add_note(note="x", **given)
    assert everything() == before


def test_a_note_is_for_the_case_and_not_for_the_services(world: World) -> None:
    referral = seen(world)
    assert post(world.alice, "add_note", referral.case_id, note="Ring kun om formiddagen.").status_code == 302
    assert "Ring kun om formiddagen." in case_page(world, referral.case_id)
    assert "Ring kun om formiddagen." not in text(at(world.bo).get(url("referral", referral)))


def test_whoever_wants_a_companion_gets_one_looked_for_while_a_service_waits(world: World) -> None:
    case = logged(world)
    post(world.alice, "record_call", case, channel="phone", reached="wants_companion")
    with scope.scope(world.alice.unit.pk):
        assert not models.FollowUp.objects.filter(waits_for=Wait.COMPANION).exists()
    referral = sent(world, to=world.bo.unit, case=case)
    for _ in range(2):
        post(world.alice, "record_call", case, channel="phone", reached="wants_companion")
    with scope.scope(world.alice.unit.pk):
        (task,) = models.FollowUp.objects.open().filter(waits_for=Wait.COMPANION)
        assert (task.referral_id, task.owed_by) == (referral.pk, world.alice.unit)


def test_a_service_notes_its_call_and_the_sender_sees_it(world: World) -> None:
    referral = seen(world)
    data = {"channel": "phone", "reached": "call_later", "note": "Ringer igen fredag."}
    assert post(world.bo, "record_call_about", referral, **data).status_code == 302
    assert "Ringer igen fredag." in case_page(world, referral.case_id)
    before = everything()
    assert post(world.erik, "record_call_about", referral, **data).status_code == 404
    assert post(world.bo, "record_call_about", referral, channel="phone").status_code == 422
    assert everything() == before
    later = missed(world)  # there an attempt is a step of its own
    assert url("record_call_about", later) not in at(world.bo).get(url("referral", later)).content.decode()


def test_contact_is_lost_only_after_three_calls_on_two_channels_in_vain(world: World) -> None:
    case = logged(world)
    given: dict[str, Any] = {"case": case, "outcome": Outcome.LOST_CONTACT, "because": "Ingen svarer"}
    called = [("phone", "no_answer"), ("sms", "agreed"), ("phone", "no_answer"), ("phone", "relative")]
    for channel, reached in called:
        do(actions.record_call, world.alice, case=case, channel=Channel(channel), reached=Reached(reached), note="")
        before = everything()
        with pytest.raises(TooLate):
            do(actions.close_case, world.dorte, **given)
        assert everything() == before
    do(actions.record_call, world.alice, case=case, channel=Channel.VISIT, reached=Reached.NO_ANSWER, note="")
    do(actions.close_case, world.dorte, **given)
    with scope.scope(world.dorte.unit.pk):
        assert models.Case.objects.get().outcome == Outcome.LOST_CONTACT


# The journal and the course


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "da",
            "22. november 2026 kl. 10.30: Sendt\nAf: Alice\nTilbud: Centret\nNotat: Ring.\n"
            "Næste skridt: Åbn. Bo, senest 24. november 2026\nKilde: Vejviser, sag 000001-9",
        ),
        (
            "en",
            "22 November 2026 at 10:30: Sendt\nBy: Alice\nService: Centret\nNote: Ring.\n"
            "Next step: Åbn. Bo, by 24 November 2026\nSource: Vejviser, case 000001-9",
        ),
    ],
)
def test_a_note_for_the_journal(language: str, expected: str) -> None:
    at = clock.end_of_day(clock.today()).replace(year=2026, month=11, day=22, hour=10, minute=30)
    due = at.replace(day=25, hour=0, minute=0)
    entry = journal.Entry(at, "Sendt", "Alice", "Centret", "Ring.", [journal.Next("Åbn", "Bo", due)])
    with translation.override(language):
        assert journal.entry(entry, case_number="000001-9") == expected
        assert journal.course([entry, entry], case_number="1").count("2026") == 4


def test_each_event_can_be_copied_with_what_was_owed_after_it_and_without_the_name(world: World) -> None:
    case = logged(world, name="Mikkel Opfundet")
    referral = sent(world, to=world.bo.unit, case=case)
    do(actions.open_referral, world.bo, referral=referral)
    *each, whole = notes(world, case)
    opened, posted = each[0], each[1]
    name, centre = referral.service.name_da, str(world.bo.unit)
    assert opened.splitlines()[1:3] == [f"Af: Bo Nielsen, {centre}", f"Tilbud: {name}"]
    assert re.fullmatch(rf"Næste skridt: Svar på henvisningen\. {centre}, senest \d.*", opened.splitlines()[3])
    assert re.fullmatch(rf"Næste skridt: Åbn henvisningen\. {centre}, senest \d.*", posted.splitlines()[3])
    assert opened.splitlines()[-1] == f"Kilde: Vejviser, sag {case.short_number}"
    assert len(each) == whole.count("Af: ")
    assert "Mikkel" not in whole


def test_the_page_tells_the_road_who_to_call_and_what_each_step_led_to(world: World) -> None:
    world.bo.unit.phone = "87 00 00 01"
    world.bo.unit.save(update_fields=["phone"])
    referral = sent(world, to=world.bo.unit)
    page = case_page(world, referral.case_id)
    assert re.search(r"Sendt her nu i dag Set endnu ikke Modtaget endnu ikke Tid aftalt endnu ikke Ankommet", page)
    assert "87 00 00 01" in page
    assert "→ Åbn henvisningen · Aarhus Rusmiddelcenter" in page
    do(actions.ask_question, world.bo, referral=referral, question="?")
    assert "Oplysninger mangler" in case_page(world, referral.case_id)


@pytest.mark.parametrize(
    ("ago", "stage", "badge"),
    [
        (0, "Løber", "badge-info"),
        (8, "Halvdelen af tiden er gået", "badge-warning"),
        (13, "Fristen er nær", "badge-warning"),
        (20, "Overskredet", "badge-error"),
    ],
)
def test_a_clock_says_in_words_how_it_stands(world: World, ago: int, stage: str, badge: str) -> None:
    case = logged(world, first_contact_on=clock.today() - ago * DAY)
    with scope.scope(world.alice.unit.pk), translation.override("da"):
        guarantee = case.guarantees.order_by("right").first()
        assert guarantee is not None
        assert (guarantee.days, deadline_stage(guarantee), deadline_badge(guarantee)) == (14, stage, badge)
        guarantee.stopped_at, guarantee.stopped_by = clock.now(), models.Guarantee.Stopped.ARRIVED
        assert deadline_stage(guarantee) == "Stoppet: Borgeren er kommet"


def test_a_new_match_says_what_it_has_changed(world: World) -> None:
    case = logged(world)
    assert "Ændret, siden der blev fundet døre" not in case_page(world, case)
    do(actions.reassess, world.alice, case=case, answers=CANNABIS)
    assert "Intet: de samme døre, rettigheder og pligter som før." in case_page(world, case)
    worse = CANNABIS | {"mental": {"state": "severe", "signs": []}}
    do(actions.reassess, world.alice, case=case, answers=worse)
    page = case_page(world, case)
    assert "Niveau 1 → 3" in page
    assert "Nye pligter" in page


# Screening


SCORE = {"about": "mental_state", "instrument": "asi", "score": "4", "made_on": clock.today().isoformat()}


def test_a_screening_is_noted_and_leads_to_a_new_match_with_that_step(world: World) -> None:
    case = logged(world)  # substance use only: rule E2 asks for a mental screening
    data = SCORE | {"step": "mental_state:moderate", "version": "5", "text": "Samtale i dag."}
    response = post(world.alice, "record_screening", case, **data)
    with scope.scope(world.alice.unit.pk):
        screening = models.Screening.objects.select_related("data_key").get()
        kept = (screening.about, screening.instrument, screening.version, screening.score, screening.step)
        assert kept == ("mental_state", "asi", "5", "4", "moderate")
        assert models.CaseEvent.objects.filter(kind=Happening.SCREENED).count() == 1
    assert (response.status_code, response.url) == (302, f"{url('reassess', case)}?screening={screening.pk}")
    page = at(world.alice).get(response.url).content.decode()
    assert re.search(r'name="mental_state" value="moderate"[^>]*checked', page)
    with connection.cursor() as cursor:
        cursor.execute("SELECT score, text FROM referrals_screening")
        assert all(bytes(value) != b"4" and b"Samtale" not in bytes(value) for value in cursor.fetchone() or ())


@pytest.mark.parametrize(
    "wrong",
    [
        {"score": " "},
        {"instrument": "other"},
        {"instrument": "magic"},
        {"about": "substance_use"},
        {"step": "substance_use:misuse"},
        {"made_on": (clock.today() + DAY).isoformat()},
    ],
)
def test_a_screening_that_is_not_asked_for_or_not_whole_is_refused(world: World, wrong: dict[str, str]) -> None:
    case = logged(world)
    before = everything()
    assert post(world.alice, "record_screening", case, **SCORE | wrong).status_code == 422
    assert post(world.bo, "record_screening", case, **SCORE).status_code == 404
    assert everything() == before


def test_no_screening_is_asked_for_where_both_sides_are_known(world: World) -> None:
    case = logged(world, answers=CANNABIS | {"mental": {"state": "mild", "signs": []}})
    assert "Notér en screening" not in case_page(world, case)
    assert post(world.alice, "record_screening", case, **SCORE).status_code == 404
    with pytest.raises(Invalid):
        do(actions.record_screening, world.alice, case=case, about="mental_state", instrument="other", called="",
           version="", score="1", text="", step="", made_on=clock.today())  # fmt: skip
