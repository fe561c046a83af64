"""Airdrops: the steward brings a list, sees what it says, and mints it part by part."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for

from frontend.auth import sign_in_required
from frontend.blueprints.communities.routes import steward_of
from frontend.blueprints.tokens.routes import token_or_404
from frontend.errors import Refused
from frontend.extensions import queries, services
from frontend.index.views import Page
from frontend.pages.act import Answer, account, act, said_again, with_key
from frontend.pages.desks import forms_of, posted
from frontend.pages.fields import PageForm
from frontend.pages.lists import ListForm
from frontend.pages.numbers import hash_or_404, page_number
from frontend.services.airdrops import Part
from frontend.services.tokens import MAX_BATCH

blueprint = Blueprint("airdrops", __name__, url_prefix="/c/<int:community_id>/airdrop")

PARTS_A_PAGE = 5


@blueprint.route("", methods=["GET", "POST"])
@sign_in_required
def new(community_id: int) -> Answer:
    """Take a list, and lead to what it says. Nothing is minted by that."""
    community = _stewarded(community_id)
    form: ListForm = with_key(ListForm())

    def page() -> str:
        return render_template(
            "airdrops/new.html", community=community, token=_token(community), form=form, most=MAX_BATCH
        )

    if not form.is_submitted():
        return page()
    if not form.validate() or form.found is None:
        return page(), 422
    try:
        content_hash = services.airdrops.keep(community, form.found.entries, account())
    except Refused as problem:
        return said_again(form, page, problem)
    return redirect(url_for("airdrops.show", community_id=community_id, content_hash=content_hash), code=303)


@blueprint.get("/<content_hash>")
@sign_in_required
def show(community_id: int, content_hash: str) -> str:
    """Show a list in parts, each with what became of it."""
    return list_page(community_id, content_hash, page_number(request.args))


def list_page(community_id: int, content_hash: str, number: int, **sent: PageForm) -> str:
    """Draw a page of the list, with the form of the part that was refused."""
    community = _stewarded(community_id)
    parts = services.airdrops.parts(community, hash_or_404(content_hash))
    shown = _paged(parts, number, PARTS_A_PAGE)
    waiting_units = sum(part.total_units for part in parts if part.intent is None)
    return render_template(
        "airdrops/show.html",
        community=community,
        token=_token(community),
        content_hash=content_hash,
        page=shown,
        count=sum(len(part.entries) for part in parts),
        total_units=sum(part.total_units for part in parts),
        waiting_units=waiting_units,
        short_units=max(0, waiting_units - community.mintable_units),
        forms=forms_of({f"part{part.number}": PageForm for part in shown.items}, sent),
    )


@blueprint.get("/<content_hash>/<int:number>")
@sign_in_required
def again(community_id: int, content_hash: str, number: int) -> Answer:
    """Lead back to the list whoever opens the address of one of its forms."""
    here: dict[str, Any] = {"community_id": community_id, "content_hash": content_hash}
    return redirect(url_for("airdrops.show", **here, page=_page_of_part(number), lang=request.args.get("lang")))


@blueprint.post("/<content_hash>/<int:number>")
@sign_in_required
def mint(community_id: int, content_hash: str, number: int) -> Answer:
    """Mint to the accounts of one part."""
    community = _stewarded(community_id)
    content_hash, name = hash_or_404(content_hash), f"part{number}"
    form: PageForm = posted(PageForm, name)
    return act(
        form,
        lambda: list_page(community_id, content_hash, _page_of_part(number), **{name: form}),
        lambda: services.airdrops.prepare(account(), community, content_hash, number),
    )


def _page_of_part(number: int) -> int:
    """Give the page on which a part stands."""
    return max(1, -(-number // PARTS_A_PAGE))


def _paged(parts: list[Part], number: int, per_page: int) -> Page[Part]:
    """Give a page of parts; one that there is not becomes the last."""
    pages = max(1, -(-len(parts) // per_page))
    number = min(number, pages)
    return Page(parts[(number - 1) * per_page : number * per_page], number, pages, len(parts))


def _stewarded(community_id: int) -> Any:
    token_or_404(community_id)
    return steward_of(community_id)


def _token(community: Any) -> Any:
    return queries.currency(community.token.lower())
