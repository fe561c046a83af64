"""How an account's bonds stand: free, locked by its open orders, and needed for those that wait to be accepted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from frontend.extensions import queries
from frontend.services.division import bond_units

PER_PAGE = 100
MOST_PAGES = 10


@dataclass(frozen=True)
class BondState:
    """One currency, smallest units."""

    currency: str
    free_units: int
    locked_units: int
    waiting_units: int

    @property
    def missing_units(self) -> int:
        """What lacks to accept every order that waits."""
        return max(0, self.waiting_units - self.free_units)


def bond_missing_units(account: str, currency: str, needed_units: int) -> int:
    """Give what an account's free bond lacks of what an order locks; 0 when it is enough."""
    return max(0, needed_units - queries.bond_of(account.lower(), currency)) if needed_units else 0


def bonds_of(account: str) -> list[BondState]:
    """Give an account's bonds, each currency once, ETH first."""
    free = {bond.currency: bond.free_units for bond in queries.bonds_of(account)}
    locked: dict[str, int] = defaultdict(int)
    waiting: dict[str, int] = defaultdict(int)
    for order in _open_sales(account):
        found = waiting if order.state == "funded" else locked
        found[order.listing.currency] += bond_units(order)
    used = {currency for found in (locked, waiting) for currency, units in found.items() if units}
    return [
        BondState(currency, free.get(currency, 0), locked[currency], waiting[currency])
        for currency in sorted({*free, *used})
    ]


def _open_sales(account: str) -> Iterator[Any]:
    for number in range(1, MOST_PAGES + 1):
        page = queries.orders(account, role="seller", state="open", page=number, per_page=PER_PAGE)
        yield from page.items
        if number >= page.pages:
            return
