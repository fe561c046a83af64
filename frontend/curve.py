"""What tokens cost on a curve, in whole numbers: the exact integral of the price over the supply, rounded once.

Source: contracts/money/CurveLib.sol and Curves.sol. Supplies are the token's smallest unit (18 decimals), prices and money the currency's; a
slope is in 1e-18 of that, for each whole token.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

TOKEN = 10**18  # smallest units of a whole token
BPS = 10_000
MAX_FEE_BPS = 1_000
MAX_STEPS = 16
MAX_RESERVE = (2**128 - 1) // 2
TWICE_TOKEN_WAD = 2 * 10**36
LINE_SCALE = 2 * 10**54


@dataclass(frozen=True)
class Step:
    """One step of a price that rises in steps: the supply at which it ends, and the price of a whole token up to there."""

    up_to_units: int
    price_units: int


@dataclass(frozen=True)
class Shape:
    """How a price follows the supply: along a line, or in steps where there are some."""

    base_price_units: int = 0
    slope_wad: int = 0
    steps: Sequence[Step] = ()

    def price_down(self, supply_units: int) -> int:
        """Give the price of the unit that follows a supply, per whole token; on steps the last price goes on."""
        if not self.steps:
            return self.base_price_units + self.slope_wad * supply_units // 10**36
        return next(
            (step.price_units for step in self.steps if supply_units < step.up_to_units), self.steps[-1].price_units
        )

    def cost_up(self, from_units: int, to_units: int) -> int:
        """Give what the tokens between two supplies cost a buyer."""
        scaled, scale = self._integral(from_units, to_units)
        return -(-scaled // scale)

    def proceeds_down(self, from_units: int, to_units: int) -> int:
        """Give what they bring a seller."""
        scaled, scale = self._integral(from_units, to_units)
        return scaled // scale

    def _integral(self, from_units: int, to_units: int) -> tuple[int, int]:
        if not self.steps:
            middle = TWICE_TOKEN_WAD * self.base_price_units + self.slope_wad * (from_units + to_units)
            return (to_units - from_units) * middle, LINE_SCALE
        scaled, at_units = 0, from_units
        for step in self.steps:
            end_units = min(step.up_to_units, to_units)
            if end_units > at_units:
                scaled += (end_units - at_units) * step.price_units
                at_units = end_units
        return scaled, TOKEN


def fee_up(amount_units: int, fee_bps: int) -> int:
    """Give the community's fee on an amount."""
    return -(-amount_units * fee_bps // BPS)


def largest(fits: Callable[[int], bool], most: int) -> int:
    """Give the largest number up to `most` that fits, where all below one that fits fit too; 0 when none does."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(middle) else (low, middle - 1)
    return low
