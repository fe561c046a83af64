"""What a listing costs an account, and whether it may buy at all: what the index knows of its membership."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from frontend.extensions import queries
from frontend.formatters import units
from frontend.index.member_views import Membership, needed_units
from frontend.pages.terms import Terms
from frontend.services.level_words import audience
from frontend.services.quotes import price_at_units


@dataclass(frozen=True)
class Standing:
    """An account before a listing. Amounts in the smallest unit of the listing's currency, locked ones in the token's."""

    unit_price_units: int  # what one costs this account
    level: int = 0
    locked_units: int = 0
    may_buy: bool = True
    needed_units: int = 0  # what the level of a buyer takes; 0 = any amount
    is_within_reach: bool = True  # False while there is no such membership or tier
    token: Any = None  # the community's, None where nobody's level matters


def standing_of(listing: Any, terms: Terms, account: str | None) -> Standing:
    """Look at a listing as an account does; None = a visitor who is not signed in."""
    if not terms.buyer_level and not terms.member_level:
        return Standing(listing.unit_price_units)
    membership = queries.membership(listing.community_id)
    if membership is None:
        return Standing(listing.unit_price_units, may_buy=not terms.buyer_level, is_within_reach=False)
    locked_units = queries.member(membership.address, account).locked_units if account else 0
    level = membership.level_of(locked_units)
    tier = max(0, terms.buyer_level - 1)
    needed = needed_units(tier, membership.tiers)
    return Standing(
        unit_price_units=price_at_units(listing, level),
        level=level,
        locked_units=locked_units,
        may_buy=level >= terms.buyer_level,
        needed_units=needed or 0 if tier else 0,
        is_within_reach=needed is not None,
        token=queries.currency(membership.token),
    )


def levels_to_choose(community_id: int) -> list[tuple[str, str]]:
    """List the levels that a community has, with what each tier takes; none without a membership."""
    membership = queries.membership(community_id)
    if membership is None:
        return []
    return [
        ("1", audience(1)),
        *((str(level), _tier_text(membership, level)) for level in _levels_of_tiers(membership)),
    ]


def _levels_of_tiers(membership: Membership) -> range:
    return range(2, 2 + len(membership.tiers))


def _tier_text(membership: Membership, level: int) -> str:
    threshold = units(membership.tiers[level - 2], queries.currency(membership.token))
    return _("%(audience)s (%(amount)s locked)", audience=audience(level), amount=threshold)
