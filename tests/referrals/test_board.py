"""The board: who is about to be lost, in which order; what it counts is what it shows; and two who press at once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.urls import reverse

from navigator import clock
from navigator.accounts.models import Membership, Role, User
from navigator.audit.models import How
from navigator.database import scope
from referrals import actions, board, models, troubles
from referrals.acting import By
from referrals.board import Filter
from referrals.enums import Happening, Law, Side, Status, Urgency, Wait
from referrals.errors import NotAllowed, TooLate
from referrals.tasks import work_off_bulk
from referrals.troubles import Standing, Trouble
from tests.conftest import WORKER, play_for_a_while
from tests.helpers.cases import CANNABIS, DUAL, YES, logged, sent, service
from tests.helpers.looks import looks_of
from tests.helpers.pages import at, text
from tests.helpers.snapshot import everything
from tests.helpers.world import World
from tests.referrals.test_races import at_once

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def on_a_wednesday() -> Iterator[None]:
    """Three working days on either side: what falls due falls due apart."""
    with time_machine.travel(datetime.fromisoformat("2027-03-03T10:00:00+01:00")):
        yield


def planted(world: World) -> dict[Trouble, models.Case]:
    """One case in each trouble, made by what makes it."""
    now = clock.now()
    bo, alice = world.bo, world.alice
    of = {
        Trouble.ACUTE: sent(world, to=bo.unit, urgency=Urgency.ACUTE, hand_over=actions.HandOver("")),
        Trouble.SILENT: sent(world, to=bo.unit),
        Trouble.UNANSWERED: sent(world, to=bo.unit, now=now - 6 * DAY),
        Trouble.BLOCKED: turned_away(world),
        Trouble.GUARANTEE: sent(world, to=bo.unit, case=logged(world, first_contact_on=clock.today() - 20 * DAY)),
        Trouble.RETURNED: returned(world),
        Trouble.NO_SHOW: no_show(world),
        Trouble.DUAL: sent(world, to=bo.unit, case=logged(world, answers=DUAL), sides=[Side.SUBSTANCE]),
        Trouble.DISCHARGED: sent(
            world, to=bo.unit, case=logged(world, answers=CANNABIS | {"circumstances": {"days_since_discharge": 1}})
        ),
        Trouble.LATE: not_told(world, now=now),
        Trouble.TURNS_18: sent(world, to=bo.unit, case=logged(world, answers=CANNABIS | {"age": 17})),
        Trouble.CALM: sent(world, to=bo.unit),
    }
    found = {trouble: case_of(world, referral) for trouble, referral in of.items()} | {Trouble.CHOICE: logged(world)}
    with scope.scope(alice.unit.pk, world.dorte.unit.pk):
        silent = models.FollowUp.objects.filter(case=found[Trouble.SILENT], waits_for=Wait.SEEN)
        assert silent.update(escalated_at=now - DAY) == 1
    return found


def case_of(world: World, referral: models.Referral) -> models.Case:
    with scope.scope(world.dorte.unit.pk):
        return models.Case.objects.get(pk=referral.case_id)


def turned_away(world: World) -> models.Referral:
    referral = sent(world, to=world.bo.unit)
    with scope.scope(world.bo.unit.pk):
        actions.open_referral(referral=referral, by=world.bo, now=clock.now())
        why = actions.Return("has_mental_disorder", next_door=service("gp", None))
        with pytest.raises(actions.NotLegitimate):
            actions.return_referral(referral=referral, why=why, by=world.bo, now=clock.now())
    return referral


def returned(world: World) -> models.Referral:
    referral = sent(world, to=world.bo.unit)
    with scope.scope(world.bo.unit.pk):
        why = actions.Return("capacity", next_door=service("gp", None), earliest=clock.today() + 400 * DAY)
        actions.return_referral(referral=referral, why=why, by=world.bo, now=clock.now())
    with scope.scope(world.alice.unit.pk):
        for draft in models.Referral.objects.filter(case=referral.case_id, status=Status.DRAFT):
            actions.cancel_referral(referral=draft, because="Passer ikke", by=world.alice, now=clock.now())
    return referral


def no_show(world: World) -> models.Referral:
    start = clock.now() - 5 * DAY
    referral = sent(world, to=world.bo.unit, now=start)
    with scope.scope(world.bo.unit.pk):
        actions.book_time(referral=referral, appointment_at=start + DAY, by=world.bo, now=start + HOUR)
        return actions.record_no_show(referral=referral, by=world.bo, now=start + 2 * DAY)


def not_told(world: World, *, now: datetime) -> models.Referral:
    """The law let us pass something on, and the citizen has not been told in time."""
    case = logged(world)
    with scope.scope(world.alice.unit.pk):
        telling = actions.Telling({}, actions.Statutory(Law.ESSENTIAL, "Fare for helbredet"))
        to = service("substance_treatment_outpatient", world.bo.unit)
        referral = actions.send_referral(
            case=case, service=to, sides=[Side.SUBSTANCE], role="primary", telling=telling, by=world.alice, now=now
        )
        models.FollowUp.objects.filter(case=case, waits_for=Wait.TELL_CITIZEN).update(due_at=now - HOUR)
    return referral


def stands(by: By, **asked: Any) -> list[Standing]:
    with scope.scope(by.unit.pk):
        return board.standings(unit=by.unit, asked=Filter(**asked), now=clock.now())


def numbers(page: str) -> list[str]:
    return re.findall(r'/cases/[0-9a-f-]{36}/">[^<]*?(\d{6,}-\d)', page)


def every_page(by: By, query: str) -> list[str]:
    """The case numbers of all pages, in their order."""
    client, found, at_ = at(by), [], ""
    for _ in range(20):
        page = client.get(f"/board/?{query}{at_}").content.decode()
        found += numbers(page)
        later = re.search(r'button-next" href="[^"]*[?&;]at=([^"&]+)"', page)
        if not later:
            return found
        at_ = f"&at={later[1]}"
    raise AssertionError("the pages never end")


# Who stands where


def test_each_trouble_is_known_and_the_worst_comes_first(world: World) -> None:
    of = planted(world)
    rows = {each.case: each for each in stands(world.dorte)}
    assert {trouble: rows[case.pk].worst for trouble, case in of.items()} == {trouble: trouble for trouble in Trouble}
    shown = [each.case for each in troubles.on_board(rows.values(), None)]
    assert shown == [of[trouble].pk for trouble in Trouble if trouble is not Trouble.CALM]
    # and what else is wrong stands below
    assert rows[of[Trouble.DUAL].pk].others == ()
    assert rows[of[Trouble.LATE].pk].others == ()


def test_of_the_same_trouble_the_longest_comes_first_and_others_are_named_below(world: World) -> None:
    now = clock.now()
    new, old = (sent(world, to=world.bo.unit, now=now - days * DAY) for days in (6, 9))
    with scope.scope(world.alice.unit.pk):
        both = logged(world, first_contact_on=clock.today() - 20 * DAY, now=now - 7 * DAY)
    sent(world, to=world.bo.unit, case=both, now=now - 7 * DAY)
    rows = troubles.on_board(stands(world.dorte), None)
    assert [row.case for row in rows] == [old.case_id, both.pk, new.case_id]
    assert (rows[1].worst, rows[1].others) == (Trouble.UNANSWERED, (Trouble.GUARANTEE,))
    assert "Også:" in text(at(world.dorte).get("/board/"))


def test_what_was_put_off_with_a_reason_is_no_trouble_until_then_and_silence_is(world: World) -> None:
    case = logged(world)
    with scope.scope(world.alice.unit.pk):
        tasks = models.FollowUp.objects.filter(case=case, waits_for=Wait.CHOICE)
        tasks.update(snoozed_until=clock.now() + DAY)
        assert [each.worst for each in stands(world.alice)] == [Trouble.CALM]
        tasks.update(escalated_at=clock.now())
        assert [each.worst for each in stands(world.alice)] == [Trouble.SILENT]


def test_only_open_cases_that_the_unit_answers_for_or_coordinates(world: World) -> None:
    case = logged(world, name="Hemmelig Opfundet")
    dual = logged(world, answers=DUAL)  # the coordinator answers for it
    assert {each.case for each in stands(world.dorte)} == {case.pk, dual.pk}
    assert {each.case for each in stands(world.alice)} == {case.pk}
    assert stands(world.bo) == stands(world.erik) == []
    with scope.scope(world.alice.unit.pk):
        actions.close_case(case=case, outcome="withdrawn", because="Vil ikke", by=world.alice, now=clock.now())
    assert {each.case for each in stands(world.dorte)} == {dual.pk}
    for nobody in (world.alice, world.bo, world.erik):  # no coordinators
        assert at(nobody).get("/board/").status_code == 403


# Pages of the same list


def a_standing(n: int, rank: int) -> Standing:
    since = datetime.fromisoformat("2027-03-01T10:00:00+01:00") + n % 3 * HOUR  # some of the same moment
    return Standing(UUID(int=n), ((troubles.BY_RANK[rank], since),))


def test_pages_go_on_and_back_and_hold_each_row_once_whatever_comes_in_between() -> None:
    rows = troubles.on_board([a_standing(n, n % 4) for n in range(1, 12)], None)
    first = troubles.cut(rows, "", size=4)
    second = troubles.cut(rows, first.later, size=4)
    third = troubles.cut(rows, second.later, size=4)
    assert first.rows + second.rows + third.rows == rows
    assert (first.earlier, third.later) == ("", "")
    assert troubles.cut(rows, third.earlier, size=4).rows == second.rows
    worse = troubles.on_board([*rows, a_standing(0, 0)], None)
    assert troubles.cut(worse, first.later, size=4).rows == second.rows
    back = troubles.cut(worse, second.earlier, size=4)
    assert (back.rows, bool(back.earlier)) == (first.rows, True)
    for nowhere in ("x", "-", "silent._", "silent.20260101T000000.000000_x", "worst." + second.later):
        assert troubles.cut(rows, nowhere, size=4).rows == first.rows


# What is counted is what is shown


FILTERS = ["", "level=1", "level=3", "municipality=0751", "kind=substance_treatment_outpatient", "age=-17", "age=25-59",
           "clock=passed", "clock=near", "clock=running", "worker=nobody"]  # fmt: skip


def test_counts_are_rows_under_every_filter(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("referrals.troubles.cut.__kwdefaults__", {"size": 3})
    planted(world)
    there = sent(world, to=world.bo.unit)
    filters = [
        *FILTERS,
        f"service={there.service_id}",
        f"sender={world.alice.unit.pk}",
        f"worker={world.alice.user.pk}",
    ]
    fitting = {}
    for query in filters:
        shown = at(world.dorte).get(f"/board/?{query}")
        assert shown.status_code == (200 if query.partition("=")[0] != "worker" or "nobody" in query else 422)
        if shown.status_code == 422:  # Alice is no colleague here
            continue
        all_of_it = every_page(world.dorte, f"{query}&")
        counts = re.findall(r'<a class="board-count is-(\w+)"[^>]*><strong>(\d+)</strong>', shown.content.decode())
        for trouble, count in counts:
            rows = every_page(world.dorte, f"{query}&trouble={trouble}&")
            assert (query, trouble, len(rows), len(set(rows))) == (query, trouble, int(count), int(count))
        said = re.search(r"<strong>(\d+) borger", shown.content.decode())
        assert len(all_of_it) == len(set(all_of_it)) == (int(said[1]) if said else 0)
        fitting[query] = len(all_of_it)
    assert fitting[""] == len(Trouble) - 1
    assert (fitting["level=3"], fitting["age=-17"], fitting["clock=passed"]) == (1, 1, 1)
    assert fitting["worker=nobody"] == 1  # the dual case came to the coordinator, and to nobody by name


def test_a_filter_that_fits_nothing_says_so(world: World) -> None:
    planted(world)
    client = at(world.dorte)
    wrong = client.get("/board/?level=9")
    assert (wrong.status_code, numbers(wrong.content.decode())) == (422, [])
    assert "Vælg fra listen" in text(wrong)
    assert client.get("/board/?trouble=nothing&at=nowhere").status_code == 200


def test_a_row_names_nobody_until_somebody_asks_and_that_is_kept(world: World) -> None:
    case = logged(world, name="Mikkel Opfundet")
    client = at(world.dorte)
    page = text(client.get("/board/"))
    assert case.short_number in page
    assert "Mikkel" not in page
    assert How.REVEAL not in [how for (how,) in looks_of(world.dorte, "how")]
    url = reverse("board_name", args=[case.pk])
    shown = client.post(url, {"back": "/board/"}, headers={"HX-Request": "true"})
    assert ("Mikkel Opfundet" in text(shown), "<h1" in shown.content.decode()) == (True, False)
    assert (How.REVEAL, case.pk, case.person_id) in looks_of(world.dorte, "how", "case", "person")
    assert "<h1" in client.post(url, {"back": "/board/"}).content.decode()
    assert client.get(url).status_code == 405
    with scope.scope(world.alice.unit.pk):
        actions.protect(case=case, until=clock.today() + 30 * DAY, because="Brev", by=world.alice, now=clock.now())
    hidden = client.post(url, headers={"HX-Request": "true"})
    assert ("Mikkel" in text(hidden), reverse("show_identity", args=[case.pk]) in hidden.content.decode()) == (
        False,
        True,
    )


# What is done on a row


def task_of(by: By, case: models.Case) -> models.FollowUp:
    with scope.scope(by.unit.pk):
        return board.rows(unit=by.unit, cases=[case.pk], now=clock.now())[case.pk]


def colleague(by: By, name: str = "Kirsten Kollega") -> User:
    user = User.objects.create_user(f"{name.split()[0].lower()}@kollega.example", None, name=name)
    Membership.objects.create(user=user, unit=by.unit, role=Role.COORDINATOR)
    return user


def test_a_coordinator_takes_over_and_whoever_had_it_reads_why(world: World) -> None:
    case = case_of(world, sent(world, to=world.bo.unit, now=clock.now() - 6 * DAY))
    url = reverse("board_take_over", args=[task_of(world.dorte, case).pk])
    client, before = at(world.dorte), everything()
    assert client.post(url, {"back": "/board/", "because": " "}, headers={"HX-Request": "true"}).status_code == 422
    assert everything() == before
    done = client.post(url, {"back": "/board/", "because": "Ingen svarer."}, headers={"HX-Request": "true"})
    assert "I har nu ansvaret for borgeren." in text(done)
    with scope.scope(world.dorte.unit.pk, world.alice.unit.pk):
        case.refresh_from_db()
        assert (case.owner_unit, case.owner_worker) == (world.dorte.unit, world.dorte.user)
        happened = case.events.get(kind=Happening.OWNER_CHANGED)
        assert happened.note == "Ingen svarer."
        assert models.Notice.objects.filter(event=happened, to_unit=world.alice.unit).count() == 1
    assert client.post(url, {"because": "Igen"}).status_code == 409
    assert client.get(url).status_code == 409
    with scope.scope(world.alice.unit.pk), pytest.raises(NotAllowed):
        actions.take_over_as_coordinator(case=case, because="Min", by=world.alice, now=clock.now())


def test_a_case_is_given_to_a_colleague_and_the_second_who_decides_hears_it(world: World) -> None:
    case = logged(world, answers=DUAL)  # the coordinator's own
    first, second = colleague(world.dorte), colleague(world.dorte, "Søren Kollega")
    task = task_of(world.dorte, case)
    url, client = reverse("board_assign", args=[task.pk]), at(world.dorte)
    form = client.get(f"{url}?back=/board/", headers={"HX-Request": "true"}).content.decode()
    assert "Kirsten Kollega" in form
    given = {"back": "/board/", "to": str(first.pk), "instead_of": ""}
    assert "Kirsten Kollega har den nu." in text(client.post(url, given, headers={"HX-Request": "true"}))
    with scope.scope(world.dorte.unit.pk):
        case.refresh_from_db()
        task.refresh_from_db()
        assert (case.owner_worker, task.owed_worker) == (first, first)
    before = everything()
    slower = client.post(url, given | {"to": str(second.pk)}, headers={"HX-Request": "true"})
    assert (slower.status_code, "Nogen var hurtigere" in text(slower)) == (409, True)
    assert client.post(url, given).status_code == 409  # the same again
    assert everything() == before
    stranger = client.post(url, given | {"to": str(world.alice.user.pk)}, headers={"HX-Request": "true"})
    assert (stranger.status_code, everything() == before) == (422, True)
    assert "Kirsten Kollega" in text(client.get(f"/board/?worker={first.pk}&trouble=choice"))


def test_who_only_coordinates_gives_away_what_the_unit_owes_and_nothing_else(world: World) -> None:
    case = case_of(world, sent(world, to=world.bo.unit))
    someone = colleague(world.dorte)
    task, before = task_of(world.dorte, case), everything()
    said = at(world.dorte).post(
        reverse("board_assign", args=[task.pk]), {"to": str(someone.pk)}, headers={"HX-Request": "true"}
    )
    assert (said.status_code, "Overtag først" in text(said)) == (422, True)
    assert everything() == before


def test_a_call_is_noted_on_the_row(world: World) -> None:
    case = logged(world)
    url = reverse("board_call", args=[task_of(world.dorte, case).pk])
    client = at(world.dorte)
    assert client.post(url, {"channel": "phone"}, headers={"HX-Request": "true"}).status_code == 422
    done = client.post(
        url, {"channel": "phone", "reached": "no_answer", "note": "", "back": "/board/"}, headers={"HX-Request": "true"}
    )
    assert "Opkaldet er noteret." in text(done)
    with scope.scope(world.dorte.unit.pk):
        assert case.events.get(kind=Happening.CALLED).detail["reached"] == "no_answer"


def test_a_row_that_is_not_theirs_is_not_there(world: World) -> None:
    task = task_of(world.alice, logged(world))
    Membership.objects.filter(user=world.erik.user).update(role=Role.COORDINATOR)
    Membership.objects.filter(user=world.bo.user).update(role=Role.COORDINATOR)
    before = everything()
    for name in ("board_assign", "board_take_over", "board_call"):
        for stranger in (world.erik, world.bo):
            assert at(stranger).post(reverse(name, args=[task.pk]), {"because": "x"}).status_code == 404
    assert at(world.erik).post(reverse("board_name", args=[task.case_id])).status_code == 404
    assert everything() == before


def test_several_are_given_to_a_colleague_row_by_row_and_no_decision_is_undone(committed_world: World) -> None:
    world = committed_world
    someone, other = colleague(world.dorte), colleague(world.dorte, "Søren Kollega")
    mine, theirs = logged(world, answers=DUAL), case_of(world, sent(world, to=world.bo.unit))
    decided = logged(world, answers=DUAL)
    chosen = [str(task_of(world.dorte, case).pk) for case in (mine, theirs, decided)]
    client, before = at(world.dorte), everything()
    wrong = client.post("/board/bulk/", {"back": "/board/?level=1", "chosen": chosen, "kind": "assign"})
    assert (wrong.status_code, everything() == before) == (422, True)
    assert "Vælg en kollega." in text(wrong)
    given = {"back": "/board/", "chosen": chosen, "kind": "assign", "to": str(someone.pk)}
    assert client.post("/board/bulk/", given | {"chosen": ["x"]}).status_code == 404
    assert client.post("/board/bulk/", given | {"chosen": [str(UUID(int=1))]}).status_code == 403
    assert everything() == before
    response = client.post("/board/bulk/", given)
    with scope.scope(world.dorte.unit.pk):
        actions.assign(case=decided, to=other, instead_of=None, by=world.dorte, now=clock.now())
    with play_for_a_while(WORKER):
        work_off_bulk()
    said = text(client.get(response.url))  # type: ignore[attr-defined]
    for words in ("1 opgave er", "2 blev ikke", "Overtag først", "Nogen var hurtigere"):
        assert words in said
    with scope.scope(world.dorte.unit.pk):
        now_is = models.Case.objects.in_bulk([mine.pk, theirs.pk, decided.pk])
    assert (now_is[mine.pk].owner_worker_id, now_is[decided.pk].owner_worker_id) == (someone.pk, other.pk)
    assert now_is[theirs.pk].owner_worker_id == world.alice.user.pk


def test_two_coordinators_at_once_change_nothing_twice(committed_world: World) -> None:
    world, now = committed_world, clock.now()
    case, dual = case_of(world, sent(world, to=world.bo.unit, now=now)), logged(world, answers=DUAL, now=now)
    them = [By(user=colleague(world.dorte, f"Nr{n} Kollega"), unit=world.dorte.unit) for n in range(4)]
    take = [(each, actions.take_over_as_coordinator, {"case": case, "because": "Haster"}) for each in them]
    give = [(each, actions.assign, {"case": dual, "to": each.user, "instead_of": None}) for each in them]
    for steps, kind, changed in ((take, Happening.OWNER_CHANGED, case), (give, Happening.TASK_PASSED_ON, dual)):
        with scope.scope(world.dorte.unit.pk):
            before = changed.events.filter(kind=kind).count()
        outcomes = at_once(steps, now=now)
        assert (outcomes.count("done"), len(set(outcomes))) == (1, 2)
        with scope.scope(world.dorte.unit.pk):
            assert changed.events.filter(kind=kind).count() == before + 1


def test_an_action_whose_last_write_fails_changes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = logged(world)
    dual, someone = logged(world, answers=DUAL), colleague(world.dorte)
    before = everything()

    def fail(*args: Any, **given: Any) -> None:
        raise RuntimeError("the last write")

    monkeypatch.setattr("referrals.actions.notices.tell", fail)
    with scope.scope(world.dorte.unit.pk):
        with pytest.raises(RuntimeError):
            actions.take_over_as_coordinator(case=case, because="Haster", by=world.dorte, now=clock.now())
        with pytest.raises(RuntimeError):
            actions.assign(case=dual, to=someone, instead_of=None, by=world.dorte, now=clock.now())
    assert everything() == before


def test_a_take_over_that_is_asked_for_is_answered_first(world: World) -> None:
    case = logged(world)
    with scope.scope(world.alice.unit.pk):
        actions.ask_to_take_over(
            case=case, unit=world.erik.unit, reason="Flytter", ground=YES, by=world.alice, now=clock.now()
        )
    with scope.scope(world.dorte.unit.pk), pytest.raises(TooLate):
        actions.take_over_as_coordinator(case=case, because="Haster", by=world.dorte, now=clock.now())


# While somebody reads


def test_whoever_reads_is_told_that_something_is_new_and_nothing_moves(world: World) -> None:
    logged(world)
    client = at(world.dorte)
    page = unescape(client.get("/board/?level=1").content.decode())
    (address,) = re.findall(r'hx-get="(/board/[^"]*as=[0-9a-f]{8})"', page)
    headers = {"HX-Request": "true", "X-Background": "yes"}
    looks = len(looks_of(world.dorte, "pk"))
    assert client.get(address, headers=headers).status_code == 204
    logged(world)
    new = client.get(address, headers=headers).content.decode()
    assert ("Noget er ændret" in new, numbers(new)) == (True, [])
    assert len(looks_of(world.dorte, "pk")) == looks  # nobody was shown


# Both sides on one page


def test_a_conference_shows_both_sides_with_their_last_word_clocks_and_who_owes_what(world: World) -> None:
    case = logged(world, answers=DUAL, name="Mikkel Opfundet")
    referral = sent(world, to=world.bo.unit, case=case, sides=[Side.SUBSTANCE])
    with scope.scope(world.bo.unit.pk):
        actions.open_referral(referral=referral, by=world.bo, now=clock.now())
        actions.ask_question(referral=referral, question="Hvad sker der?", by=world.bo, now=clock.now())
    url = reverse("conference", args=[case.pk])
    page = at(world.dorte).get(url)
    sides = {side.track.side: side for side in page.context["sides"]}
    substance, psychiatry = sides[Side.SUBSTANCE], sides[Side.PSYCHIATRY]
    assert [each.pk for each in substance.attempts] == [referral.pk]
    assert (substance.said[0].kind, substance.said[0].note) == ("ask", "Hvad sker der?")
    assert [wait.waits_for for wait in substance.waits] == [Wait.REPLY]
    assert {each.side for each in substance.clocks} == {Side.SUBSTANCE}
    assert (psychiatry.attempts, psychiatry.said, psychiatry.waits) == ([], [], [])
    assert Wait.CHOICE in [wait.waits_for for wait in page.context["common"]]
    assert "Denne side mangler" in text(page)
    assert url in at(world.dorte).get("/board/").content.decode()
    assert url in at(world.dorte).get(reverse("case", args=[case.pk])).content.decode()


def test_a_conference_is_for_those_who_have_the_case(world: World) -> None:
    dual = logged(world, answers=DUAL)
    for stranger in (world.bo, world.erik):
        assert at(stranger).get(reverse("conference", args=[dual.pk])).status_code == 404
