"""What a browser is told, what is never taken in, and what production insists on."""

from __future__ import annotations

import ast
import base64
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings

from navigator.settings import base
from tests.helpers.cases import logged
from tests.helpers.pages import at, text
from tests.helpers.snapshot import everything
from tests.helpers.world import World

KEY = base64.b64encode(bytes(32)).decode()
PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "navigator.settings.base",
    "DATABASE_URL": "postgres://navigator_app:a@postgres:5432/navigator",
    "REDIS_URL": "redis://redis:6379/0",
    "NAVIGATOR_SECRET_KEY": "Xq3v9Lw0" * 8,
    "NAVIGATOR_MASTER_KEYS": f"2026:{KEY}",
    "NAVIGATOR_INDEX_KEY": KEY,
    "NAVIGATOR_ALLOWED_HOSTS": "navigator.example",
    "NAVIGATOR_PUBLIC_URL": "https://navigator.example",
    "PATH": os.environ["PATH"],
}
POLICY = {
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self'", "font-src 'self'", "connect-src 'self'",
    "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'", "manifest-src 'self'",
}  # fmt: skip


def check(**env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level=INFO"]
    return subprocess.run(command, env=PRODUCTION | env, text=True, capture_output=True)


def test_djangos_own_list_for_production_finds_nothing() -> None:
    done = check()
    assert (done.stdout.strip(), done.returncode) == ("System check identified no issues (0 silenced).", 0), done.stderr


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("NAVIGATOR_ALLOWED_HOSTS", "*"),
        ("NAVIGATOR_ALLOWED_HOSTS", ".example"),
        ("NAVIGATOR_PUBLIC_URL", "http://navigator.example"),
        ("NAVIGATOR_PUBLIC_URL", "https://elsewhere.example"),
    ],
)
def test_production_refuses_hosts_that_it_does_not_know(variable: str, value: str) -> None:
    done = check(**{variable: value})
    assert done.returncode == 1
    assert done.stderr.startswith(variable)


def test_every_secret_comes_from_the_environment() -> None:
    """No setting whose name says that it is one has a value of its own, and none stands in what is checked in."""
    secret = re.compile(r"SECRET|KEYS?$|TOKEN|PASSWORD$|_URL$")
    names_of_pages = {"LOGIN_URL", "LOGIN_REDIRECT_URL", "LOGOUT_REDIRECT_URL", "STATIC_URL", "PUBLIC_URL"}
    for path in Path("navigator/settings").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Assign):
                continue
            names = [each.id for target in node.targets for each in ast.walk(target) if isinstance(each, ast.Name)]
            if any(secret.search(name) for name in set(names) - names_of_pages):
                given = [each.value for each in ast.walk(node.value) if isinstance(each, ast.Constant)]
                texts = [said for said in given if isinstance(said, str)]
                assert all(re.fullmatch(r"[A-Z_]*", said) for said in texts), ast.unparse(node)
    tracked = subprocess.run(["git", "ls-files", "-z"], capture_output=True, text=True, check=True).stdout.split("\0")
    sealed = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY|://[a-z_]+:[^@/$\s{…]{6,}@[a-z]")
    for name in filter(None, tracked):
        path = Path(name)
        if path.is_file() and path.suffix in {".py", ".yml", ".toml", ".sh", ".json", ""}:
            assert not sealed.search(path.read_text(errors="ignore")), name


def test_cookies_in_production() -> None:
    assert (base.SESSION_COOKIE_NAME, base.CSRF_COOKIE_NAME) == ("__Host-session", "__Host-csrf")
    assert base.SESSION_COOKIE_SECURE and base.CSRF_COOKIE_SECURE and base.LANGUAGE_COOKIE_SECURE
    assert base.CSRF_COOKIE_HTTPONLY and base.LANGUAGE_COOKIE_HTTPONLY
    assert {base.SESSION_COOKIE_SAMESITE, base.CSRF_COOKIE_SAMESITE, base.LANGUAGE_COOKIE_SAMESITE} == {"Lax"}


def test_a_page_about_a_person_in_production(world: World) -> None:
    case = logged(world, name="Mikkel Opfundet")
    secure = {
        name: getattr(base, name)
        for name in (
            "SECURE_SSL_REDIRECT", "SECURE_HSTS_SECONDS", "SECURE_PROXY_SSL_HEADER",
            "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME",
        )
    }  # fmt: skip
    with override_settings(**secure):
        client = at(world.alice)
        assert client.get("/").status_code == 301
        page = client.get(f"/cases/{case.pk}/", headers={"X-Forwarded-Proto": "https"})
    assert "Mikkel Opfundet" in text(page)
    told = {name: page[name] for name in page.headers if name not in ("Content-Length", "X-Request-ID")}
    allowed = re.findall(r"([\w-]+)=\(self\)", told.pop("Permissions-Policy"))
    assert allowed == ["clipboard-write", "publickey-credentials-create", "publickey-credentials-get"]
    assert set(told.pop("Content-Security-Policy").split("; ")) == POLICY
    assert told == {
        "Content-Type": "text/html; charset=utf-8",
        "Strict-Transport-Security": "max-age=31536000; includeSubDomains; preload",
        "Cache-Control": "no-store",
        "Referrer-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Vary": "Cookie",
    }
    cookie = page.cookies["__Host-csrf"]
    assert (cookie["secure"], cookie["httponly"], cookie["path"], cookie["domain"]) == (True, True, "/", "")


def test_nothing_that_shows_people_is_kept_by_a_browser(world: World) -> None:
    client = at(world.alice)
    for address in ("/", "/cases/new/", "/follow-ups/", "/login/", "/nowhere/", "/link/", "/session/"):
        assert "no-store" in client.get(address)["Cache-Control"], address
    assert "no-store" in client.post("/search/", {"said": "x"}, follow=True)["Cache-Control"]


@pytest.mark.parametrize("address", ["/cases/new/", "/search/", "/login/", "/link/enter/"])
def test_a_file_is_refused_and_never_written(world: World, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*args: Any, **kwargs: Any) -> None:
        raise AssertionError("written to disk")

    monkeypatch.setattr("tempfile.NamedTemporaryFile", never)
    before = everything()
    scan = SimpleUploadedFile("samtykke.pdf", b"%PDF-1.7 " + b"x" * 3_000_000, "application/pdf")
    answer = at(world.alice).post(address, {"said": "x", "do": "save", "file": scan})
    assert answer.status_code == 415
    assert "Her kan du ikke sende filer" in text(answer)
    assert f"oplys dette nummer: {answer['X-Request-ID']}" in text(answer)
    assert everything() == before


def test_a_file_to_the_api_is_refused(world: World) -> None:
    scan = SimpleUploadedFile("scan.pdf", b"%PDF")
    assert Client().post("/api/v1/match/", {"file": scan}).status_code == 415


@pytest.mark.parametrize(
    "body", ["note=" + "x" * 1_000_001, "&".join(f"a{n}=1" for n in range(1001))], ids=["long", "many fields"]
)
def test_what_is_too_large_is_refused(world: World, body: str) -> None:
    before = everything()
    answer = at(world.alice).post("/cases/new/", body, "application/x-www-form-urlencoded")
    assert answer.status_code == 413
    assert "Det var for meget på én gang" in text(answer)
    assert everything() == before


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/login/", "/api/v1/match/"])
def test_another_host_is_refused_with_a_page(address: str) -> None:
    answer = Client().get(address, headers={"Host": "elsewhere.example"})
    assert answer.status_code == 400
    assert "Det kunne vi ikke læse" in text(answer)
    assert "elsewhere" not in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (ValueError("Mikkel Opfundet"), 500, ("Noget gik galt", "Something went wrong")),
        ("away", 503, ("Vi kan ikke svare lige nu", "We cannot answer right now")),
    ],
)
def test_what_we_cannot_answer_says_nothing_but_the_way_out(
    monkeypatch: pytest.MonkeyPatch, error: Any, status: int, said: tuple[str, ...]
) -> None:
    from django.db import OperationalError

    def fails(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("could not connect as navigator_app") if error == "away" else error

    monkeypatch.setattr("navigator.accounts.views.give_back", fails)
    answer = Client(raise_request_exception=False).get("/login/?next=/cases/")
    page = answer.content.decode()
    assert answer.status_code == status
    assert all(sentence in page for sentence in said) and "112" in page
    assert page.count(answer["X-Request-ID"]) == 2
    assert (answer.headers.get("Retry-After") == "30") == (status == 503)
    for secret in ("Mikkel", "navigator_app", "ValueError", "OperationalError", "/cases/"):
        assert secret not in page


def test_pages_that_say_no_are_in_both_languages_and_have_a_number(world: World) -> None:
    bo = at(world.bo)
    for address, danish, english in [
        ("/cases/new/", "Det har du ikke adgang til", "You may not do this"),
        ("/nowhere/", "Den side findes ikke her", "There is no such page here"),
    ]:
        answer = bo.get(address)
        assert danish in text(answer)
        assert f"oplys dette nummer: {answer['X-Request-ID']}" in text(answer)
        bo.cookies["django_language"] = "en"
        answer = bo.get(address)
        assert english in text(answer) and f"give this number: {answer['X-Request-ID']}" in text(answer)
        del bo.cookies["django_language"]
