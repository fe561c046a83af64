"""Column types that mean the same on SQLite and PostgreSQL."""

from typing import Any

from sqlalchemy import Connection, Dialect, String, text
from sqlalchemy.types import TypeDecorator

UINT256_DIGITS = 78
MAX_UINT256 = 2**256 - 1


def digits_of(value: int) -> str:
    """Write a number as it is kept. Raises: ValueError outside of the range."""
    if not 0 <= value <= MAX_UINT256:
        raise ValueError(f"{value} is no uint256")
    return f"{value:0{UINT256_DIGITS}d}"


class Uint256(TypeDecorator[int]):
    """A whole number from 0 to 2^256-1, kept as 78 decimal digits so that text order is number order."""

    impl = String(UINT256_DIGITS)
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> str | None:
        """Write the digits. Raises: ValueError outside of the range."""
        return None if value is None else digits_of(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> int | None:
        """Read the digits."""
        return None if value is None else int(value)


def order_by_bytes(connection: Connection) -> None:
    """Make PostgreSQL order and compare our texts by their bytes, as SQLite does, whatever language it was set up for.

    Names come in the same order on both, and so do numbers that are kept as digits.
    """
    if connection.dialect.name != "postgresql":
        return
    for table, changes in connection.execute(text(COLUMNS_IN_A_LANGUAGE)).all():
        connection.execute(text(f"ALTER TABLE {table} {changes}"))


# one line a table, all its columns together, so that its rows and indexes are written once
COLUMNS_IN_A_LANGUAGE = """
    SELECT a.attrelid::regclass::text, string_agg(
        format('ALTER COLUMN %I TYPE %s COLLATE "C"', a.attname, format_type(a.atttypid, a.atttypmod)), ', '
    )
    FROM pg_attribute a
    JOIN pg_class t ON t.oid = a.attrelid
    JOIN pg_collation c ON c.oid = a.attcollation
    WHERE t.relkind = 'r' AND t.relnamespace = current_schema()::regnamespace AND NOT a.attisdropped
      AND c.collname <> 'C' AND (t.relname LIKE 'chain%' OR t.relname LIKE 'app%')
    GROUP BY 1
"""
