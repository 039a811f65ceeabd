"""The environment variables that a process gets: all that the rest of the product knows of the stack around it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from navigator.embedded import servers, state
from navigator.embedded.prepare import CannotRun, is_external

Role = Literal["owner", "app", "worker"]
DEFAULT_PORT = 8000


class Environment:
    """Gives each role its variables, from the embedded servers or, where DATABASE_URL and REDIS_URL are given, from there.

    What is set already is never overwritten, but for DATABASE_URL: that one is the role's own.
    """

    def __init__(self, embedded: servers.Servers | None) -> None:
        self.embedded = embedded
        if embedded is None:
            missing = [name for name in ("OWNER_DATABASE_URL", "WORKER_DATABASE_URL") if not os.environ.get(name)]
            if missing:
                raise CannotRun(
                    f"DATABASE_URL is the app's own; give {' and '.join(missing)} too: the owner migrates, the worker "
                    "sweeps (docs/operations.md)."
                )

    def url(self, role: Role) -> str:
        """Where this role finds the database."""
        if self.embedded:
            return self.embedded.database_url(f"navigator_{role}")
        return os.environ["DATABASE_URL" if role == "app" else f"{role.upper()}_DATABASE_URL"]

    def of(self, role: Role, *, settings: str = "navigator.settings.demo", port: int = DEFAULT_PORT) -> dict[str, str]:
        """The variables of one process. The owner's URL is only in the owner's own."""
        ours = {
            "DJANGO_SETTINGS_MODULE": settings,
            "REDIS_URL": self.embedded.redis_url if self.embedded else "",
            "NAVIGATOR_ALLOWED_HOSTS": "localhost,127.0.0.1",
            "NAVIGATOR_PUBLIC_URL": f"http://localhost:{port}",
            "NAVIGATOR_SWEEP_SECONDS": "5",
            "PYTHONUNBUFFERED": "1",
            **state.keys(self.embedded.folder if self.embedded else state.folder()),
        }
        env = ours | os.environ | {"DATABASE_URL": self.url(role)}
        env.pop("OWNER_DATABASE_URL", None)
        env.pop("WORKER_DATABASE_URL", None)
        return env

    def of_tests(self) -> dict[str, str]:
        """The tests run as the app, make their database as the owner, and play the worker too."""
        env = self.of("app", settings="navigator.settings.test")
        return env | {
            "DJANGO_SETTINGS_MODULE": "navigator.settings.test",
            "OWNER_DATABASE_URL": self.url("owner"),
            "WORKER_DATABASE_URL": self.url("worker"),
        }


def lasting() -> Environment:
    """Of the demo's servers, started when they do not run and left running."""
    if is_external():
        return Environment(None)
    embedded = servers.lasting()
    embedded.ensure()
    return Environment(embedded)


@contextmanager
def throwaway() -> Iterator[Environment]:
    """Of servers that last as long as one run of the tests."""
    if is_external():
        yield Environment(None)
        return
    with servers.throwaway() as embedded:
        yield Environment(embedded)
