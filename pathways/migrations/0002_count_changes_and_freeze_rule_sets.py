"""The database itself counts changes of the catalogue and freezes published rule sets.

Statement triggers with transition tables: a statement that changes no row is not a change. What bulk writes, the admin
or a repair by hand change is counted all the same.
"""

from django.db import migrations

TABLES = (
    "pathways_region",
    "pathways_municipality",
    "pathways_regionmembership",
    "pathways_term",
    "pathways_door",
    "pathways_level",
    "pathways_right",
    "pathways_obligation",
    "pathways_declinereason",
    "pathways_servicekind",
    "pathways_servicekind_rights",
    "pathways_providerorganisation",
    "pathways_service",
    "pathways_servicearea",
)

COUNT = """
CREATE FUNCTION pathways_count_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM changed) THEN
        INSERT INTO pathways_directoryversion AS version ("only", number, changed_at)
        VALUES (true, 1, clock_timestamp())
        ON CONFLICT ("only") DO UPDATE SET number = version.number + 1, changed_at = clock_timestamp();
    END IF;
    RETURN NULL;
END $$
"""

FREEZE = """
CREATE FUNCTION pathways_freeze_rule_set() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (NEW.version, NEW.document, NEW.published_at)
                           IS DISTINCT FROM (OLD.version, OLD.document, OLD.published_at) THEN
        RAISE EXCEPTION 'Rule set % is published and frozen: publish a new version instead.', OLD.version
            USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
"""

FROZEN = """
CREATE TRIGGER rule_set_frozen BEFORE UPDATE OR DELETE ON pathways_ruleset
FOR EACH ROW WHEN (OLD.published_at IS NOT NULL) EXECUTE FUNCTION pathways_freeze_rule_set()
"""


def triggers() -> list[str]:
    return [
        f"CREATE TRIGGER count_{event.lower()} AFTER {event} ON {table}"
        f" REFERENCING {'OLD' if event == 'DELETE' else 'NEW'} TABLE AS changed"
        " FOR EACH STATEMENT EXECUTE FUNCTION pathways_count_change()"
        for table in TABLES
        for event in ("INSERT", "UPDATE", "DELETE")
    ]


class Migration(migrations.Migration):
    dependencies = [("pathways", "0001_initial")]

    operations = [
        migrations.RunSQL(
            [COUNT, *triggers()],
            # CASCADE takes the triggers along
            "DROP FUNCTION pathways_count_change() CASCADE",
        ),
        migrations.RunSQL([FREEZE, FROZEN], "DROP FUNCTION pathways_freeze_rule_set() CASCADE"),
    ]
