"""What each event of Personas changes: who bears which nickname, since when, and what is offered.

Checks first; nonsense raises Malformed. Source: Personas.sol.
"""

from collections.abc import Callable, Iterable

from sqlalchemy import Table

from frontend.index.bulk import Key
from frontend.index.changes import Changes, Row
from frontend.index.decode import Event, Malformed
from frontend.index.models import persona_accounts, persona_holdings, personas
from frontend.nicknames import nickname_of, skeleton

NO_ACCOUNT = "0x" + "0" * 40
NO_HASH = "0x" + "0" * 64


def subject_of(persona: str) -> str:
    """Give the subject of a persona's events; a bare hash would be a listing's or an order's."""
    return f"persona:{persona}"


def committed(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """An account without a persona is committed to a nickname; only the last commitment counts."""
    account = str(args["account"])
    _expect_none(changes, account)
    word = {"persona": None, "commitment": args["commitment"], "committed_at_ts": at_ts}
    changes.put(persona_accounts, {"account": account} | word)
    return account


def claimed(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """A commitment has become a persona."""
    persona, holder = str(args["persona"]), args["holder"]
    nickname = nickname_of(persona)
    if nickname is None:
        raise Malformed(f"{persona} holds no nickname")
    if changes.get(personas, persona) is not None:
        raise Malformed(f"{nickname} was claimed before")
    _expect_none(changes, holder)
    if changes.get(persona_accounts, holder) is None:
        raise Malformed("nothing was committed to")
    row = {
        "id": persona,
        "nickname": nickname,
        "skeleton": skeleton(nickname),
        "retired": False,
        "profile_uri": "",
        "profile_hash": None,
        "holder_count": 0,
        "claimed_at_ts": at_ts,
        "claimed_block": event.log.block,
        "claimed_log_index": event.log.log_index,
    }
    _give(changes, event, row, holder, at_ts)
    return subject_of(persona)


def profile_set(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """The holder says where the profile is."""
    row = _borne(changes, args["persona"], args["holder"])
    content_hash = None if args["contentHash"] == NO_HASH else args["contentHash"]
    changes.put(personas, row | {"profile_uri": args["uri"], "profile_hash": content_hash})
    return subject_of(row["id"])


def offered(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """Somebody may take it over, from a time on; or nobody any more."""
    row = _borne(changes, args["persona"], args["from"])
    to = None if args["to"] == NO_ACCOUNT else args["to"]
    changes.put(personas, row | {"offered_to": to, "accept_from_ts": args["acceptFrom"]})
    return subject_of(row["id"])


def handed_over(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """It has another holder; the former one bears nothing."""
    row = _borne(changes, args["persona"], args["from"])
    if row["offered_to"] != args["to"]:
        raise Malformed("it was offered to somebody else")
    _expect_none(changes, args["to"])
    _end(changes, event, row, at_ts)
    changes.remove(persona_accounts, args["from"])
    _give(changes, event, row, args["to"], at_ts)
    return subject_of(row["id"])


def retired(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """Nobody bears it any more."""
    row = _borne(changes, args["persona"], args["holder"])
    _end(changes, event, row, at_ts)
    changes.remove(persona_accounts, args["holder"])
    changes.put(personas, row | {"retired": True, "offered_to": None, "accept_from_ts": 0})
    return subject_of(row["id"])


HANDLERS: dict[str, Callable[[Changes, Event, Row, int], str]] = {
    "NicknameCommitted": committed,
    "PersonaClaimed": claimed,
    "PersonaProfileSet": profile_set,
    "PersonaOffered": offered,
    "PersonaHandedOver": handed_over,
    "PersonaRetired": retired,
}


def persona_keys(events: Iterable[Event]) -> dict[Table, list[Key]]:
    """Give the rows that these events of Personas will ask for, by table, so that they are read together."""
    found: dict[Table, list[Key]] = {personas: [], persona_accounts: []}
    for event in events:
        if "persona" in event.args:
            found[personas].append((event.args["persona"],))
        found[persona_accounts] += (
            (event.args[name],) for name in ("account", "holder", "from", "to") if name in event.args
        )
    return found


def _borne(changes: Changes, persona: str, holder: str) -> Row:
    """Give a persona that this account bears."""
    row = changes.get(personas, persona)
    if row is None or row["retired"] or row["holder"] != holder:
        raise Malformed("this account does not bear it")
    return row


def _expect_none(changes: Changes, account: str) -> None:
    word = changes.get(persona_accounts, account)
    if word is not None and word["persona"] is not None:
        raise Malformed("this account bears another nickname")


def _give(changes: Changes, event: Event, row: Row, holder: str, at_ts: int) -> None:
    place = row["holder_count"] + 1
    now = {"holder": holder, "held_since_ts": at_ts, "holder_count": place, "offered_to": None, "accept_from_ts": 0}
    changes.put(personas, row | now)
    word = {"persona": row["id"], "commitment": None, "committed_at_ts": 0}
    changes.put(persona_accounts, {"account": holder} | word)
    held = {
        "from_ts": at_ts,
        "from_block": event.log.block,
        "from_log_index": event.log.log_index,
        "until_ts": 0,
        "until_block": None,
        "until_log_index": None,
    }
    changes.put(persona_holdings, {"persona": row["id"], "place": place, "holder": holder} | held)


def _end(changes: Changes, event: Event, row: Row, at_ts: int) -> None:
    """Close the time of the holder."""
    held = changes.get(persona_holdings, row["id"], row["holder_count"])
    if held is None:
        raise Malformed("nobody holds it")
    end = {"until_ts": at_ts, "until_block": event.log.block, "until_log_index": event.log.log_index}
    changes.put(persona_holdings, held | end)
