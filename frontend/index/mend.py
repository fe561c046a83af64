"""Saves what can be read of a damaged SQLite file into a new one. Chain tables stay empty: they are read anew."""

import logging
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from frontend.index.migrate import migrate
from frontend.index.trouble import DamagedDatabase, require_sound
from frontend.store.database import create_engine
from frontend.store.models import app_metadata

log = logging.getLogger(__name__)

PARTS = ("", "-wal", "-shm")


def mended(engine: Engine) -> Engine:
    """Give the engine back if its database is sound; else one of a new file that stands in the old one's place.

    The damaged file is kept beside it under a name of its own.
    """
    try:
        require_sound(engine)
    except DamagedDatabase as problem:
        log.warning("%s Doing that now.", problem)
    else:
        return engine
    engine.dispose()
    path = Path(str(engine.url.database))
    unfinished = path.with_name(f"{path.name}.mending")
    for part in PARTS:
        Path(f"{unfinished}{part}").unlink(missing_ok=True)
    new = create_engine(f"sqlite:///{unfinished}")
    migrate(new)
    new.dispose()
    _save(path, unfinished)
    aside = path.with_name(f"{path.name}.damaged-{int(time.time())}")
    for part in PARTS:
        if Path(f"{path}{part}").exists():
            Path(f"{path}{part}").rename(f"{aside}{part}")
    unfinished.rename(path)
    log.warning("The damaged file is %s now; look at it, then delete it.", aside.name)
    return create_engine(engine.url.render_as_string(hide_password=False))


def _save(old: Path, new: Path) -> None:
    """Copy every row of the app's tables that can be read; what follows a damaged page is read from the other end."""
    with closing(sqlite3.connect(old)) as source, closing(sqlite3.connect(new)) as target:
        for table in app_metadata.sorted_tables:
            columns = _columns(source, target, table.name)
            saved = 0
            for row in _readable(source, table.name, columns):
                marks = ", ".join("?" * len(columns))
                command = f"INSERT OR IGNORE INTO {table.name} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 names are the models' own
                saved += target.execute(command, row).rowcount
            log.warning("%s: %s rows saved.", table.name, saved)
        target.commit()
        target.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _readable(source: sqlite3.Connection, table: str, columns: list[str]) -> Iterator[tuple[Any, ...]]:
    """Give a table's rows from its beginning up to the damage, then from its end down to it."""
    if not columns:
        return
    for direction in ("ASC", "DESC"):
        try:
            command = f"SELECT {', '.join(columns)} FROM {table} ORDER BY rowid {direction}"  # noqa: S608 as above
            yield from source.execute(command)
        except sqlite3.Error:
            log.warning("%s: some rows cannot be read.", table)
        else:
            return


def _columns(source: sqlite3.Connection, target: sqlite3.Connection, table: str) -> list[str]:
    """Name the columns that both files have; none when not even that can be read."""
    try:
        there = {row[1] for row in source.execute(f"PRAGMA table_info({table})")}
    except sqlite3.Error:
        return []
    return [f'"{row[1]}"' for row in target.execute(f"PRAGMA table_info({table})") if row[1] in there]
