"""What an account is told: by its role, without its own deeds, by indexes, and at a bounded cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, insert, update

from frontend.index.models import events, order_roles, orders
from frontend.index.notice_queries import KINDS, MOST_NEW, MOST_OPEN, TOLD, NoticeQueries
from frontend.index.queries import Queries
from frontend.index.rows import STEP_NAMES
from frontend.store.database import create_engine
from tests.frontend.index.test_desk_queries import plans_of
from tests.frontend.index.test_queries import ARBITER, BUYER, NOW_TS, SELLER, event_row, fill, hash_of, steps_of

OTHER = "0x" + "e" * 40
READS: dict[str, Callable[[Queries], object]] = {
    "notices": lambda q: q.notices(SELLER, KINDS, 30),
    "orders_at_turn": lambda q: q.orders_at_turn(SELLER, NOW_TS),
    "orders_with_deadlines": lambda q: q.orders_with_deadlines(BUYER),
    "changes_of": lambda q: q.changes_of([hash_of(2), hash_of(4)]),
}
LATER_READS = {"unread notices": lambda q: q.notices(SELLER, KINDS, 30, after=(5, 0))}


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    found = create_engine(database_url)
    yield found
    found.dispose()


def happened(engine: Engine, *steps: tuple[int, int, str, dict[str, Any]]) -> None:
    """Write events: block, number of the order, name, and what the event says."""
    rows = [
        event_row(block, "Transfer", hash_of(order), data) | {"name": name, "log_index": 9}
        for block, order, name, data in steps
    ]
    with engine.begin() as connection:
        connection.execute(insert(events), rows)


def names_for(engine: Engine, account: str, **more: Any) -> list[str]:
    return [notice.name for notice in Queries(engine).notices(account, KINDS, 30, **more)[0]]


def test_every_read_of_notices_is_looked_at_here():
    assert {name for name in vars(NoticeQueries) if not name.startswith("_")} == set(READS)


def test_every_event_that_is_told_has_a_name_on_timelines():
    assert {name for names in TOLD.values() for name in names} <= set(STEP_NAMES)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_reads_go_by_indexes_whoever_asks(engine: Engine):
    fill(engine, 1, 51)
    scans = {
        name: [line for line in plans_of(engine, read) if line.startswith("SCAN chain_")]
        for name, read in (READS | LATER_READS).items()
    }
    assert {name: lines for name, lines in scans.items() if lines} == {}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_read_costs_the_same_when_the_history_is_twice_as_long(engine: Engine):
    rows = 2 * (MOST_OPEN + MOST_NEW) + 10
    fill(engine, 1, rows)
    happened(engine, *((n, n, "OrderAccepted", {}) for n in range(1, rows)))
    before = {name: steps_of(engine, read) for name, read in (READS | LATER_READS).items()}
    fill(engine, rows, 2 * rows)
    happened(engine, *((n, n, "OrderAccepted", {}) for n in range(rows, 2 * rows)))
    after = {name: steps_of(engine, read) for name, read in (READS | LATER_READS).items()}
    grown = {name: (before[name], after[name]) for name in after if after[name] > before[name] * 1.3 + 20}
    assert grown == {}


def test_each_role_is_told_what_others_did(engine: Engine):
    fill(engine, 1, 5)
    happened(
        engine,
        (10, 2, "OrderFunded", {"holder": BUYER, "purchase": {"payer": BUYER}}),
        (11, 2, "OrderAccepted", {}),
        (12, 2, "OrderDelivered", {}),
        (13, 2, "OrderContested", {}),
        (14, 2, "Evidence", {"party": BUYER}),
        (15, 2, "OrderDisputed", {}),
        (16, 2, "OrderResolved", {"by": ARBITER}),
    )
    assert names_for(engine, BUYER) == ["resolved", "disputed", "delivered", "accepted"]
    assert names_for(engine, SELLER) == ["resolved", "disputed", "evidence", "contested", "funded"]
    assert names_for(engine, ARBITER) == ["disputed", "evidence"]
    assert names_for(engine, OTHER) == []


def test_each_side_is_told_of_the_others_review_and_of_the_answer_to_its_own(engine: Engine):
    fill(engine, 1, 3)
    happened(
        engine,
        (10, 2, "Reviewed", {"by": BUYER, "about": SELLER, "rating": 4}),
        (11, 2, "Replied", {"by": SELLER}),
        (12, 2, "Reviewed", {"by": SELLER, "about": BUYER, "rating": 5}),
    )
    assert names_for(engine, SELLER) == ["reviewed"]
    assert names_for(engine, BUYER) == ["reviewed", "replied"]
    assert names_for(engine, ARBITER) == []


def test_a_gift_is_told_to_who_gets_it(engine: Engine):
    fill(engine, 1, 3)
    happened(engine, (10, 2, "OrderFunded", {"holder": BUYER, "purchase": {"payer": OTHER}}))
    assert names_for(engine, BUYER) == ["funded"]


def test_what_is_switched_off_is_not_told(engine: Engine):
    fill(engine, 1, 3)
    happened(engine, (10, 2, "OrderContested", {}), (11, 2, "OrderReleased", {}))
    found, _ = Queries(engine).notices(SELLER, ("money",), 30)
    assert [(notice.kind, notice.name, notice.role) for notice in found] == [("money", "released", "seller")]
    assert Queries(engine).notices(SELLER, (), 30) == ([], None)


def test_notices_are_read_on_without_a_gap_or_a_double_when_pages_are_turned(engine: Engine):
    fill(engine, 1, 30)
    happened(engine, *((100 + n, n, "OrderContested" if n % 3 else "OrderAccepted", {}) for n in range(1, 30)))
    whole = [notice.place for notice in Queries(engine).notices(SELLER, KINDS, 100)[0]]
    turned, before = [], None
    for _ in range(20):
        notices, before = Queries(engine).notices(SELLER, KINDS, 4, before=before)
        turned += [notice.place for notice in notices]
        if before is None:
            break
    assert turned == whole == sorted(whole, reverse=True)
    middle = whole[len(whole) // 2]
    assert names_for(engine, SELLER, after=middle) == ["contested"] * (len(whole) // 2)


def test_an_orders_end_is_told_when_it_was_bought_long_ago_and_closed_among_the_newest(engine: Engine):
    fill(engine, 1, MOST_NEW + 20)
    happened(engine, (10**6, 2, "OrderContested", {}), (10**6 + 1, 1, "OrderReleased", {}))
    # order 2 is open; order 1 is done and older than the newest: it is not looked through
    assert names_for(engine, SELLER) == ["contested"]


def test_an_order_waits_for_whom_the_next_step_or_the_end_of_the_time_helps(engine: Engine):
    fill(engine, 1, 13)
    states = {
        2: ("funded", 30),
        4: ("funded", -5),
        6: ("delivered", 20),
        8: ("delivered", -7),
        10: ("disputed", 9),
        12: ("accepted", 10),
    }
    with engine.begin() as connection:
        for number, (state, left_s) in states.items():
            values = {"state": state, "clock_ts": NOW_TS + left_s}
            connection.execute(update(orders).where(orders.c.key == hash_of(number)).values(values))

    def waiting(account: str) -> list[int]:
        return [int(order.key, 16) for order in Queries(engine).orders_at_turn(account, NOW_TS)]

    assert waiting(SELLER) == [8, 12, 2]
    assert waiting(BUYER) == [4, 6]
    assert waiting(ARBITER) == [10]
    assert [int(order.key, 16) for order in Queries(engine).orders_with_deadlines(BUYER)] == [8, 4, 10, 12, 6, 2]


def test_changes_are_counted_by_order(engine: Engine):
    fill(engine, 1, 5)
    happened(engine, (10, 2, "OrderAccepted", {}), (11, 2, "OrderDelivered", {}), (12, 3, "OrderAccepted", {}))
    assert Queries(engine).changes_of([hash_of(2), hash_of(4)]) == {hash_of(2): 2}


def test_what_an_account_is_told_is_in_the_events_alone(engine: Engine):
    fill(engine, 1, 3)
    happened(engine, (10, 2, "OrderContested", {"stakeBy": 5}))
    (notice,), _ = Queries(engine).notices(SELLER, KINDS, 5)
    assert (notice.order_key, notice.place, notice.at_ts, notice.data) == (hash_of(2), (10, 9), NOW_TS, {"stakeBy": 5})
    with engine.begin() as connection:
        connection.execute(order_roles.delete().where(order_roles.c.account == SELLER))
    assert Queries(engine).notices(SELLER, KINDS, 5) == ([], None)
