"""The library: everything that the signed-in account holds of what was bought."""

from __future__ import annotations

from flask import Blueprint, render_template, request

from frontend.auth import sign_in_required
from frontend.blueprints.files.texts import file_texts
from frontend.blueprints.notes.texts import note_texts
from frontend.extensions import queries
from frontend.pages.act import account
from frontend.pages.currencies import currencies_of
from frontend.pages.library import KINDS, item_of
from frontend.pages.numbers import page_number

blueprint = Blueprint("library", __name__, url_prefix="/library")


@blueprint.get("")
@sign_in_required
def show() -> str:
    """Show what was bought, the newest first; the query may name one kind."""
    who = account().lower()
    kind = request.args.get("kind", "")
    kind = kind if kind in KINDS else ""
    page = queries.bought(who, kind or None, page=page_number(request.args))
    return render_template(
        "library/show.html",
        items=[item_of(order) for order in page.items],
        page=page,
        kind=kind,
        note_texts=note_texts(),
        file_texts=file_texts(),
        counts=queries.bought_kinds(who),
        held=queries.units_of(who),
        currencies=currencies_of(order.listing.currency for order in page.items),
    )
