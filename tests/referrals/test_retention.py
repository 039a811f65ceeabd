"""How long cases are kept: restricted, later disposed of, by rules and by two people; and what is gone is gone."""

from __future__ import annotations

import io
import os
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
import time_machine
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse
from uuid_utils.compat import uuid7

from navigator import clock
from navigator.accounts.models import Membership, Role, Unit, User
from navigator.database import scope, walls
from navigator.embedded import backup
from navigator.history.models import Change
from navigator.vault import keys
from navigator.vault.fields import SealedTextField
from referrals import actions, keeping, models, retention
from referrals.acting import By
from referrals.enums import Outcome, Side
from referrals.errors import Invalid, TooLate
from referrals.models import RetentionRule
from tests.conftest import as_owner
from tests.helpers.cases import YES, logged, sent
from tests.helpers.pages import at, text
from tests.helpers.snapshot import everything
from tests.helpers.world import World

MARKER = "Zebrafinke"
ENDED = datetime.fromisoformat("2026-11-23T10:00:00+01:00")
IN_HALF_A_YEAR, IN_FIVE_YEARS = ENDED + timedelta(days=183), ENDED + timedelta(days=366 * 5)


def joins(unit: Unit, role: Role, name: str) -> By:
    user = User.objects.create_user(f"{uuid7()}@x.example", None, name=name)
    Membership.objects.create(user=user, unit=unit, role=role)
    return By(user=user, unit=unit)


def leaders(world: World) -> tuple[By, By]:
    """Two who may, in the unit that answers for the citizen."""
    unit = world.alice.unit
    return joins(unit, Role.UNIT_LEADER, "Lis Leder"), joins(unit, Role.AUDITOR, "Ove Overser")


def ended(world: World, case: models.Case | None = None, *, on: datetime = ENDED, **identity: str) -> models.Case:
    """A case that the citizen did not want any more."""
    case = case or logged(world, now=on - timedelta(days=9), **identity)
    with scope.scope(world.alice.unit.pk):
        actions.close_case(case=case, outcome=Outcome.WITHDRAWN, because=MARKER, by=world.alice, now=on)
        case.refresh_from_db()
    return case


def due(world: World, *, now: datetime) -> list[tuple[str, str]]:
    with scope.scope(world.alice.unit.pk):
        return [(each.case.short_number, str(each.step)) for each in keeping.due(unit=world.alice.unit, now=now)]


def carried_out(world: World, *, now: datetime) -> None:
    one, other = leaders(world)
    with scope.scope(world.alice.unit.pk):
        asked = actions.ask_for_retention(by=one, now=now)
        actions.answer_retention(asked=asked, approved=True, by=other, now=now)


def confirm() -> None:
    RetentionRule.objects.update(confirmed_by="Aarhus Stadsarkiv, sag 1")


def rule(outcome: str, side: str, restrict: int, dispose: int | None, confirmed_by: str = "x") -> RetentionRule:
    return RetentionRule(
        outcome=outcome, side=side, restrict_after=restrict, dispose_after=dispose, confirmed_by=confirmed_by
    )


def test_a_month_later_is_the_same_day_or_the_last() -> None:
    assert retention.months_after(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert retention.months_after(date(2026, 11, 23), 14) == date(2028, 1, 23)
    assert retention.months_after(date(2026, 1, 31), -2) == date(2025, 11, 30)


def test_of_several_sides_the_one_that_keeps_longest_decides() -> None:
    rules = [rule("moved", "", 6, 60), rule("moved", "psychiatry", 12, 120), rule("arrived", "", 1, 2)]
    on = date(2026, 11, 23)
    by_side = {
        sides: retention.kept(rules, outcome="moved", sides=sides, ended_on=on)
        for sides in [(), ("substance",), ("substance", "psychiatry")]
    }
    assert [found and (found.restrict_on, found.dispose_on) for found in by_side.values()] == [
        (date(2027, 5, 23), date(2031, 11, 23)),
        (date(2027, 5, 23), date(2031, 11, 23)),
        (date(2027, 11, 23), date(2036, 11, 23)),
    ]
    assert retention.kept(rules, outcome="deceased", sides=[], ended_on=on) is None
    kept = retention.kept([rule("moved", "", 0, None)], outcome="moved", sides=[], ended_on=on)
    assert kept and kept.step(is_restricted=True, today=date(2999, 1, 1)) is None


def test_the_dry_run_says_what_and_why_names_nobody_and_changes_nothing(world: World) -> None:
    case, young = ended(world, name="Mikkel Opfundet"), ended(world, on=IN_HALF_A_YEAR, name="Karla Opfundet")
    leader, _other = leaders(world)
    assert due(world, now=IN_HALF_A_YEAR - timedelta(days=9)) == []
    before = everything()
    with time_machine.travel(IN_HALF_A_YEAR, tick=False):
        said = io.StringIO()
        call_command("retention", stdout=said)
        page = text(at(leader).get(reverse("retention")))
    assert (
        f"{case.short_number} restrict since 2027-05-23, ended 2026-11-23 (withdrawn, proposal: GDPR" in said.getvalue()
    )
    assert "1 cases are due. Nothing was changed." in said.getvalue()
    assert case.short_number in page and "Låst" in page and "Vores eget forslag: GDPR" in page
    assert young.short_number not in page + said.getvalue() and "Mikkel" not in page + said.getvalue()
    assert everything() == before


def test_nothing_is_due_while_somebody_owes_something_or_has_not_confirmed_the_rule(world: World) -> None:
    open_case = logged(world, now=ENDED)
    goes_on = logged(world, now=ENDED)
    sent(world, to=world.bo.unit, case=goes_on, now=ENDED)
    ended(world, goes_on)
    case = ended(world)
    with scope.scope(world.alice.unit.pk):
        goes_on.referrals.update(status="in_course", arrived_at=ENDED, arrived_by_evidence="receiver")
    assert due(world, now=IN_FIVE_YEARS) == [(case.short_number, "restrict")]
    carried_out(world, now=IN_HALF_A_YEAR)
    assert due(world, now=IN_FIVE_YEARS) == [], "a rule that nobody has confirmed disposes of nothing"
    confirm()
    assert due(world, now=IN_FIVE_YEARS) == [(case.short_number, "dispose")]
    with scope.scope(world.alice.unit.pk):
        models.Case.objects.filter(pk=open_case.pk).update(person=case.person)
    assert due(world, now=IN_FIVE_YEARS) == [], "another case of the same citizen is open"


def test_it_takes_two(world: World) -> None:
    case = ended(world, name="Mikkel Opfundet")
    leader, other = leaders(world)
    with time_machine.travel(IN_HALF_A_YEAR, tick=False):
        assert at(world.alice).get(reverse("retention")).status_code == 403
        assert at(leader).post(reverse("ask_retention")).status_code == 302
        assert at(other).post(reverse("ask_retention")).status_code == 409
        with scope.scope(world.alice.unit.pk):
            asked = models.RetentionRound.objects.get()
        answer, before = reverse("answer_retention", args=[asked.pk]), everything()
        assert at(leader).post(answer, {"answer": "approve"}).status_code == 403
        stranger = joins(world.erik.unit, Role.UNIT_LEADER, "Frede Fremmed")
        assert at(stranger).post(answer, {"answer": "approve"}).status_code == 404
        assert everything() == before
        with scope.scope(world.alice.unit.pk), pytest.raises(Exception, match="takes_two"), transaction.atomic():
            models.RetentionRound.objects.update(answered_by=leader.user, answered_at=clock.now(), approved=True)
        assert "Lis Leder har bedt om dette" in text(at(other).get(reverse("retention")))
        assert at(other).post(answer, {"answer": "approve"}).status_code == 302
        assert at(other).post(answer, {"answer": "approve"}).status_code == 404
        assert "1 låst og 0 slettet" in text(at(leader).get(reverse("retention")))
    with scope.scope(world.alice.unit.pk):
        case.refresh_from_db()
        assert case.restricted_at == IN_HALF_A_YEAR
        assert models.RetentionRow.objects.get().done_at == IN_HALF_A_YEAR
        with pytest.raises(TooLate):
            actions.answer_retention(asked=asked, approved=True, by=other, now=clock.now())


def test_what_was_asked_for_is_taken_back_or_refused(world: World) -> None:
    case = ended(world)
    one, other = leaders(world)
    with scope.scope(world.alice.unit.pk):
        for by in (one, other):
            asked = actions.ask_for_retention(by=one, now=IN_HALF_A_YEAR)
            actions.answer_retention(asked=asked, approved=False, by=by, now=IN_HALF_A_YEAR)
        assert [(each.approved, each.answered_by) for each in models.RetentionRound.objects.all()] == [
            (False, other.user)
        ]
        assert models.Case.objects.get(pk=case.pk).restricted_at is None
        with pytest.raises(Invalid):
            actions.ask_for_retention(by=one, now=ENDED)


def test_a_restricted_case_is_in_no_ordinary_list_and_nothing_in_it_is_changed(world: World) -> None:
    case, leader = ended(world, name="Mikkel Opfundet"), leaders(world)[0]
    with scope.scope(world.alice.unit.pk):
        models.FollowUp.objects.filter(case=case).update(closed_at=None)
        with pytest.raises(Invalid, match="skridt"):
            actions.restrict(case=case, reason="", by=world.alice, now=clock.now())
        models.FollowUp.objects.filter(case=case).update(closed_at=clock.now(), next_at=None)
        actions.restrict(case=case, reason="Borgeren har bedt om det.", by=leader, now=clock.now())
        for change in (actions.add_note, actions.record_death):
            with pytest.raises(TooLate):
                change(
                    case=case, by=world.alice, now=clock.now(), **({"note": "x"} if change is actions.add_note else {})
                )
        assert case.events.get(kind="restricted").note == "Borgeren har bedt om det."
    for said in ("Mikkel", case.short_number):
        assert "Mikkel Opfundet" not in text(at(world.alice).post(reverse("search"), {"said": said}, follow=True))
        assert "Mikkel Opfundet" in text(at(leader).post(reverse("search"), {"said": said}, follow=True))


def test_death_locks_every_case_of_the_citizen(world: World) -> None:
    first = logged(world, name="Mikkel Opfundet")
    with scope.scope(world.alice.unit.pk):
        second = actions.open_case(
            identity={}, answers=first.assessments.get().answers, wishes="", first_contact_on=clock.today(),
            same_person_as=first.person, by=world.alice, now=clock.now(),
        )  # fmt: skip
        actions.record_death(case=first, by=world.alice, now=ENDED)
        locked = models.Case.objects.filter(pk__in=[first.pk, second.pk]).values_list("restricted_at", "outcome")
        assert list(locked) == [(ENDED, "deceased")] * 2


def disposed(world: World) -> tuple[models.Case, models.Referral, models.EmergencyAccess]:
    """A case with a text in every place that there is, that has ended and was disposed of five years later."""
    on = ENDED - timedelta(days=9)
    case = logged(world, name=MARKER, phone="20000001", cpr="0108589995", now=on)
    referral = sent(world, to=world.bo.unit, case=case, now=on)
    with scope.scope(world.alice.unit.pk):
        actions.add_note(case=case, note=MARKER, by=world.alice, now=on)
        actions.agree_companion(referral=referral, who=MARKER, meeting_place=MARKER, by=world.alice, now=on)
        actions.record_screening(
            case=case, about="mental_state", instrument="asi", called="", version="", score="4", text=MARKER,
            step="", made_on=clock.day_of(on), by=world.alice, now=on,
        )  # fmt: skip
        actions.ask_to_take_over(case=case, unit=world.carla.unit, reason=MARKER, ground=YES, by=world.alice, now=on)
        actions.keep_draft(draft_id=uuid7(), typed={"name": [MARKER]}, by=world.alice, now=on)
        actions.remove_old_drafts(now=IN_HALF_A_YEAR)
        case.person.name = MARKER + "n"
        case.person.save(update_fields=["name"])
    with scope.scope(world.erik.unit.pk):
        access = actions.open_in_emergency(number=case.short_number, reason=MARKER, by=world.erik, now=on)
    ended(world, case)
    with scope.scope(world.dorte.unit.pk):
        models.FollowUp.objects.open().filter(case=case).update(closed_at=ENDED, next_at=None)
    confirm()
    carried_out(world, now=IN_HALF_A_YEAR)
    with scope.scope(world.alice.unit.pk):
        assert models.Person.objects.get(pk=case.person_id).name == MARKER + "n", "restricted, not gone"
    carried_out(world, now=IN_FIVE_YEARS)
    return case, referral, access


def sealed_texts() -> list[tuple[models.Case, str]]:
    """Every sealed text of every row about people: (row, field)."""
    return [
        (row, field.name)
        for model in walls.people_models()
        for field in model._meta.get_fields()
        if isinstance(field, SealedTextField)
        for row in model._default_manager.exclude(**{field.name: b""})  # type: ignore[misc]
    ]


def test_what_is_disposed_of_is_gone_in_rows_and_history(world: World) -> None:
    case, *_rest = disposed(world)
    with scope.scope(*Unit.objects.values_list("pk", flat=True)):
        there = sealed_texts()
        assert {type(row).__name__ for row, _name in there} == {
            "Person", "CaseEvent", "Disclosure", "Companion", "Screening", "TakeOver", "EmergencyAccess",
        }  # fmt: skip
        for row, name in there:
            with pytest.raises(keys.Destroyed):
                getattr(row, name)
        person = models.Person.objects.get(pk=case.person_id)
        renamed = Change.of(person).filter(before__has_key="name").get()
        with pytest.raises(keys.Destroyed):
            renamed.text_before(person, "name")
        assert models.PersonKey.objects.count() == models.Draft.objects.count() == 0
        assert person.data_key.wrapped is None and person.data_key.destroyed_at == IN_FIVE_YEARS
        assert models.Case.objects.get(pk=case.pk).disposed_at == IN_FIVE_YEARS
        assert models.CaseEvent.objects.filter(case=case, kind="disposed").count() == 1


def test_pages_say_that_it_is_gone_instead_of_failing(world: World) -> None:
    with time_machine.travel(IN_FIVE_YEARS, tick=False):
        case, referral, _access = disposed(world)
        alice, bo, leader = at(world.alice), at(world.bo), at(leaders(world)[0])
        for client, page, words in (
            (alice, reverse("case", args=[case.pk]), f"Sag {case.short_number} er slettet (i dag)."),
            (alice, reverse("referral", args=[referral.pk]), "Henvisningen er slettet (i dag)."),
            (bo, reverse("referral", args=[referral.pk]), "Henvisningen er slettet (i dag)."),
        ):
            response = client.get(page)
            assert response.status_code == 410
            assert words in text(response) and "Ingen kan mere læse" in text(response)
        assert alice.post(reverse("add_note", args=[case.pk]), {"note": "x"}).status_code == 410
        for client in (alice, bo, leader):
            for name in ("my_list", "news", "follow_ups", "visit_day", "inbox", "emergencies", "retention"):
                response = client.get(reverse(name))
                assert response.status_code in (200, 403), name
                assert MARKER not in text(response)
        assert case.short_number in text(leader.get(reverse("emergencies")))
        for said in (MARKER, case.short_number, "20000001", "0108589995"):
            assert case.short_number not in text(leader.post(reverse("search"), {"said": said}, follow=True)).replace(
                said, "", 1
            )
        assert "Slettet" in text(alice.get(reverse("news")))


def test_disposal_needs_every_case_of_the_citizen(world: World) -> None:
    case = ended(world)
    leader = leaders(world)[0]
    with scope.scope(world.alice.unit.pk), pytest.raises(TooLate), transaction.atomic():
        actions.retention.dispose(case=models.Case.objects.get(pk=case.pk), by=leader, now=clock.now())
    with scope.scope(world.alice.unit.pk):
        assert models.Person.objects.select_related("data_key").get(pk=case.person_id).data_key.wrapped


def test_every_way_that_a_case_ends_has_a_rule(db: None) -> None:
    assert set(RetentionRule.objects.filter(side="").values_list("outcome", flat=True)) == set(Outcome.values)
    assert Side.PSYCHIATRY in RetentionRule.objects.values_list("side", flat=True)
    for each in RetentionRule.objects.all():
        assert each.basis_da and each.basis_en and each.source and not each.confirmed_by


def test_a_backup_from_before_does_not_yield_the_text(
    committed_world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The data of before with the keys of before do: that is why older files of keys are thrown away."""
    case = ended(committed_world, name=MARKER)
    confirm()
    carried_out(committed_world, now=IN_HALF_A_YEAR)
    (tmp_path / "safe").mkdir()
    server = urlsplit(os.environ["OWNER_DATABASE_URL"])
    monkeypatch.setenv("OWNER_DATABASE_URL", server._replace(path=f"/{connection.settings_dict['NAME']}").geturl())
    before, before_keys = str(tmp_path / "before.dump"), str(tmp_path / "safe/before.json")
    after, after_keys = str(tmp_path / "after.dump"), str(tmp_path / "safe/after.json")
    backup.backup([before, "--keys", before_keys])
    carried_out(committed_world, now=IN_FIVE_YEARS)
    backup.backup([after, "--keys", after_keys])

    def name_in(data: str, given: str) -> str | None:
        """What a restored database yields of the citizen's name to whoever holds these keys."""
        monkeypatch.setenv("OWNER_DATABASE_URL", server._replace(path="/test_restored").geturl())
        with as_owner() as owner:
            owner.autocommit = True
            owner.execute("CREATE DATABASE test_restored")
            try:
                backup.restore([data, "--keys", given])
                with psycopg.connect(os.environ["OWNER_DATABASE_URL"]) as restored:
                    row = restored.execute(
                        "SELECT name, wrapped, k.id FROM referrals_person p JOIN vault_datakey k ON k.id = data_key_id"
                        " WHERE p.id = %s",
                        [case.person_id],
                    ).fetchone()
            finally:
                owner.execute("DROP DATABASE test_restored")
        assert row is not None
        sealed, wrapped, key_id = row
        assert sealed
        if wrapped is None:
            return None
        plain = keys.unseal(keys.current_master()[1], wrapped, context=f"data_key|{key_id}")
        return keys.unseal(plain, sealed, context=f"referrals_person|{case.person_id}|name").decode()

    assert [name_in(before, before_keys), name_in(before, after_keys), name_in(after, after_keys)] == [
        MARKER,
        None,
        None,
    ]
