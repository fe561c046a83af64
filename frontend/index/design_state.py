"""What the events of Blueprints change: conditions of designs, units of accounts, and the serials for which units were burned.

Checks first; nonsense raises Malformed. What is owed to payees stands in the ledger's own events: see state.py.
Source: Blueprints.sol.
"""

import json
from collections.abc import Callable, Iterable

from sha3 import keccak_256
from sqlalchemy import Table

from frontend.index.bulk import Key
from frontend.index.changes import Changes, Row
from frontend.index.decode import Event, Malformed
from frontend.index.models import designs, listings, makes, orders, unit_claims, units
from frontend.serials import looks_of, text_of_serial

BLUEPRINT = "blueprint"
NO_ACCOUNT = "0x" + "0" * 40
GIVING_STATES = ("completed", "refunded", "resolved")  # the last two only when the seller grants units
MAX_SMALL = 2**63 - 1


def subject_of(listing_id: str) -> str:
    """Give the subject of a design's events; a bare hash would be a listing's or an order's."""
    return f"design:{listing_id}"


def design_published(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """A listing's make conditions are known."""
    listing = changes.get(listings, args["listingId"])
    if listing is None or listing["kind"] != BLUEPRINT or listing["seller"] != args["seller"]:
        raise Malformed("there is no listing of a blueprint of this id and seller")
    said = args["conditions"]
    if json.loads(listing["terms"])["salt"] != "0x" + keccak_256(event.log.data).hexdigest():
        raise Malformed("the conditions are not those that the terms name")
    if changes.get(designs, listing["id"]) is not None or said["splitId"] > MAX_SMALL:
        raise Malformed("the design was published before, or names a split that cannot be")
    row = {
        "listing_id": listing["id"],
        "currency": said["currency"],
        "fee_units": said["feePerMake"],
        "payee": None if said["payee"] == NO_ACCOUNT else said["payee"],
        "split_id": said["splitId"],
        "split_version": said["splitVersion"],
        "salt": said["salt"],
        "claimed": 0,
        "made": 0,
        "published_at_ts": at_ts,
        "tx_hash": event.log.tx_hash,
    }
    changes.put(designs, row)
    return subject_of(listing["id"])


def units_claimed(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """An order's units were given out; the transfer behind this event moves them."""
    design, order = _design(changes, args["listingId"]), changes.get(orders, args["key"])
    if order is None or order["listing_id"] != design["listing_id"] or order["state"] not in GIVING_STATES:
        raise Malformed("there is no order of this design that gives units")
    if order["quantity"] != args["quantity"] or changes.get(unit_claims, order["key"]) is not None:
        raise Malformed("other units than were bought, or for the second time")
    row = {
        "order_key": order["key"],
        "receiver": args["to"],
        "quantity": args["quantity"],
        "claimed_at_ts": at_ts,
        "tx_hash": event.log.tx_hash,
    }
    changes.put(unit_claims, row)
    changes.put(designs, design | {"claimed": design["claimed"] + args["quantity"]})
    return str(order["key"])


def unit_made(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """A serial was registered; the transfer before this event burned its unit."""
    design, serial = _design(changes, args["listingId"]), text_of_serial(args["serial"])
    if serial is None or args["number"] != design["made"] + 1 or args["number"] > design["claimed"]:
        raise Malformed("a serial that is none, or a make out of turn")
    if changes.get(makes, design["listing_id"], serial) is not None:
        raise Malformed("the serial was registered before")
    row = {
        "listing_id": design["listing_id"],
        "serial": serial,
        "looks": looks_of(serial),
        "maker": args["maker"],
        "number": args["number"],
        "made_at_ts": at_ts,
        "block": event.log.block,
        "log_index": event.log.log_index,
        "tx_hash": event.log.tx_hash,
    }
    changes.put(makes, row)
    changes.put(designs, design | {"made": args["number"]})
    return subject_of(design["listing_id"])


def transfer_single(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """Units of one design have moved, come or gone."""
    _move(changes, args, args["id"], args["value"])
    return subject_of(listing_id_of(args["id"]))


def transfer_batch(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """Units of several designs have moved."""
    if len(args["ids"]) != len(args["values"]):
        raise Malformed("not as many values as ids")
    for number, value in zip(args["ids"], args["values"], strict=True):
        _move(changes, args, number, value)
    return f"units:{args['to']}"


HANDLERS: dict[str, Callable[[Changes, Event, Row, int], str]] = {
    "DesignPublished": design_published,
    "UnitsClaimed": units_claimed,
    "UnitMade": unit_made,
    "TransferSingle": transfer_single,
    "TransferBatch": transfer_batch,
}


def listing_id_of(number: int) -> str:
    """Give the listing's id that a token's id stands for."""
    return f"0x{number:064x}"


def design_keys(events: Iterable[Event]) -> dict[Table, list[Key]]:
    """Give the rows that these events will ask for, by table, so that they are read together."""
    found: dict[Table, list[Key]] = {designs: [], units: [], makes: [], unit_claims: []}
    for event in events:
        args = event.args
        if "listingId" in args:
            found[designs].append((args["listingId"],))
        if event.name == "UnitsClaimed":
            found[unit_claims].append((args["key"],))
        if event.name == "UnitMade" and (serial := text_of_serial(args["serial"])):
            found[makes].append((args["listingId"], serial))
        numbers = args.get("ids", [args["id"]] if "id" in args else [])
        found[designs] += [(listing_id_of(number),) for number in numbers]
        found[units] += [(listing_id_of(number), args[side]) for number in numbers for side in ("from", "to")]
    return found


def _design(changes: Changes, listing_id: str) -> Row:
    row = changes.get(designs, listing_id)
    if row is None:
        raise Malformed("there is no such design")
    return row


def _move(changes: Changes, args: Row, number: int, value: int) -> None:
    """Move units from and to, where the zero address has none. Anybody may move none of anything."""
    if value == 0:
        return
    design = _design(changes, listing_id_of(number))
    for account, more in ((args["from"], -value), (args["to"], value)):
        if account != NO_ACCOUNT:
            _add(changes, design["listing_id"], account, more)


def _add(changes: Changes, listing_id: str, account: str, more: int) -> None:
    row = changes.get(units, listing_id, account)
    has = (row["units"] if row else 0) + more
    if not 0 <= has <= MAX_SMALL:
        raise Malformed("more units move than were held, or than there can be")
    if has:
        changes.put(units, {"listing_id": listing_id, "account": account, "units": has})
    elif row:
        changes.remove(units, listing_id, account)
