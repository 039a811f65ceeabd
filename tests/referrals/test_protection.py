"""Protected name and address (CPR-lov § 28): hidden everywhere, unless somebody may see it and says why."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from django.test import Client
from django.urls import reverse

from navigator import clock
from navigator.accounts.models import Membership, Role
from navigator.database import scope
from referrals import actions, models, protection
from referrals.acting import By
from referrals.enums import Channel
from tests.helpers.cases import logged, sent
from tests.helpers.looks import looks_of
from tests.helpers.pages import at, text
from tests.helpers.snapshot import everything
from tests.helpers.world import World
from tests.system.scenes import CODE, SCENES, TOKEN, Stage, prepare

LABEL = "Beskyttet navn og adresse"
MARKS = re.compile(rb"Opfundet|Opdigtet|20000001|20 00 00 01|Skjulevej|skjult@")
WHO = {"name": "Mikkel Opfundet", "phone": "20000001", "cpr": "0108589995"}


def protected(case: models.Case, *, by: By, until: date | None = None) -> None:
    until = until or clock.today() + timedelta(days=365)
    with scope.scope(by.unit.pk):
        actions.protect(case=case, until=until, because="Borgeren har vist sit brev.", by=by, now=clock.now())


def leads(by: By) -> By:
    """The same worker, now a leader too."""
    Membership.objects.create(user=by.user, unit=by.unit, role=Role.UNIT_LEADER)
    return by


def bodies(stage: Stage) -> Iterator[tuple[str, bytes]]:
    """Every page that is shown without doing anything first, as each who has a scene there sees it; and the guest's."""
    pages = {(each.who, each.address(stage)): each for each in SCENES if each.who in stage.people}
    for (who, address), scene in pages.items():
        if scene.url_name != "draft":  # a draft is the worker's own half-typed paper
            yield scene.url_name, at(stage.people[who]).get(address).content
    guest = Client(headers={"Accept-Language": "da"})
    guest.get(reverse("enter_by_link", args=[TOKEN]))
    yield "link", guest.post(reverse("link_enter"), {"code": CODE}, follow=True).content
    yield "outbox", at(stage.people["sender"]).get(reverse("demo_outbox")).content


def test_nobody_who_is_protected_is_named_on_any_page(world: World) -> None:
    stage = prepare(world, now=clock.now())
    with scope.scope(world.alice.unit.pk):
        cases = list(models.Case.objects.select_related("person__data_key").order_by("pk"))
        for case in cases:
            case.person.address, case.person.email = "Skjulevej 7", "skjult@borger.example"
            case.person.save(update_fields=["address", "email"])

    marked = {name for name, body in bodies(stage) if MARKS.search(body)}
    assert {"my_list", "case", "contact", "inbox", "visit_day", "referral", "link", "emergency_case", "news",
            "follow_ups", "choose_service", "rights"} <= marked  # fmt: skip

    for case in cases:
        protected(case, by=world.alice)
    assert {name: MARKS.findall(body) for name, body in bodies(stage) if MARKS.search(body)} == {}
    assert LABEL in dict(bodies(stage))["case"].decode()


def search(by: By, said: str) -> str:
    """The page of results, without the words that were searched for."""
    return text(at(by).post("/search/", {"said": said}, follow=True)).replace(said, "…")


def test_a_search_finds_nobody_who_is_protected_unless_one_may(world: World) -> None:
    case = logged(world, **WHO)
    said = {"Mikkel Opfundet": "Xyzzy Zyxxy", "opfun": "xyzzy", "20000001": "29999999", "0108589995": "0108589996"}
    assert all(case.short_number in search(world.alice, each) for each in said)
    protected(case, by=world.alice)

    assert all(search(world.alice, each) == search(world.alice, nobody) for each, nobody in said.items())
    assert LABEL in search(world.alice, case.short_number)
    leader = leads(world.alice)
    for each in said:
        found = search(leader, each)
        assert LABEL in found and case.short_number in found and "Mikkel" not in found


def test_typing_the_same_number_again_tells_nothing(world: World) -> None:
    """Not even that the unit knows the CPR number: the second record is made, and each keeps its keys when it is over."""
    case = logged(world, **WHO)
    protected(case, by=world.alice)
    second = logged(world, **WHO)
    assert second.person_id != case.person_id
    with scope.scope(world.alice.unit.pk):
        actions.lift_protection(case=case, because="Brev fra kommunen.", by=world.alice, now=clock.now())
    assert search(world.alice, "opfun").count("Mikkel Opfundet") == 2


def test_what_is_sent_and_what_was_sent_names_nobody(world: World) -> None:
    case = logged(world, **WHO)
    before = sent(world, to=world.bo.unit, case=case)
    protected(case, by=world.alice)
    with scope.scope(world.bo.unit.pk):
        assert models.Referral.objects.get(pk=before.pk).is_protected
        frozen = models.Disclosure.objects.select_related("referral").get(referral=before)
        assert frozen.told["who"] == {"is_protected": True} and "Ring gerne." in frozen.content
    choose = reverse("send_elsewhere", args=[case.pk, before.service_id])
    assert "Mikkel" not in at(world.alice).get(choose, follow=True).content.decode()


def test_the_way_to_the_citizen_is_kept_though_nobody_sees_it(world: World) -> None:
    case = logged(world, **WHO)
    with scope.scope(world.alice.unit.pk):
        actions.set_contact(
            case=case, safe_channel=Channel.EMAIL, email="skjult@borger.example", language="da",
            do_not_contact=False, paused_until=None, by=world.alice, now=clock.now(),
        )  # fmt: skip
    protected(case, by=world.alice)
    kept = {"safe_channel": "email", "email": "", "language": "da"}
    assert at(world.alice).post(reverse("contact", args=[case.pk]), kept).status_code == 302
    with scope.scope(world.alice.unit.pk):
        person = models.Person.objects.select_related("data_key").get()
        assert (person.email, person.unhidden().email) == ("", "skjult@borger.example")


def test_it_is_shown_to_whoever_may_and_says_why(world: World) -> None:
    case = logged(world, **WHO)
    protected(case, by=world.alice)
    address, why = reverse("show_identity", args=[case.pk]), {"because": "Borgeren ringer selv og er i fare."}
    before = everything()
    refused = at(world.alice).post(address, why)
    assert refused.status_code == 403 and b"Opfundet" not in refused.content
    leads(world.alice)
    assert at(world.alice).post(address, {"because": " "}).status_code == 422
    assert everything() == before

    shown = at(world.alice).post(address, why)
    assert shown.status_code == 200 and "no-store" in shown["Cache-Control"]
    assert "Mikkel Opfundet" in (page := text(shown)) and "20000001" in page and "010858-••••" in page
    assert ("show_identity", "reveal", "help", case.person_id) in looks_of(
        world.alice, "what", "how", "purpose", "person"
    )
    history = text(at(world.alice).get(reverse("case", args=[case.pk])))
    assert "Beskyttet navn og adresse blev vist" in history and why["because"] in history and "Mikkel" not in history


def test_the_day_that_passes_shows_nobody(world: World) -> None:
    case = logged(world, **WHO)
    protected(case, by=world.alice, until=clock.today() - timedelta(days=1))
    page = text(at(world.alice).get(reverse("case", args=[case.pk])))
    assert "Den dag er forbi" in page and "Mikkel" not in page
    assert at(world.alice).post(reverse("lift_protection", args=[case.pk]), {"because": "x"}).status_code == 403
    leads(world.alice)
    at(world.alice).post(reverse("lift_protection", args=[case.pk]), {"because": "Borgeren siger det er forbi."})
    assert "Mikkel Opfundet" in text(at(world.alice).get(reverse("case", args=[case.pk])))


def test_a_year_is_a_year() -> None:
    assert protection.for_a_year(date(2026, 11, 22)) == date(2027, 11, 22)
    assert protection.for_a_year(date(2028, 2, 29)) == date(2029, 2, 28)


def test_who_reads_past_the_protection_is_known_by_name() -> None:
    callers = {path.as_posix() for path in Path("referrals").rglob("*.py") if ".unhidden()" in path.read_text()}
    assert callers == {
        "referrals/actions/emergency.py",  # shown, with a reason, where somebody is in danger
        "referrals/actions/person.py",  # what a person is found by
        "referrals/actions/protection.py",  # shown, with a reason
        "referrals/actions/rights.py",  # what is wrong is corrected
        "referrals/delivery/addressing.py",  # the citizen is reached
        "referrals/export/document.py",  # the citizen's own copy
        "referrals/searching.py",  # a name is compared
    }
