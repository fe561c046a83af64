"""Every error of governors, timelocks and their bases as a sentence: what is wrong, and what to do."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext

from frontend.formatters import duration, short
from frontend.services.error_words import moment, tokens


def proposal_state_text(state: int) -> str:
    """Name where a proposal stands, by the numbers of OpenZeppelin's ProposalState."""
    texts = (
        gettext("waiting for its vote"),
        gettext("being voted on"),
        gettext("cancelled"),
        gettext("not won"),
        gettext("won"),
        gettext("queued"),
        gettext("expired"),
        gettext("carried out"),
    )
    return texts[state] if 0 <= state < len(texts) else str(state)


def _never(args: dict[str, Any]) -> str:
    return gettext("The contract stopped on a check of its own set-up. Nothing was sent; please tell the operator.")


def _fixed(args: dict[str, Any]) -> str:
    return gettext("The rules of a governor can never change, and no vote can act around them. Open another governor.")


def _shape(args: dict[str, Any]) -> str:
    return gettext("A proposal needs at least one call, each with its target, its value and its data.")


SENTENCES: dict[str, Callable[[dict[str, Any]], str]] = {
    "GovernorAlreadyCastVote": lambda a: gettext(
        "%(voter)s has voted already, and a vote cannot be changed.", voter=short(a["voter"])
    ),
    "GovernorAlreadyQueuedProposal": lambda a: gettext("This proposal is queued already. Load the page again."),
    "GovernorDisabledDeposit": lambda a: gettext("A governor holds no money. Send it to the timelock."),
    "GovernorFixed": _fixed,
    "GovernorInsufficientProposerVotes": lambda a: gettext(
        "Proposing takes %(threshold)s votes; you had %(votes)s a second ago. Lock more tokens, or ask for votes. "
        "If you have just got them, try again in a moment.",
        threshold=tokens(a["threshold"]),
        votes=tokens(a["votes"]),
    ),
    "GovernorInvalidProposalLength": _shape,
    "GovernorInvalidSignature": lambda a: gettext(
        "The signature is not that of %(voter)s over this vote.", voter=short(a["voter"])
    ),
    "GovernorInvalidVoteParams": lambda a: gettext("This governor counts whole votes only."),
    "GovernorInvalidVoteType": lambda a: gettext("Vote for, against, or abstain."),
    "GovernorInvalidVotingPeriod": _never,
    "GovernorNonexistentProposal": lambda a: gettext("This governor knows no such proposal."),
    "GovernorNotQueuedProposal": lambda a: gettext("This proposal was not queued yet. Queue it first."),
    "GovernorOnlyExecutor": lambda a: gettext("Only the governor's timelock may do this."),
    "GovernorQueueNotImplemented": _never,
    "GovernorRestrictedProposer": lambda a: gettext(
        "These words are reserved for somebody else than %(proposer)s. Write them in other words.",
        proposer=short(a["proposer"]),
    ),
    "GovernorTooFewMembers": lambda a: gettext(
        "There are %(members)s members; nothing can be proposed before there are %(min)s.",
        members=a["members"],
        min=a["min"],
    ),
    "GovernorUnableToCancel": lambda a: gettext(
        "%(account)s cannot cancel this: who proposed it can while it waits for its vote, and the founder until the veto ends.",
        account=short(a["account"]),
    ),
    "GovernorUnexpectedProposalState": lambda a: gettext(
        "The proposal is in another state: %(state)s. Load the page again.",
        state=proposal_state_text(int(a["current"])),
    ),
    "InvalidInitialization": _never,
    "NotInitializing": _never,
    "SafeCastOverflowedUintDowncast": lambda a: gettext("This number is too large."),
    "AccessControlBadConfirmation": _never,
    "AccessControlUnauthorizedAccount": lambda a: gettext(
        "%(account)s may not do this: the timelock listens to its governor alone.", account=short(a["account"])
    ),
    "TimelockFixed": _fixed,
    "TimelockInsufficientDelay": lambda a: gettext(
        "The timelock's delay is %(delay)s at least.", delay=duration(int(a["minDelay"]))
    ),
    "TimelockInvalidOperationLength": _shape,
    "TimelockUnauthorizedCaller": _never,
    "TimelockUnexecutedPredecessor": _never,
    "TimelockUnexpectedOperationState": lambda a: gettext(
        "The delay of what was queued is not over yet, or it was carried out already."
    ),
    "CheckpointUnorderedInsertion": _never,
    "Create2EmptyBytecode": _never,
    "ERC5805FutureLookup": lambda a: gettext(
        "Votes can be counted for a past second only; %(when)s is not past yet.", when=moment(a["timepoint"])
    ),
    "ERC6372InconsistentClock": _never,
    "VotesExpiredSignature": lambda a: gettext(
        "This signature was good until %(when)s. Sign again.", when=moment(a["expiry"])
    ),
}
