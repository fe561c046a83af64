"""What the index answers about members: frozen rows of plain values, as in views.py. Amounts are the token's smallest unit."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Membership:
    """A community's membership as it stands."""

    address: str
    community_id: int
    token: str
    tiers: tuple[int, ...]
    locked_units: int
    member_count: int
    opened_at_ts: int

    def tier_of(self, units: int) -> int:
        """Give how many thresholds an amount reaches."""
        return sum(units >= threshold for threshold in self.tiers)


@dataclass(frozen=True)
class Member:
    """What an account has in a membership; nothing locked = no badge."""

    account: str
    locked_units: int
    votes_units: int
    delegate: str
    joined_at_ts: int


@dataclass(frozen=True)
class Unlock:
    """Tokens on their way back. States: waiting, cancelled, withdrawn."""

    number: int
    amount_units: int
    state: str
    requested_at_ts: int
    available_at_ts: int
