"""Celery: worker and beat. Beat only knocks; what is due stands in the database."""

import os
from datetime import timedelta
from typing import Any
from uuid import UUID

from celery import Celery, Task, bootsteps
from celery.schedules import crontab
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "navigator.settings.base")


class Job(Task):
    """A job tells the database what it is called: who changes a row without being a user."""

    def __call__(self, *args: Any, **given: Any) -> Any:
        from navigator.database import scope

        run = UUID(self.request.id) if self.request.id else None
        with scope.job(self.name, run=run):
            return super().__call__(*args, **given)


app = Celery("navigator", task_cls=Job)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


class Watched(bootsteps.StartStopStep):
    """A worker that does nothing any more ends itself (watchdog.py). Imported late: apps are ready only then."""

    def start(self, parent: Any) -> None:
        from navigator import watchdog

        watchdog.watch()


app.steps["worker"].add(Watched)
app.conf.beat_schedule = {
    job: {
        "task": f"referrals.tasks.{job}",
        "schedule": settings.SWEEP_EVERY,
        # A knock that nobody answered in time is worthless: the next one does the same work.
        "options": {"expires": settings.SWEEP_EVERY.total_seconds() * 3},
    }
    for job in ("sweep", "deliver", "send_links", "send_invitations", "measure", "tell_of_closings")
} | {
    # Somebody sits before a progress bar: looked for more often.
    "work_off_bulk": {
        "task": "referrals.tasks.work_off_bulk",
        "schedule": min(settings.SWEEP_EVERY, timedelta(seconds=2)),
        "options": {"expires": 6},
    },
    "make_papers": {
        "task": "referrals.tasks.make_papers",
        "schedule": min(settings.SWEEP_EVERY, timedelta(seconds=5)),
        "options": {"expires": 15},
    },
    "count_answers": {"task": "referrals.tasks.count_answers", "schedule": crontab(hour=3, minute=7)},
    "check": {"task": "referrals.tasks.check", "schedule": crontab(hour=3, minute=17)},
    "seal_access_log": {"task": "navigator.audit.tasks.seal_access_log", "schedule": crontab(hour=3, minute=27)},
    "remind_of_consents": {"task": "referrals.tasks.remind_of_consents", "schedule": crontab(hour=3, minute=47)},
    "remove_old_drafts": {"task": "referrals.tasks.remove_old_drafts", "schedule": crontab(hour=3, minute=37)},
}
