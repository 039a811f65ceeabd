"""Those who keep the directory true: what nobody has looked at comes first, is verified in two clicks, changed with its
history, and closed for a time, so that nobody is sent to a closed door and whoever waits there is told."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from navigator import clock
from navigator.accounts.models import NO_ADDRESS, Membership, Role, Unit, User
from navigator.database import scope
from navigator.history.models import Change
from navigator.web.paging import PAGE
from navigator.web.refusals import Invalid, TooLate
from pathways import actions, care, matching
from pathways.care_forms import WAYS_IN, ServiceForm
from pathways.enums import Access
from pathways.models import DirectoryVersion, ProviderOrganisation, Service
from referrals import models
from referrals.acting import By
from referrals.closings import tell_of_closings, touched_by
from referrals.enums import Happening, Tell
from tests.conftest import WORKER, play_for_a_while
from tests.helpers.cases import CANNABIS, logged, sent
from tests.helpers.pages import at, text
from tests.helpers.world import AARHUS, World

KIND = "substance_treatment_outpatient"
LONG_AGO = clock.today() - settings.SERVICE_STALE_AFTER - timedelta(days=1)


def editor(unit: Unit, name: str = "Tage Tilbud") -> By:
    user = User.objects.create_user(f"{name.split()[0].lower()}@editors.example", None, name=name)
    Membership.objects.create(user=user, unit=unit, role=Role.DIRECTORY_EDITOR)
    return By(user=user, unit=unit)


def ours() -> Service:
    """Where Aarhus treats: kept by who coordinates Aarhus."""
    return Service.objects.get(kind=KIND, organisation__municipality=AARHUS)


def neighbour(service: Service) -> Service:
    return Service.objects.get(kind=KIND, organisation__municipality="0746")


def said_of(service: Service, **new: Any) -> dict[str, Any]:
    """The form as the page shows it, with something new in it."""
    said = {name: getattr(service, name) for name in ServiceForm.base_fields if name != "is_right"}
    return {name: "" if value is None else value for name, value in (said | new).items()}


def post(by: By, page: str, service: Service, **said: Any) -> HttpResponse:
    return at(by).post(reverse(page, args=[service.pk]), said)


def offered(on: date) -> list[tuple[UUID, ...]]:
    found = matching.match(CANNABIS, on=on)
    return [tuple(s.id for s in found.services(each)) for each in found.decision.matches if each.kind == KIND]


# The list


def test_every_way_in_has_its_words() -> None:
    assert set(WAYS_IN) == set(Access)


def test_what_nobody_has_checked_comes_first_and_a_filter_stands_in_the_address(world: World) -> None:
    Service.objects.update(assured_date=clock.today(), assurer_email="x@y.example")
    stale, never = ours(), Service.objects.get(kind="psychiatry_adult", unit=world.carla.unit)
    Service.objects.filter(pk=stale.pk).update(assured_date=LONG_AGO)
    Service.objects.filter(pk=never.pk).update(assured_date=None, assurer_email="")
    page = at(world.dorte).get(reverse("directory"))
    rows = page.context["page"].rows
    assert rows[0].pk == stale.pk  # psychiatry is the region's, and not kept from here
    assert (page.context["counts"]["stale"], page.context["counts"]["closed"]) == (1, 0)
    assert page.context["counts"]["all"] == len(Service.objects.filter(organisation__municipality=AARHUS))
    everything = at(world.dorte).get(reverse("directory"), {"whose": "all", "standing": "stale"})
    assert [row.pk for row in everything.context["page"].rows] == [never.pk, stale.pk]
    assert everything.context["ours"] == {stale.pk}
    narrowed = at(world.dorte).get(reverse("directory"), {"standing": "stale", "kind": KIND, "municipality": AARHUS})
    assert [row.pk for row in narrowed.context["page"].rows] == [stale.pk]
    assert narrowed.context["to"] == f"?kind={KIND}&municipality={AARHUS}&standing=stale&"
    nonsense = at(world.dorte).get(reverse("directory"), {"kind": "no-such-kind", "at": "nonsense", "q": "\0"})
    assert nonsense.status_code == 200


def test_the_list_asks_the_same_however_long_it_is_and_its_pages_meet(world: World) -> None:
    client, counted = at(world.dorte), []
    for whose in ("", "all"):
        client.get(reverse("directory"), {"whose": whose})
        with CaptureQueriesContext(connection) as queries:
            first = client.get(reverse("directory"), {"whose": whose})
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 14
    second = client.get(f"{reverse('directory')}{first.context['to']}at={first.context['page'].later}")
    seen = [row.pk for page in (first, second) for row in page.context["page"].rows]
    assert len(seen) == len(set(seen)) == 2 * PAGE
    back = client.get(f"{reverse('directory')}?whose=all&at={second.context['page'].earlier}")
    assert [row.pk for row in back.context["page"].rows] == seen[:PAGE]


# Who keeps what


def test_each_keeps_their_own_and_a_stranger_finds_nothing(world: World) -> None:
    service, tage = ours(), editor(world.dorte.unit)
    stranger, receiving = editor(world.erik.unit, "Sanne Fremmed"), editor(world.bo.unit, "Rita Rusmiddel")
    for by, status in ((world.dorte, 200), (tage, 200), (receiving, 200), (stranger, 404), (world.bo, 403)):
        assert at(by).get(reverse("service_here", args=[service.pk])).status_code == status, by.user.name
    before = Service.objects.filter(pk=service.pk).values().get()
    for page in ("service_here", "verify_service", "close_service", "reopen_service"):
        assert post(stranger, page, service, **said_of(service, phone="1")).status_code == 404
        assert post(world.bo, page, service, **said_of(service, phone="1")).status_code == 403
    assert Service.objects.filter(pk=service.pk).values().get() == before
    ProviderOrganisation.objects.filter(pk=service.organisation_id).update(kept_by=world.erik.unit.organisation)
    assert at(stranger).get(reverse("service_here", args=[service.pk])).status_code == 200


# Verified, changed, and what was there before


def test_right_today_in_two_clicks_from_the_list_and_who_said_so_is_kept(world: World) -> None:
    service = ours()
    said = {"revision": service.revision, "back": f"?kind={KIND}"}
    answer = post(world.dorte, "verify_service", service, **said)
    assert (answer.status_code, answer["Location"]) == (302, f"{reverse('directory')}?kind={KIND}")
    service.refresh_from_db()
    assert (service.assured_date, service.assurer_email) == (clock.today(), world.dorte.unit.email)
    assert Change.of(service)[0].by == world.dorte.user.pk
    again = post(world.dorte, "verify_service", service, **said)  # the page was old
    assert again.status_code == 409
    outside = post(world.dorte, "verify_service", service, revision=service.revision, back="//elsewhere.example")
    assert outside["Location"] == reverse("service_here", args=[service.pk])


def test_who_has_checked_is_somebody_who_can_be_asked(world: World) -> None:
    service = ours()
    User.objects.filter(pk=world.dorte.user.pk).update(email=f"{world.dorte.user.pk}@{NO_ADDRESS}")
    said = {
        "verify_service": {"revision": service.revision},
        "service_here": said_of(service, phone="1", is_right="on"),
    }
    Unit.objects.filter(pk=world.dorte.unit.pk).update(email="")
    before = Service.objects.filter(pk=service.pk).values().get()
    for page, given in said.items():
        answer = post(world.dorte, page, service, **given)
        assert answer.status_code == 422
        assert "bed jeres lokale administrator om en" in text(answer)
    assert Service.objects.filter(pk=service.pk).values().get() == before
    Unit.objects.filter(pk=world.dorte.unit.pk).update(email="faelles@aarhus.example")
    assert post(world.dorte, "verify_service", service, revision=service.revision).status_code == 302
    service.refresh_from_db()
    assert service.assurer_email == "faelles@aarhus.example"


def test_a_change_is_true_at_once_and_shows_what_stood_there(world: World) -> None:
    service, version = ours(), DirectoryVersion.objects.get().number
    wrong = post(world.dorte, "service_here", service, **said_of(service, email="no address", wait_days="-1"))
    assert wrong.status_code == 422
    assert DirectoryVersion.objects.get().number == version
    old = service.phone
    new = said_of(service, phone="00 11 22 33", wait_days="7", fees_da="Gratis", access=["self", "gp"])
    assert post(world.dorte, "service_here", service, **new).status_code == 302
    service.refresh_from_db()
    assert (service.phone, service.wait_days, service.wait_as_of) == ("00 11 22 33", 7, clock.today())
    assert service.assured_date is None  # nobody has said that all of it is right
    assert DirectoryVersion.objects.get().number > version
    page = text(at(world.dorte).get(reverse("service_here", args=[service.pk])))
    assert f"Telefon: {old or 'ingenting'} → 00 11 22 33" in page
    assert world.dorte.user.name in page
    assert "Gratis" in text(at(world.dorte).get(reverse("door", args=[service.pk])))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("url", f"https://tilbud.example/{'x' * 178}"),
        ("url", "ftp://tilbud.example/"),
        ("email", f"{'x' * 64}@{'y' * 63}.{'y' * 63}.{'y' * 51}.example.dk"),  # 255 signs
    ],
)
def test_an_address_that_the_directory_cannot_hold_is_refused(world: World, name: str, said: str) -> None:
    service = ours()
    before = Service.objects.filter(pk=service.pk).values().get()
    answer = post(world.dorte, "service_here", service, **said_of(service, **{name: said}))
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {name})
    assert Service.objects.filter(pk=service.pk).values().get() == before


def test_what_only_the_browser_writes_otherwise_is_no_change(world: World) -> None:
    service = ours()
    Service.objects.filter(pk=service.pk).update(note_da="Ring først.\nOgså om natten.", access=["self", "gp"])
    as_browsers_do = {"note_da": "Ring først.\r\nOgså om natten. ", "access": ["gp", "self"]}
    service.refresh_from_db()
    before = Service.objects.filter(pk=service.pk).values().get()
    assert post(world.dorte, "service_here", service, **said_of(service, **as_browsers_do)).status_code == 302
    assert Service.objects.filter(pk=service.pk).values().get() == before
    said = said_of(service, **as_browsers_do | {"note_da": "Ring.\r\nNu."})
    assert post(world.dorte, "service_here", service, **said).status_code == 302
    service.refresh_from_db()
    assert (service.note_da, service.revision) == ("Ring.\nNu.", before["revision"] + 1)


def test_what_an_editor_has_said_outlives_the_baseline(world: World) -> None:
    service = ours()
    assert post(world.dorte, "service_here", service, **said_of(service, phone="00 11 22 33")).status_code == 302
    actions.load_catalogue(folder=settings.ROOT / "fixtures" / "catalogue", now=clock.now())
    service.refresh_from_db()
    assert service.phone == "00 11 22 33"


def test_who_is_second_is_told_and_loses_nothing_that_was_typed(world: World) -> None:
    service, tage = ours(), editor(world.dorte.unit)
    first, second = said_of(service, phone="11 11 11 11"), said_of(service, phone="22 22 22 22", address="Nygade 2")
    assert post(world.dorte, "service_here", service, **first).status_code == 302
    answer = post(tage, "service_here", service, **second)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert 'value="22 22 22 22"' in page and 'value="Nygade 2"' in page
    assert "11 11 11 11" in text(answer)
    service.refresh_from_db()
    assert (service.phone, service.address) == ("11 11 11 11", "")
    second["revision"] = service.revision  # as the page has it now: pressed once more, it is meant
    assert f'name="revision" value="{service.revision}"' in page
    assert post(tage, "service_here", service, **second).status_code == 302
    service.refresh_from_db()
    assert (service.phone, service.address) == ("22 22 22 22", "Nygade 2")


def test_two_editors_at_the_same_moment_are_one_change(committed_world: World) -> None:
    service, barrier = ours(), threading.Barrier(2)
    before = Service.objects.filter(pk=service.pk).values().get()
    outcomes: list[str] = []

    def change(phone: str) -> None:
        try:
            barrier.wait(30)
            actions.change_service(
                service_id=service.pk,
                revision=service.revision,
                said={"phone": phone},
                is_right=False,
                user=committed_world.dorte.user,
                unit=committed_world.dorte.unit,
                on=clock.today(),
            )
            outcomes.append(phone)
        except TooLate:
            outcomes.append("too late")
        finally:
            connection.close()

    threads = [threading.Thread(target=change, args=(phone,)) for phone in ("1", "2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    try:
        service.refresh_from_db()
        assert sorted(outcomes) == sorted([service.phone, "too late"])
        assert service.revision == before["revision"] + 1
    finally:
        Service.objects.filter(pk=service.pk).update(**before)


# Closed for a time


def test_the_match_offers_who_stands_in_and_says_so_and_only_in_that_time(world: World) -> None:
    today, service = clock.today(), ours()
    instead, until = neighbour(service), today + timedelta(days=14)
    assert offered(today) == [(service.pk,)]
    frozen = matching.match(CANNABIS, on=today).explanation
    said = {"closed_from": today, "reopens_on": until, "substitute": instead.pk, "revision": service.revision}
    assert post(world.dorte, "close_service", service, **said).status_code == 302
    assert offered(today) == offered(until - timedelta(days=1)) == [(instead.pk,)]
    assert offered(until) == offered(today - timedelta(days=1)) == [(service.pk,)]
    answer = matching.answer(matching.match(CANNABIS, on=today))
    (match,) = [each for each in answer["matches"] if each["kind"] == KIND]
    assert match["closed"] == [
        {
            "id": str(service.pk),
            "name": service.name_da,
            "reopens_on": until.isoformat(),
            "substitute": str(instead.pk),
        }
    ]
    assert "closed" not in str(frozen)
    with scope.scope(world.alice.unit.pk):
        case = logged(world)
    page = text(at(world.alice).get(reverse("case", args=[case.pk])))
    assert f"{service.name_da} er lukket og åbner igen" in page
    assert "Der er lukket nu" in text(at(world.alice).get(reverse("door", args=[service.pk])))
    service.refresh_from_db()
    assert post(world.dorte, "reopen_service", service, revision=service.revision).status_code == 302
    assert offered(today) == [(service.pk,)]


def test_without_a_substitute_another_kind_stands_in_and_a_chain_is_followed(world: World) -> None:
    today, service = clock.today(), ours()
    second = neighbour(service)
    third = Service.objects.get(kind=KIND, organisation__municipality="0727")
    Service.objects.filter(pk=service.pk).update(closed_from=today, substitute=second)
    Service.objects.filter(pk=second.pk).update(closed_from=today, substitute=third)
    assert offered(today) == [(third.pk,)]
    Service.objects.filter(pk=third.pk).update(closed_from=today, substitute=service)  # round in a ring: nobody
    found = matching.match(CANNABIS, on=today)
    assert KIND in {gap.kind for gap in found.decision.gaps}
    assert offered(today) == []
    (instead,) = [each for each in found.decision.matches if each.substitute_for == KIND]
    assert [shut.id for shut in found.closed(instead)] == [service.pk]


def test_a_closing_that_cannot_be_is_refused(world: World) -> None:
    today, service = clock.today(), ours()
    before = Service.objects.filter(pk=service.pk).values().get()
    wrong: list[dict[str, Any]] = [
        {"closed_from": ""},
        {"closed_from": today, "reopens_on": today},
        {"closed_from": today - timedelta(days=9), "reopens_on": today - timedelta(days=1)},
        {"closed_from": today, "substitute": service.pk},
        {"closed_from": today, "substitute": Service.objects.filter(kind="psychiatry_adult")[0].pk},
    ]
    for said in wrong:
        assert post(world.dorte, "close_service", service, revision=service.revision, **said).status_code == 422, said
    with pytest.raises(Invalid):
        actions.close_service(
            service_id=service.pk, revision=0, closed_from=today, reopens_on=None,
            substitute=Service.objects.filter(kind="psychiatry_adult")[0],
        )  # fmt: skip
    assert Service.objects.filter(pk=service.pk).values().get() == before


def test_a_closing_that_is_over_is_shown_and_proposed_no_more(world: World) -> None:
    today, service = clock.today(), ours()
    began = today - timedelta(days=9)
    for ends, is_shown in ((today, False), (today + timedelta(days=1), True)):
        Service.objects.filter(pk=service.pk).update(
            closed_from=began, reopens_on=ends, substitute=neighbour(service), assured_date=LONG_AGO, assurer_email="a"
        )
        service.refresh_from_db()
        listed = at(world.dorte).get(reverse("directory"), {"standing": "stale", "kind": KIND})
        page = at(world.dorte).get(reverse("service_here", args=[service.pk]))
        assert ("åbner igen" in text(listed), "åbner igen" in text(page)) == (is_shown, is_shown)
        proposed = page.context["closing"].initial
        assert proposed["closed_from"] == (began if is_shown else today)
        assert proposed.get("reopens_on") == (ends if is_shown else None)
        assert (
            Service.objects.filter(care.closes(today), pk=service.pk).exists() == service.closes(on=today) == is_shown
        )


def test_nothing_is_sent_to_a_closed_door(world: World) -> None:
    case = logged(world)
    Service.objects.filter(pk=ours().pk).update(closed_from=clock.today())
    with pytest.raises(TooLate):
        sent(world, to=world.bo.unit, case=case)
    page = at(world.alice).get(reverse("choose_service", args=[case.pk, ours().pk]))
    assert "lukket indtil videre. Der kan ikke sendes noget dertil nu." in text(page)


# Whom it touches


def test_a_small_number_of_hand_offs_tells_an_editor_nothing(world: World) -> None:
    tage, service = editor(world.dorte.unit), ours()
    first = sent(world, to=world.bo.unit)
    assert first.service_id == service.pk
    assert "Færre end 5" in text(at(tage).get(reverse("service_here", args=[service.pk])))
    for _more in range(3):
        sent(world, to=world.bo.unit)
    assert touched_by(service).at_least_five is None
    sent(world, to=world.bo.unit)
    page = at(tage).get(reverse("service_here", args=[service.pk]))
    assert "5 åbne overleveringer fører hertil" in text(page)
    assert page.context["touched"].ours == []  # an editor sees no case
    seen = at(world.dorte).get(reverse("service_here", args=[service.pk])).context["touched"].ours
    assert first.pk in {referral.pk for referral in seen}
    assert len(seen) == 5


def test_whoever_answers_for_a_hand_off_is_told_once_for_each_closing(committed_world: World) -> None:
    world, today = committed_world, clock.today()
    service = ours()
    before = Service.objects.filter(pk=service.pk).values().get()
    referral = sent(world, to=world.bo.unit)
    try:
        actions.close_service(
            service_id=service.pk, revision=before["revision"], closed_from=today, reopens_on=None, substitute=None
        )
        with play_for_a_while(WORKER):
            assert tell_of_closings(now=clock.now()) == 1
            assert tell_of_closings(now=clock.now()) == 0
        with scope.scope(world.alice.unit.pk):
            notice = models.Notice.objects.get(event__kind=Happening.SERVICE_CLOSES)
            assert (notice.case_id, notice.to_unit_id, notice.tells) == (
                referral.case_id,
                world.alice.unit.pk,
                Tell.OWNER,
            )
            assert notice.deliveries.count() == 1
        assert "Tilbuddet er lukket fra i dag og indtil videre" in text(at(world.alice).get(reverse("news")))
        actions.close_service(
            service_id=service.pk,
            revision=before["revision"] + 1,
            closed_from=today,
            reopens_on=today + timedelta(days=3),
            substitute=None,
        )
        with play_for_a_while(WORKER):
            assert tell_of_closings(now=clock.now()) == 1  # the dates are others
    finally:
        Service.objects.filter(pk=service.pk).update(**before)


def test_the_app_may_ask_how_many_and_never_which(world: World) -> None:
    sent(world, to=world.bo.unit)
    with pytest.raises(Exception, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM navigator_hand_offs_at(%s)", [ours().pk])


def test_the_history_of_a_service_is_open_and_that_of_people_is_not(world: World) -> None:
    case = logged(world)
    with scope.scope(world.alice.unit.pk):
        models.Person.objects.filter(pk=case.person_id).update(language="en")
    Service.objects.filter(pk=ours().pk).update(phone="1")
    scope.leave()
    assert set(Change.objects.values_list("table", flat=True)) <= {"pathways_service", "pathways_servicearea"}
    assert Change.of(ours()).exists()
