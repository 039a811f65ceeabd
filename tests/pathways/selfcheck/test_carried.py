"""The cookie: sealed, short-lived, small; whatever else comes is no cookie."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import override_settings

from navigator.vault import keys
from pathways.selfcheck import carried, words
from pathways.selfcheck.check import Check

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
CHECK = Check(voice="me", reading="easy", said={"acute": ["suicidal_thoughts"], "age": 34, "municipality": "0751"})


def test_what_was_said_comes_back_in_the_order_in_which_it_was_said() -> None:
    opened = carried.opened(carried.sealed(CHECK, now=NOW), now=NOW + timedelta(minutes=59))
    assert opened == CHECK and list(opened.said) == ["acute", "age", "municipality"]


def test_nothing_of_it_can_be_read_in_the_cookie() -> None:
    raw = base64.urlsafe_b64decode(carried.sealed(CHECK, now=NOW))
    assert b"suicidal" not in raw and b"0751" not in raw
    assert carried.sealed(CHECK, now=NOW) != carried.sealed(CHECK, now=NOW)


NOT_OURS: dict[str, Callable[[], str]] = {  # sealed while a test runs: a name that differs from run to run cannot be shared out
    "nothing": lambda: "",
    "no base64": lambda: "§§§",
    "short": lambda: base64.urlsafe_b64encode(b"x").decode(),
    "forged": lambda: base64.urlsafe_b64encode(b'[1,1,"me","plain",{}]' * 3).decode(),
    "too large": lambda: carried.sealed(CHECK, now=NOW) + "A" * 4000,
    "sealed for another use": lambda: base64.urlsafe_b64encode(keys.seal_for("another", b'[1,1,"me","plain",{}]')).decode(),
}  # fmt: skip


@pytest.mark.parametrize("what", NOT_OURS)
def test_a_cookie_that_is_not_ours_is_none(what: str) -> None:
    assert carried.opened(NOT_OURS[what](), now=NOW) is None


def test_one_changed_bit_is_enough() -> None:
    raw = bytearray(base64.urlsafe_b64decode(carried.sealed(CHECK, now=NOW)))
    for at in (0, 12, len(raw) - 1):
        changed = raw.copy()
        changed[at] ^= 1
        assert carried.opened(base64.urlsafe_b64encode(changed).decode(), now=NOW) is None


def test_after_an_hour_it_is_gone() -> None:
    assert carried.opened(carried.sealed(CHECK, now=NOW), now=NOW + timedelta(hours=1)) is None


def test_a_new_master_key_leaves_nobody_behind_and_a_lost_one_opens_nothing() -> None:
    cookie = carried.sealed(CHECK, now=NOW)
    (old_id, old), new = keys.current_master(), bytes(range(32))
    with override_settings(MASTER_KEYS={"new": new, old_id: old}):
        assert carried.opened(cookie, now=NOW) == CHECK
    with override_settings(MASTER_KEYS={"new": new}):
        assert carried.opened(cookie, now=NOW) is None


def test_all_that_can_be_said_fits() -> None:
    said: dict[str, Any] = {"age": 120, "municipality": "0751"}
    for path, entry in words.entries().items():
        said.setdefault(path, list(entry["answers"]) if "answers" in entry else False)
    assert len(carried.sealed(Check("close", "supported", said), now=NOW)) <= carried.LARGEST
    with pytest.raises(ValueError, match="fit"):
        carried.sealed(Check("me", said={"age": "x" * 4000}), now=NOW)
