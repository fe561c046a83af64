"""What pages need to know of an order's private notes."""

from __future__ import annotations

from dataclasses import dataclass

from frontend.extensions import services
from frontend.index.views import Order
from frontend.pages.layout import same_account
from frontend.services.notes import DELIVERY, NO_HASH, WISH

PURCHASE_FIELDS = (
    "salt", "payer", "holder", "referrer", "arbiter", "encryptionKeyX", "encryptionKeyY", "specification",
)  # fmt: skip


@dataclass(frozen=True)
class NotePart:
    """A private note that an order carries, and that this visitor may try to open."""

    name: str
    hash: str
    is_mine: bool  # the visitor wrote it


def note_parts(order: Order, account: str | None) -> list[NotePart]:
    """Give the notes of an order to one of its parties; nothing to anybody else."""
    if account is None or not any(same_account(account, one) for one in _parties(order)):
        return []
    parts = []
    if has_wish(order):
        parts.append(NotePart(WISH, order.purchase["specification"], same_account(account, order.payer)))
    if order.commitment and services.notes.has_delivery(order):
        parts.append(NotePart(DELIVERY, order.commitment, same_account(account, order.listing.seller)))
    return parts


def has_wish(order: Order) -> bool:
    """Tell whether the purchase carries the hash of a note."""
    return str(order.purchase.get("specification", NO_HASH)) != NO_HASH


def purchase_values(order: Order) -> list[str]:
    """Give the purchase as the contract hashes it, for the browser to do the same."""
    return [str(order.purchase[name]) for name in PURCHASE_FIELDS]


def _parties(order: Order) -> tuple[str, str, str]:
    return order.listing.seller, order.payer, order.holder
