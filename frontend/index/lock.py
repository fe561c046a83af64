"""One follower writes at a time; others wait for their turn."""

import fcntl
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text

LOCK_NUMBER = zlib.crc32(b"dokkaebi.index.follower")


class FollowerRuns(RuntimeError):
    """Another follower holds the lock."""


@contextmanager
def only_writer(engine: Engine) -> Iterator[None]:
    """Hold the follower's lock of a database for as long as the block runs.

    It is the operating system's or the database's, so that it ends with the process, however that ends.
    Raises: FollowerRuns when another process holds it.
    """
    if engine.dialect.name == "sqlite":
        with _file_lock(engine.url.database or ":memory:"):
            yield
        return
    with engine.connect() as connection:
        taken = connection.execute(text("SELECT pg_try_advisory_lock(:number)"), {"number": LOCK_NUMBER}).scalar_one()
        connection.commit()  # the lock is the session's; an open transaction would keep old rows alive
        if not taken:
            raise FollowerRuns("Another follower writes this database's index.")
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:number)"), {"number": LOCK_NUMBER})


@contextmanager
def _file_lock(database: str) -> Iterator[None]:
    if database == ":memory:":
        yield
        return
    handle = os.open(f"{database}.follower.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FollowerRuns("Another follower writes this database's index.") from None
        yield
    finally:
        os.close(handle)
