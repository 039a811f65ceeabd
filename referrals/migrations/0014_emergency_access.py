"""Emergency access to one case of another unit; what opens it, and only it, to be read."""

import datetime

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import uuid_utils.compat
from django.conf import settings
from django.db import migrations, models

import navigator.vault.fields

FUNCTIONS = """
CREATE FUNCTION navigator_case_numbered(said bigint) RETURNS TABLE (case_id uuid, owner_unit_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT id, owner_unit_id FROM referrals_case WHERE number = said $$;

CREATE FUNCTION navigator_emergency_case() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE
    said text := current_setting('navigator.emergency', true);
BEGIN
    IF coalesce(said, '') = '' THEN
        RETURN NULL;
    END IF;
    RETURN (
        SELECT case_id FROM referrals_emergencyaccess
        WHERE id = said::uuid AND unit_id = ANY (navigator_units())
            AND opened_at <= clock_timestamp() + interval '1 minute' AND ends_at > clock_timestamp()
    );
END
$$;

CREATE FUNCTION navigator_emergency_person() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT person_id FROM referrals_case WHERE id = navigator_emergency_case() $$;
"""
UNDO = (
    "DROP FUNCTION navigator_emergency_person(); DROP FUNCTION navigator_emergency_case();"
    " DROP FUNCTION navigator_case_numbered(bigint)"
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_membership_notices"),
        ("referrals", "0013_cpr_searches_are_looks"),
        ("vault", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="EmergencyAccess",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "number",
                    models.CharField(help_text="The case number, for those who may not see the case", max_length=20),
                ),
                ("reason", navigator.vault.fields.SealedTextField(blank=True, default=b"")),
                (
                    "told",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(),
                        editable=False,
                        help_text="The units whose leader or auditor is told",
                        size=None,
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("ends_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="EmergencySeen",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("seen_at", models.DateTimeField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="caseevent",
            name="event_kind_is_known",
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
                    ("case_reopened", "The case was opened again"),
                    ("case_closed", "The case was closed"),
                ],
                max_length=20,
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
                            "case_reopened",
                            "case_closed",
                        ],
                    )
                ),
                name="event_kind_is_known",
            ),
        ),
        migrations.AddField(
            model_name="emergencyaccess",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="emergencyaccess",
            name="case",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="referrals.case"),
        ),
        migrations.AddField(
            model_name="emergencyaccess",
            name="data_key",
            field=models.ForeignKey(
                editable=False, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="vault.datakey"
            ),
        ),
        migrations.AddField(
            model_name="emergencyaccess",
            name="unit",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"),
        ),
        migrations.AddField(
            model_name="emergencyseen",
            name="access",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="seen_by", to="referrals.emergencyaccess"
            ),
        ),
        migrations.AddField(
            model_name="emergencyseen",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="emergencyseen",
            name="unit",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.unit"),
        ),
        migrations.AddConstraint(
            model_name="emergencyaccess",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_at__gt", models.F("opened_at")),
                    (
                        "ends_at__lte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("opened_at"), "+", models.Value(datetime.timedelta(seconds=1800))
                        ),
                    ),
                ),
                name="emergency_lasts_half_an_hour_at_most",
            ),
        ),
        migrations.AddConstraint(
            model_name="emergencyseen",
            constraint=models.UniqueConstraint(fields=("access", "unit"), name="emergency_seen_once_a_unit"),
        ),
        migrations.RunSQL(FUNCTIONS, UNDO),
    ]
