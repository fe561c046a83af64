"""What a purchase costs whom, and what is taken of it, from what the index knows: the Market's own `quoteFor` in Python.

Source: Quotes.sol, Memberships.levelOf. Amounts in the currency's smallest unit. The chain decides when the purchase is mined;
its bounds keep anything dearer from happening.
"""

from flask_babel import gettext

from frontend.errors import Refused
from frontend.formatters import short, units
from frontend.index.queries import Queries
from frontend.index.views import Community, Listing
from frontend.services.level_words import members_only

BPS = 10_000
PERCENT = 100


def level_of(queries: Queries, community_id: int, account: str | None) -> int:
    """Give an account's level: 0 for nobody's and who is no member, 1 for a member, 1 + n for one of tier n."""
    membership = queries.membership(community_id) if account else None
    if membership is None or account is None:
        return 0
    return membership.level_of(queries.member(membership.address, account).locked_units)


def member_price_units(listing: Listing) -> int:
    """Give the price of one for members, rounded up; the full one where there is no discount."""
    return discounted_units(listing.unit_price_units, listing.terms["memberDiscountBps"])


def discounted_units(price_units: int, discount_bps: int) -> int:
    """Give what is left of a price, rounded up. Source: Quotes.memberPrice."""
    return price_units - price_units * discount_bps // BPS


def price_at_units(listing: Listing, level: int) -> int:
    """Give what one costs an account of a level; it may still be too low to buy at all."""
    return member_price_units(listing) if level >= listing.terms["memberLevel"] else listing.unit_price_units


def total_units(queries: Queries, listing: Listing, account: str, quantity: int, most_units: int) -> int:
    """Give what so many cost an account. Args: most_units is what whoever pays has seen and agreed to.

    Raises: Refused when the account's level is too low to buy at all, or the total is above that.
    """
    needed = listing.terms["buyerLevel"]
    level = level_of(queries, listing.community_id, account) if needed or listing.terms["memberLevel"] else 0
    if level < needed:
        raise Refused(members_only(account, level, needed), key="MarketMembersOnly")
    price_units = price_at_units(listing, level)
    if price_units * quantity > most_units:
        raise _dearer(queries, listing, account, price_units)
    return price_units * quantity


def _dearer(queries: Queries, listing: Listing, account: str, price_units: int) -> Refused:
    if price_units == member_price_units(listing):
        said = gettext("The price is above your limit. Reload the listing: what you saw is not what is asked.")
        return Refused(said, key="MarketTotalTooHigh", field="quantity")
    said = gettext(
        "The members' price does not hold for %(account)s now: one costs %(price)s. Nothing was sent. Look at the price "
        "again, and send it if you agree.",
        account=short(account),
        price=units(price_units, queries.currency(listing.currency)),
    )
    return Refused(said, key="MarketTotalTooHigh")


def community_fee_bps(queries: Queries, community: Community, listing: Listing, now_ts: int) -> int:
    """Give the community's commission on a sale, after waivers, rounded up. Of two waivers the larger one counts."""
    of_token, of_members = community.waivers_at(now_ts)
    waiver = of_token if listing.currency == community.token else 0
    if of_members > waiver and level_of(queries, community.id, listing.seller):
        waiver = of_members
    fee_bps = community.fee_bps_at(now_ts)
    return fee_bps - fee_bps * waiver // PERCENT
