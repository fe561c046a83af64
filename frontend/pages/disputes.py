"""The two sides of a dispute, and what a ruling would do, as the dispute page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from frontend.extensions import services
from frontend.index.views import Evidence, Order
from frontend.pages.layout import same_account
from frontend.pages.messages import picked_in
from frontend.services.content import WEBP
from frontend.services.division import Division, final_offers, is_final_offer, ruled
from frontend.services.message_proofs import Picked

EXAMPLES_BPS = (0, 5_000, 10_000)


@dataclass(frozen=True)
class Side:
    """One side. Offers say what they give to the buyer; None when there is none."""

    role: str  # "buyer" or "seller"
    account: str
    staked_units: int
    offer_units: int | None  # it stands now
    frozen_units: int | None  # a ruling may pick it
    statements: list[Evidence]


@dataclass(frozen=True)
class Outcome:
    """What a ruling of so much to the buyer does."""

    bps_to_buyer: int
    division: Division


@dataclass(frozen=True)
class Shown:
    """What is kept here of a piece of evidence: a text, a picture, or nothing. Parts are the text's words and picked messages."""

    text: str | None
    is_picture: bool
    parts: list[str | Picked]

    @property
    def has_picked(self) -> bool:
        """Tell whether a message was picked."""
        return any(isinstance(part, Picked) for part in self.parts)


def shown_of(order: Order, evidence: Sequence[Evidence]) -> dict[str, Shown]:
    """Give what can be shown of an order's evidence, by its hash."""
    contents = services.contents
    found = {}
    for row in evidence:
        text = contents.text_of(row.hash)
        parts = picked_in(order, text) if text else []
        found[row.hash] = Shown(text, contents.media_type(row.hash) == WEBP, parts)
    return found


def sides_of(order: Order, evidence: Sequence[Evidence]) -> tuple[Side, Side]:
    """Give the buyer's side and the seller's. What a former holder said is the buyer's."""
    seller = order.listing.seller
    frozen: tuple[int | None, int | None] = (None, None)
    if order.final_holder_units is not None and order.amount_units:
        frozen = final_offers(order)
    return (
        Side(
            "buyer",
            order.holder,
            order.stakes.holder_units,
            order.holders_offer_units,
            frozen[0],
            [row for row in evidence if not same_account(row.party, seller)],
        ),
        Side(
            "seller",
            seller,
            order.stakes.seller_units,
            order.sellers_offer_units,
            frozen[1],
            [row for row in evidence if same_account(row.party, seller)],
        ),
    )


def ruling_values(order: Order) -> dict[str, str]:
    """Give what the page's script needs to say what a ruling does, by the names of its data attributes."""
    buyers, sellers = final_offers(order) if is_final_offer(order) else ("", "")
    return {
        "amount": str(order.amount_units),
        "fee": str(order.listing.terms["arbiterFee"]),
        "platform": str(order.platform_fee_bps),
        "community": str(order.community_fee_bps),
        "referral": str(order.listing.terms["referralBps"] if order.referrer else 0),
        "buyers-offer": str(buyers),
        "sellers-offer": str(sellers),
    }


def outcomes_of(order: Order) -> list[Outcome]:
    """Give examples of rulings; with final offers, the two that a ruling can pick, the seller's first."""
    if not order.amount_units:
        return []
    if is_final_offer(order) and order.final_holder_units is not None:
        buyers, sellers = final_offers(order)
        units = order.amount_units
        # the offers themselves as rulings, rounded so that each picks itself
        picks = dict.fromkeys((sellers * 10_000 // units, -(-buyers * 10_000 // units)))
        return [Outcome(bps, ruled(order, bps)) for bps in picks]
    return [Outcome(bps, ruled(order, bps)) for bps in EXAMPLES_BPS]
