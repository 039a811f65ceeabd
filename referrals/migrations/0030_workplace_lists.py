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
        ("referrals", "0005_reaching_the_citizen"),
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
        migrations.RemoveConstraint(
            model_name="caseevent",
            name="event_kind_is_known",
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
            model_name="caseevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("send", "The referral was sent"),
                    ("open", "The service has opened the referral"),
                    ("ask", "The service has asked a question"),
                    ("reply", "The sender has answered the question"),
                    ("accept", "The service has accepted"),
                    ("waitlist", "The service has put the citizen on a waiting list"),
                    ("book", "A time was agreed"),
                    ("cancel_visit", "The visit was cancelled"),
                    ("miss", "The citizen did not come"),
                    ("attempt", "New contact was tried"),
                    ("arrive", "The citizen has arrived"),
                    ("correct", "The arrival was corrected"),
                    ("start", "The course has begun"),
                    ("close", "The course is closed"),
                    ("ask_return", "The service wants to return the referral"),
                    ("send_back", "The coordinator has not approved the return"),
                    ("return", "The referral was returned, with the next door"),
                    ("withdraw", "The citizen does not want it any more"),
                    ("cancel", "The sender has cancelled"),
                    ("lose", "The coordinator has decided that contact is lost"),
                    ("die", "The citizen has died"),
                    ("move", "The citizen has moved away"),
                    ("case_opened", "The needs were logged"),
                    ("assessed", "The needs were matched"),
                    ("owner_changed", "Another unit answers for the citizen"),
                    ("take_over_asked", "Another unit was asked to answer for the citizen"),
                    ("take_over_declined", "The other unit has not taken over"),
                    ("track_arrived", "The citizen has been met"),
                    ("citizen_arrived", "The citizen says to have arrived"),
                    ("arrival_disputed", "The service has not met the citizen"),
                    ("refused_return", "A return was tried with a reason that is not legitimate"),
                    ("overrun_reasoned", "The reason of an overrun was registered"),
                    ("companion_agreed", "Somebody goes along"),
                    ("companion_ok", "Both have confirmed the companion"),
                    ("citizen_moved", "The citizen has moved to another municipality"),
                    ("turned_18", "The citizen has turned 18"),
                    ("citizen_died", "The citizen has died"),
                    ("called_over", "Handed over by telephone"),
                    ("nobody_answered", "Nobody answered the telephone"),
                    ("task_passed_on", "A colleague's task was passed on"),
                    ("snoozed", "A task was put off"),
                    ("paused", "Reminders are paused"),
                    ("contact_set", "How the citizen is reached was changed"),
                    ("noted", "A note"),
                    ("person_linked", "Linked to another record of what may be the same person"),
                    ("person_unlinked", "The link between two records was removed"),
                    ("case_reopened", "The case was opened again"),
                    ("case_closed", "The case was closed"),
                ],
                max_length=20,
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
        migrations.AddConstraint(
            model_name="caseevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "send",
                            "open",
                            "ask",
                            "reply",
                            "accept",
                            "waitlist",
                            "book",
                            "cancel_visit",
                            "miss",
                            "attempt",
                            "arrive",
                            "correct",
                            "start",
                            "close",
                            "ask_return",
                            "send_back",
                            "return",
                            "withdraw",
                            "cancel",
                            "lose",
                            "die",
                            "move",
                            "case_opened",
                            "assessed",
                            "owner_changed",
                            "take_over_asked",
                            "take_over_declined",
                            "track_arrived",
                            "citizen_arrived",
                            "arrival_disputed",
                            "refused_return",
                            "overrun_reasoned",
                            "companion_agreed",
                            "companion_ok",
                            "citizen_moved",
                            "turned_18",
                            "citizen_died",
                            "called_over",
                            "nobody_answered",
                            "task_passed_on",
                            "snoozed",
                            "paused",
                            "contact_set",
                            "noted",
                            "person_linked",
                            "person_unlinked",
                            "case_reopened",
                            "case_closed",
                        ],
                    )
                ),
                name="event_kind_is_known",
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
