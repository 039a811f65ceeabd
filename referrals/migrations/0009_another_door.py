from django.db import migrations, models

import navigator.vault.fields


class Migration(migrations.Migration):
    dependencies = [("referrals", "0008_calls_and_screenings_are_events")]

    operations = [
        migrations.AddField(
            model_name="referral",
            name="other_door",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                choices=[
                    ("wish", "The citizen wishes it"),
                    ("known", "The citizen knows the place, or has been helped there before"),
                    ("nearer", "It is nearer or easier to get to"),
                    ("sooner", "The wait is shorter"),
                    ("no_room", "The suggested service cannot take the citizen"),
                    ("not_fitting", "The suggestions do not fit the need"),
                    ("other", "Something else"),
                ],
                help_text="Why another door than the matched ones",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="referral",
            name="chosen_because",
            field=navigator.vault.fields.SealedTextField(blank=True, default=b"", help_text="The same in words"),
        ),
        migrations.AddConstraint(
            model_name="referral",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("other_door__in", ["", "wish", "known", "nearer", "sooner", "no_room", "not_fitting", "other"])
                ),
                name="referral_other_door_is_known",
            ),
        ),
    ]
