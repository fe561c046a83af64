"""What the index answers about claim phases: frozen rows of plain values, as in views.py."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ClaimPhase:
    """A phase as it was opened, and what became of it so far. Amounts are the token's smallest unit, price and earnings
    the currency's; a limit of 0 is none."""

    key: str
    community_id: int
    number: int
    start_ts: int
    end_ts: int
    supply_units: int
    limit_units: int
    price_units: int
    currency: str
    merkle_root: str | None
    is_open: bool
    left_units: int
    claimed_units: int
    earned_units: int
    claimant_count: int
    opened_at_ts: int


@dataclass(frozen=True)
class Claim:
    """What an account has claimed in a phase so far; the time is the last claim's."""

    phase_key: str
    account: str
    claimed_units: int
    paid_units: int
    claimed_at_ts: int


@dataclass(frozen=True)
class ClaimReserve:
    """What a community reserved for claims: in all, and what no phase has."""

    reserved_units: int
    unallotted_units: int
    next_number: int
