"""The change history. Its triggers are made by `migrate` itself, later."""

import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("changed_at", models.DateTimeField(help_text="By the database's own clock")),
                ("table", models.CharField(max_length=63)),
                ("row", models.CharField(help_text="The key of the row", max_length=40)),
                (
                    "operation",
                    models.CharField(
                        choices=[("insert", "Added"), ("update", "Changed"), ("delete", "Removed")], max_length=6
                    ),
                ),
                (
                    "before",
                    models.JSONField(
                        help_text="What stood there: the columns that were changed, or the whole row that was removed",
                        null=True,
                    ),
                ),
                (
                    "units",
                    django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), null=True, size=None),
                ),
                ("by", models.UUIDField(help_text="The user; none: nobody who is signed in", null=True)),
                ("job", models.CharField(blank=True, help_text="The job of the worker that did it", max_length=100)),
                (
                    "request",
                    models.UUIDField(help_text="What was changed in the same request or job has the same", null=True),
                ),
                ("role", models.CharField(help_text="As which role of the database", max_length=63)),
            ],
            options={
                "indexes": [models.Index(fields=["table", "row", "id"], name="change_of_row")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("operation__in", ["insert", "update", "delete"])),
                        name="change_operation_is_known",
                    )
                ],
            },
        ),
    ]
