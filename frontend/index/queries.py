"""What pages and services ask the index. SQL only: no node, and no statement that grows with the chain's history."""

from typing import Any

from sqlalchemy import Engine, Select, or_, select

from frontend.index.models import (
    balances,
    communities,
    credits,
    cursor,
    events,
    listings,
    order_roles,
    orders,
    quarantine,
)
from frontend.index.rows import (
    STEP_NAMES,
    community_of,
    evidence_of,
    listing_of,
    order_of,
    payouts_of,
    step_of,
    transfer_of,
    withdrawal_of,
)
from frontend.index.selects import community_rows, contents, listing_rows, matches, order_rows, paged
from frontend.index.views import (
    Community,
    Credit,
    Currency,
    Evidence,
    Head,
    Holder,
    Listing,
    ListingFilter,
    Order,
    Page,
    PayoutRow,
    Step,
    Transfer,
    Withdrawal,
)
from frontend.store.columns import MAX_UINT256
from frontend.store.models import AppCurrency, AppFollower

ETH = "0x" + "0" * 40
PER_PAGE = 24
MAX_LIST = 500

NEWEST = (listings.c.opened_block.desc(), listings.c.opened_log_index.desc())
LISTING_SORTS: dict[str, tuple[Any, ...]] = {
    "new": NEWEST,
    "price_up": (listings.c.unit_price_units, listings.c.id),
    "price_down": (listings.c.unit_price_units.desc(), listings.c.id.desc()),
    "sold": (listings.c.quantity_sold.desc(), *NEWEST),
}
COMMUNITY_SORTS: dict[str, tuple[Any, ...]] = {
    "new": (communities.c.id.desc(),),
    "name": (communities.c.name, communities.c.id),
    "holders": (communities.c.holder_count.desc(), communities.c.id.desc()),
}


class Queries:
    """Reads of one database. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def head(self) -> Head | None:
        """Give how far the index is; None before the first block is in."""
        with self._engine.connect() as connection:
            row = connection.execute(select(cursor)).one_or_none()
            if row is None:
                return None
            follower = connection.execute(select(AppFollower.__table__)).one_or_none()
        if follower is None:
            return Head(row.number, row.hash, row.timestamp_ts, row.genesis_hash, None, False, None, "starting")
        return Head(
            row.number,
            row.hash,
            row.timestamp_ts,
            row.genesis_hash,
            follower.seen_at_ts,
            follower.node_ok,
            follower.node_number,
            follower.status,
            follower.detail,
        )

    def communities(self, q: str = "", sort: str = "new", page: int = 1, per_page: int = PER_PAGE) -> Page[Community]:
        """List communities; the platform is none of them. Args: sort is new, name or holders."""
        found = community_rows().where(communities.c.id != 0)
        words = matches(q, communities.c.name, communities.c.symbol, contents.c.title, contents.c.text)
        if words is not None:
            found = found.where(words)
        order = COMMUNITY_SORTS.get(sort, COMMUNITY_SORTS["new"])
        with self._engine.connect() as connection:
            return paged(connection, found, order, page, per_page, community_of)

    def community(self, community_id: int) -> Community | None:
        """Give a community, or the platform for id 0."""
        community_id = _known_size(community_id)
        with self._engine.connect() as connection:
            row = connection.execute(community_rows().where(communities.c.id == community_id)).one_or_none()
        return None if row is None else community_of(row)

    def communities_of(self, steward: str) -> list[Community]:
        """List what an account is the steward of, the platform (id 0) included."""
        return self._communities(communities.c.steward == steward.lower())

    def communities_offered_to(self, account: str) -> list[Community]:
        """List whose stewardship is offered to an account."""
        return self._communities(communities.c.pending_steward == account.lower())

    def _communities(self, condition: Any) -> list[Community]:
        found = community_rows().where(condition).order_by(communities.c.id).limit(MAX_LIST)
        with self._engine.connect() as connection:
            return [community_of(row) for row in connection.execute(found)]

    def holders(self, community_id: int, page: int = 1, per_page: int = 50) -> Page[Holder]:
        """List who holds a community's token, the largest first."""
        community_id = _known_size(community_id)
        with self._engine.connect() as connection:
            found = select(communities.c.token, communities.c.supply_units, communities.c.holder_count)
            row = connection.execute(found.where(communities.c.id == community_id)).one_or_none()
            if row is None or row.token is None:
                return Page([], 1, 1, 0)
            supply = max(1, row.supply_units)
            return paged(
                connection,
                select(balances).where(balances.c.token == row.token),
                (balances.c.balance_units.desc(), balances.c.account.desc()),
                page,
                per_page,
                lambda held: Holder(held.account, held.balance_units, held.balance_units * 10_000 // supply),
                total=row.holder_count,
            )

    def balance(self, token: str, account: str) -> int:
        """Give what an account holds of a community's token, smallest unit."""
        found = select(balances.c.balance_units).where(
            balances.c.token == token.lower(), balances.c.account == account.lower()
        )
        with self._engine.connect() as connection:
            return connection.execute(found).scalar_one_or_none() or 0

    def listings(
        self, wanted: ListingFilter, sort: str = "new", page: int = 1, per_page: int = PER_PAGE
    ) -> Page[Listing]:
        """List listings. Args: sort is new, price_up, price_down or sold."""
        found = _filtered(listing_rows(), wanted)
        order = LISTING_SORTS.get(sort, LISTING_SORTS["new"])
        with self._engine.connect() as connection:
            return paged(connection, found, order, page, per_page, listing_of)

    def listing(self, listing_id: str) -> Listing | None:
        """Give a listing by its id."""
        with self._engine.connect() as connection:
            row = connection.execute(listing_rows().where(listings.c.id == listing_id.lower())).one_or_none()
        return None if row is None else listing_of(row)

    def orders(
        self, account: str, role: str = "buyer", state: str | None = None, page: int = 1, per_page: int = PER_PAGE
    ) -> Page[Order]:
        """List an account's orders, the newest first.

        Args: role is buyer, seller or arbiter (the backup too); state is open, disputed (contested too), done or None.
        """
        found = order_rows().join(order_roles, order_roles.c.order_key == orders.c.key)
        found = found.where(order_roles.c.account == account.lower(), order_roles.c.role == role)
        if state == "disputed":
            found = found.where(order_roles.c.is_disputed.is_(True))
        elif state in ("open", "done"):
            found = found.where(order_roles.c.is_open.is_(state == "open"))
        order = (order_roles.c.funded_block.desc(), order_roles.c.funded_log_index.desc())
        with self._engine.connect() as connection:
            return paged(connection, found, order, page, per_page, order_of)

    def open_disputes(self, arbiter: str, page: int = 1, per_page: int = PER_PAGE) -> Page[Order]:
        """List the orders in dispute that an account may be asked to rule on."""
        return self.orders(arbiter, "arbiter", "disputed", page, per_page)

    def orders_of_listing(self, listing_id: str, page: int = 1, per_page: int = PER_PAGE) -> Page[Order]:
        """List the orders on a listing, the newest first."""
        found = order_rows().where(orders.c.listing_id == listing_id.lower())
        order = (orders.c.funded_block.desc(), orders.c.funded_log_index.desc())
        with self._engine.connect() as connection:
            return paged(connection, found, order, page, per_page, order_of)

    def order(self, key: str) -> Order | None:
        """Give an order by its key."""
        return self._order(orders.c.key == key.lower())

    def order_by_tx(self, tx_hash: str) -> Order | None:
        """Give the order that a transaction paid for, or else one that it changed."""
        tx_hash = tx_hash.lower()
        found = self._order(orders.c.tx_hash == tx_hash)
        if found is not None:
            return found
        with self._engine.connect() as connection:
            subjects = select(events.c.subject).where(events.c.tx_hash == tx_hash, events.c.name.in_(STEP_NAMES))
            subject = connection.execute(subjects.order_by(events.c.log_index).limit(1)).scalar_one_or_none()
        return None if subject is None else self.order(subject)

    def _order(self, condition: Any) -> Order | None:
        found = order_rows().where(condition).order_by(orders.c.funded_block, orders.c.funded_log_index).limit(1)
        with self._engine.connect() as connection:
            row = connection.execute(found).one_or_none()
        return None if row is None else order_of(row)

    def timeline(self, key: str) -> list[Step]:
        """List what happened to an order, the oldest first."""
        return [step_of(row) for row in self._events_about(key, tuple(STEP_NAMES))]

    def payouts(self, source: str) -> list[PayoutRow]:
        """List who was credited from a source (an order's key), in the order of the events."""
        return [payout for row in self._events_about(source, ("CreditsAdded",)) for payout in payouts_of(row)]

    def evidence(self, key: str) -> list[Evidence]:
        """List what the parties showed to an order's arbiter, the oldest first."""
        return [evidence_of(row) for row in self._events_about(key, ("Evidence",))]

    def _events_about(self, subject: str, names: tuple[str, ...]) -> list[Any]:
        found = select(events).where(events.c.subject == subject.lower(), events.c.name.in_(names))
        with self._engine.connect() as connection:
            return list(connection.execute(found.order_by(events.c.block, events.c.log_index).limit(MAX_LIST)))

    def credits(self, account: str) -> list[Credit]:
        """List what the Market owes to an account, by currency."""
        found = select(credits).where(credits.c.account == account.lower()).order_by(credits.c.currency).limit(MAX_LIST)
        with self._engine.connect() as connection:
            return [Credit(row.currency, row.amount_units) for row in connection.execute(found)]

    def withdrawals(self, account: str, page: int = 1, per_page: int = PER_PAGE) -> Page[Withdrawal]:
        """List what was taken out of an account's credit, the newest first."""
        found = select(events).where(events.c.subject == account.lower(), events.c.name == "CreditWithdrawn")
        order = (events.c.block.desc(), events.c.log_index.desc())
        with self._engine.connect() as connection:
            return paged(connection, found, order, page, per_page, withdrawal_of)

    def transfers(self, community_id: int, page: int = 1, per_page: int = 50) -> Page[Transfer]:
        """List how a community's token moved, the newest first."""
        community_id = _known_size(community_id)
        with self._engine.connect() as connection:
            about = select(communities.c.token, communities.c.transfer_count).where(communities.c.id == community_id)
            row = connection.execute(about).one_or_none()
            if row is None or row.token is None:
                return Page([], 1, 1, 0)
            found = select(events).where(events.c.address == row.token, events.c.name == "Transfer")
            order = (events.c.block.desc(), events.c.log_index.desc())
            return paged(connection, found, order, page, per_page, transfer_of, total=row.transfer_count)

    def currency(self, address: str) -> Currency:
        """Say how a currency is written; one that nobody knows is written in its smallest units."""
        address = address.lower()
        if address == ETH:
            return Currency(ETH, "ETH", 18, "Ether", "eth")
        with self._engine.connect() as connection:
            own = select(communities.c.name, communities.c.symbol).where(communities.c.token == address)
            community = connection.execute(own).one_or_none()
            if community is not None:
                return Currency(address, community.symbol, 18, community.name, "community")
            row = connection.execute(select(AppCurrency.__table__).where(AppCurrency.address == address)).one_or_none()
        if row is None:
            return Currency(address, f"{address[:6]}…{address[-4:]}", 0, "", "unknown")
        return Currency(address, row.symbol, row.decimals, row.name, "configured" if row.configured else "unknown")

    def transaction_events(self, tx_hash: str) -> bool:
        """Tell whether the index has seen events of a transaction."""
        found = select(events.c.block).where(events.c.tx_hash == tx_hash.lower()).limit(1)
        with self._engine.connect() as connection:
            return connection.execute(found).first() is not None

    def quarantined(self) -> int:
        """Count logs that could not be read, up to a thousand."""
        with self._engine.connect() as connection:
            return len(connection.execute(select(quarantine.c.block).limit(1000)).all())


def _filtered(found: Select[Any], wanted: ListingFilter) -> Select[Any]:
    """Keep what the filter wants."""
    words = matches(wanted.q, contents.c.title, contents.c.text, communities.c.name)
    if words is not None:
        found = found.where(words)
    if wanted.community_id is not None:
        found = found.where(listings.c.community_id == _known_size(wanted.community_id))
    for column, value in (
        (listings.c.kind, wanted.kind),
        (listings.c.currency, wanted.currency and wanted.currency.lower()),
        (listings.c.seller, wanted.seller and wanted.seller.lower()),
        (listings.c.only_buyer, wanted.only_buyer and wanted.only_buyer.lower()),
    ):
        if value:
            found = found.where(column == value)
    if wanted.min_price_units is not None:
        found = found.where(listings.c.unit_price_units >= _in_range(wanted.min_price_units))
    if wanted.max_price_units is not None:
        found = found.where(listings.c.unit_price_units <= _in_range(wanted.max_price_units))
    if wanted.available_only:
        now_ts = select(cursor.c.timestamp_ts).scalar_subquery()
        still_on_sale = or_(listings.c.valid_until_ts == 0, listings.c.valid_until_ts >= now_ts)
        found = found.where(listings.c.in_stock.is_(True), still_on_sale)
    return found


def _in_range(units: int) -> int:
    return max(0, min(units, MAX_UINT256))


def _known_size(community_id: int) -> int:
    """Give an id that the database can look for: nothing has the id -1."""
    return community_id if 0 <= community_id < 2**63 else -1
