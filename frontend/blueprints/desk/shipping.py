"""The page on which several orders are shipped one after the other."""

from __future__ import annotations

from flask import render_template

from frontend.blueprints.notes.texts import note_texts
from frontend.blueprints.orders.steps import step_forms
from frontend.pages.act import account, chain_now
from frontend.pages.currencies import currencies_of
from frontend.pages.fields import PageForm
from frontend.pages.notes import has_wish, purchase_values
from frontend.pages.shipping import queue_path, rows_of


def ship_page(keys: list[str], at: str = "", **sent: PageForm) -> str:
    """Draw the page, with the form that was refused as it was typed. Args: at is the order whose turn it is, if it waits."""
    rows = rows_of(keys, account(), chain_now())
    waiting = [row.order for row in rows if row.state == "waiting"]
    order = next((one for one in waiting if one.key == at), waiting[0] if waiting else None)
    own = [row.order.key for row in rows]
    return render_template(
        "desk/ship.html",
        rows=rows,
        order=order,
        form=step_forms(["deliver"], sent, order)["deliver"] if order else None,
        left=len(waiting),
        own=own,
        queue_path=queue_path,
        has_wish=order is not None and has_wish(order),
        purchase_values=purchase_values(order) if order else [],
        note_texts=note_texts(),
        now_ts=chain_now(),
        currencies=currencies_of(row.order.listing.currency for row in rows),
    )
