"""A second factor: set up, asked for, required; and how often one may guess, with Redis and without."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.contrib.auth.hashers import identify_hasher, make_password
from django.core.cache.backends.redis import RedisCache
from django.test import Client, override_settings

from navigator.accounts.models import Role
from navigator.settings import base
from navigator.web.cache import SharedOrLocal
from tests.helpers.stack import RedisServer
from tests.helpers.world import PASSWORD, World


def code_now(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def signed_in(world: World) -> Client:
    client = Client()
    answer = client.post("/login/", {"login": world.alice.user.email, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def connect_app(client: Client) -> tuple[str, list[str]]:
    """The secret of the app, and the emergency codes."""
    client.post("/sign-in/again/", {"password": PASSWORD})
    page = client.get("/sign-in/app/")
    secret = page.context["form"].secret
    codes = client.post("/sign-in/app/", {"code": code_now(secret)}, follow=True)
    return secret, codes.context["unused_codes"]


def test_an_app_is_connected_and_asked_for_from_then_on(world: World) -> None:
    client = signed_in(world)
    secret, codes = connect_app(client)
    assert len(codes) == 10
    assert secret not in str(list(Authenticator.objects.values_list("data", flat=True)))
    client.post("/logout/")

    half = client.post("/login/?next=/search/", {"login": world.alice.user.email, "password": PASSWORD})
    assert half["Location"].startswith("/sign-in/second-factor/code/")
    assert client.get("/").status_code == 302
    wrong = client.post("/sign-in/second-factor/code/", {"code": "000000"})
    assert "Koden passer ikke." in wrong.content.decode()
    assert client.get("/").status_code == 302
    right = client.post("/sign-in/second-factor/code/", {"code": codes[0]})
    assert right["Location"] == "/search/"
    assert client.get("/").status_code == 200

    client.post("/logout/")
    client.post("/login/", {"login": world.alice.user.email, "password": PASSWORD})
    assert client.post("/sign-in/second-factor/code/", {"code": codes[0]}).status_code == 200, "used once"
    assert client.get("/").status_code == 302


def test_emergency_codes_are_shown_once(world: World) -> None:
    client = signed_in(world)
    _, codes = connect_app(client)
    again = client.get("/sign-in/recovery-codes/").content.decode()
    assert not any(code in again for code in codes)
    new = client.post("/sign-in/recovery-codes/new/", follow=True).context["unused_codes"]
    assert len(new) == 10 and not set(new) & set(codes)


def test_the_password_is_asked_for_before_anything_is_changed(world: World) -> None:
    client = Client()
    client.force_login(world.alice.user)
    for address in ("/sign-in/app/", "/sign-in/passkeys/add/", "/sign-in/recovery-codes/new/"):
        assert client.get(address)["Location"].startswith("/sign-in/again/"), address
        assert client.post(address, {"code": "1"}).status_code == 302, address
    assert not Authenticator.objects.exists()
    wrong = client.post("/sign-in/again/?next=/sign-in/app/", {"password": "wrong"})
    assert "error-summary" in wrong.content.decode()
    assert client.post("/sign-in/again/?next=/sign-in/app/", {"password": PASSWORD})["Location"] == "/sign-in/app/"


@pytest.mark.parametrize("required", [{"all"}, {Role.FRONTLINE}])
def test_where_it_is_required_nothing_opens_before_it_is_set_up(world: World, required: set[str]) -> None:
    with override_settings(SECOND_FACTOR_FOR=frozenset(required)):
        client = signed_in(world)
        for address in ("/", "/cases/new/", "/follow-ups/"):
            assert client.get(address)["Location"] == "/sign-in/", address
        assert client.post("/cases/new/", {"do": "save"})["Location"] == "/sign-in/"
        assert client.get("/sign-in/").status_code == 200
        connect_app(client)
        assert client.get("/").status_code == 200
        kept = client.post("/sign-in/app/remove/")
        assert "Din rolle kræver det" in kept.content.decode()
        assert Authenticator.objects.filter(type=Authenticator.Type.TOTP).count() == 1


def test_it_is_asked_of_the_roles_named_and_of_nobody_who_signs_in_elsewhere(world: World) -> None:
    with override_settings(SECOND_FACTOR_FOR=frozenset({Role.RECEIVER})):
        assert signed_in(world).get("/").status_code == 200
    world.alice.user.set_unusable_password()
    world.alice.user.save(update_fields=["password"])
    with override_settings(SECOND_FACTOR_FOR=frozenset({"all"})):
        client = Client()
        client.force_login(world.alice.user)
        assert client.get("/").status_code == 200


def test_production_requires_it_of_all_and_hashes_with_argon2() -> None:
    assert frozenset({"all"}) == base.SECOND_FACTOR_FOR
    with override_settings(PASSWORD_HASHERS=base.PASSWORD_HASHERS):
        assert identify_hasher(make_password(PASSWORD)).algorithm == "argon2"


def guess(client: Client, email: str) -> str:
    return client.post("/login/", {"login": email, "password": "wrong"}).content.decode()


def caches_of(address: str) -> dict[str, object]:
    return base.CACHES | {"default": base.CACHES["default"] | {"LOCATION": address, "KEY_PREFIX": "guessing"}}


def test_five_wrong_passwords_close_the_door_for_all_processes(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SharedOrLocal, "away_until", 0)
    redis = RedisServer(tmp_path)
    try:
        with override_settings(CACHES=caches_of(redis.url)):
            tries = [guess(Client(), world.alice.user.email) for _ in range(6)]
            assert ["For mange" in said or "for mange" in said for said in tries] == [False] * 5 + [True]
            locked = Client().post("/login/", {"login": world.alice.user.email, "password": PASSWORD})
            assert locked.status_code == 200, "not even the right one"
            other = Client().post("/login/", {"login": world.bo.user.email, "password": PASSWORD})
            assert other.status_code == 302
            shared = RedisCache(redis.url, {"KEY_PREFIX": "guessing"})._cache.get_client()
            assert shared.keys("*") and not any(b"login_failed" in key or b"@" in key for key in shared.keys("*"))
    finally:
        redis.kill()


def test_without_redis_each_process_counts_and_nobody_is_kept_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SharedOrLocal, "away_until", 0)
    with override_settings(CACHES=caches_of("unix:///nowhere/redis.sock?db=0")):
        assert Client().post("/login/", {"login": world.bo.user.email, "password": PASSWORD}).status_code == 302
        tries = [guess(Client(), world.alice.user.email) for _ in range(6)]
        assert ["for mange" in said for said in tries] == [False] * 5 + [True]
    SharedOrLocal.away_until = 0
