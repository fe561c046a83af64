"""Home and explore: plain GETs whose whole state stands in the URL."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from frontend.extensions import queries
from frontend.index.views import ListingFilter
from frontend.pages.act import chain_now
from frontend.pages.amounts import BadAmount, parse_units
from frontend.pages.currencies import ETH, currencies_of, offered
from frontend.pages.layout import frame
from frontend.pages.numbers import page_number, small_number

blueprint = Blueprint("explore", __name__)
frame(blueprint)

MAX_QUERY = 100
SORTS = ("new", "price_up", "price_down", "sold")
KINDS = ("goods", "service")


@dataclass
class Wanted:
    """What the URL asks for, as far as it makes sense; problems are said on the page."""

    q: str = ""
    kind: str = ""
    community_id: int | None = None
    currency: str = ""
    least: str = ""
    most: str = ""
    in_stock: bool = False
    sort: str = "new"
    problems: list[str] = field(default_factory=list)
    least_units: int | None = None
    most_units: int | None = None

    @property
    def filtered(self) -> int:
        """How many filters are on, the words not counted."""
        return sum(map(bool, (self.kind, self.community_id, self.currency, self.least, self.most, self.in_stock)))


@blueprint.get("/")
def home() -> str:
    """Show what is new."""
    listings = queries.listings(ListingFilter(available_only=True), sort="new", page=1, per_page=8)
    communities = queries.communities(sort="new", page=1, per_page=6)
    return render_template(
        "explore/home.html",
        listings=listings,
        communities=communities,
        currencies=currencies_of(row.currency for row in listings.items),
        now_ts=chain_now(),
    )


@blueprint.get("/explore")
def results() -> str:
    """Show listings that fit the filters."""
    wanted = read_wanted(request.args)
    communities = queries.communities(sort="name", page=1, per_page=100).items
    chosen = queries.community(wanted.community_id) if wanted.community_id else None
    page = queries.listings(
        ListingFilter(
            q=wanted.q,
            community_id=wanted.community_id,
            kind=wanted.kind or None,
            currency=wanted.currency or (ETH if wanted.least or wanted.most else None),
            min_price_units=wanted.least_units,
            max_price_units=wanted.most_units,
            available_only=wanted.in_stock,
        ),
        sort=wanted.sort,
        page=page_number(request.args),
        per_page=24,
    )
    return render_template(
        "explore/results.html",
        wanted=wanted,
        page=page,
        communities=communities,
        currency_choices=offered(chosen),
        currencies=currencies_of(row.currency for row in page.items),
        now_ts=chain_now(),
    )


def read_wanted(args: Any) -> Wanted:
    """Read the filters from a URL; whatever makes no sense is left out and said."""
    wanted = Wanted(
        q=args.get("q", "").replace("\x00", "").strip()[:MAX_QUERY],
        kind=args.get("kind", "") if args.get("kind") in KINDS else "",
        community_id=small_number(args.get("community", "")),
        currency=_address_or_nothing(args.get("currency", "")),
        least=args.get("min", "").strip()[:80],
        most=args.get("max", "").strip()[:80],
        in_stock=args.get("stock") == "1",
        sort=args.get("sort", "new") if args.get("sort") in SORTS else "new",
    )
    decimals = queries.currency(wanted.currency or ETH).decimals
    for name, text in (("least", wanted.least), ("most", wanted.most)):
        if not text:
            continue
        try:
            setattr(wanted, f"{name}_units", parse_units(text, decimals))
        except BadAmount as problem:
            wanted.problems.append(_("Price: %(problem)s", problem=problem))
    if wanted.least_units is not None and wanted.most_units is not None and wanted.least_units > wanted.most_units:
        wanted.problems.append(_("The lowest price is above the highest."))
    return wanted


def _address_or_nothing(text: str) -> str:
    text = text.strip().lower()
    return text if len(text) == 42 and text.startswith("0x") and all(c in "0123456789abcdef" for c in text[2:]) else ""
