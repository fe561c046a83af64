"""The database, the follower, uploads and secrets. Reads only; SQLite without any package, PostgreSQL by psycopg."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tools.doctor.findings import Finding, Findings, ill, judged, unseen, well
from tools.doctor.target import Target
from tools.intent.node import Node, Refused
from tools.intent.problems import BadInput
from tools.places import ROOT

REVISIONS = ROOT / "frontend" / "migrations" / "versions"
REVISION = re.compile(r'^(down_revision|revision)(?:: [^=]+)? = (?:"(\w+)"|None)', re.MULTILINE)
MOST_LAG_BLOCKS = 20
MOST_SILENCE_S = 60
SHORTEST_SECRET = 32
MIGRATE = "run: python -m frontend.index migrate (make run does it)"
TABLES = {
    "revision": "SELECT version_num FROM alembic_version",
    "cursor": "SELECT chain_id, genesis_hash, number FROM chain_cursor",
    "follower": "SELECT status, node_ok, seen_at_ts FROM app_follower",
}

Rows = dict[str, Sequence[Any] | None]


class NoDatabase(Exception):
    """The database cannot be read; the text says what to do and holds no password."""


def look(target: Target) -> Findings:
    """Look at the database, and at what lies in files."""
    if not target.database_url:
        yield ill("database", "DATABASE_URL is not set")
    else:
        yield from _database(target)
    yield _content(target)
    yield _secret(target)


def _database(target: Target) -> Findings:
    try:
        rows = read(target.database_url)
    except NoDatabase as problem:
        yield ill("database", f"{problem}. To do: {target.way_to_start}." if target.folder else f"{problem}.")
        return
    newest = newest_revision(REVISIONS)
    found = rows["revision"][0] if rows["revision"] else "none"
    yield judged(found == newest, f"database: tables of revision {found}", f"revision {newest} is needed; {MIGRATE}")
    yield _index(target, rows["cursor"])
    yield _follower(target, rows["follower"])


def read(url: str) -> Rows:
    """Give one row of each table that tells something. Raises: NoDatabase."""
    if url.startswith("sqlite:///"):
        return _from_sqlite(Path(url.removeprefix("sqlite:///")))
    if url.startswith("postgresql"):
        return _from_postgresql("postgresql://" + url.partition("://")[2])
    raise NoDatabase("DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://")


def _from_sqlite(path: Path) -> Rows:
    if not path.exists():
        raise NoDatabase("there is no database file yet")
    try:
        # mode=ro: looking must not make a file, nor a journal beside one
        with sqlite3.connect(f"file:{quote(str(path.resolve()))}?mode=ro", uri=True, timeout=5) as connection:
            return {name: _row(connection, sql) for name, sql in TABLES.items()}
    except sqlite3.Error as problem:
        raise NoDatabase(f"the database file cannot be read ({type(problem).__name__}); is it damaged?") from None


def _row(connection: sqlite3.Connection, sql: str) -> Sequence[Any] | None:
    try:
        found = connection.execute(sql).fetchone()
    except sqlite3.OperationalError as problem:
        if "no such table" in str(problem):
            return None
        raise
    return None if found is None else list(found)


def _from_postgresql(url: str) -> Rows:
    try:
        import psycopg
    except ImportError:
        raise NoDatabase("PostgreSQL can only be asked with the packages of .venv: make bootstrap") from None
    rows: Rows = {}
    try:
        with psycopg.connect(url, connect_timeout=5, autocommit=True) as connection:
            for name, sql in TABLES.items():
                try:
                    rows[name] = connection.execute(sql.encode()).fetchone()
                except psycopg.errors.UndefinedTable:
                    rows[name] = None
    except psycopg.Error as problem:
        raise NoDatabase(
            f"PostgreSQL does not let us in ({type(problem).__name__}): look at DATABASE_URL and its log"
        ) from None
    return rows


def newest_revision(folder: Path) -> str:
    """Give the last step of the migrations: the one that no other builds on."""
    steps = [dict(REVISION.findall(path.read_text(encoding="utf-8"))) for path in folder.glob("*.py")]
    made = {step["revision"] for step in steps if "revision" in step}
    return (made - {step.get("down_revision") for step in steps}).pop()


def _index(target: Target, cursor: Sequence[Any] | None) -> Finding:
    if cursor is None:
        return ill("index", f"nothing is indexed yet; {target.way_to_start}")
    chain_id, genesis, number = cursor
    if chain_id != target.chain_id:
        return ill("index", f"it is about chain {chain_id}: use another database, or rebuild it")
    recorded = _recorded_genesis(target.record)
    if recorded and recorded != str(genesis).lower():
        return ill("index", "it is about a chain that is gone; the follower builds it anew when it runs")
    try:
        head = int(str(Node(target.rpc_url).ask("eth_blockNumber")), 16)
    except (BadInput, Refused, ValueError):
        return unseen(f"index: block {number}", "how far behind it is, only the node knows")
    lag = max(0, head - number)
    return judged(
        lag <= MOST_LAG_BLOCKS,
        f"index: block {number}, {lag} behind the node",
        f"the follower is slow or stopped; {target.way_to_start}",
    )


def _follower(target: Target, row: Sequence[Any] | None) -> Finding:
    if row is None:
        return ill("follower", f"it has never run; {target.way_to_start}")
    status, node_ok, seen_at_ts = row
    silent_s = int(time.time()) - (seen_at_ts or 0)
    if silent_s > MOST_SILENCE_S:
        return ill("follower", f"it has not reached the node for {silent_s} s; {target.way_to_start}")
    return judged(bool(node_ok), f"follower: {status}, {silent_s} s ago", "the node does not answer it")


def _recorded_genesis(record: Path) -> str:
    try:
        return str(json.loads(record.read_text(encoding="utf-8"))["genesisHash"]).lower()
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _content(target: Target) -> Finding:
    if not target.content_dir:
        return ill("uploads", "CONTENT_DIR is not set")
    folder = Path(target.content_dir)
    if not folder.is_dir():
        return ill(
            "uploads",
            f"there is no folder for them; {target.way_to_start}"
            if target.folder
            else "CONTENT_DIR is no folder: make it",
        )
    return judged(
        os.access(folder, os.W_OK | os.X_OK),
        "uploads: their folder can be written",
        "give the web server's user the right to write CONTENT_DIR",
    )


def _secret(target: Target) -> Finding:
    if target.folder is None:
        long_enough = len(target.secret_key or "") >= SHORTEST_SECRET
        return judged(long_enough, "SECRET_KEY", f"set one of at least {SHORTEST_SECRET} characters")
    path = target.folder / "secret"
    if not path.exists():
        return unseen("secret", "it is made when the market first starts")
    if path.stat().st_mode & 0o077:
        return ill("secret", f"others on this machine may read it: chmod 600 data/{target.folder.name}/secret")
    return well("secret: only its owner may read it")
