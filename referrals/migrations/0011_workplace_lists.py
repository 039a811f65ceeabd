"""The lists of the daily work: columns and indexes that serve them, what is put off, and what is done to several at once."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

import navigator.vault.fields

# The coordinators who were told before there was a column for it. The owner migrates, and sees past row-level security.
ESCALATED = """
UPDATE referrals_followup f SET escalated_at = n.written_at
FROM (SELECT follow_up_id, min(written_at) AS written_at FROM referrals_notice
      WHERE tells = 'coordinator' AND follow_up_id IS NOT NULL GROUP BY follow_up_id) n
WHERE n.follow_up_id = f.id AND f.closed_at IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_membership_notices"),
        ("pathways", "0003_service_second_email"),
        ("referrals", "0010_screening"),
        ("vault", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BulkJob",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("snooze", "Put off"), ("done", "Done: there was contact")], max_length=10
                    ),
                ),
                ("until", models.DateField(help_text="Put off until this day", null=True)),
                (
                    "because",
                    navigator.vault.fields.SealedTextField(
                        blank=True,
                        default=b"",
                        help_text="Wiped when the job has ended: it stands in the history of each case",
                    ),
                ),
                ("language", models.CharField(default="da", max_length=2)),
                ("total", models.PositiveSmallIntegerField()),
                ("done", models.PositiveSmallIntegerField(default=0)),
                ("failed", models.PositiveSmallIntegerField(default=0)),
                ("asked_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="BulkRow",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "Not yet"), ("done", "Done"), ("failed", "Not done")],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("said", models.CharField(blank=True, help_text="Why it was not done; names nobody", max_length=300)),
            ],
        ),
        migrations.CreateModel(
            name="CprSearch",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("searched_at", models.DateTimeField()),
                (
                    "found",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(), help_text="The cases that were found", size=None
                    ),
                ),
            ],
        ),
        migrations.RemoveIndex(
            model_name="followup",
            name="follow_up_owed",
        ),
        migrations.RemoveIndex(
            model_name="followup",
            name="follow_up_answered_for",
        ),
        migrations.RemoveIndex(
            model_name="notice",
            name="notice_unread",
        ),
        migrations.AddField(
            model_name="followup",
            name="escalated_at",
            field=models.DateTimeField(help_text="When the clock told the coordinator of this silence", null=True),
        ),
        migrations.AddField(
            model_name="followup",
            name="snoozed_until",
            field=models.DateTimeField(
                help_text="Whoever owes it has put it off: till then it is not on their list of today", null=True
            ),
        ),
        migrations.AlterField(
            model_name="personkey",
            name="kind",
            field=models.CharField(
                choices=[
                    ("cpr", "CPR number"),
                    ("phone", "Telephone"),
                    ("full_name", "Full name"),
                    ("name_start", "How a part of a name begins"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(
                    models.Q(
                        ("sender_unit", models.F("owed_by")),
                        ("owner_unit", models.F("owed_by")),
                        ("coordinator_unit", models.F("owed_by")),
                        _connector="OR",
                    ),
                    ("closed_at__isnull", True),
                ),
                fields=["owed_by", "due_at", "id"],
                name="follow_up_own",
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True), ("owed_worker__isnull", False)),
                fields=["owed_worker", "due_at", "id"],
                name="follow_up_mine",
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True), ("snoozed_until__isnull", False)),
                fields=["owed_by", "due_at", "id"],
                name="follow_up_put_off",
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True)),
                fields=["owed_by", "waits_for", "due_at", "id"],
                name="follow_up_received",
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(
                    models.Q(("owed_by", models.F("sender_unit")), _negated=True), ("closed_at__isnull", True)
                ),
                fields=["sender_unit", "due_at", "id"],
                name="follow_up_sent",
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(
                    models.Q(("owed_by", models.F("owner_unit")), _negated=True),
                    models.Q(("sender_unit", models.F("owner_unit")), _negated=True),
                    ("closed_at__isnull", True),
                ),
                fields=["owner_unit", "due_at", "id"],
                name="follow_up_answered_for",
            ),
        ),
        migrations.AddIndex(
            model_name="followup",
            index=models.Index(
                condition=models.Q(("closed_at__isnull", True), ("escalated_at__isnull", False)),
                fields=["coordinator_unit", "due_at", "id"],
                name="follow_up_escalated",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(
                    models.Q(("why", "silence"), _negated=True), ("event__isnull", False), ("read_at__isnull", True)
                ),
                fields=["to_unit", "-written_at", "-id"],
                name="notice_news",
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                condition=models.Q(("appointment_at__isnull", False)),
                fields=["receiver_unit", "appointment_at", "id"],
                name="referral_visits",
            ),
        ),
        migrations.AddIndex(
            model_name="referral",
            index=models.Index(
                condition=models.Q(("status", "arrived")),
                fields=["sender_unit", "-status_since", "-id"],
                name="referral_arrived",
            ),
        ),
        migrations.AddField(
            model_name="bulkjob",
            name="data_key",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="vault.datakey"
            ),
        ),
        migrations.AddField(
            model_name="bulkjob",
            name="unit",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"),
        ),
        migrations.AddField(
            model_name="bulkjob",
            name="worker",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="bulkrow",
            name="follow_up",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.followup"
            ),
        ),
        migrations.AddField(
            model_name="bulkrow",
            name="job",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="rows", to="referrals.bulkjob"
            ),
        ),
        migrations.AddField(
            model_name="bulkrow",
            name="unit",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"),
        ),
        migrations.AddField(
            model_name="cprsearch",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="cprsearch",
            name="unit",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"),
        ),
        migrations.AddIndex(
            model_name="bulkjob",
            index=models.Index(condition=models.Q(("ended_at__isnull", True)), fields=["id"], name="bulk_to_do"),
        ),
        migrations.AddConstraint(
            model_name="bulkjob",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["snooze", "done"])), name="bulk_kind_is_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkjob",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "done__lte",
                        django.db.models.expressions.CombinedExpression(models.F("total"), "-", models.F("failed")),
                    )
                ),
                name="bulk_counts_each_row_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="bulkrow",
            constraint=models.UniqueConstraint(fields=("job", "follow_up"), name="bulk_row_once_a_task"),
        ),
        migrations.AddConstraint(
            model_name="bulkrow",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "done", "failed"])), name="bulk_row_state_is_known"
            ),
        ),
        migrations.RunSQL(ESCALATED, migrations.RunSQL.noop),
    ]
