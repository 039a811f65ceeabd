"""How it is run for real: no container engine is needed to see that the files agree with settings, URLs and roles."""

from __future__ import annotations

import base64
import os
import re
import subprocess
import sys
from importlib import import_module
from typing import Any

import pytest
import yaml
from django.core.management import get_commands
from django.urls import resolve

from navigator.embedded import servers
from navigator.embedded.prepare import PDF_LIBRARIES, ROOT
from navigator.settings.environment import REQUIRED

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
ROLES = {"migrate": "navigator_owner", "web": "navigator_app", "worker": "navigator_worker", "beat": "navigator_worker"}
KEY = base64.b64encode(os.urandom(32)).decode()
SECRETS = {
    "NAVIGATOR_SECRET_KEY": "s" * 50,
    "NAVIGATOR_MASTER_KEYS": f"2026:{KEY}",
    "NAVIGATOR_INDEX_KEY": KEY,
    "NAVIGATOR_ALLOWED_HOSTS": "navigator.example",
    "NAVIGATOR_PUBLIC_URL": "https://navigator.example",
    "NAVIGATOR_APP_PASSWORD": "a",
    "NAVIGATOR_OWNER_PASSWORD": "o",
    "NAVIGATOR_WORKER_PASSWORD": "w",
    "POSTGRES_PASSWORD": "p",
}
# May be left out: docs/operations.md says what then.
OPTIONAL = {
    "NAVIGATOR_EMAIL_URL",
    "NAVIGATOR_EMAIL_FROM",
    "NAVIGATOR_SMS_URL",
    "NAVIGATOR_SMS_TOKEN",
    "NAVIGATOR_BOUNCE_SECRET",
}


def filled_in(text: str) -> str:
    """As compose fills in ${NAME}, ${NAME:?sentence} and ${NAME:-}."""
    return re.sub(r"\$\{(\w+)(:[?-][^}]*)?\}", lambda match: SECRETS.get(match[1], ""), text)


def command_of(service: str) -> list[str]:
    given: list[str] | None = SERVICES[service].get("command")
    if given is None:  # the image's own
        given = yaml.safe_load(re.findall(r"^CMD (.+)$", DOCKERFILE, flags=re.M)[-1])
    return given


@pytest.mark.parametrize(("service", "role"), ROLES.items())
def test_each_service_is_given_all_that_settings_want_and_its_own_role(service: str, role: str) -> None:
    env = SERVICES[service]["environment"]
    assert set(env) == {*REQUIRED, *OPTIONAL, "DJANGO_SETTINGS_MODULE"}
    assert env["DJANGO_SETTINGS_MODULE"] == "navigator.settings.base"
    assert re.match(r"postgres://(\w+):", env["DATABASE_URL"])[1] == role  # type: ignore[index]


def test_every_secret_is_asked_for_by_a_sentence_and_none_is_written_here() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    assert {name for name, _ in re.findall(r"\$\{(\w+)(:\?[^}]{10,})\}", text)} == set(SECRETS)
    assert set(re.findall(r"\$\{(\w+)(?!\w|:-)", text)) == set(SECRETS)
    assert set(re.findall(r"\$\{(\w+):-\}", text)) == OPTIONAL


@pytest.mark.parametrize("service", ROLES)
def test_production_settings_start_with_what_compose_gives(service: str) -> None:
    env = {name: filled_in(value) for name, value in SERVICES[service]["environment"].items()}
    program = (
        "import django; django.setup(); from django.conf import settings as s;"
        "print(s.DEBUG, s.DATABASES['default']['USER'], s.CELERY_BROKER_URL)"
    )
    path = {"PATH": os.environ["PATH"]}
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, env=env | path, capture_output=True, text=True)
    assert (done.stdout.strip(), done.returncode) == (f"False {ROLES[service]} redis://redis:6379/0", 0), done.stderr


def test_commands_name_what_exists() -> None:
    web, worker, beat, migrate = (command_of(name) for name in ("web", "worker", "beat", "migrate"))
    assert web[:2] == ["gunicorn", "navigator.wsgi"]
    assert callable(import_module(web[1]).application)
    assert (worker[:4], beat[:4]) == (["celery", "-A", "navigator", "worker"], ["celery", "-A", "navigator", "beat"])
    assert import_module("navigator.celery").app.main == "navigator"
    managed = re.findall(r"manage\.py (\w+)", migrate[-1])
    assert managed == ["migrate", "load_catalogue", "load_ladder", "load_retention"]
    assert set(managed) <= set(get_commands())
    node = next(word for word in worker if word.startswith("--hostname=")).removeprefix("--hostname=")
    assert f"--destination={node}" in SERVICES["worker"]["healthcheck"]["test"]


def test_every_service_has_a_health_check_and_waits_for_what_it_needs() -> None:
    assert [name for name in SERVICES if name != "migrate" and "healthcheck" not in SERVICES[name]] == []
    for name in ("web", "worker", "beat"):
        conditions = {needed: given["condition"] for needed, given in SERVICES[name]["depends_on"].items()}
        assert conditions == {"migrate": "service_completed_successfully", "redis": "service_healthy"}
    addresses = {name: SERVICES[name]["healthcheck"]["test"][-1] for name in ("web", "beat")}
    assert addresses == {"web": "http://127.0.0.1:8000/livez", "beat": "http://web:8000/readyz"}
    assert [resolve(f"/{address.rsplit('/', 1)[1]}").url_name for address in addresses.values()] == ["livez", "readyz"]


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "code"), [("livez", 0), ("nothing-here", 1)])
def test_the_health_check_believes_200_only(live_server: Any, path: str, code: int) -> None:
    command = [sys.executable, ROOT / "docker/health.py", f"{live_server.url}/{path}"]
    env = os.environ | {"NAVIGATOR_ALLOWED_HOSTS": "localhost"}
    assert subprocess.run(command, env=env, capture_output=True).returncode == code


def test_the_database_is_made_as_the_embedded_one_is() -> None:
    postgres = SERVICES["postgres"]
    assert postgres["image"].startswith("postgres:18")
    assert postgres["environment"]["POSTGRES_INITDB_ARGS"].split() == list(servers.INITDB)
    roles = next(volume for volume in postgres["volumes"] if "roles.sql" in volume).split(":")
    assert (ROOT / roles[0]).resolve() == servers.ROLES.resolve()
    assert roles[1].startswith("/docker-entrypoint-initdb.d/")
    wanted = set(re.findall(r"\\getenv \w+ (\w+)", servers.ROLES.read_text()))
    assert wanted == set(postgres["environment"]) - {"POSTGRES_PASSWORD", "POSTGRES_INITDB_ARGS"}


def test_the_image_has_the_libraries_runs_as_nobody_special_and_carries_no_secret() -> None:
    assert set(PDF_LIBRARIES.values()) <= set(DOCKERFILE.split())
    assert "requirements/base.txt" in DOCKERFILE
    assert "--require-hashes" in DOCKERFILE
    last_stage = DOCKERFILE[DOCKERFILE.rindex("\nFROM ") :]
    assert re.findall(r"^USER (.+)$", last_stage, flags=re.M) == ["navigator"]
    assert last_stage.index("\nUSER ") < last_stage.index("\nCMD ")
    assert not re.findall(r"^(?:ENV|ARG) .*(?:KEY|PASSWORD|SECRET)", DOCKERFILE, flags=re.M)


def test_the_image_is_given_all_that_settings_name_and_no_invented_people() -> None:
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    kept = {line[1:] for line in lines if line.startswith("!")}
    from django.conf import settings

    ours = {app.split(".")[0] for app in settings.INSTALLED_APPS if (ROOT / app.split(".")[0]).is_dir()}
    assert {*ours, "templates", "static", "fixtures", "manage.py", "docker/health.py"} <= kept
    assert "fixtures/demo" in lines
    assert lines.index("fixtures/demo") > lines.index("!fixtures")
