"""Publishing a version of the rules: checked by the engine first, frozen by the database afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from pathways import rulebook
from pathways.engine.conditions import InvalidRuleSet
from pathways.models import RuleSet


class PublishingRefused(Exception):
    """The version cannot be published. The text says where the document is wrong, or that the version is taken."""


@transaction.atomic
def publish_rule_set(*, version: str, document: dict[str, Any], now: datetime) -> tuple[RuleSet, bool]:
    """Publish a version; the flag says whether it is new. The same document again is harmless."""
    rule_set = RuleSet.objects.select_for_update(of=("self",)).filter(version=version).first()
    if rule_set is not None and rule_set.published_at is not None:
        if rule_set.document != document:
            raise PublishingRefused(f"version {version} is published and frozen; give the changed rules a new version.")
        return rule_set, False
    try:
        rules = rulebook.check(document)
    except InvalidRuleSet as error:
        raise PublishingRefused(str(error)) from error
    if rules.version != version:
        raise PublishingRefused(f"the document says it is version {rules.version}, not {version}.")
    if rule_set is None:
        return RuleSet.objects.create(version=version, document=document, published_at=now), True
    rule_set.document, rule_set.published_at = document, now
    rule_set.save(update_fields=["document", "published_at"])
    return rule_set, True
