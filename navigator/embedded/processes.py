"""Starting and ending processes so that none is ever left behind."""

from __future__ import annotations

import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from navigator.embedded.prepare import ROOT


def start(
    command: Sequence[str | Path],
    *,
    log: Path,
    env: dict[str, str] | None = None,
    user: str | None = None,
    dies_with_us: bool = True,
    on_our_death: str = "TERM",
) -> subprocess.Popen[bytes]:
    """Start in the background, writing to `log`, out of reach of the terminal's Ctrl-C: we end it ourselves, in order.

    `dies_with_us` also covers kill -9 of this process: the kernel then sends the signal `on_our_death`.
    """
    arguments = [str(part) for part in command]
    if dies_with_us and (setpriv := shutil.which("setpriv")):  # util-linux, on every Debian
        arguments = [setpriv, "--pdeathsig", on_our_death, *arguments]
    with log.open("ab") as out:
        return subprocess.Popen(
            arguments,
            cwd=ROOT if user is None else "/",
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
        )


def end(pid: int, *, with_signal: signal.Signals, patience: float) -> None:
    """Ask the process to end and wait until it has. Past `patience` (seconds) its whole group is killed."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        signal.pidfd_send_signal(handle, with_signal)
        if not select.select([handle], [], [], patience)[0]:
            _kill_group(pid)
            select.select([handle], [], [], patience)
    except ProcessLookupError:
        return
    finally:
        os.close(handle)


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def any_working_in(folder: Path) -> bool:
    """Whether a process that we may look at has this as its working folder."""
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended, or is not ours to look at
            if (process / "cwd").readlink() == folder:
                return True
    return False


def end_children(*children: subprocess.Popen[bytes], patience: float = 15) -> None:
    """End processes that we started ourselves, all at once, and whatever is left of their groups."""
    for child in children:
        if child.poll() is None:
            child.terminate()
    give_up = time.monotonic() + patience
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.wait(max(0, give_up - time.monotonic()))
        _kill_group(child.pid)
        child.wait()


def tail(log: Path, lines: int = 20) -> str:
    """The end of a log, indented, for an error message."""
    text = log.read_text(errors="replace") if log.exists() else ""
    return "\n".join(f"  {line}" for line in text.strip().splitlines()[-lines:])
