"""Where a proposal stands, its tally as a drawing, and what a reader can do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from frontend.extensions import queries, services
from frontend.index.member_views import Membership
from frontend.index.proposal_views import EXECUTE_WINDOW_S, QUEUE_WINDOW_S, Governor, Proposal
from frontend.pages.currencies import currencies_of
from frontend.pages.layout import same_account
from frontend.services.proposals import said_words
from frontend.services.proposed_calls import DecodedCall

BAR_WIDTH = 600


@dataclass(frozen=True)
class Bar:
    """Widths of the three parts and the place of the quorum's mark, in a drawing BAR_WIDTH wide."""

    for_width: int
    abstain_width: int
    against_width: int
    quorum_x: int


@dataclass(frozen=True)
class ProposalState:
    """A proposal as a page shows it. The quorum is that of now while the votes are not counted yet."""

    proposal: Proposal
    governor: Governor
    state: str
    quorum_units: int
    locked_units: int

    @property
    def is_over(self) -> bool:
        """Tell whether nothing can come of it any more, or all has."""
        return self.state in ("executed", "cancelled", "defeated", "expired")

    @property
    def title(self) -> str:
        """The first line of its words."""
        return said_words(self.proposal.description).partition("\n")[0]

    @property
    def words(self) -> str:
        """What comes after the title."""
        return said_words(self.proposal.description).partition("\n")[2].strip()

    @property
    def queue_until_ts(self) -> int:
        """When a won vote expires unless it is queued."""
        return self.proposal.end_ts + QUEUE_WINDOW_S

    @property
    def execute_until_ts(self) -> int:
        """When what was queued expires unless it is carried out."""
        return self.proposal.eta_ts + EXECUTE_WINDOW_S

    @property
    def bar(self) -> Bar:
        """Draw the tally; the whole is all votes, or the quorum when that is more."""
        one = self.proposal
        whole = max(one.for_units + one.abstain_units + one.against_units, self.quorum_units, 1)
        parts = (one.for_units, one.abstain_units, one.against_units, self.quorum_units)
        return Bar(*(units * BAR_WIDTH // whole for units in parts))

    def can_cancel(self, who: str | None, now_ts: int) -> bool:
        """Tell whether an account may end it now. Source: CommunityGovernor._validateCancel."""
        if self.state in ("executed", "cancelled", "expired"):
            return False
        return (self.state == "pending" and same_account(who, self.proposal.proposer)) or self.can_veto(who, now_ts)

    def can_veto(self, who: str | None, now_ts: int) -> bool:
        """Tell whether an account is the founder whose veto has not ended."""
        return same_account(who, self.governor.founder) and now_ts < self.governor.veto_until_ts


def state_of(proposal: Proposal, governor: Governor, membership: Membership | None, now_ts: int) -> ProposalState:
    """Give a proposal with its quorum and where it stands."""
    at_ts = min(proposal.start_ts, now_ts)
    locked_units = queries.locked_at(membership.address, at_ts) if membership else 0
    quorum_units = governor.quorum_of(locked_units)
    return ProposalState(proposal, governor, proposal.state_at(now_ts, quorum_units), quorum_units, locked_units)


def states_of(
    proposals: Sequence[Proposal], governors: Sequence[Governor], membership: Membership | None, now_ts: int
) -> list[ProposalState]:
    """Give proposals to any of a community's governors with where they stand."""
    known = {governor.address: governor for governor in governors}
    return [state_of(one, known[one.governor], membership, now_ts) for one in proposals if one.governor in known]


def currencies_in(calls: Sequence[DecodedCall]) -> dict[str, Any]:
    """Give the currencies that some calls move, by address in lower case."""
    named = [str(call.args["currency"]).lower() for call in calls if call.args and "currency" in call.args]
    return currencies_of([*named, *(call.call.target for call in calls)])


def decoded_calls(proposal: Proposal) -> list[DecodedCall]:
    """Give a proposal's calls as this market reads them."""
    return [services.calls.decoded(call) for call in proposal.calls]
