import django.db.models.deletion
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

import navigator.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_membership_notices"),
        ("vault", "0001_initial"),
        ("referrals", "0009_another_door"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Screening",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "about",
                    models.CharField(
                        choices=[("substance_use", "Substance use"), ("mental_state", "Mental difficulty")],
                        max_length=20,
                    ),
                ),
                ("instrument", models.CharField(help_text="A code of instruments.py, or other", max_length=20)),
                (
                    "called",
                    navigator.vault.fields.SealedTextField(
                        blank=True, default=b"", help_text="The name of another instrument"
                    ),
                ),
                ("version", navigator.vault.fields.SealedTextField(blank=True, default=b"")),
                ("score", navigator.vault.fields.SealedTextField(blank=True, default=b"")),
                (
                    "text",
                    navigator.vault.fields.SealedTextField(
                        blank=True, default=b"", help_text="What the professional makes of it"
                    ),
                ),
                (
                    "step",
                    models.CharField(
                        blank=True, help_text="The step of the ladder that the professional holds", max_length=20
                    ),
                ),
                ("made_on", models.DateField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "by_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="screenings", to="referrals.case"
                    ),
                ),
                (
                    "coordinator_unit",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "data_key",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="vault.datakey",
                    ),
                ),
                (
                    "origin_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
                (
                    "owner_unit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("about__in", ["substance_use", "mental_state"])),
                        name="screening_about_is_known",
                    )
                ]
            },
        ),
    ]
