"""What each event of Governors and of a CommunityGovernor changes: who decides how, what was proposed, and how it was voted on.

Checks first; nonsense raises Malformed. Source: Governors.sol, CommunityGovernor.sol, OpenZeppelin's GovernorUpgradeable.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_utils.crypto import keccak
from sqlalchemy import Table

from frontend.index.bulk import Key
from frontend.index.changes import Changes, Row, canonical
from frontend.index.decode import Event, Malformed
from frontend.index.models import communities, governors, proposal_votes, proposals

CHOICES = ("against", "for", "abstain")  # by GovernorCountingSimple's numbers
MAX_TIME = 2**63 - 1
CREATED = ("uint256", "address", "address[]", "uint256[]", "bytes[]", "bytes[]", "uint256", "uint256", "bytes")


def subject_of(governor: str, proposal: str) -> str:
    """Give the subject of a proposal's events; governors may know the same number."""
    return f"{governor[2:14]}:{proposal[2:]}"


def governor_subject(community_id: int) -> str:
    """Give the subject of the events about a community's governors."""
    return f"governors:{community_id}"


def hex_id(number: int) -> str:
    """Write a proposal's number as it is kept."""
    return f"0x{number:064x}"


def proposal_id(
    targets: Sequence[str], values: Sequence[int], calldatas: Sequence[bytes], description_hash: bytes
) -> str:
    """Give the number of a proposal. Source: GovernorUpgradeable.hashProposal."""
    kinds = ["address[]", "uint256[]", "bytes[]", "bytes32"]
    return "0x" + keccak(encode(kinds, [list(targets), list(values), list(calldatas), description_hash])).hex()


def governor_opened(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """A community has a governor and a timelock."""
    community = changes.get(communities, args["id"])
    if community is None or community["founder"] is None:
        raise Malformed("there is no such community")
    if changes.get(governors, args["governor"]) is not None:
        raise Malformed("this governor was opened before")
    params = args["params"]
    row = {
        "address": args["governor"],
        "community_id": args["id"],
        "timelock": args["timelock"],
        "founder": args["founder"],
        "voting_delay_s": params["votingDelay"],
        "voting_period_s": params["votingPeriod"],
        "timelock_delay_s": params["timelockDelay"],
        "quorum_bps": params["quorumBps"],
        "quorum_floor_units": params["quorumFloor"],
        "proposal_threshold_units": params["proposalThreshold"],
        "min_members": params["minMembers"],
        "veto_until_ts": params["vetoUntil"],
        "proposal_count": 0,
        "opened_at_ts": at_ts,
        "opened_block": event.log.block,
        "opened_log_index": event.log.log_index,
    }
    changes.put(governors, row)
    return governor_subject(args["id"])


def proposal_created(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """Calls are proposed; the number is the hash of all of them and of the description."""
    governor = changes.get(governors, event.log.address)
    if governor is None:
        raise Malformed("this governor was never opened")
    try:
        _, _, targets, values, _, calldatas, *_, words = decode(CREATED, event.log.data)
    except (DecodingError, OverflowError, ValueError):
        raise Malformed("the proposal cannot be decoded") from None
    found, words_hash = hex_id(args["proposalId"]), keccak(words)
    if not len(targets) == len(values) == len(calldatas):
        raise Malformed("targets, values and calls are not as many")
    if proposal_id(targets, values, calldatas, words_hash) != found:
        raise Malformed("the proposal's number is not the hash of what it proposes")
    if changes.get(proposals, governor["address"], found) is not None:
        raise Malformed("this was proposed before")
    number = governor["proposal_count"] + 1
    calls = zip(targets, values, calldatas, strict=True)
    changes.put(governors, governor | {"proposal_count": number})
    changes.put(
        proposals,
        {
            "governor": governor["address"],
            "id": found,
            "number": number,
            "proposer": args["proposer"],
            "calls": canonical([[target.lower(), str(value), "0x" + data.hex()] for target, value, data in calls]),
            "description": args["description"],
            "description_hash": "0x" + words_hash.hex(),
            "proposed_at_ts": at_ts,
            "start_ts": min(args["voteStart"], MAX_TIME),
            "end_ts": min(args["voteEnd"], MAX_TIME),
            "for_units": 0,
            "against_units": 0,
            "abstain_units": 0,
            "voter_count": 0,
            "queued_at_ts": 0,
            "eta_ts": 0,
            "executed_at_ts": 0,
            "executed_tx": None,
            "cancelled_at_ts": 0,
            "opened_block": event.log.block,
            "opened_log_index": event.log.log_index,
            "tx_hash": event.log.tx_hash,
        },
    )
    return subject_of(governor["address"], found)


def proposal_extended(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """The quorum was reached late, so it is voted on longer."""
    return _change(changes, event, end_ts=args["extendedDeadline"])


def proposal_queued(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """It was won, and waits in the timelock."""
    return _change(changes, event, queued_at_ts=at_ts, eta_ts=min(args["etaSeconds"], MAX_TIME))


def proposal_executed(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """The timelock made its calls."""
    return _change(changes, event, executed_at_ts=at_ts, executed_tx=event.log.tx_hash)


def proposal_cancelled(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """Its proposer or the founder ended it."""
    return _change(changes, event, cancelled_at_ts=at_ts)


def vote_cast(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """Somebody has voted; once for each proposal."""
    row = _open(changes, event)
    if args["support"] >= len(CHOICES):
        raise Malformed("there is no such choice")
    if changes.get(proposal_votes, row["governor"], row["id"], args["voter"]) is not None:
        raise Malformed("it has voted before")
    choice = CHOICES[args["support"]]
    tally = {f"{choice}_units": row[f"{choice}_units"] + args["weight"], "voter_count": row["voter_count"] + 1}
    changes.put(proposals, row | tally)
    changes.put(
        proposal_votes,
        {
            "governor": row["governor"],
            "proposal_id": row["id"],
            "voter": args["voter"],
            "choice": choice,
            "weight_units": args["weight"],
            "reason": args["reason"],
            "voted_at_ts": at_ts,
            "tx_hash": event.log.tx_hash,
        },
    )
    return subject_of(row["governor"], row["id"])


HANDLERS: dict[str, Callable[[Changes, Event, Row, int], str]] = {
    "GovernorOpened": governor_opened,
    "ProposalCreated": proposal_created,
    "ProposalExtended": proposal_extended,
    "ProposalQueued": proposal_queued,
    "ProposalExecuted": proposal_executed,
    "ProposalCanceled": proposal_cancelled,
    "VoteCast": vote_cast,
    "VoteCastWithParams": vote_cast,
}


def proposal_keys(events: Iterable[Event]) -> dict[Table, list[Key]]:
    """Give the rows that these events will ask for, by table, so that they are read together."""
    found: dict[Table, list[Key]] = {governors: [], proposals: [], proposal_votes: []}
    for event in events:
        args, address = event.args, event.log.address
        found[governors].append((args.get("governor", address),))
        if "proposalId" in args:
            found[proposals].append((address, hex_id(args["proposalId"])))
        if "voter" in args:
            found[proposal_votes].append((address, hex_id(args["proposalId"]), args["voter"]))
    return found


def _open(changes: Changes, event: Event) -> Row:
    row = changes.get(proposals, event.log.address, hex_id(event.args["proposalId"]))
    if row is None:
        raise Malformed("this was never proposed")
    if row["executed_at_ts"] or row["cancelled_at_ts"]:
        raise Malformed("this proposal is over")
    return row


def _change(changes: Changes, event: Event, **changed: Any) -> str:
    row = _open(changes, event)
    changes.put(proposals, row | changed)
    return subject_of(row["governor"], row["id"])
