"""Where the embedded stack keeps its data, its sockets and the keys of the demo: outside the checkout, one place each.

- postgres/: the database; run/: sockets; log/: one file a process
- keys.json: the demo's keys, made at the first start; demo.json: what bin/demo runs and has loaded
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
from pathlib import Path

from navigator.embedded.prepare import ROOT, CannotRun

# As root the servers run as a user of their own, who can't reach into root's home.
OF_ROOT = Path("/var/lib/care-pathway-navigator")
LONGEST_SOCKET = 107  # bytes, the kernel's limit for the path of a Unix socket
SOCKET_NAME = ".s.PGSQL.5432.lock"


def folder() -> Path:
    """The state of this checkout: two checkouts run side by side. NAVIGATOR_STATE_DIR overrides."""
    if chosen := os.environ.get("NAVIGATOR_STATE_DIR"):
        path = Path(chosen).resolve()
    else:
        name = f"{ROOT.name}-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]}"
        if os.geteuid() == 0:
            path = OF_ROOT / name
        else:
            home = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
            path = home / "care-pathway-navigator" / name
    if len(str(path / "run" / SOCKET_NAME).encode()) > LONGEST_SOCKET:
        raise CannotRun(f"The path {path} is too long for a Unix socket: set NAVIGATOR_STATE_DIR to a shorter one.")
    path.mkdir(parents=True, exist_ok=True)
    if path.stat().st_uid != os.geteuid():
        raise CannotRun(f"{path} belongs to another user: set NAVIGATOR_STATE_DIR to a folder of your own.")
    path.chmod(
        0o755
    )  # as root, the servers' own user passes through, whatever our umask; what is private is closed itself
    return path


def keys(state: Path) -> dict[str, str]:
    """The demo's secrets, made once. The word 'demo' in them keeps them out of production (settings refuse it)."""
    path = state / "keys.json"
    if not path.exists():
        write_keys(
            state,
            {
                "NAVIGATOR_SECRET_KEY": f"demo-{secrets.token_urlsafe(48)}",
                "NAVIGATOR_MASTER_KEYS": f"demo:{_random_key()}",
                "NAVIGATOR_INDEX_KEY": _random_key(),
            },
        )
    kept: dict[str, str] = json.loads(path.read_text())
    return kept


def write_keys(state: Path, values: dict[str, str]) -> None:
    """Whole or not at all."""
    fresh = state / "keys.json.new"
    fresh.unlink(missing_ok=True)
    write_for_us_alone(fresh, json.dumps(values))
    fresh.rename(state / "keys.json")


def write_for_us_alone(path: Path, text: str) -> None:
    """A new file that nobody else may read, not even for a moment."""
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write(text)


def _random_key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()
