import django.db.models.deletion
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

import navigator.vault.fields


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_membership_notices"),
        ("pathways", "0003_service_second_email"),
        ("referrals", "0006_corrections_and_free_choice"),
        ("vault", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Draft",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("content", navigator.vault.fields.SealedTextField(blank=True, default=b"")),
                ("started_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="followup",
            name="follow_up_open_once_a_case",
        ),
        migrations.RemoveConstraint(
            model_name="followup",
            name="follow_up_wait_is_known",
        ),
        migrations.AddField(
            model_name="followup",
            name="obligation",
            field=models.ForeignKey(
                help_text="The duty that is to be done",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="pathways.obligation",
            ),
        ),
        migrations.AlterField(
            model_name="followup",
            name="waits_for",
            field=models.CharField(
                choices=[
                    ("choice", "A service is to be chosen"),
                    ("consent", "Consent to pass it on is to be asked for"),
                    ("seen", "The service is to open the referral"),
                    ("answer", "The service is to answer"),
                    ("reply", "A question is to be answered"),
                    ("booking", "A time is to be agreed"),
                    ("check_in", "Somebody waiting is to be heard from"),
                    ("visit", "The visit is near"),
                    ("arrival", "Arrival is to be confirmed"),
                    ("re_engage", "New contact is to be tried"),
                    ("decision", "The coordinator is to decide on a return"),
                    ("citizen_arrival", "The citizen's word of arrival is to be confirmed"),
                    ("hand_over", "Somebody is to be reached by telephone now"),
                    ("companion", "Somebody to go along is to be found"),
                    ("tell_citizen", "The citizen is to be told what was passed on"),
                    ("reach_out", "A message could not be delivered: the other way is to be used"),
                    ("first_week", "Contact in the first week after discharge"),
                    ("effect", "Does it help?"),
                    ("guarantee", "A statutory deadline runs"),
                    ("take_over", "Another unit is to say whether it takes over"),
                    ("obligation", "A duty towards the citizen is to be done"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("closed_at__isnull", True),
                    ("guarantee__isnull", True),
                    ("obligation__isnull", True),
                    ("referral__isnull", True),
                ),
                fields=("case", "waits_for"),
                name="follow_up_open_once_a_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.UniqueConstraint(
                condition=models.Q(("closed_at__isnull", True), ("obligation__isnull", False)),
                fields=("case", "obligation"),
                name="follow_up_open_once_a_duty",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "waits_for__in",
                        [
                            "choice",
                            "consent",
                            "seen",
                            "answer",
                            "reply",
                            "booking",
                            "check_in",
                            "visit",
                            "arrival",
                            "re_engage",
                            "decision",
                            "citizen_arrival",
                            "hand_over",
                            "companion",
                            "tell_citizen",
                            "reach_out",
                            "first_week",
                            "effect",
                            "guarantee",
                            "take_over",
                            "obligation",
                        ],
                    )
                ),
                name="follow_up_wait_is_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("obligation__isnull", False), ("waits_for", "obligation")),
                    models.Q(models.Q(("waits_for", "obligation"), _negated=True), ("obligation__isnull", True)),
                    _connector="OR",
                ),
                name="follow_up_duty_is_named",
            ),
        ),
        migrations.AddField(
            model_name="draft",
            name="data_key",
            field=models.OneToOneField(editable=False, on_delete=django.db.models.deletion.PROTECT, to="vault.datakey"),
        ),
        migrations.AddField(
            model_name="draft",
            name="unit",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"),
        ),
        migrations.AddField(
            model_name="draft",
            name="worker",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="draft",
            index=models.Index(fields=["unit", "worker", "-updated_at"], name="draft_of_worker"),
        ),
        migrations.AddIndex(
            model_name="draft",
            index=models.Index(fields=["updated_at"], name="draft_by_age"),
        ),
    ]
