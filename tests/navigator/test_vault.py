"""What identifies is sealed: with a key per person, in one place, until the key is destroyed."""

from __future__ import annotations

import os

import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from navigator import clock
from navigator.database import scope
from navigator.settings import environment
from navigator.vault import keys
from navigator.vault.models import DataKey
from referrals.actions.person import register
from referrals.models import Person
from tests.helpers.world import World

KEY = bytes(range(32))


@given(text=st.binary(), context=st.text())
def test_what_is_sealed_opens_again_and_never_looks_alike(text: bytes, context: str) -> None:
    sealed = keys.seal(KEY, text, context=context)

    assert keys.unseal(KEY, sealed, context=context) == text
    assert keys.seal(KEY, text, context=context) != sealed


@given(text=st.binary(min_size=1), where=st.integers(min_value=0), bit=st.integers(min_value=0, max_value=7))
def test_a_changed_bit_does_not_open(text: bytes, where: int, bit: int) -> None:
    sealed = bytearray(keys.seal(KEY, text, context="here"))
    sealed[where % len(sealed)] ^= 1 << bit

    with pytest.raises(keys.Unreadable):
        keys.unseal(KEY, bytes(sealed), context="here")


def test_a_text_moved_to_another_row_does_not_open() -> None:
    sealed = keys.seal(KEY, b"Karla", context="person|1|name")

    with pytest.raises(keys.Unreadable):
        keys.unseal(KEY, sealed, context="person|2|name")


@pytest.mark.parametrize(
    ("one", "other"),
    [("Søren  Ærø", "søren ærø"), ("KARLA", "karla"), ("Karla\u00a0Holm", "karla holm")],
)
def test_a_blind_index_forgets_case_and_spacing(one: str, other: str) -> None:
    assert keys.blind_index("name", one) == keys.blind_index("name", other)


def test_a_blind_index_tells_kinds_and_danish_letters_apart() -> None:
    assert keys.blind_index("phone", "12345678") != keys.blind_index("cpr", "12345678")
    assert keys.blind_index("name", "Aase") != keys.blind_index("name", "Åse")


def test_the_database_never_sees_a_name(world: World) -> None:
    with scope.scope(world.alice.unit.pk):
        person = register(unit=world.alice.unit, identity={"name": "Karla Månsson", "cpr": "0108589995"})
        read = Person.objects.get(pk=person.pk)
        stored = Person.objects.values_list("name", "cpr", "phone").get(pk=person.pk)

    assert (read.name, read.cpr, read.phone) == ("Karla Månsson", "0108589995", "")
    assert b"Karla" not in bytes(stored[0]) and b"010858" not in bytes(stored[1])
    assert stored[2] in ("", b"")
    assert "Karla" not in str(read) and "Karla" not in repr(read)


def test_a_sealed_text_cannot_be_written_past_its_key(world: World) -> None:
    with scope.scope(world.alice.unit.pk), pytest.raises(TypeError, match="is sealed"):
        Person.objects.update(name="Karla")


def test_what_nobody_has_read_is_saved_as_it_was(world: World) -> None:
    with scope.scope(world.alice.unit.pk):
        key = register(unit=world.alice.unit, identity={"name": "Karla Månsson", "phone": "20000001"}).pk
        Person.objects.get(pk=key).save()
        kept = Person.objects.get(pk=key)
    assert (kept.name, kept.phone, kept.cpr) == ("Karla Månsson", "20000001", "")


def test_rotation_wraps_anew_and_leaves_the_texts(world: World, settings: pytest.FixtureRequest) -> None:
    with scope.scope(world.alice.unit.pk):
        person = register(unit=world.alice.unit, identity={"name": "Karla"})
        before = bytes(Person.objects.values_list("name", flat=True).get(pk=person.pk))
        settings.MASTER_KEYS = {"next": os.urandom(32)} | settings.MASTER_KEYS

        data_key = DataKey.objects.get(pk=person.data_key_id)
        assert data_key.rewrap() is True
        data_key.save(update_fields=["master_key_id", "wrapped"])

        assert DataKey.objects.get(pk=person.data_key_id).rewrap() is False
        settings.MASTER_KEYS = {"next": settings.MASTER_KEYS["next"]}
        read = Person.objects.get(pk=person.pk)
        assert read.name == "Karla"
        assert bytes(Person.objects.values_list("name", flat=True).get(pk=person.pk)) == before


def test_a_destroyed_key_takes_the_texts_with_it(world: World) -> None:
    with scope.scope(world.alice.unit.pk):
        person = register(unit=world.alice.unit, identity={"name": "Karla"})
        data_key = DataKey.objects.get(pk=person.data_key_id)
        data_key.destroy(now=clock.now())
        data_key.save(update_fields=["wrapped", "destroyed_at"])

        with pytest.raises(keys.Unreadable, match="destroyed"):
            _ = Person.objects.get(pk=person.pk).name


@pytest.mark.parametrize("given_keys", ["", "a:", "a:AAAA", "a:@@", "nokey"])
def test_a_malformed_master_key_is_named_and_never_shown(given_keys: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="NAVIGATOR_MASTER_KEYS") as error:
        environment.master_keys(given_keys)
    assert "AAAA" not in str(error.value)


def test_every_missing_variable_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.delenv("REDIS_URL")

    with pytest.raises(ImproperlyConfigured, match=r"(?s)DATABASE_URL.*REDIS_URL"):
        environment.require()


@pytest.mark.parametrize(
    ("given_url", "expected"),
    [
        ("redis://localhost:6379/0", "redis://localhost:6379/0"),
        ("unix:///run/redis.sock?db=1", "redis+socket:///run/redis.sock?virtual_host=1"),
        ("unix:///run/redis.sock", "redis+socket:///run/redis.sock?virtual_host=0"),
    ],
)
def test_one_redis_url_serves_both_clients(given_url: str, expected: str) -> None:
    assert environment.broker_url(given_url) == expected
