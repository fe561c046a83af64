"""What an account is told: whose turn it is, and what others did to its orders. Nothing is kept of it beside the chain's
events. Of an account's orders the MOST_OPEN oldest open ones and the MOST_NEW newest are looked through, in each role."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Subquery, and_, func, or_, select, tuple_, union

from frontend.index.desk_queries import SELLERS_TURN
from frontend.index.models import events, order_roles, orders
from frontend.index.notice_views import BEFORE_ALL, Notice, Place
from frontend.index.rows import STEP_NAMES, order_of
from frontend.index.selects import order_rows
from frontend.index.views import Order

MOST_OPEN = 500
MOST_NEW = 500
MOST_TURNS = 100
ROLES = ("buyer", "seller", "arbiter")
BOTH = ("buyer", "seller")
MESSAGES = "messages"
PLACE = (events.c.block, events.c.log_index)
# kind, which an account may switch off, → event → the roles that are told of it
TOLD: dict[str, dict[str, tuple[str, ...]]] = {
    "orders": {"OrderFunded": BOTH, "OrderTransferred": BOTH},
    "progress": {
        "OrderAccepted": ("buyer",),
        "OrderDelivered": ("buyer",),
        "OrderExtended": BOTH,
        "OrderCancelled": BOTH,
    },
    "money": {
        "OrderReleased": ("seller",),
        "OrderPartRefunded": ("buyer",),
        "MilestonePaid": BOTH,
        "OrderCompleted": BOTH,
        "OrderRefunded": BOTH,
    },
    "disputes": {
        "OrderContested": ("seller",),
        "OrderDisputed": (*BOTH, "arbiter"),
        "Evidence": (*BOTH, "arbiter"),
        "OrderResolved": (*BOTH, "arbiter"),
        "OrderKeyRefuted": ("seller",),
    },
    "agreements": {"SettlementOffered": BOTH, "SettlementWithdrawn": BOTH, "OrderSettled": (*BOTH, "arbiter")},
    "keys": {"KeyAsked": ("seller",), "KeyAnswered": ("buyer",)},
    MESSAGES: {},  # they are not on the chain: services/messages.py
    "reviews": {"Reviewed": BOTH, "Replied": BOTH},
}
KINDS = tuple(TOLD)
KIND_OF = {name: kind for kind, names in TOLD.items() for name in names}
ACTORS = ("by", "party", "from", "asker")  # under these names an event says who did it


class NoticeQueries:
    """Reads about what an account should know."""

    _connect: Callable[[], AbstractContextManager[Connection]]  # Queries, which inherits this, has it

    def notices(
        self,
        account: str,
        kinds: Collection[str],
        most: int,
        *,
        after: Place = BEFORE_ALL,
        before: Place | None = None,
    ) -> tuple[list[Notice], Place | None]:
        """List what others did to an account's orders, the newest first, and where to read on; None at the end.

        Args: after and before are places on the chain, neither of them included. What the account did itself is left
        out, so that fewer than `most` may come although there is more.
        """
        looked = _looked_through(account)
        wanted = [
            and_(looked.c.role == role, events.c.name.in_(names))
            for role in ROLES
            if (names := [name for kind in kinds for name, roles in TOLD[kind].items() if role in roles])
        ]
        if not wanted:
            return [], None
        found = select(events, looked.c.role).select_from(looked.join(events, events.c.subject == looked.c.order_key))
        found = found.where(or_(*wanted))
        found = found.where(events.c.block >= after[0], tuple_(*PLACE) > tuple_(*after))
        if before is not None:
            found = found.where(events.c.block <= before[0], tuple_(*PLACE) < tuple_(*before))
        found = found.order_by(*(column.desc() for column in PLACE)).limit(most + 1)
        with self._connect() as connection:
            rows = connection.execute(found).all()
        told = [notice for row in rows[:most] if (notice := _notice(row, account.lower())) is not None]
        return told, (rows[most - 1].block, rows[most - 1].log_index) if len(rows) > most else None

    def orders_at_turn(self, account: str, now_ts: int) -> list[Order]:
        """List the open orders that may wait for an account, the first due first; MOST_TURNS at most.

        Whose turn it is after an arbiter's time is for `deadlines.is_my_turn` to say.
        """
        in_time, over = orders.c.clock_ts >= now_ts, orders.c.clock_ts < now_ts
        delivered, mine = orders.c.state == "delivered", _open_of(account)
        role = mine.c.role
        turns = (
            and_(role == "seller", or_(and_(orders.c.state.in_(SELLERS_TURN), in_time), and_(delivered, over))),
            and_(role == "buyer", or_(and_(delivered, in_time), and_(orders.c.state != "delivered", over))),
            and_(role == "arbiter", orders.c.state == "disputed"),
        )
        return self._open_orders(mine, or_(*turns))

    def orders_with_deadlines(self, account: str) -> list[Order]:
        """List an account's open orders in any role, the first due first; MOST_TURNS at most."""
        return self._open_orders(_open_of(account))

    def changes_of(self, keys: Sequence[str]) -> dict[str, int]:
        """Count what has happened to each of several orders, by its key."""
        found = select(events.c.subject, func.count()).where(events.c.subject.in_(keys[:MOST_TURNS]))
        with self._connect() as connection:
            return {row[0]: row[1] for row in connection.execute(found.group_by(events.c.subject))}

    def _open_orders(self, mine: Subquery, *conditions: ColumnElement[bool]) -> list[Order]:
        found = order_rows().join(mine, mine.c.order_key == orders.c.key).where(*conditions)
        found = found.order_by(orders.c.clock_ts, orders.c.key).limit(MOST_TURNS)
        with self._connect() as connection:
            return [order_of(row) for row in connection.execute(found)]


def _open_of(account: str) -> Subquery:
    """Select an account's open orders that have waited longest, with its role in each."""
    return union(*(_some(account, role, is_open=True) for role in ROLES)).subquery()


def _looked_through(account: str) -> Subquery:
    """Select the orders that are looked through for what an account is told, with its role in each."""
    parts = [_some(account, role, is_open=is_open) for role in ROLES for is_open in (True, False)]
    return union(*parts).subquery()


def _some(account: str, role: str, *, is_open: bool) -> Select[Any]:
    """Select the open orders that have waited longest, or the newest of all."""
    mine = (order_roles.c.account == account.lower(), order_roles.c.role == role)
    place = (order_roles.c.funded_block, order_roles.c.funded_log_index)
    found = select(order_roles.c.order_key, order_roles.c.role)
    if is_open:
        found = found.where(*mine, order_roles.c.is_open.is_(True)).order_by(*place).limit(MOST_OPEN)
    else:
        found = found.where(*mine).order_by(*(column.desc() for column in place)).limit(MOST_NEW)
    return select(*found.subquery().c)


def _notice(row: Any, account: str) -> Notice | None:
    """Give a row as a notice; None for what the account did itself."""
    data = json.loads(row.args)
    if row.name == "OrderFunded":
        # a buyer is told of what somebody else has paid
        if row.role == "buyer" and data["purchase"]["payer"] in (account, data["holder"]):
            return None
    elif any(str(data.get(name, "")).lower() == account for name in ACTORS):
        return None
    return Notice(
        order_key=row.subject,
        kind=KIND_OF[row.name],
        name=STEP_NAMES[row.name],
        role=row.role,
        at_ts=row.at_ts,
        block=row.block,
        log_index=row.log_index,
        tx_hash=row.tx_hash,
        data=data,
    )
