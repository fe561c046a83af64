"""A market with orders in every state in a currency that turns odd, beside innocent orders in it and in two others."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from brownie import Contract
from brownie.network.account import Account

from tests.helpers.accounts import community_account, split_account
from tests.helpers.books import Books, Entry
from tests.helpers.deal import Deal, Order, State
from tests.helpers.raw import Raw
from tests.helpers.terms import ZERO

NO_REASON = "no reason given"
PAYEES = ("seller", "steward")
PAYEES_BPS = (6_000, 4_000)
VERSION = 1
PAYOUTS = ("withdrawFrom", "push", "collect", "claim")


class RefusedError(Exception):
    """A call did not go through, for the reason that this error carries."""


@dataclass(frozen=True)
class Reading:
    """All that the chain says about the money at one moment."""

    orders: dict[str, Order]
    credits: dict[tuple[str, str], int]
    bonds: dict[tuple[str, str], int]
    received: dict[str, int]  # by a split, in a currency
    claimed: dict[tuple[int, str], int]  # by a place of the split, in a currency
    held: dict[tuple[str, str], int]  # of a currency, by whom

    def owed_by_market(self, deals: Mapping[str, Deal], currency: str) -> int:
        """Give what the Market must hold in a currency: escrow, stakes, bonds and credits."""
        entries = [
            Entry(deal, State(word.state), word.amount, word.clock, 0, 0, deal.purchase.holder)
            for deal, word in ((deals[name], word) for name, word in self.orders.items())
        ]
        return Books(orders=entries, credits=Counter(self.credits), bonds=Counter(self.bonds)).must_hold(currency)

    def owed_by_splits(self, currency: str) -> int:
        """Give what Splits must hold in a currency: what it received and nobody has claimed."""
        return self.received[currency] - sum(amount for (_, unit), amount in self.claimed.items() if unit == currency)


@dataclass
class Stage:
    """The contracts, the accounts by role, the orders by name, and how to call and to look."""

    raw: Raw
    market: Any
    splits: Any
    coin: Any  # the currency that turns odd
    solid: Any  # a currency that never does
    split: int
    deposit: str
    roles: dict[str, Account]
    deals: dict[str, Deal]
    community_id: int
    taker: Account  # to whom money is taken out; has no other part
    watcher: Any  # a contract that an odd token calls
    listable: Any  # terms that nobody listed yet
    decimals: int = 18  # of the coin, as its maker means them
    coin_answers: bool = True  # false where its code is gone
    payouts: int = 0  # calls that have sent money since this was set to 0
    currencies: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.currencies = (self.coin.address, self.solid.address, ZERO)

    @property
    def stewards(self) -> dict[str, str]:
        """Who takes out the money of an account that no key controls: its role, by the account."""
        return {community_account(0): "owner", community_account(self.community_id): "steward"}

    @property
    def role_of(self) -> dict[str, str]:
        """Each account's role."""
        return {str(account): role for role, account in self.roles.items()}

    @property
    def split_account(self) -> str:
        """The account of the split's version."""
        return split_account(self.split, VERSION)

    @property
    def creditors(self) -> list[str]:
        """Every account that the Market may owe money to."""
        parties = [str(account) for account in self.roles.values()]
        return [*parties, *self.stewards, self.split_account, self.watcher.address]

    def send(self, role: str, contract: Any, name: str, *arguments: Any, value: int = 0) -> None:
        """Make a call. Raises RefusedError with the error's name."""
        sender = self.roles[role]
        if not self.raw.sends(self.raw.transaction(sender, contract, name, arguments, value)):
            raise RefusedError(self.raw.refusal(sender, contract, name, arguments, value))
        self.payouts += name in PAYOUTS

    def act(self, role: str, deal_name: str, name: str, *rest: Any) -> None:
        """Make a call about an order, in the currency of its terms without ETH."""
        deal = self.deals[deal_name]
        self.send(role, self.market, name, *deal.arguments(name, *(rest or deal.default_rest(name))))

    def ask(self, contract: Any, name: str, *arguments: Any) -> int:
        """Read one number."""
        return int(self.raw.reads((contract, name, arguments))[0][0])

    def coins_of(self, account: Any) -> int:
        """Give how much of the currency an account has, as far as the token still tells."""
        return self.ask(self.coin, "balanceOf", account) if self.coin_answers else 0

    def read(self) -> Reading:
        """Look at everything at once."""
        tokens = {self.coin.address: self.coin, self.solid.address: self.solid}
        found = iter(
            self.raw.reads(
                *((self.market, "orderOf", (deal.key,)) for deal in self.deals.values()),
                *((self.market, "creditOf", pair) for pair in self._pairs),
                *((self.market, "bondOf", pair) for pair in self._pairs),
                *((self.splits, "receivedBy", (self.split, VERSION, currency)) for currency in self.currencies),
                *((self.splits, "claimedOf", (self.split, VERSION, *pair)) for pair in self._places),
                *(
                    (tokens.get(currency, self.raw.reader), "balanceOf", (self._holders[who],))
                    for who, currency in self._balances
                ),
            )
        )
        reading = Reading(
            orders={name: Order(*next(found)[0]) for name in self.deals},
            credits={pair: next(found)[0] for pair in self._pairs},
            bonds={pair: next(found)[0] for pair in self._pairs},
            received={currency: next(found)[0] for currency in self.currencies},
            claimed={pair: next(found)[0] for pair in self._places},
            held={(who, currency): next(found)[0] for who, currency in self._balances},
        )
        assert next(found, None) is None
        return reading

    @property
    def _pairs(self) -> list[tuple[str, str]]:
        return [(account, currency) for account in self.creditors for currency in self.currencies]

    @property
    def _places(self) -> list[tuple[int, str]]:
        return [(place, currency) for place in range(len(PAYEES_BPS)) for currency in self.currencies]

    @property
    def _balances(self) -> list[tuple[str, str]]:
        units = self.currencies if self.coin_answers else self.currencies[1:]
        return [(who, currency) for currency in units for who in self._holders]

    @property
    def _holders(self) -> dict[str, str]:
        return {"market": self.market.address, "splits": self.splits.address, "deposit": self.deposit}

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Make the chain afterwards what it was before."""
        before = self.raw.snapshot()
        try:
            yield
        finally:
            self.raw.revert(before)


def speaking(address: str, *containers: Any) -> Any:
    """Give one contract with the functions, errors and events of several: by the events it is known to brownie from now on."""
    known: dict[tuple[str, str], dict] = {}
    for container in containers:
        for item in container.abi:
            if item["type"] in ("function", "error", "event"):
                known.setdefault((item["name"], str([part["type"] for part in item["inputs"]])), item)
    return Contract.from_abi("Speaking", address, list(known.values()), persist=False)
