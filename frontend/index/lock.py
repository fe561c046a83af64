"""One follower writes at a time; others wait for their turn.

The lock only saves work. What keeps the index right is `claim`: a batch is written only onto the very block it was read
for, in the transaction that looks. A follower that lost its lock without noticing finds the cursor moved and stops.
"""

import fcntl
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import DBAPIError

from frontend.index.models import cursor

LOCK_NUMBER = zlib.crc32(b"dokkaebi.index.follower")

Check = Callable[[], None]


class FollowerRuns(RuntimeError):
    """Another follower holds the lock."""


class LockLost(RuntimeError):
    """The lock is not ours any more: the database broke the connection, or the lock's file was taken away."""


class Overtaken(RuntimeError):
    """Somebody else wrote the index since the batch was read; nothing of it may be written."""


@contextmanager
def only_writer(engine: Engine) -> Iterator[Check]:
    """Hold the follower's lock of a database for as long as the block runs; give a check that it is still held.

    It is the operating system's or the database's, so that it ends with the process, however that ends.
    Raises: FollowerRuns when another process holds it. The check raises LockLost.
    """
    if engine.dialect.name == "sqlite":
        with _file_lock(engine.url.database or ":memory:") as check:
            yield check
        return
    # the lock is the session's: outside of a transaction, which would keep old rows alive
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.execute(text("SELECT pg_try_advisory_lock(:number)"), {"number": LOCK_NUMBER}).scalar_one():
            raise FollowerRuns("Another follower writes this database's index.")
        try:
            yield lambda: _require_session(connection)
        finally:
            _end_session(connection)


def claim(connection: Connection, number: int | None, block_hash: str | None) -> None:
    """Make sure that the index still ends at the block that a batch was read for, and keep others from moving it.

    Raises: Overtaken.
    """
    # SQLite's writers wait for each other from the beginning of the transaction; PostgreSQL's wait here
    found = select(cursor.c.number, cursor.c.hash).with_for_update()
    row = connection.execute(found).one_or_none()
    there = (None, None) if row is None else (row.number, row.hash)
    if there != (number, block_hash):
        raise Overtaken("Another follower has written to this index meanwhile; what was read is thrown away.")


def _require_session(connection: Connection) -> None:
    try:
        connection.execute(text("SELECT 1"))
    except DBAPIError:
        raise LockLost("The database has broken the connection that held the follower's lock.") from None


def _end_session(connection: Connection) -> None:
    """Give the lock back by closing the session for good, so that no pool keeps it."""
    connection.invalidate()


@contextmanager
def _file_lock(database: str) -> Iterator[Check]:
    if database == ":memory:":
        yield lambda: None
        return
    path = f"{database}.follower.lock"
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FollowerRuns("Another follower writes this database's index.") from None
        yield lambda: _require_file(handle, path)
    finally:
        os.close(handle)


def _require_file(handle: int, path: str) -> None:
    try:
        there = os.stat(path)
    except FileNotFoundError:
        there = None
    if there is None or not os.path.samestat(os.fstat(handle), there):
        raise LockLost("The file that is the follower's lock was taken away.")
