"""The change history: what stood in a row before it was changed, who changed it and in which request. Written by the
database itself (triggers.py), so that no way of writing goes past it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from navigator.vault.fields import Sealed, SealedTextField


class Change(models.Model):
    """One row was added, changed or removed. Names and notes stand in it sealed, as in the row itself.

    It opens to the units that the row opens to now, also where another unit has come to answer for the citizen since; to
    nobody but the owner of the tables where the row has no wall (users, memberships, units); to everybody where the model
    says that it is about no person (`history_opens_to_all`: the directory's services).
    """

    opened_by = ("units",)
    written_by_triggers = True

    class Operation(models.TextChoices):
        INSERT = "insert", _("Added")
        UPDATE = "update", _("Changed")
        DELETE = "delete", _("Removed")

    changed_at = models.DateTimeField(help_text=_("By the database's own clock"))
    table = models.CharField(max_length=63)
    row = models.CharField(max_length=40, help_text=_("The key of the row"))
    operation = models.CharField(max_length=6, choices=Operation.choices)
    before = models.JSONField(
        null=True, help_text=_("What stood there: the columns that were changed, or the whole row that was removed")
    )
    units = ArrayField(models.UUIDField(), null=True)
    by = models.UUIDField(null=True, help_text=_("The user; none: nobody who is signed in"))
    job = models.CharField(max_length=100, blank=True, help_text=_("The job of the worker that did it"))
    request = models.UUIDField(null=True, help_text=_("What was changed in the same request or job has the same"))
    role = models.CharField(max_length=63, help_text=_("As which role of the database"))

    class Meta:
        indexes = [models.Index(fields=["table", "row", "id"], name="change_of_row")]  # of(), and the triggers
        constraints = [
            models.CheckConstraint(
                condition=models.Q(operation__in=["insert", "update", "delete"]), name="change_operation_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"Change {self.pk}"

    @classmethod
    def of(cls, instance: models.Model) -> models.QuerySet[Change]:
        """What has happened to this row, the latest first."""
        return cls.objects.filter(table=instance._meta.db_table, row=str(instance.pk)).order_by("-id")

    def text_before(self, instance: models.Model, name: str) -> str:
        """What stood in a sealed field of the row. Raises vault.keys.Unreadable when the person's key was destroyed."""
        field = instance._meta.get_field(name)
        assert isinstance(field, SealedTextField) and self.before is not None
        sealed = bytes.fromhex(self.before[field.column].removeprefix("\\x"))
        return field.open(instance, Sealed(sealed)) if sealed else ""
