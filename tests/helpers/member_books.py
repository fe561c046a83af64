"""A membership's books in plain Python: who has locked what, who votes with it, and what is on its way back."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field

NOTICE_S = 30 * 86_400


@dataclass
class Leaving:
    """An unlock: how much, and from when on."""

    amount: int
    available_at: int


@dataclass
class MemberBooks:
    """What a membership should say, by account."""

    wallets: dict[str, int]
    active: dict[str, int] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    leaving: dict[str, list[Leaving]] = field(default_factory=dict)
    tiers: tuple[int, ...] = ()
    past: dict[int, dict[str, int]] = field(default_factory=dict)  # votes by second and account

    def copy(self) -> MemberBooks:
        """Give books that can go another way."""
        return deepcopy(self)

    def locked_by(self, account: str) -> int:
        return self.active.get(account, 0)

    def delegate_of(self, account: str) -> str:
        return self.named.get(account, account)

    def votes_of(self, account: str) -> int:
        """Give the votes of all who let this account vote for them."""
        return sum(amount for member, amount in self.active.items() if self.delegate_of(member) == account)

    def tier_of(self, account: str) -> int:
        return sum(self.locked_by(account) >= threshold for threshold in self.tiers)

    def lock(self, account: str, amount: int) -> None:
        self.wallets[account] -= amount
        self.active[account] = self.locked_by(account) + amount

    def request(self, account: str, amount: int, now: int) -> None:
        self.active[account] -= amount
        self.leaving.setdefault(account, []).append(Leaving(amount, now + NOTICE_S))

    def cancel(self, account: str, number: int) -> None:
        unlock = self.leaving[account][number]
        self.active[account] = self.locked_by(account) + unlock.amount
        unlock.amount = unlock.available_at = 0

    def withdraw(self, account: str, number: int) -> None:
        unlock = self.leaving[account][number]
        self.wallets[account] += unlock.amount
        unlock.amount = unlock.available_at = 0

    def unlock_of(self, account: str, number: int) -> Leaving | None:
        """Give an unlock that is still to come, if there is one of this number."""
        all_of_his = self.leaving.get(account, [])
        return all_of_his[number] if number < len(all_of_his) and all_of_his[number].amount else None

    def held(self) -> int:
        """Give what the membership must hold."""
        return sum(self.active.values()) + sum(unlock.amount for all_of in self.leaving.values() for unlock in all_of)
