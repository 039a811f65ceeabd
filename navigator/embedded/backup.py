"""bin/backup and bin/restore: the data in one file, the keys in another that must lie elsewhere.

Whoever has only the data can read no sealed text, and whoever destroys a person's key has destroyed it in every backup
too: so the keys are never in the dump and never beside it.
"""

from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import psycopg

from navigator.embedded import environment, servers, state
from navigator.embedded.prepare import CannotRun, run

KEY_NAMES = ("NAVIGATOR_MASTER_KEYS", "NAVIGATOR_INDEX_KEY")


def backup(arguments: list[str]) -> int:
    """Write the database, and where asked the keys, to new files that only we may read."""
    parser = argparse.ArgumentParser(
        prog="bin/backup", description="Writes the database to a file, the keys to another."
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--keys", type=Path, help="also write the keys, to a file in another folder")
    options = parser.parse_args(arguments)
    for file in filter(None, (options.data, options.keys)):
        if file.exists():
            raise CannotRun(f"{file} exists already: a backup never overwrites another.")
        if not file.resolve().parent.is_dir():
            raise CannotRun(f"There is no folder {file.resolve().parent}.")
    if options.keys and options.keys.resolve().parent == options.data.resolve().parent:
        raise CannotRun("Keys and data must not lie together: give --keys a file in another folder, on another medium.")
    surroundings = environment.lasting()
    # Whole or not at all: the name appears when the dump is complete.
    part = options.data.resolve().with_name(options.data.name + ".part")
    try:
        state.write_for_us_alone(part, "")  # pg_dump then fills it
        run([program("pg_dump"), "--format=custom", "--file", part, surroundings.url("owner")])
        part.rename(options.data)
    finally:
        part.unlink(missing_ok=True)
    print(f"Data: {options.data} ({options.data.stat().st_size / 1_000_000:.1f} MB)")
    if options.keys:
        env = surroundings.of("owner")
        state.write_for_us_alone(options.keys, json.dumps({name: env[name] for name in KEY_NAMES}, indent=2) + "\n")
        print(f"Keys: {options.keys}. Without them the sealed texts in the data are lost.")
    else:
        print(
            "The keys are not in it: keep NAVIGATOR_MASTER_KEYS and NAVIGATOR_INDEX_KEY safe elsewhere (or give --keys)."
        )
    return 0


def restore(arguments: list[str]) -> int:
    """Read a backup into an empty database: all of it or nothing."""
    parser = argparse.ArgumentParser(prog="bin/restore", description="Reads a backup into an empty database.")
    parser.add_argument("data", type=Path)
    parser.add_argument("--keys", type=Path, help="the keys that belong to it (only for the database that comes along)")
    parser.add_argument("--replace", action="store_true", help="forget what the database that comes along holds now")
    options = parser.parse_args(arguments)
    for file in filter(None, (options.data, options.keys)):
        if not file.is_file():
            raise CannotRun(f"There is no file {file}.")
    surroundings = environment.lasting()
    if surroundings.embedded is None and (options.keys or options.replace):
        raise CannotRun(
            "--keys and --replace are for the database that comes along: this one was given by DATABASE_URL."
        )
    if options.replace and surroundings.embedded:
        empty(surroundings.embedded)
    url = surroundings.url("owner")
    if tables(url):
        raise CannotRun(
            "The database is not empty: a restore never overwrites (--replace forgets the demo's data first)."
        )
    # The dump brings tables, rows, grants and row-level security; the roles are there already (roles.sql).
    options_of = ["--exit-on-error", "--single-transaction", "--no-owner"]
    run([program("pg_restore"), *options_of, "--dbname", url, options.data.resolve()])
    if options.keys:
        folder = state.folder()
        keys = json.loads(options.keys.read_text())
        state.write_keys(folder, state.keys(folder) | {name: keys[name] for name in KEY_NAMES})
    print(f"Restored {tables(url)} tables.")
    return 0


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
