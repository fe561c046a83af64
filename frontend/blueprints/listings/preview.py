"""A listing as buyers will see it, made of a form that nobody has signed yet. What is missing is named; nothing is kept but pictures."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from frontend.blueprints.listings.forms import FileListingForm, ListingForm
from frontend.content.documents import Document
from frontend.content.findings import State
from frontend.errors import NodeDown, Refused
from frontend.extensions import queries, services
from frontend.index.views import Currency, Listing
from frontend.pages.currencies import ETH, OTHER
from frontend.pages.described import Described
from frontend.services.terms import ZERO_ADDRESS, ZERO_HASH

NEEDED_BY_RULES = {
    "instant", "accept_for", "deliver_for", "transit_for", "inspect_for", "rule_for", "arbiter", "arbiter_fee", "bond",
    "milestones", "backup_arbiter",
}  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """A form as a listing. problems: each field with what is wrong, as when the form is sent."""

    listing: Listing
    about: Described
    currency: Currency
    problems: tuple[tuple[str, str], ...]
    lacks: frozenset[str]

    @property
    def has_price(self) -> bool:
        """Tell whether there is a price to show."""
        return "price" not in self.lacks

    @property
    def has_rules(self) -> bool:
        """Tell whether all is there that says who can do what until when."""
        return not self.lacks & NEEDED_BY_RULES


def draft_of(form: ListingForm, community: Any, seller: str, now_ts: int) -> Draft:
    """Read a form as far as it is filled in. Checks it as sending it would; uploads are kept.

    Chain: read, for a token that the index does not know.
    """
    currency, refusal = currency_of(form)
    form.validate()
    if refusal:
        form.refuse(refusal, "currency")
    lacks = frozenset(name for name, errors in form.errors.items() if name is not None and errors)
    found = tuple((str(field.label.text), message) for field, message in form.problems())
    return Draft(listing_of(form, community, currency, seller, now_ts), about_of(form), currency, found, lacks)


def currency_of(form: ListingForm) -> tuple[Currency, str]:
    """Give the currency that a form names, else ETH with why not; its amounts then know their decimals."""
    named, refusal = str(form.currency.data or ""), ""
    found = queries.currency(ETH)
    try:
        if named == OTHER:
            found = services.market.ask_currency(form.other_currency.data or "")
        elif any(choice.value == named for choice in form.currency.choices):
            found = queries.currency(named)
    except Refused as problem:
        refusal = problem.text
    except NodeDown:
        refusal = _("The chain's node does not answer just now, so that nobody can say what this token is.")
    form.price.decimals = form.arbiter_fee.decimals = found.decimals
    return found, refusal


def about_of(form: ListingForm) -> Described:
    """Give the description that the form would publish."""
    gallery = tuple(form.gallery)
    document = Document(
        hash=ZERO_HASH,
        title=form.title.data or _("No title yet"),
        text=form.text.data or "",
        lang=str(form.lang.data or "en"),
        picture_hash=gallery[0].hash if gallery else None,
        tags=tuple(form.tag_list),
        rules="",
        pictures=gallery,
        ask=form.ask.data or "" if form.ask is not None else "",
    )
    return Described(State.NONE, None, document, "")


def listing_of(form: ListingForm, community: Any, currency: Currency, seller: str, now_ts: int) -> Listing:
    """Give the listing that the form would make; what is missing is nothing."""
    kind = form.kind_name
    split_id, split_version = _numbers(form.split.data, form.split.choices)
    buyer_level, member_level = (_level(field) for field in (form.buyer_level, form.member_level))
    valid_until_ts = now_ts + form.sell_for.seconds if form.sell_for.seconds else 0
    extras = None if form.errors.get("milestones") else form.extras()
    terms = {
        "arbiter": form.arbiter.address or ZERO_ADDRESS,
        "backupArbiter": form.backup_arbiter.address or ZERO_ADDRESS,
        "onlyBuyer": form.only_buyer.address or ZERO_ADDRESS,
        "arbiterFee": form.arbiter_fee.units or 0,
        "maxFeeBps": form.max_fee.bps,
        "acceptFor": form.times()["accept_for_s"],
        "deliverFor": form.deliver_for.seconds or 0,
        "transitFor": form.times()["transit_for_s"],
        "inspectFor": form.inspect_for.seconds or 0,
        "ruleFor": form.rule_for.seconds or 0,
        "validUntil": valid_until_ts,
        "bondBps": form.bond.bps,
        "referralBps": form.referral.bps,
        "perBuyerOpenQuantity": form.per_buyer.count,
        "splitId": split_id,
        "splitVersion": split_version,
        "buyerLevel": buyer_level,
        "memberLevel": member_level if form.member_discount.bps else 0,
        "memberDiscountBps": form.member_discount.bps if member_level else 0,
    }
    return Listing(
        id=ZERO_HASH,
        terms_json=json.dumps(terms),
        extras_json=None
        if extras is None
        else json.dumps(
            {
                "milestones": [[part.share_bps, part.deliver_for_s, part.inspect_for_s] for part in extras.milestones],
                "finalOffer": extras.final_offer,
            }
        ),
        content_hash=ZERO_HASH,
        seller=seller.lower(),
        community_id=community.id,
        community_name=community.name,
        currency=currency.address,
        unit_price_units=form.price.units or 0,
        kind=kind,
        instant=bool(form.instant.data),
        quantity_limit=form.quantity.count,
        quantity_sold=0,
        paused=False,
        valid_until_ts=valid_until_ts,
        only_buyer=form.only_buyer.address,
        opened_at_ts=now_ts,
        block=0,
        tx_hash=ZERO_HASH,
        description=None,
        file=form.file() if isinstance(form, FileListingForm) and not form.ciphertext_hash.errors else None,
    )


def _numbers(chosen: Any, offered: Any) -> tuple[int, int]:
    if not chosen or all(choice.value != chosen for choice in offered):
        return 0, 0
    first, _dot, second = str(chosen).partition(".")
    return int(first), int(second)


def _level(field: Any) -> int:
    return int(field.data) if field.data and any(choice.value == field.data for choice in field.choices) else 0
