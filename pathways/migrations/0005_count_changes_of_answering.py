"""How services answer is part of the catalogue: services are ranked by it, so that a change gives a new version."""

from django.db import migrations

TABLE = "pathways_answering"


def triggers() -> list[str]:
    return [
        f"CREATE TRIGGER count_{event.lower()} AFTER {event} ON {TABLE}"
        f" REFERENCING {'OLD' if event == 'DELETE' else 'NEW'} TABLE AS changed"
        " FOR EACH STATEMENT EXECUTE FUNCTION pathways_count_change()"
        for event in ("INSERT", "UPDATE", "DELETE")
    ]


class Migration(migrations.Migration):
    dependencies = [("pathways", "0004_services_close_for_a_time")]

    operations = [
        migrations.RunSQL(
            triggers(), [f"DROP TRIGGER count_{event} ON {TABLE}" for event in ("insert", "update", "delete")]
        ),
    ]
