"""A text column that the database only ever sees sealed.

The model has a foreign key `data_key`; reading the attribute opens the text, saving seals it. The place (table, row and
column) is part of the seal, so that bytes moved to another row do not open there.
"""

from __future__ import annotations

from typing import Any

from django.db import models

from navigator.vault import keys


class Sealed(bytes):
    """Bytes as the database holds them, to tell them from a text that was just set."""


class OpensOnReading:
    def __init__(self, field: SealedTextField) -> None:
        self.field = field

    def __get__(self, instance: models.Model | None, owner: type | None = None) -> Any:
        if instance is None:
            return self
        if self.field.attname not in instance.__dict__:
            instance.refresh_from_db(fields=[self.field.attname])
        value = instance.__dict__[self.field.attname]
        if isinstance(value, Sealed):
            value = self.field.open(instance, value)
            instance.__dict__[self.field.attname] = value
        return value

    def __set__(self, instance: models.Model, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class SealedTextField(models.BinaryField):  # type: ignore[type-arg]
    """Text for people, ciphertext for the database. Empty text is stored empty: nothing is hidden by its absence."""

    descriptor_class = OpensOnReading

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", b"")
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def get_default(self) -> str:
        return ""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Sealed | str:
        return Sealed(value) if value else ""

    def pre_save(self, instance: models.Model, add: bool) -> bytes:
        value = instance.__dict__.get(self.attname, "")
        if isinstance(value, Sealed) or not value:
            return value or b""
        return Sealed(keys.seal(self._key(instance), str(value).encode(), context=self._place(instance)))

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if value and not isinstance(value, Sealed):
            raise TypeError(f"{self.model.__name__}.{self.name} is sealed: set it on an instance and save that.")
        return super().get_db_prep_value(value or b"", connection, prepared)

    def open(self, instance: models.Model, sealed: Sealed) -> str:
        """The text. Raises keys.Unreadable when the person's key was destroyed."""
        return keys.unseal(self._key(instance), bytes(sealed), context=self._place(instance)).decode()

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError(f"{self.model.__name__}.{self.name} is sealed and is never serialised.")

    def _key(self, instance: models.Model) -> bytes:
        return instance.data_key.plain  # type: ignore[attr-defined]

    def _place(self, instance: models.Model) -> str:
        return f"{instance._meta.db_table}|{instance.pk}|{self.column}"
