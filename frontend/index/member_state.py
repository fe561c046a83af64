"""What each event of Memberships and of a Membership changes: who has locked how much, who votes with it, what is on its way out.

Checks first; nonsense raises Malformed. Source: Memberships.sol, Membership.sol.
"""

from collections.abc import Callable, Iterable

from sqlalchemy import Table

from frontend.index.bulk import Key
from frontend.index.changes import Changes, Row, canonical
from frontend.index.decode import Event, Malformed
from frontend.index.models import communities, members, memberships, unlocks, vote_checkpoints

ALL = "0x" + "0" * 40  # in the checkpoints: all that was locked
WAITING, CANCELLED, WITHDRAWN = "waiting", "cancelled", "withdrawn"


def subject_of(membership: str) -> str:
    """Give the subject of a membership's events."""
    return f"members:{membership}"


def membership_opened(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """A community has a membership."""
    community = changes.get(communities, args["id"])
    if community is None or community["token"] != args["token"]:
        raise Malformed("no community has this token")
    if changes.get(memberships, args["membership"]) is not None:
        raise Malformed("this membership was opened before")
    row = {
        "address": args["membership"],
        "community_id": args["id"],
        "token": args["token"],
        "tiers": "[]",
        "locked_units": 0,
        "member_count": 0,
        "opened_at_ts": at_ts,
        "opened_block": event.log.block,
        "opened_log_index": event.log.log_index,
    }
    changes.put(memberships, row)
    return subject_of(row["address"])


def tiers_set(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """The thresholds of the tiers are others."""
    row = _membership(changes, event)
    changes.put(memberships, row | {"tiers": canonical([str(units) for units in args["thresholds"]])})
    return subject_of(row["address"])


def tokens_locked(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """An account has more that counts."""
    _set_locked(changes, event, args["account"], args["amount"], args["active"], at_ts)
    return subject_of(event.log.address)


def unlock_requested(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """Tokens count no more, and come out later."""
    row = _set_locked(changes, event, args["account"], -args["amount"], args["active"], at_ts)
    if args["number"] != row["unlock_count"]:
        raise Malformed("an unlock of another number is next")
    changes.put(members, row | {"unlock_count": row["unlock_count"] + 1})
    changes.put(
        unlocks,
        {
            "membership": event.log.address,
            "account": args["account"],
            "number": args["number"],
            "amount_units": args["amount"],
            "state": WAITING,
            "requested_at_ts": at_ts,
            "available_at_ts": args["availableAt"],
        },
    )
    return subject_of(event.log.address)


def unlock_cancelled(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """They count again."""
    _end_unlock(changes, event, args, CANCELLED)
    _set_locked(changes, event, args["account"], args["amount"], args["active"], at_ts)
    return subject_of(event.log.address)


def tokens_withdrawn(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """They are back with their member."""
    _end_unlock(changes, event, args, WITHDRAWN)
    return subject_of(event.log.address)


def delegate_changed(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """Somebody else votes with an account's tokens, or the account itself again."""
    _membership(changes, event)
    row = _member(changes, event.log.address, args["delegator"])
    changes.put(members, row | {"delegate": args["toDelegate"]})
    return subject_of(event.log.address)


def votes_changed(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """An account has other votes, from this second on."""
    _membership(changes, event)
    row = _member(changes, event.log.address, args["delegate"])
    if row["votes_units"] != args["previousVotes"]:
        raise Malformed("it had not so many votes")
    changes.put(members, row | {"votes_units": args["newVotes"]})
    _remember(changes, event.log.address, row["account"], args["newVotes"], at_ts)
    return subject_of(event.log.address)


HANDLERS: dict[str, Callable[[Changes, Event, Row, int], str]] = {
    "MembershipOpened": membership_opened,
    "TiersSet": tiers_set,
    "TokensLocked": tokens_locked,
    "UnlockRequested": unlock_requested,
    "UnlockCancelled": unlock_cancelled,
    "TokensWithdrawn": tokens_withdrawn,
    "DelegateChanged": delegate_changed,
    "DelegateVotesChanged": votes_changed,
}


def member_keys(events: Iterable[Event]) -> dict[Table, list[Key]]:
    """Give the rows that these events will ask for, by table, so that they are read together."""
    found: dict[Table, list[Key]] = {memberships: [], members: [], unlocks: []}
    for event in events:
        args, address = event.args, event.log.address
        found[memberships].append((args.get("membership", address),))
        found[members].extend((address, args[name]) for name in ("account", "delegator", "delegate") if name in args)
        if "number" in args:
            found[unlocks].append((address, args["account"], args["number"]))
    return found


def _membership(changes: Changes, event: Event) -> Row:
    row = changes.get(memberships, event.log.address)
    if row is None:
        raise Malformed("this membership was never opened")
    return row


def _member(changes: Changes, membership: str, account: str) -> Row:
    return changes.get(members, membership, account) or {
        "membership": membership,
        "account": account,
        "locked_units": 0,
        "votes_units": 0,
        "delegate": account,
        "unlock_count": 0,
        "joined_at_ts": 0,
    }


def _set_locked(changes: Changes, event: Event, account: str, more_units: int, told_units: int, at_ts: int) -> Row:
    """Change what an account has locked; give its row."""
    membership = _membership(changes, event)
    row = _member(changes, membership["address"], account)
    had, has = row["locked_units"], row["locked_units"] + more_units
    if has != told_units:
        raise Malformed("it has not so much locked")
    joined_at_ts = 0 if has == 0 else row["joined_at_ts"] or at_ts
    row = row | {"locked_units": has, "joined_at_ts": joined_at_ts}
    changes.put(members, row)
    all_units = membership["locked_units"] + more_units
    count = membership["member_count"] + (has > 0) - (had > 0)
    changes.put(memberships, membership | {"locked_units": all_units, "member_count": count})
    _remember(changes, membership["address"], ALL, all_units, at_ts)
    return row


def _end_unlock(changes: Changes, event: Event, args: Row, state: str) -> None:
    _membership(changes, event)
    row = changes.get(unlocks, event.log.address, args["account"], args["number"])
    if row is None or row["state"] != WAITING or row["amount_units"] != args["amount"]:
        raise Malformed("there is no such unlock")
    changes.put(unlocks, row | {"state": state})


def _remember(changes: Changes, membership: str, account: str, units: int, at_ts: int) -> None:
    row = {"membership": membership, "account": account, "at_ts": at_ts, "votes_units": units}
    changes.put(vote_checkpoints, row)
