"""What an intent says about an order's money: who gets what, what stays, what is lost."""

from collections.abc import Iterator

from frontend.index.views import Order
from frontend.marks import N_
from frontend.services.division import Division, bond_units, paid_to_seller, settled
from frontend.services.intents import Line
from frontend.services.milestones import has_next, milestones_of, share_units


def amount_line(label: str, units: int, order: Order) -> Line:
    """Give a line about an amount of the order's currency."""
    return Line(label, "amount", str(units), order.listing.currency)


def lines_of(order: Order, division: Division) -> Iterator[Line]:
    """Say a division: a line for whoever gets something."""
    seller = (
        N_("To the seller's split, after commissions")
        if int(order.listing.terms["splitId"])
        else N_("To the seller, after commissions")
    )
    parts = (
        (N_("To the buyer"), division.to_buyer),
        (seller, division.to_seller),
        (N_("Commission of the platform"), division.to_platform),
        (N_("Commission of this community"), division.to_community),
        (N_("To whoever sent the buyer here"), division.to_referrer),
        (N_("Stake back to the buyer"), division.stake_to_buyer),
        (N_("Stake back to the seller"), division.stake_to_seller),
        (N_("To the arbiter, out of the stakes"), division.to_arbiter),
    )
    for label, units in parts:
        if units:
            yield amount_line(label, units, order)


def paid_lines(order: Order) -> list[Line]:
    """Say who gets what when what was delivered is paid."""
    if not has_next(order):
        return list(lines_of(order, settled(order, 0)))
    share = share_units(order)
    return [
        *lines_of(order, paid_to_seller(order, share)),
        amount_line(N_("Stays in escrow"), order.amount_units - share, order),
    ]


def milestone_lines(order: Order) -> list[Line]:
    """Name the milestone at hand, counted from 1; nothing where there are none."""
    return [Line(N_("Milestone"), "number", str(order.milestone + 1))] if milestones_of(order.listing) else []


def offer_lines(order: Order, offers: tuple[int, int]) -> list[Line]:
    """Say which last offers a dispute freezes. Args: what each gives to the buyer, the buyer's first."""
    note = N_("The last offers are frozen: a ruling picks the nearer one. Who has made none counts as asking for all.")
    return [
        Line(N_("Effect"), "note", note),
        amount_line(N_("To the buyer by the buyer's offer"), offers[0], order),
        amount_line(N_("To the buyer by the seller's offer"), offers[1], order),
    ]


def lost_bond_lines(order: Order) -> list[Line]:
    """Say what the seller loses besides for not having delivered; the terms may ask for nothing."""
    bond = bond_units(order)
    if order.state != "accepted" or not bond:
        return []
    return [amount_line(N_("The seller's bond, to the buyer"), bond, order)]
