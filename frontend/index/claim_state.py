"""What each event of Claims changes: phases, what they have left, and what accounts have claimed in them.

Checks first; nonsense raises Malformed. Source: Claims.sol.
"""

from collections.abc import Callable, Iterable

from sqlalchemy import Table

from frontend.index.bulk import Key
from frontend.index.changes import Changes, Row
from frontend.index.decode import Event, Malformed
from frontend.index.models import claim_phases, claims, communities

NO_LIST = "0x" + "0" * 64


def subject_of(key: str) -> str:
    """Give the subject of a phase's events; a bare hash would be a listing's or an order's."""
    return f"phase:{key}"


def phase_opened(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """A phase has its supply."""
    key, phase = str(args["key"]), args["phase"]
    community = changes.get(communities, phase["communityId"])
    if community is None or community["token"] != args["token"] or phase["token"] != args["token"]:
        raise Malformed("no community has this token")
    if changes.get(claim_phases, key) is not None:
        raise Malformed("this phase was opened before")
    row = {
        "key": key,
        "community_id": phase["communityId"],
        "number": phase["number"],
        "start_ts": phase["start"],
        "end_ts": phase["end"],
        "supply_units": phase["supply"],
        "limit_units": phase["limit"],
        "price_units": phase["price"],
        "currency": phase["currency"],
        "merkle_root": None if phase["merkleRoot"] == NO_LIST else phase["merkleRoot"],
        "is_open": True,
        "left_units": phase["supply"],
        "claimed_units": 0,
        "earned_units": 0,
        "claimant_count": 0,
        "opened_at_ts": at_ts,
        "opened_block": event.log.block,
        "opened_log_index": event.log.log_index,
    }
    changes.put(claim_phases, row)
    return subject_of(key)


def phase_closed(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """A phase gives nothing any more."""
    row = _open(changes, args["key"])
    if row["left_units"] != args["left"]:
        raise Malformed("it has not so much left")
    changes.put(claim_phases, row | {"is_open": False, "left_units": 0})
    return subject_of(row["key"])


def tokens_claimed(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """An account has claimed, for the first time in the phase or again."""
    row = _open(changes, args["key"])
    amount_units, cost_units = args["amount"], args["cost"]
    if amount_units > row["left_units"]:
        raise Malformed("more is claimed than was left")
    found = changes.get(claims, row["key"], args["account"])
    before = found or {"claimed_units": 0, "paid_units": 0}
    changes.put(
        claims,
        {
            "phase_key": row["key"],
            "account": args["account"],
            "claimed_units": before["claimed_units"] + amount_units,
            "paid_units": before["paid_units"] + cost_units,
            "claimed_at_ts": at_ts,
        },
    )
    more = {
        "left_units": row["left_units"] - amount_units,
        "claimed_units": row["claimed_units"] + amount_units,
        "earned_units": row["earned_units"] + cost_units,
        "claimant_count": row["claimant_count"] + (found is None),
    }
    changes.put(claim_phases, row | more)
    not_the_stewards(changes, row["community_id"], amount_units)
    return subject_of(row["key"])


HANDLERS: dict[str, Callable[[Changes, Event, Row, int], str]] = {
    "ClaimPhaseOpened": phase_opened,
    "ClaimPhaseClosed": phase_closed,
    "TokensClaimed": tokens_claimed,
}


def claim_keys(events: Iterable[Event]) -> dict[Table, list[Key]]:
    """Give the rows that these events of Claims will ask for, by table, so that they are read together."""
    found: dict[Table, list[Key]] = {claim_phases: [], claims: [], communities: []}
    for event in events:
        found[claim_phases].append((event.args["key"],))
        if "account" in event.args:
            found[claims].append((event.args["key"], event.args["account"]))
        if "phase" in event.args:
            found[communities].append((event.args["phase"]["communityId"],))
    return found


def not_the_stewards(changes: Changes, community_id: int, amount_units: int) -> None:
    """Take an amount out of what the steward has minted: the Transfer behind this event, in the same block, counts it there."""
    row = changes.get(communities, community_id)
    if row is None:
        raise Malformed("there is no such community")
    changes.put(communities, row | {"minted_by_steward_units": row["minted_by_steward_units"] - amount_units})


def _open(changes: Changes, key: str) -> Row:
    row = changes.get(claim_phases, key)
    if row is None or not row["is_open"]:
        raise Malformed("this phase is not open")
    return row
