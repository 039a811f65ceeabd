"""Corrections with a trace, notes that correct notes, and what else the citizen has asked for."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from navigator import clock
from navigator.database import scope
from referrals import actions, models, searching
from referrals.enums import Side
from tests.helpers.cases import YES, logged, service
from tests.helpers.pages import at, text
from tests.helpers.snapshot import everything
from tests.helpers.world import World

WRONG, RIGHT = "Mikel Opfundet", "Mikkel Opfundet"


def told(world: World, *, to: Any) -> models.Referral:
    """Alice has told Bo a name that is spelt wrong."""
    case = logged(world, name=WRONG, phone="20000001")
    who = {"who": {"name": WRONG, "phone": "20000001"}, "case_number": case.short_number}
    with scope.scope(world.alice.unit.pk):
        return actions.send_referral(
            case=case, service=service("substance_treatment_outpatient", to) if to else service("social_worker", None),
            sides=[Side.SUBSTANCE], role="primary", telling=actions.Telling(who, YES),
            by=world.alice, now=clock.now(),
        )  # fmt: skip


def correct(world: World, case_id: Any, **said: str) -> Any:
    given = {"fact": "name", "right": RIGHT, "because": "Borgeren har vist sit sygesikringskort."} | said
    return at(world.alice).post(reverse("correct_fact", args=[case_id]), given, follow=True)


def test_what_was_wrong_is_corrected_and_whoever_was_told_is_told(world: World) -> None:
    referral = told(world, to=world.bo.unit)
    with scope.scope(world.bo.unit.pk):
        actions.open_referral(referral=referral, by=world.bo, now=clock.now())
        frozen = models.Disclosure.objects.select_related("data_key").get().content
    page = text(correct(world, referral.case_id))
    assert f"{WRONG} → {RIGHT}" in page

    with scope.scope(world.alice.unit.pk):
        assert models.Person.objects.select_related("data_key").get().name == RIGHT
        found = searching.search(unit=world.alice.unit, said="mikke", by_cpr=False, at=None).page.rows
        assert [case.pk for case in found] == [referral.case_id]
        assert not searching.search(unit=world.alice.unit, said=WRONG, by_cpr=False, at=None).page.rows
        rows = models.Correction.objects.order_by("pk")
        assert [(row.referral_id, row.before, row.after) for row in rows] == [
            (None, WRONG, RIGHT), (referral.pk, WRONG, RIGHT),
        ]  # fmt: skip
    history = text(at(world.alice).get(reverse("case", args=[referral.case_id])))
    assert "Rettet: Navn" in history and "Borgeren har vist sit sygesikringskort." in history

    with scope.scope(world.bo.unit.pk):
        assert models.Disclosure.objects.select_related("data_key").get().content == frozen
        assert models.Notice.objects.filter(to_unit=world.bo.unit, event__kind="corrected").count() == 1
    beside = text(at(world.bo).get(reverse("referral", args=[referral.pk])))
    assert WRONG in beside and f"Navn : {RIGHT}" in beside and "sygesikringskort" not in beside


def test_who_was_told_something_else_hears_nothing_and_who_has_no_account_is_phoned(world: World) -> None:
    referral = told(world, to=None)
    with scope.scope(world.alice.unit.pk):
        before = models.Notice.objects.count()
    correct(world, referral.case_id, fact="address", right="Søndergade 1")
    with scope.scope(world.alice.unit.pk):
        assert models.Correction.objects.count() == 1
    assert "ring til dem" in text(correct(world, referral.case_id))
    with scope.scope(world.alice.unit.pk):
        assert models.Notice.objects.count() == before


@pytest.mark.parametrize(
    "wrong",
    [
        {"right": WRONG},
        {"because": " "},
        {"fact": "cpr", "right": "12345"},
        {"fact": "cpr", "right": "0201609995"},  # another's
        {"fact": "birth_date", "right": "2999-01-01"},
        {"fact": "held_by", "right": "x"},
    ],
    ids=lambda wrong: "-".join(wrong.values()).strip() or "no reason",
)
def test_what_cannot_be_right_changes_nothing(world: World, wrong: dict[str, str]) -> None:
    case = logged(world, name=WRONG)
    logged(world, name="Karla Opfundet", cpr="0201609995")
    before = everything()
    assert correct(world, case.pk, **wrong).status_code == 422
    assert everything() == before
    assert at(world.erik).post(reverse("correct_fact", args=[case.pk])).status_code == 404


def test_a_correction_of_somebody_protected_names_nobody(world: World) -> None:
    referral = told(world, to=world.bo.unit)
    with scope.scope(world.bo.unit.pk):
        actions.open_referral(referral=referral, by=world.bo, now=clock.now())
    correct(world, referral.case_id)
    with scope.scope(world.alice.unit.pk):
        case = models.Case.objects.get(pk=referral.case_id)
        actions.protect(case=case, until=clock.today(), because="", by=world.alice, now=clock.now())
    assert correct(world, referral.case_id).status_code == 200  # the same name again: nobody learns it by guessing
    for who, name, key in [(world.alice, "rights", referral.case_id), (world.bo, "referral", referral.pk)]:
        page = text(at(who).get(reverse(name, args=[key])))
        assert "Beskyttet navn og adresse" in page and "Opfundet" not in page


def test_a_note_is_corrected_by_another_that_points_at_it(world: World) -> None:
    case = logged(world, name=RIGHT)
    with scope.scope(world.alice.unit.pk):
        first = actions.add_note(case=case, note="Bor hos sin søster.", by=world.alice, now=clock.now())
    address = reverse("correct_note", args=[case.pk, first.pk])
    assert at(world.alice).post(address, {"note": ""}).status_code == 422
    at(world.alice).post(address, {"note": "Bor hos sin bror."})
    page = at(world.alice).get(reverse("case", args=[case.pk])).content.decode()
    assert "Bor hos sin søster." in page and "Bor hos sin bror." in page and f'href="#event-{first.pk}"' in page
    with scope.scope(world.alice.unit.pk):
        assert models.CaseEvent.objects.get(corrects=first).kind == "noted"


def test_what_the_citizen_asks_for_is_kept_with_its_answer(world: World) -> None:
    case = logged(world, name=RIGHT)
    alice = at(world.alice)
    said = {
        "right": "restriction",
        "asked_on": clock.today().isoformat(),
        "note": "Jeg vil ikke have, at I deler mere.",
    }
    alice.post(reverse("ask_right", args=[case.pk]), said)
    with scope.scope(world.alice.unit.pk):
        asked = models.CaseEvent.objects.get(kind="right_asked")
    address = reverse("answer_right", args=[case.pk, asked.pk])
    assert alice.post(address, {"granted": "yes"}).status_code == 422
    assert alice.post(address, {"granted": "yes", "because": "Sagen er lukket."}).status_code == 302
    assert alice.post(address, {"granted": "no", "because": "Nej alligevel."}).status_code == 409
    page = text(alice.get(reverse("rights", args=[case.pk])))
    assert said["note"] in page and "Borgeren fik ja" in page and "Nej alligevel" not in page


def restriction_asked(world: World, case: models.Case) -> tuple[str, dict[str, str]]:
    """The citizen asks that the case is used less: where the answer goes, and a yes."""
    asked = {"right": "restriction", "asked_on": clock.today().isoformat(), "note": "Det passer ikke, hvad der står."}
    assert at(world.alice).post(reverse("ask_right", args=[case.pk]), asked).status_code == 302
    with scope.scope(world.alice.unit.pk):
        event = case.events.get(kind="right_asked")
    return reverse("answer_right", args=[case.pk, event.pk]), {
        "granted": "yes",
        "because": "Vi undersøger, hvad der er rigtigt.",
    }


def test_an_open_case_that_is_restricted_waits_and_nobody_is_forgotten(world: World) -> None:
    case = logged(world, name=WRONG)
    answer, yes = restriction_asked(world, case)
    page, rights = (reverse(name, args=[case.pk]) for name in ("case", "rights"))
    with scope.scope(world.alice.unit.pk):
        owed = list(case.follow_ups.open().order_by("pk").values())
    assert at(world.alice).post(answer, yes).status_code == 302
    assert "Sagen er begrænset siden" in text(at(world.alice).get(page))
    assert WRONG in text(at(world.alice).get("/")) and WRONG in text(
        at(world.alice).post("/search/", {"said": WRONG}, follow=True)
    )
    with scope.scope(world.alice.unit.pk):
        assert list(case.follow_ups.open().order_by("pk").values()) == owed != []

    before = everything()
    door = service("substance_treatment_outpatient", world.bo.unit)
    for address, said in (
        (reverse("add_note", args=[case.pk]), {"note": "x"}),
        (reverse("choose_service", args=[case.pk, door.pk]), {"basis": "consent_oral", "urgency": "ordinary"}),
        (reverse("close_case", args=[case.pk]), {"outcome": "withdrawn"}),
    ):
        assert at(world.alice).post(address, said).status_code in (409, 422)
    assert everything() == before

    # What the citizen has a right to is done all the same: here that the mistake is corrected, and a copy.
    assert f"{WRONG} → {RIGHT}" in text(correct(world, case.pk))
    assert at(world.alice).post(reverse("ask_for_export", args=[case.pk]), {"note": "Ved mødet."}).status_code == 302
    lift = reverse("lift_restriction", args=[case.pk])
    assert at(world.alice).post(lift, {"because": " "}).status_code == 422
    assert at(world.bo).post(lift, {"because": "x"}).status_code == 404
    assert "begrænset siden" in text(at(world.alice).get(rights))
    told_first = {"because": "Ringede mandag: navnet er rettet."}
    assert at(world.alice).post(lift, told_first).status_code == 302
    assert at(world.alice).post(lift, told_first).status_code == 409
    shown = text(at(world.alice).get(page))
    assert "begrænset siden" not in shown and told_first["because"] in shown
    assert at(world.alice).post(reverse("add_note", args=[case.pk]), {"note": "x"}).status_code == 302


def test_nobody_is_stopped_in_the_middle_by_a_restriction(world: World) -> None:
    referral = told(world, to=world.bo.unit)
    with scope.scope(world.alice.unit.pk):
        case = models.Case.objects.get(pk=referral.case_id)
    answer, yes = restriction_asked(world, case)
    before = everything()
    refused = at(world.alice).post(answer, yes)
    assert refused.status_code == 422 and "Afslut det først sammen med borgeren" in text(refused)
    assert everything() == before
    with scope.scope(world.alice.unit.pk):
        actions.cancel_referral(referral=referral, because="Borgeren vil vente.", by=world.alice, now=clock.now())
        actions.ask_to_take_over(
            case=case, unit=world.dorte.unit, reason="Flytter", ground=YES, by=world.alice, now=clock.now()
        )
    assert at(world.alice).post(answer, yes).status_code == 422
    with scope.scope(world.alice.unit.pk):
        consent = case.consents.get(to_unit=world.dorte.unit)
        actions.withdraw_consent(case=case, consent=consent, by=world.alice, now=clock.now())
    assert at(world.alice).post(answer, yes).status_code == 302
    with scope.scope(world.alice.unit.pk):
        case.refresh_from_db()
        assert case.is_restricted_and_open
        actions.record_death(case=case, by=world.alice, now=clock.now())  # and whoever dies is not kept open by it
        case.refresh_from_db()
        assert (case.outcome, case.is_restricted_and_open) == ("deceased", False)
    assert at(world.alice).post(reverse("lift_restriction", args=[case.pk]), {"because": "x"}).status_code == 409


def test_a_restriction_that_is_refused_restricts_nothing(world: World) -> None:
    case = logged(world)
    answer, said = restriction_asked(world, case)
    assert at(world.alice).post(answer, said | {"granted": "no"}).status_code == 302
    with scope.scope(world.alice.unit.pk):
        assert models.Case.objects.get(pk=case.pk).restricted_at is None
