"""The directory: which organisation offers what, where, for whom. Field names follow HSDS where it has the word."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from uuid_utils.compat import uuid7

from pathways.enums import Access, Extent, Sector, WhyAnother
from pathways.models.area import Municipality, Region, ended_when_succeeded, valid_order
from pathways.models.vocabulary import ServiceKind


class ProviderOrganisation(models.Model):
    """Who runs a service. When it ends, its services go on under the successor."""

    code = models.CharField(max_length=60, primary_key=True)
    name = models.CharField(max_length=120)
    sector = models.CharField(max_length=20, choices=Sector)
    municipality = models.ForeignKey(Municipality, models.PROTECT, null=True, blank=True, related_name="organisations")
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="organisations")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")
    kept_by = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Whose editors keep its services true, beside the unit that receives and who coordinates there.",
    )

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(name="organisation_sector_known", condition=models.Q(sector__in=Sector.values)),
            valid_order("organisation_valid_order"),
            ended_when_succeeded("organisation_successor_needs_end"),
        ]

    def __str__(self) -> str:
        return self.name


class Service(models.Model):
    """One place a citizen can be sent to. What nobody has checked has no `assured_date` and is shown as not verified.

    Closed for a time from `closed_from` until, not including, `reopens_on` (none: nobody knows when); `substitute` takes
    its citizens meanwhile. `revision` counts what editors, imports and the service itself have said of it.
    """

    keeps_history = True
    history_opens_to_all = True  # it is about a place, and never about a citizen

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=80, unique=True)
    kind = models.ForeignKey(ServiceKind, models.PROTECT, related_name="services")
    organisation = models.ForeignKey(ProviderOrganisation, models.PROTECT, related_name="services")
    unit = models.ForeignKey(
        "accounts.Unit",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="services",
        help_text="The unit in the portal that receives for this service; empty: it has no account.",
    )
    name_da = models.CharField(max_length=160)
    name_en = models.CharField(max_length=160)
    minimum_age = models.PositiveSmallIntegerField(null=True, blank=True)
    maximum_age = models.PositiveSmallIntegerField(null=True, blank=True)
    access = ArrayField(models.CharField(max_length=20, choices=Access), default=list)
    levels = ArrayField(models.PositiveSmallIntegerField(), default=list)
    languages = ArrayField(models.CharField(max_length=8), default=list, help_text="ISO 639-1 codes.")
    interpretation_services = models.BooleanField(default=False)
    accessibility_da = models.CharField(max_length=200, blank=True)
    accessibility_en = models.CharField(max_length=200, blank=True)
    digital = models.BooleanField(default=False, help_text="The help itself is given online.")
    contactable_digitally = models.BooleanField(
        default=False, help_text="A warm hand-over can be made through the portal."
    )
    wait_days = models.PositiveSmallIntegerField(null=True, blank=True)
    wait_as_of = models.DateField(null=True, blank=True)
    capacity = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Places free on the date of the wait.")
    legal_basis = models.CharField(max_length=200, blank=True)
    legal_basis_as_of = models.CharField(max_length=4, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)
    second_email = models.EmailField(
        blank=True, help_text="Where a code goes that must not go with the link, where there is no mobile telephone."
    )
    url = models.URLField(blank=True)
    address = models.CharField(max_length=200, blank=True)
    opening_hours_da = models.CharField(max_length=200, blank=True)
    opening_hours_en = models.CharField(max_length=200, blank=True)
    fees_da = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="Empty: what its kind of help costs."
    )
    fees_en = models.CharField(max_length=200, blank=True, default="", db_default="")
    note_da = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    source = models.CharField(max_length=200, blank=True)
    assured_date = models.DateField(null=True, blank=True)
    assurer_email = models.EmailField(blank=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    closed_from = models.DateField(null=True, blank=True)
    reopens_on = models.DateField(null=True, blank=True)
    substitute = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="stands_in_for")
    closing_told_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When whoever has an open hand-off there was told."
    )
    revision = models.PositiveIntegerField(default=0, db_default=0, editable=False)

    class Meta:
        ordering = ["code"]
        constraints = [
            valid_order("service_valid_order"),
            models.CheckConstraint(
                name="service_closing_in_order",
                condition=models.Q(
                    closed_from__isnull=True, reopens_on__isnull=True, substitute__isnull=True, closing_told_at=None
                )
                | models.Q(closed_from__isnull=False)
                & (models.Q(reopens_on__isnull=True) | models.Q(reopens_on__gt=models.F("closed_from"))),
            ),
            models.CheckConstraint(
                name="service_is_no_substitute_for_itself",
                condition=models.Q(substitute__isnull=True) | ~models.Q(substitute=models.F("id")),
            ),
            models.CheckConstraint(name="service_access_known", condition=models.Q(access__contained_by=Access.values)),
            models.CheckConstraint(
                name="service_age_order",
                condition=models.Q(minimum_age__isnull=True)
                | models.Q(maximum_age__isnull=True)
                | models.Q(minimum_age__lte=models.F("maximum_age")),
            ),
            models.CheckConstraint(
                name="service_wait_has_its_date",
                condition=models.Q(wait_days__isnull=True) | models.Q(wait_as_of__isnull=False),
            ),
            models.CheckConstraint(
                name="service_assured_by_somebody",
                condition=models.Q(assured_date__isnull=True, assurer_email="")
                | (models.Q(assured_date__isnull=False) & ~models.Q(assurer_email="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name_da}, {self.organisation.name}"

    @property
    def verified(self) -> bool:
        """Somebody has checked the entry and put a date to it."""
        return self.assured_date is not None

    def is_closed(self, *, on: date) -> bool:
        """Takes nobody on this day."""
        return is_closed(self.closed_from, self.reopens_on, on=on)

    def closes(self, *, on: date) -> bool:
        """Is it closed on this day, or will it be? A closing that is over is none."""
        return self.closed_from is not None and (self.reopens_on is None or self.reopens_on > on)


def is_closed(closed_from: date | None, reopens_on: date | None, *, on: date) -> bool:
    """Does the day lie in the closing? The day of reopening does not."""
    return closed_from is not None and closed_from <= on and (reopens_on is None or on < reopens_on)


class ServiceArea(models.Model):
    """One line of where a service takes citizens from: the country, a region, or a municipality."""

    keeps_history = True
    history_opens_to_all = True  # as its service's

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    service = models.ForeignKey(Service, models.CASCADE, related_name="areas")
    extent = models.CharField(max_length=12, choices=Extent)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+")
    municipality = models.ForeignKey(Municipality, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["service", "extent", "region", "municipality"]
        constraints = [
            models.UniqueConstraint(
                name="service_area_once", fields=["service", "region", "municipality"], nulls_distinct=False
            ),
            models.CheckConstraint(
                name="service_area_names_its_extent",
                condition=models.Q(extent=Extent.NATIONAL, region__isnull=True, municipality__isnull=True)
                | models.Q(extent=Extent.REGION, region__isnull=False, municipality__isnull=True)
                | models.Q(extent=Extent.MUNICIPALITY, region__isnull=True, municipality__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.municipality_id or self.region_id or self.extent


class DirectoryVersion(models.Model):
    """How many times the catalogue has been changed. The database counts (migration 0002), so nobody can forget to.

    Caches and explanations name it. There is one row at most.
    """

    only = models.BooleanField(primary_key=True, default=True, editable=False)
    number = models.PositiveBigIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [models.CheckConstraint(name="directory_version_is_one_row", condition=models.Q(only=True))]

    def __str__(self) -> str:
        return str(self.number)


class OtherDoorCount(models.Model):
    """How often in a month somebody chose another door than the rules suggest, and why. For the editors of the rules;
    nothing says who, for whom or where."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    month = models.DateField(help_text="The first day of the month.")
    rule_set_version = models.CharField(max_length=20)
    matched_kind = models.ForeignKey(ServiceKind, models.PROTECT, related_name="+")
    chosen_kind = models.ForeignKey(ServiceKind, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=12, choices=WhyAnother)
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["month", "rule_set_version", "matched_kind", "chosen_kind", "reason"]
        constraints = [
            models.UniqueConstraint(
                name="other_door_count_once_a_month",
                fields=["month", "rule_set_version", "matched_kind", "chosen_kind", "reason"],
            ),
            models.CheckConstraint(name="other_door_count_first_of_month", condition=models.Q(month__day=1)),
            models.CheckConstraint(
                name="other_door_count_reason_known", condition=models.Q(reason__in=WhyAnother.values)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.matched_kind_id} → {self.chosen_kind_id}, {self.reason}: {self.count}"


class GapCount(models.Model):
    """How often in a month the match API looked for a kind that a municipality does not have. Nothing else is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    month = models.DateField(help_text="The first day of the month.")
    kind = models.ForeignKey(ServiceKind, models.PROTECT, related_name="+")
    municipality = models.ForeignKey(Municipality, models.PROTECT, related_name="+")
    count = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["month", "kind", "municipality"]
        constraints = [
            models.UniqueConstraint(name="gap_count_once_a_month", fields=["month", "kind", "municipality"]),
            models.CheckConstraint(name="gap_count_first_of_month", condition=models.Q(month__day=1)),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.kind_id} {self.municipality_id}: {self.count}"
