"""What pages and services ask the index. SQL only: no node, and no statement that grows with the chain's history."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, Engine, Select, bindparam, func, or_, select, true

from frontend.index.claim_queries import ClaimQueries
from frontend.index.curve_queries import CurveQueries
from frontend.index.design_queries import DesignQueries
from frontend.index.desk_queries import DeskQueries
from frontend.index.file_queries import FileQueries
from frontend.index.member_queries import MemberQueries
from frontend.index.models import (
    OPEN_ORDER,
    balances,
    bonds,
    communities,
    credits,
    cursor,
    events,
    listings,
    order_roles,
    orders,
    quarantine,
    token_days,
)
from frontend.index.notice_queries import NoticeQueries
from frontend.index.persona_queries import PersonaQueries
from frontend.index.proposal_queries import ProposalQueries
from frontend.index.review_queries import ReviewQueries
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
from frontend.index.selects import community_rows, leafed, listing_rows, order_rows, paged, picked
from frontend.index.split_queries import SplitQueries
from frontend.index.views import (
    Bond,
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
    TokenDay,
    Transfer,
    Withdrawal,
)
from frontend.search.found import communities_found, listings_found
from frontend.search.wanted import wanted as wanted_words
from frontend.store.columns import MAX_UINT256
from frontend.store.models import AppCurrency, AppFollower

ETH = "0x" + "0" * 40
PER_PAGE = 24
MAX_LIST = 500
MAX_DAYS = 20_000
BEST = "best"

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


_follower = AppFollower.__table__
HEAD = select(
    *(cursor.c[name] for name in ("number", "hash", "timestamp_ts", "genesis_hash")),
    *(_follower.c[name] for name in ("seen_at_ts", "node_ok", "node_number", "status", "detail")),
).select_from(cursor.outerjoin(_follower, true()))
COMMUNITY = community_rows().where(communities.c.id == bindparam("id"))
LISTING = listing_rows().where(listings.c.id == bindparam("id"))
COMMUNITY_NAMES = select(communities.c.id, communities.c.name).where(communities.c.id != 0)
COMMUNITY_NAMES = COMMUNITY_NAMES.order_by(communities.c.name, communities.c.id).limit(bindparam("most"))
OWN_TOKENS = select(communities.c.token, communities.c.symbol, communities.c.name)
OWN_TOKENS = OWN_TOKENS.where(communities.c.token.in_(bindparam("tokens", expanding=True)))
OTHER_TOKENS = select(AppCurrency.__table__)
OTHER_TOKENS = OTHER_TOKENS.where(AppCurrency.address.in_(bindparam("tokens", expanding=True)))


class Queries(
    SplitQueries,
    PersonaQueries,
    ClaimQueries,
    CurveQueries,
    MemberQueries,
    ProposalQueries,
    DeskQueries,
    FileQueries,
    NoticeQueries,
    ReviewQueries,
    DesignQueries,
):
    """Reads of one database. Safe to share between threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def _connect(self) -> AbstractContextManager[Connection]:
        """Give a connection to read from."""
        return self._engine.connect()

    def head(self) -> Head | None:
        """Give how far the index is; None before the first block is in."""
        with self._connect() as connection:
            row = connection.execute(HEAD).one_or_none()
        if row is None:
            return None
        if row.status is None:  # no follower has written yet
            return Head(row.number, row.hash, row.timestamp_ts, row.genesis_hash, None, False, None, "starting")
        return Head(*row)

    def communities(self, q: str = "", sort: str = "new", page: int = 1, per_page: int = PER_PAGE) -> Page[Community]:
        """List communities; the platform is none of them. Args: sort is new, name, holders, or best for a search."""
        order = COMMUNITY_SORTS.get(sort, COMMUNITY_SORTS["new"])
        words = wanted_words(q)
        with self._connect() as connection:
            if words is None:
                found = community_rows().where(communities.c.id != 0)
                return paged(connection, found, order, page, per_page, community_of)
            best = communities_found(connection, words, ranked=sort == BEST)
            ids = select(communities.c.id).join(best, best.c.id == communities.c.id).where(communities.c.id != 0)
            ids = ids.order_by(*((best.c.score.desc(), *order) if sort == BEST else order))
            return picked(connection, ids, community_rows(), communities.c.id, page, per_page, community_of)

    def community(self, community_id: int) -> Community | None:
        """Give a community, or the platform for id 0."""
        community_id = _known_size(community_id)
        with self._connect() as connection:
            row = connection.execute(COMMUNITY, {"id": community_id}).one_or_none()
        return None if row is None else community_of(row)

    def community_names(self, most: int = 100) -> list[tuple[int, str]]:
        """List communities by name, for a form to choose from: id and name."""
        with self._connect() as connection:
            return [(row.id, row.name) for row in connection.execute(COMMUNITY_NAMES, {"most": most})]

    def communities_of(self, steward: str) -> list[Community]:
        """List what an account is the steward of, the platform (id 0) included."""
        return self._communities(communities.c.steward == steward.lower())

    def communities_offered_to(self, account: str) -> list[Community]:
        """List whose stewardship is offered to an account."""
        return self._communities(communities.c.pending_steward == account.lower())

    def communities_with(self, ids: Iterable[int]) -> list[Community]:
        """List the communities that have these numbers, in their order; numbers of none are passed over."""
        return self._communities(communities.c.id.in_([number for number in ids if number < 2**63]))

    def _communities(self, condition: Any) -> list[Community]:
        found = community_rows().where(condition).order_by(communities.c.id).limit(MAX_LIST)
        with self._connect() as connection:
            return [community_of(row) for row in connection.execute(found)]

    def holders(self, community_id: int, page: int = 1, per_page: int = 50) -> Page[Holder]:
        """List who holds a community's token, the largest first."""
        community_id = _known_size(community_id)
        with self._connect() as connection:
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

    def token_history(self, community_id: int) -> list[TokenDay]:
        """List the days on which a community's token moved, the oldest first; there is one row a day at most."""
        community_id = _known_size(community_id)
        found = select(token_days).join(communities, communities.c.token == token_days.c.token)
        found = found.where(communities.c.id == community_id).order_by(token_days.c.day.desc()).limit(MAX_DAYS)
        with self._connect() as connection:
            rows = connection.execute(found).all()
        days = [TokenDay(row.day, row.supply_units, row.holder_count, row.transfer_count) for row in rows]
        return days[::-1]

    def balance(self, token: str, account: str) -> int:
        """Give what an account holds of a community's token, smallest unit."""
        found = select(balances.c.balance_units).where(
            balances.c.token == token.lower(), balances.c.account == account.lower()
        )
        with self._connect() as connection:
            return connection.execute(found).scalar_one_or_none() or 0

    def tokens_held(self, account: str, most: int) -> list[Community]:
        """List communities of whose token an account holds some, the oldest first."""
        held = community_rows().join(balances, balances.c.token == communities.c.token)
        held = held.where(balances.c.account == account.lower()).order_by(communities.c.id).limit(most)
        with self._connect() as connection:
            return [community_of(row) for row in connection.execute(held)]

    def listings(
        self, wanted: ListingFilter, sort: str = "new", page: int = 1, per_page: int = PER_PAGE
    ) -> Page[Listing]:
        """List listings. Args: sort is new, price_up, price_down, sold, or best for a search."""
        order = LISTING_SORTS.get(sort, LISTING_SORTS["new"])
        words = wanted_words(wanted.q)
        with self._connect() as connection:
            if words is None:
                ids = _filtered(select(listings.c.id), wanted)
                return leafed(connection, ids, listing_rows(), order, page, per_page, listing_of)
            best = listings_found(connection, words, ranked=sort == BEST)
            ids = _filtered(select(listings.c.id).join(best, best.c.id == listings.c.id), wanted)
            ids = ids.order_by(*((best.c.score.desc(), *order) if sort == BEST else order))
            return picked(connection, ids, listing_rows(), listings.c.id, page, per_page, listing_of)

    def listing(self, listing_id: str) -> Listing | None:
        """Give a listing by its id."""
        with self._connect() as connection:
            row = connection.execute(LISTING, {"id": listing_id.lower()}).one_or_none()
        return None if row is None else listing_of(row)

    def orders(
        self, account: str, role: str = "buyer", state: str | None = None, page: int = 1, per_page: int = PER_PAGE
    ) -> Page[Order]:
        """List an account's orders, the newest first; of disputed ones the oldest 500, the first due first.

        Args: role is buyer, seller or arbiter (the backup too); state is open, disputed (contested too), done or None.
        """
        mine = (order_roles.c.account == account.lower(), order_roles.c.role == role)
        order: tuple[Any, ...]
        if state == "disputed":
            # a dispute waits for somebody: what is due first stands first
            oldest = select(order_roles.c.order_key).where(*mine, order_roles.c.is_disputed.is_(True))
            oldest = oldest.order_by(order_roles.c.funded_block, order_roles.c.funded_log_index).limit(MAX_LIST)
            found = order_rows().where(orders.c.key.in_(oldest))
            order = (orders.c.clock_ts, orders.c.key)
        else:
            found = order_rows().join(order_roles, order_roles.c.order_key == orders.c.key).where(*mine)
            if state in ("open", "done"):
                found = found.where(order_roles.c.is_open.is_(state == "open"))
            order = (order_roles.c.funded_block.desc(), order_roles.c.funded_log_index.desc())
        with self._connect() as connection:
            return paged(connection, found, order, page, per_page, order_of)

    def open_disputes(self, arbiter: str, page: int = 1, per_page: int = PER_PAGE) -> Page[Order]:
        """List the orders in dispute that an account may be asked to rule on."""
        return self.orders(arbiter, "arbiter", "disputed", page, per_page)

    def orders_of_listing(self, listing_id: str, page: int = 1, per_page: int = PER_PAGE) -> Page[Order]:
        """List the orders on a listing, the newest first."""
        found = order_rows().where(orders.c.listing_id == listing_id.lower())
        order = (orders.c.funded_block.desc(), orders.c.funded_log_index.desc())
        with self._connect() as connection:
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
        with self._connect() as connection:
            subjects = select(events.c.subject).where(events.c.tx_hash == tx_hash, events.c.name.in_(STEP_NAMES))
            subject = connection.execute(subjects.order_by(events.c.log_index).limit(1)).scalar_one_or_none()
        return None if subject is None else self.order(subject)

    def _order(self, condition: Any) -> Order | None:
        found = order_rows().where(condition).order_by(orders.c.funded_block, orders.c.funded_log_index).limit(1)
        with self._connect() as connection:
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
        with self._connect() as connection:
            return list(connection.execute(found.order_by(events.c.block, events.c.log_index).limit(MAX_LIST)))

    def credits(self, account: str) -> list[Credit]:
        """List what the Market owes to an account, by currency."""
        found = select(credits).where(credits.c.account == account.lower()).order_by(credits.c.currency).limit(MAX_LIST)
        with self._connect() as connection:
            return [Credit(row.currency, row.amount_units) for row in connection.execute(found)]

    def credits_of(self, accounts: Sequence[str]) -> dict[str, list[Credit]]:
        """List what the Market owes to each of several accounts, by currency; one without credit is left out."""
        chosen = credits.c.account.in_([account.lower() for account in accounts])
        found = select(credits).where(chosen).order_by(credits.c.account, credits.c.currency).limit(MAX_LIST)
        rows: dict[str, list[Credit]] = {}
        with self._connect() as connection:
            for row in connection.execute(found):
                rows.setdefault(row.account, []).append(Credit(row.currency, row.amount_units))
        return rows

    def bonds_of(self, account: str) -> list[Bond]:
        """List an account's free bonds, by currency."""
        found = select(bonds).where(bonds.c.account == account.lower()).order_by(bonds.c.currency).limit(MAX_LIST)
        with self._connect() as connection:
            return [Bond(row.currency, row.free_units) for row in connection.execute(found)]

    def bond_of(self, account: str, currency: str) -> int:
        """Give an account's free bond, smallest unit of the currency."""
        found = select(bonds.c.free_units).where(
            bonds.c.account == account.lower(), bonds.c.currency == currency.lower()
        )
        with self._connect() as connection:
            return connection.execute(found).scalar_one_or_none() or 0

    def open_quantity(self, listing_id: str, first_holder: str) -> int:
        """Give how many units a first holder has in open orders on a listing."""
        found = select(func.coalesce(func.sum(orders.c.quantity), 0)).where(
            orders.c.listing_id == listing_id.lower(), orders.c.first_holder == first_holder.lower(), OPEN_ORDER
        )
        with self._connect() as connection:
            return int(connection.execute(found).scalar_one())

    def withdrawals(self, account: str, page: int = 1, per_page: int = PER_PAGE) -> Page[Withdrawal]:
        """List what was taken out of an account's credit, the newest first."""
        found = select(events).where(events.c.subject == account.lower(), events.c.name == "CreditWithdrawn")
        order = (events.c.block.desc(), events.c.log_index.desc())
        with self._connect() as connection:
            return paged(connection, found, order, page, per_page, withdrawal_of)

    def transfers(self, community_id: int, page: int = 1, per_page: int = 50) -> Page[Transfer]:
        """List how a community's token moved, the newest first."""
        community_id = _known_size(community_id)
        with self._connect() as connection:
            about = select(communities.c.token, communities.c.transfer_count).where(communities.c.id == community_id)
            row = connection.execute(about).one_or_none()
            if row is None or row.token is None:
                return Page([], 1, 1, 0)
            found = select(events).where(events.c.address == row.token, events.c.name == "Transfer")
            order = (events.c.block.desc(), events.c.log_index.desc())
            return paged(connection, found, order, page, per_page, transfer_of, total=row.transfer_count)

    def currency(self, address: str) -> Currency:
        """Say how a currency is written; one that nobody knows is written in its smallest units."""
        return self.currencies([address])[address]

    def currencies(self, addresses: Sequence[str]) -> dict[str, Currency]:
        """Say how each currency is written, by the address as it was given."""
        tokens = {address.lower() for address in addresses} - {ETH}
        known = {ETH: Currency(ETH, "ETH", 18, "Ether", "eth")}
        if tokens:
            with self._connect() as connection:
                for row in connection.execute(OWN_TOKENS, {"tokens": list(tokens)}):
                    known[row.token] = Currency(row.token, row.symbol, 18, row.name, "community")
                if others := list(tokens - known.keys()):
                    for row in connection.execute(OTHER_TOKENS, {"tokens": others}):
                        kind = "configured" if row.configured else "unknown"
                        known[row.address] = Currency(row.address, row.symbol, row.decimals, row.name, kind)
        return {address: known.get(address.lower()) or _stranger(address.lower()) for address in addresses}

    def transaction_events(self, tx_hash: str) -> bool:
        """Tell whether the index has seen events of a transaction."""
        found = select(events.c.block).where(events.c.tx_hash == tx_hash.lower()).limit(1)
        with self._connect() as connection:
            return connection.execute(found).first() is not None

    def quarantined(self) -> int:
        """Count logs that could not be read, up to a thousand."""
        with self._connect() as connection:
            return len(connection.execute(select(quarantine.c.block).limit(1000)).all())


def _filtered(found: Select[Any], wanted: ListingFilter) -> Select[Any]:
    """Keep what the filter wants."""
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


def _stranger(address: str) -> Currency:
    return Currency(address, f"{address[:6]}…{address[-4:]}", 0, "", "unknown")


def _in_range(units: int) -> int:
    return max(0, min(units, MAX_UINT256))


def _known_size(community_id: int) -> int:
    """Give an id that the database can look for: nothing has the id -1."""
    return community_id if 0 <= community_id < 2**63 else -1
