from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_staff_mapping"),
    ]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="contact",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Address, telephone and e-mail, for citizens",
                max_length=300,
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="dpo_contact",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="How its data protection adviser is reached",
                max_length=300,
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="kept_da",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="How long data are kept, in plain words",
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="kept_en",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="legal_basis_da",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="Which laws it relies on, in plain words",
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="legal_basis_en",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
            ),
        ),
        migrations.AddField(
            model_name="unit",
            name="secure_channel",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="Where papers are sent: an address for secure post or Digital Post",
                max_length=200,
            ),
        ),
    ]
