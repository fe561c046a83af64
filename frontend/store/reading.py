"""One request reads through one connection, in one transaction: all of a page is as of one moment, and nothing is begun twice."""

from types import TracebackType
from typing import Any

from sqlalchemy import Connection, Engine

KEY = "dokkaebi.reading"  # in the request's environ


class Shared:
    """The connection of one request, opened when it is first asked for. Leaving the block keeps it for the next question."""

    def __init__(self, engine: Engine, environ: dict[str, Any]) -> None:
        self._engine = engine
        self._environ = environ

    def __enter__(self) -> Connection:
        found: Connection | None = self._environ.get(KEY)
        if found is None:
            found = self._environ[KEY] = _opened(self._engine)
        return found

    def __exit__(self, kind: type[BaseException] | None, _value: object, _trace: TracebackType | None) -> None:
        if kind is not None:  # a transaction in which something failed answers nothing more
            end(self._environ)


def end(environ: dict[str, Any]) -> None:
    """Give the request's connection back, if it had one."""
    found: Connection | None = environ.pop(KEY, None)
    if found is not None:
        found.close()


def _opened(engine: Engine) -> Connection:
    found = engine.connect()
    if found.dialect.name == "postgresql":
        # SQLite's transactions see one moment anyway
        found = found.execution_options(isolation_level="REPEATABLE READ")
    return found
