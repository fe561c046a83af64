"""Column types that mean the same on SQLite and PostgreSQL."""

from typing import Any

from sqlalchemy import Dialect, String
from sqlalchemy.types import TypeDecorator

UINT256_DIGITS = 78
MAX_UINT256 = 2**256 - 1


class Uint256(TypeDecorator[int]):
    """A whole number from 0 to 2^256-1, kept as 78 decimal digits so that text order is number order."""

    impl = String(UINT256_DIGITS)
    cache_ok = True

    def process_bind_param(self, value: int | None, dialect: Dialect) -> str | None:
        """Write the digits. Raises: ValueError outside of the range."""
        if value is None:
            return None
        if not 0 <= value <= MAX_UINT256:
            raise ValueError(f"{value} is no uint256")
        return f"{value:0{UINT256_DIGITS}d}"

    def process_result_value(self, value: Any, dialect: Dialect) -> int | None:
        """Read the digits."""
        return None if value is None else int(value)
