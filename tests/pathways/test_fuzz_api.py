"""The API, tried by a machine that has read its contract: what fits it, what breaks it, and nothing is ever our fault."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.helpers.cases import sent
from tests.helpers.contract import openapi
from tests.helpers.pages import at
from tests.helpers.snapshot import everything
from tests.helpers.world import World

CONTRACT = schemathesis.openapi.from_dict(openapi())
CONTRACT.app = get_wsgi_application()
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
SECRET = "a-secret-of-the-provider"
FEW = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)


class Undo(Exception):
    """The example is over, and has never been."""


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Django's own test client does the same: what a request leaves open is the test's, and not closed after it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def cases(path: str, **given: Any) -> Any:
    operation = CONTRACT[path]["POST"]
    right, wrong = (operation.as_strategy(mode, **given) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE))
    return st.one_of(right, wrong)


def holds(case: Any, cookies: dict[str, str] | None = None, **headers: str) -> Any:
    try:
        with transaction.atomic():
            response = case.call(headers=headers, cookies=cookies)
            case.validate_response(response, checks=CHECKS)
            raise Undo
    except Undo:
        return response


@pytest.mark.django_db
@FEW
@given(case=cases("/api/v1/match/"))
def test_the_match_answers_to_whatever_it_is_asked(case: Any) -> None:
    answer = holds(case)
    assert answer.headers["cache-control"] == ["no-store"]


@pytest.mark.django_db
@FEW
@given(case=cases("/bounces/"))
def test_a_report_of_a_bounce_is_believed_or_refused(case: Any, settings: Any) -> None:
    settings.BOUNCE_SECRET = SECRET
    holds(case, Authorization=f"Bearer {SECRET}")


def test_a_return_is_done_or_refused(world: World) -> None:
    referral, token = sent(world, to=world.bo.unit), "x" * 32
    cookies = {name: each.value for name, each in at(world.bo).cookies.items()} | {"csrf": token}
    before, statuses = everything(), set[int]()

    @FEW
    @given(case=cases("/api/v1/referrals/{referral_id}/return/", path_parameters={"referral_id": str(referral.pk)}))
    def try_one(case: Any) -> None:
        answer = holds(case, cookies, **{"X-CSRFToken": token})
        statuses.add(answer.status_code)

    try_one()
    assert everything() == before
    assert statuses >= {400, 422}, "not to be read, and read but refused"
