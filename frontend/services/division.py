"""Who gets what when an order's money moves: the contract's arithmetic, to say it before anybody signs.

Source: Endings.payouts, Disputes._resolve, LastOffers.nearer. Amounts in the currency's smallest units; what is taken
rounds down, and the seller has the rest.
"""

from dataclasses import dataclass, replace

from frontend.index.views import Order
from frontend.services.terms import bond_of_price

BPS = 10_000


@dataclass(frozen=True)
class Division:
    """Each one's part. Stakes are apart from the money of the order; a bond is none of it."""

    to_buyer: int = 0
    to_seller: int = 0  # after commissions; his split's, if he has one
    to_platform: int = 0
    to_community: int = 0
    to_referrer: int = 0
    stake_to_buyer: int = 0
    stake_to_seller: int = 0
    to_arbiter: int = 0

    @property
    def to_others(self) -> int:
        """What the commissions together take."""
        return self.to_platform + self.to_community + self.to_referrer


def paid_to_seller(order: Order, gross: int) -> Division:
    """Divide what is paid to the seller. Args: gross is the part before commissions."""
    platform = gross * order.platform_fee_bps // BPS
    community = gross * order.community_fee_bps // BPS
    referrer = gross * int(order.listing.terms["referralBps"]) // BPS if order.referrer else 0
    return Division(
        to_seller=gross - platform - community - referrer,
        to_platform=platform,
        to_community=community,
        to_referrer=referrer,
    )


def settled(order: Order, to_buyer: int) -> Division:
    """Divide all that is left as the parties agree; each stake goes back to its side."""
    return replace(
        paid_to_seller(order, order.amount_units - to_buyer),
        to_buyer=to_buyer,
        stake_to_buyer=order.stakes.holder_units,
        stake_to_seller=order.stakes.seller_units,
    )


def ruled(order: Order, bps_to_buyer: int) -> Division:
    """Divide all that is left as a ruling does; the arbiter's fee comes out of both stakes as each side lost."""
    amount, fee = order.amount_units, int(order.listing.terms["arbiterFee"])
    to_buyer = amount * bps_to_buyer // BPS
    stake_to_buyer = fee * bps_to_buyer // BPS
    if is_final_offer(order):
        to_buyer = nearer_offer(order, bps_to_buyer)
        stake_to_buyer = fee * to_buyer // amount
    return replace(
        paid_to_seller(order, amount - to_buyer),
        to_buyer=to_buyer,
        stake_to_buyer=stake_to_buyer,
        stake_to_seller=fee - stake_to_buyer,
        to_arbiter=fee,
    )


def bond_units(order: Order) -> int:
    """Give what an order locks of its seller's free bond, or would lock when accepted; rounded down, 0 = none."""
    return bond_of_price(order.listing.unit_price_units * order.quantity, int(order.listing.terms["bondBps"]))


def is_final_offer(order: Order) -> bool:
    """Tell whether a ruling picks one of two offers."""
    return order.listing.extras is not None and order.listing.extras.final_offer


def final_offers(order: Order) -> tuple[int, int]:
    """Give what goes to the buyer by each side's frozen offer, the buyer's first, within what is left."""
    amount = order.amount_units
    buyers = amount if order.final_holder_units is None else order.final_holder_units
    sellers = order.final_seller_units or 0
    return min(buyers, amount), min(sellers, amount)


def nearer_offer(order: Order, bps_to_buyer: int) -> int:
    """Give the frozen offer nearer to a ruling, compared without rounding; the buyer's when both are as near."""
    buyers, sellers = final_offers(order)
    ruled = order.amount_units * bps_to_buyer
    return sellers if abs(sellers * BPS - ruled) < abs(buyers * BPS - ruled) else buyers
