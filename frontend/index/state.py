"""What each event changes: the contracts' state, said again in rows. Checks first; nonsense raises Malformed.

Sources: CommunityRegistry.sol, CommunityToken.sol, Market.sol, Credits.sol.
"""

import json
from collections.abc import Callable
from typing import Any

from eth_utils.crypto import keccak

from frontend.index.changes import Changes, Row, canonical
from frontend.index.decode import Event, Malformed
from frontend.index.models import balances, communities, credits, listings, order_roles, orders

ZERO_ADDRESS = "0x" + "0" * 40
ZERO_HASH = "0x" + "0" * 64
PLATFORM = 0
MAX_ID = 2**63 - 1
KINDS = ("goods", "file", "blueprint", "service")
TERMS_BYTES = 13 * 32
PURCHASE_BYTES = 8 * 32
OPEN_STATES = ("funded", "accepted", "delivered", "contested", "disputed")
DISPUTED_STATES = ("contested", "disputed")


class State:
    """Applies events to rows."""

    def __init__(self, changes: Changes, chain_id: int, market: str) -> None:
        self._changes = changes
        self._chain_id = chain_id
        self._market = market

    def apply(self, event: Event, at_ts: int) -> str:
        """Make an event's changes, and give what the event is about. Raises: Malformed."""
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
        row = self._community(args["id"])
        self._changes.put(communities, row | {"fee_bps": args["feeBps"], "raised_fee_bps": 0, "raise_at_ts": 0})
        return str(row["id"])

    def fee_raise_announced(self, event: Event, args: Row, at_ts: int) -> str:
        row = self._community(args["id"])
        due = (
            row["raise_at_ts"] and at_ts >= row["raise_at_ts"]
        )  # an older raise that is in force by now stays in force
        now_bps = row["raised_fee_bps"] if due else row["fee_bps"]
        raised = {"fee_bps": now_bps, "raised_fee_bps": args["feeBps"], "raise_at_ts": args["raiseAt"]}
        self._changes.put(communities, row | raised)
        return str(row["id"])

    # tokens

    def transfer(self, event: Event, args: Row, at_ts: int) -> str:
        row = self._community_by_token(event)
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
        return str(row["id"])

    def vested_minted(self, event: Event, args: Row, at_ts: int) -> str:
        row = self._community_by_token(event)
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
                "opened_at_ts": at_ts,
                "opened_block": event.log.block,
                "opened_log_index": event.log.log_index,
                "tx_hash": event.log.tx_hash,
            }
        )
        self._changes.put(communities, community | {"listing_count": community["listing_count"] + 1})
        return str(listing_id)

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
        row = {
            "key": key,
            "listing_id": listing["id"],
            "holder": args["holder"],
            "payer": purchase["payer"],
            "ref": ref,
            "purchase": canonical(purchase),
            "quantity": args["quantity"],
            "paid_units": args["amount"],
            "amount_units": args["amount"],
            "clock_ts": args["clock"],
            "state": "accepted" if listing["instant"] else "funded",
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
        self._put_order(row, listing)
        return str(key)

    def order_accepted(self, event: Event, args: Row, at_ts: int) -> str:
        return self._move(args["key"], at_ts, state="accepted", clock_ts=args["deliverBy"])

    def order_delivered(self, event: Event, args: Row, at_ts: int) -> str:
        commitment = _unless_zero(args["commitment"])
        return self._move(args["key"], at_ts, state="delivered", clock_ts=args["inspectBy"], commitment=commitment)

    def order_contested(self, event: Event, args: Row, at_ts: int) -> str:
        fee = self._arbiter_fee(args["key"])
        return self._move(args["key"], at_ts, state="contested", clock_ts=args["stakeBy"], holder_stake_units=fee)

    def order_disputed(self, event: Event, args: Row, at_ts: int) -> str:
        # where the arbiter asks no fee, nobody has staked and the fee is 0
        fee = self._arbiter_fee(args["key"])
        return self._move(args["key"], at_ts, state="disputed", clock_ts=args["ruleBy"], seller_stake_units=fee)

    def evidence(self, event: Event, args: Row, at_ts: int) -> str:
        key = f"0x{args['evidenceGroupID']:064x}"
        self._order(key)
        return key

    def order_completed(self, event: Event, args: Row, at_ts: int) -> str:
        return self._finish(args["key"], at_ts, state="completed")

    def order_cancelled(self, event: Event, args: Row, at_ts: int) -> str:
        order = self._order(args["key"])
        listing = self._listing(order["listing_id"])
        self._put_listing(listing | {"quantity_sold": listing["quantity_sold"] - order["quantity"]})
        return self._finish(args["key"], at_ts, state="cancelled")

    def order_refunded(self, event: Event, args: Row, at_ts: int) -> str:
        return self._finish(args["key"], at_ts, state="refunded")

    def order_resolved(self, event: Event, args: Row, at_ts: int) -> str:
        return self._finish(args["key"], at_ts, state="resolved", ruled_bps_to_buyer=args["bpsToBuyer"])

    # credits

    def credits_added(self, event: Event, args: Row, at_ts: int) -> str:
        for account, amount_units in args["payouts"]:
            self._add_credit(account, args["currency"], amount_units)
        return str(args["source"])

    def credit_withdrawn(self, event: Event, args: Row, at_ts: int) -> str:
        self._add_credit(args["account"], args["currency"], -args["amount"])
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

    def _arbiter_fee(self, key: str) -> int:
        terms = self._listing(self._order(key)["listing_id"])["terms"]
        return int(_json(terms)["arbiterFee"])

    def _move(self, key: str, at_ts: int, **changed: Any) -> str:
        row = self._order(key)
        if row["state"] not in OPEN_STATES:
            raise Malformed(f"the order is {row['state']} already")
        self._put_order(row | changed | {"updated_at_ts": at_ts}, self._listing(row["listing_id"]))
        return key

    def _finish(self, key: str, at_ts: int, **changed: Any) -> str:
        nothing_left = {"amount_units": 0, "clock_ts": 0, "holder_stake_units": 0, "seller_stake_units": 0}
        return self._move(key, at_ts, **nothing_left, **changed)

    def _put_order(self, row: Row, listing: Row) -> None:
        self._changes.put(orders, row)
        terms = _json(listing["terms"])
        parties = {(row["holder"], "buyer"), (listing["seller"], "seller"), (terms["arbiter"], "arbiter")}
        if _unless_zero(terms["backupArbiter"]):
            parties.add((terms["backupArbiter"], "arbiter"))
        for account, role in sorted(parties):
            self._changes.put(
                order_roles,
                {
                    "account": account,
                    "role": role,
                    "order_key": row["key"],
                    "is_open": row["state"] in OPEN_STATES,
                    "is_disputed": row["state"] in DISPUTED_STATES,
                    "funded_block": row["funded_block"],
                    "funded_log_index": row["funded_log_index"],
                },
            )

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

    def _add_credit(self, account: str, currency: str, units: int) -> None:
        row = self._changes.get(credits, account, currency)
        has = (row["amount_units"] if row else 0) + units
        if has < 0:
            raise Malformed("more is withdrawn than was owed")
        if has == 0:
            if row:
                self._changes.remove(credits, account, currency)
            return
        self._changes.put(credits, {"account": account, "currency": currency, "amount_units": has})


HANDLERS: dict[str, Callable[[State, Event, Row, int], str]] = {
    "CommunityOpened": State.community_opened,
    "StewardshipOffered": State.stewardship_offered,
    "StewardshipMoved": State.stewardship_moved,
    "FeeSet": State.fee_set,
    "FeeRaiseAnnounced": State.fee_raise_announced,
    "Transfer": State.transfer,
    "VestedMinted": State.vested_minted,
    "MintRenounced": State.mint_renounced,
    "ContractMetadataChanged": State.contract_metadata_changed,
    "ContractURIFrozen": State.contract_uri_frozen,
    "ListingOpened": State.listing_opened,
    "ListingPaused": State.listing_paused,
    "ListingQuantityLimitSet": State.listing_quantity_limit_set,
    "OrderFunded": State.order_funded,
    "OrderAccepted": State.order_accepted,
    "OrderDelivered": State.order_delivered,
    "OrderContested": State.order_contested,
    "OrderDisputed": State.order_disputed,
    "Evidence": State.evidence,
    "OrderCompleted": State.order_completed,
    "OrderCancelled": State.order_cancelled,
    "OrderRefunded": State.order_refunded,
    "OrderResolved": State.order_resolved,
    "CreditsAdded": State.credits_added,
    "CreditWithdrawn": State.credit_withdrawn,
}


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
    """Give the fields of TermsClocks, seconds and for validUntil unix time. Source: TermsClocks.sol."""
    return _fields(
        word,
        ("acceptFor", 32),
        ("deliverFor", 32),
        ("transitFor", 32),
        ("inspectFor", 32),
        ("ruleFor", 32),
        ("validUntil", 40),
    )


def _fields(word: int, *widths: tuple[str, int]) -> dict[str, int]:
    found = {}
    for name, bits in widths:
        found[name] = word & ((1 << bits) - 1)
        word >>= bits
    return found


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
        "fee_bps": 0,
        "raised_fee_bps": 0,
        "raise_at_ts": 0,
        "metadata_uri": "",
        "metadata_hash": None,
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
    return "0x" + keccak(data).hex()


def _order_key(listing_id: str, holder: str, ref: str) -> str:
    parts = (listing_id, holder, ref)
    return _hash(b"".join(bytes.fromhex(part[2:]).rjust(32, b"\0") for part in parts))


def _json(text: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(text)
    return found
