"""A copy of everything about one person, as data and to be read; sealed, short-lived, and kept in the access log."""

from __future__ import annotations

import json
import re
import zlib
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from navigator import clock
from navigator.accounts.models import Membership, Role
from navigator.database import scope, walls
from referrals import actions, models
from referrals.actions import papers
from referrals.enums import Channel, Reached, Side
from referrals.export import document
from referrals.export.document import LEFT_OUT, SECTIONS
from referrals.export.pdf import html
from referrals.tasks import make_papers
from tests.conftest import WORKER, as_owner, as_worker, play_for_a_while
from tests.helpers.cases import DUAL, YES, logged, service
from tests.helpers.looks import looked, looks_of
from tests.helpers.pages import at
from tests.helpers.world import World

HOSTILE = '=HYPERLINK("http://x.example";"y") <img src="file:///etc/passwd"> {{ settings.SECRET_KEY }} {% now "Y" %}'


def test_every_model_about_people_is_in_it_or_has_a_reason() -> None:
    assert set(walls.people_models()) == set(SECTIONS) | set(LEFT_OUT)
    assert not set(SECTIONS) & set(LEFT_OUT)
    names = [section.name for section in SECTIONS.values()]
    assert len(names) == len(set(names))


def lived(world: World) -> models.Case:
    """A case on which something has happened."""
    case = logged(world, answers=DUAL, name="Karla Opfundet", cpr="0108589995", phone="20000001")
    who = {"who": {"name": "Karla Opfundet"}, "case_number": case.short_number, "message": "Ring gerne først."}
    by: dict[str, Any] = {"by": world.alice, "now": clock.now()}
    with scope.scope(world.alice.unit.pk):
        actions.add_note(case=case, note=HOSTILE, **by)
        actions.record_call(case=case, channel=Channel.PHONE, reached=Reached.AGREED, note="Vil gerne i gang.", **by)
        actions.send_referral(
            case=case, service=service("dual_diagnosis_municipal", world.bo.unit), sides=[Side.SUBSTANCE],
            role="primary", telling=actions.Telling(who, YES), **by,
        )  # fmt: skip
        actions.correct_fact(case=case, fact="name", right="Karla Månsson", because="Sygesikringskort.", **by)
    at(world.alice).get(reverse("case", args=[case.pk]))
    return case


def made(world: World, case: models.Case) -> models.Export:
    response = at(world.alice).post(reverse("ask_for_export", args=[case.pk]), {"note": "På et møde."})
    assert response.status_code == 302
    with scope.scope(world.alice.unit.pk):
        assert actions.make_papers(now=clock.now) == 1
        assert actions.make_papers(now=clock.now) == 0
        return models.Export.objects.select_related("data_key", "case").get()


def test_it_says_all_there_is(world: World) -> None:
    export = made(world, lived(world))
    fetched = at(world.alice).get(reverse("export_file", args=[export.pk, "json"]))
    assert fetched["Content-Type"] == "application/json" and "no-store" in fetched["Cache-Control"]
    assert re.fullmatch(r'attachment; filename="vejviser-\d{4}-\d\d-\d\d\.json"', fetched["Content-Disposition"])
    said = json.loads(fetched.content)
    assert (said["format"], said["version"], said["controller"]["organisation"]) == (
        "vejviser-export", "1", "Aarhus Jobcenter",
    )  # fmt: skip

    (patient,), (case,) = said["patient"], said["cases"]
    assert (patient["name"], patient["cpr"], patient["phone"]) == ("Karla Månsson", "0108589995", "20000001")
    assert case["coordinator_unit"] == "Aarhus Koordination, Modtagelsen" and case["number"] == export.case.short_number
    (answers,) = said["questionnaire_responses"]
    assert {line["question"] for line in answers["answers"]} and answers["suggested"][0]["reasons"]
    assert said["disclosures"][0]["content"]["message"] == "Ring gerne først."
    assert said["service_requests"][0]["status"] == {"code": "sent", "text": "Sendt"}
    assert {"Vil gerne i gang.", HOSTILE, "På et møde."} <= {event["note"] for event in said["history"]}
    assert [(row["before"], row["after"]) for row in said["provenance"]] == [("Karla Opfundet", "Karla Månsson")] * 2
    look = next(look for look in said["audit_events"] if look["organisation"] == "Aarhus Jobcenter, Modtagelsen")
    assert look["purpose"]["code"] == "help" and look["at"].startswith(str(clock.now().year))
    # Nobody who works there is named, but where a copy that was sent has named them.
    assert "Alice Jensen" not in json.dumps({key: rows for key, rows in said.items() if key != "disclosures"})


def test_people_can_read_it_and_machines_can_read_it_out(world: World) -> None:
    export = made(world, lived(world))
    page = html(json.loads(export.document))
    said = " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())
    assert "Karla Månsson" in said and "010858-9995" in said and "Ring gerne først." in said
    assert "<img" not in page and HOSTILE in unescape(page)

    content = at(world.alice).get(reverse("export_file", args=[export.pk, "pdf"])).content
    streams = [_inflated(each) for each in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)]
    everything = content + b"".join(streams)
    assert content.startswith(b"%PDF-") and b"pdfuaid" in everything
    assert re.search(rb"/Lang\s*\(da\)", everything) and re.search(rb"/Marked\s+true", everything)
    assert b"/StructTreeRoot" in everything and b"/H1" in everything and b"/TH" in everything


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:
        return stream


def test_the_worker_process_makes_it_and_tells_of_looks_elsewhere(committed_world: World) -> None:
    """As the worker's own role, which sees nobody but in a scope; looks of every organisation are told."""
    world = committed_world
    case = lived(world)
    looked(case, by=world.erik)
    at(world.alice).post(reverse("ask_for_export", args=[case.pk]), {"note": "På et møde."})
    with play_for_a_while(WORKER):
        make_papers()
    with scope.scope(world.alice.unit.pk):
        export = models.Export.objects.select_related("data_key").get()
        assert export.made_at
        said = json.loads(export.document)
    assert said["patient"][0]["name"] == "Karla Månsson"
    assert {look["organisation"] for look in said["audit_events"]} == {
        "Aarhus Jobcenter, Modtagelsen", "Aalborg Jobcenter, Modtagelsen",
    }  # fmt: skip


def test_others_see_how_far_it_is_and_nothing_of_it_before_it_is_whole(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another connection looks as the worker process comes to the looks, and to the PDF, where it dies the first time."""
    world, parts = committed_world, len(SECTIONS) + 1
    case = lived(world)
    page = at(world.alice).post(reverse("ask_for_export", args=[case.pk]), {"note": "På et møde."})["Location"]
    who_looked, pdf = document.who_looked, papers.pdf
    seen: list[Any] = []

    def look() -> None:
        with as_owner() as owner:
            seen.extend(owner.execute("SELECT done, total, document, pdf, made_at FROM referrals_export").fetchall())

    def look_at_looks(person: models.Person) -> Any:
        look()
        return who_looked(person)

    def die(said: Any) -> bytes:
        look()
        raise KeyboardInterrupt

    monkeypatch.setattr(document, "who_looked", look_at_looks)
    with play_for_a_while(WORKER):
        monkeypatch.setattr(papers, "pdf", die)
        with pytest.raises(KeyboardInterrupt):
            make_papers()
    half = (parts - 1, parts, b"", b"", None)
    assert seen == [(parts - 2, parts, b"", b"", None), half]
    for address in (page, reverse("rights", args=[case.pk])):
        assert f"{parts - 1} af {parts}" in at(world.alice).get(address).content.decode()
    assert f'max="{parts}" value="{parts - 1}"' in at(world.alice).get(page).content.decode()

    with play_for_a_while(WORKER):
        monkeypatch.setattr(papers, "pdf", pdf)
        make_papers()
    assert [row[0] for row in seen] == [parts - 2, parts - 1, parts - 2]
    assert "Hent PDF" in at(world.alice).get(page).content.decode()
    assert "Det er klar" in at(world.alice).get(reverse("rights", args=[case.pk])).content.decode()


def test_two_processes_do_not_make_the_same(committed_world: World) -> None:
    case = lived(committed_world)
    with scope.scope(committed_world.alice.unit.pk):
        asked = actions.ask_for_export(
            case=case, note="På et møde.", language="da", by=committed_world.alice, now=clock.now()
        )
    with as_worker() as other, play_for_a_while(WORKER):
        other.execute("SELECT pg_advisory_lock(%s)", [asked.pk.int & 0x7FFF_FFFF_FFFF_FFFF])
        assert actions.make_papers(now=clock.now) == 0
        other.execute("SELECT pg_advisory_unlock(%s)", [asked.pk.int & 0x7FFF_FFFF_FFFF_FFFF])
        assert actions.make_papers(now=clock.now) == 1


def test_it_is_sealed_for_a_day_and_every_fetch_is_kept(world: World) -> None:
    export = made(world, lived(world))
    with scope.scope(world.alice.unit.pk):
        for column in ("document", "pdf"):
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT {column} FROM referrals_export")
                sealed = bytes(cursor.fetchone()[0])
            assert len(sealed) > 1000 and b"Karla" not in sealed and b"patient" not in sealed

    address = reverse("export_file", args=[export.pk, "json"])
    at(world.alice).get(address)
    assert ("export_file", "export", "rights", export.person_id) in looks_of(
        world.alice, "what", "how", "purpose", "person"
    )
    assert at(world.bo).get(address).status_code == at(world.erik).get(address).status_code == 404
    assert at(world.alice).get(reverse("export_file", args=[export.pk, "exe"])).status_code == 404
    with time_machine.travel(clock.now() + timedelta(hours=25), tick=False):
        assert at(world.alice).get(address).status_code == 404
        with scope.scope(world.alice.unit.pk):
            actions.make_papers(now=clock.now)
            assert not models.Export.objects.exists()


def test_who_is_protected_is_copied_for_those_who_may_know(world: World) -> None:
    case = lived(world)
    with scope.scope(world.alice.unit.pk):
        actions.protect(case=case, until=clock.today(), because="", by=world.alice, now=clock.now())
    ask = reverse("ask_for_export", args=[case.pk])
    assert at(world.alice).post(ask, {"note": "På et møde."}).status_code == 403
    Membership.objects.create(user=world.alice.user, unit=world.alice.unit, role=Role.UNIT_LEADER)
    export = made(world, case)
    Membership.objects.filter(role=Role.UNIT_LEADER).delete()
    for kind in ("json", "pdf"):
        refused = at(world.alice).get(reverse("export_file", args=[export.pk, kind]))
        assert refused.status_code == 403 and b"Karla" not in refused.content


def test_what_fails_is_said_without_a_word_of_the_citizen(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    case = lived(world)

    def fail(*args: Any, **kwargs: Any) -> None:
        raise ValueError("Karla Opfundet")

    monkeypatch.setattr("referrals.actions.papers.pdf", fail)
    export = made(world, case)
    assert export.failed_at and not export.made_at and export.document == ""
    assert "ValueError" in caplog.text and "Karla" not in caplog.text
    assert at(world.alice).get(reverse("export_file", args=[export.pk, "pdf"])).status_code == 404
