"""What pages and services ask the index about reviews. Mixed into Queries.

How a review weighs is written in docs/reviews.md. All of it is whole numbers; a voice's weight is rounded down to the wei.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, and_, case, exists, func, literal, or_, select

from frontend.index.models import listings, order_roles, orders, reviews
from frontend.index.persona_views import PersonaHolding
from frontend.index.review_views import ETH_ONLY, Outcomes, Rating, Reputation, Review, Side
from frontend.index.selects import contents, paged
from frontend.index.views import Page

PER_PAGE = 24
MAX_COUNTED = 10_000
ROLES = ("seller", "buyer")
PAID_STATES = ("completed", "resolved")
ALL_OF_IT = 10_000  # basis points
NEWEST = (reviews.c.block.desc(), reviews.c.log_index.desc())
NAMES = (
    "order_key", "role", "about", "reviewer", "rating", "hash", "currency", "earned_units", "said_at_ts", "tx_hash",
    "reply_hash", "replied_at_ts", "reply_tx",
)  # fmt: skip
REVIEW_ROWS = select(
    *(reviews.c[name] for name in NAMES), orders.c.listing_id, func.coalesce(contents.c.title, "").label("title")
).select_from(
    reviews.join(orders, orders.c.key == reviews.c.order_key)
    .join(listings, listings.c.id == orders.c.listing_id)
    .outerjoin(contents, contents.c.hash == listings.c.content_hash)
)
OUTCOME = case(
    (orders.c.state.in_(("contested", "disputed")), literal("disputed")),
    (orders.c.state.in_(("funded", "accepted", "delivered")), literal("open")),
    (orders.c.state != "resolved", orders.c.state),
    (orders.c.ruled_bps_to_buyer.is_(None), literal("settled")),
    (orders.c.ruled_bps_to_buyer == ALL_OF_IT, literal("ruled_for_buyer")),
    (orders.c.ruled_bps_to_buyer == 0, literal("ruled_for_seller")),
    else_=literal("ruled_between"),
)


class ReviewQueries:
    """Reads about reviews."""

    _connect: Callable[[], AbstractContextManager[Connection]]  # Queries, which inherits this, has it

    def reviews_of_order(self, order_key: str) -> dict[str, Review]:
        """Give what was said about an order's sides, by the role of whom it is about; none, one or two."""
        found = REVIEW_ROWS.where(reviews.c.order_key == order_key.lower())
        with self._connect() as connection:
            return {row.role: _review(row) for row in connection.execute(found)}

    def reviews_about(self, account: str, role: str, page: int = 1, per_page: int = PER_PAGE) -> Page[Review]:
        """List what is said about an account as a seller or buyer, the newest first."""
        found = REVIEW_ROWS.where(reviews.c.about == account.lower(), reviews.c.role == role)
        with self._connect() as connection:
            return paged(connection, found, NEWEST, page, per_page, _review)

    def reputation(self, account: str, weights: Mapping[str, Fraction] = ETH_ONLY) -> Reputation:
        """Give what others say about an account, and what became of its orders; at most MAX_COUNTED of each are looked at,
        the newest.

        Args: weights is how many wei a currency's smallest unit weighs; what is not among them weighs nothing.
        """
        return Reputation(account.lower(), *(self.side(account, role, weights) for role in ROLES))

    def side(self, account: str, role: str, weights: Mapping[str, Fraction] = ETH_ONLY) -> Side:
        """Give the same for its sales alone, or its purchases. Args: role is "seller" or "buyer"."""
        account = account.lower()
        with self._connect() as connection:
            return Side(_rating(connection, account, role, weights), _outcomes(connection, account, role))

    def ratings_in(self, holding: PersonaHolding, weights: Mapping[str, Fraction] = ETH_ONLY) -> dict[str, Rating]:
        """Give what others said about a persona's holder in his time, by the side it is about."""
        with self._connect() as connection:
            return {role: _rating(connection, holding.holder, role, weights, holding) for role in ROLES}


def _review(row: Any) -> Review:
    return Review(*row)


def _rating(
    connection: Connection,
    account: str,
    role: str,
    weights: Mapping[str, Fraction],
    holding: PersonaHolding | None = None,
) -> Rating:
    mine = [reviews.c.about == account, reviews.c.role == role]
    if holding is not None:
        mine += _within(holding)
    columns = (reviews.c[name] for name in ("reviewer", "rating", "currency", "earned_units", "replied_at_ts"))
    found = select(*columns).where(*mine).order_by(*NEWEST).limit(MAX_COUNTED + 1)
    rows = connection.execute(found).all()
    capped, rows = len(rows) > MAX_COUNTED, rows[:MAX_COUNTED]
    if not rows:
        return Rating()
    last: dict[str, int] = {}
    weight_wei: dict[str, int] = {}
    for row in rows:
        last.setdefault(row.reviewer, row.rating)
        weight = weights.get(row.currency, Fraction(0))
        value_wei = row.earned_units * weight.numerator // weight.denominator
        weight_wei[row.reviewer] = max(weight_wei.get(row.reviewer, 0), value_wei)
    heard = _with_others(connection, account, mine)
    weighing = [one for one, value_wei in weight_wei.items() if value_wei and one in heard]
    return Rating(
        reviews=len(rows),
        ratings_sum=sum(row.rating for row in rows),
        replies=sum(1 for row in rows if row.replied_at_ts),
        reviewers=len(last),
        weighing=len(weighing),
        weight_wei=sum(weight_wei[one] for one in weighing),
        weighted_sum=sum(weight_wei[one] * last[one] for one in weighing),
        capped=capped,
    )


def _with_others(connection: Connection, account: str, mine: Iterable[Any]) -> set[str]:
    """Give the reviewers who have a finished order with somebody else that brought its seller something."""
    newest = select(reviews.c.reviewer).where(*mine).order_by(*NEWEST).limit(MAX_COUNTED).subquery()
    reviewers = select(newest.c.reviewer).distinct().subquery()
    somebody_else = or_(
        and_(order_roles.c.role == "buyer", listings.c.seller != account),
        and_(order_roles.c.role == "seller", orders.c.holder != account),
    )
    such = (
        select(literal(1))
        .select_from(
            order_roles.join(orders, orders.c.key == order_roles.c.order_key).join(
                listings, listings.c.id == orders.c.listing_id
            )
        )
        .where(
            order_roles.c.account == reviewers.c.reviewer,
            order_roles.c.role.in_(ROLES),
            orders.c.state.in_(PAID_STATES),
            orders.c.returned_units < orders.c.paid_units,
            somebody_else,
        )
    )
    return set(connection.execute(select(reviewers.c.reviewer).where(exists(such))).scalars())


def _within(holding: PersonaHolding) -> list[Any]:
    """Keep what was said in a holder's time."""
    after = _behind(holding.from_block, holding.from_log_index)
    if holding.until_block is None or holding.until_log_index is None:
        return [after]
    return [after, ~_behind(holding.until_block, holding.until_log_index)]


def _behind(block: int, log_index: int) -> Any:
    return or_(reviews.c.block > block, and_(reviews.c.block == block, reviews.c.log_index > log_index))


def _outcomes(connection: Connection, account: str, role: str) -> Outcomes:
    newest = (order_roles.c.funded_block.desc(), order_roles.c.funded_log_index.desc())
    states = (
        select(OUTCOME.label("outcome"))
        .join(order_roles, order_roles.c.order_key == orders.c.key)
        .where(order_roles.c.account == account, order_roles.c.role == role)
        .order_by(*newest)
        .limit(MAX_COUNTED)
        .subquery()
    )
    rows = connection.execute(select(states.c.outcome, func.count()).group_by(states.c.outcome))
    found: dict[str, int] = dict(map(tuple, rows))
    found.pop("cancelled", None)
    found["open"] = found.get("open", 0) + found.get("disputed", 0)
    return Outcomes(**found)
