from pathways.models.answering import Answering
from pathways.models.area import Municipality, Region, RegionMembership
from pathways.models.rule_set import RuleSet
from pathways.models.service import (
    DirectoryVersion,
    GapCount,
    OtherDoorCount,
    ProviderOrganisation,
    Service,
    ServiceArea,
)
from pathways.models.vocabulary import (
    DeclineReason,
    Door,
    Level,
    Obligation,
    Right,
    ServiceKind,
    Term,
)

__all__ = [
    "Answering",
    "DeclineReason",
    "DirectoryVersion",
    "Door",
    "GapCount",
    "Level",
    "Municipality",
    "Obligation",
    "OtherDoorCount",
    "ProviderOrganisation",
    "Region",
    "RegionMembership",
    "Right",
    "RuleSet",
    "Service",
    "ServiceArea",
    "ServiceKind",
    "Term",
]
