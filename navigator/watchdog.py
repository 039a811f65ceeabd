"""Celery can come back from a lost Redis, look alive and never work again. So whoever hears no job finish for too long
ends itself, and its supervisor (compose, systemd, bin/demo) starts another: nothing is lost, the database is the truth.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time

from celery.beat import PersistentScheduler
from django.conf import settings
from django.db import DatabaseError, connection

from navigator import clock
from navigator.web.models import Heartbeat

logger = logging.getLogger(__name__)

LOOKS_EVERY = 1.0  # seconds
TO_FINISH = 15.0  # seconds between asking and ending
GAVE_UP = 75  # the exit code: temporary, start me again


def watch() -> None:
    """Begins to watch this process, in a thread of its own."""
    threading.Thread(target=_watch, name="watchdog", daemon=True).start()


def _watch() -> None:
    began = clock.now()
    while True:
        time.sleep(LOOKS_EVERY)
        try:
            last = Heartbeat.objects.order_by("-finished_at").values_list("finished_at", flat=True).first()
        except DatabaseError:
            began = clock.now()  # PostgreSQL is away: another process would not do better
            continue
        finally:
            connection.close()
        if clock.now() - max(began, last or began) > settings.STALLED_AFTER:
            _end()


def _end() -> None:
    logger.critical(
        "No job has finished for %s: this process ends, for another to take its place", settings.STALLED_AFTER
    )
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(TO_FINISH)
    os._exit(GAVE_UP)


class WatchedScheduler(PersistentScheduler):
    """Beat, watched."""

    def setup_schedule(self) -> None:
        super().setup_schedule()
        watch()
