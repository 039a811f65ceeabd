"""How a service answers those who send citizens to it. Counted by the worker; says nothing of anybody."""

from __future__ import annotations

from django.db import models

from pathways.models.service import Service


class Answering(models.Model):
    """Of the referrals to a service whose time to be answered is over, how many were answered in time. Only where there are
    enough of them to say so."""

    LEAVES_FROM = 0.75  # fewer answered in time than this: it leaves referrals unanswered (our own proposal)

    service = models.OneToOneField(Service, models.CASCADE, primary_key=True, related_name="answering")
    received = models.PositiveIntegerField()
    answered = models.PositiveIntegerField(help_text="In time: within 5 working days, an acute one within 2 hours.")
    median_days = models.PositiveSmallIntegerField(null=True, help_text="Until an answer, of those answered.")
    counted_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="answering_no_more_than_received", condition=models.Q(answered__lte=models.F("received"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_id}: {self.answered} of {self.received}"

    @property
    def leaves_unanswered(self) -> bool:
        """Too many who sent somebody there have heard nothing in time."""
        return self.answered < self.received * self.LEAVES_FROM
