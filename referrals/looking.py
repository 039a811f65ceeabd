"""Which people a page shows, for the access log: called where the page has found them."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.http import HttpRequest

from navigator.accounts.models import Unit
from navigator.audit.looking import Seen, saw
from navigator.audit.models import How, Look, Purpose
from referrals import models


def saw_cases(request: HttpRequest, cases: Iterable[models.Case]) -> None:
    """Cases as a whole, or lines of them in a list."""
    saw(request, [_case(case) for case in cases])


def saw_found(request: HttpRequest, cases: Iterable[models.Case], *, by_cpr: bool) -> None:
    """What a search has found. A search that found nobody is kept as well: whoever tries numbers can be seen to."""
    found = [_case(case) for case in cases] or [Seen()]
    saw(request, found, purpose=Purpose.FIND, how=How.CPR_SEARCH if by_cpr else How.SEARCH)


def saw_tasks(request: HttpRequest, tasks: Iterable[models.FollowUp]) -> None:
    """Tasks on cases that the unit may read, each with its case."""
    saw(request, [_case(task.case) for task in tasks])


def saw_task(request: HttpRequest, task: models.FollowUp) -> None:
    """One task: of a case of ours, or of a copy that was sent to us."""
    person = models.Case.objects.filter(pk=task.case_id).values_list("person_id", flat=True).first()
    if person is None and task.referral is not None:
        saw_referrals(request, [task.referral])
    else:
        saw(request, [Seen(case=task.case_id, person=person)])


def saw_referrals(request: HttpRequest, referrals: Iterable[models.Referral]) -> None:
    """Referrals with the copy of what was told. Whoever only receives it looks to receive."""
    unit: Unit = request.unit  # type: ignore[attr-defined]
    for each in referrals:
        is_ours = unit.pk in (each.sender_unit_id, each.owner_unit_id, each.coordinator_unit_id)
        purpose = Purpose.HELP if is_ours else Purpose.RECEIVE
        saw(request, [Seen(case=each.case_id, referral=each.pk)], purpose=purpose)


def saw_as_guest(request: HttpRequest, referral: models.Referral, *, guest: UUID) -> None:
    """One referral, through a secure link."""
    saw(request, [Seen(case=referral.case_id, referral=referral.pk)], purpose=Purpose.RECEIVE, guest=guest)


def saw_own_case(request: HttpRequest, case: models.Case, *, guest: UUID) -> None:
    """The citizen has looked at what is known about themselves, through a personal link."""
    saw(request, [_case(case)], purpose=Purpose.RIGHTS, guest=guest)


def saw_news(request: HttpRequest, notices: Iterable[models.Notice]) -> None:
    """What has happened, as `selectors.named` has named whom it is about."""
    saw(request, [Seen(case=each.case_id, person=each.person_id) for each in notices])  # type: ignore[attr-defined]


def saw_asked(request: HttpRequest, take_overs: Iterable[models.TakeOver]) -> None:
    """Requests to answer for a citizen. They name nobody, but say why."""
    saw(request, [Seen(case=each.case_id) for each in take_overs])


def saw_concerns(request: HttpRequest, concerns: Iterable[models.Concern]) -> None:
    """That a municipality was notified of concern for a child; about a case, or about nobody that we know."""
    saw(request, [_case(each.case) if each.case else Seen() for each in concerns])


def saw_drafts(request: HttpRequest, drafts: Iterable[models.Draft]) -> None:
    """What a worker has begun to write down. A draft has the id that its case will have."""
    saw(request, [Seen(case=draft.pk) for draft in drafts])


def saw_people(request: HttpRequest, people: Iterable[models.Person]) -> None:
    """Other records of what may be the same person."""
    saw(request, [Seen(person=person.pk) for person in people])


def saw_in_emergency(request: HttpRequest, case: models.Case, access: models.EmergencyAccess) -> None:
    """A case of another unit, opened with a reason."""
    saw(request, [_case(case)], purpose=Purpose.EMERGENCY, emergency=access.pk)


def saw_revealed_in_emergency(request: HttpRequest, case: models.Case, access: models.EmergencyAccess) -> None:
    """A protected name, in such a case."""
    saw(request, [_case(case)], purpose=Purpose.EMERGENCY, how=How.REVEAL, emergency=access.pk)


def saw_emergencies(request: HttpRequest, found: Iterable[models.EmergencyAccess]) -> None:
    """Why others have opened cases: read by those who oversee."""
    saw(request, [Seen(case=access.case_id) for access in found], purpose=Purpose.OVERSEE)


def saw_kept(request: HttpRequest, cases: Iterable[UUID]) -> None:
    """Numbers of cases whose time to be kept is over. They name nobody."""
    saw(request, [Seen(case=case) for case in cases], purpose=Purpose.OVERSEE)


def saw_counted(request: HttpRequest, rows: Iterable[models.Measured | models.MeasuredCase]) -> None:
    """Numbers of the cases behind a figure. They name nobody."""
    saw(request, [Seen(case=row.case_id) for row in rows], purpose=Purpose.OVERSEE)


def saw_figures_leave(request: HttpRequest) -> None:
    """Figures, or the case numbers behind one, left as a file."""
    saw(request, [Seen()], purpose=Purpose.OVERSEE, how=How.EXPORT)


def saw_revealed(
    request: HttpRequest, seen: Seen, *, purpose: Purpose = Purpose.HELP, guest: UUID | None = None
) -> None:
    """What is else hidden was shown in full: that line stands in the place of the ordinary one."""
    request.looks.pop(seen, None)  # type: ignore[attr-defined]
    saw(request, [seen], purpose=purpose, how=How.REVEAL, guest=guest)


def saw_export(request: HttpRequest, export: models.Export) -> None:
    """Everything about somebody left as a file."""
    seen = Seen(case=export.case_id, person=export.person_id)
    saw(request, [seen], purpose=Purpose.RIGHTS, how=How.EXPORT)


def saw_letter(request: HttpRequest, letter: models.Letter, case: models.Case | None) -> None:
    """A letter left as a file; a service that has no case wrote it from the copy that it was sent."""
    seen = _case(case) if case else Seen(case=letter.case_id, referral=letter.referral_id)
    saw(request, [seen], purpose=Purpose.HELP if case else Purpose.RECEIVE, how=How.EXPORT)


def saw_looks(request: HttpRequest, looks: Iterable[Look]) -> None:
    """Lines of the access log: whom others have looked at."""
    seen = [Seen(case=look.case, person=look.person, referral=look.referral) for look in looks if look.case]
    saw(request, seen, purpose=Purpose.OVERSEE)


def _case(case: models.Case) -> Seen:
    return Seen(case=case.pk, person=case.person_id)
