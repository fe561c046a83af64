"""The frame around every page: filters, the chain's age, the language and theme, and the note after a chain reset."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import quote, urlencode

from eth_utils.crypto import keccak
from flask import Blueprint, Response, current_app, request
from flask.blueprints import BlueprintSetupState

from frontend.extensions import queries, settings
from frontend.i18n import spoken_language
from frontend.pages.amounts import say_units
from frontend.pages.described import described, prose, title_of
from frontend.pages.fiat import fiat_hint
from frontend.pages.personas import nickname
from frontend.pages.text import plain, shown
from frontend.services.division import bond_units, is_final_offer
from frontend.services.level_words import audience
from frontend.services.milestones import milestones_of
from frontend.services.quotes import member_price_units

COMMUNITY_MARK = keccak(text="dokkaebi.community.account")[:12].hex()
CHAIN_COOKIE = "chain_seen"
YEAR_S = 365 * 86_400
PATH_SIGNS, QUERY_SIGNS = "!$&'()*+,/:;=@", "!$'()*,/:;?@"  # what stays as it is in an address
# which part of the main menu a page belongs to, where its blueprint does not say it
AREAS = {
    "listings.show": "explore",
    "listings.buy": "explore",
    "tokens": "communities",
    "curves": "communities",
    "claims": "communities",
    "airdrops": "communities",
    "members": "communities",
    "members_only": "communities",
    "proposals": "communities",
    "desk": "listings",
    "library": "orders",
    "receipts": "orders",
    "bonds": "credits",
    "designs": "explore",
    "splits": "credits",
    "cart": "explore",
    "orders.arbitration": "arbitration",
}


def frame(blueprint: Blueprint) -> None:
    """Let a blueprint bring the frame along when it is registered."""
    blueprint.record_once(_bind)


def _bind(state: BlueprintSetupState) -> None:
    app = state.app
    app.jinja_env.filters.update(
        shown=shown,
        plain=plain,
        title=title_of,
        described=described,
        prose=prose,
        content_url=content_url,
        same_account=same_account,
        nickname=nickname,
        community_of_account=community_of_account,
        milestones=lambda order: milestones_of(order.listing),
        final_offer=is_final_offer,
        typed_units=say_units,
        audience=audience,
        fiat_hint=fiat_hint,
        member_price=member_price_units,
    )
    app.jinja_env.tests["community_account"] = is_community_account
    app.jinja_env.tests["no_account"] = is_no_account
    # macros are imported without a page's context, and the pager is one
    app.jinja_env.globals["page_with"] = page_with
    app.jinja_env.globals["bond_units"] = bond_units
    app.context_processor(frame_values)
    app.after_request(remember_chain)


def frame_values() -> dict[str, Any]:
    """Give what base.html needs beside chain, head and account."""
    return {
        "page_lang": page_language(),
        "page_theme": theme if (theme := request.cookies.get("theme")) in ("light", "dark") else None,
        "page_area": AREAS.get(request.endpoint or "", AREAS.get(request.blueprint or "", request.blueprint)),
        "page_now": int(time.time()),
        "page_in": page_in,
        "page_with": page_with,
        "has_endpoint": lambda name: name in current_app.view_functions,
        "chain_was_reset": chain_was_reset(),
    }


def page_language() -> str:
    """Give the language of this page, "ko" or "en"."""
    return spoken_language()


def page_in(language: str) -> str:
    """Give this page's address in another language."""
    return page_with(lang=language)


def page_with(**changes: object) -> str:
    """Give this page's address with other query values; the page number starts again unless it is what changes."""
    if request.endpoint is None or request.method not in ("GET", "HEAD"):
        return f"?lang={changes['lang']}" if "lang" in changes else "?"
    query: dict[str, Any] = {name: request.args.getlist(name) for name in request.args} | changes
    # put together here, as Werkzeug does it, since a page asks for several: its path is known already
    return quote(request.path, safe=PATH_SIGNS) + ("?" + urlencode(query, True, QUERY_SIGNS) if query else "")


def content_url(content_hash: str, width: int | None = None) -> str:
    """Give the address of stored bytes on this site, or of a picture 320 or 640 pixels wide."""
    return f"/content/{content_hash}" if width is None else f"/content/{content_hash}/{width}"


def same_account(one: object, other: object) -> bool:
    """Tell whether two addresses are one, however their letters are written."""
    return bool(one) and bool(other) and str(one).lower() == str(other).lower()


def is_no_account(address: object) -> bool:
    """Tell whether this is the zero address: where minted tokens come from and burned ones go."""
    return not int(str(address or "0x0"), 16)


def is_community_account(address: object) -> bool:
    """Tell whether an address is a community's commission account rather than somebody's (CommunityAccount.sol)."""
    text = str(address).lower()
    return len(text) == 42 and text[2:26] == COMMUNITY_MARK


def community_of_account(address: object) -> int:
    """Give the community whose commission account this is; 0 is the platform."""
    return int(str(address)[26:], 16)


def account_of_community(community_id: int) -> str:
    """Give the account under which a community's commission is credited, lower case."""
    return f"0x{COMMUNITY_MARK}{community_id:016x}"


def current_genesis() -> str | None:
    """Give the start of the genesis hash of the chain that the index shows."""
    head = queries.head()
    return head.epoch_genesis[:18] if head is not None and head.epoch_genesis else None


def chain_was_reset() -> bool:
    """Tell whether this browser last saw another chain under the same chain id."""
    seen = request.cookies.get(CHAIN_COOKIE)
    return (
        bool(seen)
        and not request.args.get("chain_reset_seen")
        and (now := current_genesis()) is not None
        and seen != now
    )


def remember_chain(response: Response) -> Response:
    """Keep which chain this browser has seen; a changed one is kept only when its note was read."""
    if response.mimetype != "text/html":
        return response
    genesis = current_genesis()
    seen = request.cookies.get(CHAIN_COOKIE)
    if genesis and (not seen or (seen != genesis and request.args.get("chain_reset_seen"))):
        response.set_cookie(
            CHAIN_COOKIE, genesis, max_age=YEAR_S, httponly=True, samesite="Lax", secure=settings.is_secure
        )
    return response
