"""The catalogue is loaded whole or not at all, and a second time changes nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from pathways import actions, models
from pathways.actions import catalogue as loading
from pathways.actions.fixture import MalformedCatalogue
from pathways.actions.rule_set import PublishingRefused
from tests.factories.pathways import ServiceFactory

CATALOGUE = settings.ROOT / "fixtures" / "catalogue"
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the fixtures that a test may spoil."""
    return Path(shutil.copytree(CATALOGUE, tmp_path / "catalogue"))


def rewrite(folder: Path, name: str, change: Callable[[Any], None]) -> None:
    document = json.loads((folder / name).read_text(encoding="utf-8"))
    change(document)
    (folder / name).write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")


def version() -> tuple[int, datetime]:
    return models.DirectoryVersion.objects.values_list("number", "changed_at").get()


def test_loading_again_writes_no_row_at_all() -> None:
    before = version()
    assert actions.load_catalogue(folder=CATALOGUE, now=NOW) == loading.Change(created=0, updated=0, removed=0)
    assert version() == before


def test_the_baseline_holds_every_municipality_region_and_kind() -> None:
    assert models.Municipality.objects.count() == 98
    assert list(models.Region.objects.values_list("key", "code", "successor_id", "valid_to")) == [
        ("hovedstaden", "1084", "oestdanmark", date(2027, 1, 1)),
        ("midtjylland", "1082", None, None),
        ("nordjylland", "1081", None, None),
        ("oestdanmark", None, None, None),
        ("sjaelland", "1085", "oestdanmark", date(2027, 1, 1)),
        ("syddanmark", "1083", None, None),
    ]
    assert models.RegionMembership.objects.filter(region="oestdanmark").count() == 46
    assert set(models.Service.objects.values_list("kind", flat=True)) == set(
        models.ServiceKind.objects.values_list("code", flat=True)
    )


def test_service_ids_follow_from_their_codes() -> None:
    assert models.Service.objects.get(code="alarm-112").id == UUID("2cc140ba-4b0f-5735-be7a-780d7340871e")


def test_the_baseline_claims_nothing_it_does_not_know() -> None:
    services = models.Service.objects.all()
    assert not services.filter(assured_date__isnull=False).exists()
    assert set(services.exclude(phone="").values_list("phone", flat=True)) == {
        "112", "116 111", "1813", "1818", "70 11 07 07", "70 11 31 31", "70 15 03 00", "70 201 201",
    }  # fmt: skip
    assert not services.exclude(email="").exclude(email__endswith=".example").exists()
    assert not services.exclude(url="").exclude(url__regex=r"^https://[a-z0-9-]+\.example/").exists()


def test_a_changed_line_updates_its_row_and_counts_as_a_change(folder: Path) -> None:
    number, _ = version()
    rewrite(folder, "vocabulary.json", lambda d: d["doors"][0].update(da="Jobcentret"))
    change = actions.load_catalogue(folder=folder, now=NOW)
    assert change == loading.Change(created=0, updated=1, removed=0)
    assert models.Door.objects.get(code="jobcenter").text_da == "Jobcentret"
    assert version()[0] == number + 1


def test_a_service_that_leaves_a_place_leaves_its_area(folder: Path) -> None:
    def only_copenhagen(document: Any) -> None:
        line = next(s for s in document["services"] if s["kind"] == "alcohol_treatment")
        line["per"], line["code"], line["organisation"] = "national", "alcohol-treatment-0101", "kommune-0101"

    rewrite(folder, "directory.json", only_copenhagen)
    actions.load_catalogue(folder=folder, now=NOW)
    areas = models.ServiceArea.objects.filter(service__code="alcohol-treatment-0101")
    assert list(areas.values_list("extent", "municipality_id")) == [("national", None)]


def test_what_somebody_has_checked_is_not_overwritten(folder: Path) -> None:
    service = models.Service.objects.get(code="alcohol-treatment-0751")
    service.wait_days, service.assured_date, service.assurer_email = 3, date(2026, 11, 20), "a@kommune-0751.example"
    service.save(update_fields=["wait_days", "assured_date", "assurer_email"])
    assert actions.load_catalogue(folder=CATALOGUE, now=NOW) == loading.Change()
    service.refresh_from_db()
    assert service.wait_days == 3


def test_the_editors_own_services_are_left_alone() -> None:
    own = ServiceFactory.create(wait_days=2, wait_as_of=date(2026, 11, 1))
    assert actions.load_catalogue(folder=CATALOGUE, now=NOW) == loading.Change()
    assert models.Service.objects.filter(pk=own.pk).exists()


MALFORMED = {
    "not JSON": ("regions.json", None, "regions.json: is not JSON"),
    "unknown sector": (
        "vocabulary.json",
        lambda d: d["service_kinds"][0].update(sector="private_bank"),
        "vocabulary.json, service_kinds[0] (municipal_guidance): 'sector' is \"private_bank\"; it must be one of "
        "civil_society, gp, joint, municipality, national, prison, private, region.",
    ),
    "misspelt key": (
        "vocabulary.json",
        lambda d: d["doors"][0].update(may_refr=True),
        "vocabulary.json, doors[0] (jobcenter): 'may_refr' is not known here; allowed: code, da, en, may_refer.",
    ),
    "missing text": (
        "vocabulary.json",
        lambda d: d["obligations"][0].pop("da"),
        "vocabulary.json, obligations[0] (guide_to_service): 'da' is missing; it must be a text of at most 200 characters.",
    ),
    "code twice": (
        "vocabulary.json",
        lambda d: d["doors"].append(d["doors"][0]),
        "vocabulary.json, doors[22] (jobcenter): 'code' is \"jobcenter\"; it must be a code that stands once in the list.",
    ),
    "unknown right": (
        "vocabulary.json",
        lambda d: d["service_kinds"][0].update(rights=["tea"]),
        "'rights' is [\"tea\"]; it must be a list out of free_choice, integrated_14_days,",
    ),
    "age the wrong way round": (
        "vocabulary.json",
        lambda d: d["service_kinds"][0].update(age=[25, 18]),
        "'age' is [25, 18]; it must be two whole numbers, the lower first; null for no limit.",
    ),
    "half a pair": (
        "vocabulary.json",
        lambda d: d["decline_reasons"][0].pop("why_en"),
        "decline_reasons[0] (capacity): 'why_en' is missing; it must be a text of at most 1000 characters.",
    ),
    "not a date": (
        "municipalities.json",
        lambda d: d["municipalities"][0].update(valid_from="1. januar"),
        "municipalities.json, municipalities[0] (0101): 'valid_from' is \"1. januar\"; it must be a date like 2026-12-31.",
    ),
    "ends before it begins": (
        "regions.json",
        lambda d: d["regions"][0].update(valid_to="2006-01-01"),
        "'valid_to' is \"2006-01-01\"; it must be later than valid_from, 2007-01-01, or null.",
    ),
    "three digits": (
        "municipalities.json",
        lambda d: d["municipalities"][0].update(code="101"),
        "municipalities[0] (101): 'code' is \"101\"; it must be four digits.",
    ),
    "unknown region": (
        "municipalities.json",
        lambda d: d["municipalities"][0]["regions"][0].update(region="atlantis"),
        "municipalities.json, municipalities[0] (0101).regions[0]: 'region' is \"atlantis\"; it must be one of hovedstaden,",
    ),
    "two regions at a time": (
        "municipalities.json",
        lambda d: d["municipalities"][0]["regions"][0].update(valid_to=None),
        "The database refuses the catalogue: conflicting key value violates exclusion constraint "
        '"membership_one_region_at_a_time"',
    ),
    "unknown kind": (
        "directory.json",
        lambda d: d["services"][0].update(kind="massage"),
        "directory.json, services[0] (alarm-112): 'kind' is \"massage\"; it must be one of adapted_substance_treatment,",
    ),
    "unknown place": (
        "directory.json",
        lambda d: d["services"][-1].update({"in": "moon"}),
        "'in' is \"moon\"; it must be one of adapted,",
    ),
    "wider than its kind": (
        "directory.json",
        lambda d: next(s for s in d["services"] if s["kind"] == "drop_in_centre").update(minimum_age=12),
        "(drop_in_centre): 'minimum_age' is 12; it must be 18 or more, as for the kind.",
    ),
    "service twice": (
        "directory.json",
        lambda d: d["services"].append(d["services"][0]),
        "the code 'alarm-112' stands twice; each service needs one of its own.",
    ),
    "unknown organisation": (
        "directory.json",
        lambda d: d["services"][-1].update(organisation="cirkus"),
        "'organisation' is \"cirkus\"; it must be such that 'cirkus-0101' stands under organisations.",
    ),
    "a list for an object": ("directory.json", lambda d: d["services"].append([]), "must be an object, not []."),
    "a rule with an unknown kind": (
        "rule_sets/2026.2.json",
        lambda d: d["families"].update(odd=["massage"]),
        'rule_sets/2026.2.json: families.odd[0]: unknown code "massage"',
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", MALFORMED)
def test_a_mistake_is_told_with_its_place_and_nothing_is_loaded(folder: Path, case: str) -> None:
    name, change, message = MALFORMED[case]
    rewrite(folder, "regions.json", lambda d: d["regions"][1].update(name="Region Midt"))
    shutil.copy(folder / "rule_sets" / "2026.1.json", folder / "rule_sets" / "2026.2.json")
    rewrite(folder, "rule_sets/2026.2.json", lambda d: d.update(version="2026.2"))
    if change is None:
        (folder / name).write_text("{", encoding="utf-8")
    else:
        rewrite(folder, name, change)
    before = version()
    with pytest.raises(MalformedCatalogue) as caught:
        actions.load_catalogue(folder=folder, now=NOW)
    assert message in str(caught.value)
    assert version() == before
    assert models.Region.objects.get(key="midtjylland").name == "Region Midtjylland"


def test_when_the_last_write_fails_nothing_is_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    rewrite(folder, "regions.json", lambda d: d["regions"][0].update(name="Region Nord"))
    monkeypatch.setattr(loading, "publish_rule_set", fail)
    before = version()
    with pytest.raises(RuntimeError):
        actions.load_catalogue(folder=folder, now=NOW)
    assert version() == before
    assert models.Region.objects.get(key="nordjylland").name == "Region Nordjylland"


def test_the_command_says_what_is_wrong(folder: Path) -> None:
    (folder / "directory.json").unlink()
    with pytest.raises(CommandError, match=r"directory\.json: the file is missing in catalogue\."):
        call_command("load_catalogue", "--from", str(folder))


def published() -> models.RuleSet:
    return models.RuleSet.objects.get(version="2026.1")


@pytest.mark.parametrize("change", [{"document": {}}, {"published_at": None}, {"version": "2026.9"}])
def test_a_published_rule_set_cannot_be_changed(change: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=r"Rule set 2026\.1 is published and frozen"), transaction.atomic():
        models.RuleSet.objects.filter(version="2026.1").update(**change)
    assert published().published_at is not None


def test_a_published_rule_set_cannot_be_deleted() -> None:
    with pytest.raises(IntegrityError, match=r"Rule set 2026\.1 is published and frozen"), transaction.atomic():
        published().delete()
    assert published()


def test_a_published_rule_set_can_still_be_approved() -> None:
    models.RuleSet.objects.filter(version="2026.1").update(approved_at=NOW, approved_by="Cheflægen")
    assert published().approved_by == "Cheflægen"


def test_a_draft_can_be_changed_and_then_published() -> None:
    document = published().document
    models.RuleSet.objects.create(version="2026.2", document={})
    rule_set, is_new = actions.publish_rule_set(version="2026.2", document=document | {"version": "2026.2"}, now=NOW)
    assert (rule_set.published_at, is_new) == (NOW, True)
    assert list(rule_set.document) == list(document)


def test_another_document_under_a_published_version_is_refused() -> None:
    changed = published().document | {"about": "Other rules"}
    with pytest.raises(PublishingRefused, match="published and frozen"):
        actions.publish_rule_set(version="2026.1", document=changed, now=NOW)
    assert published().document["about"] != "Other rules"


def test_a_version_under_another_name_is_refused() -> None:
    with pytest.raises(PublishingRefused, match=r"the document says it is version 2026\.1"):
        actions.publish_rule_set(version="2026.3", document=published().document, now=NOW)
    assert not models.RuleSet.objects.filter(version="2026.3").exists()


def test_a_change_by_hand_is_counted_and_a_change_of_nothing_is_not() -> None:
    number, _ = version()
    models.Service.objects.filter(code="no-such-service").update(wait_days=1)
    assert version()[0] == number
    models.Service.objects.filter(kind="shelter").update(wait_days=1)
    assert version()[0] == number + 1
    ServiceFactory.create()
    assert version()[0] == number + 3  # the organisation and the service
    models.RegionMembership.objects.filter(municipality="0751").delete()
    assert version()[0] == number + 4
