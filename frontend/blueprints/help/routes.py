"""How escrow protects you: the same words as the contracts, for people."""

from __future__ import annotations

from flask import Blueprint, render_template

from frontend.services import terms
from frontend.services.carts import MOST_ITEMS

blueprint = Blueprint("help", __name__, url_prefix="/help")


@blueprint.get("/escrow")
def escrow() -> str:
    """Explain every state, every silence, and what is not promised."""
    return render_template("help/escrow.html", limits=terms, most_items=MOST_ITEMS)
