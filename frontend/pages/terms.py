"""A listing's terms under the names that pages use, from the dict that the index keeps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from frontend.index.views import Milestone


@dataclass(frozen=True)
class Terms:
    """What a page says about terms. Times in seconds, amounts in smallest units; None for "nobody"."""

    arbiter: str
    backup: str | None
    only_buyer: str | None
    arbiter_fee_units: int
    max_fee_bps: int
    accept_for_s: int
    deliver_for_s: int
    transit_for_s: int
    inspect_for_s: int
    rule_for_s: int
    valid_until_ts: int
    bond_bps: int
    referral_bps: int
    per_buyer: int  # most units of one buyer in open orders; 0 = any
    split_id: int
    split_version: int
    milestones: tuple[Milestone, ...]
    final_offer: bool
    buyer_level: int  # the lowest level of a buyer; 0 = anyone
    member_level: int  # from which members pay less; 0 = nobody does
    member_discount_bps: int


def terms_of(listing: Any) -> Terms:
    """Read a listing's terms."""
    found = listing.terms
    return Terms(
        arbiter=found["arbiter"],
        backup=_somebody(found["backupArbiter"]),
        only_buyer=_somebody(found["onlyBuyer"]),
        arbiter_fee_units=int(found["arbiterFee"]),
        max_fee_bps=int(found["maxFeeBps"]),
        accept_for_s=int(found["acceptFor"]),
        deliver_for_s=int(found["deliverFor"]),
        transit_for_s=int(found["transitFor"]),
        inspect_for_s=int(found["inspectFor"]),
        rule_for_s=int(found["ruleFor"]),
        valid_until_ts=int(found["validUntil"]),
        bond_bps=int(found["bondBps"]),
        referral_bps=int(found["referralBps"]),
        per_buyer=int(found["perBuyerOpenQuantity"]),
        split_id=int(found["splitId"]),
        split_version=int(found["splitVersion"]),
        milestones=listing.extras.milestones if listing.extras else (),
        final_offer=bool(listing.extras and listing.extras.final_offer),
        buyer_level=found["buyerLevel"],
        member_level=found["memberLevel"],
        member_discount_bps=found["memberDiscountBps"],
    )


def _somebody(address: str) -> str | None:
    return address if int(address, 16) else None
