"""State rows in one transaction: read once, changed in memory, journalled per block, written together at the end."""

import json
from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from frontend.index.models import STATE_TABLES, communities, journal

Row = dict[str, Any]
Key = tuple[Any, ...]

TABLES = {table.name: table for table in STATE_TABLES}


def canonical(value: Any) -> str:
    """Write JSON in its one spelling."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def key_columns(table: Table) -> list[str]:
    """Name a table's primary key."""
    return [column.name for column in table.primary_key.columns]


def matching(table: Table) -> Any:
    """Give the condition on a table's primary key with parameters k_<column>."""
    conditions = [table.c[name] == bindparam(f"k_{name}") for name in key_columns(table)]
    found = conditions[0]
    for condition in conditions[1:]:
        found = found & condition
    return found


class Changes:
    """What one transaction changes in the state tables.

    An event's changes are held back until `keep`, so that one that turns out to be nonsense leaves nothing behind.
    """

    def __init__(self, connection: Connection, journal_from: int) -> None:
        self._connection = connection
        self._journal_from = journal_from
        self._stored: dict[tuple[Table, Key], bool] = {}  # was the row in the database?
        self._rows: dict[tuple[Table, Key], Row | None] = {}
        self._pending: dict[tuple[Table, Key], Row | None] = {}
        self._journal: list[Row] = []
        self._block = -1
        self._touched: set[tuple[Table, Key]] = set()
        self._tokens: dict[str, int | None] = {}

    def begin_block(self, number: int) -> None:
        """Say which block the next changes belong to."""
        self._block = number
        self._touched = set()

    def get(self, table: Table, *key: Any) -> Row | None:
        """Give a copy of a row as it is now."""
        place = (table, key)
        if place in self._pending:
            row = self._pending[place]
        else:
            if place not in self._rows:
                self._load(place)
            row = self._rows[place]
        return None if row is None else dict(row)

    def put(self, table: Table, row: Row) -> None:
        """Write a row, new or changed."""
        self._pending[table, tuple(row[name] for name in key_columns(table))] = row

    def remove(self, table: Table, *key: Any) -> None:
        """Take a row out."""
        self._pending[table, key] = None

    def keep(self) -> None:
        """Make the changes of this event stay."""
        for place, row in self._pending.items():
            if place not in self._rows:
                self._load(place)
            if place not in self._touched:
                self._touched.add(place)
                self._remember(place)
            self._rows[place] = row
        self._pending.clear()

    def drop(self) -> None:
        """Forget the changes of this event."""
        self._pending.clear()

    def community_of_token(self, token: str) -> int | None:
        """Give the community whose token this is."""
        for (table, _), row in self._pending.items():
            if table is communities and row is not None and row["token"] == token:
                return int(row["id"])
        if self._tokens.get(token) is None:
            found = select(communities.c.id).where(communities.c.token == token)
            self._tokens[token] = self._connection.execute(found).scalar_one_or_none()
            if self._tokens[token] is None:
                ours = (row for (table, _), row in self._rows.items() if table is communities and row is not None)
                self._tokens[token] = next((int(row["id"]) for row in ours if row["token"] == token), None)
        return self._tokens[token]

    def write(self) -> None:
        """Bring all that was kept to the database."""
        inserts: dict[Table, list[Row]] = defaultdict(list)
        updates: dict[Table, list[Row]] = defaultdict(list)
        deletes: dict[Table, list[Row]] = defaultdict(list)
        for (table, key), row in self._rows.items():
            stored = self._stored[table, key]
            at = {f"k_{name}": value for name, value in zip(key_columns(table), key, strict=True)}
            if row is not None and not stored:
                inserts[table].append(row)
            elif row is not None:
                updates[table].append(row | at)
            elif stored:
                deletes[table].append(at)
        for table in STATE_TABLES:
            if deletes[table]:
                self._connection.execute(delete(table).where(matching(table)), deletes[table])
            if inserts[table]:
                self._connection.execute(insert(table), inserts[table])
            if updates[table]:
                values: dict[str, Any] = {
                    column.name: bindparam(column.name) for column in table.c if not column.primary_key
                }
                self._connection.execute(update(table).where(matching(table)).values(values), updates[table])
        if self._journal:
            self._connection.execute(insert(journal), self._journal)

    def _load(self, place: tuple[Table, Key]) -> None:
        table, key = place
        at = {f"k_{name}": value for name, value in zip(key_columns(table), key, strict=True)}
        found = self._connection.execute(select(table).where(matching(table)), at).mappings().one_or_none()
        self._rows[place] = None if found is None else dict(found)
        self._stored[place] = found is not None

    def _remember(self, place: tuple[Table, Key]) -> None:
        if self._block < self._journal_from:
            return
        table, key = place
        before = self._rows[place]
        self._journal.append(
            {
                "block": self._block,
                "step": len(self._touched) - 1,
                "table_name": table.name,
                "key": canonical(list(key)),
                "before": None if before is None else canonical(before),
            }
        )


def undo(connection: Connection, down_to: int) -> None:
    """Bring the state tables back to how they were at the end of a block, by the journal of the later ones."""
    # the oldest entry of a row says how it was before any of them
    before: dict[tuple[str, str], str | None] = {}
    found = select(journal).where(journal.c.block > down_to).order_by(journal.c.block.desc(), journal.c.step.desc())
    for entry in connection.execute(found):
        before[entry.table_name, entry.key] = entry.before
    for (table_name, key), row in before.items():
        table = TABLES[table_name]
        at = {f"k_{name}": value for name, value in zip(key_columns(table), json.loads(key), strict=True)}
        connection.execute(delete(table).where(matching(table)), at)
        if row is not None:
            connection.execute(insert(table), json.loads(row))
    connection.execute(delete(journal).where(journal.c.block > down_to))
