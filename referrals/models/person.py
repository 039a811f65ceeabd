"""Who the citizen is. Everything that identifies is sealed; a pseudonym is enough."""

from __future__ import annotations

import copy
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from uuid_utils.compat import uuid7

from navigator.accounts.models import Unit, User
from navigator.vault.fields import OpensOnReading, SealedTextField
from navigator.vault.models import DataKey
from referrals.enums import Channel

PROTECTED = _("Protected name and address")


class _HiddenWhileProtected(OpensOnReading):
    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        return "" if instance is not None and instance.is_hidden else super().__get__(instance, owner)


class IdentifyingField(SealedTextField):
    """A sealed text that reads as empty while name and address are protected: whoever forgets to ask is told nothing.
    The model says when, by `is_hidden`."""

    descriptor_class = _HiddenWhileProtected

    def deconstruct(self) -> Any:
        """For the database it is a sealed text as any other."""
        name, _path, args, kwargs = super().deconstruct()
        return name, f"{SealedTextField.__module__}.{SealedTextField.__name__}", args, kwargs


class Person(models.Model):
    """One citizen as one unit knows them. May have no name and no CPR."""

    opened_by = ("held_by",)
    in_emergency = ("id", "navigator_emergency_person")
    keeps_history = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    data_key = models.OneToOneField(DataKey, on_delete=models.PROTECT, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", help_text=_("Where it was registered"))
    held_by = ArrayField(models.UUIDField(), editable=False, help_text=_("Every unit that holds a case of this person"))
    name = IdentifyingField()
    pseudonym = IdentifyingField()
    cpr = IdentifyingField()
    birth_date = IdentifyingField()
    phone = IdentifyingField()
    address = IdentifyingField()
    email = IdentifyingField()
    safe_channel = models.CharField(
        max_length=10,
        choices=Channel.choices,
        default=Channel.PHONE,
        help_text=_("How it is safe to reach the citizen"),
    )
    do_not_contact = models.BooleanField(default=False, help_text=_("Nobody writes or calls, e.g. after violence"))
    paused_until = models.DateTimeField(null=True, help_text=_("Reminders to the citizen are paused"))
    language = models.CharField(
        max_length=10, default="da", help_text=_("The language that the citizen is written to in")
    )
    protected_until = models.DateField(
        null=True,
        help_text=_("Name and address are protected (CPR-lov § 28). When that day is over, until it is lifted"),
    )

    is_revealed = False  # of one copy in memory: see `unhidden`

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(held_by__len__gte=1), name="person_is_held_by_somebody"),
        ]

    def __str__(self) -> str:
        return f"Person {self.pk}"  # never a name: this ends in logs

    @property
    def is_protected(self) -> bool:
        """Also when the day is over: nobody is shown because somebody forgot to renew it. A human lifts it."""
        return self.protected_until is not None

    @property
    def is_hidden(self) -> bool:
        return self.is_protected and not self.is_revealed

    @property
    def shown_as(self) -> str:
        """How a page names the person: the name, else the pseudonym, else that nobody asked; or that it is gone. Never who
        is protected."""
        if self.data_key.destroyed_at:
            return str(_("Disposed of"))
        return str(PROTECTED) if self.is_hidden else self.name or self.pseudonym or str(_("Anonymous"))

    def unhidden(self) -> Person:
        """A copy that says everything: for an action that has asked whether it may, and for reaching the citizen. A test
        holds the list of those who call it."""
        unhidden = copy.copy(self)
        unhidden.is_revealed = True
        return unhidden


class PersonKey(models.Model):
    """A keyed hash by which a unit finds its own people: exact, or by how a part of the name begins."""

    opened_by = ("unit",)
    no_history = "Follows from the person; kept here, a name could be guessed after it was disposed of."

    class Kind(models.TextChoices):
        CPR = "cpr", _("CPR number")
        PHONE = "phone", _("Telephone")
        FULL_NAME = "full_name", _("Full name")
        NAME_START = "name_start", _("How a part of a name begins")
        PROTECTED = "protected", _("Any of them, of somebody with protected name and address")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="keys")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    digest = models.BinaryField()

    class Meta:
        constraints = [
            # Only within a unit: a violation across units would tell that somebody is known elsewhere.
            models.UniqueConstraint(
                fields=["unit", "digest"], condition=models.Q(kind="cpr"), name="cpr_once_within_a_unit"
            ),
        ]
        indexes = [models.Index(fields=["unit", "digest"], name="person_key_search")]  # selectors.people_found_by


class PersonLink(models.Model):
    """Somebody holds two records to be the same person. Never a merge, and it can be taken back."""

    opened_by = ("unit",)
    keeps_history = True

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    first = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    linked_at = models.DateTimeField()
    linked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    unlinked_at = models.DateTimeField(null=True)
    unlinked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(first__lt=models.F("second")), name="link_is_in_order"),
            models.UniqueConstraint(
                fields=["unit", "first", "second"],
                condition=models.Q(unlinked_at__isnull=True),
                name="link_once_while_it_lasts",
            ),
            models.CheckConstraint(
                condition=models.Q(unlinked_at__isnull=True, unlinked_by__isnull=True)
                | models.Q(unlinked_at__isnull=False, unlinked_by__isnull=False),
                name="unlinked_at_and_by",
            ),
        ]
