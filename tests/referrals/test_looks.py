"""Who looked: each page that shows people leaves its exact lines, in one insert, or is not shown."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from uuid_utils.compat import uuid7

from navigator import clock
from navigator.audit.models import Look
from navigator.database import scope
from navigator.web.paging import PAGE
from referrals import actions, models
from referrals.acting import By
from referrals.enums import Wait
from tests.conftest import as_owner
from tests.helpers.cases import logged, sent
from tests.helpers.looks import looks_of
from tests.helpers.world import World


def at(by: By) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(by.user)
    return client


def lines(by: By) -> list[tuple[str, str, str, UUID | None, UUID | None, UUID | None]]:
    """Page, how, why, and whom."""
    return looks_of(by, "what", "how", "purpose", "case", "person", "referral")


def test_a_case_is_one_line_with_who_and_in_which_role(world: World) -> None:
    case = logged(world, name="Mikkel Opfundet")
    assert at(world.alice).get(reverse("case", args=[case.pk])).status_code == 200
    with scope.scope(world.alice.unit.pk):
        look = Look.objects.get()
    assert (look.user, look.unit, look.roles, look.guest) == (
        world.alice.user.pk, world.alice.unit.pk, ["frontline"], None,
    )  # fmt: skip
    assert (look.what, look.how, look.purpose, look.emergency) == ("case", "page", "help", None)
    assert (look.case, look.person, look.referral) == (case.pk, case.person_id, None)
    assert abs((clock.now() - look.looked_at).total_seconds()) < 60


def test_others_who_may_be_the_same_person_are_seen_too(world: World) -> None:
    first, second = logged(world, name="Mikkel Opfundet"), logged(world, name="Mikkel Opfundet")
    at(world.alice).get(reverse("case", args=[first.pk]))
    both = [("case", "page", "help", each.pk, each.person_id, None) for each in (first, second)]
    assert lines(world.alice) == sorted(both, key=repr)

    with scope.scope(world.alice.unit.pk):
        actions.link(case=first, other=second, by=world.alice, now=clock.now())
    at(world.alice).get(reverse("case", args=[first.pk]))
    linked = ("case", "page", "help", None, second.person_id, None)
    assert lines(world.alice) == sorted([*both, *both[:1], *both[1:], linked], key=repr)


def test_a_referral_is_looked_at_to_help_and_by_the_receiver_to_receive(world: World) -> None:
    referral = sent(world, to=world.bo.unit)
    at(world.alice).get(reverse("referral", args=[referral.pk]))
    at(world.bo).get(reverse("referral", args=[referral.pk]))
    assert lines(world.alice) == [("referral", "page", "help", referral.case_id, None, referral.pk)]
    assert lines(world.bo) == [("referral", "page", "receive", referral.case_id, None, referral.pk)]


def test_a_receipt_shows_case_and_referral(world: World) -> None:
    case = logged(world)
    referral = sent(world, to=world.bo.unit, case=case)
    at(world.alice).get(reverse("receipt", args=[referral.pk]))
    assert lines(world.alice) == sorted(
        [
            ("receipt", "page", "help", case.pk, None, referral.pk),
            ("receipt", "page", "help", case.pk, case.person_id, None),
        ],
        key=repr,
    )


def test_the_start_page_names_each_once(world: World) -> None:
    owed, awaited = logged(world, name="Karla Opfundet"), logged(world, name="Mikkel Opfundet")
    sent(world, to=world.bo.unit, case=awaited)
    draft = uuid7()
    with scope.scope(world.alice.unit.pk):
        actions.keep_draft(draft_id=draft, typed={"name": ["X"]}, by=world.alice, now=clock.now())
    at(world.alice).get("/")
    cases = [(each.pk, each.person_id) for each in (owed, awaited)]
    assert lines(world.alice) == sorted(
        [("my_list", "page", "help", case, person, None) for case, person in [*cases, (draft, None)]], key=repr
    )


@pytest.mark.parametrize("address", ["/inbox/", "/inbox/?show=new"])
def test_the_inbox_shows_what_was_sent(world: World, address: str) -> None:
    both = [sent(world, to=world.bo.unit, case=logged(world)) for _ in range(2)]
    at(world.bo).get(address)
    assert lines(world.bo) == sorted(
        [("inbox", "page", "receive", each.case_id, None, each.pk) for each in both], key=repr
    )


def test_a_row_is_looked_at_as_a_fragment_and_the_news_as_a_page(world: World) -> None:
    case = logged(world)
    referral = sent(world, to=world.bo.unit, case=case)
    with scope.scope(world.bo.unit.pk):
        actions.open_referral(referral=referral, by=world.bo, now=clock.now())
        task = models.FollowUp.objects.open().get(owed_by=world.bo.unit, waits_for=Wait.ANSWER)
    row = reverse("in_place", args=[task.pk, "book_time"])
    at(world.bo).get(row, {"back": "/inbox/"}, headers={"HX-Request": "true"})
    with scope.scope(world.bo.unit.pk):
        actions.accept_referral(referral=referral, by=world.bo, now=clock.now())
    at(world.alice).get("/news/")
    assert lines(world.bo) == [("in_place", "fragment", "receive", case.pk, None, referral.pk)]
    assert lines(world.alice) == [("news", "page", "help", case.pk, case.person_id, None)]


def test_the_api_is_another_system(world: World) -> None:
    referral = sent(world, to=world.bo.unit)
    at(world.bo).post(reverse("referrals_api:return_referral", args=[referral.pk]), {}, "application/json")
    assert lines(world.bo) == [("referrals_api:return_referral", "api", "receive", referral.case_id, None, referral.pk)]


def test_a_search_is_kept_also_where_it_finds_nobody(world: World) -> None:
    case = logged(world, name="Mikkel Opfundet")
    at(world.alice).post("/search/", {"said": "Mikkel"}, follow=True)
    at(world.alice).post("/search/", {"said": "Niemand"}, follow=True)
    at(world.alice).get("/search/")
    assert lines(world.alice) == [
        ("search", "search", "find", None, None, None),
        ("search", "search", "find", case.pk, case.person_id, None),
    ]


def test_not_yours_leaves_no_line(world: World) -> None:
    referral = sent(world, to=world.bo.unit)
    for by, name, key in [
        (world.erik, "case", referral.case_id),
        (world.bo, "case", referral.case_id),
        (world.erik, "referral", referral.pk),
        (world.alice, "case", uuid7()),
    ]:
        assert at(by).get(reverse(name, args=[key])).status_code == 404
        assert lines(by) == []
    assert Client().get(reverse("case", args=[referral.case_id])).status_code == 302


def test_a_redirect_shows_nobody_and_a_form_that_comes_back_does(world: World) -> None:
    case = logged(world)
    note = reverse("add_note", args=[case.pk])
    assert at(world.alice).post(note, {"note": "Ringede"}).status_code == 302
    assert lines(world.alice) == []
    assert at(world.alice).post(note, {"note": ""}).status_code == 422
    assert lines(world.alice) == [("add_note", "page", "help", case.pk, case.person_id, None)]


@contextmanager
def without(right: str) -> Iterator[None]:
    """The app may not do this for a while."""
    with as_owner() as owner:
        owner.execute(f"REVOKE {right} FROM navigator_app")  # type: ignore[arg-type]
    try:
        yield
    finally:
        with as_owner() as owner:
            owner.execute(f"GRANT {right} TO navigator_app")  # type: ignore[arg-type]


def test_an_error_after_the_case_was_read_is_kept(committed_world: World) -> None:
    case = logged(committed_world)
    with without("SELECT ON referrals_screening"):
        assert at(committed_world.alice).get(reverse("case", args=[case.pk])).status_code == 500
    assert lines(committed_world.alice) == [("case", "page", "help", case.pk, case.person_id, None)]


def test_what_cannot_be_kept_is_not_shown(committed_world: World) -> None:
    case = logged(committed_world, name="Mikkel Opfundet")
    page = reverse("case", args=[case.pk])
    with without("INSERT ON audit_look"):
        refused = at(committed_world.alice).get(page)
    assert refused.status_code == 500
    assert "Mikkel" not in refused.content.decode()
    assert "Mikkel" in at(committed_world.alice).get(page).content.decode()


@pytest.mark.parametrize(("who", "address"), [("alice", "/follow-ups/?tab=waiting"), ("bo", "/inbox/?show=new")])
def test_a_page_of_a_list_of_fifty_is_one_insert(world: World, who: str, address: str) -> None:
    for _ in range(50):
        sent(world, to=world.bo.unit, case=logged(world))
    by = getattr(world, who)
    with CaptureQueriesContext(connection) as queries:
        shown = at(by).get(address).context["page"].rows
    assert len([query for query in queries.captured_queries if '"audit_look"' in query["sql"]]) == 1
    assert len(lines(by)) == len(shown) == PAGE
