"""From rows of the index to views."""

import json
from typing import Any

from sqlalchemy import Row

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

STEP_NAMES = {
    "OrderFunded": "funded",
    "OrderAccepted": "accepted",
    "OrderDelivered": "delivered",
    "OrderContested": "contested",
    "OrderDisputed": "disputed",
    "Evidence": "evidence",
    "OrderCompleted": "completed",
    "OrderCancelled": "cancelled",
    "OrderRefunded": "refunded",
    "OrderResolved": "resolved",
    "CreditsAdded": "paid_out",
}


def description_of(row: Row[Any]) -> Description | None:
    """Give the joined description, None where this server has not got it."""
    found = row._mapping
    if found["content_hash"] is None:
        return None
    return Description(
        found["content_hash"],
        found["content_title"] or "",
        found["content_text"] or "",
        found["content_lang"] or "",
        found["content_picture_hash"],
        json.loads(found["content_tags"]) if found["content_tags"] else [],
        found["content_rules"] or "",
    )


def community_of(row: Row[Any]) -> Community:
    """Give a community."""
    values = {name: row._mapping[name] for name in Community.__dataclass_fields__ if name != "description"}
    return Community(**values, description=description_of(row))


def listing_of(row: Row[Any]) -> Listing:
    """Give a listing."""
    found = row._mapping
    return Listing(
        id=found["listing_id"],
        terms=json.loads(found["listing_terms"]),
        seller=found["listing_seller"],
        community_id=found["listing_community_id"],
        community_name=found["community_name"] or "",
        currency=found["listing_currency"],
        unit_price_units=found["listing_unit_price_units"],
        kind=found["listing_kind"],
        instant=found["listing_instant"],
        quantity_limit=found["listing_quantity_limit"],
        quantity_sold=found["listing_quantity_sold"],
        paused=found["listing_paused"],
        opened_at_ts=found["listing_opened_at_ts"],
        block=found["listing_opened_block"],
        tx_hash=found["listing_tx_hash"],
        description=description_of(row),
    )


def order_of(row: Row[Any]) -> Order:
    """Give an order with its listing."""
    found = row._mapping
    return Order(
        key=found["order_key"],
        listing_id=found["order_listing_id"],
        listing=listing_of(row),
        holder=found["order_holder"],
        payer=found["order_payer"],
        ref=found["order_ref"],
        purchase=json.loads(found["order_purchase"]),
        quantity=found["order_quantity"],
        paid_units=found["order_paid_units"],
        amount_units=found["order_amount_units"],
        clock_ts=found["order_clock_ts"],
        state=found["order_state"],
        platform_fee_bps=found["order_platform_fee_bps"],
        community_fee_bps=found["order_community_fee_bps"],
        commitment=found["order_commitment"],
        stakes=Stakes(found["order_holder_stake_units"], found["order_seller_stake_units"]),
        ruled_bps_to_buyer=found["order_ruled_bps_to_buyer"],
        funded_at_ts=found["order_funded_at_ts"],
        updated_at_ts=found["order_updated_at_ts"],
        block=found["order_funded_block"],
        tx_hash=found["order_tx_hash"],
    )


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
