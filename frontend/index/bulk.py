"""Many rows of one table at once, past the statement builder: what the follower reads and writes by the thousand.

On SQLite rows go one by one through a prepared statement, which costs next to nothing there. On PostgreSQL, where it is
the round trip that costs, new rows are copied in one stream, and a statement carries all others as one JSON text.
"""

# ruff: noqa: S608 all names in these statements are the models' own

import gc
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from operator import itemgetter
from typing import Any, TypeVar

import orjson
import psycopg
from sqlalchemy import Boolean, Connection, Table
from sqlalchemy.exc import DBAPIError

from frontend.store.columns import Uint256, digits_of

Row = dict[str, Any]
Key = tuple[Any, ...]
T = TypeVar("T")

AT_ONCE = 5_000
SQLITE_CACHE_KIB = 64 * 1024


class Rows:
    """The statements for one table in one kind of database."""

    def __init__(self, table: Table, dialect: str) -> None:
        self._dialect = dialect
        self._columns = [str(column.name) for column in table.c]
        self._keys = [str(column.name) for column in table.primary_key.columns]
        self._numbers = [str(column.name) for column in table.c if isinstance(column.type, Uint256)]
        self._number_places = [self._columns.index(name) for name in self._numbers]
        self._flags = [str(column.name) for column in table.c if isinstance(column.type, Boolean)]
        self._values: Callable[[Row], tuple[Any, ...]] = itemgetter(*self._columns)
        columns, keys = ", ".join(map(_quoted, self._columns)), ", ".join(map(_quoted, self._keys))
        rest = [name for name in self._columns if name not in self._keys]
        changed = ", ".join(f"{_quoted(name)} = excluded.{_quoted(name)}" for name in rest)
        same = " AND ".join(f"t.{_quoted(name)} = k.{_quoted(name)}" for name in self._keys)
        if dialect == "sqlite":
            marks = ", ".join("?" * len(self._columns))
            source = f"VALUES ({marks})"
            wanted = ", ".join(
                f"json_extract(value, '$[{at}]') AS {_quoted(name)}" for at, name in enumerate(self._keys)
            )
            found = f"(SELECT {wanted} FROM json_each(?)) k"
            gone = " AND ".join(f"{_quoted(name)} = ?" for name in self._keys)
            self._delete = f"DELETE FROM {table.name} WHERE {gone}"
        else:
            found = f"json_populate_recordset(NULL::{table.name}, %s) k"
            source = f"SELECT {columns} FROM {found}"
            self._delete = f"DELETE FROM {table.name} t USING {found} WHERE {same}"
        listed = ", ".join(f"t.{_quoted(name)}" for name in self._columns)
        self._select = f"SELECT {listed} FROM {found} CROSS JOIN {table.name} t WHERE {same}"
        self._insert = f"INSERT INTO {table.name} ({columns}) {source}"
        self._copy = f"COPY {table.name} ({columns}) FROM STDIN"
        self._upsert = f"{self._insert} ON CONFLICT ({keys}) DO UPDATE SET {changed}"

    def read(self, connection: Connection, keys: Sequence[Key]) -> dict[Key, Row]:
        """Give the rows that there are, by key."""
        found: dict[Key, Row] = {}
        for part in _parts(keys):
            asked = orjson.dumps(part).decode() if self._dialect == "sqlite" else self._json_of_keys(part)
            for values in connection.exec_driver_sql(self._select, (asked,)):
                row = dict(zip(self._columns, values, strict=True))
                for name in self._numbers:
                    if row[name] is not None:
                        row[name] = int(row[name])
                for name in self._flags:
                    row[name] = bool(row[name])
                found[tuple(row[name] for name in self._keys)] = row
        return found

    def insert(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Write rows that are new."""
        self.insert_values(connection, self._tuples(rows))

    def insert_values(self, connection: Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        """Write rows that are new. Args: their values in the order of the columns, as the database keeps them."""
        for part in _parts(rows):
            if self._dialect == "sqlite":
                connection.exec_driver_sql(self._insert, list(part))
            else:
                self._copy_in(connection, part)

    def _copy_in(self, connection: Connection, rows: Iterable[tuple[Any, ...]]) -> None:
        driver = connection.connection.driver_connection
        assert isinstance(driver, psycopg.Connection)
        try:
            with driver.cursor() as cursor, cursor.copy(self._copy) as copy:
                for row in rows:
                    copy.write_row(row)
        except psycopg.Error as problem:  # past SQLAlchemy, so that its own kind of error is made here
            raise DBAPIError.instance(
                self._copy, None, problem, psycopg.Error, hide_parameters=True, dialect=connection.dialect
            ) from problem

    def put(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Write rows, new or changed."""
        self._write(connection, self._upsert, rows)

    def remove(self, connection: Connection, keys: Sequence[Key]) -> None:
        """Take rows out, if they are there."""
        for part in _parts(keys):
            if self._dialect == "sqlite":
                connection.exec_driver_sql(self._delete, part)
            else:
                connection.exec_driver_sql(self._delete, (self._json_of_keys(part),))

    def _write(self, connection: Connection, statement: str, rows: Sequence[Row]) -> None:
        for part in _parts(rows):
            if self._dialect == "sqlite":
                connection.exec_driver_sql(statement, self._tuples(part))
            else:
                named = [dict(zip(self._columns, values, strict=True)) for values in self._tuples(part)]
                connection.exec_driver_sql(statement, (orjson.dumps(named).decode(),))

    def _tuples(self, rows: Sequence[Row]) -> list[tuple[Any, ...]]:
        """Give rows' values as the database keeps them. Raises: ValueError for a number outside of the range."""
        if not self._number_places:
            return list(map(self._values, rows))
        found = []
        for row in rows:
            values = list(self._values(row))
            for place in self._number_places:
                values[place] = digits_of(values[place])
            found.append(tuple(values))
        return found

    def _json_of_keys(self, keys: Sequence[Key]) -> str:
        return orjson.dumps([dict(zip(self._keys, key, strict=True)) for key in keys]).decode()


@cache
def rows_of(table: Table, dialect: str) -> Rows:
    """Give the statements for a table."""
    return Rows(table, dialect)


def _quoted(name: str) -> str:
    return f'"{name}"'


def _parts(found: Sequence[T]) -> Iterable[Sequence[T]]:
    return (found[start : start + AT_ONCE] for start in range(0, len(found), AT_ONCE))


def prepare(connection: Connection) -> None:
    """Make room in memory for the indexes that a large batch writes all over; only the follower's connection needs it."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA cache_size=-{SQLITE_CACHE_KIB}")


class Uncollected:
    """Leaves the search for circular garbage for later: it walks through all the rows in hand, and there is none in them.

    Blocks of several threads may overlap; the search goes on after the last of them.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._blocks = 0
        self._was_on = False

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Let a block run without the search."""
        with self._lock:
            if self._blocks == 0:
                self._was_on = gc.isenabled()
                gc.disable()
            self._blocks += 1
        try:
            yield
        finally:
            with self._lock:
                self._blocks -= 1
                if self._blocks == 0 and self._was_on:
                    gc.enable()


uncollected = Uncollected()
