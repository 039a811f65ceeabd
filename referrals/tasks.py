"""Celery's door: nothing is decided here."""

from celery import shared_task


@shared_task
def sweep() -> None:
    """Beat knocks; what is due stands in the database."""
    from referrals import sweeps

    sweeps.sweep()


@shared_task
def deliver() -> None:
    """Beat knocks; what is to be sent stands in the database."""
    from referrals import outbox

    outbox.deliver()


@shared_task
def send_links() -> None:
    """Beat knocks; the links and codes that are wanted stand in the database."""
    from referrals import links

    links.send_what_is_wanted()


@shared_task
def send_invitations() -> None:
    """Beat knocks; who is to be invited stands in the database."""
    from referrals.delivery import invitations

    invitations.send_invitations()


@shared_task
def tell_of_closings() -> None:
    """Beat knocks; which services close, and who was not told yet, stands in the database."""
    from navigator import clock
    from referrals import closings

    closings.tell_of_closings(now=clock.now())


@shared_task
def work_off_bulk() -> None:
    """Beat knocks; what was chosen to be done at once stands in the database."""
    from navigator import clock
    from referrals import actions

    actions.work_off_bulk(now=clock.now)


@shared_task
def make_papers() -> None:
    """Beat knocks; the letters and copies that were asked for stand in the database."""
    from navigator import clock
    from referrals import actions

    actions.make_papers(now=clock.now)


@shared_task
def measure() -> None:
    """Beat knocks; the cases in which something has happened stand in the database."""
    from referrals import actions

    actions.measure_what_has_changed()


@shared_task
def count_answers() -> None:
    """Once a night: which services answer, and which leave referrals lying?"""
    from navigator import clock
    from referrals import actions

    actions.count_answers(now=clock.now())


@shared_task
def check() -> None:
    """Once a night: is anybody lost?"""
    from navigator import clock
    from referrals import checks

    checks.check(now=clock.now())


@shared_task
def remove_old_drafts() -> None:
    """Once a night: what nobody has written on for 30 days is forgotten."""
    from navigator import clock
    from referrals import actions

    actions.remove_old_drafts(now=clock.now())


@shared_task
def remind_of_consents() -> None:
    """Once a night: which consents run out soon?"""
    from navigator import clock
    from referrals import actions

    actions.remind_of_consents(now=clock.now())
