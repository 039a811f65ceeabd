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
