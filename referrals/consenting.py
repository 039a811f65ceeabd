"""Who says yes, how, and for how long. Pure; each rule with its source, and none of it legal advice.

- From 15 a young person consents to treatment alone (sundhedsloven § 17), and so to what is told for it. Those with custody
  are to know and to be heard. They are not told only where that would harm the young person.
- Under 15 those with custody consent (forældreansvarsloven § 2). Two who share it decide the essential together
  (§ 3): one alone is enough only for what is not.
- From 10 a child is a party with a voice of its own (barnets lov § 3): what it says is asked for and kept.
- From health staff to others: in writing, unless the case speaks for less; a year at most (sundhedsloven §§ 43-44). We let
  no consent last longer, whoever tells whom: one rule is easier to know than two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from referrals.enums import GivenBy

OWN_CONSENT, CHILDS_VOICE, ADULT = 15, 10, 18  # years
LASTS_AT_MOST = timedelta(days=365)
MONTHS = {12: timedelta(days=365), 6: timedelta(days=182), 3: timedelta(days=91)}
HEALTH_DOORS = frozenset({"gp", "hospital", "psychiatry", "psychiatric_acute", "health_visitor"})
HEALTH_SECTORS = frozenset({"gp", "region"})
HEALTH_LAW = "SUL"
BY_CUSTODY = (GivenBy.CUSTODY_SOLE, GivenBy.CUSTODY_BOTH, GivenBy.CUSTODY_ONE)


@dataclass(frozen=True, slots=True)
class Asked:
    """What has to be asked before somebody is told: no more than age and road make necessary."""

    by: tuple[GivenBy, ...]  # who can say yes; one: it is not asked
    custody_informed: bool  # do those with custody know?
    childs_voice: bool  # what does the child say?
    in_writing: bool  # a spoken yes needs a reason


def asked(*, age: int | None, from_health: bool, to_health: bool) -> Asked:
    """What is asked at this age. Unknown: whoever asks says who has said yes, and is asked what any age would need."""
    under_15 = age is not None and age < OWN_CONSENT
    by = BY_CUSTODY if under_15 else (GivenBy.CITIZEN,) if age is not None else (GivenBy.CITIZEN, *BY_CUSTODY)
    return Asked(
        by=by,
        custody_informed=age is not None and OWN_CONSENT <= age < ADULT and (from_health or to_health),
        childs_voice=age is not None and CHILDS_VOICE <= age < OWN_CONSENT,
        in_writing=from_health and not to_health,
    )


def together(each: Sequence[Asked]) -> Asked:
    """What is asked when several are told in one press: all that any of them makes necessary."""
    return Asked(
        by=each[0].by,
        custody_informed=any(one.custody_informed for one in each),
        childs_voice=any(one.childs_voice for one in each),
        in_writing=any(one.in_writing for one in each),
    )


def is_health(*, sector: str = "", law: str = "", door: str = "") -> bool:
    """Whether a kind of service, or a unit by its door, belongs to the health service."""
    return sector in HEALTH_SECTORS or law.startswith(HEALTH_LAW) or door in HEALTH_DOORS
