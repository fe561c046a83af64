"""What a seller's desk and a buyer's library read beside lists of orders: sales, and books for files."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Sale:
    """A paid order as a chart counts it. Units are what was paid, smallest unit of the currency."""

    at_ts: int
    currency: str
    paid_units: int
    quantity: int


@dataclass(frozen=True)
class BookedOrder:
    """An order with all that a line of a file says about it.

    terms: the listing's, as the index keeps them. title: None where this server has no description of it.
    """

    key: str
    listing_id: str
    title: str | None
    kind: str
    seller: str
    holder: str
    first_holder: str
    community_id: int
    currency: str
    terms: dict[str, Any]
    referrer: str | None
    quantity: int
    paid_units: int
    amount_units: int  # still in escrow
    state: str
    funded_at_ts: int
    block: int
    tx_hash: str


@dataclass(frozen=True)
class BookedPayout:
    """What one event credited: pairs of account and smallest units, in the order of the event."""

    order_key: str
    at_ts: int
    block: int
    log_index: int
    tx_hash: str
    payouts: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Books:
    """Orders by their key, the oldest first; what they paid out, in the order of the chain; who held them meanwhile."""

    orders: dict[str, BookedOrder]
    payouts: list[BookedPayout]
    holders: dict[str, frozenset[str]]
