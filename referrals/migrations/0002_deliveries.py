import django.db.models.deletion
import uuid_utils.compat
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_membership_notices"),
        ("referrals", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="BounceReport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid_utils.compat.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("key", models.UUIDField(help_text="The idempotency key that the message carried")),
                ("reported_at", models.DateTimeField()),
            ],
        ),
        migrations.AlterField(
            model_name="delivery",
            name="channel",
            field=models.CharField(
                blank=True,
                choices=[
                    ("in_app", "Here"),
                    ("email", "E-mail"),
                    ("sms", "SMS"),
                    ("phone", "Telephone"),
                    ("letter", "Letter"),
                    ("visit", "A visit"),
                ],
                help_text="Empty: as is safe when it is sent",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="delivery",
            name="in_digest",
            field=models.BooleanField(db_default=False, default=False, help_text="The worker reads one message a day"),
        ),
        migrations.AddField(
            model_name="delivery",
            name="sent_with",
            field=models.ForeignKey(
                help_text="Whose key the digest was sent with",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="referrals.delivery",
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="reason",
            field=models.CharField(
                blank=True,
                choices=[
                    ("done", "What it was about is done"),
                    ("read", "It has been read here already"),
                    ("superseded", "A later message says the same"),
                    ("late", "Too late to be of use"),
                    ("do_not_contact", "The citizen is not to be contacted"),
                    ("paused", "Reminders are paused until after it would have been of use"),
                    ("phone", "The citizen is reached by telephone"),
                    ("letter", "The citizen is reached by letter"),
                    ("visit", "The citizen is reached by a visit"),
                    ("no_address", "There is no address to send it to"),
                    ("refused", "The address was refused"),
                    ("no_relay", "No mail server is set up"),
                    ("no_gateway", "No SMS gateway is set up"),
                    ("gave_up", "It was tried for two days"),
                    ("came_back", "The message came back"),
                    ("timed_out", "No answer in time"),
                    ("busy", "The other side asked us to try later"),
                    ("away", "The other side could not be reached"),
                    ("error", "Something went wrong here"),
                ],
                help_text="Why it was dropped, failed or is tried again",
                max_length=60,
            ),
        ),
        migrations.RemoveConstraint(model_name="delivery", name="delivery_once_a_channel"),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(fields=("notice",), name="delivery_once_a_notice"),
        ),
    ]
