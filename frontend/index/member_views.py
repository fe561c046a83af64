"""What the index answers about members: frozen rows of plain values, as in views.py. Amounts are the token's smallest unit."""

from __future__ import annotations

from dataclasses import dataclass


def needed_units(tier: int, tiers: tuple[int, ...]) -> int | None:
    """Give how much must be locked for a tier, smallest units; tier 0 is any member's. None where there is no such tier."""
    if tier == 0:
        return 1
    return tiers[tier - 1] if tier <= len(tiers) else None


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

    def level_of(self, units: int) -> int:
        """Give the level of who has locked an amount: 0 is nothing locked, 1 a member's, 1 + n that of tier n.

        Source: Memberships.levelOf.
        """
        return 1 + self.tier_of(units) if units else 0


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
