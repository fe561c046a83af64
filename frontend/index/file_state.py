"""What the events of sealed files change: what a listing sells, the key that an order got, and keys that are asked for again.

Checks first; nonsense raises Malformed. KeyRequests knows no order and lets anybody speak about any: who is neither its
holder nor its seller changes nothing. Sources: Listings.sol, Files.sol, KeyRequests.sol.
"""

import json
from collections.abc import Callable, Iterable

from sha3 import keccak_256
from sqlalchemy import Table

from frontend.index.bulk import Key
from frontend.index.changes import Changes, Row
from frontend.index.decode import Event, Malformed
from frontend.index.models import key_answers, key_requests, key_wraps, listings, orders, sealed_files

FILE = "file"


def listing_file(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """A listing sells a sealed file."""
    listing = changes.get(listings, args["listingId"])
    if listing is None or listing["kind"] != FILE:
        raise Malformed("there is no listing of a file of this id")
    if (
        changes.get(sealed_files, listing["id"]) is not None
        or _hash_of(event) != json.loads(listing["terms"])["extras"]
    ):
        raise Malformed("the sealed file is not the one that the terms name")
    file = args["file"]
    row = {
        "listing_id": listing["id"],
        "key_hash": file["keyHash"],
        "ciphertext_hash": file["ciphertextHash"],
        "plaintext_hash": file["plaintextHash"],
        "size_bytes": file["size"],
    }
    changes.put(sealed_files, row)
    return str(listing["id"])


def order_key_wrapped(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """An order has its key."""
    order = changes.get(orders, args["key"])
    if order is None or order["state"] != "delivered" or order["commitment"] != _hash_of(event):
        raise Malformed("the wrap is not what was delivered")
    changes.put(key_wraps, {"order_key": order["key"], **_wrap_of(args), "refuted": False})
    return str(order["key"])


def order_key_refuted(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """That key was another one than was sold; the money goes back by the event behind this one."""
    row = changes.get(key_wraps, args["key"])
    if row is None:
        raise Malformed("no key was delivered")
    changes.put(key_wraps, row | {"refuted": True})
    return str(row["order_key"])


def key_asked(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """An order's holder wants the key once more, wrapped to another point; or somebody says so who does not count."""
    order, seller = _file_order(changes, args["key"])
    if order is None or order["holder"] != args["asker"]:
        return _stranger(args["key"])
    row = {
        "order_key": order["key"],
        "x": args["x"],
        "y": args["y"],
        "seller": seller,
        "waiting": True,
        "asked_at_ts": at_ts,
        "asked_block": event.log.block,
        "asked_log_index": event.log.log_index,
        "tx_hash": event.log.tx_hash,
    }
    changes.put(key_requests, row)
    return str(order["key"])


def key_answered(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """Its seller answers what was asked; or somebody does who does not count, or to what nobody asked."""
    order, seller = _file_order(changes, args["key"])
    asked = changes.get(key_requests, args["key"], args["x"], args["y"])
    if order is None or asked is None or seller != args["from"]:
        return _stranger(args["key"])
    changes.put(key_requests, asked | {"waiting": False})
    row = {
        "block": event.log.block,
        "log_index": event.log.log_index,
        "order_key": order["key"],
        "x": args["x"],
        "y": args["y"],
        **_wrap_of(args),
        "answered_at_ts": at_ts,
        "tx_hash": event.log.tx_hash,
    }
    changes.add(key_answers, row)
    return str(order["key"])


HANDLERS: dict[str, Callable[[Changes, Event, Row, int], str]] = {
    "ListingFile": listing_file,
    "OrderKeyWrapped": order_key_wrapped,
    "OrderKeyRefuted": order_key_refuted,
    "KeyAsked": key_asked,
    "KeyAnswered": key_answered,
}


def file_keys(events: Iterable[Event]) -> dict[Table, list[Key]]:
    """Give the rows that these events will ask for, by table, so that they are read together."""
    found: dict[Table, list[Key]] = {sealed_files: [], key_wraps: [], key_requests: []}
    for event in events:
        args = event.args
        if "listingId" in args:
            found[sealed_files].append((args["listingId"],))
        elif "x" in args:
            found[key_requests].append((args["key"], args["x"], args["y"]))
        else:
            found[key_wraps].append((args["key"],))
    return found


def _file_order(changes: Changes, key: str) -> tuple[Row | None, str]:
    """Give an order of a file and its seller; None for what is no such order (yet)."""
    order = changes.get(orders, key)
    listing = None if order is None else changes.get(listings, order["listing_id"])
    if order is None or listing is None or listing["kind"] != FILE:
        return None, ""
    return order, str(listing["seller"])


def _stranger(key: str) -> str:
    """Give the subject of what changes nothing; a bare hash would be the order's."""
    return f"stranger:{key}"


def _wrap_of(args: Row) -> Row:
    wrap = args["wrap"]
    return {"point_x": wrap["pointX"], "point_y": wrap["pointY"], "masked": wrap["masked"]}


def _hash_of(event: Event) -> str:
    """Give keccak256 of a struct that is all of an event's data."""
    return "0x" + str(keccak_256(event.log.data).hexdigest())
