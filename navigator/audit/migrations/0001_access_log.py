"""The access log: partitioned by month, added to and never changed. Its months are made by `migrate` itself, later."""

import django.contrib.postgres.fields
import uuid_utils.compat
from django.db import migrations, models

HOW = "'page', 'fragment', 'api', 'export', 'search', 'cpr_search', 'reveal'"
PURPOSE = "'help', 'receive', 'find', 'emergency', 'identify', 'journal', 'rights', 'oversee'"

TABLE = f"""
CREATE TABLE audit_look (
    id uuid NOT NULL,
    looked_at timestamptz NOT NULL,
    "user" uuid NULL,
    unit uuid NULL,
    roles varchar(20)[] NOT NULL,
    guest uuid NULL,
    what varchar(60) NOT NULL,
    how varchar(10) NOT NULL CONSTRAINT look_how_is_known CHECK (how IN ({HOW})),
    purpose varchar(10) NOT NULL CONSTRAINT look_purpose_is_known CHECK (purpose IN ({PURPOSE})),
    person uuid NULL,
    "case" uuid NULL,
    referral uuid NULL,
    emergency uuid NULL,
    PRIMARY KEY (id, looked_at),
    CONSTRAINT look_is_of_a_worker_or_a_guest CHECK (
        ("user" IS NOT NULL AND unit IS NOT NULL AND guest IS NULL)
        OR ("user" IS NULL AND unit IS NULL AND guest IS NOT NULL)
    ),
    CONSTRAINT look_in_an_emergency_names_it CHECK ((purpose = 'emergency') = (emergency IS NOT NULL))
) PARTITION BY RANGE (looked_at);
CREATE INDEX look_in_order ON audit_look (looked_at, id);
CREATE INDEX look_by_case ON audit_look ("case", looked_at);
CREATE INDEX look_by_unit ON audit_look (unit, looked_at);
CREATE SCHEMA access_log;
CREATE TABLE access_log.other PARTITION OF audit_look DEFAULT;
CREATE FUNCTION audit_look_stays() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the access log is added to and never changed'; END $$;
CREATE TRIGGER audit_look_stays BEFORE UPDATE OR DELETE ON audit_look
    FOR EACH ROW EXECUTE FUNCTION audit_look_stays();
"""
UNDO = "DROP TABLE audit_look; DROP SCHEMA access_log; DROP FUNCTION audit_look_stays()"

STATE = migrations.CreateModel(
    name="Look",
    fields=[
        (
            "id",
            models.UUIDField(default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False),
        ),
        ("looked_at", models.DateTimeField()),
        ("user", models.UUIDField(null=True)),
        ("unit", models.UUIDField(null=True)),
        (
            "roles",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=20), default=list, size=None
            ),
        ),
        (
            "guest",
            models.UUIDField(help_text="What a secure link opens with, where the service has no account", null=True),
        ),
        ("what", models.CharField(help_text="The page, by its name in accounts/permissions.py", max_length=60)),
        (
            "how",
            models.CharField(
                choices=[
                    ("page", "Page"),
                    ("fragment", "Part of a page"),
                    ("api", "Another system"),
                    ("export", "Export"),
                    ("search", "Search"),
                    ("cpr_search", "Search by CPR number"),
                    ("reveal", "Shown in full, on request"),
                ],
                max_length=10,
            ),
        ),
        (
            "purpose",
            models.CharField(
                choices=[
                    ("help", "To help the citizen on their way"),
                    ("receive", "To receive a referral"),
                    ("find", "To find a case"),
                    ("emergency", "An emergency, in a case of another unit"),
                    ("identify", "To be sure who the citizen is"),
                    ("journal", "To write it in a case system of one's own"),
                    ("rights", "The citizen has asked for it"),
                    ("oversee", "To make sure that nobody looks without reason"),
                ],
                max_length=10,
            ),
        ),
        ("person", models.UUIDField(null=True)),
        ("case", models.UUIDField(null=True)),
        ("referral", models.UUIDField(null=True)),
        (
            "emergency",
            models.UUIDField(help_text="The emergency access that let somebody in", null=True),
        ),
    ],
    options={
        "indexes": [
            models.Index(fields=["looked_at", "id"], name="look_in_order"),
            models.Index(fields=["case", "looked_at"], name="look_by_case"),
            models.Index(fields=["unit", "looked_at"], name="look_by_unit"),
        ],
        "constraints": [
            models.CheckConstraint(
                condition=models.Q(
                    ("how__in", ["page", "fragment", "api", "export", "search", "cpr_search", "reveal"])
                ),
                name="look_how_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    (
                        "purpose__in",
                        ["help", "receive", "find", "emergency", "identify", "journal", "rights", "oversee"],
                    )
                ),
                name="look_purpose_is_known",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("guest__isnull", True), ("unit__isnull", False), ("user__isnull", False)),
                    models.Q(("guest__isnull", False), ("unit__isnull", True), ("user__isnull", True)),
                    _connector="OR",
                ),
                name="look_is_of_a_worker_or_a_guest",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    models.Q(("emergency__isnull", False), ("purpose", "emergency")),
                    models.Q(models.Q(("purpose", "emergency"), _negated=True), ("emergency__isnull", True)),
                    _connector="OR",
                ),
                name="look_in_an_emergency_names_it",
            ),
        ],
    },
)


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunSQL(TABLE, UNDO)], state_operations=[STATE]
        ),
    ]
