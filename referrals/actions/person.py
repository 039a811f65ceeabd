"""Who the citizen is, as one unit knows them."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from navigator.accounts.models import Unit
from navigator.vault import keys
from navigator.vault.models import DataKey
from referrals import models, names
from referrals.acting import By
from referrals.actions import events
from referrals.enums import Happening
from referrals.errors import Invalid
from referrals.models.person import PersonKey


def register(*, unit: Unit, identity: dict[str, str]) -> models.Person:
    """A new record, under a data key of its own. Raises Invalid when the unit knows this CPR number already."""
    cpr = [digest for kind, digest in digests_of(identity) if kind == PersonKey.Kind.CPR]
    if models.PersonKey.objects.filter(unit=unit, kind=PersonKey.Kind.CPR, digest__in=cpr).exists():
        raise Invalid(_("This CPR number is already registered in your unit: choose the person from the list."))
    data_key = DataKey.new()
    data_key.save()
    person = models.Person(data_key=data_key, unit=unit, held_by=[unit.pk], **identity)
    person.save()
    models.PersonKey.objects.bulk_create(_keys_of(person, unit=unit))
    return person


@transaction.atomic
def index(person: models.Person, *, unit: Unit) -> None:
    """Makes anew all that one unit finds a person by, as it stands now. Twice changes nothing. Where another record of the
    unit has the same CPR number, that one is found by it."""
    models.PersonKey.objects.filter(person=person, unit=unit).delete()
    models.PersonKey.objects.bulk_create(_keys_of(person, unit=unit), ignore_conflicts=True)


def _keys_of(person: models.Person, *, unit: Unit) -> list[PersonKey]:
    known = person.unhidden()
    identity = {field: getattr(known, field) for field in ("name", "pseudonym", "cpr", "phone")}
    found = [*digests_of(identity), *((PersonKey.Kind.NAME_START.value, digest) for digest in _starts_of(known, unit))]
    if person.is_protected:
        found = [(PersonKey.Kind.PROTECTED.value, protected_digest(digest)) for _kind, digest in found]
    return [models.PersonKey(person=person, unit=unit, kind=kind, digest=digest) for kind, digest in found]


def _starts_of(known: models.Person, unit: Unit) -> list[bytes]:
    """The blind indexes of how each part of the name and of the pseudonym begins."""
    beginnings = names.starts(known.name) | names.starts(known.pseudonym)
    return [start_digest(beginning, unit=unit) for beginning in sorted(beginnings)]


def start_digest(beginning: str, *, unit: Unit) -> bytes:
    """Keyed to the unit: who has a name in common with whom elsewhere cannot be seen."""
    return keys.blind_index(PersonKey.Kind.NAME_START, f"{unit.pk}|{beginning}")


def protected_digest(digest: bytes) -> bytes:
    """Where a person with protected name and address is found instead: only whoever may search there looks there, and
    nobody else can stumble over it, not even by giving the same CPR number."""
    return keys.blind_index(PersonKey.Kind.PROTECTED, digest.hex())


def digests_of(identity: dict[str, str]) -> list[tuple[str, bytes]]:
    """The blind indexes of what is known exactly: (kind, digest)."""
    kind = PersonKey.Kind
    found = [
        (kind.CPR, identity.get("cpr", "").replace("-", "").replace(" ", "").upper()),
        (kind.PHONE, phone_digits(identity.get("phone", ""))),
        (kind.FULL_NAME, identity.get("name", "") or identity.get("pseudonym", "")),
    ]
    return [(str(k), keys.blind_index(k, value)) for k, value in found if value]


def phone_digits(phone: str) -> str:
    """A Danish number as its eight digits, others with their country code, whatever the spacing."""
    digits = "".join(ch for ch in phone if ch.isdigit())
    return digits.removeprefix("00").removeprefix("45") if len(digits) > 8 else digits


@transaction.atomic
def link(*, case: models.Case, other: models.Case, by: By, now: datetime) -> None:
    """These two records are held to be the same person. Linking twice changes nothing."""
    first, second = sorted((case.person, other.person), key=lambda person: person.pk)
    if first == second:
        raise Invalid(_("These two cases are already about the same record."))
    _link, created = models.PersonLink.objects.get_or_create(
        unit=by.unit, first=first, second=second, unlinked_at=None, defaults={"linked_at": now, "linked_by": by.user}
    )
    if created:
        events.record(Happening.PERSON_LINKED, case=case, now=now, by=by, other=str(other.pk))


@transaction.atomic
def unlink(*, case: models.Case, link: models.PersonLink, by: By, now: datetime) -> None:
    """The link was a mistake. Unlinking twice changes nothing."""
    removed = models.PersonLink.objects.filter(pk=link.pk, unlinked_at=None).update(
        unlinked_at=now, unlinked_by=by.user
    )
    if removed:
        events.record(Happening.PERSON_UNLINKED, case=case, now=now, by=by, link=str(link.pk))
