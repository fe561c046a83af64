"""What each event changes: the contracts' state, said again in rows. Checks first; nonsense raises Malformed.

Sources: CommunityRegistry.sol, CommunityToken.sol, Market.sol and its libraries, Credits.sol. Splits, Personas, Claims, Curves,
members and their proposals, sealed files, reviews, blueprints: see split_state.py, persona_state.py, claim_state.py, curve_state.py,
member_state.py, proposal_state.py, file_state.py, review_state.py and design_state.py.
"""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from sha3 import keccak_256

from frontend.index.basis import basis_of
from frontend.index.changes import Changes, Row, canonical
from frontend.index.claim_state import HANDLERS as CLAIM_HANDLERS
from frontend.index.curve_state import HANDLERS as CURVE_HANDLERS
from frontend.index.decode import Event, Malformed
from frontend.index.design_state import HANDLERS as DESIGN_HANDLERS
from frontend.index.file_state import HANDLERS as FILE_HANDLERS
from frontend.index.member_state import HANDLERS as MEMBER_HANDLERS
from frontend.index.models import (
    balances,
    bonds,
    communities,
    credits,
    ledger_credits,
    listings,
    order_asides,
    order_roles,
    orders,
    token_days,
)
from frontend.index.persona_state import HANDLERS as PERSONA_HANDLERS
from frontend.index.proposal_state import HANDLERS as PROPOSAL_HANDLERS
from frontend.index.review_state import HANDLERS as REVIEW_HANDLERS
from frontend.index.split_state import HANDLERS as SPLIT_HANDLERS

ZERO_ADDRESS = "0x" + "0" * 40
ZERO_HASH = "0x" + "0" * 64
PLATFORM = 0
RATES = ("fee_bps", "token_waiver", "member_waiver")
NO_RAISE = {**{f"raised_{name}": 0 for name in RATES}, "raise_at_ts": 0}
MAX_ID = 2**63 - 1
KINDS = ("goods", "file", "blueprint", "service")
TERMS_BYTES = 13 * 32
PURCHASE_BYTES = 8 * 32
DAY_S = 86_400
BPS = 10_000
OTHER_HANDLERS = (
    SPLIT_HANDLERS
    | PERSONA_HANDLERS
    | CLAIM_HANDLERS
    | CURVE_HANDLERS
    | MEMBER_HANDLERS
    | PROPOSAL_HANDLERS
    | FILE_HANDLERS
    | REVIEW_HANDLERS
    | DESIGN_HANDLERS
)
OPEN_STATES = ("funded", "accepted", "delivered", "contested", "disputed")
DISPUTED_STATES = ("contested", "disputed")
TRANSFERRED, REFERRED, MILESTONES, FINAL_OFFER = 1, 2, 4, 8  # the contract's OrderFlags
NOTHING_ASIDE: Row = {
    "referrer": None,
    "extended_s": 0,
    "handovers": 0,
    "sequence": 0,
    "holders_offer_basis": None,
    "holders_offer_units": 0,
    "sellers_offer_basis": None,
    "sellers_offer_units": 0,
    "final_offers_frozen": False,
    "final_holder_units": 0,
    "final_seller_units": 0,
    "settled": False,
    "settled_units": 0,
}


class State:
    """Applies events to rows."""

    def __init__(self, changes: Changes, chain_id: int, market: str) -> None:
        self._changes = changes
        self._chain_id = chain_id
        self._market = market

    def apply(self, event: Event, at_ts: int) -> str:
        """Make an event's changes, and give what the event is about. Raises: Malformed."""
        handler = OTHER_HANDLERS.get(event.name)
        if handler is not None:
            return handler(self._changes, event, event.args, at_ts)
        return HANDLERS[event.name](self, event, event.args, at_ts)

    # communities

    def community_opened(self, event: Event, args: Row, at_ts: int) -> str:
        community_id = _small_id(args["id"])
        if self._changes.get(communities, community_id) is not None:
            raise Malformed(f"community {community_id} was opened before")
        params = args["params"]
        self._changes.put(
            communities,
            _community(community_id, args["steward"], event, at_ts)
            | {
                "name": params["name"],
                "symbol": params["symbol"],
                "token": args["token"],
                "founder": args["steward"],
                "cap_units": params["cap"],
                "founder_allocation_units": params["founderAllocation"],
                "vesting_start_ts": at_ts,
                "vesting_cliff_s": params["vestingCliff"],
                "vesting_duration_s": params["vestingDuration"],
                "fee_bps": params["feeBps"],
                "metadata_uri": params["metadataURI"],
                "metadata_hash": _unless_zero(params["metadataHash"]),
                "claims": _unless_zero(params["claims"]),
                "claim_allocation_units": params["claimAllocation"],
                "curve": _unless_zero(params["curve"]),
                "curve_allocation_units": params["curveAllocation"],
            },
        )
        return str(community_id)

    def stewardship_offered(self, event: Event, args: Row, at_ts: int) -> str:
        row = self._community(args["id"])
        self._changes.put(communities, row | {"pending_steward": _unless_zero(args["to"])})
        return str(row["id"])

    def stewardship_moved(self, event: Event, args: Row, at_ts: int) -> str:
        if args["id"] == PLATFORM and self._changes.get(communities, PLATFORM) is None:
            self._changes.put(communities, _community(PLATFORM, args["to"], event, at_ts))
            return str(PLATFORM)
        row = self._community(args["id"])
        self._changes.put(communities, row | {"steward": args["to"], "pending_steward": None})
        return str(row["id"])

    def fee_set(self, event: Event, args: Row, at_ts: int) -> str:
        return self._set_rates(args["id"], at_ts, fee_bps=args["feeBps"])

    def fee_raise_announced(self, event: Event, args: Row, at_ts: int) -> str:
        return self._announce_rates(args["id"], at_ts, args["raiseAt"], fee_bps=args["feeBps"])

    def waivers_set(self, event: Event, args: Row, at_ts: int) -> str:
        waivers = {"token_waiver": args["tokenWaiver"], "member_waiver": args["memberWaiver"]}
        return self._set_rates(args["id"], at_ts, **waivers)

    def waiver_cut_announced(self, event: Event, args: Row, at_ts: int) -> str:
        waivers = {"token_waiver": args["tokenWaiver"], "member_waiver": args["memberWaiver"]}
        return self._announce_rates(args["id"], at_ts, args["raiseAt"], **waivers)

    def _set_rates(self, community_id: int, at_ts: int, **rates: int) -> str:
        """Put rates in force beside the others; nothing waits any more."""
        row = self._community(community_id)
        self._changes.put(communities, row | _rates_in_force(row, at_ts) | rates | NO_RAISE)
        return str(row["id"])

    def _announce_rates(self, community_id: int, at_ts: int, raise_at_ts: int, **rates: int) -> str:
        """Have rates wait, with the others as they are; an older raise that came due by now is in force."""
        row = self._community(community_id)
        now = _rates_in_force(row, at_ts)
        waiting = {f"raised_{name}": value for name, value in (now | rates).items()}
        self._changes.put(communities, row | now | waiting | {"raise_at_ts": raise_at_ts})
        return str(row["id"])

    # tokens

    def transfer(self, event: Event, args: Row, at_ts: int) -> str:
        row = self._community_by_token(event).copy()
        sender, to, value = args["from"], args["to"], args["value"]
        row["transfer_count"] += 1
        if sender == ZERO_ADDRESS:
            row["supply_units"] += value
            row["minted_by_steward_units"] += value  # until VestedMinted says otherwise
        else:
            row["holder_count"] += self._add_balance(event.log.address, sender, -value)
        if to == ZERO_ADDRESS:
            row["supply_units"] -= value
        else:
            row["holder_count"] += self._add_balance(event.log.address, to, value)
        self._changes.put(communities, row)
        self._changes.put(
            token_days,
            {
                "token": event.log.address,
                "day": at_ts // DAY_S,
                "supply_units": row["supply_units"],
                "holder_count": row["holder_count"],
                "transfer_count": row["transfer_count"],
            },
        )
        return str(row["id"])

    def vested_minted(self, event: Event, args: Row, at_ts: int) -> str:
        row = self._community_by_token(event).copy()
        row["minted_by_steward_units"] -= args["amount"]
        row["minted_by_founder_units"] += args["amount"]
        self._changes.put(communities, row)
        return str(row["id"])

    def mint_renounced(self, event: Event, args: Row, at_ts: int) -> str:
        row = self._community_by_token(event)
        self._changes.put(communities, row | {"mint_renounced": True})
        return str(row["id"])

    def contract_metadata_changed(self, event: Event, args: Row, at_ts: int) -> str:
        row = self._community_by_token(event)
        changed = {"metadata_uri": args["uri"], "metadata_hash": _unless_zero(args["hash"])}
        self._changes.put(communities, row | changed)
        return str(row["id"])

    def contract_uri_frozen(self, event: Event, args: Row, at_ts: int) -> str:
        row = self._community_by_token(event)
        self._changes.put(communities, row | {"uri_frozen": True})
        return str(row["id"])

    # listings

    def listing_opened(self, event: Event, args: Row, at_ts: int) -> str:
        listing_id, terms = args["listingId"], args["terms"]
        place = self._chain_id.to_bytes(32) + bytes.fromhex(self._market[2:]).rjust(32, b"\0")
        if _hash(place + event.log.data[:TERMS_BYTES]) != listing_id:
            raise Malformed("the listing's id is not the hash of its terms")
        if self._changes.get(listings, listing_id) is not None:
            raise Malformed("the listing was opened before")
        community = self._community(args["communityId"])
        full = terms | unpacked_rules(terms["rules"]) | unpacked_clocks(terms["clocks"])
        if full["kind"] >= len(KINDS) or full["communityId"] != community["id"] or terms["seller"] != args["seller"]:
            raise Malformed("the terms contradict themselves")
        self._put_listing(
            {
                "id": listing_id,
                "seller": terms["seller"],
                "community_id": community["id"],
                "currency": terms["currency"],
                "unit_price_units": terms["unitPrice"],
                "kind": KINDS[full["kind"]],
                "instant": full["instant"] != 0,
                "quantity_limit": args["quantityLimit"],
                "quantity_sold": 0,
                "paused": False,
                "valid_until_ts": full["validUntil"],
                "only_buyer": _unless_zero(terms["onlyBuyer"]),
                "content_hash": terms["contentHash"],
                "terms": canonical(full),
                "extras": None,
                "opened_at_ts": at_ts,
                "opened_block": event.log.block,
                "opened_log_index": event.log.log_index,
                "tx_hash": event.log.tx_hash,
            }
        )
        self._changes.put(communities, community | {"listing_count": community["listing_count"] + 1})
        return str(listing_id)

    def listing_extras(self, event: Event, args: Row, at_ts: int) -> str:
        row = self._listing(args["listingId"])
        if row["extras"] is not None or _hash(event.log.data) != terms_of(row)["extras"]:
            raise Malformed("the optional terms are not those that the terms name")
        self._put_listing(row | {"extras": canonical(args["extras"])})
        return str(row["id"])

    def listing_paused(self, event: Event, args: Row, at_ts: int) -> str:
        row = self._listing(args["listingId"])
        self._put_listing(row | {"paused": args["paused"]})
        return str(row["id"])

    def listing_quantity_limit_set(self, event: Event, args: Row, at_ts: int) -> str:
        row = self._listing(args["listingId"])
        self._put_listing(row | {"quantity_limit": args["quantityLimit"]})
        return str(row["id"])

    # orders

    def order_funded(self, event: Event, args: Row, at_ts: int) -> str:
        key, purchase = args["key"], args["purchase"]
        listing = self._listing(args["listingId"])
        ref = _hash(event.log.data[:PURCHASE_BYTES])
        if purchase["holder"] != args["holder"] or _order_key(listing["id"], args["holder"], ref) != key:
            raise Malformed("the order's key is not the hash of its purchase")
        if self._changes.get(orders, key) is not None:
            raise Malformed("the order was paid before")
        self._put_listing(listing | {"quantity_sold": listing["quantity_sold"] + args["quantity"]})
        referrer = _unless_zero(purchase["referrer"]) if terms_of(listing)["referralBps"] else None
        if referrer:
            self._changes.add(order_asides, {"order_key": key, **NOTHING_ASIDE, "referrer": referrer})
        row = {
            "key": key,
            "listing_id": listing["id"],
            "holder": args["holder"],
            "first_holder": args["holder"],
            "payer": purchase["payer"],
            "ref": ref,
            "purchase": canonical(purchase),
            "quantity": args["quantity"],
            "paid_units": args["amount"],
            "amount_units": args["amount"],
            "returned_units": 0,
            "clock_ts": args["clock"],
            "state": "accepted" if listing["instant"] else "funded",
            "flags": _first_flags(listing) | (REFERRED if referrer else 0),
            "milestone": 0,
            "platform_fee_bps": args["platformFeeBps"],
            "community_fee_bps": args["communityFeeBps"],
            "commitment": None,
            "holder_stake_units": 0,
            "seller_stake_units": 0,
            "ruled_bps_to_buyer": None,
            "funded_at_ts": at_ts,
            "updated_at_ts": at_ts,
            "funded_block": event.log.block,
            "funded_log_index": event.log.log_index,
            "tx_hash": event.log.tx_hash,
        }
        self._changes.put(orders, row)
        for role in _roles_of(row, listing):
            self._changes.add(order_roles, role)
        return str(key)

    def order_accepted(self, event: Event, args: Row, at_ts: int) -> str:
        return self._move(args["key"], at_ts, state="accepted", clock_ts=args["deliverBy"])

    def order_delivered(self, event: Event, args: Row, at_ts: int) -> str:
        key, commitment = args["key"], _unless_zero(args["commitment"])
        if self._order(key)["flags"] & FINAL_OFFER and self._changes.get(order_asides, key) is not None:
            # only what is offered about what was delivered can be a last offer
            self._change_aside(key, **_offer("holders", None, 0), **_offer("sellers", None, 0))
        return self._move(key, at_ts, state="delivered", clock_ts=args["inspectBy"], commitment=commitment)

    def order_contested(self, event: Event, args: Row, at_ts: int) -> str:
        fee = self._arbiter_fee(args["key"])
        return self._move(args["key"], at_ts, state="contested", clock_ts=args["stakeBy"], holder_stake_units=fee)

    def order_disputed(self, event: Event, args: Row, at_ts: int) -> str:
        # both have staked; where the arbiter asks no fee or the seller's bond was enough, no OrderContested came before
        fee = self._arbiter_fee(args["key"])
        stakes = {"holder_stake_units": fee, "seller_stake_units": fee}
        return self._move(args["key"], at_ts, state="disputed", clock_ts=args["ruleBy"], **stakes)

    def evidence(self, event: Event, args: Row, at_ts: int) -> str:
        key = f"0x{args['evidenceGroupID']:064x}"
        self._order(key)
        return key

    def order_released(self, event: Event, args: Row, at_ts: int) -> str:
        return self._move(args["key"], at_ts, amount_units=self._left(args))

    def order_part_refunded(self, event: Event, args: Row, at_ts: int) -> str:
        key, left = args["key"], self._left(args)
        aside = self._aside(key)
        # what the seller gives after the delivery comes off what either last offer gives to the holder
        names: tuple[str, ...] = ()
        if aside["final_offers_frozen"]:
            names = ("final_holder_units", "final_seller_units")
        elif (order := self._order(key))["flags"] & FINAL_OFFER and order["state"] == "delivered":
            names = ("holders_offer_units", "sellers_offer_units")
        if names:
            self._change_aside(key, **{name: max(0, aside[name] - args["amount"]) for name in names})
        return self._move(key, at_ts, amount_units=left, **self._returned(key, args["amount"]))

    def milestone_paid(self, event: Event, args: Row, at_ts: int) -> str:
        if args["milestone"] != self._order(args["key"])["milestone"]:
            raise Malformed("another milestone is at hand")
        left, done = self._left(args), args["milestone"] + 1
        return self._move(
            args["key"], at_ts, state="accepted", clock_ts=args["deliverBy"], amount_units=left, milestone=done
        )

    def order_extended(self, event: Event, args: Row, at_ts: int) -> str:
        key, clock_ts = args["key"], args["clock"]
        more_s = clock_ts - self._order(key)["clock_ts"]
        if more_s <= 0:
            raise Malformed("the clock is not extended")
        self._change_aside(key, extended_s=self._aside(key)["extended_s"] + more_s)
        return self._move(key, at_ts, clock_ts=clock_ts)

    def order_transferred(self, event: Event, args: Row, at_ts: int) -> str:
        key, holder, to = args["key"], args["from"], args["to"]
        order = self._order(key)
        role = self._changes.get(order_roles, holder, "buyer", key)
        if order["holder"] != holder or role is None:
            raise Malformed("the order is handed over by somebody who does not hold it")
        self._changes.remove(order_roles, holder, "buyer", key)
        self._changes.put(order_roles, role | {"account": to})
        handovers = self._aside(key)["handovers"] + 1
        self._change_aside(key, handovers=handovers, **_offer("holders", None, 0))  # it binds nobody else
        return self._move(key, at_ts, holder=to, flags=order["flags"] | TRANSFERRED)

    def settlement_offered(self, event: Event, args: Row, at_ts: int) -> str:
        order, side = self._talk(args)
        basis = basis_of(order["key"], order["holder"], order, self._aside(order["key"])["handovers"])
        self._change_aside(order["key"], sequence=args["sequence"], **_offer(side, basis, args["toHolder"]))
        return self._move(order["key"], at_ts)

    def settlement_withdrawn(self, event: Event, args: Row, at_ts: int) -> str:
        order, side = self._talk(args)
        self._change_aside(order["key"], sequence=args["sequence"], **_offer(side, None, 0))
        return self._move(order["key"], at_ts)

    def final_offers_frozen(self, event: Event, args: Row, at_ts: int) -> str:
        offers = {"final_holder_units": args["holdersOffer"], "final_seller_units": args["sellersOffer"]}
        self._change_aside(args["key"], final_offers_frozen=True, **offers)
        return self._move(args["key"], at_ts)

    def final_offer_picked(self, event: Event, args: Row, at_ts: int) -> str:
        # what this order's ruling left open: see order_resolved
        order = self._order(args["key"])
        returned_units = order["returned_units"] + args["toHolder"]
        if order["state"] != "resolved" or returned_units > order["paid_units"]:
            raise Malformed("an offer is picked that no ruling asked for, or of more than was paid")
        self._changes.put(orders, order | {"returned_units": returned_units})
        return str(order["key"])

    def order_completed(self, event: Event, args: Row, at_ts: int) -> str:
        return self._finish(args["key"], at_ts, state="completed")

    def order_cancelled(self, event: Event, args: Row, at_ts: int) -> str:
        order = self._order(args["key"])
        listing = self._listing(order["listing_id"])
        self._put_listing(listing | {"quantity_sold": listing["quantity_sold"] - order["quantity"]})
        return self._finish(args["key"], at_ts, state="cancelled", **self._returned(args["key"]))

    def order_refunded(self, event: Event, args: Row, at_ts: int) -> str:
        return self._finish(args["key"], at_ts, state="refunded", **self._returned(args["key"]))

    def order_resolved(self, event: Event, args: Row, at_ts: int) -> str:
        order, ruled_bps = self._order(args["key"]), args["bpsToBuyer"]
        # where a last offer is picked, the event behind this one says which
        returned = 0 if order["flags"] & FINAL_OFFER else order["amount_units"] * ruled_bps // BPS
        returned_units = self._returned(order["key"], returned)
        return self._finish(order["key"], at_ts, state="resolved", ruled_bps_to_buyer=ruled_bps, **returned_units)

    def order_settled(self, event: Event, args: Row, at_ts: int) -> str:
        self._change_aside(args["key"], settled=True, settled_units=args["toHolder"])
        returned = self._returned(args["key"], args["toHolder"])
        return self._finish(args["key"], at_ts, state="resolved", **returned)

    # bonds and credits

    def bond_changed(self, event: Event, args: Row, at_ts: int) -> str:
        account, currency, free_units = args["account"], args["currency"], args["free"]
        if free_units:
            self._changes.put(bonds, {"account": account, "currency": currency, "free_units": free_units})
        elif self._changes.get(bonds, account, currency) is not None:
            self._changes.remove(bonds, account, currency)
        return str(account)

    def credits_added(self, event: Event, args: Row, at_ts: int) -> str:
        for account, amount_units in args["payouts"]:
            self._add_credit(event, account, args["currency"], amount_units)
        return str(args["source"])

    def credit_withdrawn(self, event: Event, args: Row, at_ts: int) -> str:
        self._add_credit(event, args["account"], args["currency"], -args["amount"])
        return str(args["account"])

    # rows

    def _community(self, community_id: int) -> Row:
        row = self._changes.get(communities, _small_id(community_id))
        if row is None:
            raise Malformed(f"there is no community {community_id}")
        return row

    def _community_by_token(self, event: Event) -> Row:
        community_id = self._changes.community_of_token(event.log.address)
        if community_id is None:
            raise Malformed("no community has this token")
        return self._community(community_id)

    def _listing(self, listing_id: str) -> Row:
        row = self._changes.get(listings, listing_id)
        if row is None:
            raise Malformed("there is no such listing")
        return row

    def _put_listing(self, row: Row) -> None:
        in_stock = not row["paused"] and row["quantity_limit"] > row["quantity_sold"]
        self._changes.put(listings, row | {"in_stock": in_stock})

    def _order(self, key: str) -> Row:
        row = self._changes.get(orders, key)
        if row is None:
            raise Malformed("there is no such order")
        return row

    def _left(self, args: Row) -> int:
        """Give what is in escrow after a part of it went out."""
        left = int(args["left"])
        if self._order(args["key"])["amount_units"] != left + args["amount"]:
            raise Malformed("what is left contradicts what was in escrow")
        return left

    def _returned(self, key: str, units: int | None = None) -> Row:
        """Give what of an order's price its holder has back, when he gets so much more, or all that is in escrow."""
        order = self._order(key)
        more = order["amount_units"] if units is None else units
        if more > order["amount_units"]:
            raise Malformed("more goes back than is in escrow")
        return {"returned_units": order["returned_units"] + more}

    def _talk(self, args: Row) -> tuple[Row, str]:
        """Give the order that is talked about, and which side speaks."""
        order = self._order(args["key"])
        sides = {order["holder"]: "holders", self._listing(order["listing_id"])["seller"]: "sellers"}
        if args["by"] not in sides:
            raise Malformed("an offer by somebody who is no party")
        if not self._aside(order["key"])["sequence"] < args["sequence"] <= MAX_ID:
            raise Malformed("the offers are out of their order")
        return order, sides[args["by"]]

    def _aside(self, key: str) -> Row:
        """Give what an order has besides, with nothing in it where nothing was written."""
        return self._changes.get(order_asides, key) or {"order_key": key, **NOTHING_ASIDE}

    def _change_aside(self, key: str, **changed: Any) -> None:
        self._changes.put(order_asides, self._aside(key) | changed)

    def _arbiter_fee(self, key: str) -> int:
        listing = self._listing(self._order(key)["listing_id"])
        return int(terms_of(listing)["arbiterFee"])

    def _move(self, key: str, at_ts: int, **changed: Any) -> str:
        row = self._order(key)
        if row["state"] not in OPEN_STATES:
            raise Malformed(f"the order is {row['state']} already")
        moved = row | changed | {"updated_at_ts": at_ts}
        self._changes.put(orders, moved)
        if _standing(moved) != _standing(row):
            for role in _roles_of(moved, self._listing(row["listing_id"])):
                self._changes.put(order_roles, role)
        return key

    def _finish(self, key: str, at_ts: int, **changed: Any) -> str:
        nothing_left = {"amount_units": 0, "clock_ts": 0, "holder_stake_units": 0, "seller_stake_units": 0}
        return self._move(key, at_ts, **nothing_left, **changed)

    def _add_balance(self, token: str, account: str, units: int) -> int:
        """Change a balance; give by how much the number of holders changes."""
        row = self._changes.get(balances, token, account)
        had = row["balance_units"] if row else 0
        has = had + units
        if has < 0:
            raise Malformed("more is sent than was held")
        if has == 0:
            if row:
                self._changes.remove(balances, token, account)
        else:
            self._changes.put(balances, {"token": token, "account": account, "balance_units": has})
        return (has > 0) - (had > 0)

    def _add_credit(self, event: Event, account: str, currency: str, units: int) -> None:
        """Change what the ledger that speaks owes; the Market's has a table of its own."""
        key, table = {"account": account, "currency": currency}, credits
        if event.log.address != self._market:
            key, table = {"ledger": event.log.address} | key, ledger_credits
        row = self._changes.get(table, *key.values())
        has = (row["amount_units"] if row else 0) + units
        if has < 0:
            raise Malformed("more is withdrawn than was owed")
        if has == 0:
            if row:
                self._changes.remove(table, *key.values())
            return
        self._changes.put(table, {**key, "amount_units": has})


HANDLERS: dict[str, Callable[[State, Event, Row, int], str]] = {
    "CommunityOpened": State.community_opened,
    "StewardshipOffered": State.stewardship_offered,
    "StewardshipMoved": State.stewardship_moved,
    "FeeSet": State.fee_set,
    "FeeRaiseAnnounced": State.fee_raise_announced,
    "WaiversSet": State.waivers_set,
    "WaiverCutAnnounced": State.waiver_cut_announced,
    "Transfer": State.transfer,
    "VestedMinted": State.vested_minted,
    "MintRenounced": State.mint_renounced,
    "ContractMetadataChanged": State.contract_metadata_changed,
    "ContractURIFrozen": State.contract_uri_frozen,
    "ListingOpened": State.listing_opened,
    "ListingExtras": State.listing_extras,
    "ListingPaused": State.listing_paused,
    "ListingQuantityLimitSet": State.listing_quantity_limit_set,
    "OrderFunded": State.order_funded,
    "OrderAccepted": State.order_accepted,
    "OrderDelivered": State.order_delivered,
    "OrderContested": State.order_contested,
    "OrderDisputed": State.order_disputed,
    "Evidence": State.evidence,
    "OrderReleased": State.order_released,
    "OrderPartRefunded": State.order_part_refunded,
    "MilestonePaid": State.milestone_paid,
    "OrderExtended": State.order_extended,
    "OrderTransferred": State.order_transferred,
    "SettlementOffered": State.settlement_offered,
    "SettlementWithdrawn": State.settlement_withdrawn,
    "FinalOffersFrozen": State.final_offers_frozen,
    "FinalOfferPicked": State.final_offer_picked,
    "OrderCompleted": State.order_completed,
    "OrderCancelled": State.order_cancelled,
    "OrderRefunded": State.order_refunded,
    "OrderResolved": State.order_resolved,
    "OrderSettled": State.order_settled,
    "BondChanged": State.bond_changed,
    "CreditsAdded": State.credits_added,
    "CreditWithdrawn": State.credit_withdrawn,
}


def _standing(order: Row) -> dict[str, bool]:
    """Give what a role tells of the state of its order."""
    return {"is_open": order["state"] in OPEN_STATES, "is_disputed": order["state"] in DISPUTED_STATES}


def _roles_of(order: Row, listing: Row) -> list[Row]:
    """Give everybody's role in an order."""
    common = {name: order[name] for name in ("funded_block", "funded_log_index")} | _standing(order)
    return [
        {"account": account, "role": role, "order_key": order["key"], **common}
        for account, role in parties(order["holder"], terms_of(listing))
    ]


def _first_flags(listing: Row) -> int:
    """Give the flags with which orders on a listing start."""
    if listing["extras"] is None:
        return 0
    extras = _json(listing["extras"])
    return (MILESTONES if extras["milestones"] else 0) | (FINAL_OFFER if extras["finalOffer"] else 0)


def _offer(side: str, basis: str | None, units: int) -> Row:
    """Give the fields of one side's offer."""
    return {f"{side}_offer_basis": basis, f"{side}_offer_units": units}


def parties(holder: str, terms: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give who has which role in an order on these terms."""
    found = {(holder, "buyer"), (terms["seller"], "seller"), (terms["arbiter"], "arbiter")}
    if _unless_zero(terms["backupArbiter"]):
        found.add((terms["backupArbiter"], "arbiter"))
    return sorted(found)


def terms_of(listing: Row) -> Mapping[str, Any]:
    """Give a stored listing's terms, not to be changed."""
    return _json(listing["terms"])


def unpacked_rules(word: int) -> dict[str, int]:
    """Give the fields of TermsRules. Source: TermsRules.sol."""
    return _fields(
        word,
        ("kind", 8),
        ("instant", 8),
        ("maxFeeBps", 16),
        ("referralBps", 16),
        ("bondBps", 16),
        ("splitVersion", 32),
        ("splitId", 64),
        ("perBuyerOpenQuantity", 32),
        ("communityId", 64),
    )


def unpacked_clocks(word: int) -> dict[str, int]:
    """Give the fields of TermsClocks: seconds, for validUntil unix time, then what members get. Source: TermsClocks.sol."""
    return _fields(
        word,
        ("acceptFor", 32),
        ("deliverFor", 32),
        ("transitFor", 32),
        ("inspectFor", 32),
        ("ruleFor", 32),
        ("validUntil", 40),
        ("buyerLevel", 8),
        ("memberLevel", 8),
        ("memberDiscountBps", 16),
    )


def _fields(word: int, *widths: tuple[str, int]) -> dict[str, int]:
    found = {}
    for name, bits in widths:
        found[name] = word & ((1 << bits) - 1)
        word >>= bits
    return found


def _rates_in_force(row: Row, at_ts: int) -> Row:
    """Give a community's rates: a raise counts from the second it was announced for."""
    due = row["raise_at_ts"] and at_ts >= row["raise_at_ts"]
    return {name: row[f"raised_{name}" if due else name] for name in RATES}


def _community(community_id: int, steward: str, event: Event, at_ts: int) -> Row:
    """Give a community's row with nothing in it yet."""
    return {
        "id": community_id,
        "name": "",
        "symbol": "",
        "token": None,
        "steward": steward,
        "pending_steward": None,
        "founder": None,
        "cap_units": 0,
        "founder_allocation_units": 0,
        "vesting_start_ts": 0,
        "vesting_cliff_s": 0,
        "vesting_duration_s": 0,
        **dict.fromkeys(RATES, 0),
        **NO_RAISE,
        "metadata_uri": "",
        "metadata_hash": None,
        "claims": None,
        "claim_allocation_units": 0,
        "curve": None,
        "curve_allocation_units": 0,
        "opened_at_ts": at_ts,
        "opened_block": event.log.block,
        "opened_log_index": event.log.log_index,
        "holder_count": 0,
        "listing_count": 0,
        "transfer_count": 0,
        "supply_units": 0,
        "minted_by_steward_units": 0,
        "minted_by_founder_units": 0,
        "mint_renounced": False,
        "uri_frozen": False,
    }


def _small_id(found: int) -> int:
    if found > MAX_ID:
        raise Malformed(f"{found} is no community's id")
    return found


def _unless_zero(found: str) -> str | None:
    return found if int(found, 16) else None


def _hash(data: bytes) -> str:
    return "0x" + str(keccak_256(data).hexdigest())


def _order_key(listing_id: str, holder: str, ref: str) -> str:
    parts = (listing_id, holder, ref)
    return _hash(b"".join(bytes.fromhex(part[2:]).rjust(32, b"\0") for part in parts))


@lru_cache(maxsize=4096)
def _json(text: str) -> Mapping[str, Any]:
    """Read JSON, once for a listing that is asked for again and again; it is not to be changed."""
    found: dict[str, Any] = json.loads(text)
    return found
