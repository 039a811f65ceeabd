"""How long cases are kept, and what two people have decided."""

import django.db.models.deletion
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_staff_mapping"),
        ("referrals", "0020_restricted_cases"),
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
        migrations.RemoveConstraint(
            model_name="caseevent",
            name="event_kind_is_known",
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
                    ("meeting_corrected", "That the citizen was met was a mistake"),
                    ("citizen_arrived", "The citizen says to have arrived"),
                    ("arrival_disputed", "The service has not met the citizen"),
                    ("refused_return", "A return was tried with a reason that is not legitimate"),
                    ("overrun_reasoned", "The reason of an overrun was registered"),
                    ("chosen_freely", "The citizen has chosen another provider"),
                    ("heard_from", "Somebody waiting was heard from"),
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
                    ("called", "Contact with the citizen"),
                    ("screened", "A screening was made"),
                    ("person_linked", "Linked to another record of what may be the same person"),
                    ("person_unlinked", "The link between two records was removed"),
                    ("emergency_access", "Another unit has read the case in an emergency"),
                    ("restricted", "The case was restricted"),
                    ("disposed", "The case was disposed of: its texts can no longer be read"),
                    ("case_reopened", "The case was opened again"),
                    ("case_closed", "The case was closed"),
                ],
                max_length=20,
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
                            "meeting_corrected",
                            "citizen_arrived",
                            "arrival_disputed",
                            "refused_return",
                            "overrun_reasoned",
                            "chosen_freely",
                            "heard_from",
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
                            "called",
                            "screened",
                            "person_linked",
                            "person_unlinked",
                            "emergency_access",
                            "restricted",
                            "disposed",
                            "case_reopened",
                            "case_closed",
                        ],
                    )
                ),
                name="event_kind_is_known",
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
