"""Splits in plain Python: versions, books, who must agree, and why a call is refused.

Written from the promises, so that it can be an oracle: it shares no code with the contracts and asks them nothing.
"""

from collections import Counter
from dataclasses import dataclass, field

from tests.helpers.splits import BPS, Change, Share, due_down


@dataclass
class Split:
    """One split: who sits where, and the list of each version; version 1 is the first."""

    payees: list[str]
    versions: list[tuple[Share, ...]]

    @property
    def current(self) -> tuple[Share, ...]:
        """Give the list of the current version."""
        return self.versions[-1]

    def share_of(self, seat: int) -> Share:
        """Give a seat's share in the current version; of nothing when it has none."""
        return next((share for share in self.current if share.seat == seat), Share(seat, 0))

    def seats_to_agree(self, change: Change, timestamp: int) -> list[int] | None:
        """Give who must agree to a change, or None when a lock forbids it."""
        seats = []
        new = {share.seat: share for share in change.shares}
        for old in self.current:
            now = new.get(old.seat, Share(old.seat, 0))
            falls, longer = now.bps < old.bps, max(now.locked_until, timestamp) > max(old.locked_until, timestamp)
            shorter = max(now.locked_until, timestamp) < max(old.locked_until, timestamp)
            if old.locked_until > timestamp and (falls or shorter):
                return None
            if falls or longer:
                seats.append(old.seat)
        return seats


@dataclass
class SplitBooks:
    """All splits; what each version has received and each payee taken; and where money waits."""

    splits: list[Split] = field(default_factory=list)
    received: Counter = field(default_factory=Counter)  # (split id, version, currency)
    claimed: Counter = field(default_factory=Counter)  # (split id, version, place, currency)
    credited: Counter = field(default_factory=Counter)  # on the ledger: (split id, version, currency)
    deposited: Counter = field(default_factory=Counter)  # (split id, currency)
    stray: Counter = field(default_factory=Counter)  # currency

    def copy(self) -> "SplitBooks":
        """Give books that go their own way from here."""
        splits = [Split(list(split.payees), list(split.versions)) for split in self.splits]
        counters = (self.received, self.claimed, self.credited, self.deposited, self.stray)
        return SplitBooks(splits, *(counter.copy() for counter in counters))

    def claimable(self, split_id: int, version: int, place: int, currency: str) -> int:
        """Give what is due to a place and not taken yet."""
        share = self.splits[split_id - 1].versions[version - 1][place]
        due = due_down(self.received[split_id, version, currency], share.bps)
        return due - self.claimed[split_id, version, place, currency]

    def owed(self, currency: str) -> int:
        """Give all that versions have received and nobody has taken."""
        received = sum(amount for (*_, unit), amount in self.received.items() if unit == currency)
        return received - sum(amount for (*_, unit), amount in self.claimed.items() if unit == currency)

    def must_hold(self, currency: str) -> int:
        """Give what the contract must hold: what is owed, and what came in by the back door."""
        return self.owed(currency) + self.stray[currency]

    def check(self) -> None:
        """Make sure that the oracle itself loses and makes nothing."""
        for (split_id, version, currency), received in self.received.items():
            shares = self.splits[split_id - 1].versions[version - 1]
            assert sum(share.bps for share in shares) == BPS
            places = range(len(shares))
            taken = sum(self.claimed[split_id, version, place, currency] for place in places)
            claimable = sum(self.claimable(split_id, version, place, currency) for place in places)
            assert 0 <= received - taken - claimable < len(shares)
