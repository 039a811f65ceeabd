"""The matrix: every address, every role, and from where somebody asks.

Two people are planted with words of theirs in every field; one of them has a protected name and address. Whoever has no
business there is refused, the answer holds none of the words, and a refused request changes nothing. The addresses come from
the URL conf: a new one is in the matrix by itself where it names what is planted already, else it takes a line in PLANTED (a
thing of the planted person) or FILLED (anything else). A new column is one function.
"""

from __future__ import annotations

import dataclasses
import gc
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from django.test.client import ClientHandler
from django.urls import resolve, reverse
from uuid_utils.compat import uuid7

from navigator import clock
from navigator.accounts.middleware import AccessMiddleware
from navigator.accounts.models import Role, Unit
from navigator.accounts.permissions import PROTECTED_READERS, Access, access_to, allows
from navigator.web.models import JOBS, beat
from tests.helpers.planted import (
    HELD,
    HIDDEN,
    MARKS,
    TAKEN_BACK,
    TOLD,
    TOLD_BEFORE,
    Planted,
    plant,
    some_address,
)
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
    "because": "Borgeren ringer selv.",
    "form": "csv",
    "kind": "json",  # and as PDF: `ways`
    "organisation_id": uuid7(),
    "slug": "urgent",
    "code": "arrived-14",
}
# What is planted for one address only.
INSTEAD = {
    "answer_right": {"event_id": "right_event_id"},
    "case_task_done": {"follow_up_id": "consent_ends_id"},
    "duty_done": {"follow_up_id": "duty_id"},
    "first_week": {"follow_up_id": "first_week_id"},
    "plan_step": {"step": "plan_step"},
    "task_done": {"follow_up_id": "reach_out_id"},
}
# What a form must hold to be more than a mistake.
SAID: dict[str, dict[str, str]] = {
    "search": {"said": "number"},
    "link_person": {"number": "other_number"},
    "show_cpr": {"purpose": "purpose"},
    "show_identity": {"because": "because"},
}
# What takes the words by POST and shows what they find by GET: both are one request here.
THEN_SHOWN = {"search"}
# Where those who may read a protected name are shown one, and others are refused.
NAMES_THE_PROTECTED = {"show_identity", "ask_for_export", "export", "export_file"}


@dataclass(frozen=True)
class Column:
    """From where somebody asks: their unit, what of the planted person an address may name there, and whose words may
    stand in the answer. `keys` is what addresses name instead, and `no` how a refusal there is answered."""

    unit: Unit
    reaches: frozenset[str] = frozenset()
    sees: tuple[str, ...] = ()
    keys: Mapping[str, object] = field(default_factory=dict)
    no: frozenset[int] = frozenset({403, 404})


def own(planted: Planted) -> Column:
    return Column(planted.world.alice.unit, frozenset(PLANTED), (HELD, TOLD, TOLD_BEFORE, TAKEN_BACK))


def protected_person(planted: Planted) -> Column:
    """The same unit, asking for somebody whose name and address no page of anybody shows."""
    return Column(planted.world.alice.unit, frozenset(PLANTED), own(planted).sees, planted.protected)


def receiver(planted: Planted) -> Column:
    """What was sent, not the case."""
    return Column(planted.world.bo.unit, frozenset({"referral_id"}), (TOLD,))


def former_receiver(planted: Planted) -> Column:
    """Its own old copy, and nothing of what came after."""
    return Column(planted.former.unit, sees=(TOLD_BEFORE,))


def after_withdrawal(planted: Planted) -> Column:
    """A service from which the citizen took it back before anybody there had opened it: it may hear that (410; 409 where it
    wants to do something, 400 where it has not said what), and nothing else."""
    taken_back = {"referral_id": planted.keys["taken_back_id"]}
    return Column(planted.too_late.unit, keys=taken_back, no=frozenset({400, 403, 404, 409, 410}))


def neighbour(planted: Planted) -> Column:
    """Another unit of the same organisation: scope is the unit. Only who works there is said for the whole organisation."""
    return Column(planted.neighbour.unit, frozenset({"worker_id", "membership_id", "unit_id", "invitation_id"}))


def other_organisation(planted: Planted) -> Column:
    return Column(planted.world.erik.unit)


COLUMNS: tuple[Callable[[Planted], Column], ...] = (
    own, protected_person, receiver, former_receiver, after_withdrawal, neighbour, other_organisation,
)  # fmt: skip
PLACES = [column.__name__ for column in COLUMNS]
# A namespace that is declared as a whole may hold addresses without a name.
URLS = {name: holds for name, holds in urls() if not name.endswith(":None")}
ORDER = {url: number for number, url in enumerate(sorted(URLS))}
WITHOUT_COLUMNS = {url for url in URLS if url.startswith("admin:")}
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
    "emergency_identity",
}
# Answered alike whether there is such a thing or not, so that pressing twice is no mistake. It changes nothing all the same.
ALIKE = {"delete_draft", "read_news", "open_referral"}


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

    @property
    def turn(self) -> int:
        """So that each role, and each place, comes by every way; and each role, at one address or another, by every place."""
        return PLACES.index(self.column) + list(Role).index(Role(self.role)) + ORDER[self.url]

    @property
    def stops_at_the_gate(self) -> bool:
        """The table alone has the word, and it knows address and role: no view has run, or it runs for anybody. So each role
        asks from one place, and from the others the gate is asked instead of the whole house."""
        return self.role != SIGNED_OUT and (self.access.public or not self.may) and bool(self.turn % len(PLACES))

    def by(self, offered: list[str], column: Column) -> list[str]:
        """The ways in which this cell is asked: each, where something of theirs may be shown, and to sign in. A refusal is
        the same whichever way, and so is a page that names nobody of theirs: there the ways take turns."""
        if self.role == SIGNED_OUT or self.access.public or (self.column == own.__name__ and self.may):
            return offered
        told_apart = bool(self.names) and not self.is_refused(column)
        return offered if told_apart else [offered[self.turn % len(offered)]]


def columns_of(url: str) -> tuple[Callable[[Planted], Column], ...]:
    """All; but the administration, declared as a whole, knows of no units: there it is one whichever unit asks."""
    return COLUMNS[:1] if url in WITHOUT_COLUMNS else COLUMNS


def cells(url: str) -> Iterator[Cell]:
    for column in columns_of(url):
        for role in Role:
            yield Cell(url, role, column.__name__)
    yield Cell(url, SIGNED_OUT, own.__name__)


class Asking(RequestFactory):
    """A browser that remembers nothing: one for all cells, for to put the middleware together takes longer than to ask."""

    def __init__(self) -> None:
        super().__init__()
        self.handler = ClientHandler(enforce_csrf_checks=False)

    def request(self, **request: Any) -> Any:
        return self.handler(self._base_environ(**request))


ASKING, GATE = Asking(), AccessMiddleware(lambda request: HttpResponse())


@pytest.fixture(scope="module")
def planted(django_db_setup: None, django_db_blocker: Any) -> Iterator[Planted]:
    """The world, made once: whatever a cell changes is rolled back to here."""
    logging.disable(logging.WARNING)  # thousands of lines, each kept for whoever reads a failure
    with (
        override_settings(DEBUG_PROPAGATE_EXCEPTIONS=True),
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        for job in JOBS:
            beat(job, now=clock.now(), did={})
        planted = plant()
        for column in COLUMNS:
            for role in Role:
                planted.session(column(planted).unit, role)
        gc.collect()
        gc.freeze()  # what is there by now stays: not to be looked through again and again
        yield planted
        gc.unfreeze()
        transaction.set_rollback(True)
    logging.disable(logging.NOTSET)


@pytest.fixture(scope="module")
def before(planted: Planted) -> dict[str, str]:
    return digests()


@pytest.mark.parametrize("url", [pytest.param(url, marks=HALVES[n % 2]) for url, n in ORDER.items()])
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
            asked, column = asked + 1, columns[cell.column]
            if cell.stops_at_the_gate and url not in WITHOUT_COLUMNS:
                said = list(judge_the_gate(cell, gate(planted, cell, column)))
            else:
                answers = {way: ask(planted, cell, column, way=way) for way in cell.by(offered, column)}
                said = list(judge(cell, column, answers))
            wrong += [f"{cell.role}, {cell.column}: {each}" for each in said]
        if refused:
            assert digests() == before, "a refused request has changed something"
    assert wrong == [], "\n".join(wrong)
    assert asked == len(columns_of(url)) * len(Role) + 1
    record_property("cells of the matrix", asked)


def test_no_cell_is_missing() -> None:
    """Each address of our own by each role from each place, and by somebody who is not signed in; the administration's,
    which knows of no units, from one place. How many were asked is said at the end of the run."""
    whole = WITHOUT_COLUMNS
    each = len(COLUMNS) * len(Role) + 1
    number = sum(len(set(cells(url))) for url in URLS)
    assert each == 64
    assert number == (len(URLS) - len(whole)) * each + len(whole) * (len(Role) + 1)
    assert number > 9000


@HALVES[0]
@pytest.mark.parametrize(
    ("column", "role", "url", "key", "found"),
    [
        (own, Role.FRONTLINE, "case", "case_id", {HELD}),
        (own, Role.UNIT_LEADER, "my_list", "", {HELD}),
        (own, Role.FRONTLINE, "referral", "taken_back_id", {TAKEN_BACK}),
        (protected_person, Role.UNIT_LEADER, "export_file", "export_id", {HIDDEN, HELD, TOLD}),
        (receiver, Role.RECEIVER, "referral", "referral_id", {TOLD}),
        (former_receiver, Role.RECEIVER, "referral", "returned_id", {TOLD_BEFORE}),
    ],
)
def test_the_words_are_found_where_they_belong(
    planted: Planted, column: Callable[[Planted], Column], role: Role, url: str, key: str, found: set[str]
) -> None:
    """Else nothing found would prove nothing. A former receiver keeps its own copy, and learns nothing that came after."""
    there = column(planted)
    named = {**planted.keys, **there.keys}
    cell = Cell(url, role, column.__name__)
    there = dataclasses.replace(there, keys=named | {"referral_id": named[key]} if url == "referral" else named)
    shown = marks_in(ask(planted, cell, there, way="GET"))
    assert found <= shown <= found | set(there.sees)


def ways(planted: Planted, url: str, columns: dict[str, Column]) -> list[str]:
    """How the address can be asked for at all, as somebody who may hears it: as a page and a fragment of it, to do
    something, or for its PDF; or several of these."""
    first = next(cell for cell in cells(url) if cell.may)
    there = {
        way: ask(planted, first, columns[first.column], way=way, keep=False).status_code for way in ("GET", "POST")
    }
    assert set(there.values()) != {405}
    shown = ["GET", "fragment", *(["PDF"] if "kind" in URLS[url] else [])]
    return (shown if there["GET"] != 405 else []) + (["POST"] if there["POST"] != 405 else [])


def ask(planted: Planted, cell: Cell, column: Column, *, way: str, keep: bool = True) -> HttpResponse:
    """One request. What it changes is kept where it should have changed nothing, else rolled back."""
    headers = {"HX-Request": "true"} if way == "fragment" else {}
    if cell.role != SIGNED_OUT:
        headers["Cookie"] = f"{settings.SESSION_COOKIE_NAME}={planted.session(column.unit, cell.role)}"
    keys = FILLED | planted.keys | column.keys | ({"kind": "pdf"} if way == "PDF" else {})
    to, said = address(cell.url, keys), {name: keys[key] for name, key in SAID.get(cell.url, {}).items()}
    there: dict[str, Any] = {"headers": headers, "REMOTE_ADDR": some_address()}
    with nullcontext() if keep and cell.is_refused(column) else rolled_back():
        if way != "POST":
            return ASKING.get(to, **there)
        answer = ASKING.post(to, said, **there, **_kind(cell.url))
        return ASKING.get(to, **there) if cell.url in THEN_SHOWN and answer.status_code == 302 else answer


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def address(url: str, keys: dict[str, object]) -> str:
    keys = keys | {name: keys[key] for name, key in INSTEAD.get(url, {}).items()}
    assert set(URLS[url]) <= set(keys), f"{url}: plant it (tests/helpers/planted.py, PLANTED), or fill it in (FILLED)"
    return reverse(url, kwargs={name: keys[name] for name in URLS[url]})


def marks_in(answer: HttpResponse) -> set[str]:
    """Whose words stand in an answer, or in what is said with it."""
    body = answer.getvalue().decode(errors="replace") + repr(dict(answer.headers))
    return {mark for mark, words in MARKS.items() if any(word in body for word in words)}


def gate(planted: Planted, cell: Cell, column: Column) -> int:
    """The status with which the table answers by itself; 0 where it lets somebody in."""
    request: Any = RequestFactory().get(address(cell.url, FILLED | planted.keys | column.keys))
    request.resolver_match, request.htmx, request.session = resolve(request.path), False, {}
    request.user, request.unit = planted.user(column.unit, cell.role), column.unit
    request.roles = frozenset({cell.role})
    try:
        answer = GATE.process_view(request, None, (), {})
    except PermissionDenied:
        return 403
    return answer.status_code if answer is not None else 0


def judge_the_gate(cell: Cell, status: int) -> Iterator[str]:
    if status != (0 if cell.access.public else 302 if cell.access.front else 403):
        yield f"the table answers {status}"


def judge(cell: Cell, column: Column, answers: dict[str, HttpResponse]) -> Iterator[str]:
    """What is wrong with the answers to one cell."""
    sees = set(column.sees if cell.may and cell.role != SIGNED_OUT else ())
    if cell.column == protected_person.__name__ and cell.url in NAMES_THE_PROTECTED and cell.role in PROTECTED_READERS:
        sees |= {HIDDEN}
    for way, answer in answers.items():
        if shown := marks_in(answer) - sees:
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
        if not set(statuses.values()) <= column.no | ({302} if cell.url in ALIKE else set()):
            yield f"is not theirs, and they get {statuses}"
    elif cell.column == protected_person.__name__ and cell.url in NAMES_THE_PROTECTED:
        if (cell.role in PROTECTED_READERS) == (403 in statuses.values()):
            yield f"is for those who may read a protected name, and they get {statuses}"
    elif cell.names and cell.column == own.__name__ and cell.url not in PERSONAL and not _is_real(statuses):
        yield f"is theirs, and they get {statuses}"


def _is_real(statuses: dict[str, int]) -> bool:
    """The address leads to something: else all the refusals of it would prove nothing."""
    return statuses.get("GET") not in (403, 404) and statuses.get("POST") != 404


def _kind(url: str) -> dict[str, Any]:
    return {"content_type": "application/json"} if ":" in url else {}
