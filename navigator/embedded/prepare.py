"""What must be there before anything can run: libraries of the system, Python packages, front-end assets.

Run by path with the system's Python (see bin/_python), so: standard library only. What cannot be put right is found
first and said in one sentence; nothing is left half done.
"""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import importlib.util
import os
import platform
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
DEMO_STEPS = 10  # four here, the rest in demo.py

# Shared library → Debian package. WeasyPrint loads them when it makes a PDF.
PDF_LIBRARIES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
# Task → (lock file, front-end assets of npm, with a browser?)
NEEDS = {
    "demo": ("demo", "prod", False),
    "manage": ("demo", "prod", False),
    "backup": ("demo", None, False),
    "restore": ("demo", None, False),
    "test": ("dev", "dev", True),
    "screens": ("dev", "dev", True),
    "check": ("dev", "prod", False),
    "lock": ("dev", None, False),
    "bench": ("bench", None, False),
}
# What a fuller installation covers too.
COVERED_BY = {
    "base": ("base", "demo", "dev"),
    "demo": ("demo", "dev"),
    "dev": ("dev",),
    "bench": ("bench",),
    "prod": ("prod", "dev"),
}


class CannotRun(Exception):
    """A sentence for whoever typed the command."""


class Steps:
    """Says what is being done and how long it took. Numbered when there is a total."""

    def __init__(self, *, out: TextIO, total: int = 0, done: int = 0) -> None:
        self.out, self.total, self.done = out, total, done
        self.live = out.isatty()

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """One step. On a terminal the seconds count while it lasts."""
        self.done += 1
        label = f"[{self.done}/{self.total}] {title}" if self.total else title
        began, over = time.monotonic(), threading.Event()

        def seconds() -> str:
            return f" {time.monotonic() - began:6.1f} s"

        def line() -> str:
            return f"{label:<58}{seconds()}"

        def tick() -> None:
            while not over.wait(0.5):
                print(f"\r{line()}", end="", file=self.out, flush=True)

        ticker = threading.Thread(target=tick, daemon=True)
        if self.live:
            ticker.start()
        else:
            print(f"{label:<58}", end="", file=self.out, flush=True)
        try:
            yield
        finally:
            over.set()
            if self.live:
                ticker.join()
            print(f"\r{line()}" if self.live else seconds(), file=self.out, flush=True)

    def skip(self, title: str) -> None:
        """A step with nothing to do. Said only when steps are numbered."""
        self.done += 1
        if self.total:
            print(f"{f'[{self.done}/{self.total}] {title}':<58} unchanged", file=self.out, flush=True)


def run(command: Sequence[str | Path], *, env: dict[str, str] | None = None) -> str:
    """Run to the end in the checkout and return what it printed. Raises CannotRun with its last lines."""
    arguments = [str(part) for part in command]
    out: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    done = subprocess.run(arguments, cwd=ROOT, env=env, text=True, **out)
    if done.returncode:
        tail = "\n".join(f"  {line}" for line in done.stdout.strip().splitlines()[-40:])
        raise CannotRun(f"This failed (exit {done.returncode}): {' '.join(arguments)}\n{tail}")
    return done.stdout


def is_external() -> bool:
    """Are PostgreSQL and Redis given from outside? Then the embedded ones are neither installed nor started."""
    given = [bool(os.environ.get(name)) for name in ("DATABASE_URL", "REDIS_URL")]
    if any(given) and not all(given):
        raise CannotRun("Give both DATABASE_URL and REDIS_URL, or neither: then PostgreSQL and Redis come along.")
    return all(given)


def missing_from_system(*, browser: bool) -> list[str]:
    """Debian packages that this machine lacks."""
    packages = [package for library, package in PDF_LIBRARIES.items() if not _loads(library)]
    if not PYTHON.exists() and importlib.util.find_spec("ensurepip") is None:
        packages.append(f"python3.{sys.version_info.minor}-venv")
    if browser and not shutil.which("chromium"):
        packages += ["chromium", "fonts-liberation"]
    return packages


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def install_from_system(packages: list[str]) -> None:
    """With apt, as root. Raises CannotRun with the exact command for everybody else."""
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    if not shutil.which("apt-get"):
        raise CannotRun(f"These Debian packages, or what your system calls them, are missing: {' '.join(packages)}")
    if os.geteuid() != 0:
        raise CannotRun(
            f"Libraries of the system are missing. Install them and start again:\n\n  sudo {' '.join(install)}\n"
        )
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        run(install, env=env)
    except CannotRun:  # most often: the lists of packages are missing or old
        run(["apt-get", "update"], env=env)
        run(install, env=env)


def fingerprint(folder: Path, file: Path) -> str:
    """Changes when the file does, and when the folder is another one: moved, or made with another Python."""
    made_with = VENV / "pyvenv.cfg" if folder == VENV else None
    parts = [str(folder).encode(), file.read_bytes(), made_with.read_bytes() if made_with else b""]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def python_packages_missing(lock: str) -> bool:
    """Is what the lock file names not installed?"""
    return not PYTHON.exists() or not _installed(VENV, {name: lock_file(name) for name in COVERED_BY[lock]})


def front_end_missing(kind: str) -> bool:
    """Is what package-lock.json names not in node_modules?"""
    return not _installed(ROOT / "node_modules", dict.fromkeys(COVERED_BY[kind], ROOT / "package-lock.json"))


def lock_file(name: str) -> Path:
    return ROOT / "requirements" / f"{name}.txt"


def _installed(folder: Path, candidates: dict[str, Path]) -> bool:
    """Was one of these installed into the folder, from the file as it stands now?"""
    stamps = {folder / f".installed-{name}": file for name, file in candidates.items()}
    return any(stamp.exists() and stamp.read_text() == fingerprint(folder, file) for stamp, file in stamps.items())


def install_python_packages(lock: str) -> None:
    """Exactly what the lock file names, every file checked by its hash."""
    requirements = lock_file(lock)
    if not PYTHON.exists():
        run([sys.executable, "-m", "venv", "--clear", VENV])
    pip: list[str | Path] = [
        PYTHON,
        "-m",
        "pip",
        "install",
        "--require-hashes",
        "--no-input",
        "--disable-pip-version-check",
        "--quiet",
    ]
    run([*pip, "--requirement", requirements])
    (VENV / f".installed-{lock}").write_text(fingerprint(VENV, requirements))


def install_front_end(kind: str) -> None:
    """`npm ci`, with the npm of the wheel where the system has none."""
    env = os.environ | {"PATH": f"{os.environ.get('PATH', os.defpath)}:{VENV / 'bin'}"}
    npm = shutil.which("npm", path=env["PATH"])
    if npm is None:
        raise CannotRun("Node.js with npm is needed for the front-end assets: https://nodejs.org")
    omit = [] if kind == "dev" else ["--omit=dev"]
    run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *omit], env=env)
    folder = ROOT / "node_modules"
    (folder / f".installed-{kind}").write_text(fingerprint(folder, ROOT / "package-lock.json"))


def texts_to_compile() -> list[Path]:
    """Translations that are newer than what Django reads of them."""
    found = sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po"))
    compiled = {path: path.with_suffix(".mo") for path in found}
    return [path for path, mo in compiled.items() if not mo.exists() or mo.stat().st_mtime < path.stat().st_mtime]


def compile_texts() -> None:
    """With Babel: no gettext of the system is needed."""
    run([PYTHON, "-m", "babel.messages.frontend", "compile", "--directory=locale", "--domain=django"])


@contextmanager
def alone() -> Iterator[None]:
    """One at a time in this checkout: two commands started together must not install into each other."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def prepare(task: str, steps: Steps) -> None:
    """Install what the task needs and this machine lacks."""
    lock, front_end, browser = NEEDS[task]
    if is_external() and lock == "demo":
        lock = "base"
    elif not is_external() and (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        raise CannotRun(
            "PostgreSQL and Redis come along only on x86-64 Linux. Here, start your own and give "
            "DATABASE_URL, OWNER_DATABASE_URL, WORKER_DATABASE_URL and REDIS_URL (see docs/operations.md)."
        )
    with alone():
        packages = missing_from_system(browser=browser)
        if packages:
            with steps.step(f"Libraries of the system: {', '.join(packages)}"):
                install_from_system(packages)
        else:
            steps.skip("Libraries of the system")
        if python_packages_missing(lock):
            with steps.step("Python packages (a minute or two)"):
                install_python_packages(lock)
        else:
            steps.skip("Python packages")
        if front_end and front_end_missing(front_end):
            with steps.step("Front-end assets"):
                install_front_end(front_end)
        else:
            steps.skip("Front-end assets")
        if texts_to_compile():
            with steps.step("Texts in Danish"):
                compile_texts()
        else:
            steps.skip("Texts in Danish")


def main(task: str, arguments: list[str]) -> None:
    """Prepare, then become the task itself, in the project's own environment."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what runs below us is ended with us
    numbered = task == "demo" and not {"--stop", "--help", "-h"} & set(arguments)
    try:
        prepare(task, Steps(out=sys.stdout, total=DEMO_STEPS) if numbered else Steps(out=sys.stderr))
    except CannotRun as error:
        sys.exit(f"\n{error}")
    except KeyboardInterrupt:
        sys.exit(130)
    os.environ["PATH"] = f"{VENV / 'bin'}:{os.environ.get('PATH', os.defpath)}"
    # -P, as above, and the checkout on the path whatever folder the command was typed in.
    os.environ["PYTHONPATH"] = str(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-P", "-m", "navigator.embedded", task, *arguments])


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
