"""The database itself notes which cases the figures are to look at again: with each row of the history, so that nobody can
forget to, and when a row opens to another unit.

A note is added for each, and never left out because there is one already: the other may be worked off this moment by
somebody who does not see this row of the history yet.
"""

from django.db import migrations

NOTE = """
CREATE FUNCTION referrals_note_to_measure() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO referrals_tomeasure (case_id, owner_unit_id, noted_at)
    SELECT DISTINCT case_id, owner_unit_id, clock_timestamp() FROM changed;
    RETURN NULL;
END $$
"""
TRIGGER = """
CREATE TRIGGER note_to_measure_{name} AFTER {event} ON referrals_caseevent
REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION referrals_note_to_measure()
"""
EVERY_CASE = """
INSERT INTO referrals_tomeasure (case_id, owner_unit_id, noted_at)
SELECT id, owner_unit_id, clock_timestamp() FROM referrals_case
"""


class Migration(migrations.Migration):
    dependencies = [("referrals", "0004_nothing_is_told_without_a_basis")]

    operations = [
        migrations.RunSQL(
            [
                NOTE,
                "REVOKE ALL ON FUNCTION referrals_note_to_measure() FROM PUBLIC",
                *[TRIGGER.format(event=event, name=event.lower()) for event in ("INSERT", "UPDATE")],
            ],
            "DROP FUNCTION referrals_note_to_measure() CASCADE",
        ),
        migrations.RunSQL(EVERY_CASE, migrations.RunSQL.noop),
    ]
