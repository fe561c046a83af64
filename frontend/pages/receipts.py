"""A receipt of a finished order: facts of the chain, a short mark of them, and whether they hold together.

Pure: an order and its timeline as the index has them go in. The mark is what a printed receipt is checked by.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eth_utils.crypto import keccak

from frontend.index.views import Order, Step
from frontend.pages.payees import ROLES, payees_of
from frontend.services.division import BPS, bond_units

MARK_BYTES = 16
STAKED = {"contested": 1, "disputed": 2}  # how many have staked the arbiter's fee by then
DISPUTING = ("contested", "disputed")


@dataclass(frozen=True)
class Paid:
    """Somebody's part of a payout. role: one of ROLES."""

    role: str
    account: str
    units: int
    at_ts: int
    block: int
    tx_hash: str
    event: int  # which payout of the order it was in, from 0


@dataclass(frozen=True)
class Receipt:
    """What a finished order came to. Amounts in smallest units of the listing's currency."""

    order: Order
    chain_id: int
    market: str
    paid: tuple[Paid, ...]
    staked_units: int  # by both sides
    lost_bond_units: int  # went to the buyer, since nothing was delivered in time
    finished: Step | None
    was_disputed: bool

    @property
    def out_units(self) -> int:
        """All that was credited."""
        return sum(part.units for part in self.paid)

    @property
    def in_units(self) -> int:
        """All that was paid in."""
        return self.order.paid_units + self.staked_units + self.lost_bond_units

    @property
    def sums(self) -> list[tuple[str, int]]:
        """What each role got in all; roles that got nothing are left out."""
        sums = [(role, sum(part.units for part in self.paid if part.role == role)) for role in ROLES]
        return [(role, units) for role, units in sums if units]

    @property
    def mark(self) -> str:
        """A short name of everything that the receipt says, 0x hex of 16 bytes."""
        said = json.dumps(self.facts(), sort_keys=True, separators=(",", ":"))
        return "0x" + keccak(text=said)[:MARK_BYTES].hex()

    def facts(self) -> dict[str, Any]:
        """Everything that the mark is of. Amounts as text, so that every reader has them whole."""
        order = self.order
        return {
            "chain": self.chain_id,
            "market": self.market.lower(),
            "order": order.key,
            "listing": order.listing_id,
            "state": order.state,
            "quantity": order.quantity,
            "currency": order.listing.currency,
            "holder": order.holder,
            "payer": order.payer,
            "seller": order.listing.seller,
            "paid": str(order.paid_units),
            "bought": [order.block, order.tx_hash],
            "payouts": [[part.account, str(part.units), part.block, part.tx_hash] for part in self.paid],
        }

    @property
    def adds_up(self) -> bool:
        """Tell whether what was paid out is what was paid in, to the last unit."""
        return self.out_units == self.in_units

    @property
    def keeps_to_the_rates(self) -> bool:
        """Tell whether the commissions are those that were frozen at the purchase; after a dispute, not above them."""
        rates = {"platform": self.order.platform_fee_bps, "community": self.order.community_fee_bps}
        if self.order.referrer:
            rates["referrer"] = int(self.order.listing.terms["referralBps"])
        takers: tuple[tuple[str, ...], ...] = (("platform",), ("community",), ("referrer",))
        if not self.order.listing.community_id:  # the platform's own listings: both are one account
            takers = (("platform", "community"), ("referrer",))
        for event in {part.event for part in self.paid}:
            parts = [part for part in self.paid if part.event == event]
            gross = sum(part.units for part in parts if part.role not in ("buyer", "arbiter"))
            for roles in takers:
                taken = sum(part.units for part in parts if part.role in roles)
                due = sum(gross * rates.get(role, 0) // BPS for role in roles)
                if taken > due or (taken != due and not self.was_disputed):
                    return False
        return True


def receipt_of(order: Order, timeline: Sequence[Step], chain_id: int, market: str) -> Receipt:
    """Put a receipt together. Args: timeline is the order's whole, the oldest first."""
    holders = {order.first_holder, order.holder} | {step.data["to"] for step in timeline if step.name == "transferred"}
    payees = payees_of(order.listing.terms, frozenset(holders), order.referrer)
    paid: list[Paid] = []
    for event, step in enumerate(step for step in timeline if step.name == "paid_out"):
        roles = payees.roles_of([account for account, _ in step.data["payouts"]])
        for (account, units), role in zip(step.data["payouts"], roles, strict=True):
            paid.append(Paid(role, account, int(units), step.at_ts, step.block, step.tx_hash, event))
    staked = max((STAKED.get(step.name, 0) for step in timeline), default=0) * int(order.listing.terms["arbiterFee"])
    over = sum(part.units for part in paid) - order.paid_units - staked
    lost_bond = bond_units(order) if order.state == "refunded" and over == bond_units(order) else 0
    ends = [step for step in timeline if step.name in (order.state, "settled")]
    disputed = any(step.name in DISPUTING for step in timeline)
    return Receipt(order, chain_id, market, tuple(paid), staked, lost_bond, ends[-1] if ends else None, disputed)
