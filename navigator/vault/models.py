"""A person's data key. Says nothing about anybody by itself, so that it needs no wall of its own."""

from __future__ import annotations

import functools
import os
from datetime import datetime

from django.db import models
from uuid_utils.compat import uuid7

from navigator.vault import keys


class DataKey(models.Model):
    """32 random bytes that seal one person's texts, wrapped by a master key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    master_key_id = models.CharField(max_length=40, editable=False)
    wrapped = models.BinaryField(null=True, editable=False)
    destroyed_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(wrapped__isnull=False, destroyed_at__isnull=True)
                | models.Q(wrapped__isnull=True, destroyed_at__isnull=False),
                name="data_key_is_there_or_destroyed",
            ),
        ]

    @classmethod
    def new(cls) -> DataKey:
        """A fresh key, not yet saved."""
        key = cls()
        key._wrap(os.urandom(32))
        return key

    @functools.cached_property
    def plain(self) -> bytes:
        """The key itself. Raises keys.Destroyed when it is, and keys.Unreadable when its master key is missing."""
        if self.wrapped is None:
            raise keys.Destroyed("This person's key was destroyed: the texts are gone for good.")
        return keys.unseal(keys.master(self.master_key_id), bytes(self.wrapped), context=f"data_key|{self.pk}")

    def rewrap(self) -> bool:
        """Wraps the same key with the current master key. False when it already was."""
        if self.wrapped is None or self.master_key_id == keys.current_master()[0]:
            return False
        self._wrap(self.plain)
        return True

    def destroy(self, *, now: datetime) -> None:
        """Forgets the key. Nothing that it sealed can be read again, in history or backup."""
        self.wrapped, self.destroyed_at = None, now
        self.__dict__.pop("plain", None)

    def _wrap(self, plain: bytes) -> None:
        self.master_key_id, master = keys.current_master()
        self.wrapped = keys.seal(master, plain, context=f"data_key|{self.pk}")
