"""What the index answers about curves: frozen rows of plain values, as in views.py."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from frontend.curve import Shape, fee_up
from frontend.index.curve_state import shape_of


@dataclass(frozen=True)
class Curve:
    """A curve as it was opened, and where trades have brought it. Supplies are the token's smallest unit, money and prices
    the currency's; `backed` are the tokens that were paid for at the opening with `backing`."""

    token: str
    community_id: int
    opened_by: str
    currency: str
    fee_bps: int
    base_price_units: int
    slope_wad: int
    steps: str
    capacity_units: int
    backed_units: int
    backing_units: int
    sold_units: int
    reserve_units: int
    fees_units: int
    trade_count: int
    opened_at_ts: int
    opened_block: int
    tx_hash: str

    @cached_property
    def shape(self) -> Shape:
        """How its price follows the supply."""
        return shape_of(self.base_price_units, self.slope_wad, self.steps)

    @property
    def price_units(self) -> int:
        """The price of the next unit, per whole token; rounds down."""
        return self.shape.price_down(self.sold_units)

    @property
    def left_units(self) -> int:
        """What it still sells."""
        return self.capacity_units - self.sold_units

    @property
    def allocation_units(self) -> int:
        """What was reserved for it."""
        return self.capacity_units - self.backed_units

    @property
    def out_units(self) -> int:
        """What of its allocation is out; 0 where more came back than it had given."""
        return max(0, self.sold_units - self.backed_units)

    def cost_of(self, amount_units: int) -> tuple[int, int]:
        """Give what a purchase of at most what is left costs now, and the fee on top of it."""
        cost = self.shape.cost_up(self.sold_units, self.sold_units + amount_units)
        return cost, fee_up(cost, self.fee_bps)

    def proceeds_of(self, amount_units: int) -> tuple[int, int]:
        """Give what a sale of at most what is sold brings now, and the fee that goes off it."""
        proceeds = self.shape.proceeds_down(self.sold_units - amount_units, self.sold_units)
        return proceeds, fee_up(proceeds, self.fee_bps)


@dataclass(frozen=True)
class CurveTrade:
    """A purchase or a sale. Money is what went into or out of the reserve; the price is that of the next unit behind it."""

    block: int
    log_index: int
    token: str
    at_ts: int
    is_purchase: bool
    account: str
    receiver: str
    amount_units: int
    money_units: int
    fee_units: int
    sold_units: int
    reserve_units: int
    price_units: int
    tx_hash: str

    @property
    def total_units(self) -> int:
        """What was paid for it, fee included, or received, fee taken off."""
        return self.money_units + (self.fee_units if self.is_purchase else -self.fee_units)
