"""From rows of the index to views."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from sqlalchemy import Row

from frontend.index.basis import basis_of
from frontend.index.file_views import SealedFile, Wrap
from frontend.index.selects import ASIDE, COMMUNITY, CONTENT, LISTING, ORDER, WRAP
from frontend.index.views import (
    Community,
    Description,
    Evidence,
    Listing,
    Order,
    PayoutRow,
    Stakes,
    Step,
    Transfer,
    Withdrawal,
)

COMMUNITY_WIDTH, LISTING_WIDTH, ORDER_WIDTH = len(COMMUNITY), len(LISTING), len(ORDER)
CONTENT_END = LISTING_WIDTH + len(CONTENT)
ORDER_NAMES, ASIDE_NAMES = [column.name for column in ORDER], [column.name for column in ASIDE]
SAME_NAMES = [part.name for part in fields(Order) if part.name in ORDER_NAMES and part.name != "purchase"]
STEP_NAMES = {
    "OrderFunded": "funded",
    "OrderAccepted": "accepted",
    "OrderDelivered": "delivered",
    "OrderContested": "contested",
    "OrderDisputed": "disputed",
    "Evidence": "evidence",
    "OrderReleased": "released",
    "OrderPartRefunded": "part_refunded",
    "MilestonePaid": "milestone_paid",
    "OrderExtended": "extended",
    "OrderTransferred": "transferred",
    "SettlementOffered": "settlement_offered",
    "SettlementWithdrawn": "settlement_withdrawn",
    "FinalOffersFrozen": "final_offers_frozen",
    "FinalOfferPicked": "final_offer_picked",
    "OrderCompleted": "completed",
    "OrderCancelled": "cancelled",
    "OrderRefunded": "refunded",
    "OrderResolved": "resolved",
    "OrderSettled": "settled",
    "CreditsAdded": "paid_out",
    "OrderKeyRefuted": "key_refuted",
    "KeyAsked": "key_asked",
    "KeyAnswered": "key_answered",
    "Reviewed": "reviewed",
    "Replied": "replied",
    "UnitsClaimed": "units_claimed",
}


def _description(found: Sequence[Any]) -> Description | None:
    """Give the joined description, None where this server has not got it."""
    content_hash, title, text, lang, picture_hash, tags, rules = found
    if content_hash is None:
        return None
    words = json.loads(tags) if tags else []
    return Description(content_hash, title or "", text or "", lang or "", picture_hash, words, rules or "")


def community_of(row: Row[Any]) -> Community:
    """Give a community."""
    return Community(*[*row[:COMMUNITY_WIDTH], _description(row[COMMUNITY_WIDTH:])])


def listing_of(row: Sequence[Any]) -> Listing:
    """Give a listing."""
    words = row[CONTENT_END:]
    file = None if words[0] is None else SealedFile(*words)
    return Listing(*[*row[:LISTING_WIDTH], _description(row[LISTING_WIDTH:CONTENT_END]), file])


def order_of(row: Row[Any]) -> Order:
    """Give an order with its listing."""
    order = dict(zip(ORDER_NAMES, row[:ORDER_WIDTH], strict=True))
    wrap_at = ORDER_WIDTH + len(ASIDE)
    aside, *wrap, refuted = row[ORDER_WIDTH:wrap_at], *row[wrap_at : wrap_at + len(WRAP)]
    listing = row[wrap_at + len(WRAP) :]
    extra = _aside(dict(zip(ASIDE_NAMES, aside, strict=True)), order)
    return Order(
        **{name: order[name] for name in SAME_NAMES},
        **extra,
        listing=listing_of(listing),
        purchase=json.loads(order["purchase"]),
        stakes=Stakes(order["holder_stake_units"], order["seller_stake_units"]),
        block=order["funded_block"],
        wrap=None if refuted is None else Wrap(*wrap),
        key_refuted=bool(refuted),
    )


def _aside(found: Mapping[str, Any], order: Mapping[str, Any]) -> dict[str, Any]:
    """Give what few orders have besides, without the offers that do not stand any more."""
    basis = None
    if found["holders_offer_basis"] or found["sellers_offer_basis"]:
        basis = basis_of(order["key"], order["holder"], order, found["handovers"])
    frozen = found["final_offers_frozen"]
    return {
        "referrer": found["referrer"],
        "extended_s": found["extended_s"] or 0,
        "handovers": found["handovers"] or 0,
        "sequence": found["sequence"] or 0,
        "holders_offer_units": found["holders_offer_units"]
        if basis and found["holders_offer_basis"] == basis
        else None,
        "sellers_offer_units": found["sellers_offer_units"]
        if basis and found["sellers_offer_basis"] == basis
        else None,
        "final_holder_units": found["final_holder_units"] if frozen else None,
        "final_seller_units": found["final_seller_units"] if frozen else None,
        "settled_units": found["settled_units"] if found["settled"] else None,
    }


def step_of(row: Row[Any]) -> Step:
    """Give an order's event as a step of its timeline."""
    return Step(STEP_NAMES[row.name], row.at_ts, row.block, row.tx_hash, json.loads(row.args))


def evidence_of(row: Row[Any]) -> Evidence:
    """Give what a party showed."""
    args = json.loads(row.args)
    return Evidence(args["party"], args["uri"], args["hash"], row.at_ts, row.tx_hash)


def payouts_of(row: Row[Any]) -> list[PayoutRow]:
    """Give everybody's share of one payout."""
    args = json.loads(row.args)
    return [
        PayoutRow(account, args["currency"], amount_units, row.at_ts, row.tx_hash)
        for account, amount_units in args["payouts"]
    ]


def withdrawal_of(row: Row[Any]) -> Withdrawal:
    """Give one withdrawal."""
    args = json.loads(row.args)
    return Withdrawal(args["account"], args["currency"], args["to"], args["amount"], row.at_ts, row.block, row.tx_hash)


def transfer_of(row: Row[Any]) -> Transfer:
    """Give one move of tokens."""
    args = json.loads(row.args)
    return Transfer(args["from"], args["to"], args["value"], row.at_ts, row.block, row.tx_hash)
