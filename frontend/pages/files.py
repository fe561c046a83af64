"""What pages need to know of an order of a sealed file, and what the two sides may do about its key."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from frontend.extensions import queries, services
from frontend.index.file_queries import PAID_BACK
from frontend.index.file_views import SealedFile, Wrap
from frontend.index.views import Order
from frontend.pages.deadlines import Roles, next_step
from frontend.pages.described import described
from frontend.pages.notes import purchase_values
from frontend.pages.text import plain
from frontend.services.market import terms_abi
from frontend.services.terms import FILE

NO_FILE_NAME = re.compile(r"[^\w .()-]+")
MOST_NAME = 60


@dataclass(frozen=True)
class FilePlace:
    """An order's file with all that a browser needs to open it or to deliver its key."""

    file: SealedFile
    terms: list[str]
    purchase: list[str]
    wrap: dict[str, str] | None
    key_requests: str
    requests: list[dict[str, Any]]
    file_name: str

    @property
    def has_waiting(self) -> bool:
        """Tell whether something was asked for and not answered."""
        return any(request["isWaiting"] for request in self.requests)


def file_place(order: Order) -> FilePlace | None:
    """Give an order's file; None where something else was bought."""
    listing = order.listing
    if listing.kind != FILE or listing.file is None:
        return None
    asked = queries.key_requests(order.key) if order.wrap is not None else []
    requests = [
        {
            "x": one.x,
            "y": one.y,
            "isWaiting": one.waiting,
            "tx": one.tx_hash,
            "answers": [_words(answer) for answer in one.answers],
        }
        for one in asked
    ]
    return FilePlace(
        file=listing.file,
        terms=["0x" + one.hex() if isinstance(one, bytes) else str(one) for one in terms_abi(listing)],
        purchase=purchase_values(order),
        wrap=None if order.wrap is None else _words(order.wrap),
        key_requests=services.file_keys.address,
        requests=requests,
        file_name=file_name_of(described(listing).title),
    )


def file_actions(order: Order, roles: Roles, now_ts: int, place: FilePlace | None) -> list[str]:
    """List what an account may do about a delivered key, beside the steps that every order has."""
    if place is None or place.wrap is None or order.state in PAID_BACK:
        return []
    found = []
    if roles.buyer:
        in_time = order.state == "delivered" and next_step(order, now_ts).actor == "buyer"
        found += ["claim_bad_key"] if in_time else []
        found.append("ask_key")
    if roles.seller and place.has_waiting:
        found.append("answer_key")
    return found


def file_name_of(title: str) -> str:
    """Give a name under which what was bought is saved: the title without what file systems do not take."""
    return NO_FILE_NAME.sub(" ", plain(title, MOST_NAME)).strip(" .") or "file"


def _words(wrap: Wrap) -> dict[str, str]:
    """Give a wrap as the scripts take it."""
    return {"pointX": wrap.point_x, "pointY": wrap.point_y, "masked": wrap.masked}
