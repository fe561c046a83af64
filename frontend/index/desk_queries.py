"""What a seller's desk and a buyer's library ask the index. Each read begins at an account's own rows; what a page
asks stops at MOST_COUNTED of them, only the files have all."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from frontend.index.desk_views import BookedOrder, BookedPayout, Books, Sale
from frontend.index.models import events, listings, order_asides, order_roles, orders
from frontend.index.rows import order_of, withdrawal_of
from frontend.index.selects import contents, leafed, order_rows, paged
from frontend.index.views import Order, Page, Withdrawal

PER_PAGE = 24
MOST_WANTED = 500
MOST_COUNTED = 5_000  # a page counts no further; the files have all
SELLERS_TURN = ("funded", "accepted", "contested")
GIVEN_BACK = ("cancelled", "refunded")
PLACE = (order_roles.c.funded_block, order_roles.c.funded_log_index)
BOOKED = select(
    *(orders.c[name] for name in ("key", "listing_id", "holder", "first_holder", "quantity", "paid_units")),
    *(orders.c[name] for name in ("amount_units", "state", "funded_at_ts", "funded_block", "tx_hash")),
    *(listings.c[name] for name in ("kind", "seller", "community_id", "currency", "terms")),
    order_asides.c.referrer,
    contents.c.title,
)


class DeskQueries:
    """Reads about an account as a seller, as a referrer and as a buyer."""

    _connect: Callable[[], AbstractContextManager[Connection]]  # Queries, which inherits this, has it

    def orders_waiting_for(self, seller: str, now_ts: int, page: int = 1, per_page: int = PER_PAGE) -> Page[Order]:
        """List the open orders in which a seller acts next, or can have money that is due; the first due first.

        Of his open orders the oldest MOST_COUNTED are looked through.
        """
        in_time = and_(orders.c.state.in_(SELLERS_TURN), orders.c.clock_ts >= now_ts)
        to_collect = and_(orders.c.state == "delivered", orders.c.clock_ts < now_ts)
        ids = select(orders.c.key).where(orders.c.key.in_(oldest_open(seller)), or_(in_time, to_collect))
        with self._connect() as connection:
            order = (orders.c.clock_ts, orders.c.key)
            return leafed(connection, ids, order_rows(), order, page, per_page, order_of)

    def orders_with(self, keys: Sequence[str]) -> dict[str, Order]:
        """Give the orders that have these keys, by their key; keys of none are passed over."""
        found = order_rows().where(orders.c.key.in_([key.lower() for key in keys][:MOST_WANTED]))
        with self._connect() as connection:
            return {order.key: order for order in map(order_of, connection.execute(found))}

    def sales(self, seller: str, since_ts: int) -> list[Sale]:
        """List what was bought of a seller since a time and not given back whole, the newest first.

        His newest MOST_COUNTED orders are looked through.
        """
        newest = select(order_roles.c.order_key).where(*_role(seller, "seller"))
        newest = newest.order_by(*(column.desc() for column in PLACE)).limit(MOST_COUNTED)
        found = select(orders.c.funded_at_ts, listings.c.currency, orders.c.paid_units, orders.c.quantity)
        found = found.select_from(orders.join(listings, listings.c.id == orders.c.listing_id))
        found = found.where(orders.c.key.in_(newest), orders.c.funded_at_ts >= since_ts)
        found = found.where(orders.c.state.not_in(GIVEN_BACK))
        found = found.order_by(orders.c.funded_block.desc(), orders.c.funded_log_index.desc())
        with self._connect() as connection:
            return [Sale(*row) for row in connection.execute(found)]

    def escrowed(self, seller: str) -> dict[str, int]:
        """Give what lies in escrow in a seller's oldest MOST_COUNTED open orders, smallest units by currency."""
        found = select(listings.c.currency, orders.c.amount_units)
        found = found.select_from(orders.join(listings, listings.c.id == orders.c.listing_id))
        found = found.where(orders.c.key.in_(oldest_open(seller)))
        sums: dict[str, int] = {}
        with self._connect() as connection:
            for currency, units in connection.execute(found):
                sums[currency] = sums.get(currency, 0) + units
        return dict(sorted(sums.items()))

    def has_more_orders(self, seller: str) -> bool:
        """Tell whether a seller has more orders than a page counts."""
        found = select(order_roles.c.order_key).where(*_role(seller, "seller"))
        with self._connect() as connection:
            return connection.execute(found.order_by(*PLACE).offset(MOST_COUNTED).limit(1)).first() is not None

    def taken_out(self, account: str, ledger: str, most: int | None = None) -> list[Withdrawal]:
        """List what was taken out of an account's credit at one ledger, the oldest first. Args: most is None for all."""
        found = select(events).where(events.c.subject == account.lower(), events.c.name == "CreditWithdrawn")
        found = found.where(events.c.address == ledger.lower()).order_by(events.c.block, events.c.log_index).limit(most)
        with self._connect() as connection:
            return [withdrawal_of(row) for row in connection.execute(found)]

    def books_of(self, seller: str) -> Books:
        """Give all orders of a seller, and what they paid out."""
        return self._books(order_roles, order_roles.c.order_key, _role(seller, "seller"))

    def referred_by(self, referrer: str) -> Books:
        """Give all orders that name a referrer, and what they paid out."""
        mine = (order_asides.c.referrer == referrer.lower(),)
        return self._books(order_asides, order_asides.c.order_key, mine)

    def _books(self, table: Any, key: Any, mine: tuple[Any, ...]) -> Books:
        joined = table.join(orders, orders.c.key == key).join(listings, listings.c.id == orders.c.listing_id)
        if table is not order_asides:
            joined = joined.outerjoin(order_asides, order_asides.c.order_key == key)
        joined = joined.outerjoin(contents, contents.c.hash == listings.c.content_hash)
        booked = BOOKED.select_from(joined).where(*mine).order_by(orders.c.funded_block, orders.c.funded_log_index)
        told = select(events).select_from(table.join(events, events.c.subject == key)).where(*mine)
        told = told.where(events.c.name.in_(("CreditsAdded", "OrderTransferred")))
        terms: dict[str, dict[str, Any]] = {}
        found: dict[str, BookedOrder] = {}
        with self._connect() as connection:
            for row in connection.execute(booked):
                if row.listing_id not in terms:
                    terms[row.listing_id] = json.loads(row.terms)
                found[row.key] = _booked(row, terms[row.listing_id])
            rows = connection.execute(told.order_by(events.c.block, events.c.log_index)).all()
        holders = {order.key: {order.first_holder, order.holder} for order in found.values()}
        payouts = []
        for row in rows:
            if row.subject not in found:
                continue  # it came between the two reads
            args = json.loads(row.args)
            if row.name == "OrderTransferred":
                holders[row.subject].add(args["to"])
                continue
            parts = tuple((account, units) for account, units in args["payouts"])
            payouts.append(BookedPayout(row.subject, row.at_ts, row.block, row.log_index, row.tx_hash, parts))
        return Books(found, payouts, {name: frozenset(accounts) for name, accounts in holders.items()})

    def bought(self, holder: str, kind: str | None, page: int = 1, per_page: int = PER_PAGE) -> Page[Order]:
        """List what an account holds of what was bought, also what was handed over to it, the newest first."""
        found = order_rows().join(order_roles, order_roles.c.order_key == orders.c.key).where(*_role(holder, "buyer"))
        if kind is not None:
            found = found.where(listings.c.kind == kind)
        order = tuple(column.desc() for column in PLACE)
        with self._connect() as connection:
            return paged(connection, found, order, page, per_page, order_of)

    def bought_kinds(self, holder: str) -> dict[str, int]:
        """Count the newest MOST_COUNTED orders that an account holds, by the kind of what was sold."""
        newest = select(order_roles.c.order_key).where(*_role(holder, "buyer"))
        newest = newest.order_by(*(column.desc() for column in PLACE)).limit(MOST_COUNTED)
        found = select(listings.c.kind, func.count()).select_from(
            orders.join(listings, listings.c.id == orders.c.listing_id)
        )
        found = found.where(orders.c.key.in_(newest)).group_by(listings.c.kind).order_by(listings.c.kind)
        with self._connect() as connection:
            return {row[0]: row[1] for row in connection.execute(found)}


def oldest_open(seller: str) -> Any:
    """Select the keys of a seller's open orders that have waited longest."""
    found = select(order_roles.c.order_key).where(*_role(seller, "seller"), order_roles.c.is_open.is_(True))
    return found.order_by(*PLACE).limit(MOST_COUNTED)


def _role(account: str, role: str) -> tuple[Any, ...]:
    return order_roles.c.account == account.lower(), order_roles.c.role == role


def _booked(row: Any, terms: dict[str, Any]) -> BookedOrder:
    return BookedOrder(
        key=row.key,
        listing_id=row.listing_id,
        title=row.title,
        kind=row.kind,
        seller=row.seller,
        holder=row.holder,
        first_holder=row.first_holder,
        community_id=row.community_id,
        currency=row.currency,
        terms=terms,
        referrer=row.referrer,
        quantity=row.quantity,
        paid_units=row.paid_units,
        amount_units=row.amount_units,
        state=row.state,
        funded_at_ts=row.funded_at_ts,
        block=row.funded_block,
        tx_hash=row.tx_hash,
    )
