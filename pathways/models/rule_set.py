"""Published versions of the rules. Once published a version is frozen, by the database itself (migration 0002)."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from django.db import models


class OrderedJSON(models.Field):
    """JSON that keeps the order of its keys, which PostgreSQL's jsonb does not: a definition may use an earlier one."""

    def get_internal_type(self) -> str:
        return "TextField"

    def from_db_value(self, value: str, *args: Any) -> Any:
        return json.loads(value)

    def get_prep_value(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)


class RuleSetQuerySet(models.QuerySet["RuleSet"]):
    def published(self) -> RuleSetQuerySet:
        return self.filter(published_at__isnull=False)

    def current(self, now: datetime) -> RuleSet:
        """The version in force at that moment. Raises DoesNotExist when nothing is published yet."""
        return self.published().filter(published_at__lte=now).latest("published_at", "version")


class RuleSet(models.Model):
    """One version of all the rules, as data. A draft may be changed; what is published never."""

    version = models.CharField(max_length=20, primary_key=True)
    document = OrderedJSON()
    published_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.CharField(
        max_length=120, blank=True, help_text="The professional owner. Empty: the clinical thresholds are a proposal."
    )

    objects = RuleSetQuerySet.as_manager()

    class Meta:
        ordering = ["version"]

    def __str__(self) -> str:
        return self.version
