"""bin/demo: the whole product on this machine, from nothing to an address to open, until Ctrl-C."""

from __future__ import annotations

import argparse
import errno
import fcntl
import hashlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TextIO

from navigator.embedded import environment, processes, servers, state
from navigator.embedded.environment import DEFAULT_PORT, Environment, Role
from navigator.embedded.prepare import DEMO_STEPS, PYTHON, ROOT, CannotRun, Steps, is_external, run

NODE = "demo@localhost"  # the worker's name: asked by name, ping returns with its answer
ANSWER_WITHIN = 90  # seconds
# What the database and the static files are made from: where it has not changed, nothing is made again.
OF_THE_DATABASE = ("navigator", "pathways", "referrals", "fixtures", "requirements/base.txt")
OF_STATIC_FILES = ("static", "package-lock.json", "navigator/settings", "requirements/base.txt")
STATIC = ROOT / "staticfiles"
LOADING = {
    "Tables, and the walls around them": [["migrate", "--no-input", "--verbosity=0"]],
    "Catalogue: vocabulary, rules, services, ladder": [["load_catalogue"], ["load_ladder"], ["load_retention"]],
    "Invented people": [["load_demo"]],
}
RESTARTS = 5  # of one process, before we give up


class Part:
    """One process of the product: started, watched, started again when it dies."""

    def __init__(self, name: str, role: Role, command: list[str], *, log: Path, env: dict[str, str]) -> None:
        self.name, self.role, self.command, self.log, self.env = name, role, command, log, env
        self.restarts = 0
        self.start()

    def start(self) -> None:
        self.child = processes.start([PYTHON, "-m", *self.command], log=self.log, env=self.env)

    @property
    def dead(self) -> bool:
        return self.child.poll() is not None

    def wait_until(self, answers: Callable[[], bool]) -> None:
        """Ask until it answers. Raises CannotRun with the end of its log when it dies or stays silent."""
        give_up = time.monotonic() + ANSWER_WITHIN
        while not answers():
            if self.dead or time.monotonic() > give_up:
                verb = "ended" if self.dead else f"did not answer within {ANSWER_WITHIN} s"
                raise CannotRun(f"The {self.name} {verb}. The end of {self.log}:\n{processes.tail(self.log)}")
            time.sleep(0.1)  # between two questions, not instead of one


def demo(arguments: list[str]) -> int:
    """Start everything, say where it is, watch over it, and stop all of it."""
    parser = argparse.ArgumentParser(prog="bin/demo", description="Runs the care-pathway navigator on this machine.")
    parser.add_argument("--port", type=int, help=f"default: {DEFAULT_PORT}, or the next free one")
    parser.add_argument("--reset", action="store_true", help="forget all data and start over")
    parser.add_argument("--stop", action="store_true", help="stop a demo of this checkout that runs somewhere")
    options = parser.parse_args(arguments)
    folder = state.folder()
    if options.stop:
        return stop(folder)
    with only_one(folder) as note:
        try:
            return _demo(options, folder, note)
        finally:
            if not is_external():
                servers.lasting().stop()


def _demo(options: argparse.Namespace, folder: Path, note: TextIO) -> int:
    steps = Steps(out=sys.stdout, total=DEMO_STEPS, done=4)
    if options.reset:
        if is_external():
            raise CannotRun("--reset forgets only the database that comes along; this one was given by DATABASE_URL.")
        servers.lasting().erase()
    with steps.step("PostgreSQL and Redis"):
        surroundings = environment.lasting()
    free_port(options.port)  # said now, not after a minute of work
    sign_ins = load(surroundings, steps, folder)
    collect_static_files(surroundings, steps)
    parts: list[Part] = []
    port = free_port(options.port)
    try:
        with steps.step("Web, worker and clock"):
            start(parts, surroundings, folder, port=port)
        address = f"http://localhost:{port}"
        _write(note, {"pid": os.getpid(), "address": address})
        print(f"\nReady: {address}\n\n{sign_ins}\n")
        print(f"Logs: {folder / 'log'}. Ctrl-C stops everything; the data stay (--reset forgets them).", flush=True)
        return watch(parts, surroundings)
    finally:
        for again in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(again, signal.SIG_IGN)  # a second Ctrl-C must not leave anything behind
        print("\nStopping …", flush=True)
        processes.end_children(*(part.child for part in parts))


def load(surroundings: Environment, steps: Steps, folder: Path) -> str:
    """Tables, catalogue and invented people. Returns who can sign in, as load_demo says it at its end."""
    made, now = folder / "loaded.json", sources(*OF_THE_DATABASE)
    kept = _json(made)
    unchanged = surroundings.embedded is not None and kept.get("sources") == now
    printed = kept.get("sign_ins", "")
    for title, commands in LOADING.items():
        if unchanged:
            steps.skip(title)
            continue
        with steps.step(title):
            for command in commands:
                printed = run([PYTHON, "manage.py", *command], env=surroundings.of("owner"))
    sign_ins = "Sign in" + printed.rpartition("Sign in")[2].rstrip()
    made.write_text(json.dumps({"sources": now, "sign_ins": sign_ins}))
    return sign_ins


def collect_static_files(surroundings: Environment, steps: Steps) -> None:
    """The note of what they were made from lies among them: whoever removes them removes it too."""
    made, now = STATIC / ".made-from.json", sources(*OF_STATIC_FILES)
    if _json(made).get("sources") == now:
        steps.skip("Static files")
        return
    with steps.step("Static files"):
        run([PYTHON, "manage.py", "collectstatic", "--no-input", "--verbosity=0"], env=surroundings.of("owner"))
    made.write_text(json.dumps({"sources": now}))


def sources(*names: str) -> str:
    """Changes when one of these files or folders does."""
    digest = hashlib.sha256()
    for name in names:
        for path in sorted([ROOT / name, *(ROOT / name).rglob("*")]):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _json(file: Path) -> dict[str, str]:
    try:
        content: dict[str, str] = json.loads(file.read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return content


def start(parts: list[Part], surroundings: Environment, folder: Path, *, port: int) -> None:
    """Start web, worker and beat together, then wait until each has shown that it works."""
    logs = folder / "log"
    logs.mkdir(exist_ok=True)

    def part(name: str, role: Role, command: list[str]) -> Part:
        log = logs / f"{name}.log"
        log.unlink(missing_ok=True)
        parts.append(Part(name, role, command, log=log, env=surroundings.of(role, port=port)))
        return parts[-1]

    celery = ["celery", "-A", "navigator"]
    web = part(
        "web",
        "app",
        ["gunicorn", "navigator.wsgi", "--bind", f"127.0.0.1:{port}", "--threads=8", "--no-control-socket"],
    )
    worker = part(
        "worker",
        "worker",
        [*celery, "worker", "--loglevel", "INFO", "--concurrency", "2", "--without-mingle", f"--hostname={NODE}"],
    )
    beat = part("beat", "worker", [*celery, "beat", "--loglevel", "INFO", "--schedule", str(folder / "beat-schedule")])
    web.wait_until(lambda: answers(port, "/livez"))
    ping = [str(PYTHON), "-m", *celery, "inspect", "ping", f"--destination={NODE}", "--timeout=1"]
    worker.wait_until(lambda: subprocess.run(ping, cwd=ROOT, env=worker.env, capture_output=True).returncode == 0)
    # 200 only once a sweep has finished: so beat has knocked, the worker has swept, and the web has seen it.
    beat.wait_until(lambda: answers(port, "/readyz"))


def answers(port: int, path: str) -> bool:
    """Does the web answer with 200? Silence is a no."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def watch(parts: list[Part], surroundings: Environment) -> int:
    """Until a signal: what dies is started again, and said. What dies again and again ends the demo."""
    while True:
        time.sleep(1)
        if surroundings.embedded:
            for name in surroundings.embedded.ensure():
                print(f"{name} went away and was started again.", flush=True)
        for part in parts:
            if not part.dead:
                continue
            part.restarts += 1
            if part.restarts > RESTARTS:
                raise CannotRun(f"The {part.name} keeps ending. The end of {part.log}:\n{processes.tail(part.log)}")
            processes.end_children(part.child)
            part.start()
            print(f"The {part.name} ended and was started again (see {part.log}).", flush=True)


@contextmanager
def only_one(folder: Path) -> Iterator[TextIO]:
    """One demo a checkout. Raises CannotRun that says where the other one is."""
    with (folder / "demo.json").open("a+") as note:
        try:
            fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            where = _read(note).get("address", "just starting")
            raise CannotRun(f"The demo of this checkout runs already: {where}. bin/demo --stop stops it.") from None
        _write(note, {"pid": os.getpid()})
        yield note


def stop(folder: Path) -> int:
    """End a running demo and wait until it is gone; stop servers that bin/manage left running."""
    with (folder / "demo.json").open("a+") as note:
        try:
            fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with suppress(ProcessLookupError):
                os.kill(_read(note)["pid"], signal.SIGTERM)
            fcntl.flock(note, fcntl.LOCK_EX)  # ours as soon as the demo is gone
        if not is_external():
            servers.lasting().stop()
    print("Stopped.")
    return 0


def _read(note: TextIO) -> dict[str, Any]:
    note.seek(0)
    with suppress(ValueError):
        content: dict[str, Any] = json.load(note)
        return content
    return {}


def _write(note: TextIO, content: dict[str, Any]) -> None:
    note.seek(0)
    note.truncate()
    json.dump(content, note)
    note.flush()


def free_port(wanted: int | None) -> int:
    """The wanted port, or else the default one or the first free one after it. Raises CannotRun when it is taken."""
    for port in [wanted] if wanted else range(DEFAULT_PORT, DEFAULT_PORT + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                    raise
                continue
            return port
    raise CannotRun(f"Port {wanted or DEFAULT_PORT} is taken: give another with --port.")
