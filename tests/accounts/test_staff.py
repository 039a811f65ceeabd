"""Staff sign in at their own organisation: against a real OpenID provider in a process of its own, over http."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpResponse
from django.test import Client, override_settings

from navigator import clock
from navigator.accounts import sessions
from navigator.accounts.models import Membership, Role, Session, StaffMapping, User
from navigator.settings import environment
from referrals.delivery import addressing
from referrals.enums import Channel
from referrals.models import Delivery, Notice
from tests.helpers.stack import wait_for
from tests.helpers.world import World

SUBSTANTIAL, LOW = "https://data.gov.dk/concept/core/nsis/Substantial", "https://data.gov.dk/concept/core/nsis/Low"
CPR = "0108589995"
CLAIMS = {"acr": SUBSTANTIAL, "cvr": "55133018", "roles": ["caseworker", "payroll"]}
TOO_MUCH = {"name": "Jonna Hemmelig", "email": "jonna@kommune.example", "cpr": CPR, "phone": "20304050"}


class Provider:
    """The organisation's own sign-in."""

    def __init__(self, port: int) -> None:
        self.address = f"http://localhost:{port}"

    def answers(self) -> bool:
        try:
            return requests.get(f"{self.address}/.well-known/openid-configuration", timeout=2).ok
        except requests.ConnectionError:
            return False

    def knows(self, sub: str, **claims: Any) -> None:
        requests.put(f"{self.address}/users/{sub}", json=claims, timeout=5).raise_for_status()

    def settings(self) -> dict[str, Any]:
        said = {
            "id": "aarhus", "name": "Aarhus Kommune", "issuer": self.address, "client_id": "vejviser",
            "secret": "a secret", "acr": [SUBSTANTIAL], "organisation_claim": "cvr", "role_claim": "roles",
        }  # fmt: skip
        return {"openid_connect": {"APPS": environment.staff_providers(json.dumps([said]))}}


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = tmp_path_factory.mktemp("provider") / "log"
    with log.open("wb") as out:
        command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--host", "localhost"]
        process = subprocess.Popen(command, stdout=out, stderr=out)
        try:
            there = Provider(port)
            wait_for(there.answers, said=f"the provider to answer: {Path(log).read_text()}")
            yield there
        finally:
            process.kill()
            process.wait()


@pytest.fixture
def mapping(world: World) -> StaffMapping:
    return StaffMapping.objects.create(
        provider="aarhus", organisation="55133018", role_claim="caseworker", unit=world.alice.unit, role=Role.FRONTLINE
    )


@pytest.fixture(autouse=True)
def is_told_of(provider: Provider) -> Iterator[None]:
    with override_settings(SOCIALACCOUNT_PROVIDERS=provider.settings()):
        yield


def sign_in(client: Client, sub: str, *, at: str = "/login/at/aarhus/?next=/search/") -> HttpResponse:
    """As a browser does it: to the provider, who asks who it is, and back."""
    there = client.get(at)
    assert there.status_code == 302, there.content.decode()
    back = requests.post(there["Location"], data={"sub": sub}, allow_redirects=False, timeout=5)
    assert back.status_code == 302, back.text
    parts = urlsplit(back.headers["Location"])
    assert parts.path == "/login/at/aarhus/callback/"
    return client.get(f"{parts.path}?{parts.query}")


def test_the_provider_is_asked_for_the_assurance_and_for_nothing_about_the_person(world: World) -> None:
    client = Client()
    assert "Log ind hos Aarhus Kommune" in client.get("/login/").content.decode()
    asked = parse_qs(
        urlsplit(client.get("/login/at/aarhus/?scope=profile&auth_params=acr_values%3Dx")["Location"]).query
    )
    assert (asked["acr_values"], asked["scope"]) == ([SUBSTANTIAL], ["openid"])
    assert asked["code_challenge_method"] == ["S256"]
    assert client.get("/login/at/elsewhere/").status_code == 404


def test_whoever_is_mapped_is_let_in_and_four_claims_are_kept(
    provider: Provider, mapping: StaffMapping, caplog: pytest.LogCaptureFixture
) -> None:
    provider.knows("jonna", **CLAIMS, **TOO_MUCH)
    client = Client()
    caplog.set_level("DEBUG")
    answer = sign_in(client, "jonna")
    assert (answer.status_code, answer["Location"]) == (302, "/search/")
    assert client.get("/").status_code == 200

    account = SocialAccount.objects.get()
    assert account.extra_data == {
        "sub": "jonna",
        "acr": SUBSTANTIAL,
        "organisation": "55133018",
        "role": CLAIMS["roles"],
    }
    user = account.user
    assert not user.has_usable_password()
    assert list(Membership.objects.filter(user=user).values_list("unit", "role")) == [(mapping.unit_id, "frontline")]
    kept = f"{user.email} {user.name}" + str(
        [sessions.SessionStore().decode(row.session_data) for row in Session.objects.all()]
    )
    for claim in TOO_MUCH.values():
        assert claim not in kept
        assert claim not in caplog.text
    assert not SocialToken.objects.exists()

    assert sign_in(Client(), "jonna").status_code == 302
    assert User.objects.filter(pk=user.pk).count() == SocialAccount.objects.count() == 1


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        (CLAIMS | {"acr": LOW}, "ikke sikkert nok"),
        ({"cvr": "55133018", "roles": ["caseworker"]}, "ikke sikkert nok"),
        (CLAIMS | {"cvr": "99999999"}, "Ingen har sagt"),
        (CLAIMS | {"roles": "payroll"}, "Ingen har sagt"),
        ({"acr": SUBSTANTIAL, "cvr": "55133018"}, "Ingen har sagt"),
    ],
    ids=["too-low", "no-level", "another-organisation", "another-role", "no-role"],
)
def test_nobody_else_is_let_in_and_nothing_is_kept(
    provider: Provider, mapping: StaffMapping, claims: dict[str, Any], said: str
) -> None:
    provider.knows("somebody", **claims)
    users = User.objects.count()
    client = Client()
    answer = sign_in(client, "somebody")
    assert answer.status_code == 403
    assert said in answer.content.decode()
    assert client.get("/").status_code == 302
    assert (User.objects.count(), SocialAccount.objects.count()) == (users, 0)


def test_memberships_follow_what_the_provider_says_today(
    provider: Provider, mapping: StaffMapping, world: World
) -> None:
    provider.knows("jonna", **CLAIMS)
    sign_in(Client(), "jonna")
    StaffMapping.objects.create(
        provider="aarhus", organisation="55133018", role_claim="payroll", unit=world.bo.unit, role=Role.RECEIVER
    )
    mapping.delete()
    sign_in(Client(), "jonna")
    user = SocialAccount.objects.get().user
    now = Membership.objects.filter(user=user, ended_at=None)
    assert list(now.values_list("unit", "role")) == [(world.bo.unit.pk, "receiver")]
    assert Membership.objects.filter(user=user).count() == 2

    User.objects.filter(pk=user.pk).update(is_active=False)
    ended = sign_in(Client(), "jonna")
    assert (ended.status_code, "Din adgang er ophørt" in ended.content.decode()) == (403, True)


def test_nobody_goes_past_the_organisations_sign_in(provider: Provider, mapping: StaffMapping) -> None:
    provider.knows("jonna", **CLAIMS)
    client = Client()
    sign_in(client, "jonna")
    for address in ("/sign-in/passkeys/add/", "/sign-in/app/", "/sign-in/recovery-codes/new/", "/sign-in/again/"):
        assert client.get(address).status_code == 403, address
        assert client.post(address, {}).status_code == 403, address
    assert not Authenticator.objects.exists()


def test_whoever_has_no_address_is_told_through_the_unit(
    provider: Provider, mapping: StaffMapping, world: World
) -> None:
    provider.knows("jonna", **CLAIMS)
    sign_in(Client(), "jonna")
    jonna, unit = SocialAccount.objects.get().user, world.alice.unit
    told = {
        worker: Delivery(notice=Notice(to_worker=worker, urgent=True), to_unit=unit)
        for worker in (jonna, world.alice.user)
    }
    to = {worker: addressing._to_colleague(delivery, now=clock.now()) for worker, delivery in told.items()}
    assert to[jonna] == addressing.Send(Channel.EMAIL, unit.email, "da", left=jonna)
    assert to[world.alice.user] == addressing.Send(Channel.EMAIL, world.alice.user.email, "da")


def test_a_local_account_is_not_joined_to_a_providers(provider: Provider, mapping: StaffMapping, world: World) -> None:
    provider.knows("jonna", **CLAIMS)
    client = Client()
    client.force_login(world.bo.user)
    answer = sign_in(client, "jonna", at="/login/at/aarhus/?process=connect")
    assert answer.status_code == 403
    assert not SocialAccount.objects.exists()


def test_a_forged_answer_lets_nobody_in(mapping: StaffMapping) -> None:
    client = Client()
    answer = client.get("/login/at/aarhus/callback/?code=x&state=y")
    assert "Log ind-siden hos din organisation svarede ikke" in answer.content.decode()
    assert client.get("/").status_code == 302


def test_a_provider_half_described_is_named() -> None:
    with pytest.raises(ImproperlyConfigured, match="NAVIGATOR_OIDC lacks acr, client_id"):
        environment.staff_providers(
            '[{"id": "x", "name": "X", "issuer": "i", "secret": "s", "organisation_claim": "o", "role_claim": "r"}]'
        )
