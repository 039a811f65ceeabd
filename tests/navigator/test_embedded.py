"""The stack that comes along, for real: its own servers in folders of their own, never those of this test run."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from navigator.embedded import backup, demo, environment, prepare, processes, servers, state
from navigator.embedded.prepare import ROOT, CannotRun

GIVEN = ("DATABASE_URL", "OWNER_DATABASE_URL", "WORKER_DATABASE_URL", "REDIS_URL")

KEY = "11111111-0000-7000-8000-000000000000"


@pytest.fixture(autouse=True)
def _nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("NAVIGATOR_", "DJANGO_")) or name in GIVEN]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="module")
def stack() -> Iterator[servers.Servers]:
    with servers.throwaway() as started:
        yield started


@pytest.fixture
def own_state(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A state folder with lasting servers in it, stopped afterwards."""
    with tempfile.TemporaryDirectory(prefix="navigator-state-") as folder:
        Path(folder).chmod(0o755)
        monkeypatch.setenv("NAVIGATOR_STATE_DIR", folder)
        yield Path(folder)
        servers.lasting().stop()


def query(url: str, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(sql)  # type: ignore[call-overload]
        return cursor.fetchall() if cursor.description else []


def pids(stack: servers.Servers) -> dict[str, int]:
    with redis.Redis.from_url(stack.redis_url) as client:
        carrier = client.info("server")["process_id"]
    return {"Redis": carrier, "PostgreSQL": int((stack.folder / "postgres/postmaster.pid").read_text().split()[0])}


def wait_for_end(pid: int) -> None:
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        assert select.select([handle], [], [], 20)[0], f"process {pid} is still there"
    finally:
        os.close(handle)


def test_three_roles_and_none_of_them_passes_the_walls(stack: servers.Servers) -> None:
    rows = query(
        stack.database_url("postgres"),
        "SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles"
        " WHERE rolname LIKE 'navigator%' ORDER BY 1",
    )
    assert rows == [
        ("navigator_app", True, False, False, False, False),
        ("navigator_owner", True, False, False, True, False),
        ("navigator_worker", True, False, False, False, False),
    ]


def test_the_database_belongs_to_the_owner_and_the_others_can_make_nothing_in_it(stack: servers.Servers) -> None:
    owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'navigator'"
    assert query(stack.database_url("postgres"), owner) == [("navigator_owner",)]
    for role in ("navigator_app", "navigator_worker"):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            query(stack.database_url(role), "CREATE TABLE mine ()")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            query(stack.database_url(role), "CREATE TEMPORARY TABLE mine ()")
    assert query(stack.database_url("navigator_owner"), "SELECT to_regclass('mine')") == [(None,)]


def test_no_network_port_and_danish_letters_fold(stack: servers.Servers) -> None:
    url = stack.database_url("navigator_app")
    assert query(url, "SHOW listen_addresses") == [("",)]
    assert query(url, "SELECT lower('ÆØÅ'), upper('æøå')") == [("æøå", "ÆØÅ")]
    with redis.Redis.from_url(stack.redis_url) as client:
        wanted = {"port": "0", "save": "", "appendonly": "no", "maxmemory-policy": "noeviction"}
        assert {name: client.config_get(name)[name] for name in wanted} == wanted


def test_roles_may_be_made_twice_and_take_passwords_from_the_environment(
    stack: servers.Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NAVIGATOR_APP_PASSWORD", 'it\'s a "password"')
    stack.make_roles()
    rows = query(
        stack.database_url("postgres"),
        "SELECT rolname, rolpassword LIKE 'SCRAM%' FROM pg_authid WHERE rolname LIKE 'navigator%' ORDER BY 1",
    )
    assert rows == [("navigator_app", True), ("navigator_owner", None), ("navigator_worker", None)]


@pytest.mark.parametrize("name", ["Redis", "PostgreSQL"])
def test_what_was_killed_is_started_again_and_what_runs_is_left_alone(own_state: Path, name: str) -> None:
    stack = servers.lasting()
    assert stack.ensure() == ["PostgreSQL", "Redis"]
    query(stack.database_url("navigator_owner"), "CREATE TABLE kept ()")
    before = pids(stack)
    assert stack.ensure() == []
    os.kill(before[name], signal.SIGKILL)
    wait_for_end(before[name])
    assert stack.ensure() == [name]
    after = pids(stack)
    assert {server for server in after if after[server] != before[server]} == {name}
    assert query(stack.database_url("navigator_owner"), "SELECT to_regclass('kept')::text") == [("kept",)]


def test_a_killed_servers_children_are_waited_for(own_state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stack = servers.lasting()
    stack.ensure()
    postmaster = pids(stack)["PostgreSQL"]
    child = int(Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()[0])
    os.kill(child, signal.SIGSTOP)
    os.kill(postmaster, signal.SIGKILL)
    wait_for_end(postmaster)
    looked = processes.any_working_in
    seen = []

    def look_and_let_go(folder: Path) -> bool:
        seen.append(looked(folder))
        os.kill(child, signal.SIGCONT) if seen == [True] else None
        return seen[-1]

    monkeypatch.setattr(processes, "any_working_in", look_and_let_go)
    assert stack.ensure() == ["PostgreSQL"]
    assert seen[0], "it held the old server's memory"


def test_stopping_and_starting_keeps_the_data_and_erasing_forgets_data_and_keys(own_state: Path) -> None:
    stack = servers.lasting()
    stack.ensure()
    keys = state.keys(own_state)
    query(stack.database_url("navigator_owner"), "CREATE TABLE kept ()")
    was = pids(stack)
    stack.stop()
    for pid in was.values():
        wait_for_end(pid)
    stack.ensure()
    assert query(stack.database_url("navigator_owner"), "SELECT to_regclass('kept')::text") == [("kept",)]
    stack.erase()
    stack.ensure()
    assert query(stack.database_url("navigator_owner"), "SELECT to_regclass('kept')::text") == [(None,)]
    assert not set(state.keys(own_state).values()) & set(keys.values())


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_ended_leaves_no_server_behind(how: signal.Signals) -> None:
    program = (
        "import json, signal, sys; from navigator.embedded import servers\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))\n"
        "with servers.throwaway() as stack: print(stack.folder, flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdout
        folder = Path(run.stdout.readline().strip())
        running = pids(servers.Servers(folder))
        run.send_signal(how)
        for pid in running.values():
            wait_for_end(pid)
        run.wait(20)
    servers._sweep_up()
    assert not folder.exists()


def test_a_process_that_will_not_end_is_killed_with_its_children(tmp_path: Path) -> None:
    stubborn = "trap '' TERM; sleep 600 & echo $!; wait; wait"
    child = processes.start(["/bin/sh", "-c", stubborn], log=tmp_path / "log")
    while not (tmp_path / "log").read_text().strip():
        assert child.poll() is None
    grandchild = int((tmp_path / "log").read_text())
    processes.end_children(child, patience=0.2)
    wait_for_end(grandchild)
    assert child.returncode == -signal.SIGKILL


def test_keys_are_made_once_for_us_alone_and_are_no_good_in_production(tmp_path: Path) -> None:
    keys = state.keys(tmp_path)
    assert keys == state.keys(tmp_path)
    assert (tmp_path / "keys.json").stat().st_mode & 0o777 == 0o600
    assert keys["NAVIGATOR_SECRET_KEY"].startswith("demo-")
    assert keys["NAVIGATOR_MASTER_KEYS"].startswith("demo:")
    assert sorted(keys) == ["NAVIGATOR_INDEX_KEY", "NAVIGATOR_MASTER_KEYS", "NAVIGATOR_SECRET_KEY"]


def test_a_path_too_long_for_a_socket_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NAVIGATOR_STATE_DIR", str(tmp_path / ("x" * 90)))
    with pytest.raises(CannotRun, match="NAVIGATOR_STATE_DIR to a shorter one"):
        state.folder()
    assert not list(tmp_path.iterdir())


def test_each_role_gets_its_own_database_url_and_nobody_gets_the_owners(stack: servers.Servers) -> None:
    surroundings = environment.Environment(stack)
    for role in ("owner", "app", "worker"):
        env = surroundings.of(role)  # type: ignore[arg-type]
        assert env["DATABASE_URL"] == f"postgres://navigator_{role}@/navigator?host={stack.folder}/run"
        assert "OWNER_DATABASE_URL" not in env
        assert env["DJANGO_SETTINGS_MODULE"] == "navigator.settings.demo"
    env = surroundings.of_tests()
    assert [env[name].split("@")[0] for name in GIVEN[:3]] == [
        "postgres://navigator_app",
        "postgres://navigator_owner",
        "postgres://navigator_worker",
    ]
    assert env["DJANGO_SETTINGS_MODULE"] == "navigator.settings.test"


def test_given_servers_are_used_and_none_is_started(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NAVIGATOR_STATE_DIR", str(tmp_path))
    monkeypatch.setenv("DATABASE_URL", "postgres://a@db/n")
    with pytest.raises(CannotRun, match="both DATABASE_URL and REDIS_URL"):
        environment.lasting()
    monkeypatch.setenv("REDIS_URL", "redis://r/0")
    with pytest.raises(CannotRun, match="OWNER_DATABASE_URL and WORKER_DATABASE_URL"):
        environment.lasting()
    monkeypatch.setenv("OWNER_DATABASE_URL", "postgres://o@db/n")
    monkeypatch.setenv("WORKER_DATABASE_URL", "postgres://w@db/n")
    surroundings = environment.lasting()
    assert [surroundings.of(role)["DATABASE_URL"] for role in ("app", "owner", "worker")] == [  # type: ignore[arg-type]
        "postgres://a@db/n",
        "postgres://o@db/n",
        "postgres://w@db/n",
    ]
    assert surroundings.of("app")["REDIS_URL"] == "redis://r/0"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["keys.json"]


def test_where_nothing_comes_along_one_sentence_says_what_to_give(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare.platform, "machine", lambda: "aarch64")
    with pytest.raises(CannotRun, match=r"only on x86-64 Linux\. Here, start your own and give DATABASE_URL"):
        prepare.prepare("demo", prepare.Steps(out=sys.stderr))


def test_without_root_the_exact_command_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prepare, "PDF_LIBRARIES", {"libnothing.so.9": "libnothing9"})
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(prepare.shutil, "which", lambda name, **_: f"/usr/bin/{name}")
    missing = prepare.missing_from_system(browser=True)
    assert missing == ["libnothing9"]
    with pytest.raises(CannotRun, match="sudo apt-get install --yes --no-install-recommends libnothing9"):
        prepare.install_from_system(missing)


def test_packages_are_installed_again_only_when_the_lock_file_or_the_python_changes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(prepare, "ROOT", tmp_path)
    monkeypatch.setattr(prepare, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(prepare, "PYTHON", tmp_path / ".venv/python")
    for name in (".venv/python", ".venv/pyvenv.cfg", "requirements/demo.txt", "requirements/dev.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    assert prepare.python_packages_missing("demo")
    stamp = prepare.fingerprint(tmp_path / ".venv", tmp_path / "requirements/dev.txt")
    (tmp_path / ".venv/.installed-dev").write_text(stamp)
    assert not prepare.python_packages_missing("dev")
    assert not prepare.python_packages_missing("demo"), "what the tests need covers the demo"
    (tmp_path / ".venv/pyvenv.cfg").write_text("another Python")
    assert prepare.python_packages_missing("demo")


def test_a_taken_port_is_said_or_passed_over() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CannotRun, match=f"Port {port} is taken"):
            demo.free_port(port)
    assert demo.free_port(port) == port
    assert demo.free_port(None) >= environment.DEFAULT_PORT


def test_one_demo_a_checkout(tmp_path: Path) -> None:
    with demo.only_one(tmp_path) as note:
        demo._write(note, {"pid": 1, "address": "http://localhost:8000"})
        with pytest.raises(CannotRun, match="runs already: http://localhost:8000"), demo.only_one(tmp_path):
            pass
    with demo.only_one(tmp_path):
        assert json.loads((tmp_path / "demo.json").read_text()) == {"pid": os.getpid()}


def test_a_backup_comes_back_whole_and_its_keys_travel_apart(own_state: Path, tmp_path: Path) -> None:
    stack = servers.lasting()
    stack.ensure()
    owner, app = stack.database_url("navigator_owner"), stack.database_url("navigator_app")
    for statement in (
        "CREATE TABLE person (unit int, sealed bytea)",
        r"INSERT INTO person VALUES (1, '\x00ff'), (2, '\x01')",
        "CREATE TABLE vault_datakey (id uuid PRIMARY KEY, master_key_id text, wrapped bytea, destroyed_at timestamptz)",
        rf"INSERT INTO vault_datakey VALUES ('{KEY}', 'demo', '\x5ea1ed', NULL)",
        f"ALTER TABLE person ADD key uuid NOT NULL DEFAULT '{KEY}' REFERENCES vault_datakey",
        "ALTER TABLE person ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY own_unit ON person USING (unit = 1)",
        "GRANT SELECT ON person TO navigator_app",
    ):
        query(owner, statement)
    (tmp_path / "safe").mkdir()
    data, keys = tmp_path / "data.dump", tmp_path / "safe/keys.json"
    with pytest.raises(CannotRun, match="must not lie together"):
        backup.backup([str(data), "--keys", str(tmp_path / "keys.json")])
    assert backup.backup([str(data), "--keys", str(keys)]) == 0
    assert [path.stat().st_mode & 0o777 for path in (data, keys)] == [0o600, 0o600]
    made = state.keys(own_state)
    written = json.loads(keys.read_text())
    assert written.pop("data_keys") == [[KEY, "demo", "XqHt", None]]
    assert written == {name: made[name] for name in backup.KEY_NAMES}
    assert b"5ea1ed" not in data.read_bytes(), "the data keys are not among the data"
    assert not [value for value in made.values() if value.split(":")[-1].encode() in data.read_bytes()]
    with pytest.raises(CannotRun, match="exists already"):
        backup.backup([str(data), "--keys", str(tmp_path / "safe/other.json")])

    with pytest.raises(CannotRun, match="not empty"):
        backup.restore([str(data), "--keys", str(keys)])
    older = tmp_path / "safe/older.json"
    older.write_text(json.dumps(written | {"data_keys": []}))
    with pytest.raises(CannotRun, match="as new as the data"):
        backup.restore([str(data), "--keys", str(older), "--replace"])
    assert backup.tables(owner) == 0, "all or nothing"
    state.write_keys(own_state, dict.fromkeys(made, "lost"))
    assert backup.restore([str(data), "--keys", str(keys), "--replace"]) == 0
    assert query(owner, "SELECT unit, sealed FROM person ORDER BY 1") == [(1, b"\x00\xff"), (2, b"\x01")]
    assert query(app, "SELECT unit FROM person") == [(1,)], "the wall came back with the table"
    assert {name: state.keys(own_state)[name] for name in backup.KEY_NAMES} == written


def test_a_failed_backup_leaves_no_file(own_state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "program", lambda name: "/bin/false")
    (tmp_path / "safe").mkdir()
    with pytest.raises(CannotRun):
        backup.backup([str(tmp_path / "data.dump"), "--keys", str(tmp_path / "safe/keys.json")])
    assert [path.name for path in tmp_path.rglob("*")] == ["safe"]


def test_what_has_not_changed_is_not_made_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(demo, "ROOT", tmp_path)
    monkeypatch.setattr(demo, "STATIC", tmp_path)
    monkeypatch.setattr(environment.Environment, "of", lambda *_: {})
    ran: list[str] = []
    said = "1 of 1 cases\nSign in as:\n  anna@demo.example\n"
    monkeypatch.setattr(demo, "run", lambda command, **_: ran.append(command[2]) or said)
    (tmp_path / "fixtures").mkdir()
    (tmp_path / "fixtures/people.json").write_text("[]")

    def load() -> list[str]:
        ran.clear()
        surroundings = environment.Environment(servers.Servers(tmp_path))
        steps = prepare.Steps(out=sys.stdout, total=9)
        assert demo.load(surroundings, steps, tmp_path) == "Sign in as:\n  anna@demo.example"
        demo.collect_static_files(surroundings, steps)
        return ran.copy()

    everything = ["migrate", "load_catalogue", "load_ladder", "load_retention", "load_demo"]
    assert load() == [*everything, "collectstatic"]
    assert load() == []
    (tmp_path / "fixtures/people.json").write_text("[1]")
    assert load() == everything
