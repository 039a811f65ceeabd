"""A local administrator says who works here: by invitation, at once, written down, and without seeing a case."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from typing import Any

import psycopg
import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from navigator import clock
from navigator.accounts import sessions
from navigator.accounts.models import Change, Invitation, Membership, Role, StaffChange, Unit, User
from navigator.database import scope
from referrals import actions, models
from referrals.acting import By
from referrals.delivery.invitations import send_invitations
from referrals.enums import Outcome
from tests.conftest import as_app, as_worker
from tests.helpers.cases import logged, sent
from tests.helpers.pages import at, text
from tests.helpers.planted import worker
from tests.helpers.snapshot import everything, staff
from tests.helpers.world import PASSWORD, World

LINK = re.compile(r"/invitation/([\w-]{40,})/")


@pytest.fixture
def lone(world: World) -> By:
    """The local administrator of Alice's organisation."""
    return worker(world.alice.unit, Role.LOCAL_ADMIN)


def changes() -> list[tuple[str, str]]:
    return list(StaffChange.objects.order_by("at", "pk").values_list("what", "by__name"))


def signed_in(by: By) -> tuple[Client, dict[str, str]]:
    """Somebody at work, and all that is known of who works where: signing in is part of it."""
    return at(by), staff()


def invite(lone: By | Client, unit: Unit, role: str = Role.FRONTLINE, email: str = "Ny.Kollega@kommune.example") -> Any:
    client = lone if isinstance(lone, Client) else at(lone)
    return client.post(reverse("invite"), {"email": email, "unit": str(unit.pk), "role": role})


def sent_token(mailoutbox: list[Any]) -> str:
    assert send_invitations() == 1
    return LINK.findall(mailoutbox[-1].body)[0]


def test_somebody_invited_gets_in_once(
    world: World, lone: By, mailoutbox: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    assert invite(lone, world.alice.unit).status_code == 302
    token = sent_token(mailoutbox)
    assert mailoutbox[-1].to == ["ny.kollega@kommune.example"] and world.alice.unit.name not in mailoutbox[-1].body
    assert send_invitations() == 0
    newcomer = Client(headers={"Accept-Language": "da"})
    assert newcomer.get(reverse("enter_by_invitation", args=[token])).url == reverse("invitation")
    said = {"name": "Ny Kollega", "password": PASSWORD, "again": PASSWORD}
    assert "Du er inviteret" in text(newcomer.get(reverse("invitation")))
    assert newcomer.post(reverse("invitation"), said | {"again": "another one, quite long"}).status_code == 422
    assert newcomer.post(reverse("invitation"), said | {"password": "kort", "again": "kort"}).status_code == 422
    assert newcomer.post(reverse("invitation"), said).url == "/"

    user = User.objects.get(email="ny.kollega@kommune.example")
    assert user.check_password(PASSWORD) and not user.is_staff
    assert [(each.unit, each.role) for each in user.memberships.all()] == [(world.alice.unit, Role.FRONTLINE)]
    assert changes() == [(Change.INVITED, lone.user.name), (Change.JOINED, "Ny Kollega")]
    assert newcomer.get(reverse("enter_by_invitation", args=[token]), follow=True).status_code == 404
    kept = repr([Invitation.objects.values_list(), sorted(caplog.messages)])
    assert token not in kept and token.encode() not in bytes(Invitation.objects.get().opens_with or b"")


@pytest.mark.parametrize("how", ["too old", "withdrawn", "asked once more", "unit closed"])
def test_a_link_that_is_over_opens_nothing(world: World, lone: By, mailoutbox: list[Any], how: str) -> None:
    invite(lone, world.alice.unit)
    token, later = sent_token(mailoutbox), clock.now()
    if how == "too old":
        later += Invitation.LASTS + timedelta(seconds=1)
    elif how == "withdrawn":
        at(lone).post(reverse("withdraw_invitation", args=[Invitation.objects.get().pk]))
    elif how == "asked once more":
        invite(lone, world.alice.unit)
    else:
        Unit.objects.filter(pk=world.alice.unit.pk).update(closed_on=clock.today())
    before = staff()
    with time_machine.travel(later, tick=False):
        client = Client()
        response = client.get(reverse("enter_by_invitation", args=[token]), follow=True)
        assert response.status_code == 404 and world.alice.unit.organisation.name not in text(response)
        said = {"name": "X", "password": PASSWORD, "again": PASSWORD}
        assert client.post(reverse("invitation"), said).status_code == 404
    assert staff() == before


def test_an_account_in_use_is_not_taken_over_by_a_link(world: World, lone: By, mailoutbox: list[Any]) -> None:
    invite(lone, world.alice.unit, email=world.bo.user.email)
    enter = reverse("enter_by_invitation", args=[sent_token(mailoutbox)])
    stranger = Client(headers={"Accept-Language": "da"})
    assert "Log ind" in text(stranger.get(enter, follow=True))
    stranger.post(
        reverse("invitation"), {"name": "X", "password": "another one, quite long", "again": "another one, quite long"}
    )
    world.bo.user.refresh_from_db()
    assert world.bo.user.check_password(PASSWORD)
    assert world.bo.user.memberships.count() == 1
    himself = at(world.bo)
    himself.get(enter)
    assert himself.post(reverse("invitation")).status_code == 302
    assert world.bo.user.memberships.filter(unit=world.alice.unit, ended_at=None).exists()


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.RULE_EDITOR, "owner"])
def test_the_roles_of_the_whole_country_are_not_given_here(world: World, lone: By, role: str) -> None:
    client, before = signed_in(lone)
    assert invite(client, world.alice.unit, role=role).status_code == 422
    assert staff() == before


def test_nobody_changes_their_own_access(world: World, lone: By) -> None:
    mine = Membership.objects.get(user=lone.user)
    client, before = signed_in(lone)
    assert invite(client, world.alice.unit, email=lone.user.email.upper()).status_code == 422
    to = {"unit": str(world.alice.unit.pk), "role": Role.UNIT_LEADER}
    assert client.post(reverse("move_worker", args=[mine.pk]), to).status_code == 403
    assert client.post(reverse("end_work", args=[mine.pk])).status_code == 403
    assert client.post(reverse("end_worker", args=[lone.user.pk])).status_code == 403
    assert staff() == before


def test_who_is_ended_is_out_at_once_and_leaves_no_task_behind(world: World, lone: By) -> None:
    referral = sent(world, to=world.bo.unit)
    leader, alice = worker(world.alice.unit, Role.UNIT_LEADER), at(world.alice)
    with scope.scope(world.bo.unit.pk):
        actions.open_referral(referral=referral, by=world.bo, now=clock.now())
        actions.ask_question(referral=referral, question="Hvornår?", by=world.bo, now=clock.now())
    assert alice.get("/").status_code == 200

    work = Membership.objects.get(user=world.alice.user)
    response = at(lone).post(reverse("end_work", args=[work.pk]), follow=True)
    assert "er nu enhedens" in text(response)
    assert alice.get("/").url.startswith(reverse("account_login"))
    world.alice.user.refresh_from_db()
    assert not world.alice.user.is_active and not sessions.of(world.alice.user, now=clock.now()).exists()
    with scope.scope(world.alice.unit.pk):
        assert set(
            models.FollowUp.objects.open().filter(owed_by=world.alice.unit).values_list("owed_worker", flat=True)
        ) == {None}
        assert not models.Case.objects.exclude(owner_worker=None).exists()
        assert set(models.Notice.objects.filter(why="assigned").values_list("to_worker", flat=True)) == {None}
    assert "En kollegas opgave er givet videre" in text(at(leader).get("/"))
    assert [what for what, _by in changes()] == [Change.ENDED, Change.LEFT]
    assert at(lone).post(reverse("end_work", args=[work.pk])).status_code == 404


def test_who_is_moved_works_there_and_not_here_and_the_tasks_stay(world: World, lone: By) -> None:
    referral = sent(world, to=world.bo.unit)
    unit = Unit.objects.create(
        organisation=world.alice.unit.organisation, name="Anden", door="jobcenter", municipality="0751"
    )
    work = Membership.objects.get(user=world.alice.user)
    to = {"unit": str(unit.pk), "role": Role.COORDINATOR}
    assert at(lone).post(reverse("move_worker", args=[work.pk]), to).status_code == 302
    assert [(each.unit, each.role) for each in world.alice.user.memberships.filter(ended_at=None)] == [
        (unit, Role.COORDINATOR)
    ]
    assert at(world.alice).get(reverse("case", args=[referral.case_id])).status_code == 404
    with scope.scope(world.alice.unit.pk):
        assert not models.FollowUp.objects.open().filter(owed_worker=world.alice.user).exists()
    client, before = signed_in(lone)
    theirs = Membership.objects.get(user=world.bo.user)
    assert client.post(reverse("move_worker", args=[theirs.pk]), to).status_code == 404
    elsewhere = {"unit": str(world.bo.unit.pk), "role": Role.FRONTLINE}
    mine = Membership.objects.get(user=world.alice.user, ended_at=None)
    assert client.post(reverse("move_worker", args=[mine.pk]), elsewhere).status_code == 422
    assert staff() == before


def test_a_unit_with_open_cases_is_not_closed_and_the_page_says_why(world: World) -> None:
    case = logged(world, by=world.erik)
    other = Unit.objects.create(
        organisation=world.erik.unit.organisation, name="Ledelsen", door="jobcenter", municipality="0851"
    )
    lone = at(worker(other, Role.LOCAL_ADMIN))
    page, close = (reverse(name, args=[world.erik.unit.pk]) for name in ("unit_here", "close_unit"))
    said = text(lone.get(page))
    assert "1 åbne sager, som enheden har ansvaret for" in said and case.short_number not in said
    before = everything() | staff()
    assert lone.post(close).status_code == 409
    assert everything() | staff() == before

    with scope.scope(world.erik.unit.pk):
        actions.close_case(case=case, outcome=Outcome.SELF_RESOLVED, because="Løst", by=world.erik, now=clock.now())
    assert "Der er ikke mere at give videre" in text(lone.get(page))
    assert lone.post(close).status_code == 302
    assert Unit.objects.get(pk=world.erik.unit.pk).closed_on == clock.today()
    assert not Membership.objects.filter(unit=world.erik.unit, ended_at=None).exists()
    assert [what for what, _by in changes()] == [Change.ENDED, Change.LEFT, Change.CLOSED]


def test_a_unit_is_opened_and_changed_and_each_change_is_kept(world: World, lone: By) -> None:
    client, new = at(lone), {"name": "Aften", "door": "jobcenter", "municipality": "0751", "email": "", "phone": ""}
    assert client.post(reverse("open_unit"), new).status_code == 302
    assert client.post(reverse("open_unit"), new).status_code == 422
    unit = Unit.objects.get(name="Aften", organisation=world.alice.unit.organisation)
    page = reverse("unit_here", args=[unit.pk])
    assert client.post(page, {"name": "Nat", "email": "nat@enhed.example", "phone": ""}).status_code == 302
    assert client.post(page, {"name": "Modtagelsen", "email": "", "phone": ""}).status_code == 422
    unit.refresh_from_db()
    assert (unit.name, unit.email) == ("Nat", "nat@enhed.example")
    assert [what for what, _by in changes()] == [Change.OPENED, Change.CHANGED]
    assert "(Aften)" in text(client.get(reverse("staff_changes")))


def test_what_was_changed_cannot_be_changed(committed_world: World) -> None:
    for connect in (as_app, as_worker):
        for statement in ("UPDATE accounts_staffchange SET detail = ''", "DELETE FROM accounts_staffchange"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), connect() as other:
                other.execute(statement)


def test_the_database_shows_a_local_administrator_nobody(
    world: World, lone: By, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a page forgot to ask: no unit is in scope."""
    logged(world)
    seen: list[Any] = []
    monkeypatch.setattr(
        "referrals.views.staff.people.units",
        lambda organisation: (
            seen.append((scope.units_in_scope(), models.Case.objects.count())) or organisation.units.all()
        ),
    )
    at(lone).get(reverse("people_here"))
    assert seen == [(frozenset(), 0)]


def test_another_organisation_is_not_there(world: World, lone: By) -> None:
    client, before = signed_in(lone)
    assert client.get(reverse("unit_here", args=[world.bo.unit.pk])).status_code == 404
    assert client.get(reverse("worker_here", args=[world.bo.user.pk])).status_code == 404
    assert invite(client, world.bo.unit).status_code == 422
    assert staff() == before
