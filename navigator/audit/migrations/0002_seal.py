"""A seal for each day of the access log, chained to the day before."""

from django.db import migrations, models

STAYS = """
CREATE TRIGGER audit_seal_stays BEFORE UPDATE OR DELETE ON audit_seal
    FOR EACH ROW EXECUTE FUNCTION audit_look_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_access_log")]
    operations = [
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("lines", models.PositiveIntegerField()),
                ("digest", models.CharField(max_length=64)),
                (
                    "before",
                    models.CharField(blank=True, help_text="The digest of the day before", max_length=64),
                ),
                ("sealed_at", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(STAYS, "DROP TRIGGER audit_seal_stays ON audit_seal"),
    ]
