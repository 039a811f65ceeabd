"""The pages of a hand-off: each step where it is taken, each refusal with its sentence, and nothing lost on the way."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from navigator import clock
from navigator.accounts.models import Role
from navigator.database import scope
from pathways.matching import match
from pathways.models import DirectoryVersion, Service
from referrals import actions, models
from referrals.acting import By
from referrals.enums import Channel, Evidence, Happening, Outcome, Reached, Side, Status, Urgency, Wait
from referrals.templatetags import handoff
from tests.helpers.cases import CANNABIS, DUAL, logged, sent, service
from tests.helpers.pages import at, text
from tests.helpers.planted import worker
from tests.helpers.snapshot import everything
from tests.helpers.world import World

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
S, P = Side.SUBSTANCE, Side.PSYCHIATRY


def url(name: str, *args: Any) -> str:
    return reverse(name, args=[getattr(arg, "pk", arg) for arg in args])


def post(by: By, name: str, *args: Any, **data: Any) -> Any:
    return at(by).post(url(name, *args), data)


def do(action: Callable[..., Any], by: By, **given: Any) -> Any:
    now = given.pop("now", clock.now())
    with scope.scope(by.unit.pk):
        return action(by=by, now=now, **given)


def again(by: By, referral: models.Referral) -> models.Referral:
    with scope.scope(by.unit.pk):
        return models.Referral.objects.get(pk=referral.pk)


def page(by: By, referral: models.Referral) -> str:
    return text(at(by).get(url("referral", referral)))


def seen(world: World, **given: Any) -> models.Referral:
    referral = sent(world, to=world.bo.unit, **given)
    do(actions.open_referral, world.bo, referral=referral)
    return referral


def booked(world: World, *, ago: timedelta) -> models.Referral:
    """A visit that was to be so long ago."""
    start = clock.now() - ago - 3 * DAY
    referral = sent(world, to=world.bo.unit, now=start, case=logged(world, now=start, name="Mikkel Opfundet"))
    do(actions.accept_referral, world.bo, referral=referral, now=start + HOUR)
    return do(
        actions.book_time,
        world.bo,
        referral=referral,
        appointment_at=clock.now() - ago,
        now=start + 2 * HOUR,
    )


def missed(world: World) -> models.Referral:
    referral = booked(world, ago=DAY)
    return do(actions.record_no_show, world.bo, referral=referral)


def dual(world: World, *, covers: bool = True) -> models.Referral:
    case = logged(world, answers=DUAL, name="Mikkel Opfundet")
    return sent(world, to=world.bo.unit, case=case, sides=[S], covers_next_door=covers)


def doors(by: By, referral: models.Referral) -> list[str]:
    """The next doors that the page offers."""
    form = at(by).get(url("return_referral", referral)).content.decode()
    select = form[form.index('name="capacity_next_door"') :]
    return re.findall(r'<option value="([0-9a-f-]{36})"', select[: select.index("</select>")])


SOON = {"day": (clock.today() + 2 * DAY).isoformat(), "time": "10:30"}
Steps = tuple[str, str, dict[str, Any], str]


# Every form posts and changes


@pytest.mark.parametrize(
    ("who", "name", "data", "becomes"),
    [
        ("bo", "ask_question", {"question": "Hvilken dosis?"}, Status.QUESTION),
        ("bo", "accept_referral", {}, Status.ACCEPTED),
        ("bo", "put_on_waiting_list", {"until": (clock.today() + 30 * DAY).isoformat()}, Status.WAITLISTED),
        ("bo", "book_time", SOON, Status.BOOKED),
        ("bo", "confirm_arrival", {}, Status.ARRIVED),
        ("alice", "confirm_arrival", {"evidence": "companion"}, Status.ARRIVED),
        ("alice", "withdraw_referral", {"wants_instead": "Ingenting nu"}, Status.WITHDRAWN),
        ("alice", "cancel_referral", {"because": "Sendt to gange"}, Status.CANCELLED),
        ("bo", "withdraw_referral", {"wants_instead": "Hjælp i Aalborg"}, Status.WITHDRAWN),
        ("alice", "agree_companion", {"who": "Mentor Mads", "meeting_place": "Busterminalen"}, Status.SEEN),
    ],
)
def test_a_step_is_taken_where_it_is_shown(
    world: World, who: str, name: str, data: dict[str, Any], becomes: Status
) -> None:
    referral, by = seen(world), getattr(world, who)
    assert url(name, referral) in at(by).get(url("referral", referral)).content.decode()
    response = post(by, name, referral, **data)
    assert (response.status_code, response.url) == (302, url("referral", referral))
    assert again(world.alice, referral).status == becomes


@pytest.mark.parametrize(
    ("who", "name", "data"),
    [
        ("bo", "ask_question", {"question": " "}),
        ("bo", "put_on_waiting_list", {"until": "2020-01-01"}),
        ("bo", "book_time", {"day": "2020-01-01", "time": "10:00"}),
        ("alice", "confirm_arrival", {}),
        ("alice", "withdraw_referral", {"wants_instead": ""}),
        ("alice", "cancel_referral", {"because": ""}),
    ],
)
def test_what_is_missing_is_said_and_nothing_changes(world: World, who: str, name: str, data: dict[str, Any]) -> None:
    referral = seen(world)
    before = everything()
    response = post(getattr(world, who), name, referral, **data)
    assert response.status_code == 422
    assert "error-summary" in response.content.decode()
    assert everything() == before


@pytest.mark.parametrize(
    ("who", "name", "data"),
    [
        ("alice", "ask_question", {"question": "?"}),
        ("alice", "put_on_waiting_list", {}),
        ("carla", "accept_referral", None),
        ("bo", "cancel_referral", {"because": "x"}),
        ("erik", "withdraw_referral", None),
    ],
)
def test_not_yours_is_404_and_not_for_you_403(world: World, who: str, name: str, data: dict[str, Any] | None) -> None:
    referral = seen(world)
    before = everything()
    assert post(getattr(world, who), name, referral, **(data or {})).status_code == (404 if data is None else 403)
    assert everything() == before


def test_somebody_was_faster(world: World) -> None:
    referral = seen(world)
    post(world.alice, "cancel_referral", referral, because="En fejl")
    before = everything()
    for name, data in (("accept_referral", {}), ("ask_question", {"question": "?"}), ("book_time", {})):
        response = post(world.bo, name, referral, **data)
        assert response.status_code == 409, name
        assert "En anden kom først" in text(response)
    assert everything() == before


def test_each_sees_what_they_may_do_now_and_no_more(world: World) -> None:
    referral = seen(world)
    steps = {by: set(re.findall(rf'action="/referrals/{referral.pk}/([a-z-]+)/"', raw)) for by, raw in (
        (by, at(by).get(url("referral", referral)).content.decode()) for by in (world.alice, world.bo, world.dorte)
    )}  # fmt: skip
    assert steps[world.bo] == {"accept", "arrive", "waiting-list", "ask", "book", "withdraw", "called", "plan"}
    assert steps[world.alice] == {"arrive", "withdraw", "cancel", "companion", "called"}
    assert steps[world.dorte] == {"arrive", "withdraw", "cancel", "companion", "called"}
    assert url("return_referral", referral) in at(world.bo).get(url("referral", referral)).content.decode()


# A question and its answer


def test_a_question_is_answered_and_the_service_goes_on(world: World) -> None:
    referral = seen(world, case=logged(world, name="Mikkel Opfundet"))
    post(world.bo, "ask_question", referral, question="Hvilken dosis?")
    assert "Svar på tilbuddets spørgsmål" in text(at(world.alice).get("/"))
    assert "Hvilken dosis?" in page(world.alice, referral)
    assert post(world.alice, "answer_question", referral, answer="To om dagen").status_code == 302
    assert "To om dagen" in page(world.bo, referral)
    assert "Afsenderen har svaret på jeres spørgsmål" in text(at(world.bo).get(url("inbox")))


# The visit


def test_an_interpreter_is_asked_for_where_the_needs_name_a_language(world: World) -> None:
    case = logged(world, answers=CANNABIS | {"circumstances": {"interpreter": "ar"}})
    shown = at(world.alice).get(url("case", case)).content.decode()
    door = re.findall(rf"/cases/{case.pk}/services/[0-9a-f-]+/", shown)[0]
    assert at(world.alice).post(door, {"basis": "consent_oral", "urgency": "ordinary"}).status_code == 302
    with scope.scope(world.bo.unit.pk):
        referral = models.Referral.objects.get()
    post(world.bo, "open_referral", referral)
    assert "Er der bestilt tolk? Arabisk" in page(world.bo, referral)
    assert post(world.bo, "book_time", referral, **SOON).status_code == 422
    assert post(world.bo, "order_interpreter", referral).status_code == 409
    assert post(world.bo, "book_time", referral, **SOON, interpreter_ordered="yes").status_code == 302
    assert again(world.bo, referral).interpreter_ordered is True
    assert post(world.bo, "book_time", referral, **SOON, interpreter_ordered="no").status_code == 302
    assert again(world.bo, referral).interpreter_ordered is False


@pytest.mark.parametrize("who", ["bo", "alice"])
def test_an_interpreter_is_ordered_afterwards_in_one_press(
    world: World, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    by, referral = getattr(world, who), sent(world, to=world.bo.unit, interpreter="ar")
    do(actions.open_referral, world.bo, referral=referral)
    visit = {"referral": referral, "appointment_at": clock.now() + DAY, "interpreter_ordered": False}
    do(actions.book_time, world.bo, **visit)
    order = url("order_interpreter", referral)
    assert "tolk er ikke bestilt endnu" in page(by, referral)
    assert order in at(by).get(url("referral", referral)).content.decode()
    before = everything()
    assert post(world.erik, "order_interpreter", referral).status_code == 404
    with monkeypatch.context() as patched:
        patched.setattr("referrals.actions.referral.events.record", fails)
        with pytest.raises(RuntimeError):
            do(actions.order_interpreter, by, referral=referral)
    assert everything() == before

    for _twice in range(2):
        assert post(by, "order_interpreter", referral).status_code == 302
    assert "tolk er bestilt" in page(world.bo, referral) and "tolk er bestilt" in page(world.alice, referral)
    assert "Der er bestilt tolk til besøget" in page(world.bo, referral)
    assert order not in at(by).get(url("referral", referral)).content.decode()
    with scope.scope(by.unit.pk):
        (event,) = models.CaseEvent.objects.filter(kind=Happening.INTERPRETER_ORDERED)
    assert (event.by, event.referral_id) == (by.user, referral.pk)
    assert again(by, referral).status_since < event.recorded_at, "the visit is the one that was agreed"


def fails(*args: Any, **given: Any) -> None:
    raise RuntimeError


def test_a_visit_is_cancelled_and_another_time_agreed(world: World) -> None:
    referral = seen(world)
    post(world.bo, "book_time", referral, **SOON)
    assert post(world.alice, "cancel_visit", referral, by_service="citizen", because="Syg").status_code == 302
    assert again(world.bo, referral).status == Status.VISIT_CANCELLED
    assert "Borgeren har aflyst besøget" in page(world.bo, referral)
    assert post(world.alice, "book_time", referral, **SOON).status_code == 302
    assert again(world.bo, referral).status == Status.BOOKED


def test_a_visit_that_has_not_been_cannot_be_missed(world: World) -> None:
    referral = seen(world)
    post(world.bo, "book_time", referral, **SOON)
    assert url("record_no_show", referral) not in at(world.bo).get(url("referral", referral)).content.decode()
    response = post(world.bo, "record_no_show", referral)
    assert response.status_code == 409
    assert again(world.bo, referral).status == Status.BOOKED


def test_whoever_came_as_agreed_came_when_it_was_agreed(world: World) -> None:
    referral = booked(world, ago=DAY)
    assert post(world.bo, "confirm_arrival", referral, back="inbox").url == url("inbox")
    arrived = again(world.bo, referral)
    assert (arrived.arrived_at, arrived.arrived_by_evidence) == (referral.appointment_at, Evidence.RECEIVER)


def test_an_arrival_is_corrected_within_a_week(world: World) -> None:
    referral = seen(world)
    post(world.bo, "confirm_arrival", referral)
    assert post(world.bo, "correct_arrival", referral, because="").status_code == 422
    assert post(world.bo, "correct_arrival", referral, because="Det var en anden").status_code == 302
    assert again(world.bo, referral).status == Status.ACCEPTED


def test_contact_is_tried_on_two_channels_before_a_coordinator_may_give_it_up(world: World) -> None:
    referral = missed(world)
    assert "Der mangler 3 forsøg" in page(world.bo, referral)
    for n in range(3):
        data = {"channel": Channel.PHONE, "reached": Reached.NO_ANSWER, "note": f"Nummer {n}"}
        assert post(world.bo, "record_attempt", referral, **data).status_code == 302
    assert "Prøv også på en anden måde" in page(world.bo, referral)
    assert post(world.dorte, "lose_contact", referral, because="Ingen svarer").status_code == 409
    assert url("lose_contact", referral) not in at(world.dorte).get(url("referral", referral)).content.decode()
    post(world.alice, "record_attempt", referral, channel=Channel.VISIT, reached=Reached.NO_ANSWER)
    assert post(world.alice, "lose_contact", referral, because="Ingen svarer").status_code == 403
    assert post(world.dorte, "lose_contact", referral, because="Ingen svarer").status_code == 302
    assert again(world.dorte, referral).status == Status.LOST_CONTACT


def test_the_citizens_word_is_confirmed_or_disputed(world: World) -> None:
    referral = seen(world)
    do(actions.citizen_says_arrived, world.alice, referral=referral)
    assert "Borgeren siger, at han eller hun er kommet" in page(world.bo, referral)
    assert post(world.bo, "dispute_arrival", referral, note="Ikke set her").status_code == 302
    shown = at(world.alice).get(url("referral", referral)).content.decode()
    (done,) = re.findall(rf"/referrals/{referral.pk}/done/[0-9a-f-]+/", shown)
    assert at(world.bo).post(done).status_code == 404
    assert at(world.alice).post(done).status_code == 302
    assert at(world.alice).post(done).status_code == 404


def test_a_course_begins_helps_and_ends(world: World) -> None:
    long_ago = clock.now() - 50 * DAY
    case = logged(world, now=long_ago)
    referral = sent(world, to=world.bo.unit, case=case, now=long_ago)
    do(actions.confirm_arrival, world.bo, referral=referral, sides=[S], now=long_ago + HOUR)
    assert "Hjælper det?" in text(at(world.bo).get(url("inbox")))
    assert post(world.bo, "start_course", referral).status_code == 302
    assert post(world.bo, "record_effect", referral, note="").status_code == 422
    assert post(world.bo, "record_effect", referral, helps="yes", note="Sover igen").status_code == 302
    assert "Det hjælper" in page(world.bo, referral)
    assert url("record_effect", referral) not in at(world.bo).get(url("referral", referral)).content.decode()
    assert post(world.bo, "close_course", referral, note="").status_code == 302
    assert again(world.bo, referral).status == Status.CLOSED


def test_somebody_goes_along_when_both_have_said_yes(world: World) -> None:
    referral = seen(world)
    assert post(world.alice, "confirm_companion", referral, companion="on").status_code == 404
    post(world.alice, "agree_companion", referral, who="", meeting_place="")
    assert "Find en, der går med" in text(at(world.alice).get("/"))
    post(world.alice, "agree_companion", referral, who="Mentor Mads", meeting_place="Busterminalen kl. 10")
    assert "Mentor Mads" in page(world.bo, referral)
    assert post(world.alice, "confirm_companion", referral).status_code == 422
    assert post(world.alice, "confirm_companion", referral, companion="on", citizen="on").status_code == 302
    assert "Find en, der går med" not in text(at(world.alice).get("/"))


def test_whoever_waits_is_heard_from(world: World) -> None:
    referral = seen(world)
    assert post(world.bo, "record_check_in", referral, note="Har det godt").status_code == 409
    post(world.bo, "put_on_waiting_list", referral, until=(clock.today() + 30 * DAY).isoformat())
    assert url("record_check_in", referral) in at(world.bo).get(url("referral", referral)).content.decode()
    assert post(world.bo, "record_check_in", referral, note="Har det godt").status_code == 302
    assert "Har det godt" in page(world.alice, referral)


def test_half_an_arrival_is_corrected(world: World) -> None:
    case = logged(world, answers=DUAL)
    referral = sent(world, to=world.bo.unit, case=case, kind="dual_diagnosis_municipal", sides=[S, P])
    do(actions.open_referral, world.bo, referral=referral)
    assert url("correct_meeting", referral) not in at(world.bo).get(url("referral", referral)).content.decode()
    assert post(world.bo, "confirm_arrival", referral, sides=[S]).status_code == 302
    assert url("correct_meeting", referral) in at(world.bo).get(url("referral", referral)).content.decode()
    assert post(world.bo, "correct_meeting", referral, because="").status_code == 422
    assert post(world.bo, "correct_meeting", referral, because="Det var en anden").status_code == 302
    assert "Det var en anden" in page(world.dorte, referral)
    assert again(world.bo, referral).status == Status.SEEN


def test_the_citizens_free_choice_stops_one_deadline(world: World) -> None:
    case = logged(world)
    with scope.scope(world.alice.unit.pk):
        clock_ = case.guarantees.get()
    chosen = url("choose_freely", case, clock_)
    assert chosen in at(world.alice).get(url("case", case)).content.decode()
    assert at(world.alice).post(chosen, {"because": ""}).status_code == 422
    assert at(world.bo).post(chosen, {"because": "Privat"}).status_code == 404
    assert at(world.alice).post(chosen, {"because": "Privat på Fyn"}, follow=True).status_code == 200
    shown = text(at(world.alice).get(url("case", case)))
    assert "Borgeren har valgt et andet behandlingssted" in shown
    assert at(world.alice).post(chosen, {"because": "Igen"}).status_code == 409


def test_every_call_about_an_acute_referral_is_noted_until_somebody_answers(world: World) -> None:
    referral = sent(world, to=world.bo.unit, urgency=Urgency.ACUTE, hand_over=actions.HandOver(""))
    assert "Notér opkaldet til tilbuddet" in page(world.alice, referral)
    assert post(world.bo, "log_hand_over", referral, spoke_with="Mette").status_code == 403
    assert post(world.alice, "log_hand_over", referral, spoke_with="").status_code == 302
    assert "Notér opkaldet til tilbuddet" in page(world.alice, referral)
    assert post(world.alice, "log_hand_over", referral, spoke_with="Mette, vagten").status_code == 302
    assert "Mette, vagten" in page(world.alice, referral)
    assert "Notér opkaldet til tilbuddet" not in page(world.alice, referral)


def test_an_acute_next_door_is_sent_after_a_call(world: World) -> None:
    referral = sent(world, to=world.bo.unit, urgency=Urgency.ACUTE, hand_over=actions.HandOver("Mette"))
    door = service("somatic_check", None)
    do(
        actions.return_referral, world.bo, referral=referral,
        why=actions.Return("other_municipality", next_door=door),
    )  # fmt: skip
    with scope.scope(world.alice.unit.pk):
        draft = models.Referral.objects.get(follows=referral)
    shown = at(world.alice).get(url("send_on", draft)).content.decode()
    assert 'name="spoke_with"' in shown
    assert 'name="urgency"' not in shown
    before = everything()
    assert post(world.alice, "send_on", draft, basis="consent_oral").status_code == 422
    assert everything() == before
    assert post(world.alice, "send_on", draft, basis="consent_oral", spoke_with="Jens, vagten").status_code == 302
    assert again(world.alice, draft).status == Status.SENT


# A return is no ending

ILLEGITIMATE = (
    "has_substance_use",
    "has_mental_disorder",
    "has_disability",
    "not_motivated",
    "not_abstinent",
    "no_diagnosis",
)


@pytest.mark.parametrize("reason", ILLEGITIMATE)
def test_a_reason_that_is_none_is_shown_refused_and_heard_of(world: World, reason: str) -> None:
    referral = seen(world)
    shown = at(world.bo).get(url("return_referral", referral)).content.decode()
    assert re.search(rf'value="{reason}" disabled', shown)
    response = post(world.bo, "return_referral", referral, reason=reason)
    assert response.status_code == 422
    by_api = at(world.bo).post(
        url("referrals_api:return_referral", referral), {"reason": reason}, content_type="application/json"
    )
    assert by_api.status_code == 422
    assert by_api.json()["detail"] in text(response).replace("&#x27;", "'")
    assert again(world.bo, referral).status == Status.SEEN
    with scope.scope(world.dorte.unit.pk):
        tried = list(models.CaseEvent.objects.filter(kind=Happening.REFUSED_RETURN))
    assert [event.detail["reason"] for event in tried] == [reason, reason]
    assert "Til koordinatoren" in text(at(world.dorte).get("/"))


def test_a_return_goes_on_at_the_next_door_with_the_same_clock(world: World) -> None:
    case = logged(world, name="Mikkel Opfundet")
    referral = seen(world, case=case, covers_next_door=True)
    (door, *_others) = doors(world.bo, referral)
    data = {"reason": "capacity", "capacity_next_door": door, "capacity_earliest": "2030-01-07"}
    assert post(world.bo, "return_referral", referral, **data | {"capacity_earliest": ""}).status_code == 422
    assert (
        post(
            world.bo, "return_referral", referral, **data | {"capacity_next_door": str(referral.service_id)}
        ).status_code
        == 422
    )
    response = at(world.bo).post(url("return_referral", referral), data, follow=True)
    assert "Vejen fortsætter" in text(response)
    with scope.scope(world.alice.unit.pk):
        after = models.Referral.objects.get(follows=referral)
    assert (str(after.service_id), after.status) == (door, Status.SENT)
    shown = page(world.alice, referral)
    assert "Vejen fortsætter" in shown
    assert "du skal ikke begynde forfra" in shown


def test_without_consent_for_it_the_next_door_waits_for_the_sender(world: World) -> None:
    case = logged(world, name="Mikkel Opfundet")
    referral = seen(world, case=case)
    door = doors(world.bo, referral)[0]
    data = {
        "reason": "outside_target_group",
        "outside_target_group_text": "Vi tager kun over 40",
        "outside_target_group_next_door": door,
    }
    assert post(world.bo, "return_referral", referral, **data).status_code == 302
    with scope.scope(world.alice.unit.pk):
        draft = models.Referral.objects.get(follows=referral)
    assert draft.status == Status.DRAFT
    assert url("send_on", draft) in at(world.alice).get("/").content.decode()
    assert "Mikkel Opfundet" in text(at(world.alice).get(url("send_on", draft)))
    assert post(world.alice, "send_on", draft).status_code == 422
    assert post(world.alice, "send_on", draft, basis="consent_oral", message="Velkommen").status_code == 302
    assert again(world.alice, draft).status == Status.SENT
    assert post(world.alice, "send_on", draft, basis="consent_oral").status_code == 409
    assert at(world.bo).get(url("send_on", draft)).status_code == 404


def test_another_municipality_is_chosen_first_and_then_its_door(world: World) -> None:
    referral = seen(world)
    there = url("return_referral", referral) + "?municipality=0851"
    shown = at(world.bo).get(there).content.decode()
    select = shown[shown.index('name="other_municipality_next_door"') :]
    door = re.findall(r'<option value="([0-9a-f-]{36})"', select[: select.index("</select>")])[0]
    data = {"reason": "other_municipality", "other_municipality_next_door": door, "municipality": "0851"}
    assert post(world.bo, "return_referral", referral, **data).status_code == 302
    assert str(again(world.bo, referral).returned_to_id) == door


@pytest.mark.parametrize(
    ("data", "becomes"),
    [
        ({"reason": "missing_information", "missing_information_text": "Telefon?"}, Status.QUESTION),
        ({"reason": "citizen_declined", "citizen_declined_text": "Vil vente"}, Status.WITHDRAWN),
        ({"reason": "already_in_course"}, Status.ARRIVED),
    ],
)
def test_the_other_reasons_lead_elsewhere(world: World, data: dict[str, str], becomes: Status) -> None:
    referral = seen(world)
    if len(data) > 1:
        assert post(world.bo, "return_referral", referral, reason=data["reason"]).status_code == 422
        assert again(world.bo, referral).status == Status.SEEN
    assert post(world.bo, "return_referral", referral, **data).status_code == 302
    assert again(world.bo, referral).status == becomes


def test_a_duplicate_names_the_other(world: World) -> None:
    case = logged(world, answers=DUAL)
    first = sent(world, to=world.carla.unit, case=case, kind="psychiatry_adult", sides=[P])
    second = seen(world, case=case, sides=[S])
    assert post(world.bo, "return_referral", second, reason="duplicate").status_code == 422
    response = post(world.bo, "return_referral", second, reason="duplicate", duplicate_of=str(first.pk))
    assert response.status_code == 302
    assert again(world.bo, second).status == Status.RETURNED


def test_in_a_dual_case_the_coordinator_approves_or_sends_back(world: World) -> None:
    referral = dual(world)
    do(actions.open_referral, world.bo, referral=referral)
    data = {"reason": "capacity", "capacity_next_door": doors(world.bo, referral)[0], "capacity_earliest": "2030-01-07"}
    post(world.bo, "return_referral", referral, **data)
    assert again(world.bo, referral).status == Status.RETURN_ASKED
    assert "Tag stilling til, om tilbuddet må returnere" in text(at(world.dorte).get("/"))
    assert post(world.alice, "approve_return", referral).status_code == 403
    assert post(world.dorte, "send_back", referral, because="").status_code == 422
    assert post(world.dorte, "send_back", referral, because="I har pladsen").status_code == 302
    assert "Koordinatoren beder jer svare alligevel" in text(at(world.bo).get(url("inbox")))
    post(world.bo, "return_referral", referral, **data)
    assert post(world.dorte, "approve_return", referral, next_door="").status_code == 302
    assert again(world.dorte, referral).status == Status.RETURNED


def test_the_api_returns_like_the_page(world: World) -> None:
    referral = seen(world, covers_next_door=True)
    address = url("referrals_api:return_referral", referral)

    def call(by: By, **data: Any) -> Any:
        return at(by).post(address, data, content_type="application/json")

    before = everything()
    assert call(world.erik, reason="capacity").status_code == 404
    assert call(world.alice, reason="missing_information", text="?").status_code == 403
    assert call(world.bo).status_code == 400
    assert call(world.bo, reason="capacity", earliest="soon").status_code == 400
    assert call(world.bo, reason="capacity", earliest="2030-01-07").status_code == 422
    assert call(world.bo, reason="nonsense").status_code == 422
    assert everything() == before
    door = doors(world.bo, referral)[0]
    answer = call(world.bo, reason="capacity", earliest="2030-01-07", next_door=door)
    assert (answer.status_code, answer.json()) == (
        200,
        {"id": str(referral.pk), "status": "returned", "next": door},
    )
    assert call(world.bo, reason="capacity", earliest="2030-01-07", next_door=door).status_code == 409


def test_the_api_wants_the_token_against_forged_posts(world: World) -> None:
    referral = seen(world)
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.bo.user)
    answer = client.post(
        url("referrals_api:return_referral", referral), {"reason": "not_motivated"}, content_type="application/json"
    )
    assert answer.status_code == 403
    with scope.scope(world.dorte.unit.pk):
        assert not models.CaseEvent.objects.filter(kind=Happening.REFUSED_RETURN).exists()


def test_the_api_says_no_as_json_and_leads_nobody_to_a_page(world: World, settings: Any) -> None:
    referral = seen(world)
    before, address = everything(), url("referrals_api:return_referral", referral)
    for client in (Client(), at(worker(world.bo.unit, Role.LOCAL_ADMIN))):
        for answer in (
            client.post(address, {}, content_type="application/json"),
            client.get(address, headers={"HX-Request": "true"}),
        ):
            assert (answer.status_code, answer["Content-Type"]) == (403, "application/json")
            assert list(answer.json()) == ["detail"]
    settings.SECOND_FACTOR_FOR = frozenset({"all"})
    answer = at(world.bo).post(address, {}, content_type="application/json")
    assert (answer.status_code, list(answer.json())) == (403, ["detail"])
    assert everything() == before


# Chosen and sent


def the_door(world: World, case: models.Case) -> str:
    shown = at(world.alice).get(url("case", case)).content.decode()
    return re.findall(rf"/cases/{case.pk}/services/[0-9a-f-]+/", shown)[0]


def test_an_acute_referral_begins_with_a_call(world: World) -> None:
    door, client = the_door(world, logged(world)), at(world.alice)
    data = {"basis": "consent_oral", "urgency": "acute", "message": "Det haster."}
    response = client.post(door, data)
    assert response.status_code == 422
    assert "Ring til tilbuddet først" in text(response)
    assert "Det haster." in response.content.decode()
    assert client.post(door, data | {"nobody_answered": "on"}).status_code == 302
    assert "Ingen tog telefonen" in text(at(world.dorte).get("/"))
    assert "Bliv ved med at ringe" in text(client.get("/"))
    with scope.scope(world.alice.unit.pk):
        referral = models.Referral.objects.get()
    assert post(world.alice, "log_hand_over", referral, spoke_with="Vagten").status_code == 302
    assert "Bliv ved med at ringe" not in text(client.get("/"))


def test_what_the_citizen_agreed_to_goes_with_it(world: World) -> None:
    door = the_door(world, logged(world))
    data = {"basis": "consent_oral", "urgency": "ordinary", "covers_next_door": "on", "companion": "on"}
    assert at(world.alice).post(door, data).status_code == 302
    with scope.scope(world.alice.unit.pk):
        assert models.Consent.objects.get().next_door is True
        assert models.Companion.objects.get().who == ""
        assert models.FollowUp.objects.open().filter(waits_for=Wait.COMPANION).count() == 1


def test_a_statutory_basis_makes_a_task_that_is_ticked_off(world: World) -> None:
    door = the_door(world, logged(world))
    data = {"basis": "statutory", "law": "essential", "basis_reason": "§ 43", "urgency": "ordinary"}
    at(world.alice).post(door, data)
    assert "Fortæl borgeren, hvad der er givet videre" in text(at(world.alice).get("/"))
    with scope.scope(world.alice.unit.pk):
        referral, task = models.Referral.objects.get(), models.FollowUp.objects.get(waits_for=Wait.TELL_CITIZEN)
    assert post(world.alice, "task_done", referral, task).status_code == 302
    assert "Fortæl borgeren, hvad der er givet videre" not in text(at(world.alice).get("/"))


# The case


def test_a_unit_that_is_asked_to_take_over_sees_only_the_request(world: World) -> None:
    case = logged(world, name="Mikkel Opfundet")
    assert post(world.alice, "ask_take_over", case, unit="", reason="").status_code == 422
    given = {"unit": str(world.erik.unit.pk), "reason": "Borgeren bor nu hos jer"}
    assert post(world.alice, "ask_take_over", case, **given).status_code == 422  # nobody is told without a basis
    given |= {"basis": "consent_oral"}
    assert post(world.alice, "ask_take_over", case, **given).status_code == 302
    assert "I er spurgt, om I overtager" in text(at(world.erik).get("/"))
    with scope.scope(world.erik.unit.pk):
        asked = models.TakeOver.objects.get()
    shown = text(at(world.erik).get(url("take_over", asked)))
    assert "Borgeren bor nu hos jer" in shown
    assert "Mikkel" not in shown
    assert at(world.bo).get(url("take_over", asked)).status_code == 404
    assert at(world.erik).get(url("case", case)).status_code == 404
    assert post(world.erik, "take_over", asked, accept="no").status_code == 422
    assert post(world.erik, "take_over", asked, accept="yes").status_code == 302
    assert post(world.erik, "take_over", asked, accept="yes").status_code == 409
    assert "Mikkel Opfundet" in text(at(world.erik).get(url("case", case)))


def test_life_goes_on(world: World) -> None:
    case = logged(world, answers=CANNABIS | {"age": 17}, name="Mikkel Opfundet")
    assert post(world.alice, "record_18th_birthday", case).status_code == 302
    assert post(world.alice, "record_18th_birthday", case).status_code == 422
    assert post(world.alice, "record_move", case, municipality="9999").status_code == 422
    assert post(world.alice, "record_move", case, municipality="0851").status_code == 302
    with scope.scope(world.alice.unit.pk):
        case.refresh_from_db()
        latest = case.assessments.latest("assessed_at")
    assert (case.municipality, latest.answers["age"], latest.answers["municipality"]) == ("0851", 18, "0851")
    assert post(world.alice, "record_death", case).status_code == 302
    with scope.scope(world.alice.unit.pk):
        case.refresh_from_db()
    assert case.outcome == Outcome.DECEASED


def test_a_case_is_closed_by_a_named_human_with_a_reason(world: World) -> None:
    case = logged(world)
    assert post(world.alice, "close_case", case, outcome="withdrawn", because="").status_code == 422
    assert post(world.alice, "close_case", case, outcome="lost_contact", because="Væk").status_code == 422
    assert post(world.erik, "close_case", case, outcome="withdrawn", because="Nej").status_code == 404
    assert post(world.dorte, "close_case", case, outcome="lost_contact", because="Væk").status_code == 409
    for channel in ("phone", "sms", "visit"):
        assert post(world.alice, "record_call", case, channel=channel, reached="no_answer").status_code == 302
    assert post(world.dorte, "close_case", case, outcome="lost_contact", because="Væk").status_code == 302
    assert post(world.alice, "close_case", case, outcome="withdrawn", because="Nej").status_code == 409
    with scope.scope(world.alice.unit.pk):
        case.refresh_from_db()
    assert case.outcome == Outcome.LOST_CONTACT


def test_whoever_no_longer_answers_for_the_citizen_changes_nothing(world: World) -> None:
    """After arrival the service answers for the citizen; who logged the case may still read it."""
    referral = sent(world, to=world.bo.unit, case=(case := logged(world, answers=DUAL)), sides=[S])
    assert referral.owner_unit_id == world.dorte.unit.pk
    before = everything()
    assert post(world.alice, "record_death", case).status_code == 403
    assert post(world.alice, "record_move", case, municipality="0851").status_code == 403
    assert post(world.alice, "close_case", case, outcome="withdrawn", because="Nej").status_code == 403
    assert everything() == before
    assert "Når noget ændrer sig" not in text(at(world.alice).get(url("case", case)))


def test_a_deadline_that_has_passed_asks_for_its_reason(world: World) -> None:
    start = clock.now() - 20 * DAY
    case = logged(world, now=start, first_contact_on=start.date())
    shown = text(at(world.alice).get(url("case", case)))
    assert "overskredet med" in shown
    with scope.scope(world.alice.unit.pk):
        guarantee = case.guarantees.first()
    assert guarantee is not None
    assert post(world.alice, "overrun_reason", case, guarantee, reason="").status_code == 422
    assert post(world.alice, "overrun_reason", case, guarantee, reason="Ingen plads i hele regionen").status_code == 302
    assert "Ingen plads i hele regionen" in text(at(world.alice).get(url("case", case)))
    assert at(world.bo).post(url("overrun_reason", case, guarantee), {"reason": "x"}).status_code == 404


def test_the_first_week_after_discharge_is_noted_on_the_case(world: World) -> None:
    case = logged(world, answers=CANNABIS | {"circumstances": {"days_since_discharge": 0}})
    with scope.scope(world.alice.unit.pk):
        task = models.FollowUp.objects.open().get(waits_for=Wait.FIRST_WEEK)
    assert "Tag kontakt: den første uge" in text(at(world.alice).get(url("case", case)))
    assert post(world.alice, "first_week", case, task, note="Ringede").status_code == 302
    assert post(world.alice, "first_week", case, task, note="Ringede").status_code == 404
    with scope.scope(world.alice.unit.pk):
        assert models.FollowUp.objects.open().get(waits_for=Wait.FIRST_WEEK).round == 2


def test_a_changed_need_is_matched_from_what_was_answered(world: World) -> None:
    answers = CANNABIS | {"social": ["unemployed"], "no": ["homeless", "housing_insecure"], "acute": []}
    case, client = logged(world, answers=answers), at(world.alice)
    form = client.get(url("reassess", case)).context["needs"]
    data = {bound.name: bound.value() for bound in form if bound.value() not in (None, "", [])}
    assert client.post(url("reassess", case), data | {"age": ""}).status_code == 422
    assert client.post(url("reassess", case), data | {"age": "30"}).status_code == 302
    with scope.scope(world.alice.unit.pk):
        latest = case.assessments.latest("assessed_at")
    assert latest.answers == answers | {"role": "professional"}
    client.post(url("reassess", case), data | {"age": "30", "mental_state": "moderate", "mental_signs": ["anxiety"]})
    with scope.scope(world.alice.unit.pk):
        assert case.tracks.count() == 2


# Lists


def test_the_inbox_says_what_each_is_about_and_does_it_in_one_click(world: World) -> None:
    sent(world, to=world.bo.unit, case=logged(world, name="Ny Opfundet"))
    booked(world, ago=2 * DAY)
    waiting = seen(world)
    do(actions.put_on_waiting_list, world.bo, referral=waiting, until=clock.today() + 9 * DAY)
    missed(world)
    shown = text(at(world.bo).get(url("inbox")))
    for heading in ("Ikke åbnet endnu 1", "Kom de? 1", "På vores venteliste 1", "Kom ikke: Skal kontaktes 1"):
        assert heading in shown
    assert "fra Aarhus Jobcenter, Modtagelsen" in shown


def test_news_is_read_one_by_one_or_all_at_once(world: World) -> None:
    referral = seen(world, case=logged(world, name="Mikkel Opfundet"))
    do(actions.accept_referral, world.bo, referral=referral)
    do(actions.book_time, world.bo, referral=referral, appointment_at=clock.now() + DAY)
    client = at(world.alice)
    shown = client.get("/").content.decode()
    assert "Nyt" in shown
    assert shown.count("Markér som læst") == 2
    one = re.findall(r"/news/[0-9a-f-]+/read/", shown)[0]
    assert at(world.erik).post(one).status_code == 302  # not theirs: nothing is marked
    assert client.get("/").content.decode().count("Markér som læst") == 2
    client.post(one)
    assert client.get("/").content.decode().count("Markér som læst") == 1
    (newest,) = re.findall(r'name="newest" value="([0-9a-f-]+)"', client.get("/").content.decode())
    client.post(reverse("read_all_news"), {"newest": newest})
    assert "Markér som læst" not in client.get("/").content.decode()
    assert client.post(reverse("read_all_news"), {"newest": "x"}).status_code == 302


def test_the_receivers_news_names_the_citizen_as_they_were_told(world: World) -> None:
    referral = sent(world, to=world.bo.unit, case=logged(world, name="Mikkel Opfundet"))
    do(actions.withdraw_referral, world.alice, referral=referral, wants_instead="Intet")
    shown = text(at(world.bo).get("/"))
    assert "Borgeren ønsker det ikke længere" in shown
    assert "Mikkel" not in shown  # the copy said nothing of a name


# What a service says of itself


def test_a_service_says_its_wait_and_the_matching_hears_it(world: World) -> None:
    mine = Service.objects.filter(unit=world.bo.unit).order_by("code").first()
    assert mine is not None
    version, assured = DirectoryVersion.objects.get().number, mine.assured_date
    assert post(world.bo, "save_wait", mine, wait_days="soon").status_code == 422
    assert post(world.carla, "save_wait", mine, wait_days="3").status_code == 404
    assert at(world.alice).post(url("save_wait", mine), {"wait_days": "3"}).status_code == 403
    assert DirectoryVersion.objects.get().number == version
    assert post(world.bo, "save_wait", mine, wait_days="3", capacity="2").status_code == 302
    mine.refresh_from_db()
    assert (mine.wait_days, mine.capacity, mine.wait_as_of, mine.assured_date) == (3, 2, clock.today(), assured)
    assert DirectoryVersion.objects.get().number > version
    found = match(CANNABIS, on=clock.today())
    waits = {service.id: service.wait_days for each in found.decision.matches for service in found.services(each)}
    assert waits.get(mine.pk, 3) == 3


def test_saving_in_place_is_the_row_of_the_page(world: World) -> None:
    mine = Service.objects.filter(unit=world.bo.unit).order_by("code").first()
    assert mine is not None
    client = at(world.bo)
    fragment = client.post(url("save_wait", mine), {"wait_days": "9"}, headers={"HX-Request": "true"}).content.decode()
    assert 'value="9"' in fragment
    assert "Gemt" in fragment
    assert "<h1>" not in fragment
    assert 'value="9"' in client.get(reverse("our_services")).content.decode()


@pytest.mark.parametrize("wait", Wait)
@pytest.mark.parametrize("to_account", [True, False])
def test_every_wait_has_its_words_with_and_without_an_account(world: World, wait: Wait, to_account: bool) -> None:
    referral = seen(world) if to_account else sent(world, to=None, kind="gp", sides=[])
    now = clock.now()
    task = models.FollowUp(waits_for=wait, referral=referral, owed_by=world.alice.unit, waits_since=now, due_at=now)
    assert handoff.owed(task)
    assert handoff.awaited(task)
