"""Orders that are delivered and paid in parts. Source: Milestones.sol."""

from typing import Any

from frontend.index.views import Listing, Milestone, Order
from frontend.services.terms import extras_abi


def milestones_of(listing: Listing) -> tuple[Milestone, ...]:
    """Give a listing's milestones in their order; empty for most listings."""
    return listing.extras.milestones if listing.extras is not None else ()


def has_next(order: Order) -> bool:
    """Tell whether there is a milestone behind the one at hand."""
    return order.milestone + 1 < len(milestones_of(order.listing))


def share_units(order: Order) -> int:
    """Give what the milestone at hand is paid, before commissions: its share among those not yet paid, of what is left.

    Rounds down; the last one gets all.
    """
    left = milestones_of(order.listing)[order.milestone :]
    if len(left) <= 1:
        return order.amount_units
    return order.amount_units * left[0].share_bps // sum(part.share_bps for part in left)


def inspect_for_s(order: Order) -> int:
    """Give how long the buyer may look at what is delivered next, seconds."""
    parts = milestones_of(order.listing)
    if parts:
        return parts[order.milestone].inspect_for_s
    return int(order.listing.terms["transitFor"]) + int(order.listing.terms["inspectFor"])


def piece_of(order: Order, verb: str) -> tuple[str, tuple[Any, ...]]:
    """Give the function that does a thing (deliver, confirm, expire) to an order, and what it takes where there are parts."""
    extras = order.listing.extras
    if extras is None or not extras.milestones:
        return verb, ()
    return f"{verb}Milestone", (extras_abi(extras), order.milestone)
