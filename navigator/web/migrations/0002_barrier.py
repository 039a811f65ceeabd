from django.db import migrations, models
from uuid_utils.compat import uuid7


class Migration(migrations.Migration):
    dependencies = [("web", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Barrier",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                ("told_at", models.DateTimeField()),
                ("sealed", models.BinaryField()),
            ],
            options={"ordering": ["told_at"]},
        ),
    ]
