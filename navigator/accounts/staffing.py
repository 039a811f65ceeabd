"""Who works where in an organisation, changed by its local administrator. Each change is written down in the same transaction.

What cases there are is not known here: whoever ends somebody's work or closes a unit goes through
`referrals/actions/staffing.py`, which sees to it that no task is left behind.
"""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from navigator.accounts import sessions
from navigator.accounts.models import Change, Invitation, Membership, Organisation, Role, StaffChange, Unit, User
from navigator.web.refusals import Invalid, NotAllowed, TooLate

# What a local administrator may give. The rules and the catalogue are the whole country's: those roles are given centrally.
GIVEN_HERE = (
    Role.FRONTLINE,
    Role.RECEIVER,
    Role.COORDINATOR,
    Role.UNIT_LEADER,
    Role.DIRECTORY_EDITOR,
    Role.AUDITOR,
    Role.LOCAL_ADMIN,
)


@transaction.atomic
def invite(*, email: str, unit: Unit, role: Role, by: User, now: datetime) -> Invitation:
    """Asks somebody to work in the unit. The worker process makes the link in the moment it sends it."""
    email = email.lower()
    if email == by.email:
        raise NotAllowed(_("Nobody changes their own access. Ask another local administrator."))
    _may_be_given(unit, role)
    if Membership.objects.filter(user__email=email, unit=unit, role=role, ended_at=None).exists():
        raise Invalid(_("They do this in the unit already."))
    waiting = Invitation.objects.filter(unit=unit, role=role, email=email, accepted_at=None, withdrawn_at=None)
    waiting.update(withdrawn_at=now, send_at=None)  # asked once more: the older link opens nothing any more
    invitation = Invitation.objects.create(
        unit=unit, role=role, email=email, invited_by=by, invited_at=now, send_at=now
    )
    note(Change.INVITED, unit=unit, role=role, detail=email, by=by, now=now)
    return invitation


@transaction.atomic
def withdraw(invitation: Invitation, *, by: User, now: datetime) -> None:
    """The link opens nothing any more. Twice is the same."""
    open_ones = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, withdrawn_at=None)
    if open_ones.update(withdrawn_at=now, send_at=None):
        note(Change.WITHDREW, unit=invitation.unit, role=invitation.role, detail=invitation.email, by=by, now=now)


def opens_with(token: str) -> bytes:
    """The hash of a link's token (256 random bits), as it is kept."""
    return hashlib.sha256(token.encode()).digest()


def invited_by_link(key: bytes, *, now: datetime) -> Invitation | None:
    """The invitation that this hash opens, while it is open and its unit is."""
    found = Invitation.objects.filter(opens_with=key, unit__closed_on=None).select_related("unit__organisation")
    invitation = found.first()
    return invitation if invitation and invitation.is_open(now) else None


@transaction.atomic
def accept(invitation: Invitation, *, user: User | None, name: str = "", password: str = "", now: datetime) -> User:
    """Begins the work, once. Somebody new, or somebody whose access had ended, chooses a password; somebody who is signed
    in already is `user`. Raises TooLate for an invitation that opens nothing any more."""
    invitation = Invitation.objects.select_for_update(of=("self",)).select_related("unit").get(pk=invitation.pk)
    if not invitation.is_open(now):
        raise TooLate(_("The invitation is not valid any more. Ask your local administrator for a new one."))
    if user is None:
        user = _with_password(invitation.email, name=name, password=password)
    assert user.email == invitation.email
    begin(user=user, unit=invitation.unit, role=Role(invitation.role))
    invitation.accepted_at = now
    invitation.save(update_fields=["accepted_at"])
    note(Change.JOINED, unit=invitation.unit, user=user, role=invitation.role, by=user, now=now)
    return user


def begin(*, user: User, unit: Unit, role: Role) -> None:
    """The user has this role in the unit from now on. Twice is the same."""
    Membership.objects.get_or_create(user=user, unit=unit, role=role, ended_at=None)


@transaction.atomic
def move(membership: Membership, *, to: Unit, role: Role, by: User, now: datetime) -> None:
    """The same person, in another unit or role of the organisation, from now on."""
    _not_oneself(membership.user, by=by)
    _may_be_given(to, role)
    if to.organisation_id != membership.unit.organisation_id:
        raise NotAllowed(_("That unit belongs to another organisation."))
    before = f"{membership.unit.name}, {membership.get_role_display()}"
    _end(membership, now=now)
    begin(user=membership.user, unit=to, role=role)
    note(Change.MOVED, unit=to, user=membership.user, role=role, detail=before, by=by, now=now)


@transaction.atomic
def end(membership: Membership, *, by: User, now: datetime) -> None:
    """Ends one role in one unit, at once. Whoever has none left in any unit cannot sign in any more."""
    _not_oneself(membership.user, by=by)
    _end(membership, now=now)
    note(Change.ENDED, unit=membership.unit, user=membership.user, role=membership.role, by=by, now=now)
    sessions.end_others(user=membership.user, but=None)
    if not Membership.objects.filter(user=membership.user, ended_at=None).exists():
        User.objects.filter(pk=membership.user_id).update(is_active=False)
        note(Change.LEFT, unit=membership.unit, user=membership.user, by=by, now=now)


@transaction.atomic
def let_in_again(worker: User, *, unit: Unit, by: User, now: datetime) -> None:
    """Somebody who signs in at the own organisation may do so again; what they do here their organisation says."""
    _not_oneself(worker, by=by)
    if User.objects.filter(pk=worker.pk, is_active=False).update(is_active=True):
        note(Change.LET_IN, unit=unit, user=worker, by=by, now=now)


@transaction.atomic
def open_unit(
    *,
    organisation: Organisation,
    name: str,
    door: str,
    municipality: str,
    email: str,
    phone: str,
    by: User,
    now: datetime,
) -> Unit:
    """A new unit, in which nobody works yet."""
    _name_is_free(organisation, name)
    unit = Unit.objects.create(
        organisation=organisation, name=name, door=door, municipality=municipality, email=email, phone=phone
    )
    note(Change.OPENED, unit=unit, by=by, now=now)
    return unit


@transaction.atomic
def change_unit(unit: Unit, *, name: str, email: str, phone: str, by: User, now: datetime) -> None:
    """What a unit is called and how it is reached. Its door and municipality stand in cases, and stay."""
    unit = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
    before = (unit.name, unit.email, unit.phone)
    if before == (name, email, phone):
        return
    _name_is_free(unit.organisation, name, but=unit)
    unit.name, unit.email, unit.phone = name, email, phone
    unit.save(update_fields=["name", "email", "phone"])
    note(Change.CHANGED, unit=unit, detail=" · ".join(filter(None, before)), by=by, now=now)


def close_unit(unit: Unit, *, by: User, now: datetime, on: date) -> None:
    """Nobody works there any more, and nobody is invited. The caller has seen to it that nothing is left there to do."""
    for membership in Membership.objects.filter(unit=unit, ended_at=None).select_related("user", "unit"):
        end(membership, by=by, now=now)
    Invitation.objects.filter(unit=unit, accepted_at=None, withdrawn_at=None).update(withdrawn_at=now, send_at=None)
    unit.closed_on = on
    unit.save(update_fields=["closed_on"])
    note(Change.CLOSED, unit=unit, by=by, now=now)


def note(
    what: Change,
    *,
    unit: Unit,
    by: User,
    now: datetime,
    user: User | None = None,
    role: str = "",
    detail: str = "",
) -> None:
    """Writes down who changed what."""
    StaffChange.objects.create(
        organisation_id=unit.organisation_id, at=now, by=by, what=what, unit=unit, user=user, role=role, detail=detail
    )


def _with_password(email: str, *, name: str, password: str) -> User:
    """The account of this address: a new one, or one whose access had ended. One in use is never taken over by a link."""
    user = User.objects.select_for_update(of=("self",)).filter(email=email).first()
    if user is None:
        return User.objects.create_user(email, password, name=name)
    if user.is_active:
        raise NotAllowed(_("You have an account here. Sign in with it first."))
    user.is_active, user.name = True, name
    user.set_password(password)
    user.save(update_fields=["is_active", "name", "password"])
    return user


def _end(membership: Membership, *, now: datetime) -> None:
    if not Membership.objects.filter(pk=membership.pk, ended_at=None).update(ended_at=now):
        raise TooLate(_("That has ended already."))


def _not_oneself(user: User, *, by: User) -> None:
    if user == by:
        raise NotAllowed(_("Nobody changes their own access. Ask another local administrator."))


def _may_be_given(unit: Unit, role: Role) -> None:
    if role not in GIVEN_HERE:
        raise NotAllowed(_("This role is not given by local administrators."))
    if unit.closed_on:
        raise TooLate(_("The unit is closed."))


def _name_is_free(organisation: Organisation, name: str, *, but: Unit | None = None) -> None:
    there = organisation.units.filter(name=name).first()
    if there is not None and there != but:
        raise Invalid(_("There is a unit with this name already."))
