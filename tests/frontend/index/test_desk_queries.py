"""The reads of desk and library: they find what they should, by indexes, and a page's reads stop at a bound."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Engine, event, insert, update

from frontend.index.desk_queries import MOST_COUNTED, DeskQueries
from frontend.index.models import events, order_asides, order_roles, orders
from frontend.index.queries import Queries
from frontend.store.database import create_engine
from tests.frontend.index.test_queries import BUYER, ETH, NOW_TS, SELLER, TOKEN, event_row, fill, hash_of, steps_of

MARKET = TOKEN  # who speaks in the rows that `fill` writes
numbers = count(10**6)
PAGE_READS: dict[str, Callable[[Queries], object]] = {
    "orders_waiting_for": lambda q: q.orders_waiting_for(SELLER, NOW_TS),
    "orders_with": lambda q: q.orders_with([hash_of(2), hash_of(4)]),
    "sales": lambda q: q.sales(SELLER, 0),
    "escrowed": lambda q: q.escrowed(SELLER),
    "has_more_orders": lambda q: q.has_more_orders(SELLER),
    "taken_out": lambda q: q.taken_out(BUYER, MARKET, MOST_COUNTED),
    "bought": lambda q: q.bought(BUYER, None),
    "bought_kinds": lambda q: q.bought_kinds(BUYER),
}
FILE_READS: dict[str, Callable[[Queries], object]] = {
    "books_of": lambda q: q.books_of(SELLER),
    "referred_by": lambda q: q.referred_by(BUYER),
    "all that was taken out": lambda q: q.taken_out(BUYER, MARKET),
    "bought of a kind": lambda q: q.bought(BUYER, "goods"),
}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    found = create_engine(database_url)
    yield found
    found.dispose()


def plans_of(engine: Engine, read: Callable[[Queries], object]) -> list[str]:
    """Give the lines of SQLite's plans for a read."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        asked.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    try:
        read(Queries(engine))
    finally:
        event.remove(engine, "before_cursor_execute", note)
    with engine.connect() as connection:
        return [
            str(row[3])
            for statement, values in asked
            if statement.startswith("SELECT")
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]


def credited(key: str, *parts: tuple[str, int]) -> dict[str, Any]:
    """Give an event of a payout."""
    row = event_row(next(numbers), "Transfer", key, {"source": key, "currency": ETH, "payouts": parts})
    return row | {"name": "CreditsAdded", "log_index": 5}


def test_every_read_of_the_desk_is_looked_at_here():
    public = {name for name in vars(DeskQueries) if not name.startswith("_")}
    assert public <= {*PAGE_READS, *FILE_READS}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_reads_go_by_indexes_whatever_they_are_about(engine: Engine):
    fill(engine, 1, 51)  # without statistics SQLite plans the same for few rows and for many
    # what a subquery has found is gone through; a table of the chain never is
    scans = {
        name: [line for line in plans_of(engine, read) if line.startswith("SCAN chain_")]
        for name, read in (PAGE_READS | FILE_READS).items()
    }
    assert {name: lines for name, lines in scans.items() if lines} == {}
    with engine.connect() as connection:  # such a line is what a read without an index has
        plan = connection.exec_driver_sql("EXPLAIN QUERY PLAN SELECT * FROM chain_orders WHERE payer = 'x'").all()
    assert str(plan[0][3]).startswith("SCAN chain_")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_a_page_reads_costs_the_same_when_the_history_is_twice_as_long(engine: Engine):
    rows = 2 * MOST_COUNTED + 10  # half of them are open
    fill(engine, 1, rows)
    before = {name: steps_of(engine, read) for name, read in PAGE_READS.items()}
    fill(engine, rows, rows * 2)
    after = {name: steps_of(engine, read) for name, read in PAGE_READS.items()}
    grown = {name: (before[name], after[name]) for name in PAGE_READS if after[name] > before[name] * 1.3 + 20}
    assert grown == {}


def test_orders_wait_by_their_deadline_when_the_seller_acts_next(engine: Engine):
    fill(engine, 1, 13)
    states = {
        2: ("funded", 30),
        4: ("accepted", 10),
        6: ("delivered", 5),
        8: ("delivered", -5),
        10: ("contested", 20),
        12: ("accepted", -1),
    }
    with engine.begin() as connection:
        for number, (state, left_s) in states.items():
            values = {"state": state, "clock_ts": NOW_TS + left_s}
            connection.execute(update(orders).where(orders.c.key == hash_of(number)).values(values))
    page = Queries(engine).orders_waiting_for(SELLER, NOW_TS)
    assert [int(order.key, 16) for order in page] == [8, 4, 10, 2]
    assert len(Queries(engine).orders_waiting_for(BUYER, NOW_TS)) == 0


def test_sales_leave_out_what_went_back_whole(engine: Engine):
    fill(engine, 1, 5)
    with engine.begin() as connection:
        connection.execute(update(orders).values(funded_at_ts=NOW_TS))
        connection.execute(update(orders).where(orders.c.key == hash_of(1)).values(state="cancelled"))
        connection.execute(update(orders).where(orders.c.key == hash_of(2)).values(funded_at_ts=NOW_TS - 9))
    found = Queries(engine).sales(SELLER, NOW_TS - 5)
    assert [(sale.currency, sale.paid_units, sale.quantity) for sale in found] == [(ETH, 5, 1), (ETH, 5, 1)]
    assert Queries(engine).escrowed(SELLER) == {ETH: 10}  # two of them are open


def test_books_have_every_payout_and_every_holder_of_the_account_alone(engine: Engine):
    fill(engine, 1, 4)
    other = "0x" + "e" * 40
    handed = event_row(next(numbers), "Transfer", hash_of(2), {"key": hash_of(2), "from": BUYER, "to": other})
    with engine.begin() as connection:
        connection.execute(
            insert(events), [credited(hash_of(2), (SELLER, 4), (BUYER, 1)), credited(hash_of(3), (SELLER, 2**200))]
        )
        connection.execute(insert(events), [handed | {"name": "OrderTransferred", "log_index": 6}])
        connection.execute(update(order_asides).where(order_asides.c.order_key == hash_of(3)).values(referrer=other))
    books = Queries(engine).books_of(SELLER)
    assert list(books.orders) == [hash_of(1), hash_of(2), hash_of(3)]
    assert [(payout.order_key, payout.payouts) for payout in books.payouts] == [
        (hash_of(2), ((SELLER, 4), (BUYER, 1))),
        (hash_of(3), ((SELLER, 2**200),)),
    ]
    assert other in books.holders[hash_of(2)]
    assert Queries(engine).books_of(BUYER).orders == {}
    assert list(Queries(engine).referred_by(other).orders) == [hash_of(3)]


def test_library_has_what_is_held_now_the_newest_first(engine: Engine):
    fill(engine, 1, 4)
    with engine.begin() as connection:
        mine = (order_roles.c.order_key == hash_of(2), order_roles.c.role == "buyer")
        connection.execute(update(order_roles).where(*mine).values(account="0x" + "e" * 40))
    queries = Queries(engine)
    assert [int(order.key, 16) for order in queries.bought(BUYER, None)] == [3, 1]
    assert [int(order.key, 16) for order in queries.bought("0x" + "e" * 40, "goods")] == [2]
    assert len(queries.bought(BUYER, "service")) == 0
    assert queries.bought_kinds(BUYER) == {"goods": 2}
