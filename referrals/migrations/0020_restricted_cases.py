"""A closed case is restricted, and later disposed of."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_staff_mapping"), ("referrals", "0014_emergency_access")]

    operations = []
