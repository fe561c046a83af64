"""What the index answers about governors and proposals: frozen rows of plain values, as in views.py.

Votes are the token's smallest unit.
"""

from __future__ import annotations

from dataclasses import dataclass

QUEUE_WINDOW_S = 3 * 86_400
EXECUTE_WINDOW_S = 5 * 86_400
BPS = 10_000


@dataclass(frozen=True)
class GovernorRules:
    """What a governor is opened with, in the contract's order. Source: IGovernors.GovernorParams."""

    voting_delay_s: int
    voting_period_s: int
    timelock_delay_s: int
    quorum_bps: int
    quorum_floor_units: int
    proposal_threshold_units: int
    min_members: int
    veto_until_ts: int


@dataclass(frozen=True)
class Governor(GovernorRules):
    """How a community decides; fixed when it was opened."""

    address: str
    community_id: int
    timelock: str
    founder: str
    proposal_count: int
    opened_at_ts: int

    def quorum_of(self, locked_units: int) -> int:
        """Give the votes for and abstentions that are needed when so much is locked. Source: CommunityGovernor.quorum."""
        return max(-(-locked_units * self.quorum_bps // BPS), self.quorum_floor_units)


@dataclass(frozen=True)
class ProposedCall:
    """One call that the timelock would make."""

    target: str
    value_wei: int
    data: str


@dataclass(frozen=True)
class Proposal:
    """A proposal and what became of it; a time of 0 is none. Quorum and state follow from the time: see `state_at`."""

    governor: str
    id: str
    number: int
    proposer: str
    calls: tuple[ProposedCall, ...]
    description: str
    description_hash: str
    proposed_at_ts: int
    start_ts: int
    end_ts: int
    for_units: int
    against_units: int
    abstain_units: int
    voter_count: int
    queued_at_ts: int
    eta_ts: int
    executed_at_ts: int
    executed_tx: str | None
    cancelled_at_ts: int
    tx_hash: str

    def is_won(self, quorum_units: int) -> bool:
        """Tell whether the votes suffice: the quorum by those for and abstaining, and more for than against."""
        return self.for_units + self.abstain_units >= quorum_units and self.for_units > self.against_units

    def state_at(self, now_ts: int, quorum_units: int) -> str:
        """Give where it stands at a time, by the chain's clock. Source: CommunityGovernor.state."""
        if self.executed_at_ts:
            return "executed"
        if self.cancelled_at_ts:
            return "cancelled"
        if now_ts <= self.start_ts:
            return "pending"
        if now_ts <= self.end_ts:
            return "active"
        if self.eta_ts:
            return "queued" if now_ts <= self.eta_ts + EXECUTE_WINDOW_S else "expired"
        if not self.is_won(quorum_units):
            return "defeated"
        return "succeeded" if now_ts <= self.end_ts + QUEUE_WINDOW_S else "expired"


@dataclass(frozen=True)
class Vote:
    """How somebody voted: for, against or abstain."""

    voter: str
    choice: str
    weight_units: int
    reason: str
    voted_at_ts: int


@dataclass(frozen=True)
class FeeChange:
    """A commission or its waivers as they were set or announced, and the proposal that did it, if one did."""

    fee_bps: int | None  # None where the waivers were changed
    waivers: tuple[int, int] | None  # percent: of sales in the community's token, of members' sales
    raise_at_ts: int  # 0 = in force at once
    at_ts: int
    tx_hash: str
    proposal: Proposal | None
