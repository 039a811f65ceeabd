"""How long cases are kept, and what two people have decided."""

import django.db.models.deletion
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_privacy_notices_and_secure_post"),
        ("referrals", "0016_concern"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RetentionRound",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("approved", models.BooleanField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="RetentionRow",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "step",
                    models.CharField(choices=[("restrict", "Restricted"), ("dispose", "Disposed of")], max_length=10),
                ),
                ("ended_on", models.DateField(help_text="The day of the last step on the case")),
                ("due_on", models.DateField()),
                (
                    "done_at",
                    models.DateTimeField(
                        help_text="None: not carried out, or not due any more when it was to be", null=True
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RetentionRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("arrived", "The citizen has arrived"),
                            ("self_resolved", "The need is met in another way"),
                            ("withdrawn", "The citizen does not want help now"),
                            ("lost_contact", "Contact was lost"),
                            ("deceased", "The citizen has died"),
                            ("moved", "The citizen has moved out of the country"),
                        ],
                        max_length=20,
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("substance", "Substance treatment"),
                            ("psychiatry", "Psychiatry"),
                            ("social", "Social effort"),
                        ],
                        help_text="Empty: any",
                        max_length=10,
                    ),
                ),
                (
                    "restrict_after",
                    models.PositiveSmallIntegerField(help_text="Months after the last step on the case"),
                ),
                (
                    "dispose_after",
                    models.PositiveSmallIntegerField(help_text="Months likewise; none: never", null=True),
                ),
                ("basis_da", models.CharField(max_length=300)),
                ("basis_en", models.CharField(max_length=300)),
                ("source", models.CharField(max_length=300)),
                (
                    "strength",
                    models.CharField(
                        choices=[
                            ("law", "The law says so"),
                            ("archive", "A rule of the archives"),
                            ("practice", "Practice"),
                            ("proposal", "Our own proposal"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "confirmed_by",
                    models.CharField(
                        blank=True,
                        help_text="Who has confirmed it for the authority. Until then it restricts and disposes of nothing",
                        max_length=200,
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="case",
            name="disposed_at",
            field=models.DateTimeField(help_text="The person's key is destroyed: no text can be read", null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="restricted_at",
            field=models.DateTimeField(
                help_text="Locked: in no ordinary list or search, and nothing in it is changed any more", null=True
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", False), ("disposed_at__isnull", True)),
                fields=["owner_unit", "closed_at"],
                name="case_kept_by_owner",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("restricted_at", None), ("closed_at__isnull", False), _connector="OR"),
                name="case_is_closed_before_it_is_restricted",
            ),
        ),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(("disposed_at", None), ("restricted_at__isnull", False), _connector="OR"),
                name="case_is_restricted_before_it_is_disposed_of",
            ),
        ),
        migrations.AddField(
            model_name="retentionround",
            name="answered_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="retentionround",
            name="asked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="retentionround",
            name="unit",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"),
        ),
        migrations.AddField(
            model_name="retentionrow",
            name="case",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.case"),
        ),
        migrations.AddField(
            model_name="retentionrow",
            name="round",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="referrals.retentionround"
            ),
        ),
        migrations.AddField(
            model_name="retentionrow",
            name="unit",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"),
        ),
        migrations.AddConstraint(
            model_name="retentionrule",
            constraint=models.UniqueConstraint(fields=("outcome", "side"), name="retention_rule_once"),
        ),
        migrations.AddConstraint(
            model_name="retentionrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome__in", ["arrived", "self_resolved", "withdrawn", "lost_contact", "deceased", "moved"])
                ),
                name="retention_outcome_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("side__in", ["", "substance", "psychiatry", "social"])),
                name="retention_side_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("dispose_after", None), ("dispose_after__gte", models.F("restrict_after")), _connector="OR"
                ),
                name="retention_restricts_before_it_disposes",
            ),
        ),
        migrations.AddField(
            model_name="retentionrow",
            name="rule",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.retentionrule"
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionround",
            constraint=models.UniqueConstraint(
                condition=models.Q(("answered_at", None)), fields=("unit",), name="retention_asked_once_at_a_time"
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionround",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at", None), ("answered_by", None), ("approved", None)),
                    models.Q(
                        ("answered_at__isnull", False), ("answered_by__isnull", False), ("approved__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="retention_answered_at_by_and_how",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionround",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("answered_by", None),
                    models.Q(("answered_by", models.F("asked_by")), _negated=True),
                    _connector="OR",
                ),
                name="retention_takes_two",
            ),
        ),
        migrations.AddConstraint(
            model_name="retentionrow",
            constraint=models.UniqueConstraint(fields=("round", "case"), name="retention_row_once_a_case"),
        ),
        migrations.AddConstraint(
            model_name="retentionrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("step__in", ["restrict", "dispose"])), name="retention_step_is_known"
            ),
        ),
    ]
