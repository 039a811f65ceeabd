"""Django's administration: reference data, for administrators, and nobody in it."""

from __future__ import annotations

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from navigator.accounts.models import Role, User
from navigator.database.walls import people_models
from pathways.models import Service
from tests.helpers.pages import at
from tests.helpers.planted import worker
from tests.helpers.urls import urls
from tests.helpers.world import World

REGISTERED = {
    "DeclineReason", "DirectoryVersion", "Door", "GapCount", "Level", "Municipality", "Obligation", "OtherDoorCount",
    "ProviderOrganisation", "Region", "RegionMembership", "Right", "RuleSet", "Service", "ServiceKind", "Term",
}  # fmt: skip


def test_what_is_registered_is_reference_data_and_about_nobody() -> None:
    registered = set(admin.site._registry)
    assert {model.__name__ for model in registered} == REGISTERED
    assert not registered & set(people_models())
    assert {model._meta.app_label for model in registered} == {"pathways"}


def test_signing_in_and_passwords_are_not_done_there() -> None:
    names = {name for name, _holds in urls() if name.startswith("admin:")}
    assert "admin:index" in names and not names & {"admin:login", "admin:logout", "admin:password_change"}


@pytest.mark.parametrize(
    ("role", "flag", "status"),
    [
        (Role.ADMINISTRATOR, True, 200),
        (Role.ADMINISTRATOR, False, 403),
        (Role.LOCAL_ADMIN, True, 403),
        (Role.UNIT_LEADER, True, 403),
    ],
)
def test_it_asks_for_the_role_and_the_flag(world: World, role: Role, flag: bool, status: int) -> None:
    by = worker(world.alice.unit, role)
    User.objects.filter(pk=by.user.pk).update(is_staff=flag, is_superuser=flag)
    assert at(by).get(reverse("admin:index")).status_code == status
    assert Client().get(reverse("admin:index")).url.startswith(reverse("account_login"))


def test_it_asks_for_the_second_factor(world: World, settings: object) -> None:
    settings.SECOND_FACTOR_FOR = frozenset({"administrator"})  # type: ignore[attr-defined]
    by = worker(world.alice.unit, Role.ADMINISTRATOR)
    by.user.set_password("correct horse battery staple")
    by.user.save(update_fields=["password"])
    assert at(by).get(reverse("admin:index")).url == reverse("my_sessions")


def test_an_administrator_begins_there_and_mends_a_service(world: World) -> None:
    client, service = at(worker(world.alice.unit, Role.ADMINISTRATOR)), Service.objects.order_by("code")[0]
    assert client.get("/").url == reverse("admin:index")
    assert client.get(reverse("admin:pathways_service_changelist")).status_code == 200
    page = client.get(reverse("admin:pathways_service_change", args=[service.pk]))
    assert page.status_code == 200 and service.code in page.content.decode()
    assert client.get(reverse("admin:pathways_ruleset_changelist")).status_code == 200
    assert client.get(reverse("admin:pathways_ruleset_add")).status_code == 403
