"""Home and explore: plain GETs whose whole state stands in the URL."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from frontend.extensions import queries
from frontend.index.views import ListingFilter
from frontend.nicknames import normalised
from frontend.pages.act import chain_now
from frontend.pages.amounts import BadAmount, parse_units
from frontend.pages.currencies import ETH, currencies_of, offered
from frontend.pages.found import Marker
from frontend.pages.layout import frame
from frontend.pages.numbers import page_number, small_number
from frontend.pages.text import plain
from frontend.search.keyboard import other_layout
from frontend.search.wanted import wanted as read_words
from frontend.services.terms import KINDS_ON_SALE

blueprint = Blueprint("explore", __name__)
frame(blueprint)

MAX_QUERY = 100
MAX_NAMED = 4
MAX_SINGLE = 4
SORTS = ("new", "price_up", "price_down", "sold")


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
    def usual_sort(self) -> str:
        """The order that is taken when none is asked for."""
        return "best" if self.q else "new"

    @property
    def is_signs_only(self) -> bool:
        """Whether words were typed of which none can be searched for."""
        return bool(self.q) and (found := read_words(self.q)) is not None and not found.words

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
    communities = queries.community_names()
    chosen = queries.community(wanted.community_id) if wanted.community_id else None
    number = page_number(request.args)
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
        page=number,
        per_page=24,
    )
    return render_template(
        "explore/results.html",
        marker=Marker(wanted.q) if wanted.q else None,
        named=queries.communities(q=wanted.q, sort="best", per_page=MAX_NAMED) if wanted.q and number == 1 else None,
        personas=queries.personas_named(normalised(wanted.q)) if wanted.q and number == 1 else [],
        suggestions=suggestions(wanted) if wanted.q and not page.items else [],
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
        kind=args.get("kind", "") if args.get("kind") in KINDS_ON_SALE else "",
        community_id=small_number(args.get("community", "")),
        currency=_address_or_nothing(args.get("currency", "")),
        least=args.get("min", "").strip()[:80],
        most=args.get("max", "").strip()[:80],
        in_stock=args.get("stock") == "1",
    )
    wanted.sort = args["sort"] if args.get("sort") in SORTS else wanted.usual_sort
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


@dataclass(frozen=True)
class Suggestion:
    """Another search that finds something."""

    text: str
    url: str


def suggestions(wanted: Wanted) -> list[Suggestion]:
    """List searches that find something where this one does not: without filters, on the other keyboard, by single words."""
    found = []
    if wanted.filtered and _finds(wanted.q):
        found.append(Suggestion(_("The same without filters"), url_for("explore.results", q=wanted.q)))
    words = wanted.q.split()[:MAX_SINGLE]
    others = dict.fromkeys([other_layout(wanted.q) or "", *(words if len(words) > 1 else ())])
    found += [
        Suggestion(plain(typed, 40), url_for("explore.results", q=typed)) for typed in others if typed and _finds(typed)
    ]
    return found


def _finds(q: str) -> bool:
    return bool(queries.listings(ListingFilter(q=q), per_page=1).items)


def _address_or_nothing(text: str) -> str:
    text = text.strip().lower()
    return text if len(text) == 42 and text.startswith("0x") and all(c in "0123456789abcdef" for c in text[2:]) else ""
