"""Rotation of the master key on a full table, while others go on writing; then the old key is taken out and all reads."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from navigator import clock
from navigator.database import scope
from navigator.vault import keys, rotation
from navigator.vault.models import DataKey
from navigator.web.models import tell_barrier
from referrals import actions
from referrals.actions.person import register
from referrals.models import Person
from tests.helpers.cases import logged
from tests.helpers.world import World

MANY = 4000
OLD, NEW = os.urandom(32), os.urandom(32)


def wrapped_by(key_id: str, master: bytes) -> DataKey:
    """A data key as a process makes it whose current master key is this one."""
    made = DataKey(master_key_id=key_id)
    made.wrapped = keys.seal(master, os.urandom(32), context=f"data_key|{made.pk}")
    return made


def test_all_keys_are_wrapped_anew_while_others_write(committed_world: World, settings: Any) -> None:
    world = committed_world
    settings.MASTER_KEYS = {"old": OLD}
    case = logged(world, name="Mikkel Opfundet")
    full = DataKey.objects.bulk_create([wrapped_by("old", OLD) for _ in range(MANY)])
    told = tell_barrier("Knappen er for lille.", now=clock.now())
    sealed = {key.pk: keys.seal(key.plain, b"Karla", context="here") for key in full}
    settings.MASTER_KEYS = {"new": NEW, "old": OLD}
    over, wrote, broken = threading.Event(), {"people": 0, "notes": 0, "destroyed": 0}, []

    def people() -> None:
        person = register(unit=world.alice.unit, identity={"name": "Karla Opfundet"})
        person.name = "Karla Opdigtet"
        person.save(update_fields=["name"])
        DataKey.objects.bulk_create([wrapped_by("old", OLD)])  # a process that was not restarted yet

    def notes() -> None:
        actions.add_note(case=case, note="Ringede.", by=world.alice, now=clock.now())

    def destroyed() -> None:
        key = full[MANY - 1 - wrote["destroyed"]]
        key.destroy(now=clock.now())
        key.save(update_fields=["wrapped", "destroyed_at"])

    def go_on(write: Callable[[], None]) -> None:
        try:
            with scope.scope(world.alice.unit.pk):
                while not over.is_set():
                    write()
                    wrote[write.__name__] += 1
        except Exception as error:
            broken.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=go_on, args=[write]) for write in (people, notes, destroyed)]
    for thread in threads:
        thread.start()
    begun = rotation.rewrap_all(batch=200)
    assert [next(begun).done, next(begun).done] == [200, 400]
    begun.close()  # ended in the middle
    halfway = rotation.wrapped_by()
    assert halfway["new"] >= 400 and halfway["old"] >= MANY / 2
    while min(wrote.values()) < 5:
        for progress in rotation.rewrap_all(batch=200):
            assert progress.done <= progress.of
    over.set()
    for thread in threads:
        thread.join()
    call_command("rotate_master_key", verbosity=0)

    assert broken == []
    settings.MASTER_KEYS = {"new": NEW}
    told.refresh_from_db()
    assert told.text == "Knappen er for lille."
    there = {key.pk: key for key in DataKey.objects.all()}
    gone = {key.pk for key in full[MANY - wrote["destroyed"] :]}
    assert {pk for pk, key in there.items() if key.destroyed_at} == gone
    assert rotation.wrapped_by() == {"new": len(there) - len(gone)}
    for pk, text in sealed.items():
        if pk not in gone:
            assert keys.unseal(there[pk].plain, text, context="here") == b"Karla"
    with scope.scope(world.alice.unit.pk):
        names = sorted(person.name for person in Person.objects.select_related("data_key"))
        assert names == ["Karla Opdigtet"] * wrote["people"] + ["Mikkel Opfundet"]
        assert [event.note for event in case.events.filter(kind="noted")] == ["Ringede."] * wrote["notes"]


def test_a_master_key_that_is_missing_is_named_and_nothing_is_lost(world: World, settings: Any) -> None:
    kept = wrapped_by("gone", OLD)
    kept.save()
    with pytest.raises(CommandError, match=r"No master key 'gone' .* Give it again"):
        call_command("rotate_master_key", verbosity=0)
    assert bytes(DataKey.objects.get(pk=kept.pk).wrapped or b"") == kept.wrapped
