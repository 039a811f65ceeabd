"""What a page asks of the database does not grow with what there is: each page that may be opened, in a world with one of
everything and in the same world with fifty.

The pages come from the table of who may open what. A new one is asked by itself where what it names is planted; else it
takes a line in NOT_ASKED.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from django.conf import settings
from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse

from navigator import clock
from navigator.accounts.models import Role
from navigator.accounts.permissions import ACCESS, allows
from navigator.database import scope
from navigator.web.models import JOBS, beat
from referrals import actions, models
from tests.helpers.fifty import make_it_fifty, plant_the_rest, several
from tests.helpers.planted import HELD, Planted, plant, some_address
from tests.navigator.test_matrix import FILLED, URLS, Asking, address, rolled_back

# Who asks. What names something is asked for by the first of them who gets it; a list by each who may.
ASKERS = [
    ("alice", Role.UNIT_LEADER), ("bo", Role.RECEIVER), ("dorte", Role.COORDINATOR), ("alice", Role.LOCAL_ADMIN),
    ("alice", Role.AUDITOR), ("alice", Role.DIRECTORY_EDITOR), ("alice", Role.RULE_EDITOR),
]  # fmt: skip
CITIZEN = ("citizen", "")
# Where it is somebody else's.
ONLY = {"emergency_case": ("carla", Role.RECEIVER)}
BESIDES = {"retention": [("neighbour", Role.UNIT_LEADER)]}
# What a page shows otherwise than at its bare address.
ALSO = {
    "follow_ups": ["?tab=late", "?tab=later", "?tab=waiting"],
    "inbox": ["?show=new", "?show=answer", "?show=today"],
    "emergencies": ["?show=seen"],
    "concerns": ["?show=answered"],
    "other_door": ["?q=rusmiddel"],
}
# Asked by the house every now and then, or by each page: not what the page is about.
BESIDE = ('"audit_look"', '"web_heartbeat"', '"accounts_session"', "SAVEPOINT")

# The most that the lists of the daily work may ask, and a case.
AT_MOST = dict.fromkeys(["my_list", "follow_ups", "inbox", "visit_day", "news", "search", "board"], 8) | {"case": 17}
WHO_ASKS = 4  # user, memberships, and the scope that is set and left

ONE = "leads on, or is about one thing only: "
NOT_ASKED = {
    **dict.fromkeys(
        [
            "set_language", "account_logout", "invitation", "enter_by_invitation", "enter_my_way", "enter_reminder",
            "enter_by_link", "reminder", "openid_connect_login", "openid_connect_callback", "mfa_index",
            "mfa_authenticate", "mfa_activate_totp", "mfa_deactivate_totp", "mfa_view_recovery_codes",
            "mfa_generate_recovery_codes", "mfa_list_webauthn", "mfa_add_webauthn", "mfa_remove_webauthn",
            "mfa_login_webauthn",
        ],
        ONE + "a sign-in, a link",
    ),
    **dict.fromkeys(["check_question", "check_so_far", "check_result", "ask_for_contact"], ONE + "the self-check keeps nothing"),
    "link": ONE + "one hand-off, as it was told",
    "emergency_identity": ONE + "one name, in the half hour of whoever asked",
    "in_place": ONE + "one task, with its form: tests/referrals/test_lists.py",
    "send_elsewhere": ONE + "one service, on the page of choose_service",
    "send_on": ONE + "one hand-off, on the page of choose_service",
    "privacy_of": ONE + "a notice",
    "letter_file": "a file, made before it is asked for",
    "export_file": "a file, made before it is asked for",
    "door_sheet": "the PDF of door",
}  # fmt: skip
GROWS = {"demo_outbox": "not there outside the demo: each message is put into words as if it were sent"}


class Asked(NamedTuple):
    """One page, as somebody asks for it."""

    url: str
    by: tuple[str, str]
    query: str = ""


def test_no_page_asks_more_of_the_database_the_more_there_is(db: None) -> None:
    logging.disable(logging.WARNING)
    try:
        with override_settings(DEBUG_PROPAGATE_EXCEPTIONS=True):
            _compare()
    finally:
        logging.disable(logging.NOTSET)


def _compare() -> None:
    for job in JOBS:
        beat(job, now=clock.now(), did={})
    planted = plant()
    plant_the_rest(planted)
    sessions = _signed_in(planted)
    _ask(planted, Asked("door", CITIZEN), sessions, services=1)  # the catalogue is read once
    few, pages = dict[Asked, tuple[list[str], int]](), set[str]()
    for each in _everything():
        if URLS[each.url] and not each.query and each.url in {found.url for found in few}:
            continue
        status, questions, size = _ask(planted, each, sessions, services=1)
        pages |= {each.url} if status != 405 else set()
        if status == 200:
            few[each] = questions, size
    assert pages - {each.url for each in few} == set(), "plant what it names (tests/helpers), or a line in NOT_ASKED"

    make_it_fifty(planted)
    _ask(planted, Asked("door", CITIZEN), sessions, services=1)  # the catalogue is read anew
    many = {each: _ask(planted, each, sessions, services=8) for each in few}
    assert {each: status for each, (status, _questions, _size) in many.items() if status != 200} == {}
    longer = [each for each, (_status, _questions, size) in many.items() if size > few[each][1]]
    assert len(longer) > 40, "else nothing is proved: the lists are as short as before"
    grown = [
        f"{each}: {len(few[each][0])} → {len(questions)}, as {_more(few[each][0], questions)}"
        for each, (_status, questions, _size) in many.items()
        if len(questions) > len(few[each][0]) and each.url not in GROWS
    ]
    assert not grown, "\n".join(grown)
    asked = {each: len(questions) - WHO_ASKS for each, (_status, questions, _size) in many.items()}
    assert {each: number for each, number in asked.items() if number > AT_MOST.get(each.url, number)} == {}


def _everything() -> Iterator[Asked]:
    """Each address that is declared, by each who may, in each way there is."""
    for url, access in ACCESS.items():
        if url not in URLS or url in NOT_ASKED:
            continue
        askers = [each for each in ASKERS if allows(access, roles=frozenset({each[1]}), is_staff=False)]
        for by in [CITIZEN] if access.public else [ONLY[url]] if url in ONLY else askers + BESIDES.get(url, []):
            for query in ["", *ALSO.get(url, [])]:
                yield Asked(url, by, query)


def _signed_in(planted: Planted) -> dict[tuple[str, str], str]:
    """A session for each of them. The citizen has given the code of the personal link."""
    everybody = {*ASKERS, *ONLY.values(), *(each for some in BESIDES.values() for each in some)}
    places = vars(planted.world) | {"neighbour": planted.neighbour}
    found: dict[tuple[str, str], str] = {each: planted.session(places[each[0]].unit, each[1]) for each in everybody}
    by, citizen = planted.world.alice, Client()
    with scope.scope(by.unit.pk):
        case = models.Case.objects.get(pk=planted.keys["case_id"])
        token, code = actions.make_personal_link(case=case, by=by, now=clock.now())
    citizen.get(reverse("enter_my_way", args=[token]))
    citizen.post(reverse("my_way_enter"), {"code": code})
    return found | {CITIZEN: citizen.cookies[settings.SESSION_COOKIE_NAME].value}


ASKING = Asking()


def _ask(
    planted: Planted, asked: Asked, sessions: dict[tuple[str, str], str], *, services: int
) -> tuple[int, list[str], int]:
    """The status, what the page asks, and how long it is. What it changes is not kept."""
    to = address(asked.url, FILLED | planted.keys | {"code": "returned"}) + asked.query  # a figure of all hand-offs
    if asked.url == "choose_services":
        to += f"?{several(planted, services)}"
    headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={sessions[asked.by]}"}
    there: dict[str, Any] = {"headers": headers, "REMOTE_ADDR": some_address()}
    questions: list[str] = []

    def listen(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        questions.append(sql)
        return execute(sql, *rest)

    with rolled_back():
        if asked.url == "search":
            ASKING.post(to, {"said": HELD}, **there)  # kept for the page that is asked for
        with connection.execute_wrapper(listen):
            answer = ASKING.get(to, **there)
    of_the_page = [sql for sql in questions if not any(word in sql for word in BESIDE)]
    return answer.status_code, of_the_page, len(answer.getvalue())


def _more(few: list[str], many: list[str]) -> str:
    """The question that is asked more often."""
    return max(set(many), key=lambda sql: many.count(sql) - few.count(sql))[:200]
