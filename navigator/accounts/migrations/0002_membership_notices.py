from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="membership",
            name="notices",
            field=models.CharField(
                choices=[("single", "One message for each notice"), ("digest", "One message a day")],
                db_default="single",
                default="single",
                max_length=10,
            ),
        ),
    ]
