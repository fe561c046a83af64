"""Receipts: facts of the chain, so everyone may read one and check one; nobody has to sign in."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask_babel import gettext as _

from frontend.errors import NotFound
from frontend.extensions import queries, registry, settings
from frontend.pages.codes import qr_code
from frontend.pages.deadlines import FINAL
from frontend.pages.numbers import HASH, hash_or_404
from frontend.pages.receipts import Receipt, receipt_of
from frontend.pages.terms import terms_of

blueprint = Blueprint("receipts", __name__)

MARK = re.compile(r"0x[0-9a-f]{32}", re.ASCII)


@blueprint.get("/o/<key>/receipt")
def show(key: str) -> str:
    """Show the receipt of a finished order, ready to be printed."""
    order = queries.order(hash_or_404(key))
    if order is None:
        abort(404)
    if order.state not in FINAL:
        raise NotFound(_("This order is still open. There is a receipt once it is finished."))
    receipt = _receipt(order)
    address = settings.origin + url_for("receipts.verify", order=order.key, receipt=receipt.mark)
    return render_template("receipts/show.html", address=address, code=qr_code(address), **_shown(receipt))


@blueprint.get("/verify")
def verify() -> str:
    """Say whether a receipt stands: all of it is computed anew from the index."""
    key, mark = (request.args.get(name, "").strip().lower() for name in ("order", "receipt"))
    problem = _problem(key, mark)
    order = queries.order(key) if key and not problem else None
    receipt = _receipt(order) if order is not None else None
    is_finished = order is not None and order.state in FINAL
    checks = _checks(receipt, mark) if receipt is not None and is_finished else []
    return render_template(
        "receipts/verify.html",
        key=key if HASH.fullmatch(key) else "",
        mark=mark if MARK.fullmatch(mark) else "",
        problem=problem,
        is_asked=bool(key or mark) and not problem,
        is_finished=is_finished,
        checks=checks,
        stands=bool(checks) and all(held for _name, held in checks),
        **(_shown(receipt) if receipt is not None else {"receipt": None}),
    )


def _problem(key: str, mark: str) -> str:
    if not key and not mark:
        return ""
    if not HASH.fullmatch(key):
        return _("That is no order key. It is 0x and 64 digits, and stands on the receipt.")
    if not MARK.fullmatch(mark):
        return _("That is no receipt mark. It is 0x and 32 digits, and stands on the receipt.")
    return ""


def _checks(receipt: Receipt, mark: str) -> list[tuple[str, bool]]:
    """List what was looked at, and whether it held."""
    return [
        ("mark", receipt.mark == mark),
        ("adds_up", receipt.adds_up),
        ("rates", receipt.keeps_to_the_rates),
    ]


def _receipt(order: Any) -> Receipt:
    return receipt_of(order, queries.timeline(order.key), settings.chain_id, registry.address("Market"))


def _shown(receipt: Receipt) -> dict[str, Any]:
    return {
        "receipt": receipt,
        "order": receipt.order,
        "terms": terms_of(receipt.order.listing),
        "currency": queries.currency(receipt.order.listing.currency),
    }
