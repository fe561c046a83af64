"""How the database is opened: one engine per process, short transactions.

SQLite runs in WAL mode, so that pages read while the follower writes; writers wait for each other. On PostgreSQL sessions
that write wait for each other too, so that what one has read is still so when it writes.
"""

import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event, text
from sqlalchemy import create_engine as sqlalchemy_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import Session

BUSY_TIMEOUT_S = 15
TURN_NUMBER = zlib.crc32(b"dokkaebi.store.writer")


def create_engine(database_url: str) -> Engine:
    """Give the engine of a database; a SQLite file's folder is made if need be."""
    url = make_url(database_url)
    if url.get_backend_name() != "sqlite":
        return _postgresql_engine(url)
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sqlalchemy_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S}, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _postgresql_engine(url: URL) -> Engine:
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    engine = sqlalchemy_engine(url, pool_pre_ping=True, hide_parameters=True)
    event.listen(engine, "before_cursor_execute", _without_nul, retval=True)
    return engine


def _without_nul(
    _connection: Connection, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool
) -> tuple[str, Any]:
    """Let U+FFFD stand for NUL, which PostgreSQL refuses in texts: an unknown id is then one that is not found."""
    rows = parameters if many else [parameters]
    if any(isinstance(value, str) and "\0" in value for row in rows for value in _values(row)):
        parameters = [_readable(row) for row in rows] if many else _readable(parameters)
    return statement, parameters


def _values(row: Any) -> Any:
    return row.values() if isinstance(row, Mapping) else row


def _readable(row: Any) -> Any:
    def one(value: Any) -> Any:
        return value.replace("\0", "\ufffd") if isinstance(value, str) else value

    if isinstance(row, Mapping):
        return {name: one(value) for name, value in row.items()}
    return tuple(one(value) for value in row)


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # we begin transactions ourselves; the driver would begin them late
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_S * 1000}")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # a transaction that reads first and writes later fails at once when another wrote in between: take the lock first
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def writing(engine: Engine) -> Engine:
    """Give the same engine for transactions that write; on SQLite they wait for their turn at the beginning."""
    return engine.execution_options(writes=True)


class Database:
    """Sessions on one engine."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writing = writing(engine)

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Give a session in one transaction that may write: committed at the end, rolled back when something is raised."""
        with Session(self._writing, expire_on_commit=False) as session, session.begin():
            if self.engine.dialect.name == "postgresql":
                session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": TURN_NUMBER})
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that only reads, all of it as of one moment; it waits for nobody."""
        with Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session
