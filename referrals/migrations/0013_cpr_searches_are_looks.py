"""A search by CPR number is a look like any other: what was kept of them moves to the access log."""

from django.db import migrations

MOVE = """
INSERT INTO audit_look (id, looked_at, "user", unit, roles, what, how, purpose, person, "case")
SELECT gen_random_uuid(), s.searched_at, s.by_id, s.unit_id, '{}', 'search', 'cpr_search', 'find', c.person_id, f.found
FROM referrals_cprsearch s
LEFT JOIN LATERAL unnest(s.found) AS f (found) ON true
LEFT JOIN referrals_case c ON c.id = f.found
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_access_log"), ("referrals", "0012_putting_off_is_an_event")]
    operations = [
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        migrations.DeleteModel("CprSearch"),
    ]
