"""Several orders to be shipped, one transaction after the other: which are done, which is next. The contract knows no batch
of deliveries, so the wallet is asked for each; what is chosen stands in the page's address and nowhere else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import url_for

from frontend.extensions import queries, services
from frontend.index.views import Order
from frontend.pages.layout import same_account
from frontend.pages.numbers import HASH
from frontend.services.intents import ON_ITS_WAY, Intent

MOST = 50
ACTION = "market.deliver"
SHIPPED = ("delivered", "contested", "disputed", "completed", "resolved")
OWN_WAY = ("file",)  # kinds that are delivered by a call of their own, from the order's page


@dataclass(frozen=True)
class Row:
    """One chosen order. state: "done", "moving" (its transaction is on its way), "waiting", "late" or "closed"."""

    order: Order
    state: str
    intent: Intent | None


def queue_of(args: Any, name: str) -> list[str]:
    """Give the order keys that an address names, each once; nonsense is left out."""
    keys = [key.lower() for key in args.getlist(name)]
    return list(dict.fromkeys(key for key in keys if HASH.fullmatch(key)))[:MOST]


def queue_path(keys: list[str], at: str | None = None) -> str:
    """Give the address of the page of these orders. Args: at is the one whose form is to be shown, None = the first."""
    return url_for("desk.ship", order=keys, at=at)


def can_be_queued(order: Order, now_ts: int) -> bool:
    """Tell whether an order waits for a delivery that this page can prepare."""
    return order.state == "accepted" and order.clock_ts >= now_ts and order.listing.kind not in OWN_WAY


def rows_of(keys: list[str], seller: str, now_ts: int) -> list[Row]:
    """Give the chosen orders that are this seller's, in the order in which they were chosen."""
    found = queries.orders_with(keys)
    own = [found[key] for key in keys if key in found and same_account(found[key].listing.seller, seller)]
    intents = services.intent_store.about(seller, ACTION, [order.key for order in own])
    return [Row(order, _state(order, intents.get(order.key), now_ts), intents.get(order.key)) for order in own]


def _state(order: Order, intent: Intent | None, now_ts: int) -> str:
    if order.state in SHIPPED:
        return "done"
    if order.state != "accepted":
        return "closed"
    if intent is not None and intent.state in ON_ITS_WAY:
        return "moving"
    return "waiting" if can_be_queued(order, now_ts) else "late"
