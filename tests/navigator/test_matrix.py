"""The matrix: every address, every role, and from where somebody asks.

A person is planted with words of theirs in every field. Whoever has no business there is refused, the answer holds none of
the words, and a refused POST changes nothing. The addresses come from the URL conf: a new one is in the matrix by itself
where it names what is planted already, else it takes a line in PLANTED (a thing of the planted person) or FILLED (anything
else). A new column is one function.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from uuid_utils.compat import uuid7

from navigator import clock
from navigator.accounts.models import Role, Unit
from navigator.accounts.permissions import Access, access_to, allows
from navigator.web.models import JOBS, beat
from tests.helpers.planted import HELD, MARKS, TOLD, TOLD_BEFORE, Planted, plant, some_address
from tests.helpers.snapshot import digests
from tests.helpers.urls import urls

# Two halves, for two processes; each has one world for all.
HALVES = [pytest.mark.xdist_group("matrix-0"), pytest.mark.xdist_group("matrix-1")]

# What in an address names something of the planted person: Planted.keys has it. Elsewhere it is refused.
PLANTED = {
    "case_id", "referral_id", "follow_up_id", "guarantee_id", "link_id", "take_over_id", "job_id", "draft_id",
    "notice_id", "access_id", "look_id", "worker_id", "membership_id", "unit_id", "invitation_id", "event_id",
    "consent_id", "concern_id", "export_id", "round_id", "letter_id",
}  # fmt: skip
# What else an address may hold.
FILLED: dict[str, Any] = {
    "token": "a-token-that-nobody-was-sent",
    "provider_id": "nobody",
    "event": "accept",
    "step": "record_attempt",
    "pk": 1,
    "session_id": uuid7(),
    "object_id": "1",
    "app_label": "pathways",
    "kind": "json",
    "organisation_id": uuid7(),
    "slug": "urgent",
}
# What is planted for one address only.
INSTEAD = {
    "answer_right": {"event_id": "right_event_id"},
    "case_task_done": {"follow_up_id": "consent_ends_id"},
    "duty_done": {"follow_up_id": "duty_id"},
    "first_week": {"follow_up_id": "first_week_id"},
    "task_done": {"follow_up_id": "reach_out_id"},
}
# What a form must hold to be more than a mistake.
SAID: dict[str, dict[str, str]] = {
    "search": {"said": "number"},
    "link_person": {"number": "other_number"},
    "show_cpr": {"purpose": "purpose"},
}


@dataclass(frozen=True)
class Column:
    """From where somebody asks: their unit, what of the planted person an address may name there, and whose words may
    stand in the answer."""

    unit: Unit
    reaches: frozenset[str] = frozenset()
    sees: tuple[str, ...] = ()


def own(planted: Planted) -> Column:
    return Column(planted.world.alice.unit, frozenset(PLANTED), (HELD, TOLD, TOLD_BEFORE))


def receiver(planted: Planted) -> Column:
    """What was sent, not the case."""
    return Column(planted.world.bo.unit, frozenset({"referral_id"}), (TOLD,))


def former_receiver(planted: Planted) -> Column:
    """Its own old copy, and nothing of what came after."""
    return Column(planted.former.unit, sees=(TOLD_BEFORE,))


def neighbour(planted: Planted) -> Column:
    """Another unit of the same organisation: scope is the unit. Only who works there is said for the whole organisation."""
    return Column(planted.neighbour.unit, frozenset({"worker_id", "membership_id", "unit_id", "invitation_id"}))


def other_organisation(planted: Planted) -> Column:
    return Column(planted.world.erik.unit)


COLUMNS: tuple[Callable[[Planted], Column], ...] = (own, receiver, former_receiver, neighbour, other_organisation)
# A namespace that is declared as a whole may hold addresses without a name.
URLS = {name: holds for name, holds in urls() if not name.endswith(":None")}
SIGNED_OUT = "signed out"

# Where the address is not real for every role at home: it is one worker's, the other side's, or made by a task, and has
# tests of its own.
PERSONAL = {
    "draft",
    "delete_draft",
    "emergency_case",
    "take_over",
    "return_referral",
    "show_cpr_told",
    "export_file",
    "letter_file",
}
# Answered alike whether there is such a thing or not, so that pressing twice is no mistake. It changes nothing all the same.
ALIKE = {"delete_draft", "read_news"}


@dataclass(frozen=True)
class Cell:
    """One address, asked for by one role, or by somebody who is not signed in, from one place."""

    url: str
    role: str
    column: str

    @property
    def access(self) -> Access:
        access = access_to(self.url)
        assert access is not None, f"{self.url} is not in navigator/accounts/permissions.py"
        return access

    @property
    def may(self) -> bool:
        """As the table says. Here administrators have the staff flag, and nobody else."""
        if self.access.public or self.role == SIGNED_OUT:
            return self.access.public
        return allows(self.access, roles=frozenset({Role(self.role)}), is_staff=self.role == Role.ADMINISTRATOR)

    @property
    def names(self) -> set[str]:
        """What of the planted person the address names."""
        return PLANTED & set(URLS[self.url])

    def is_refused(self, column: Column) -> bool:
        return not self.may or bool(self.names - column.reaches)


def columns_of(url: str) -> tuple[Callable[[Planted], Column], ...]:
    """All; but the administration, declared as a whole, knows of no units: there it is one whichever unit asks."""
    return COLUMNS[:1] if url.startswith("admin:") else COLUMNS


def cells(url: str) -> Iterator[Cell]:
    for column in columns_of(url):
        for role in Role:
            yield Cell(url, role, column.__name__)
    yield Cell(url, SIGNED_OUT, own.__name__)


@pytest.fixture(scope="module")
def planted(django_db_setup: None, django_db_blocker: Any) -> Iterator[Planted]:
    """The world, made once: whatever a cell changes is rolled back to here."""
    logging.getLogger("django.request").setLevel(logging.ERROR)  # a refusal writes a page into the log, each
    with django_db_blocker.unblock(), transaction.atomic():
        for job in JOBS:
            beat(job, now=clock.now(), did={})
        planted = plant()
        for column in COLUMNS:
            for role in Role:
                planted.session(column(planted).unit, role)
        yield planted
        transaction.set_rollback(True)
    logging.getLogger("django.request").setLevel(logging.NOTSET)


@pytest.fixture(scope="module")
def before(planted: Planted) -> dict[str, str]:
    return digests()


@pytest.mark.parametrize("url", [pytest.param(url, marks=HALVES[n % 2]) for n, url in enumerate(sorted(URLS))])
def test_nobody_gets_where_they_have_no_business(
    url: str, planted: Planted, before: dict[str, str], record_property: Any
) -> None:
    wrong, asked = [], 0
    columns = {column.__name__: column(planted) for column in COLUMNS}
    offered = ways(planted, url, columns)
    for refused in (True, False):
        for cell in cells(url):
            if cell.is_refused(columns[cell.column]) is not refused:
                continue
            asked += 1
            asked_by = [way for way in offered if way != "fragment" or cell.may]  # the table does not tell them apart
            answers = {way: ask(planted, cell, columns[cell.column], way=way) for way in asked_by}
            wrong += [f"{cell.role}, {cell.column}: {said}" for said in judge(cell, columns[cell.column], answers)]
        if refused:
            assert digests() == before, "a refused request has changed something"
    assert wrong == [], "\n".join(wrong)
    assert asked == len(columns_of(url)) * len(Role) + 1
    record_property("cells of the matrix", asked)


def test_no_cell_is_missing() -> None:
    """Each address of our own by each role from each place, and by somebody who is not signed in; the administration's,
    which knows of no units, from one place. How many were asked is said at the end of the run."""
    whole = [url for url in URLS if url.startswith("admin:")]
    each = len(COLUMNS) * len(Role) + 1
    number = sum(len(set(cells(url))) for url in URLS)
    assert each == 46
    assert number == (len(URLS) - len(whole)) * each + len(whole) * (len(Role) + 1)
    assert number > 6500


@HALVES[0]
@pytest.mark.parametrize(
    ("column", "role", "url", "key", "found"),
    [
        (own, Role.FRONTLINE, "case", "case_id", {HELD}),
        (own, Role.UNIT_LEADER, "my_list", "", {HELD}),
        (receiver, Role.RECEIVER, "referral", "referral_id", {TOLD}),
        (former_receiver, Role.RECEIVER, "referral", "returned_id", {TOLD_BEFORE}),
    ],
)
def test_the_words_are_found_where_they_belong(
    planted: Planted, column: Callable[[Planted], Column], role: Role, url: str, key: str, found: set[str]
) -> None:
    """Else nothing found would prove nothing. A former receiver keeps its own copy, and learns nothing that came after."""
    client = Client(REMOTE_ADDR=some_address())
    client.cookies[settings.SESSION_COOKIE_NAME] = planted.session(column(planted).unit, role)
    body = client.get(reverse(url, args=[planted.keys[key]] if key else [])).content.decode()
    shown = {mark for mark, words in MARKS.items() if any(word in body for word in words)}
    assert found <= shown <= found | set(column(planted).sees)


def ways(planted: Planted, url: str, columns: dict[str, Column]) -> list[str]:
    """How the address can be asked for at all, as somebody who may hears it: as a page and a fragment of it, or to do
    something, or both."""
    first = next(cell for cell in cells(url) if cell.may)
    there = {
        way: ask(planted, first, columns[first.column], way=way, keep=False).status_code for way in ("GET", "POST")
    }
    assert set(there.values()) != {405}
    return (["GET", "fragment"] if there["GET"] != 405 else []) + (["POST"] if there["POST"] != 405 else [])


def ask(planted: Planted, cell: Cell, column: Column, *, way: str, keep: bool = True) -> HttpResponse:
    """One request. What it changes is kept where it should have changed nothing, else rolled back."""
    client = Client(REMOTE_ADDR=some_address(), headers={"HX-Request": "true"} if way == "fragment" else None)
    if cell.role != SIGNED_OUT:
        client.cookies[settings.SESSION_COOKIE_NAME] = planted.session(column.unit, cell.role)
    with transaction.atomic():
        if way == "POST":
            response = client.post(address(planted, cell.url), said(planted, cell.url), **_kind(cell.url))
        else:
            response = client.get(address(planted, cell.url))
        if not (keep and cell.is_refused(column)):
            transaction.set_rollback(True)
    return response  # type: ignore[return-value]


def address(planted: Planted, url: str) -> str:
    keys = FILLED | planted.keys | {name: planted.keys[key] for name, key in INSTEAD.get(url, {}).items()}
    assert set(URLS[url]) <= set(keys), f"{url}: plant it (tests/helpers/planted.py, PLANTED), or fill it in (FILLED)"
    return reverse(url, kwargs={name: keys[name] for name in URLS[url]})


def said(planted: Planted, url: str) -> dict[str, Any]:
    return {name: planted.keys[key] for name, key in SAID.get(url, {}).items()}


def judge(cell: Cell, column: Column, answers: dict[str, HttpResponse]) -> Iterator[str]:
    """What is wrong with the answers to one cell."""
    sees = column.sees if cell.may and cell.role != SIGNED_OUT else ()
    for way, answer in answers.items():
        body = answer.content.decode(errors="replace") + repr(dict(answer.headers))
        shown = [mark for mark, words in MARKS.items() if mark not in sees and any(word in body for word in words)]
        if shown:
            yield f"{way} shows {shown}"
    statuses = {way: answer.status_code for way, answer in answers.items()}
    if cell.access.public:
        return
    if cell.role == SIGNED_OUT:
        to_login = [
            answer.headers.get("HX-Redirect" if way == "fragment" else "Location", "")
            for way, answer in answers.items()
            if way != "POST"
        ]
        if statuses.get("POST", 403) != 403 or not all(said.startswith(reverse("account_login")) for said in to_login):
            yield f"is not asked to sign in: {statuses}"
    elif not cell.may:
        if set(statuses.values()) != ({302} if cell.access.front else {403}):
            yield f"may not, and gets {statuses}"
    elif cell.is_refused(column):
        if not set(statuses.values()) <= ({302} if cell.url in ALIKE else {403, 404}):
            yield f"is not theirs, and they get {statuses}"
    elif cell.names and cell.column == own.__name__ and cell.url not in PERSONAL and not _is_real(statuses):
        yield f"is theirs, and they get {statuses}"


def _is_real(statuses: dict[str, int]) -> bool:
    """The address leads to something: else all the refusals of it would prove nothing."""
    return statuses.get("GET") not in (403, 404) and statuses.get("POST") != 404


def _kind(url: str) -> dict[str, Any]:
    return {"content_type": "application/json"} if ":" in url else {}
