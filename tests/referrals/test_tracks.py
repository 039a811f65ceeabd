"""Which tracks a referral is on."""

import pytest

from referrals.enums import Side
from referrals.tracks import Door, sides_served

BOTH = ["psychiatry", "substance"]


def door(kind: str, role: str, side: str, *levels: int) -> Door:
    return Door(kind, role, side, frozenset(levels))


TEAM = door("integrated_team", "primary", "joint", 4)
DUAL = door("dual_diagnosis_municipal", "primary", "substance", 3)
SUBSTANCE = door("substance_treatment_outpatient", "primary", "substance", 1, 2)
PSYCHIATRY = door("psychiatry_adult", "primary", "psychiatry", 1, 2, 3)
CHILDREN = door("child_family_department", "primary", "social", 1, 2, 3)
PRISON = door("prison_treatment", "primary", "substance", 1, 2)
BESIDE = door("psychiatry_adult", "parallel", "psychiatry", 1, 2, 3)
DEBT = door("debt_advice", "support", "social", 1)


@pytest.mark.parametrize(
    ("chosen", "tracks", "doors", "expected"),
    [
        (SUBSTANCE, ["substance"], [SUBSTANCE], [Side.SUBSTANCE]),
        (CHILDREN, ["psychiatry"], [CHILDREN], [Side.PSYCHIATRY]),  # whatever stands in for the track's own help
        (TEAM, BOTH, [TEAM], [Side.SUBSTANCE, Side.PSYCHIATRY]),
        (DUAL, BOTH, [DUAL], [Side.SUBSTANCE, Side.PSYCHIATRY]),
        (SUBSTANCE, BOTH, [SUBSTANCE, PSYCHIATRY], [Side.SUBSTANCE]),
        (PSYCHIATRY, BOTH, [SUBSTANCE, PSYCHIATRY], [Side.PSYCHIATRY]),
        (CHILDREN, BOTH, [CHILDREN, PSYCHIATRY], [Side.SUBSTANCE]),  # in the place of the substance treatment (C5)
        (BESIDE, BOTH, [DUAL, BESIDE], []),
        (BESIDE, BOTH, [PRISON, BESIDE], [Side.PSYCHIATRY]),  # in prison nobody else serves that side (C1)
        (BESIDE, ["substance"], [SUBSTANCE, BESIDE], []),
        (DEBT, BOTH, [DUAL, DEBT], []),
        (DEBT, ["social"], [DEBT], []),
    ],
)
def test_the_sides_on_which_arrival_is_arrival(
    chosen: Door, tracks: list[str], doors: list[Door], expected: list[Side]
) -> None:
    assert sides_served(chosen, tracks=tracks, doors=doors) == expected
