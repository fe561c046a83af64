"""A seller's own listings with their small forms, and a new form filled with the terms of an old one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from eth_utils.address import to_checksum_address

from frontend.blueprints.listings.forms import ListingForm, PauseForm, QuantityForm
from frontend.extensions import queries, services
from frontend.index.views import Listing
from frontend.pages.amounts import say_units
from frontend.pages.currencies import OTHER
from frontend.pages.described import described
from frontend.pages.desks import fresh
from frontend.pages.fields import DurationField
from frontend.pages.terms import Terms, terms_of
from frontend.pages.text import DAY_S, HOUR_S


def own_rows(listings: Sequence[Listing], refused_id: str = "", **sent: Any) -> list[tuple[Listing, Any, Any]]:
    """Give each listing with the forms of its quantity and of its pause; a refused one as it was typed."""
    rows = []
    for listing in listings:
        here = sent if listing.id == refused_id else {}
        quantity = here.get("quantity") or fresh(
            QuantityForm,
            f"q{listing.id[2:12]}",
            expected=str(listing.quantity_limit),
            quantity=str(listing.quantity_limit),
        )
        rows.append((listing, quantity, here.get("pause") or fresh(PauseForm, f"p{listing.id[2:12]}")))
    return rows


def fill_in(form: ListingForm, listing: Listing) -> None:
    """Fill a new listing's form with an old one's terms and description. What cannot be chosen any more stays as it was."""
    terms = terms_of(listing)
    decimals = queries.currency(listing.currency).decimals
    if form.kind is not None:
        _choose(form.kind, listing.kind)
    form.instant.data = listing.instant
    if not _choose(form.currency, listing.currency):
        form.currency.data, form.other_currency.data = OTHER, to_checksum_address(listing.currency)
    form.price.data = say_units(listing.unit_price_units, decimals)
    form.quantity.data = str(listing.quantity_limit)
    form.arbiter.data = to_checksum_address(terms.arbiter)
    form.backup_arbiter.data = _address(terms.backup)
    form.arbiter_fee.data = say_units(terms.arbiter_fee_units, decimals)
    form.max_fee.data = say_units(terms.max_fee_bps, 2)
    form.only_buyer.data = _address(terms.only_buyer)
    _fill_times(form, listing, terms)
    _fill_rare(form, listing, terms)
    _fill_words(form, listing)


def _fill_times(form: ListingForm, listing: Listing, terms: Terms) -> None:
    sold_for_s = max(0, terms.valid_until_ts - listing.opened_at_ts) if terms.valid_until_ts else 0
    for field, seconds in (
        (form.accept_for, terms.accept_for_s),
        (form.deliver_for, terms.deliver_for_s),
        (form.inspect_for, terms.inspect_for_s),
        (form.rule_for, terms.rule_for_s),
        (form.sell_for, sold_for_s),
    ):
        _last(field, seconds)
    if form.transit_for is not None:
        _last(form.transit_for, terms.transit_for_s)


def _fill_rare(form: ListingForm, listing: Listing, terms: Terms) -> None:
    for field, bps in ((form.bond, terms.bond_bps), (form.referral, terms.referral_bps)):
        field.data = say_units(bps, 2) if bps else ""
    form.member_discount.data = say_units(terms.member_discount_bps, 2) if terms.member_discount_bps else ""
    form.per_buyer.data = str(terms.per_buyer) if terms.per_buyer else ""
    _choose(form.buyer_level, str(terms.buyer_level or ""))
    _choose(form.member_level, str(terms.member_level or ""))
    if terms.split_id:  # in its version of now, which is the one that can be chosen
        versions = [choice.value for choice in form.split.choices]
        of_split = [value for value in versions if value.startswith(f"{terms.split_id}.")]
        form.split.data = of_split[0] if of_split else ""
    said = services.designs.conditions(listing)
    if said is not None and said.fee_units:
        form.make_fee.data = say_units(said.fee_units, queries.currency(said.currency).decimals)
        is_own = said.split_id or said.payee == listing.seller
        form.make_payee.data = "" if is_own else to_checksum_address(said.payee)
    if form.milestones is None:
        return  # a file, which has no optional terms
    form.final_offer.data = terms.final_offer
    for row, milestone in zip(form.milestones, terms.milestones, strict=False):
        row.form.share.data = say_units(milestone.share_bps, 2)
        if row is not form.milestones[0]:
            _last(row.form.deliver_within, milestone.deliver_for_s)
            _last(row.form.inspect_within, milestone.inspect_for_s)


def _fill_words(form: ListingForm, listing: Listing) -> None:
    document = described(listing).document
    if document is None:
        return
    form.title.data, form.text.data = document.title, document.text
    if form.ask is not None:
        form.ask.data = document.ask
    _choose(form.lang, document.lang)
    form.tags.data = ", ".join(document.tags)
    form.show_pictures(document.pictures)


def _choose(field: Any, value: str) -> bool:
    """Choose a value if it is offered; tell whether it was."""
    if value and all(choice.value != value for choice in field.choices):
        return False
    field.data = value
    return True


def _last(field: DurationField, seconds: int) -> None:
    """Write a time in days where it is whole days, else in hours, rounded up."""
    field.unit, unit_s = ("hours", HOUR_S) if seconds % DAY_S else ("days", DAY_S)
    field.data = str(-(-seconds // unit_s)) if seconds else ""


def _address(found: str | None) -> str:
    return to_checksum_address(found) if found else ""
