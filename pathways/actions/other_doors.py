"""Another door than the rules suggest is counted, for whoever writes the rules. Nothing of a person is kept."""

from __future__ import annotations

from datetime import date

from pathways.actions.counting import count
from pathways.enums import WhyAnother
from pathways.models import OtherDoorCount


def count_other_door(
    *, rule_set_version: str, matched_kind: str, chosen_kind: str, reason: WhyAnother, on: date
) -> None:
    """One more this month."""
    chosen = {
        "rule_set_version": rule_set_version,
        "matched_kind_id": matched_kind,
        "chosen_kind_id": chosen_kind,
        "reason": reason,
    }
    count(OtherDoorCount, on=on, of=[chosen])
