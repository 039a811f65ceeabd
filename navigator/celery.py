"""Celery: worker and beat. Beat only knocks; what is due stands in the database."""

import os

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "navigator.settings.base")

app = Celery("navigator")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    job: {
        "task": f"referrals.tasks.{job}",
        "schedule": settings.SWEEP_EVERY,
        # A knock that nobody answered in time is worthless: the next one does the same work.
        "options": {"expires": settings.SWEEP_EVERY.total_seconds() * 3},
    }
    for job in ("sweep", "deliver", "send_links")
}
