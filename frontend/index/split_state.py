"""What each event of Splits changes: versions, seats, books and agreements, said again in rows.

Checks first; nonsense raises Malformed. Source: Splits.sol.
"""

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Table

from frontend.index.bulk import Key
from frontend.index.changes import Changes, Row, canonical
from frontend.index.decode import Event, Malformed
from frontend.index.models import (
    split_approvals,
    split_books,
    split_changes,
    split_claims,
    split_seats,
    split_shares,
    split_versions,
    splits,
)

MAX_ID = 2**63 - 1
BPS = 10_000
MAX_PAYEES = 32


def subject_of(split_id: int) -> str:
    """Give the subject of a split's events; a bare number would be a community's."""
    return f"split:{split_id}"


def due_units(received_units: int, bps: int) -> int:
    """Give a payee's part of all that a version received, rounded down. Source: ShareLib.dueDown."""
    return received_units * bps // BPS


def version_opened(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """A split's first version makes the split; each further one follows the one before."""
    split_id, version = _split_id(args), args["version"]
    row = changes.get(splits, split_id)
    if (row["version"] if row else 0) + 1 != version:
        raise Malformed(f"version {version} of split {split_id} does not follow")
    if row is None:
        row = {
            "id": split_id,
            "creator": args["sender"],
            "seat_count": 0,
            "opened_at_ts": at_ts,
            "opened_block": event.log.block,
            "opened_log_index": event.log.log_index,
            "tx_hash": event.log.tx_hash,
        }
    for seat, payee in enumerate(args["newPayees"], row["seat_count"]):
        changes.put(split_seats, {"split_id": split_id, "seat": seat, "payee": payee})
    seat_count = row["seat_count"] + len(args["newPayees"])
    _put_shares(changes, split_id, version, args["shares"], seat_count)
    changes.put(splits, row | {"version": version, "seat_count": seat_count, "changed_at_ts": at_ts})
    opened = {"opened_by": args["sender"], "opened_at_ts": at_ts, "tx_hash": event.log.tx_hash}
    changes.put(split_versions, {"split_id": split_id, "version": version} | opened)
    return subject_of(split_id)


def change_proposed(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """What a payee suggests; it can be made while the split's version is the one before."""
    row = _split(changes, args)
    if args["version"] != row["version"] + 1:
        raise Malformed(f"the proposed change does not follow version {row['version']}")
    changes.put(
        split_changes,
        {
            "hash": args["changeHash"],
            "split_id": row["id"],
            "version": args["version"],
            "proposer": args["proposer"],
            "change": canonical(args["change"]),
            "proposed_at_ts": at_ts,
            "opened_block": event.log.block,
            "opened_log_index": event.log.log_index,
            "tx_hash": event.log.tx_hash,
        },
    )
    return subject_of(row["id"])


def change_approved(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """An account agrees to a change, or no longer; the change need not have been proposed on the chain."""
    key = (args["changeHash"], args["payee"])
    if args["approved"]:
        changes.put(split_approvals, {"change_hash": key[0], "payee": key[1], "approved_at_ts": at_ts})
    elif changes.get(split_approvals, *key) is not None:
        changes.remove(split_approvals, *key)
    return str(args["changeHash"])


def payee_moved(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """A seat has another address, in every version."""
    row = changes.get(split_seats, _split_id(args), args["seat"])
    if row is None or row["payee"] != args["from"]:
        raise Malformed("this seat is not whose it is said to be")
    changes.put(split_seats, row | {"payee": args["to"]})
    return subject_of(row["split_id"])


def received(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """A version has income."""
    split_id, version, currency = _version(changes, args), args["version"], args["currency"]
    row = changes.get(split_books, split_id, version, currency)
    units = (row["received_units"] if row else 0) + args["amount"]
    changes.put(split_books, {"split_id": split_id, "version": version, "currency": currency, "received_units": units})
    return subject_of(split_id)


def claimed(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """A payee has taken out all that was due to it."""
    split_id, version, place, currency = _version(changes, args), args["version"], args["place"], args["currency"]
    share = changes.get(split_shares, split_id, version, place) if place < MAX_PAYEES else None
    book = changes.get(split_books, split_id, version, currency)
    if share is None or book is None:
        raise Malformed("nothing is due at this place")
    row = changes.get(split_claims, split_id, version, place, currency)
    units = (row["claimed_units"] if row else 0) + args["amount"]
    if units != due_units(book["received_units"], share["bps"]):
        raise Malformed("the claim is not what was due")
    key = {"split_id": split_id, "version": version, "place": place, "currency": currency}
    changes.put(split_claims, key | {"claimed_units": units})
    return subject_of(split_id)


HANDLERS: dict[str, Callable[[Changes, Event, Row, int], str]] = {
    "SplitVersionOpened": version_opened,
    "SplitChangeProposed": change_proposed,
    "SplitChangeApproved": change_approved,
    "SplitPayeeMoved": payee_moved,
    "SplitReceived": received,
    "SplitClaimed": claimed,
}


def split_keys(events: Iterable[Event]) -> dict[Table, list[Key]]:
    """Give the rows that these events of Splits will ask for, by table, so that they are read together."""
    found: dict[Table, list[Key]] = {table: [] for table in (splits, split_versions, split_books, split_claims)}
    found |= {split_shares: [], split_seats: [], split_changes: [], split_approvals: []}
    for event in events:
        args = event.args
        if event.name == "SplitChangeApproved":
            found[split_approvals].append((args["changeHash"], args["payee"]))
            continue
        if args["splitId"] <= MAX_ID:
            _expect(found, event.name, args)
    return found


def _expect(found: dict[Table, list[Key]], name: str, args: dict[str, Any]) -> None:
    split_id = args["splitId"]
    if name == "SplitPayeeMoved":
        found[split_seats].append((split_id, args["seat"]))
        return
    version = (split_id, args["version"])
    if name in ("SplitVersionOpened", "SplitChangeProposed"):
        found[splits].append((split_id,))
    if name == "SplitVersionOpened":
        found[split_versions].append(version)
        found[split_shares] += ((*version, place) for place in range(len(args["shares"])))
    if name == "SplitChangeProposed":
        found[split_changes].append((args["changeHash"],))
    if name in ("SplitReceived", "SplitClaimed"):
        found[split_versions].append(version)
        found[split_books].append((*version, args["currency"]))
    if name == "SplitClaimed" and args["place"] < MAX_PAYEES:
        found[split_shares].append((*version, args["place"]))
        found[split_claims].append((*version, args["place"], args["currency"]))


def _put_shares(changes: Changes, split_id: int, version: int, shares: list[list[int]], seat_count: int) -> None:
    if not 0 < len(shares) <= MAX_PAYEES or sum(bps for _, bps, _ in shares) != BPS:
        raise Malformed("the shares are not whole")
    for place, (seat, bps, locked_until_ts) in enumerate(shares):
        if seat >= seat_count:
            raise Malformed(f"there is no seat {seat}")
        share = {"seat": seat, "bps": bps, "locked_until_ts": locked_until_ts}
        changes.put(split_shares, {"split_id": split_id, "version": version, "place": place} | share)


def _split_id(args: Row) -> int:
    found: int = args["splitId"]
    if found > MAX_ID:
        raise Malformed(f"{found} is no split's id")
    return found


def _split(changes: Changes, args: Row) -> Row:
    row = changes.get(splits, _split_id(args))
    if row is None:
        raise Malformed(f"there is no split {args['splitId']}")
    return row


def _version(changes: Changes, args: Row) -> int:
    """Give the id of a split that has this version."""
    split_id = _split_id(args)
    if changes.get(split_versions, split_id, args["version"]) is None:
        raise Malformed(f"there is no version {args['version']} of split {split_id}")
    return split_id
