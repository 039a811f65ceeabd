"""A page that nobody has looked at is a page that nobody has looked after: each has a scene, or a reason."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import NoReverseMatch, resolve, reverse

from navigator.accounts.models import Membership, Role
from navigator.accounts.permissions import ACCESS
from tests.helpers.world import World
from tests.system.scenes import SCENES, WITHOUT_A_SCENE

# What may stand in an address.
GIVEN: list[list[Any]] = [
    [],
    ["00000000-0000-7000-8000-000000000000"],
    ["00000000-0000-7000-8000-000000000000"] * 2,
    ["x"],
    [1],
    ["00000000-0000-7000-8000-000000000000", "x"],
    ["x", "00000000-0000-7000-8000-000000000000"],
]
IN_A_SCENE = {scene.url_name for scene in SCENES}


def address(name: str) -> str:
    for given in GIVEN:
        try:
            return reverse(name, args=given)
        except NoReverseMatch:
            continue
    raise AssertionError(f"{name}: what its address holds is missing in GIVEN")


@pytest.fixture
def allowed_everything(world: World) -> Client:
    roles = [role for role in Role if not Membership.objects.filter(user=world.alice.user, role=role).exists()]
    Membership.objects.bulk_create(
        Membership(user=world.alice.user, unit=world.alice.unit, role=role) for role in roles
    )
    client = Client()
    client.force_login(world.alice.user)
    return client


def test_every_page_has_a_scene_or_a_reason(allowed_everything: Client) -> None:
    whole = {name for name in ACCESS if name.endswith(":*")}  # a namespace that is somebody else's work
    pages = whole | {name for name in set(ACCESS) - whole if allowed_everything.get(address(name)).status_code != 405}
    assert pages - IN_A_SCENE - set(WITHOUT_A_SCENE) == set(), "one more line in tests/system/scenes.py"


def test_an_address_that_is_no_page_leads_to_one_above_it_and_never_by_a_token(allowed_everything: Client) -> None:
    by_hand = {"Sec-Fetch-Mode": "navigate"}
    for at in (address(name) for name in ACCESS if not name.endswith(":*")):
        if allowed_everything.get(at).status_code == 405:
            found = allowed_everything.get(at, headers=by_hand, follow=True)
            above = [resolve(urlsplit(each).path) for each, _status in found.redirect_chain]  # type: ignore[attr-defined]
            assert above and not any("token" in each.kwargs for each in above), at
            assert found.status_code != 405, at


def test_the_lists_name_only_what_there_is() -> None:
    assert set(ACCESS) >= IN_A_SCENE | set(WITHOUT_A_SCENE)
    assert not IN_A_SCENE & set(WITHOUT_A_SCENE)
    names = [scene.name for scene in SCENES]
    assert len(names) == len(set(names))
