"""That a municipality was notified of concern for a child, and the clock of its receipt."""

import django.db.models.deletion
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

import navigator.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_staff_mapping"),
        ("referrals", "0015_consent"),
        ("vault", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Concern",
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
                        choices=[
                            ("citizen", "The citizen, who is under 18"),
                            ("at_home", "A child in the citizen's home"),
                            ("unborn", "A child who is not born yet"),
                            ("another", "Another child"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "channel",
                    models.CharField(
                        choices=[
                            ("online", "The municipality's own form on the internet"),
                            ("phone", "Telephone"),
                            ("secure_mail", "Secure mail"),
                            ("letter", "Letter"),
                            ("in_person", "In person"),
                        ],
                        max_length=12,
                    ),
                ),
                ("municipality", models.CharField(help_text="Which municipality was notified", max_length=4)),
                (
                    "to_whom",
                    navigator.vault.fields.SealedTextField(
                        blank=True, default=b"", help_text="Who took it, as far as it is known"
                    ),
                ),
                (
                    "note",
                    navigator.vault.fields.SealedTextField(
                        blank=True, default=b"", help_text="What helps to find it again; not the notification itself"
                    ),
                ),
                ("sent_at", models.DateTimeField()),
                ("receipt_due_at", models.DateTimeField()),
                ("receipt_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="concern",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="concern",
            name="case",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.case"
            ),
        ),
        migrations.AddField(
            model_name="concern",
            name="data_key",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="vault.datakey"
            ),
        ),
        migrations.AddField(
            model_name="concern",
            name="receipt_noted_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="concern",
            name="unit",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"),
        ),
        migrations.AddIndex(
            model_name="concern",
            index=models.Index(
                condition=models.Q(("receipt_at__isnull", True)),
                fields=["unit", "receipt_due_at"],
                name="concern_without_receipt",
            ),
        ),
        migrations.AddConstraint(
            model_name="concern",
            constraint=models.CheckConstraint(
                condition=models.Q(("about__in", ["citizen", "at_home", "unborn", "another"])),
                name="concern_about_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="concern",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["online", "phone", "secure_mail", "letter", "in_person"])),
                name="concern_channel_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="concern",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("receipt_at__isnull", True), ("receipt_noted_by__isnull", True)),
                    models.Q(("receipt_at__gte", models.F("sent_at")), ("receipt_noted_by__isnull", False)),
                    _connector="OR",
                ),
                name="concern_receipt_at_and_by",
            ),
        ),
    ]
