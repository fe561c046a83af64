"""What the index answers about reviews: frozen rows of plain values, as in views.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

ETH = "0x" + "0" * 40
ETH_ONLY: Mapping[str, Fraction] = {ETH: Fraction(1)}  # wei that the smallest unit of a currency weighs


@dataclass(frozen=True)
class Review:
    """What one side of a finished order says about the other, who is its seller or its buyer by `role`."""

    order_key: str
    role: str
    about: str
    reviewer: str
    rating: int
    hash: str | None
    currency: str
    earned_units: int
    said_at_ts: int
    tx_hash: str
    reply_hash: str | None
    replied_at_ts: int  # 0 = not yet
    reply_tx: str | None
    listing_id: str = ""
    title: str = ""


@dataclass(frozen=True)
class Rating:
    """Reviews of one account on one side, added up. Means are two whole numbers each: a sum, and what to divide it by.

    The weighted one knows each reviewer once: his last rating, with the largest sum that an order he reviewed brought its
    seller. Who has dealt with nobody but the account weighs nothing.
    """

    reviews: int = 0
    ratings_sum: int = 0
    replies: int = 0
    reviewers: int = 0
    weighing: int = 0  # reviewers whose weight is not 0
    weight_wei: int = 0
    weighted_sum: int = 0
    capped: bool = False  # there are more reviews, older than those that were counted


@dataclass(frozen=True)
class Outcomes:
    """What became of an account's orders on one side. Those that were cancelled before anybody had accepted count nowhere."""

    open: int = 0
    disputed: int = 0  # of the open ones
    completed: int = 0
    refunded: int = 0
    settled: int = 0  # divided by agreement
    ruled_for_buyer: int = 0  # all of what was left
    ruled_for_seller: int = 0
    ruled_between: int = 0  # something to each


@dataclass(frozen=True)
class Side:
    """An account as a seller, or as a buyer."""

    rating: Rating = field(default_factory=Rating)
    orders: Outcomes = field(default_factory=Outcomes)


@dataclass(frozen=True)
class Reputation:
    """All that others' words and its own orders say of an account."""

    account: str
    as_seller: Side
    as_buyer: Side
