"""How often one may ask: counted for all processes in Redis, and by each for itself while Redis is away."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import redis
import time_machine
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import reverse

from navigator.accounts.permissions import ACCESS
from navigator.settings import base
from navigator.web import limits
from navigator.web.cache import SharedOrLocal
from referrals import models
from tests.helpers.pages import at, text
from tests.helpers.snapshot import everything
from tests.helpers.stack import RedisServer
from tests.helpers.world import World

NOON = "2026-11-23 11:00:00Z"
PROXY = {"ALLAUTH_TRUSTED_PROXY_COUNT": 1}
CPR = "2512489996"


def counting(address: str) -> Any:
    """The limits as in production, counted there."""
    here = base.CACHES["default"] | {"LOCATION": address, "KEY_PREFIX": "counting"}
    return override_settings(CACHES={"default": here}, LIMITS_TIMES=1, **PROXY)


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[RedisServer]:
    monkeypatch.setattr(SharedOrLocal, "away_until", 0)
    started = RedisServer(tmp_path)
    with counting(started.url):
        yield started
    started.kill()


def match(address: str = "192.0.2.1", *, through: str = "") -> HttpResponse:
    headers = {"X-Forwarded-For": f"{through}, {address}" if through else address}
    body = json.dumps({"municipality": "0751", "age": 22})
    return Client().post(reverse("api:match"), body, "application/json", headers=headers)  # type: ignore[return-value]


def narrow(monkeypatch: pytest.MonkeyPatch, name: str, most: int, *, of: Any = limits.a_client) -> None:
    monkeypatch.setitem(limits.LIMITS, name, (of(most, limits.MINUTE),))


def test_everything_public_has_a_limit() -> None:
    public = {name for name, access in ACCESS.items() if access.public}
    assert {name for name in public if not limits.of(name)} == limits.UNLIMITED == {"livez", "readyz"}
    assert set(limits.LIMITS) <= set(ACCESS)
    assert limits.of("my_list") == ()


@pytest.mark.django_db
@time_machine.travel(NOON)
def test_beyond_the_limit_a_client_waits_and_another_does_not(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow(monkeypatch, "api:match", 2)
    assert [match().status_code for _ in range(3)] == [200, 200, 429]
    late = match()
    assert int(late["Retry-After"]) <= 60
    assert late.json() == {"detail": "Det var for ofte. Vent 1 minut, og prøv igen."}  # type: ignore[attr-defined]
    assert match("192.0.2.2").status_code == 200
    assert match(through="192.0.2.77").status_code == 429, "what the client says of itself does not count"
    with time_machine.travel("2026-11-23 11:01:00Z"):
        assert match().status_code == 200


@pytest.mark.django_db
@time_machine.travel(NOON)
def test_a_house_has_one_ipv6_network(server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    narrow(monkeypatch, "api:match", 2)
    houses = ("2001:db8:0:1::1", "2001:db8:0:1::2", "2001:db8:0:1:ffff::3", "2001:db8:0:2::1")
    assert [match(address).status_code for address in houses] == [200, 200, 429, 200]


@time_machine.travel(NOON)
def test_nobody_gets_through_by_asking_at_once(server: RedisServer) -> None:
    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(lambda _: limits._counted("at once", 60), range(80)))
    assert sorted(counts) == list(range(1, 81))


@pytest.mark.django_db
def test_redis_holds_no_address_and_forgets(server: RedisServer) -> None:
    match("192.0.2.1")
    Client().post(
        "/login/", {"login": "nobody@aarhus.example", "password": "x"}, headers={"X-Forwarded-For": "192.0.2.1"}
    )
    with redis.Redis.from_url(server.url) as inside:
        kept = {key: inside.ttl(key) for key in inside.keys("*")}
        words = b" ".join([*kept, *(inside.get(key) or b"" for key in kept)])
    assert len(kept) >= 3
    assert all(0 < left <= 300 for left in kept.values())
    for readable in (b"192.0", b"nobody", b"match", b"login"):
        assert readable not in words


@pytest.mark.django_db
@time_machine.travel(NOON)
@pytest.mark.parametrize("dies", ["before", "in between"])
def test_without_redis_each_process_counts_for_itself(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch, dies: str
) -> None:
    narrow(monkeypatch, "api:match", 2)
    cache.clear()  # what this process has counted while Redis was away before
    if dies == "in between":
        assert match().status_code == 200
    server.kill()
    assert [match().status_code for _ in range(3)] == [200, 200, 429]
    assert match("192.0.2.2").status_code == 200, "nobody is kept out"
    cache.clear()


@pytest.mark.django_db
@time_machine.travel(NOON)
def test_a_person_gets_a_page_with_the_way_out(server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    narrow(monkeypatch, "link_enter", 1)
    client = Client(headers={"X-Forwarded-For": "192.0.2.3"})
    client.post("/link/enter/", {"code": "000000"})
    page = client.post("/link/enter/", {"code": "000001"})
    assert (page.status_code, int(page["Retry-After"]) <= 60) == (429, True)
    assert "Det var for ofte. Vent 1 minut, og prøv igen." in text(page)
    assert f"oplys dette nummer: {page['X-Request-ID']}" in text(page)
    swapped = client.post("/link/enter/", {"code": "000001"}, headers={"HX-Request": "true"})
    assert (swapped.status_code, swapped["HX-Retarget"]) == (429, "#main-content")
    assert "<html" not in swapped.content.decode()


@pytest.mark.django_db
@time_machine.travel(NOON)
def test_a_link_has_a_limit_of_its_own_wherever_it_is_used(server: RedisServer) -> None:
    token, said = "A" * 43, []
    for host in range(limits.LIMITS["link_code"][1].most + 1):
        client = Client(headers={"X-Forwarded-For": f"192.0.2.{host}"})
        client.get(f"/link/{token}/")
        said.append(client.post("/link/code/").status_code)
    assert said == [302, 302, 302, 429]


@time_machine.travel(NOON)
def test_numbers_are_not_tried_for_long(world: World, server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "CPR_SEARCH", limits.a_worker(2, limits.MINUTE))
    alice = at(world.alice)
    assert [alice.post("/search/", {"said": CPR}).status_code for _ in range(3)] == [302, 302, 429]
    assert alice.post("/search/", {"said": "Mikkel"}).status_code == 302, "names go on"

    monkeypatch.setitem(limits.LIMITS, "emergency", (limits.a_worker(1, limits.MINUTE, only_post=True),))
    alice.post("/emergency/", {"number": "1", "reason": "x"})
    before = everything()
    assert alice.post("/emergency/", {"number": "100000-0", "reason": "Ligger bevidstløs."}).status_code == 429
    assert everything() == before
    assert not models.EmergencyAccess.objects.exists()
    assert alice.get("/emergency/").status_code == 200
    assert at(world.bo).post("/emergency/", {"number": "1", "reason": "x"}).status_code == 422


@pytest.mark.django_db
def test_allauths_own_limit_has_the_same_page(server: RedisServer) -> None:
    client = Client(headers={"X-Forwarded-For": "192.0.2.9"})
    for _ in range(30):
        client.post("/login/", {"login": "", "password": ""})
    page = client.post("/login/", {"login": "", "password": ""})
    assert (page.status_code, page["Retry-After"]) == (429, "300")
    assert "For mange forsøg" in text(page)
