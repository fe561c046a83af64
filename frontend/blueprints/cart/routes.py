"""The cart: reading needs what the browser has kept, which a script or a plain form sends; nothing of it stays here."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from frontend.auth import sign_in_required
from frontend.blueprints.cart.forms import CartForm
from frontend.blueprints.intents import intent_page
from frontend.errors import NodeDown, Refused
from frontend.extensions import services
from frontend.pages.act import Answer, account, chain_now, said_again, with_key
from frontend.pages.cart import CartRow, rows_of, totals_of
from frontend.services.carts import MOST_ITEMS, Wanted

blueprint = Blueprint("cart", __name__, url_prefix="/cart")


@blueprint.get("")
@sign_in_required
def show() -> str:
    """Show an empty page; its script fetches what the browser has kept."""
    return cart_page(with_key(CartForm(formdata=None)), [])


@blueprint.post("")
@sign_in_required
def look() -> str:
    """Show the lines that were sent beside what their listings are now; `remove` names one to leave out."""
    form: CartForm = with_key(CartForm())
    form.validate()
    gone = request.form.get("remove", "")
    if gone.isdecimal() and int(gone) < len(form.items.entries):
        form.items.entries.pop(int(gone))
    return cart_page(form, rows_of(form.items, account(), chain_now()))


@blueprint.post("/buy")
@sign_in_required
def buy() -> Answer:
    """Build the one intent that buys every line, or say what stands in the way of which."""
    form: CartForm = with_key(CartForm())
    is_whole = form.validate()
    rows = rows_of(form.items, account(), chain_now())

    def page() -> str:
        return cart_page(form, rows)

    if not is_whole or not rows:
        return page(), 422
    if any(row.problem or row.changes for row in rows):
        form.refuse(
            _("Nothing was sent: something is not as you saw it. Look at each line; what is there now is shown.")
        )
        return page(), 422
    try:
        intent = services.carts.prepare_buy_many(
            account(), [_wanted(row) for row in rows], form_key=form.form_key.data or ""
        )
    except (Refused, NodeDown) as problem:
        return said_again(form, page, problem)
    return intent_page(intent)


def _wanted(row: CartRow) -> Wanted:
    assert row.listing is not None
    assert row.terms is not None
    referrer = row.form.referrer.address if row.terms.referral_bps else None
    return Wanted(row.listing.id, row.quantity, row.total_units, row.fee_bps, referrer)


def cart_page(form: CartForm, rows: list[CartRow]) -> str:
    """Draw the page; every line carries what it shows."""
    values: list[Any] = totals_of(rows)
    return render_template(
        "cart/show.html",
        form=form,
        rows=rows,
        totals=values,
        can_buy=bool(rows) and not any(row.problem for row in rows),
        most=MOST_ITEMS,
    )
