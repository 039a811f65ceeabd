"""Municipalities and regions over time. Validity is half-open: a row holds from `valid_from`, and no longer on `valid_to`."""

from __future__ import annotations

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models.functions import Cast
from uuid_utils.compat import uuid7


def valid_order(name: str) -> models.CheckConstraint:
    """A period ends after it begins, or has no end."""
    return models.CheckConstraint(
        name=name, condition=models.Q(valid_to__isnull=True) | models.Q(valid_to__gt=models.F("valid_from"))
    )


def ended_when_succeeded(name: str) -> models.CheckConstraint:
    """Only what has an end has a successor."""
    return models.CheckConstraint(
        name=name, condition=models.Q(successor__isnull=True) | models.Q(valid_to__isnull=False)
    )


class Region(models.Model):
    """A region. Its key is ours: the official code of a new region may be unknown when it begins."""

    key = models.CharField(max_length=40, primary_key=True)
    code = models.CharField(max_length=4, null=True, blank=True, unique=True)
    iso_3166_2 = models.CharField(max_length=6, null=True, blank=True, unique=True)
    name = models.CharField(max_length=80)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")

    class Meta:
        ordering = ["key"]
        constraints = [valid_order("region_valid_order"), ended_when_succeeded("region_successor_needs_end")]

    def __str__(self) -> str:
        return self.name


class Municipality(models.Model):
    """A municipality, by its official four-digit code."""

    code = models.CharField(max_length=4, primary_key=True)
    name = models.CharField(max_length=80)
    authority_name = models.CharField(max_length=80)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    successor = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="predecessors")

    class Meta:
        ordering = ["code"]
        verbose_name_plural = "municipalities"
        constraints = [
            models.CheckConstraint(name="municipality_code_four_digits", condition=models.Q(code__regex=r"^\d{4}$")),
            valid_order("municipality_valid_order"),
            ended_when_succeeded("municipality_successor_needs_end"),
        ]

    def __str__(self) -> str:
        return self.name


class RegionMembership(models.Model):
    """Which region a municipality belongs to, and when. Never two at a time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    municipality = models.ForeignKey(Municipality, models.CASCADE, related_name="memberships")
    region = models.ForeignKey(Region, models.PROTECT, related_name="memberships")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["municipality", "valid_from"]
        constraints = [
            valid_order("membership_valid_order"),
            ExclusionConstraint(
                name="membership_one_region_at_a_time",
                expressions=[
                    # one code as a range of one number: compared without an extension
                    (
                        models.Func(
                            Cast("municipality", models.IntegerField()),
                            Cast("municipality", models.IntegerField()),
                            models.Value("[]"),
                            function="int4range",
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                    (models.Func("valid_from", "valid_to", function="daterange"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality_id} in {self.region_id} from {self.valid_from}"
