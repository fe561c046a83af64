"""What the keeper reads of the index: where it stands, and the orders whose clock has run out. It writes nothing there.

The tables and columns named in this file are all that scripts know of the index (docs/decisions/0027).
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from scripts.lib.problems import BadSetting, IndexNotReady, UnusableIndex

BUSY_TIMEOUT_S = 15
PAGE = 1_000

POSITION = "SELECT chain_id, genesis_hash, deployments_hash, number, hash FROM chain_cursor WHERE id = 1"
ORDERS = """
    SELECT o.key, o.first_holder, o.ref, o.state, o.clock_ts, o.milestone, l.terms, l.extras
    FROM chain_orders AS o JOIN chain_listings AS l ON l.id = o.listing_id
"""
# a finished order's clock is 0
OVERDUE = f"""
    {ORDERS}
    WHERE o.clock_ts > 0 AND o.clock_ts < :now_ts
      AND (o.clock_ts > :after_ts OR (o.clock_ts = :after_ts AND o.key > :after_key))
    ORDER BY o.clock_ts, o.key LIMIT :page
"""


@dataclass(frozen=True)
class Position:
    """Which contracts on which chain the index is about, and its newest block. Hashes are lower-case 0x hex."""

    chain_id: int
    genesis_hash: str
    deployments_hash: str
    number: int
    hash: str


@dataclass(frozen=True)
class OpenOrder:
    """An order with what its calls need."""

    key: str
    first_holder: str  # a part of its key, whoever holds it now
    ref: str
    state: str  # funded, accepted, delivered, contested or disputed
    clock_ts: int  # unix time: the last second in which the party of this state may act
    milestone: int  # how many are paid
    terms: dict[str, Any]  # the fields of Terms as the ABI names them, and those packed in them
    extras: dict[str, Any] | None  # the fields of Extras as the ABI names them


class Index:
    """The index's database, opened to read."""

    def __init__(self, database_url: str) -> None:
        """Open it. Raises: BadSetting, UnusableIndex when there is no such file."""
        self._engine = _engine(database_url)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def position(self) -> Position | None:
        """Give where the index stands, None when nothing was indexed yet. Raises: IndexNotReady."""
        with self._reading() as connection:
            row = connection.execute(text(POSITION)).one_or_none()
        return None if row is None else Position(*row)

    def order(self, key: str) -> OpenOrder | None:
        """Give an order by its key in lower case, None when there is no such order. Raises: IndexNotReady."""
        with self._reading() as connection:
            row = connection.execute(text(f"{ORDERS} WHERE o.key = :key"), {"key": key}).one_or_none()
        return None if row is None else _order_of(row)

    def overdue_orders(self, now_ts: int) -> Iterator[OpenOrder]:
        """Give orders whose clock is before a time, the longest overdue first. Raises: IndexNotReady."""
        after: tuple[int, str] = (0, "")
        while True:
            values = {"now_ts": now_ts, "after_ts": after[0], "after_key": after[1], "page": PAGE}
            with self._reading() as connection:
                rows = connection.execute(text(OVERDUE), values).all()
            yield from map(_order_of, rows)
            if len(rows) < PAGE:
                return
            after = (rows[-1].clock_ts, rows[-1].key)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except DBAPIError as problem:
            raise IndexNotReady(
                f"the index's database cannot be read ({type(problem.orig).__name__}); is DATABASE_URL the follower's, and "
                "were the tables made (python -m frontend.index migrate)?"
            ) from None


def _order_of(row: Sequence[Any]) -> OpenOrder:
    key, first_holder, ref, state, clock_ts, milestone, terms, extras = row
    return OpenOrder(
        key, first_holder, ref, state, int(clock_ts), int(milestone), json.loads(terms), json.loads(extras or "null")
    )


def _engine(database_url: str) -> Engine:
    try:
        url = make_url(database_url)
        if url.get_backend_name() != "sqlite":
            if url.drivername == "postgresql":
                url = url.set(drivername="postgresql+psycopg")
            engine = create_engine(url, pool_pre_ping=True, hide_parameters=True)
            return engine.execution_options(postgresql_readonly=True)
    except (ArgumentError, NoSuchModuleError):
        raise BadSetting("DATABASE_URL is no database's URL; it is the one that the follower has.") from None
    path = Path(url.database or "")
    if not path.is_file():
        raise UnusableIndex("DATABASE_URL names a file that is not there; start the market and its follower first.")
    # read only, so that a wrong path never makes an empty database
    place = f"{path.absolute().as_uri()}?mode=ro"
    return create_engine(
        "sqlite://",
        creator=lambda: sqlite3.connect(place, uri=True, timeout=BUSY_TIMEOUT_S, check_same_thread=False),
        hide_parameters=True,
    )
