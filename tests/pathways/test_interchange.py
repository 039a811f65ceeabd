"""The directory as a file: what goes out comes back unchanged, every mistake is named with its place, and what is saved is
what was shown, all of it or nothing."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import CharField, TextField
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from navigator import clock
from navigator.history.models import Change
from navigator.web.refusals import Invalid, TooLate
from pathways import actions
from pathways.care_history import AREAS, FACTS, changes_of
from pathways.interchange.columns import BY_NAME
from pathways.interchange.plan import Plan
from pathways.models import ProviderOrganisation, Service, ServiceArea
from referrals.acting import By
from tests.helpers.pages import at, text
from tests.helpers.world import AARHUS, World

KIND = "substance_treatment_outpatient"
OURS = f"substance-treatment-outpatient-{AARHUS}"


def exported(form: str = "csv", by: By | None = None) -> str:
    return "".join(actions.export_directory(form=form, unit=by.unit if by else None, on=clock.today()))


def planned(said: str, by: By | None = None) -> Plan:
    return actions.plan_import(text=said, unit=by.unit if by else None, on=clock.today())


def rows(said: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(said.removeprefix("\ufeff")), delimiter=";"))


def as_csv(lines: list[dict[str, str]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(lines[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue()


def changed(code: str = OURS, by: By | None = None, **new: str) -> str:
    """The export of what is kept here with some cells of one service written anew."""
    return as_csv([row | new if row["code"] == code else row for row in rows(exported(by=by))])


def wrong(plan: Plan) -> list[tuple[int, str]]:
    return [(mistake.row, mistake.column) for mistake in plan.mistakes]


def everything() -> tuple[Any, ...]:
    return list(Service.objects.order_by("pk").values()), list(ServiceArea.objects.order_by("pk").values())


def post(by: By, said: str, digest: str = "") -> HttpResponse:
    return at(by).post(reverse("import_directory"), {"text": said, "digest": digest})


# What goes out comes back


@pytest.mark.django_db
@pytest.mark.parametrize("form", ["csv", "json"])
def test_what_goes_out_comes_back_and_changes_nothing(form: str) -> None:
    awkward = Service.objects.get(code=OURS)
    awkward.note_da, awkward.phone, awkward.name_da = 'Ring "nu";\nogså om natten ', "+45 00 11 22 33", "'=1+1"
    awkward.minimum_age, awkward.wait_days, awkward.wait_as_of = 18, 0, clock.today()
    awkward.closed_from = clock.today()
    awkward.save()
    found = planned("\ufeff" + exported(form).removeprefix("\ufeff"))  # as programs write it that mark what is UTF-8
    assert (found.mistakes, found.new, found.changed, found.missing) == ([], [], [], [])
    assert found.unchanged == Service.objects.filter(valid_to=None).count() > 1000
    assert not found.can_be_saved


@pytest.mark.django_db
def test_a_spreadsheet_takes_no_cell_for_a_formula() -> None:
    Service.objects.filter(code=OURS).update(name_da='=HYPERLINK("https://x.example")', phone="+45 1")
    (row,) = [row for row in rows(exported()) if row["code"] == OURS]
    assert (row["name_da"], row["phone"]) == ('\'=HYPERLINK("https://x.example")', "'+45 1")


@pytest.mark.django_db
def test_the_json_says_it_in_the_words_of_hsds() -> None:
    """HSDS 3.0 demands of a service id, name and status; of its organization id, name and description; of a phone id and
    number; of all else an id. Every id is a UUID. Beside its words stand ours, which it has none for."""
    today = clock.today()
    texts = (each.name for each in Service._meta.fields if isinstance(each, CharField | TextField))
    nothing = dict.fromkeys(set(texts) - {"code"}, "")
    Service.objects.filter(code=OURS).update(
        **nothing | {
            "name_da": "Rusmiddelcenter", "name_en": "Substance centre", "phone": "00 11 22 33", "email": "a@b.example",
            "url": "https://b.example/", "opening_hours_da": "Hverdage 9-15", "opening_hours_en": "Weekdays 9-15",
            "note_da": "Ring først.", "fees_da": "Gratis", "source": "prøven", "assurer_email": "c@b.example",
        },
        access=["self", "gp"], languages=["da"], interpretation_services=True, minimum_age=18, maximum_age=None,
        wait_days=3, wait_as_of=today, capacity=None, assured_date=today, closed_from=today,
    )  # fmt: skip
    service = Service.objects.select_related("organisation").get(code=OURS)
    (said,) = [each for each in json.loads(exported("json"))["contents"] if each["code"] == OURS]
    assert said.pop("id") == str(service.pk)
    for part in (
        [said["organization"]],
        *(said[name] for name in ("phones", "schedules", "service_areas", "languages")),
    ):
        assert [UUID(each.pop("id")).version for each in part] == [5]
    assert said == {
        "name": "Rusmiddelcenter", "alternate_name": "Substance centre", "description": "Ring først.",
        "status": "temporarily closed", "email": "a@b.example", "url": "https://b.example/", "fees_description": "Gratis",
        "minimum_age": 18, "wait_time": "3", "interpretation_services": "yes",
        "assured_date": today.isoformat(), "assurer_email": "c@b.example",
        "organization": {
            "name": service.organisation.name, "description": service.organisation.name,
            "organisation_code": f"kommune-{AARHUS}",
        },
        "phones": [{"number": "00 11 22 33"}], "schedules": [{"description": "Hverdage 9-15"}],
        "service_areas": [{"extent": AARHUS, "extent_type": "text"}], "languages": [{"code": "da"}],
        "code": OURS, "kind": KIND, "access": "gp, self", "opening_hours_en": "Weekdays 9-15",
        "wait_as_of": today.isoformat(), "source": "prøven",
    }  # fmt: skip


# Mistakes


@pytest.mark.django_db
def test_every_mistake_is_named_with_its_row_its_column_and_the_way_out() -> None:
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    lines = rows(exported())[:14]
    broken = {
        0: {"kind": "no-such-kind"},
        1: {"email": "nobody", "url": "javascript:alert(1)"},
        2: {"wait_days": "-1", "assured_date": tomorrow},
        3: {"name_da": ""},
        4: {"areas": "9999"},
        5: {"access": "self, teleport"},
        6: {"minimum_age": "90", "maximum_age": "20"},
        7: {"code": lines[8]["code"]},
        9: {"wait_days": "3", "wait_as_of": ""},
        10: {"organisation": "nobody"},
        11: {"code": "Med Mellemrum"},
        12: {"phone": "x" * 41},
        13: {"email": f"{'x' * 64}@{'y' * 63}.{'y' * 63}.{'y' * 63}.dk", "url": f"https://x.example/{'x' * 183}"},
    }
    plan = planned(as_csv([line | broken.get(n, {}) for n, line in enumerate(lines)]))
    assert wrong(plan) == [
        (2, "kind"), (3, "email"), (3, "url"), (4, "wait_days"), (4, "assured_date"), (5, "name_da"), (6, "areas"),
        (7, "access"), (8, "maximum_age"), (10, "code"), (11, "wait_as_of"), (12, "organisation"), (13, "code"),
        (14, "phone"), (15, "email"), (15, "url"),
    ]  # fmt: skip
    assert all(mistake.must for mistake in plan.mistakes)
    assert not plan.can_be_saved


def only(code: str = OURS, **cells: str) -> str:
    """A file of one service that has the columns of these cells, and no more than it must."""
    (row,) = [row for row in rows(exported()) if row["code"] == code]
    return as_csv([{name: row[name] for name in NEEDED} | cells])


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("stored", "cells", "where"),
    [
        ({"maximum_age": 20}, {"minimum_age": "30"}, ["minimum_age"]),
        ({"minimum_age": 30}, {"maximum_age": "20"}, ["maximum_age"]),
        ({"wait_days": 3, "wait_as_of": clock.today()}, {"wait_as_of": ""}, ["wait_as_of"]),
        ({}, {"wait_days": "3", "wait_as_of": ""}, ["wait_as_of"]),
        ({"assured_date": clock.today(), "assurer_email": "a@b.example"}, {"assured_date": ""}, ["assured_date"]),
        ({"assured_date": clock.today(), "assurer_email": "a@b.example"}, {"assurer_email": ""}, ["assurer_email"]),
        ({"assured_date": clock.today(), "assurer_email": "a@b.example"}, {"assured_date": "2026-11-01"}, []),
        ({}, {"assured_date": "2026-11-01"}, ["assured_date"]),
        ({}, {"assured_date": "2026-11-01", "assurer_email": ""}, ["assurer_email"]),
    ],
)
def test_a_file_of_few_columns_is_held_against_what_stands_there(
    stored: dict[str, Any], cells: dict[str, str], where: list[str]
) -> None:
    Service.objects.filter(code=OURS).update(**stored)
    plan = planned(only(**cells))
    assert wrong(plan) == [(2, name) for name in where]
    if not where:
        actions.import_directory(text=only(**cells), digest=plan.digest, unit=None, on=clock.today())
        assert Service.objects.get(code=OURS).assured_date == date(2026, 11, 1)


@pytest.mark.django_db
def test_the_day_of_a_wait_is_that_of_the_file_or_this_one_and_is_shown() -> None:
    today = clock.today()
    said_on = today - timedelta(days=9)
    Service.objects.filter(code=OURS).update(wait_days=30, wait_as_of=said_on, capacity=None)
    before, after = said_on.isoformat(), today.isoformat()
    for cells, facts in (
        ({"wait_days": "30"}, None),
        ({"wait_days": "40", "wait_as_of": before}, (("wait_days", "30", "40"),)),
        ({"wait_days": "40"}, (("wait_days", "30", "40"), ("wait_as_of", before, after))),
        ({"capacity": "2"}, (("capacity", "", "2"), ("wait_as_of", before, after))),
    ):
        said = only(**cells)
        plan = planned(said)
        assert [each.facts for each in plan.changed] == ([facts] if facts else []), cells
        if "wait_as_of" in cells:
            actions.import_directory(text=said, digest=plan.digest, unit=None, on=today)
            assert Service.objects.values_list("wait_days", "wait_as_of").get(code=OURS) == (40, said_on)
            Service.objects.filter(code=OURS).update(wait_days=30)


NEEDED = ("code", "kind", "organisation", "name_da", "name_en", "areas")
HEAD = ";".join(NEEDED)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("said", "where"),
    [
        ("", [(1, name) for name in NEEDED]),
        (" ", [(1, ""), *((1, name) for name in NEEDED)]),
        ("code;kind", [(1, name) for name in NEEDED[2:]]),
        (f"code;{HEAD}", [(1, "code"), (1, "code")]),
        (f"{HEAD}\n\0;\0;\0;\0;\0;\0", [(2, name) for name in NEEDED]),
        (f"{HEAD}\nfor;få", [(2, "")]),
        (f'{HEAD}\na;b;c;"to\nlinjer";e;dk\nf;g;"h;i\nj;k', [(3, "")]),
        ("[", [(0, "")]),
        ("[" * 100_000, [(0, "")]),
        ('{"a": 1}', [(0, "contents")]),
        ('{"contents": 3}', [(0, "contents")]),
        ("[1, null]", [(1, ""), (2, "")]),
        ('[{"name": {"a": 1}}]', [(1, "")]),
        ('[{"name": "\\ud800"}]', [(1, "")]),
        ('[{"phones": 3, "service_areas": "x"}]', [(1, "")]),
        ("[{}]", [(1, name) for name in (
            "name", "alternate_name", "code", "kind", "organization.organisation_code", "service_areas[].extent",
        )]),
    ],
)  # fmt: skip
def test_whatever_is_given_is_answered_with_mistakes_and_their_places(said: str, where: list[tuple[int, str]]) -> None:
    plan = planned(said)
    assert wrong(plan) == where
    assert not plan.can_be_saved


# What was shown is saved, all of it or nothing


def test_it_is_shown_field_by_field_and_then_saved_as_shown(world: World) -> None:
    new = dict.fromkeys(BY_NAME, "") | {
        "code": "ny-vej", "kind": "peer_network", "organisation": f"kommune-{AARHUS}", "name_da": "Ny vej",
        "name_en": "New way", "areas": AARHUS, "access": "self, anonymous", "languages": "da", "minimum_age": "18",
        "source": "prøven",
    }  # fmt: skip
    said = as_csv([*rows(changed(by=world.dorte, phone="00 11 22 33")), new])
    before = everything()
    shown = post(world.dorte, said)
    plan = shown.context["plan"]
    assert (shown.status_code, wrong(plan)) == (200, [])
    assert [each.code for each in plan.new] == ["ny-vej"]
    assert [(each.code, each.facts) for each in plan.changed] == [(OURS, (("phone", "", "00 11 22 33"),))]
    assert everything() == before  # shown, and no more
    page = shown.content.decode()
    assert f'form="import" name="digest" value="{plan.digest}"' in page
    assert page.count("<textarea") == 1  # sent once
    assert post(world.dorte, said, plan.digest).status_code == 302
    ours, there = Service.objects.get(code=OURS), Service.objects.get(code="ny-vej")
    assert (ours.phone, ours.revision) == ("00 11 22 33", 1)
    assert (there.access, there.levels, there.minimum_age, there.assured_date) == (
        ["anonymous", "self"], there.kind.levels, 18, None,
    )  # fmt: skip
    assert [(area.extent, area.municipality_id) for area in there.areas.all()] == [("municipality", AARHUS)]
    assert Change.of(ours)[0].by == world.dorte.user.pk
    assert post(world.dorte, said, plan.digest).status_code == 409  # once is enough
    assert planned(said, world.dorte).unchanged == len(plan.new) + len(plan.changed) + plan.unchanged


def test_where_a_service_took_citizens_from_and_who_ran_it_stands_in_its_history(world: World) -> None:
    ProviderOrganisation.objects.filter(code=f"kommune-{AARHUS}").update(kept_by=world.dorte.unit.organisation)
    for areas in (f"{AARHUS}, 0746", AARHUS):
        said = changed(by=world.dorte, areas=areas)
        assert post(world.dorte, said, planned(said, world.dorte).digest).status_code == 302
    service = Service.objects.get(code=OURS)
    here, there = ProviderOrganisation.objects.filter(code__in=[f"kommune-{AARHUS}", "kommune-0746"]).order_by("-code")
    Service.objects.filter(code=OURS).update(organisation=there, source="prøven")
    source, service = service.source, Service.objects.get(code=OURS)
    latest, *moved = changes_of(service)
    assert latest.facts == [
        (FACTS["source"], source, "prøven"), (FACTS["organisation_id"], here.name, there.name),
    ]  # fmt: skip
    assert [(change.who, change.facts) for change in moved] == [
        (world.dorte.user.name, [(AREAS, "Aarhus, Skanderborg", "Aarhus")]),
        (world.dorte.user.name, [(AREAS, "Aarhus", "Aarhus, Skanderborg")]),
    ]


def test_what_has_changed_meanwhile_is_not_written_over(world: World) -> None:
    said = changed(by=world.dorte, phone="00 11 22 33")
    digest = planned(said, world.dorte).digest
    Service.objects.filter(code=OURS).update(phone="99 99 99 99")
    before = everything()
    answer = post(world.dorte, said, digest)
    assert answer.status_code == 409
    assert "Intet er gemt" in text(answer)
    assert answer.context["plan"].changed[0].facts == (("phone", "99 99 99 99", "00 11 22 33"),)
    assert everything() == before
    with pytest.raises(TooLate):
        actions.import_directory(text=said, digest="", unit=None, on=clock.today())


def test_a_broken_row_in_the_middle_saves_nothing(world: World) -> None:
    lines = [row | {"address": "Nygade 1"} for row in rows(exported(by=world.dorte))]
    lines[len(lines) // 2]["wait_days"] = "snart"
    said, before = as_csv(lines), everything()
    shown = post(world.dorte, said)
    assert shown.status_code == 422
    assert wrong(shown.context["plan"]) == [(len(lines) // 2 + 2, "wait_days")]
    with pytest.raises(Invalid):
        actions.import_directory(
            text=said, digest=shown.context["plan"].digest, unit=world.dorte.unit, on=clock.today()
        )
    assert everything() == before


def test_what_the_file_does_not_name_is_listed_and_stays(world: World) -> None:
    lines = [row for row in rows(exported(by=world.dorte)) if row["code"] != OURS]
    plan = planned(as_csv(lines), world.dorte)
    assert (plan.missing, plan.changed, plan.unchanged) == ([OURS], [], len(lines))
    fewer = [{"address": "Nygade 1"} | {n: row[n] for n in BY_NAME if n in NEEDED} for row in lines[:1]]
    plan = planned(as_csv(fewer), world.dorte)  # columns that the file lacks say nothing
    assert [fact for fact, *_ in plan.changed[0].facts] == ["address"]


def test_nobody_imports_into_what_others_keep(world: World) -> None:
    others = "substance-treatment-outpatient-0746"
    line = next(row for row in rows(exported()) if row["code"] == others)
    assert wrong(planned(as_csv([line | {"phone": "1"}]), world.dorte)) == [(2, "code")]
    assert wrong(planned(as_csv([line | {"code": "ny-vej"}]), world.dorte)) == [(2, "organisation")]
    mine = next(row for row in rows(exported()) if row["code"] == OURS)
    for areas in ("dk", "0746", "midtjylland"):
        assert wrong(planned(as_csv([mine | {"areas": areas}]), world.dorte)) == [(2, "areas")]
    assert wrong(planned(as_csv([mine | {"kind": "peer_network"}]), world.dorte)) == [(2, "kind")]
    ProviderOrganisation.objects.filter(code=f"kommune-{AARHUS}").update(kept_by=world.dorte.unit.organisation)
    assert wrong(planned(as_csv([mine | {"areas": "dk"}]), world.dorte)) == []
    assert {row["code"] for row in rows(exported(by=world.erik))} == set()


def test_the_page_is_for_those_who_keep_services(world: World) -> None:
    for by, status in ((world.dorte, 200), (world.bo, 403), (world.alice, 403)):
        assert at(by).get(reverse("import_directory")).status_code == status
        assert at(by).get(reverse("export_directory", args=["csv"])).status_code == status
    assert at(world.dorte).get(reverse("export_directory", args=["xml"])).status_code == 404
    answer = at(world.dorte).get(reverse("export_directory", args=["json"]))
    assert answer["Content-Disposition"].endswith('.json"')
    assert post(world.dorte, "").status_code == 422


@pytest.mark.django_db
def test_the_queries_grow_by_the_thousand_and_not_by_the_row() -> None:
    lines = rows(exported())
    counted = []
    for number in (100, 900):
        said = as_csv([row | {"address": "Nygade 1"} for row in lines[:number]])
        digest = planned(said).digest
        with CaptureQueriesContext(connection) as queries:
            actions.import_directory(text=said, digest=digest, unit=None, on=clock.today())
        counted.append(len(queries))
    assert counted[0] == counted[1] <= 16


@pytest.mark.django_db
def test_an_operator_does_the_same_from_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "services.csv"
    file.write_text(changed(phone="00 11 22 33"), encoding="utf-8")
    call_command("import_directory", file)
    assert Service.objects.get(code=OURS).phone == ""
    digest = capsys.readouterr().out.rsplit("--save ", 1)[1].strip()
    call_command("import_directory", file, save=digest)
    assert Service.objects.get(code=OURS).phone == "00 11 22 33"
    call_command("export_directory", "csv")
    assert "00 11 22 33" in capsys.readouterr().out
    file.write_text(only(wait_days="snart"), encoding="utf-8")
    with pytest.raises(CommandError, match="1 mistakes"):
        call_command("import_directory", file)
    assert "row 2, wait_days: 'snart' must be " in capsys.readouterr().err
    file.write_bytes("navn;sted\nÅbent hus;Århus".encode("cp1252"))  # as a Danish spreadsheet saves it, unasked
    with pytest.raises(CommandError, match=r"^line 2: not UTF-8\."):
        call_command("import_directory", file)
    with pytest.raises(CommandError, match=r"nowhere\.csv: No such file"):
        call_command("import_directory", tmp_path / "nowhere.csv")
