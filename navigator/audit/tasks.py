"""Celery's door: nothing is decided here."""

from celery import shared_task


@shared_task
def seal_access_log() -> None:
    """Once a night: the days that have ended are sealed, and those of the last month counted again."""
    from navigator import clock
    from navigator.audit import months, seals

    seals.seal(now=clock.now())
    seals.check(now=clock.now())
    months.warn(today=clock.today())
