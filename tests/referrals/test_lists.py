"""The lists of the daily work: what stands on them, page by page, in place, and at a price that does not grow."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import urljoin
from uuid import UUID

import pytest
from django.urls import reverse
from uuid_utils.compat import uuid7

from navigator import clock
from navigator.accounts.models import Membership, Role
from navigator.database import scope
from navigator.web import paging
from navigator.web.templatetags.shown import counted
from referrals import actions, lists, models, selectors
from referrals.acting import By
from referrals.actions.notices import tell
from referrals.enums import Event, Happening, Law, Outcome, Status, Tell, Urgency, Wait
from tests.helpers.cases import CANNABIS, YES, logged, sent
from tests.helpers.pages import at, text
from tests.helpers.snapshot import everything
from tests.helpers.world import World

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def tasks(by: By, wait: Wait) -> list[models.FollowUp]:
    with scope.scope(by.unit.pk):
        return list(models.FollowUp.objects.open().filter(waits_for=wait).order_by("due_at", "pk"))


def owing(world: World, *, days_ago: int, **identity: str) -> models.Case:
    """A case for which Alice is to choose a service since so many days."""
    return logged(world, now=clock.now() - days_ago * DAY, **identity)


def told(world: World, *, name: str = "Mikkel Opfundet") -> models.FollowUp:
    """A task that a tick answers: the citizen is to be told what the law let us pass on."""
    case = logged(world, name=name)
    before = {task.pk for task in tasks(world.alice, Wait.TELL_CITIZEN)}
    with scope.scope(world.alice.unit.pk):
        service = sent_to(world)
        actions.send_referral(
            case=case, service=service, sides=["substance"], role="primary",
            telling=actions.Telling({}, actions.Statutory(Law.ESSENTIAL, "Fare for helbredet")), by=world.alice, now=clock.now(),
        )  # fmt: skip
    return next(task for task in tasks(world.alice, Wait.TELL_CITIZEN) if task.pk not in before)


def sent_to(world: World) -> Any:
    from tests.helpers.cases import service

    return service("substance_treatment_outpatient", world.bo.unit)


def no_show(world: World) -> models.Referral:
    start = clock.now() - 5 * DAY
    referral = sent(world, to=world.bo.unit, case=logged(world, now=start, name="Mikkel Opfundet"), now=start)
    with scope.scope(world.bo.unit.pk):
        actions.accept_referral(referral=referral, by=world.bo, now=start + HOUR)
        actions.book_time(referral=referral, appointment_at=start + DAY, by=world.bo, now=start + 2 * HOUR)
        return actions.record_no_show(referral=referral, by=world.bo, now=start + 2 * DAY)


# Pages of a list


def test_pages_go_on_and_back_and_hold_each_row_once_whatever_comes_in_between(world: World) -> None:
    for n in range(7):
        owing(world, days_ago=n + 3)
    with scope.scope(world.alice.unit.pk):
        found = lists.own_late(unit=world.alice.unit, now=clock.now())
        every = [task.pk for task in found[0].order_by("due_at", "pk")]
        first = paging.cut(*found, by="due_at", at=None, size=3)
        assert ([row.pk for row in first.rows], first.earlier) == (every[:3], "")

        owing(world, days_ago=30)  # before all of them, while somebody reads
        second = paging.cut(*found, by="due_at", at=paging.place(first.later), size=3)
        assert [row.pk for row in second.rows] == every[3:6]
        third = paging.cut(*found, by="due_at", at=paging.place(second.later), size=3)
        assert ([row.pk for row in third.rows], third.later) == (every[6:], "")
        back = paging.cut(*found, by="due_at", at=paging.place(third.earlier), size=3)
        assert [row.pk for row in back.rows] == every[3:6]
        begin = paging.cut(*found, by="due_at", at=paging.place(back.earlier), size=3)
        assert [row.pk for row in begin.rows] == every[:3]
        assert begin.earlier != ""  # the one that came in is before


def test_rows_of_the_same_moment_are_parted_by_their_id(world: World) -> None:
    for _ in range(5):
        owing(world, days_ago=4)
    with scope.scope(world.alice.unit.pk):
        moment = clock.now() - 3 * DAY
        models.FollowUp.objects.filter(waits_for=Wait.CHOICE).update(due_at=moment)
        found = lists.own_late(unit=world.alice.unit, now=clock.now())
        at_place, seen = None, list[UUID]()
        while True:
            page = paging.cut(*found, by="due_at", at=at_place, size=2)
            seen += [row.pk for row in page.rows]
            if not page.later:
                break
            at_place = paging.place(page.later)
        assert seen == sorted(seen) and len(set(seen)) == len(seen) == 5


@pytest.mark.parametrize(
    "said", ["", "x", "20260101T000000.000000", "20260101T000000.000000_x", "-_", "2026_" + "0" * 32]
)
def test_an_address_that_names_no_place_is_the_beginning(said: str) -> None:
    assert paging.place(said) is None


def test_nobody_counts_beyond_what_anybody_wants_to_know() -> None:
    assert [counted(n) for n in (0, 500, 501)] == ["0", "500", "mere end 500"]


# What stands where


def test_the_tabs_part_what_is_late_today_later_and_others(world: World) -> None:
    owing(world, days_ago=4, name="Sen Opfundet")
    case = logged(world, name="Ventende Opfundet")
    sent(world, to=world.bo.unit, case=case)
    client = at(world.alice)
    assert "Sen Opfundet" in text(client.get("/follow-ups/"))  # the first tab with something in it
    assert "Ventende" not in text(client.get("/follow-ups/?tab=late"))
    waiting = text(client.get("/follow-ups/?tab=waiting"))
    assert "Ventende Opfundet" in waiting
    assert "Sen Opfundet" not in waiting
    assert text(client.get("/follow-ups/?tab=later")).count("Intet de andre dage.") == 1
    assert case.short_number not in text(at(world.erik).get("/follow-ups/?tab=waiting"))


def test_mine_are_those_with_my_name_on(world: World) -> None:
    owing(world, days_ago=4, name="Min Opfundet")
    owing(world, days_ago=4, name="Andens Opfundet")
    other = tasks(world.alice, Wait.CHOICE)[1]
    with scope.scope(world.alice.unit.pk):
        models.FollowUp.objects.filter(pk=other.pk).update(owed_worker=None)
        theirs = models.Case.objects.select_related("person__data_key").get(pk=other.case_id).person.name
    mine = text(at(world.alice).get("/follow-ups/?tab=late&whose=mine"))
    assert theirs not in mine
    assert ("For sent (1)" in mine, "For sent (2)" in text(at(world.alice).get("/follow-ups/"))) == (True, True)


def test_a_coordinator_sees_what_the_clock_has_told_them_and_no_more(world: World) -> None:
    sent(world, to=world.bo.unit, case=logged(world, name="Tavs Opfundet"))
    client = at(world.dorte)
    assert "Tavs Opfundet" not in text(client.get("/follow-ups/?tab=waiting"))
    with scope.scope(world.dorte.unit.pk):
        models.FollowUp.objects.filter(waits_for=Wait.SEEN).update(escalated_at=clock.now())
    assert "Tavs Opfundet" in text(client.get("/follow-ups/?tab=waiting"))
    assert "Tavs Opfundet" in text(client.get("/"))


# Done in place


def test_a_tick_is_done_in_the_row_and_goes_back_without_javascript(world: World) -> None:
    task, other = told(world), told(world, name="Anden Opfundet")
    client, url = at(world.alice), f"/follow-ups/{task.pk}/done/"
    back = "/follow-ups/?tab=later"
    fragment = client.post(url, {"back": back}, headers={"HX-Request": "true"}).content.decode()
    assert "Gjort. Opgaven er væk fra listen." in fragment
    assert f'id="row-{task.pk}"' in fragment and "<h1" not in fragment
    assert [left.pk for left in tasks(world.alice, Wait.TELL_CITIZEN)] == [other.pk]

    response = client.post(f"/follow-ups/{other.pk}/done/", {"back": back})
    assert (response.status_code, response.url) == (302, back)  # type: ignore[attr-defined]
    assert tasks(world.alice, Wait.TELL_CITIZEN) == []


def test_a_call_is_noted_in_the_row_with_what_came_of_it(world: World) -> None:
    referral = no_show(world)
    (task,) = tasks(world.bo, Wait.RE_ENGAGE)
    client, url = at(world.bo), f"/follow-ups/{task.pk}/record_attempt/"
    assert 'name="reached"' in client.get(f"{url}?back=/inbox/").content.decode()
    wrong = client.post(url, {"back": "/inbox/"}, headers={"HX-Request": "true"})
    assert (
        wrong.status_code,
        "Angiv, hvordan du prøvede." in text(wrong) or 'role="alert"' in wrong.content.decode(),
    ) == (422, True)
    done = client.post(
        url, {"back": "/inbox/", "channel": "phone", "reached": "relative", "note": "Ringer igen"},
        headers={"HX-Request": "true"},
    )  # fmt: skip
    assert (done.status_code, "Forsøget er noteret." in text(done)) == (200, True)
    with scope.scope(world.bo.unit.pk):
        (attempt,) = referral.events.filter(kind=Event.ATTEMPT)
        assert (attempt.detail["channel"], attempt.detail["reached"]) == ("phone", "relative")


def test_what_is_not_theirs_or_not_offered_changes_nothing(world: World) -> None:
    task = told(world)
    before = everything()
    assert at(world.erik).post(f"/follow-ups/{task.pk}/done/").status_code == 404
    assert at(world.bo).post(f"/follow-ups/{task.pk}/done/").status_code == 404
    assert at(world.alice).post(f"/follow-ups/{task.pk}/delete/").status_code == 404
    assert at(world.alice).post(f"/follow-ups/{task.pk}/record_effect/").status_code == 409
    assert at(world.dorte).post(f"/follow-ups/{task.pk}/done/").status_code == 409
    assert everything() == before


def test_an_address_elsewhere_is_no_list_to_come_back_to(world: World) -> None:
    for back in ("https://example.org/follow-ups/", "//example.org/follow-ups/", "/cases/new/", "javascript:1"):
        response = at(world.alice).post(f"/follow-ups/{told(world).pk}/done/", {"back": back})
        assert response.url == "/follow-ups/"  # type: ignore[attr-defined]


def test_what_was_typed_is_shown_again_when_somebody_was_faster(world: World) -> None:
    referral = no_show(world)
    (task,) = tasks(world.bo, Wait.RE_ENGAGE)
    with scope.scope(world.bo.unit.pk):
        actions.confirm_arrival(referral=referral, sides=["substance"], by=world.bo, now=clock.now())
    typed = {"channel": "phone", "reached": "relative", "note": "Hans <b>søster</b> tog den", "back": "/inbox/"}
    for headers in ({}, {"HX-Request": "true"}):
        response = at(world.bo).post(f"/follow-ups/{task.pk}/record_attempt/", typed, headers=headers)
        page = response.content.decode()
        assert response.status_code == 409
        assert "Hans &lt;b&gt;søster&lt;/b&gt; tog den</textarea>" in page
        assert page.count("<textarea") == 1  # neither codes nor the token
        assert response.headers.get("HX-Retarget") == ("#main-content" if headers else None)


# Received


def test_the_inbox_shows_the_first_of_each_section_and_a_section_page_by_page(world: World) -> None:
    for n in range(12):
        sent(world, to=world.bo.unit, case=logged(world, name=f"Ny{n} Opfundet"))
    client = at(world.bo)
    whole = client.get("/inbox/").content.decode()
    assert whole.count('class="task"') == 10
    assert "Vis alle 12" in whole
    assert client.get("/inbox/?show=new").content.decode().count('class="task"') == 12


def test_a_day_of_visits_says_who_comes_with_whom_and_what_is_ordered(world: World) -> None:
    tomorrow = clock.today() + DAY
    case = logged(world, name="Mikkel Opfundet", answers=CANNABIS)
    referral = sent(world, to=world.bo.unit, case=case, interpreter="ar")
    ten = clock.start_of_day(tomorrow) + 10 * HOUR
    with scope.scope(world.bo.unit.pk):
        actions.book_time(
            referral=referral, appointment_at=ten, interpreter_ordered=False, by=world.bo, now=clock.now()
        )
    with scope.scope(world.alice.unit.pk):
        actions.agree_companion(
            referral=referral,
            who="Sofie fra jobcentret",
            meeting_place="Banegården kl. 9.30",
            by=world.alice,
            now=clock.now(),
        )
    client = at(world.bo)
    shown = text(client.get(f"/visits/?day={tomorrow.isoformat()}"))
    for said in (
        "10.00",
        "Kommer sammen med Sofie fra jobcentret",
        "de mødes: Banegården kl. 9.30",
        "ikke bekræftet endnu",
        "Der er ikke bestilt tolk: Arabisk",
    ):
        assert said in shown
    (visit,) = tasks(world.bo, Wait.VISIT)
    day, order = f"/visits/?day={tomorrow.isoformat()}", f"/follow-ups/{visit.pk}/order_interpreter/"
    assert order in client.get(day).content.decode() and order in client.get("/inbox/").content.decode()
    assert client.post(order, {"back": day}).url == day  # type: ignore[attr-defined]
    shown = text(client.get(day))
    assert "Tolk er bestilt: Arabisk" in shown and "Der er ikke bestilt tolk" not in shown
    assert order not in client.get(day).content.decode()
    assert client.post(order, {"back": day}).status_code == 409
    assert "Ingen besøg den dag." in text(client.get("/visits/"))
    assert client.get("/visits/?day=9999-99-99").status_code == 200
    assert at(world.alice).get("/visits/").status_code == 403


# Beyond a page


def reached(client: Any, url: str, *, to: str, each: str) -> list[str]:
    """What stands on all pages of a list, found by a pattern, from the first to the one that leads no further."""
    found, at_page = list[str](), url
    while True:
        page = client.get(at_page).content.decode()
        found += re.findall(each, page)
        more = re.search(rf'button-next" href="({re.escape(to)}at=[^"]+)"', page)
        if more is None:
            return found
        at_page = urljoin(url, unescape(more[1]))


def test_the_start_page_leads_to_every_draft(world: World) -> None:
    with scope.scope(world.alice.unit.pk):
        for n in range(23):
            actions.keep_draft(draft_id=uuid7(), typed={"name": [f"Kladde-{n:02}"]}, by=world.alice, now=clock.now())
    client = at(world.alice)
    start = client.get("/").content.decode()
    assert re.findall(r"task-case\">(Kladde-..)", start) == ["Kladde-22", "Kladde-21", "Kladde-20"]
    assert f'href="{reverse("drafts")}">Alle kladder (23)' in start
    page = reverse("drafts")
    every = reached(client, page, to="?", each=r'task-case">(Kladde-..)')
    assert every == [f"Kladde-{n:02}" for n in reversed(range(23))]
    (first,) = re.findall(r'action="(/cases/drafts/[^"]+/delete/)"', client.get(page).content.decode())[:1]
    assert client.post(first, {"among": "drafts"}).url == page  # type: ignore[attr-defined]
    assert "Alle kladder (22)" in client.get("/").content.decode()
    assert reached(at(world.erik), page, to="?", each="Kladde-") == []
    assert at(world.bo).get(page).status_code == 403


def test_an_emergency_that_nobody_has_looked_at_is_never_behind_those_that_somebody_has(world: World) -> None:
    case = logged(world)
    with scope.scope(world.erik.unit.pk):
        opened = [
            actions.open_in_emergency(number=case.short_number, reason=f"Grund-{n:02}", by=world.erik, now=clock.now())
            for n in range(23)
        ]
    Membership.objects.filter(user=world.alice.user).update(role=Role.UNIT_LEADER)
    client, page = at(world.alice), reverse("emergencies")
    every = [f"Grund-{n:02}" for n in range(23)]
    assert reached(client, page, to="?", each="Grund-..") == every
    for access in opened[1:]:
        assert client.post(reverse("emergency_seen", args=[access.pk])).status_code == 302
    shown = client.get(page).content.decode()
    assert re.findall("Grund-..", shown) == [every[0], *reversed(every[3:])]
    assert 'Ikke set på endnu <span class="count">1</span>' in shown
    assert "Den akutte adgang er brugt 1 gang" in text(client.get("/"))
    seen = reached(client, f"{page}?show=seen", to="?show=seen&", each="Grund-..")
    assert [each for each in seen if each != every[0]] == list(reversed(every[1:]))


def test_what_a_municipality_has_not_answered_comes_first_and_every_concern_is_reached(world: World) -> None:
    def note(n: int) -> models.Concern:
        return actions.record_concern(
            case=None, about="at_home", channel="phone", municipality="0751", to_whom=f"Vagt-{n:02}", note="",
            sent_at=clock.now() - (60 - n) * timedelta(minutes=1), by=world.alice, now=clock.now(),
        )  # fmt: skip

    with scope.scope(world.alice.unit.pk):
        answered = [note(n) for n in range(22)]
        for each in answered:
            actions.record_receipt(concern=each, by=world.alice, now=clock.now())
        for n in range(22, 45):
            note(n)
    client, page = at(world.alice), reverse("concerns")
    shown = client.get(page).content.decode()
    waiting = [f"Vagt-{n:02}" for n in range(22, 45)]
    assert set(re.findall("Vagt-..", shown)[:20]) < set(waiting)
    assert 'Uden kvittering <span class="count">23</span>' in shown
    found = reached(client, page, to="?", each="Vagt-..")
    assert sorted(each for each in found if each in waiting) == waiting
    found = reached(client, f"{page}?show=answered", to="?show=answered&", each="Vagt-..")
    assert sorted(each for each in found if each not in waiting) == [f"Vagt-{n:02}" for n in range(22)]


def test_whom_we_are_asked_to_take_over_is_reached_however_many_they_are(world: World) -> None:
    for n in range(22):
        case = logged(world)
        with scope.scope(world.alice.unit.pk):
            actions.ask_to_take_over(
                case=case, unit=world.dorte.unit, reason=f"Flytter-{n:02}", ground=YES, by=world.alice, now=clock.now()
            )
    client, page, every = at(world.dorte), reverse("take_overs"), [f"Flytter-{n:02}" for n in range(22)]
    start = client.get("/").content.decode()
    assert re.findall("Flytter-..", start) == every[:5]
    assert f'href="{page}">Vis alle 22</a>' in start
    assert reached(client, page, to="?", each="Flytter-..") == every
    assert reached(at(world.erik), page, to="?", each="Flytter-..") == []


def test_what_a_coordinator_is_to_act_on_stands_first_however_much_has_happened_since(world: World) -> None:
    sent(world, to=world.bo.unit, urgency=Urgency.ACUTE, hand_over=actions.HandOver(""))
    for _ in range(14):
        logged(world)
    with scope.scope(world.alice.unit.pk):
        since = list(models.CaseEvent.objects.exclude(kind=Happening.NOBODY_ANSWERED).order_by("pk")[:30])
        for event in since:
            tell(event, to=world.dorte.unit, tells=Tell.COORDINATOR, now=clock.now())
    assert len(since) > 25
    start = text(at(world.dorte).get("/"))
    assert "Til koordinatoren 1 " in start
    assert f"Nyt {len(since) + 1} " in start


def test_of_many_with_the_same_name_the_likeliest_are_shown_first(world: World) -> None:
    same = {"name": "Mette Opfundet"}
    whole = logged(world, **same, phone="20997341")
    with scope.scope(world.alice.unit.pk):
        actions.close_case(case=whole, outcome=Outcome.WITHDRAWN, because="x", by=world.alice, now=clock.now())
    others = [logged(world, **same) for _ in range(21)]
    with scope.scope(world.alice.unit.pk):
        found = selectors.possibly_the_same(unit=world.alice.unit, identity=same | {"phone": "20997341"})
        assert [each.pk for each in found[:2]] == [whole.pk, others[-1].pk]
        found = selectors.possibly_the_same(unit=world.alice.unit, identity=same)
        assert [each.pk for each in found] == [each.pk for each in reversed(others)][:20]


# The start page


def test_a_unit_leader_sees_what_is_late_and_nobodys(world: World) -> None:
    Membership.objects.filter(user=world.alice.user).update(role=Role.UNIT_LEADER)
    owing(world, days_ago=4)
    assert "For sent i enheden: 1. Heraf uden navn på: 0." in text(at(world.alice).get("/"))


def test_the_start_page_has_the_late_before_the_rest(world: World) -> None:
    logged(world, name="Ny Opfundet")
    owing(world, days_ago=4, name="Sen Opfundet")
    shown = text(at(world.alice).get("/"))
    assert shown.index("For sent") < shown.index("Sen Opfundet") < shown.index("Ny Opfundet")


def test_a_status_is_shown_in_the_row_after_the_step(world: World) -> None:
    referral = sent(world, to=world.bo.unit)
    with scope.scope(world.bo.unit.pk):
        actions.open_referral(referral=referral, by=world.bo, now=clock.now())
    (task,) = tasks(world.bo, Wait.ANSWER)
    done = at(world.bo).post(
        reverse("in_place", args=[task.pk, "accept_referral"]), {"back": "/inbox/"}, headers={"HX-Request": "true"}
    )
    assert "Accepteret. Aftal nu en tid." in text(done)
    assert "Nu: Accepteret" in text(done)
    with scope.scope(world.bo.unit.pk):
        assert models.Referral.objects.get(pk=referral.pk).status == Status.ACCEPTED
