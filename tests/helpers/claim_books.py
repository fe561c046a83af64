"""Claims in plain Python: phases, what accounts have claimed, what communities earn, and why a call is refused.

Written from the promises, so that it can be an oracle: it shares no code with the contract and asks it nothing.
"""

from collections import Counter
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field

from tests.helpers.claims import ClaimList, Phase, account_of, cost_of


@dataclass
class Opened:
    """A phase that was opened: its list if it has one, what it can still give, what it gave to whom."""

    phase: Phase
    lines: ClaimList | None
    left: int
    is_open: bool = True
    claimed: Counter = field(default_factory=Counter)

    def most(self, account: str) -> int | None:
        """Give what an account may claim in all; None when it is not on the list."""
        bounds = [self.phase.limit] if self.phase.limit else []
        if self.lines is not None:
            if account not in self.lines.allowances:
                return None
            bounds.append(self.lines.allowances[account])
        return min(bounds, default=2**256 - 1)


@dataclass
class ClaimBooks:
    """All of it, by token in lower case."""

    reserved: Mapping[str, int]
    phases: dict[str, list[Opened]]
    balances: Counter = field(default_factory=Counter)  # by (token, account)
    credits: Counter = field(default_factory=Counter)  # by (account, currency)

    def copy(self) -> "ClaimBooks":
        """Give the same, on its own."""
        return deepcopy(self)

    def allotted(self, token: str) -> int:
        """Give what a token's phases hold of its reserve."""
        return sum(opened.left + opened.claimed.total() for opened in self.phases[token])

    def refusal_of_opening(self, phase: Phase, is_steward: bool) -> str | None:
        """Give the error by which an opening is refused; its times are good."""
        if not is_steward:
            return "ClaimsNotSteward"
        if phase.number != len(self.phases[phase.token]) + 1:
            return "ClaimsWrongNumber"
        left = self.reserved[phase.token] - self.allotted(phase.token)
        return None if 0 < phase.supply <= left else "ClaimsReserveExceeded"

    def refusal_of_closing(self, opened: Opened, timestamp: int, is_steward: bool) -> str | None:
        """Give the error by which a closing is refused."""
        if timestamp <= opened.phase.end and not is_steward:
            return "ClaimsNotSteward"
        return None if opened.is_open else "ClaimsNotOpen"

    def refusal_of_claim(self, opened: Opened, account: str, amount: int, timestamp: int, paid: int) -> str | None:
        """Give the error by which a claim with the account's own proof is refused."""
        phase = opened.phase
        if not opened.is_open:
            return "ClaimsNotOpen"
        if not 0 < amount <= opened.left:
            return "ClaimsSoldOut"
        if not phase.start <= timestamp <= phase.end:
            return "ClaimsNotNow"
        most = opened.most(account)
        if most is None:
            return "ClaimsNotListed"
        if amount > most - opened.claimed[account]:
            return "ClaimsTooMuch"
        return None if paid == cost_of(amount, phase.price) else "ClaimsCostTooHigh"

    def claim(self, opened: Opened, account: str, amount: int) -> None:
        """Book a claim that went through."""
        opened.left -= amount
        opened.claimed[account] += amount
        self.balances[opened.phase.token, account] += amount
        cost = cost_of(amount, opened.phase.price)
        self.credits[account_of(opened.phase.community_id), opened.phase.currency] += cost

    def close(self, opened: Opened) -> None:
        """Book a closing."""
        opened.is_open, opened.left = False, 0

    def check(self) -> None:
        """Make sure that the books agree with themselves."""
        for token, phases in self.phases.items():
            assert self.allotted(token) <= self.reserved[token]
            assert all(opened.left >= 0 for opened in phases)
