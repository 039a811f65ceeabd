"""The controlled vocabulary: what can be asked, and the words that answers are given in. Codes are public and never renamed."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from uuid_utils.compat import uuid7

from pathways.enums import Access, Sector, Strength, TermList


class Worded(models.Model):
    """A code with its label in both languages, in the order it is shown."""

    code = models.CharField(max_length=60, primary_key=True)
    text_da = models.CharField(max_length=200)
    text_en = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.text_da


class Term(models.Model):
    """One answer that can be given, such as 'cannabis' among the substances. Ladders have a rank."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    list = models.CharField(max_length=20, choices=TermList)
    code = models.CharField(max_length=60)
    text_da = models.CharField(max_length=200)
    text_en = models.CharField(max_length=200)
    rank = models.PositiveSmallIntegerField(null=True, blank=True)
    answer_type = models.CharField(
        max_length=40, blank=True, help_text="Circumstances only: bool, int, str or codes with |."
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["list", "position", "code"]
        constraints = [
            models.UniqueConstraint(name="term_once_a_list", fields=["list", "code"]),
            models.CheckConstraint(name="term_list_known", condition=models.Q(list__in=TermList.values)),
        ]

    def __str__(self) -> str:
        return self.text_da


class Door(Worded):
    """Where a citizen turns up. Everybody may ask; not everybody may refer."""

    may_refer = models.BooleanField(default=True)


class Level(models.Model):
    """The integration level: how much of both difficulties one place treats."""

    level = models.PositiveSmallIntegerField(primary_key=True)
    text_da = models.CharField(max_length=200)
    text_en = models.CharField(max_length=200)
    means_da = models.TextField()
    means_en = models.TextField()
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["level"]

    def __str__(self) -> str:
        return f"{self.level} {self.text_da}"


class Right(Worded):
    """What the citizen is entitled to, and when its clock begins. `as_of` is the year of the law as read."""

    days = models.PositiveSmallIntegerField(null=True, blank=True)
    counts_from_da = models.CharField(max_length=200)
    counts_from_en = models.CharField(max_length=200)
    law = models.CharField(max_length=200)
    as_of = models.CharField(max_length=4)
    verified = models.BooleanField(default=False)


class Obligation(Worded):
    """What whoever has the citizen in front of them must or should do."""

    strength = models.CharField(max_length=12, choices=Strength)
    source = models.CharField(max_length=200, blank=True)

    class Meta(Worded.Meta):
        constraints = [
            models.CheckConstraint(name="obligation_strength_known", condition=models.Q(strength__in=Strength.values))
        ]


class DeclineReason(Worded):
    """Why a service may return a referral, what that needs, and which reasons are not legitimate."""

    allowed = models.BooleanField()
    needs_da = models.CharField(max_length=200, blank=True)
    needs_en = models.CharField(max_length=200, blank=True)
    why_da = models.TextField(blank=True)
    why_en = models.TextField(blank=True)
    source = models.CharField(max_length=200, blank=True)


class ServiceKind(Worded):
    """A kind of help. Rules name kinds; the directory holds the services of each."""

    sector = models.CharField(max_length=20, choices=Sector)
    side = models.CharField(max_length=20)
    levels = ArrayField(models.PositiveSmallIntegerField(), default=list)
    access = ArrayField(models.CharField(max_length=20, choices=Access), default=list)
    minimum_age = models.PositiveSmallIntegerField(null=True, blank=True)
    maximum_age = models.PositiveSmallIntegerField(null=True, blank=True)
    law = models.CharField(max_length=200, blank=True)
    law_as_of = models.CharField(max_length=4, blank=True)
    guarantee_days = models.PositiveSmallIntegerField(null=True, blank=True)
    rights = models.ManyToManyField(Right, blank=True, related_name="kinds")
    free_choice = models.BooleanField(default=False)
    digital = models.BooleanField(default=False)
    note_da = models.TextField(blank=True)
    note_en = models.TextField(blank=True)
    source = models.CharField(max_length=200, blank=True)

    class Meta(Worded.Meta):
        constraints = [
            models.CheckConstraint(name="kind_sector_known", condition=models.Q(sector__in=Sector.values)),
            models.CheckConstraint(name="kind_access_known", condition=models.Q(access__contained_by=Access.values)),
            models.CheckConstraint(
                name="kind_age_order",
                condition=models.Q(minimum_age__isnull=True)
                | models.Q(maximum_age__isnull=True)
                | models.Q(minimum_age__lte=models.F("maximum_age")),
            ),
        ]
