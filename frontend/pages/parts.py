"""An order's milestones as its page lists them."""

from __future__ import annotations

from dataclasses import dataclass

from frontend.index.views import Order
from frontend.services.milestones import milestones_of, share_units


@dataclass(frozen=True)
class Part:
    """One milestone. state: "paid", "now" or "later"; an order that has ended has none at hand.

    amount_units: what it is paid now, before commissions; None unless it is at hand.
    """

    number: int
    share_bps: int
    state: str
    deliver_for_s: int
    inspect_for_s: int
    amount_units: int | None


def parts_of(order: Order, is_open: bool) -> list[Part]:
    """List an order's milestones, the first to be delivered first."""
    return [
        Part(
            number=place + 1,
            share_bps=part.share_bps,
            state=(state := _state(order, place, is_open)),
            deliver_for_s=part.deliver_for_s,
            inspect_for_s=part.inspect_for_s,
            amount_units=share_units(order) if state == "now" else None,
        )
        for place, part in enumerate(milestones_of(order.listing))
    ]


def _state(order: Order, place: int, is_open: bool) -> str:
    if place < order.milestone or order.state == "completed":
        return "paid"
    return "now" if is_open and place == order.milestone else "later"
