"""What a buyer can take home of an order. One place names all of it, so that a page draws whatever stands here."""

from __future__ import annotations

from dataclasses import dataclass

from frontend.index.views import Order
from frontend.pages.deadlines import FINAL
from frontend.pages.described import Described, described
from frontend.pages.files import FilePlace, file_place

KINDS = ("goods", "file", "blueprint", "service")


@dataclass(frozen=True)
class Item:
    """A bought thing, and of a sealed file what is needed to open it."""

    order: Order
    about: Described
    has_receipt: bool
    file: FilePlace | None


def item_of(order: Order) -> Item:
    """Give an order as the library shows it."""
    return Item(order, described(order.listing), order.state in FINAL, file_place(order))
