"""The public match API and its command line: the contract, against the loaded national baseline."""

from __future__ import annotations

import io
import json
import logging
from datetime import date
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pathways import models
from pathways.api.parsers import LARGEST

pytestmark = pytest.mark.django_db

VIGNETTES = json.loads((settings.ROOT / "tests/pathways/vignettes.json").read_text(encoding="utf-8"))["vignettes"]
IN_AARHUS = [vignette for vignette in VIGNETTES if not vignette.get("absent")]
PLAIN = {"municipality": "0751", "age": 22, "substance": {"use": "misuse", "substances": ["cannabis"]}}
WITH_A_GAP = {**PLAIN, "municipality": "0773", "mental": {"state": "moderate"}}


def post(client: Client, body: Any, *, query: str = "", **headers: str) -> Any:
    text = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(reverse("api:match") + query, text, content_type="application/json", headers=headers)


@pytest.mark.parametrize("vignette", IN_AARHUS, ids=[vignette["id"] for vignette in IN_AARHUS])
def test_vignette(client: Client, vignette: dict[str, Any]) -> None:
    said = post(client, vignette["profile"]).json()
    expect = vignette["expect"]
    kinds = {
        role: sorted(match["kind"] for match in said["matches"] if match["role"] == role) for role in expect["roles"]
    }
    assert (said["level"], said["side"]) == (expect["level"], expect["side"])
    assert kinds == {role: sorted(wanted) for role, wanted in expect["roles"].items()}
    assert sorted(obligation["code"] for obligation in said["obligations"]) == sorted(expect["obligations"])
    assert said["gaps"] == []
    assert all(match["services"] for match in said["matches"])


@time_machine.travel("2026-11-22 09:00Z", tick=False)
def test_the_answer_is_the_contracts(client: Client) -> None:
    response = post(client, PLAIN)
    said = response.json()
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    assert list(said) == ["rule_set", "level", "side", "matches", "undecided", "obligations", "gaps"]
    assert said["rule_set"]["version"] == "2026.1"
    primary = said["matches"][0]
    assert {key: primary[key] for key in ("role", "kind", "substitute_for")} == {
        "role": "primary",
        "kind": "substance_treatment_youth",
        "substitute_for": None,
    }
    service = models.Service.objects.get(code="substance-treatment-youth-0751")
    assert primary["services"] == [
        {
            "id": str(service.id),
            "name": "Rusmiddelbehandling for unge",
            "organisation": "Aarhus Kommune",
            "wait_days": service.wait_days,
            "access": ["self", "professional", "gp"],
            "phone": None,
            "verified": False,
        }
    ]
    assert primary["rights"][0] == {
        "code": "treatment_14_days_social",
        "days": 14,
        "counts_from": "første henvendelse, uanset hvor",
        "law": "SEL § 101",
        "as_of": "2015",
        "verified": False,
    }
    assert set(primary["reasons"][0]) == {"rule", "text", "source"}
    assert primary["reasons"][0]["rule"] == "C6"
    assert said["matches"][-1]["role"] == "fallback"
    assert said["obligations"][-1].keys() >= {"code", "rule", "text", "strength"}


def test_roles_stand_in_their_order(client: Client) -> None:
    said = post(client, {**PLAIN, "acute": ["suicide_attempt"]}).json()
    roles = [match["role"] for match in said["matches"]]
    assert roles == sorted(roles, key=["acute", "primary", "parallel", "support", "fallback"].index)
    assert {"acute", "primary", "parallel", "support", "fallback"} >= set(roles)


def test_the_same_question_gets_the_same_bytes(client: Client) -> None:
    first, second = post(client, PLAIN), post(client, json.dumps(dict(reversed(PLAIN.items()))))
    assert first.content == second.content


@pytest.mark.parametrize(
    ("accept", "language", "text"),
    [
        ("da", "da", "Guid borgeren helt frem til den rigtige hjælp"),
        ("en-GB,en;q=0.9,da;q=0.5", "en", "Guide the citizen all the way to the right help"),
        ("de,en;q=0.2", "en", "Guide the citizen all the way to the right help"),
        ("ar", "da", "Guid borgeren helt frem til den rigtige hjælp"),
        ("*", "da", "Guid borgeren helt frem til den rigtige hjælp"),
    ],
)
def test_the_language_is_the_one_asked_for(client: Client, accept: str, language: str, text: str) -> None:
    response = post(client, PLAIN, accept_language=accept)
    obligations = {obligation["code"]: obligation["text"] for obligation in response.json()["obligations"]}
    assert obligations["guide_to_service"] == text
    assert response["Content-Language"] == language
    assert "Accept-Language" in response["Vary"]


def test_explaining_all_adds_what_was_ruled_out_and_why(client: Client) -> None:
    assert "not_matched" not in post(client, PLAIN).json()
    ruled_out = post(client, PLAIN, query="?explain=all", accept_language="en").json()["not_matched"]
    by_kind = {entry["kind"]: entry for entry in ruled_out}
    assert by_kind["integrated_team"] == {
        "kind": "integrated_team",
        "rule": "C3",
        "verdict": "unknown",
        "text": "Needs level: 4. Not all it depends on was asked.",
    }
    assert by_kind["prison_treatment"]["text"] == "Not asked: In prison."
    assert by_kind["prison_treatment"]["verdict"] == "unknown"


@pytest.mark.parametrize("language", ["da", "en"])
def test_why_not_is_a_sentence_without_codes(client: Client, language: str) -> None:
    for vignette in IN_AARHUS[::4]:
        said = post(client, vignette["profile"], query="?explain=all", accept_language=language).json()
        for entry in said["not_matched"]:
            assert entry["text"].endswith("."), entry
            assert not {"_", "{"} & set(entry["text"]), entry


def test_an_emergency_number_is_given_but_not_as_checked(client: Client) -> None:
    (service,) = post(client, {**PLAIN, "acute": ["life_danger"]}).json()["matches"][0]["services"]
    assert (service["name"], service["phone"], service["verified"]) == ("Alarm 112", "112", False)


BAD = {
    "unknown municipality": ({**PLAIN, "municipality": "0999"}, {"municipality"}),
    "no municipality": ({"age": 3}, {"municipality"}),
    "no age": ({"municipality": "0751"}, {"age"}),
    "age as text": ({**PLAIN, "age": "22"}, {"age"}),
    "unknown code": ({**PLAIN, "door": "bakery"}, {"door"}),
    "unknown field": ({**PLAIN, "name": "Somebody"}, {"name"}),
    "all at once": (
        {"municipality": "0999", "age": 121, "door": "bakery", "x": 1},
        {"municipality", "age", "door", "x"},
    ),
    "a list": ([], {"$"}),
    "a text": ("hello", {"$"}),
    "nothing": (None, {"$"}),
    "an empty object": ({}, {"municipality", "age"}),
}


@pytest.mark.parametrize("case", BAD)
def test_every_wrong_field_is_named_with_what_is_allowed(client: Client, case: str) -> None:
    body, fields = BAD[case]
    response = post(client, json.dumps(body))
    assert response.status_code == 400
    assert {error["field"] for error in response.json()["errors"]} == fields
    assert not models.GapCount.objects.exists()


def test_a_wrong_code_is_told_with_the_allowed_ones(client: Client) -> None:
    (error,) = post(client, {**PLAIN, "role": "boss"}).json()["errors"]
    assert error == {
        "field": "role",
        "message": 'unknown code "boss"',
        "allowed": ["citizen", "relative", "professional"],
    }


UNREADABLE = {
    "not JSON": "{",
    "not UTF-8": b"\xff\xfe",
    "NaN": '{"municipality": "0751", "age": NaN}',
    "half a character": '{"municipality": "0751", "age": 22, "door": "\\ud800"}',
    "too deep": "[" * 9000,
    "a very long number": '{"age": ' + "9" * 5000 + "}",
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_what_cannot_be_read_is_a_bad_request(client: Client, case: str) -> None:
    response = post(client, UNREADABLE[case])
    assert response.status_code == 400
    assert response.json() == {"detail": "The request is not JSON that can be read."}


def test_too_large_a_request_is_refused(client: Client) -> None:
    response = post(client, json.dumps(PLAIN) + " " * LARGEST)
    assert response.status_code == 413


def test_only_json_and_only_post(client: Client) -> None:
    assert client.post(reverse("api:match"), {"age": 3}).status_code == 415
    assert client.get(reverse("api:match")).status_code == 405


def test_it_needs_no_sign_in_and_no_csrf_token() -> None:
    assert post(Client(enforce_csrf_checks=True), PLAIN).status_code == 200


def test_nothing_asked_is_logged_or_stored(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with CaptureQueriesContext(connection) as queries:
        post(client, PLAIN)
        post(client, {**PLAIN, "door": "bakery"})
    assert not [q["sql"] for q in queries if q["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    logged = " ".join(record.getMessage() for record in caplog.records if record.name != "django.db.backends")
    assert "cannabis" not in logged
    assert "bakery" not in logged


@time_machine.travel("2026-11-22 09:00Z", tick=False)
def test_a_gap_is_counted_by_month_kind_and_municipality_and_nothing_else(client: Client) -> None:
    post(client, WITH_A_GAP)
    post(client, WITH_A_GAP)
    counted = models.GapCount.objects.values_list("month", "kind_id", "municipality_id", "count")
    assert (date(2026, 11, 1), "dual_diagnosis_municipal", "0773", 2) in list(counted)
    assert {row[2:] for row in counted} == {("0773", 2)}


@pytest.mark.parametrize(("answers", "count"), [(PLAIN, 1), (WITH_A_GAP, 2)])
def test_a_match_costs_few_queries(client: Client, answers: dict[str, Any], count: int) -> None:
    post(client, answers)  # the rulebook is read once
    with CaptureQueriesContext(connection) as queries:
        post(client, answers)
    assert len(queries) == count, [query["sql"] for query in queries]


def run_match(monkeypatch: pytest.MonkeyPatch, lines: bytes) -> list[dict[str, Any]]:
    out = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines)))
    try:
        call_command("match", stdout=out)
    finally:
        answers = [json.loads(line) for line in out.getvalue().splitlines()]
        run_match.answers = answers  # type: ignore[attr-defined]
    return answers


def test_the_command_answers_line_by_line_as_the_api_does(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = "\n".join(json.dumps(body) for body in (PLAIN, WITH_A_GAP)).encode()
    assert run_match(monkeypatch, lines) == [post(client, PLAIN).json(), post(client, WITH_A_GAP).json()]


def test_a_bad_line_is_an_error_in_its_place_and_status_1(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    bad = json.dumps({"municipality": "0751", "age": 22, "door": "bakery"}).encode()
    with pytest.raises(CommandError) as caught:
        run_match(monkeypatch, b"\n".join([b"{", json.dumps(PLAIN).encode(), b"\xff", bad]) + b"\n")
    first, second, third, fourth = run_match.answers  # type: ignore[attr-defined]
    assert caught.value.returncode == 1
    assert first == third == {"error": "The request is not JSON that can be read."}
    assert second == post(client, PLAIN).json()
    assert fourth["error"].startswith('door: unknown code "bakery"; allowed: jobcenter, school,')
