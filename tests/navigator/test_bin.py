"""The commands a newcomer types, and the one that CI runs."""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from navigator.embedded import __main__ as tasks
from navigator.embedded.prepare import NEEDS, ROOT, CannotRun

SCRIPTS = sorted(path for path in (ROOT / "bin").iterdir())
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


@pytest.mark.parametrize("script", [*SCRIPTS, ROOT / ".ci/run"], ids=lambda path: path.name)
def test_scripts_are_executable_sound_and_say_what_they_do(script: Path) -> None:
    assert os.access(script, os.X_OK)
    first, second, *rest = script.read_text().splitlines()
    assert first == "#!/bin/sh"
    assert second.startswith("# ")
    assert len(rest) < 15, "logic belongs in navigator/embedded"
    subprocess.run(["/bin/sh", "-n", script], check=True)


def test_each_script_hands_over_to_the_task_of_its_name() -> None:
    names = {script.name for script in SCRIPTS} - {"_python"}
    assert names == set(NEEDS)
    for name in names:
        last = (ROOT / "bin" / name).read_text().splitlines()[-1]
        assert last == f'exec "$(dirname "$0")/_python" {name} "$@"'


def test_a_machine_with_an_old_python_is_told_so_and_nothing_is_done(tmp_path: Path) -> None:
    for program in ("dirname", "sh"):
        (tmp_path / program).symlink_to(f"/usr/bin/{program}")
    (tmp_path / "python3").write_text("#!/bin/sh\nexit 1\n")  # what an old one answers when asked if it is new enough
    (tmp_path / "python3").chmod(0o755)
    done = subprocess.run([ROOT / "bin/demo"], env={"PATH": str(tmp_path)}, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert "Python 3.11 or newer is needed" in done.stderr


def test_ci_runs_the_checks_and_the_tests() -> None:
    lines = (ROOT / ".ci/run").read_text().splitlines()
    assert [line.split()[0] for line in lines if line.startswith("bin/")] == ["bin/check", "bin/test"]


def test_manage_knows_whose_work_a_command_is(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    class Surroundings:
        def of(self, role: str) -> dict[str, str]:
            return {"role": role}

    monkeypatch.setattr(tasks.environment, "lasting", Surroundings)
    monkeypatch.setattr(os, "execve", lambda program, command, env: seen.append((command[2:], env["role"])))
    for arguments in (["migrate", "--plan"], ["shell"], ["--as", "worker", "shell"], []):
        tasks.manage(arguments)
    assert seen == [(["migrate", "--plan"], "owner"), (["shell"], "app"), (["shell"], "worker"), ([], "app")]
    with pytest.raises(CannotRun, match="--as owner"):
        tasks.manage(["--as", "nobody", "shell"])


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_lock_files_pin_every_package_with_hashes_and_name_no_place(lock: Path) -> None:
    text = lock.read_text()
    assert not re.search(r"^(-|.*(://|file:|/home/|/tmp/))", re.sub(r"^ *#.*$", "", text, flags=re.M), flags=re.M)
    packages = re.findall(r"^[a-z0-9][^\n]*", text, flags=re.M | re.I)
    assert packages
    assert [line for line in packages if not re.fullmatch(r"[\w.-]+==\S+( ; .+)? \\", line)] == []


def test_the_demo_from_nothing_to_an_address_and_back_to_nothing() -> None:
    """A newcomer starts it, looks at it, breaks a process, stops it; and starts it again."""
    ours = ("DATABASE_URL", "OWNER_DATABASE_URL", "WORKER_DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
    env = {name: value for name, value in os.environ.items() if name not in ours and not name.startswith("NAVIGATOR_")}
    with tempfile.TemporaryDirectory(prefix="navigator-demo-") as state:
        Path(state).chmod(0o755)
        command = [ROOT / "bin/demo"]
        given: dict[str, Any] = {"env": env | {"NAVIGATOR_STATE_DIR": state}, "text": True}

        def hears_ctrl_c() -> None:
            """Also where the tests themselves run behind a shell's back, deaf to it."""
            signal.signal(signal.SIGINT, signal.default_int_handler)

        def started() -> tuple[subprocess.Popen[str], str, int]:
            demo = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                preexec_fn=hears_ctrl_c, **given,
            )  # fmt: skip
            assert demo.stdout
            said = ""
            for line in demo.stdout:
                said += line
                if "Ctrl-C" in line:
                    break
            address = re.search(r"^Ready: http://localhost:(\d+)$", said, flags=re.M)
            assert address, said
            return demo, said, int(address[1])

        def answer(port: int, path: str) -> tuple[int, str]:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            connection.request("GET", path)
            response = connection.getresponse()
            status, body = response.status, response.read().decode()
            connection.close()
            return status, body

        def of_this_demo() -> dict[int, str]:
            """Every process that has its state in its command line or among its variables."""
            found = {}
            for proc in Path("/proc").iterdir():
                with suppress(OSError):
                    if (
                        proc.name.isdigit()
                        and state.encode() in (proc / "cmdline").read_bytes() + (proc / "environ").read_bytes()
                    ):
                        found[int(proc.name)] = (proc / "cmdline").read_text().replace("\0", " ")
            return found

        demo, said, port = started()
        try:
            assert [line.split()[0] for line in said.splitlines() if line.startswith("[")] == [
                f"[{n}/10]" for n in range(1, 11)
            ]
            assert "@demo.example" in said
            assert answer(port, "/readyz") == (200, '{"database": "ok", "sweep": "ok", "deliver": "ok"}')
            status, page = answer(port, "/login/")
            assert status == 200
            stylesheet = re.search(r'href="(/static/[^"]+\.css)"', page)
            assert stylesheet
            assert answer(port, stylesheet[1])[0] == 200

            second = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL, **given)
            assert second.returncode == 1
            assert f"runs already: http://localhost:{port}" in second.stderr

            worker = next(pid for pid, text in of_this_demo().items() if " worker " in text)
            os.kill(worker, signal.SIGKILL)
            assert demo.stdout
            assert demo.stdout.readline().startswith("The worker ended and was started again")
        finally:
            demo.send_signal(signal.SIGTERM)
            demo.communicate(timeout=60)
        assert demo.returncode == 143
        assert of_this_demo() == {}

        demo, said, port = started()
        demo.send_signal(signal.SIGINT)
        demo.communicate(timeout=60)
        assert "@demo.example" in said
        assert demo.returncode == 130
        assert of_this_demo() == {}
