"""What is missing at the start is one sentence, and how to give it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


def manage(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    given = {key: value for key, value in (os.environ | env).items() if value}
    return subprocess.run([sys.executable, "manage.py", *arguments], env=given, text=True, capture_output=True)


def test_a_database_that_does_not_answer_is_one_sentence() -> None:
    said = manage("load_ladder", DATABASE_URL="postgres://navigator_app@/navigator?host=/nowhere")

    assert said.returncode == 1
    assert said.stderr.startswith("PostgreSQL does not answer: ")
    assert "Give its address in DATABASE_URL" in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "NAVIGATOR_MASTER_KEYS"])
def test_a_missing_variable_is_named_with_what_it_is(name: str) -> None:
    said = manage("check", **{name: ""})

    assert said.returncode == 1
    assert f"  {name}: " in said.stderr
    assert "Traceback" not in said.stderr


@pytest.mark.parametrize(
    ("variable", "value", "said_of_it"),
    [
        ("NAVIGATOR_SECRET_KEY", "demo-" + "x" * 60, "is a demo key"),
        ("NAVIGATOR_SECRET_KEY", "tiny-xyz", "too short"),
        ("NAVIGATOR_MASTER_KEYS", "demo:" + "A" * 43 + "=", "holds a demo key"),
    ],
)
def test_production_refuses_the_demos_secrets(variable: str, value: str, said_of_it: str) -> None:
    secrets = {"NAVIGATOR_SECRET_KEY": "p" * 60, "NAVIGATOR_MASTER_KEYS": "live:" + "A" * 43 + "="}
    said = manage("check", DJANGO_SETTINGS_MODULE="navigator.settings.base", **(secrets | {variable: value}))

    assert said.returncode == 1
    assert said_of_it in said.stderr
    assert value not in said.stderr


def test_demo_people_are_refused_in_production() -> None:
    secrets = {"NAVIGATOR_SECRET_KEY": "p" * 60, "NAVIGATOR_MASTER_KEYS": "live:" + "A" * 43 + "="}
    address = {"NAVIGATOR_PUBLIC_URL": "https://x.example", "NAVIGATOR_ALLOWED_HOSTS": "x.example"}
    said = manage("load_demo", DJANGO_SETTINGS_MODULE="navigator.settings.base", **secrets, **address)

    assert said.returncode == 1
    assert "Demo people are not for production" in said.stderr
