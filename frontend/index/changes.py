"""State rows in one transaction: read once, changed in memory, journalled per block, written together at the end."""

import json
from collections.abc import Callable, Iterable
from enum import Enum
from functools import cache
from operator import itemgetter
from typing import Any, Literal

import orjson
from sqlalchemy import Connection, Table, delete, select

from frontend.index.bulk import Key, Row, rows_of
from frontend.index.models import STATE_TABLES, communities, journal

__all__ = ["Changes", "Row", "canonical", "undo"]

TOKENS_AT_ONCE = 500
MAX_UINT64 = 2**64 - 1

# what the fast writer cannot write (numbers above 64 bit within lists) comes out of this one in the same spelling
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, check_circular=False)


def canonical(plain: Any) -> str:
    """Write JSON in its one spelling: sorted keys, no spaces, text as it is."""
    value = plain
    if type(plain) is dict and _has_large(plain):
        value = {
            name: orjson.Fragment(str(found)) if type(found) is int and found > MAX_UINT64 else found
            for name, found in plain.items()
        }
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
    except TypeError:
        return _ENCODER.encode(plain)


def _has_large(plain: dict[str, Any]) -> bool:
    for found in plain.values():  # noqa: SIM110 a generator takes twice as long
        if type(found) is int and found > MAX_UINT64:
            return True
    return False


@cache
def key_columns(table: Table) -> tuple[str, ...]:
    """Name a table's primary key."""
    return tuple(column.name for column in table.primary_key.columns)


@cache
def key_of(table: Table) -> Callable[[Row], Key]:
    """Give what tells a row's primary key."""
    names = key_columns(table)
    return itemgetter(*names) if len(names) > 1 else lambda row: (row[names[0]],)


class Unknown(Enum):
    """In place of a row that nobody has looked for."""

    ROW = 0


Before = Row | None | Literal[Unknown.ROW]


class Sheet:
    """What one transaction knows of one table, and has changed in it."""

    def __init__(self, table: Table, dialect: str) -> None:
        self.name = str(table.name)
        self.statements = rows_of(table, dialect)
        self.key_of = key_of(table)
        self.rows: dict[Key, Row | None] = {}  # as they are now
        self.stored: dict[Key, bool] = {}  # is there a row in the database? Only where somebody has looked
        self.changed: set[Key] = set()
        self.touched: set[Key] = set()  # by the block under way

    def read(self, connection: Connection, keys: Iterable[Key]) -> None:
        """Read those rows that are not known."""
        missing = [key for key in dict.fromkeys(keys) if key not in self.rows]
        found = self.statements.read(connection, missing)
        for key in missing:
            self.rows[key] = found.get(key)
            self.stored[key] = key in found

    def write(self, connection: Connection) -> None:
        """Bring the changed rows to the database, in the order of their keys."""
        removed: list[Key] = []
        new: list[Row] = []
        changed: list[Row] = []
        for key in sorted(self.changed):
            row, there = self.rows[key], self.stored.get(key, True)
            if row is not None:
                (changed if there else new).append(row)
            elif there:
                removed.append(key)
        self.statements.remove(connection, removed)
        self.statements.put(connection, changed)
        self.statements.insert(connection, new)


class Changes:
    """What one transaction changes in the state tables.

    An event's changes can be taken back until `keep`, so that one that turns out to be nonsense leaves nothing behind.
    """

    def __init__(self, connection: Connection, journal_from: int) -> None:
        self._connection = connection
        self._journal_from = journal_from
        self._sheets = {table: Sheet(table, connection.dialect.name) for table in STATE_TABLES}
        self._communities = self._sheets[communities]
        self._pending: list[tuple[Sheet, Key, Before]] = []  # the changes of the event under way
        self._journal: list[Row] = []
        self._block = -1
        self._step = 0
        self._tokens: dict[str, int | None] = {}

    def begin_block(self, number: int) -> None:
        """Say which block the next changes belong to."""
        self._block = number
        self._step = 0
        for sheet in self._sheets.values():
            sheet.touched.clear()

    def expect(self, table: Table, keys: Iterable[Key]) -> None:
        """Read rows that will be asked for, all at once; what is not expected is read when it is asked for."""
        self._sheets[table].read(self._connection, keys)

    def expect_tokens(self, tokens: Iterable[str]) -> None:
        """Look up whose tokens these are, all at once."""
        wanted = sorted(set(tokens) - set(self._tokens))
        for start in range(0, len(wanted), TOKENS_AT_ONCE):
            part = wanted[start : start + TOKENS_AT_ONCE]
            found = select(communities.c.token, communities.c.id).where(communities.c.token.in_(part))
            there = {row.token: row.id for row in self._connection.execute(found)}
            self._tokens |= {token: there.get(token) for token in part}

    def known(self, table: Table, *key: Any) -> Row | None:
        """Give a row that was read or written before, not to be changed; None when it was not, or is not there."""
        return self._sheets[table].rows.get(key)

    def get(self, table: Table, *key: Any) -> Row | None:
        """Give a row as it is now, not to be changed."""
        rows = self._sheets[table].rows
        if key not in rows:
            self.expect(table, [key])
        return rows[key]

    def put(self, table: Table, row: Row) -> None:
        """Write a row, new or changed."""
        sheet = self._sheets[table]
        self._set(sheet, sheet.key_of(row), row)

    def add(self, table: Table, row: Row) -> None:
        """Write a row that cannot be there yet, so that nobody need look for it."""
        sheet = self._sheets[table]
        key = sheet.key_of(row)
        if key not in sheet.rows:
            sheet.rows[key], sheet.stored[key] = None, False
        self._set(sheet, key, row)

    def remove(self, table: Table, *key: Any) -> None:
        """Take a row out."""
        self._set(self._sheets[table], key, None)

    def _set(self, sheet: Sheet, key: Key, row: Row | None) -> None:
        rows = sheet.rows
        self._pending.append((sheet, key, rows.get(key, Unknown.ROW)))
        rows[key] = row

    def keep(self) -> None:
        """Make the changes of this event stay."""
        if self._block >= self._journal_from:
            self._remember()
        for sheet, key, _ in self._pending:
            sheet.changed.add(key)
            if sheet is self._communities and (row := sheet.rows[key]) is not None:
                self._tokens[row["token"]] = row["id"]
        self._pending.clear()

    def drop(self) -> None:
        """Take back the changes of this event."""
        for sheet, key, before in reversed(self._pending):
            if before is Unknown.ROW:
                del sheet.rows[key]
            else:
                sheet.rows[key] = before
        self._pending.clear()

    def community_of_token(self, token: str) -> int | None:
        """Give the community whose token this is."""
        if token not in self._tokens:
            self.expect_tokens([token])
        return self._tokens[token]

    def write(self) -> None:
        """Bring all that was kept to the database."""
        for sheet in self._sheets.values():
            sheet.write(self._connection)
        rows_of(journal, self._connection.dialect.name).insert(self._connection, self._journal)

    def _remember(self) -> None:
        """Write down what rows were before this block changed them."""
        for sheet, key, before in self._pending:
            if key in sheet.touched:
                continue
            sheet.touched.add(key)
            if before is Unknown.ROW:
                before = sheet.statements.read(self._connection, [key]).get(key)
                sheet.stored[key] = before is not None
            self._journal.append(
                {
                    "block": self._block,
                    "step": self._step,
                    "table_name": sheet.name,
                    "key": canonical(list(key)),
                    "before": None if before is None else canonical(before),
                }
            )
            self._step += 1


def undo(connection: Connection, down_to: int) -> None:
    """Bring the state tables back to how they were at the end of a block, by the journal of the later ones."""
    # the oldest entry of a row says how it was before any of them
    before: dict[tuple[str, str], str | None] = {}
    found = select(journal).where(journal.c.block > down_to).order_by(journal.c.block.desc(), journal.c.step.desc())
    for entry in connection.execute(found):
        before[entry.table_name, entry.key] = entry.before
    for table in STATE_TABLES:
        entries = [(key, row) for (name, key), row in before.items() if name == table.name]
        statements = rows_of(table, connection.dialect.name)
        statements.remove(connection, [tuple(json.loads(key)) for key, _ in entries])
        statements.insert(connection, [json.loads(row) for _, row in entries if row is not None])
    connection.execute(delete(journal).where(journal.c.block > down_to))
