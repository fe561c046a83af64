"""A curve as its page shows it: prices along the supply, who holds what, and what a chart is drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from frontend.curve import BPS, Shape, fee_up
from frontend.index.curve_views import Curve, CurveTrade
from frontend.pages.amounts import say_units

TOKEN_DECIMALS = 18
PARTS = 4


@dataclass(frozen=True)
class PricePoint:
    """A supply with its price, and what all tokens up to there cost together, which is the least that the reserve then holds."""

    supply_units: int
    price_units: int
    worth_units: int
    is_now: bool = False


@dataclass(frozen=True)
class PriceChart:
    """What a chart is drawn from, as decimal texts joined by commas: along the supply, or along time (unix)."""

    xs: str
    prices: str
    now: str = ""


@dataclass(frozen=True)
class Outlook:
    """What a curve would be right after its opening. Shares of the capacity in basis points, rounded down."""

    capacity_units: int
    beside_units: int  # not from the curve
    backing_units: int  # what those cost the steward
    first_units: int
    first_cost_units: int
    first_fee_units: int
    price_units: int
    reserve_units: int

    @property
    def first_total_units(self) -> int:
        """What the steward's own purchase costs, fee included."""
        return self.first_cost_units + self.first_fee_units

    @property
    def due_units(self) -> int:
        """What the steward pays in all."""
        return self.backing_units + self.first_total_units

    def share_bps(self, units: int) -> int:
        """Give what part of all tokens that is."""
        return units * BPS // self.capacity_units


def beside_units(community: Any, claimed_units: int) -> int:
    """Give how many tokens of a community without a curve exist, or can still come into existence beside one.

    Source: CommunityToken.supplyBesideCurve.
    """
    to_come: int = community.founder_allocation_units - community.minted_by_founder_units + community.mintable_units
    return int(community.supply_units + to_come + community.claim_allocation_units - claimed_units)


def outlook(shape: Shape, capacity_units: int, beside_units: int, first_units: int, fee_bps: int) -> Outlook:
    """Say what an opening costs and leads to."""
    backing = shape.cost_up(0, beside_units)
    cost = shape.cost_up(beside_units, beside_units + first_units)
    return Outlook(
        capacity_units,
        beside_units,
        backing,
        first_units,
        cost,
        fee_up(cost, fee_bps),
        shape.price_down(beside_units + first_units),
        backing + cost,
    )


def price_points(shape: Shape, capacity_units: int, sold_units: int) -> list[PricePoint]:
    """List supplies with their prices: the beginning, quarters or steps, the end, and the supply of now."""
    ends = [min(step.up_to_units, capacity_units) for step in shape.steps]
    supplies = {
        0,
        *(ends or (capacity_units * part // PARTS for part in range(1, PARTS + 1))),
        capacity_units,
        sold_units,
    }
    return [
        PricePoint(supply, shape.price_down(supply), shape.cost_up(0, supply), supply == sold_units)
        for supply in sorted(supplies)
    ]


def price_chart(shape: Shape, capacity_units: int, sold_units: int, decimals: int) -> PriceChart:
    """Give the corners of a price along the supply; between two of them it is a straight line, or goes up at the second."""
    corners = [(0, shape.price_down(0))]
    for step in shape.steps:
        end = min(step.up_to_units, capacity_units)
        corners += [(end, corners[-1][1]), (end, shape.price_down(end))]
        if end == capacity_units:
            break
    corners.append((capacity_units, shape.price_down(capacity_units)))
    corners.append((sold_units, shape.price_down(sold_units)))
    corners = sorted(set(corners))  # the price does not fall
    return PriceChart(
        ",".join(say_units(supply, TOKEN_DECIMALS) for supply, _ in corners),
        ",".join(say_units(price, decimals) for _, price in corners),
        say_units(sold_units, TOKEN_DECIMALS),
    )


def trades_chart(curve: Curve, newest_first: Sequence[CurveTrade], now_ts: int, decimals: int) -> PriceChart | None:
    """Give the price after each trade along time, until now; None before the first trade."""
    if not newest_first:
        return None
    trades = list(reversed(newest_first))
    points = [(trade.at_ts, trade.price_units) for trade in trades]
    if len(trades) == curve.trade_count:  # from the opening on
        points.insert(0, (curve.opened_at_ts, curve.shape.price_down(curve.backed_units)))
    points.append((max(now_ts, points[-1][0]), curve.price_units))
    last_at = dict(points)  # of trades in one second the last
    return PriceChart(
        ",".join(str(at_ts) for at_ts in last_at),
        ",".join(say_units(price, decimals) for price in last_at.values()),
    )


def holdings(community: Any, claimed_units: int, first_units: int) -> list[tuple[str, int]]:
    """List who has what part of all tokens, or can still get it, right after an opening: key and amount."""
    return [
        ("others", community.supply_units),
        ("founder", community.founder_allocation_units - community.minted_by_founder_units),
        ("claims", community.claim_allocation_units - claimed_units),
        ("first", first_units),
        ("curve", community.curve_allocation_units - first_units),
    ]
