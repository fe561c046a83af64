"""What ails the database, in one sentence each; and whether a SQLite file can be trusted at all."""

from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError, DBAPIError

from frontend.errors import SetupError

DAMAGED = (
    "The database file is damaged. Stop the web server and the follower, then run: python -m frontend.index rebuild. "
    "It saves what can be read of accounts, drafts and uploads into a new file and reads the chain anew."
)
FULL = (
    "The database has no room left, or its disk fails. Nothing was written; make room, and the index goes on by itself."
)
READ_ONLY = (
    "The database cannot be written to. Nothing was written; give the follower's user the right to write the file and "
    "its folder (on PostgreSQL: make the server a writable one), and the index goes on by itself."
)
BUSY = "Another program holds the database for long; nothing was written. End it, if it does not end by itself."
AWAY = "The database does not answer; nothing was written. Start it, or correct DATABASE_URL."
DAMAGED_SERVER = (
    "PostgreSQL says that its data is damaged; nothing was written. Restore the server's data from a backup of its own, "
    "then run: python -m frontend.index rebuild."
)
SENTENCES_BY_SQLITE = {
    "SQLITE_FULL": FULL,
    "SQLITE_IOERR": FULL,  # what a full disk looks like from the shared-memory file
    "SQLITE_READONLY": READ_ONLY,
    "SQLITE_CANTOPEN": READ_ONLY,
    "SQLITE_PERM": READ_ONLY,
    "SQLITE_BUSY": BUSY,
    "SQLITE_LOCKED": BUSY,
    "SQLITE_CORRUPT": DAMAGED,
    "SQLITE_NOTADB": DAMAGED,
}
SENTENCES_BY_SQLSTATE = {
    "53100": FULL,
    "25006": READ_ONLY,
    "42501": READ_ONLY,
    "55P03": BUSY,
    "40P01": BUSY,
    "XX001": DAMAGED_SERVER,
    "XX002": DAMAGED_SERVER,
}


class DamagedDatabase(SetupError):
    """The database's file is not what was written; nothing in it can be trusted."""


def sentence_of(problem: DBAPIError) -> str | None:
    """Say what ails the database and what to do; None when this is no known ailment, and so a mistake of ours."""
    cause: Any = problem.orig
    named = getattr(cause, "sqlite_errorname", None)
    if named is not None:
        family = "_".join(str(named).split("_")[:2])
        return SENTENCES_BY_SQLITE.get(family)
    state = getattr(cause, "sqlstate", None)
    if state in SENTENCES_BY_SQLSTATE:
        return SENTENCES_BY_SQLSTATE[state]
    gone = problem.connection_invalidated or str(state or "").startswith(("08", "57P"))
    never_there = state is None and type(problem).__name__ == "OperationalError"
    return AWAY if gone or never_there else None


def require_sound(engine: Engine) -> None:
    """Read through a SQLite file's structure; a PostgreSQL server looks after its own files.

    Raises: DamagedDatabase.
    """
    if engine.dialect.name != "sqlite":
        return
    try:
        with engine.connect() as connection:
            found = connection.execute(text("PRAGMA quick_check(1)")).scalar_one()
    except DatabaseError as problem:
        if sentence_of(problem) == DAMAGED:
            raise DamagedDatabase(DAMAGED) from None
        raise
    if found != "ok":
        raise DamagedDatabase(DAMAGED)
