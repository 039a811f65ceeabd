"""What the scripts in bin/ do, once Python and its packages are there: `python -m navigator.embedded TASK …`."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys

from navigator.embedded import environment
from navigator.embedded.environment import Role
from navigator.embedded.prepare import PYTHON, ROOT, CannotRun

# Whose work a command is. All others are run as the app, behind row-level security.
COMMANDS_OF: dict[Role, set[str]] = {
    "owner": {
        "migrate",
        "makemigrations",
        "showmigrations",
        "sqlmigrate",
        "flush",
        "load_catalogue",
        "load_ladder",
        "load_retention",
        "load_demo",
    },
    "worker": {"check_hand_offs", "sweep", "sweep_overdue"},
}


def manage(arguments: list[str]) -> int:
    """manage.py with the demo's servers. `--as ROLE` first overrides whose work it is."""
    if arguments[:1] == ["--as"]:
        if arguments[1:2] not in (["owner"], ["app"], ["worker"]):
            raise CannotRun("bin/manage [--as owner|app|worker] COMMAND …")
        role: Role = arguments[1]  # type: ignore[assignment]
        arguments = arguments[2:]
    else:
        role = next((role for role, names in COMMANDS_OF.items() if {*arguments[:1]} & names), "app")
    command = [str(PYTHON), str(ROOT / "manage.py"), *arguments]
    os.execve(PYTHON, command, environment.lasting().of(role))


def test(arguments: list[str]) -> int:
    """pytest on servers of its own, on all cores but as the arguments say."""
    spread = [] if {"-n", "-p", "--pdb"} & set(arguments) else ["-n", "2", "--dist", "loadgroup"]
    with environment.throwaway() as surroundings:
        return subprocess.run([PYTHON, "-m", "pytest", *spread, *arguments], env=surroundings.of_tests()).returncode


def screens(arguments: list[str]) -> int:
    """A picture of every page, among the demo's people, on servers of its own. The folder is ignored by git."""
    parser = argparse.ArgumentParser(prog="bin/screens", description="Takes a picture of every page in both widths.")
    parser.add_argument("--language", choices=["da", "en", "rtl"], help="one of them only (default: da and en)")
    parser.add_argument("scenes", nargs="*", help="the beginnings of the names of those wanted (default: all)")
    options = parser.parse_args(arguments)
    chosen = {"NAVIGATOR_SCENES": ",".join(options.scenes), "NAVIGATOR_SCREENS_LANGUAGE": options.language or "da,en"}
    with environment.throwaway() as surroundings:
        pictures = ["tests/system/screens.py", "-q", "-p", "no:cacheprovider", "--capture=no"]
        return subprocess.run(
            [PYTHON, "-m", "pytest", *pictures], cwd=ROOT, env=surroundings.of_tests() | chosen
        ).returncode


def bench(arguments: list[str]) -> int:
    """One of the measurements in bench/: `bin/bench match`. As the owner, on servers of its own."""
    name, *rest = arguments or [""]
    script = ROOT / "bench" / f"{name}.py"
    if not script.exists():
        known = sorted(path.stem for path in script.parent.glob("*.py"))
        raise CannotRun(f"bin/bench NAME; there are: {', '.join(known)}")
    with environment.throwaway() as surroundings:
        return subprocess.run([PYTHON, script, *rest], env=surroundings.of("owner")).returncode


def main(task: str, arguments: list[str]) -> int:
    from navigator.embedded import backup, checks, demo

    tasks = {
        "manage": manage,
        "test": test,
        "screens": screens,
        "bench": bench,
        "check": checks.check,
        "lock": checks.lock,
        "demo": demo.demo,
        "backup": backup.backup,
        "restore": backup.restore,
    }
    return tasks[task](arguments)


if __name__ == "__main__":
    # SIGTERM ends as Ctrl-C does: through every `finally`.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGHUP, lambda *_: sys.exit(129))
    try:
        sys.exit(main(sys.argv[1], sys.argv[2:]))
    except CannotRun as error:
        sys.exit(f"\n{error}")
    except KeyboardInterrupt:
        sys.exit(130)
