"""What the events of Reviews change: what the two sides of a finished order say about each other, and their replies.

Checks first; nonsense raises Malformed. Only the recorded contract is heard, and it lets nobody speak who may not: what
contradicts the order as the index has it is nonsense. Source: Reviews.sol.
"""

from collections.abc import Callable, Iterable

from sqlalchemy import Table

from frontend.index.bulk import Key
from frontend.index.changes import Changes, Row
from frontend.index.decode import Event, Malformed
from frontend.index.models import listings, orders, reviews

REVIEWED_STATES = ("completed", "refunded", "resolved")
RATINGS = range(1, 6)
OTHER_SIDE = {"seller": "buyer", "buyer": "seller"}


def reviewed(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """One side of a finished order has said what it thinks of the other."""
    order, listing = _order_of(changes, args["key"])
    sides = {"buyer": order["holder"], "seller": listing["seller"]}
    speaker = "seller" if args["bySeller"] else "buyer"
    role = OTHER_SIDE[speaker]
    if order["state"] not in REVIEWED_STATES or args["rating"] not in RATINGS:
        raise Malformed("an order that is not finished, or a rating that is none")
    if (args["by"], args["about"]) != (sides[speaker], sides[role]):
        raise Malformed("a review by or about somebody who is no party")
    if changes.get(reviews, order["key"], role) is not None:
        raise Malformed("this side has said it before")
    row = {
        "order_key": order["key"],
        "role": role,
        "about": args["about"],
        "reviewer": args["by"],
        "rating": args["rating"],
        "hash": _unless_zero(args["hash"]),
        "currency": listing["currency"],
        "earned_units": order["paid_units"] - order["returned_units"],
        "said_at_ts": at_ts,
        "block": event.log.block,
        "log_index": event.log.log_index,
        "tx_hash": event.log.tx_hash,
        "reply_hash": None,
        "replied_at_ts": 0,
        "reply_tx": None,
    }
    changes.put(reviews, row)
    return str(order["key"])


def replied(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """The one who was reviewed has answered."""
    order, listing = _order_of(changes, args["key"])
    role = {listing["seller"]: "seller", order["holder"]: "buyer"}.get(args["by"], "")
    row = changes.get(reviews, order["key"], role) if role else None
    if row is None or row["replied_at_ts"]:
        raise Malformed("there is nothing to reply to, or it was replied to before")
    said = {"reply_hash": _unless_zero(args["hash"]), "replied_at_ts": at_ts, "reply_tx": event.log.tx_hash}
    changes.put(reviews, row | said)
    return str(order["key"])


HANDLERS: dict[str, Callable[[Changes, Event, Row, int], str]] = {"Reviewed": reviewed, "Replied": replied}


def review_keys(events: Iterable[Event]) -> dict[Table, list[Key]]:
    """Give the rows that these events will ask for, by table, so that they are read together."""
    return {reviews: [(event.args["key"], role) for event in events for role in OTHER_SIDE]}


def _order_of(changes: Changes, key: str) -> tuple[Row, Row]:
    """Give an order and its listing."""
    order = changes.get(orders, key)
    listing = None if order is None else changes.get(listings, order["listing_id"])
    if order is None or listing is None:
        raise Malformed("there is no such order")
    return order, listing


def _unless_zero(word: str) -> str | None:
    return word if int(word, 16) else None
