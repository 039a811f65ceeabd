"""bin/check and bin/lock: what a machine can say about the code without running it, and which versions it is made of."""

from __future__ import annotations

import os
from pathlib import Path

from navigator.embedded import environment
from navigator.embedded.prepare import PYTHON, VENV, CannotRun, run

TOOLS = VENV / "bin"
CHECKS: dict[str, list[str | Path]] = {
    "format": [TOOLS / "ruff", "format", "--check", "."],
    "lint": [TOOLS / "ruff", "check", "."],
    "types": [TOOLS / "mypy"],
    "imports": [TOOLS / "lint-imports"],
    "templates": [TOOLS / "djlint", "--lint", "--quiet", "templates"],
    "security": [TOOLS / "bandit", "-q", "-ll", "-r", "-c", "pyproject.toml", "navigator", "pathways", "referrals"],
    "migrations": [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"],
}
# Lock file → what pip-compile is told besides; each holds to the versions of the ones before it.
LOCKS: dict[str, list[str]] = {
    "base": [],
    "demo": ["--extra=embedded"],
    "dev": ["--extra=embedded", "--extra=dev"],
    "bench": ["--extra=embedded", "--extra=bench"],
}


def check(arguments: list[str]) -> int:
    """Run all checks, or those named, and say of each whether it is content."""
    if unknown := set(arguments) - set(CHECKS):
        raise CannotRun(f"No such check: {', '.join(unknown)}. There are: {', '.join(CHECKS)}.")
    failed = []
    with environment.throwaway() as surroundings:
        env = surroundings.of_tests() | {"DATABASE_URL": surroundings.url("owner")}
        for name in arguments or CHECKS:
            try:
                run(CHECKS[name], env=env)
            except CannotRun as error:
                failed.append(name)
                print(f"{name:<12} FAILED\n{error}\n", flush=True)
            else:
                print(f"{name:<12} ok", flush=True)
    if failed:
        print(f"Failed: {', '.join(failed)}. `ruff format .` and `ruff check --fix .` mend much.")
    return 1 if failed else 0


def lock(arguments: list[str]) -> int:
    """Compile the lock files anew from pyproject.toml; `--upgrade` takes newer versions where it allows them."""
    if set(arguments) - {"--upgrade"}:
        raise CannotRun("bin/lock [--upgrade]")
    env = os.environ | {"CUSTOM_COMPILE_COMMAND": "bin/lock"}
    quiet = ["--quiet", "--strip-extras", "--allow-unsafe", "--generate-hashes"]
    # Where packages are fetched from is the business of each machine, not of the lock file.
    placeless = ["--no-emit-index-url", "--no-emit-find-links", "--no-emit-trusted-host"]
    constraints: list[str] = []
    for name, extras in LOCKS.items():
        output = f"requirements/{name}.txt"
        print(output, flush=True)
        options = [*quiet, *placeless, *extras, *constraints, *arguments, f"--output-file={output}"]
        run([TOOLS / "pip-compile", *options, "pyproject.toml"], env=env)
        constraints.append(f"--constraint={output}")
    return 0
