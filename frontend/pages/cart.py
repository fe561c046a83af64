"""A cart's lines beside what their listings are now: what changed, what stands in the way, and the totals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from frontend.extensions import queries
from frontend.formatters import bps, units
from frontend.pages.fees import fees_on
from frontend.pages.layout import same_account
from frontend.pages.standing import Standing, standing_of
from frontend.pages.terms import Terms, terms_of
from frontend.services.level_words import members_only


@dataclass(frozen=True)
class CartRow:
    """One line. `problem` says why it cannot be bought; `changes` what is not as it was seen."""

    form: Any
    listing: Any | None
    terms: Terms | None
    currency: Any | None
    quantity: int
    price_units: int  # what one costs this account now
    fee_bps: int  # now, the referrer's part included
    problem: str
    changes: tuple[str, ...]

    @property
    def total_units(self) -> int:
        """What the line costs now."""
        return self.price_units * self.quantity


def rows_of(items: Iterable[Any], account: str, now_ts: int) -> list[CartRow]:
    """Look at each line of a cart form that was validated."""
    platform = queries.community(0)
    return [_row(item.form, account, platform, now_ts) for item in items]


def totals_of(rows: Iterable[CartRow]) -> list[tuple[Any, int]]:
    """Sum up what is due in each currency."""
    sums: dict[str, int] = defaultdict(int)
    known = {}
    for row in rows:
        if row.listing is not None:
            known[row.listing.currency] = row.currency
            sums[row.listing.currency] += row.total_units
    return [(known[address], total) for address, total in sums.items()]


def _row(form: Any, account: str, platform: Any, now_ts: int) -> CartRow:
    listing = queries.listing(form.listing.data) if form.listing.data else None
    if listing is None:
        return CartRow(form, None, None, None, form.quantity.count, 0, 0, _("There is no such listing."), ())
    terms, currency = terms_of(listing), queries.currency(listing.currency)
    standing = standing_of(listing, terms, account)
    fees = fees_on(listing, platform, queries.community(listing.community_id), now_ts)
    fee_bps = fees.total_bps + (terms.referral_bps if form.referrer.address else 0)
    return CartRow(
        form,
        listing,
        terms,
        currency,
        form.quantity.count,
        standing.unit_price_units,
        fee_bps,
        _problem(listing, terms, standing, form, account, fee_bps, now_ts),
        tuple(_changes(standing.unit_price_units, currency, form, fee_bps)),
    )


def _problem(listing: Any, terms: Terms, standing: Standing, form: Any, account: str, fee_bps: int, now_ts: int) -> str:
    """Say the first thing that stands in the way of a line; empty when nothing does."""
    quantity = form.quantity.count
    if form.quantity.errors:
        return str(form.quantity.errors[0])
    if form.referrer.errors:
        return str(form.referrer.errors[0])
    if same_account(listing.seller, account):
        return _("This is your own listing; sellers cannot buy from themselves.")
    if listing.paused:
        return _("The seller has paused it.")
    if listing.ended(now_ts):
        return _("Its time is over.")
    if listing.left == 0:
        return _("It is sold out.")
    if quantity > listing.left:
        return _("Only %(left)s are left.", left=listing.left)
    if terms.only_buyer and not same_account(terms.only_buyer, account):
        return _("It is meant for another buyer.")
    if not standing.may_buy:
        return members_only(account, standing.level, terms.buyer_level)
    if terms.per_buyer and queries.open_quantity(listing.id, account.lower()) + quantity > terms.per_buyer:
        return _("One buyer may have %(most)s units in open orders.", most=terms.per_buyer)
    if fee_bps > terms.max_fee_bps:
        return _("The commission is above what its seller accepts.")
    return ""


def _changes(price_units: int, currency: Any, form: Any, fee_bps: int) -> Iterable[str]:
    if form.price.seen != price_units:
        yield _("You saw another price: %(seen)s.", seen=units(form.price.seen, currency))
    if form.fee.seen != fee_bps:
        yield _(
            "The commission was %(seen)s when you put it in; it is %(now)s now. The seller pays it.",
            seen=bps(min(form.fee.seen, 10**6)),
            now=bps(fee_bps),
        )
