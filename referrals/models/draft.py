"""A need half written down: kept while it is typed, gone when the case is opened."""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from uuid_utils.compat import uuid7

from navigator.accounts.models import Unit, User
from navigator.vault.fields import SealedTextField
from navigator.vault.models import DataKey
from referrals.models.person import PROTECTED

Typed = dict[str, list[str]]  # field → what stands in it, as a browser sends it


class Draft(models.Model):
    """What one worker has typed so far. The case that is opened from it gets its id, so that it can only be opened once."""

    opened_by = ("unit",)
    no_history = "Nothing yet but what somebody is typing; every version of it would be kept."

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    data_key = models.OneToOneField(DataKey, on_delete=models.PROTECT, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    worker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    content = SealedTextField()
    started_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["unit", "worker", "-updated_at"], name="draft_of_worker"),  # lists.drafts
            models.Index(fields=["updated_at"], name="draft_by_age"),  # actions.remove_old_drafts
        ]

    def __str__(self) -> str:
        return f"Draft {self.pk}"  # never what stands in it: this ends in logs

    @property
    def typed(self) -> Typed:
        found: dict[str, Any] = json.loads(self.content or "{}")
        return found

    @property
    def shown_as(self) -> str:
        """How a page names whom it is about: the name, else the pseudonym, else that nobody is named yet; never who is
        protected."""
        typed = self.typed
        if typed.get("protected"):
            return str(PROTECTED)
        return "".join(typed.get("name", ())) or "".join(typed.get("pseudonym", ())) or _("No name yet")
