"""bin/backup and bin/restore: the data in one file, the keys in another that must lie elsewhere.

Whoever has only the data can read no sealed text. With the keys lie the data keys of the people, wrapped: they are in no dump
of the data either, so that a person whose key is destroyed is gone from every older backup of the data as soon as the keys
are backed up anew and the older file of keys is thrown away.
"""

from __future__ import annotations

import argparse
import base64
import json
import shutil
import subprocess
from pathlib import Path
from typing import IO, Any

import psycopg

from navigator.embedded import environment, servers, state
from navigator.embedded.prepare import CannotRun, run

KEY_NAMES = ("NAVIGATOR_MASTER_KEYS", "NAVIGATOR_INDEX_KEY")
DATA_KEYS = "vault_datakey"  # the table whose rows are written with the keys
COLUMNS = "id, master_key_id, wrapped, destroyed_at"


def backup(arguments: list[str]) -> int:
    """Write the database and the keys to two new files that only we may read."""
    parser = argparse.ArgumentParser(
        prog="bin/backup", description="Writes the database to a file, the keys to another."
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--keys", type=Path, required=True, help="a file in another folder")
    options = parser.parse_args(arguments)
    for file in (options.data, options.keys):
        if file.exists():
            raise CannotRun(f"{file} exists already: a backup never overwrites another.")
        if not file.resolve().parent.is_dir():
            raise CannotRun(f"There is no folder {file.resolve().parent}.")
    if options.keys.resolve().parent == options.data.resolve().parent:
        raise CannotRun("Keys and data must not lie together: give --keys a file in another folder, on another medium.")
    surroundings = environment.lasting()
    # Whole or not at all: the name appears when the dump is complete.
    part = options.data.resolve().with_name(options.data.name + ".part")
    try:
        state.write_for_us_alone(part, "")  # pg_dump then fills it
        without_keys = f"--exclude-table-data={DATA_KEYS}"
        run([program("pg_dump"), "--format=custom", without_keys, "--file", part, surroundings.url("owner")])
        part.rename(options.data)
    finally:
        part.unlink(missing_ok=True)
    print(f"Data: {options.data} ({options.data.stat().st_size / 1_000_000:.1f} MB)")
    env = surroundings.of("owner")
    # After the data: whatever the data refers to is among them.
    keys: dict[str, Any] = {name: env[name] for name in KEY_NAMES}
    keys["data_keys"] = data_keys(surroundings.url("owner"))
    state.write_for_us_alone(options.keys, json.dumps(keys) + "\n")
    print(f"Keys: {options.keys}. Without them the sealed texts in the data are lost. Throw older files of keys away.")
    return 0


def restore(arguments: list[str]) -> int:
    """Read a backup into an empty database: all of it or nothing."""
    parser = argparse.ArgumentParser(prog="bin/restore", description="Reads a backup into an empty database.")
    parser.add_argument("data", type=Path)
    parser.add_argument("--keys", type=Path, required=True, help="the newest file of keys")
    parser.add_argument("--replace", action="store_true", help="forget what the database that comes along holds now")
    options = parser.parse_args(arguments)
    for file in (options.data, options.keys):
        if not file.is_file():
            raise CannotRun(f"There is no file {file}.")
    surroundings = environment.lasting()
    if surroundings.embedded is None and options.replace:
        raise CannotRun("--replace is for the database that comes along: this one was given by DATABASE_URL.")
    if options.replace and surroundings.embedded:
        empty(surroundings.embedded)
    url = surroundings.url("owner")
    if tables(url):
        raise CannotRun(
            "The database is not empty: a restore never overwrites (--replace forgets the demo's data first)."
        )
    keys = json.loads(options.keys.read_text())
    read_in(url, options.data.resolve(), keys["data_keys"])
    if surroundings.embedded:
        folder = state.folder()
        state.write_keys(folder, state.keys(folder) | {name: keys[name] for name in KEY_NAMES})
    print(f"Restored {tables(url)} tables.")
    return 0


def data_keys(url: str) -> list[list[str | None]]:
    """The data keys as they are in the database: wrapped, in base64; none where there is no such table."""
    with psycopg.connect(url) as connection:
        if connection.execute("SELECT to_regclass(%s)", [DATA_KEYS]).fetchone() == (None,):
            return []
        rows = connection.execute(f"SELECT {COLUMNS} FROM {DATA_KEYS} ORDER BY id").fetchall()  # noqa: S608  # nosec B608
    return [
        [str(key), master, base64.b64encode(wrapped).decode() if wrapped else None, gone.isoformat() if gone else None]
        for key, master, wrapped, gone in rows
    ]


def read_in(url: str, data: Path, keys: list[list[str | None]]) -> None:
    """All of it in one transaction: the tables, the data keys, and then what refers to them. The roles are there already
    (roles.sql). Raises CannotRun where a key is missing that the data refer to: then the file of keys is older than the data."""
    how = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--file=-", url]
    with subprocess.Popen([program("psql"), *how], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as reading:
        assert reading.stdin is not None
        whole = _write(data, reading.stdin, "pre-data", "data")
        if whole and keys:
            reading.stdin.write(f"COPY public.{DATA_KEYS} ({COLUMNS}) FROM stdin;\n".encode())
            reading.stdin.writelines(_line(row) for row in keys)
            reading.stdin.write(b"\\.\n")
            reading.stdin.flush()
        whole = whole and _write(data, reading.stdin, "post-data")
        if not whole:
            reading.kill()  # else it would keep the half that it was given
    if reading.returncode:
        raise CannotRun("Nothing was restored. Is the file whole, and is the file of keys as new as the data or newer?")


def _write(data: Path, to: IO[bytes], *sections: str) -> bool:
    """These sections of the dump, as SQL. Says whether it could."""
    of = [f"--section={section}" for section in sections]
    return not subprocess.run([program("pg_restore"), "--no-owner", *of, "--file=-", data], stdout=to).returncode


def _line(row: list[str | None]) -> bytes:
    """One row as COPY reads it."""
    key, master, wrapped, gone = row
    sealed = "\\\\x" + base64.b64decode(wrapped).hex() if wrapped else "\\N"
    return "\t".join([str(key), str(master), sealed, gone or "\\N"]).encode() + b"\n"


def empty(embedded: servers.Servers) -> None:
    """Drop the database that comes along and make it anew, by the same file that made it first."""
    with psycopg.connect(embedded.database_url("postgres", database="postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS navigator WITH (FORCE)")
    embedded.make_roles()
    (embedded.folder / "loaded.json").unlink(missing_ok=True)


def tables(url: str) -> int:
    """How many tables the database holds."""
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    return row[0] if row else 0


def program(name: str) -> Path:
    """pg_dump or pg_restore: the wheel's, or else the system's, which must not be older than the server."""
    try:
        return servers.postgres_programs() / name
    except CannotRun:
        found = shutil.which(name)
        if found is None:
            raise CannotRun(f"{name} was not found: install the PostgreSQL client of the server's version.") from None
        return Path(found)
