"""What pages compute of curves is what the contract computes, to the unit, over prices and supplies drawn at random."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from frontend.curve import MAX_RESERVE, Shape, Step, fee_up, largest
from tests.index.market import ZERO_ADDRESS, Market, running_market

CURVES, TRADES = 24, 4
LATE = 2**40


@pytest.fixture(scope="module")
def stage() -> Iterator[Market]:
    """A market whose steward has all the money that there can be."""
    with running_market() as market:
        market.rpc("anvil_setBalance", market.seller, hex(2**200))
        yield market


def drawn_shape(rng: random.Random, capacity: int) -> Shape:
    """Give a line, or up to 16 steps, of a size drawn from all sizes that a reserve can hold."""
    while True:
        if rng.random() < 0.5:
            shape = Shape(rng.randrange(2 ** rng.randrange(1, 100)), rng.randrange(1, 2 ** rng.randrange(1, 128)))
        else:
            count = rng.randrange(1, 17)
            ends = sorted({rng.randrange(1, capacity) for _ in range(count - 1)} | {capacity + rng.randrange(2)})
            prices = sorted(rng.randrange(1, 2 ** rng.randrange(2, 90)) for _ in ends)
            shape = Shape(steps=tuple(map(Step, ends, prices)))
        if shape.cost_up(0, capacity) <= MAX_RESERVE:
            return shape


@pytest.mark.parametrize("seed", range(CURVES))
def test_costs_proceeds_fees_and_prices_are_the_contracts_to_the_unit(stage: Market, seed: int):
    rng = random.Random(seed)
    founder, allocation = rng.randrange(2 ** rng.randrange(1, 78)), rng.randrange(1, 2 ** rng.randrange(2, 78))
    community_id = stage.open_community(stage.seller, allocation=founder, curve_allocation=allocation)
    stage.on_token(community_id, "renounceMint", [], stage.seller)
    token, capacity, fee_bps = stage.token(community_id), founder + allocation, rng.randrange(1_001)
    shape = drawn_shape(rng, capacity)
    steps = [(step.up_to_units, step.price_units) for step in shape.steps]
    price = (ZERO_ADDRESS, fee_bps, shape.base_price_units, shape.slope_wad, steps)
    backing = shape.cost_up(0, founder)
    # to the unit: with one less it is refused
    with pytest.raises(Exception, match=r"refused|revert"):
        stage.on_curves("open", [token, price, backing - 1, 0, 0, LATE], stage.seller, backing)
    stage.on_curves("open", [token, price, backing, 0, 0, LATE], stage.seller, backing)
    sold = founder
    for _ in range(TRADES):
        for supply in {0, sold, capacity, rng.randrange(capacity + 1)}:
            assert stage.ask("Curves", stage.curves, "priceAt", token, supply) == (shape.price_down(supply),)
        if sold < capacity:
            units = rng.randrange(1, capacity - sold + 1)
            cost = shape.cost_up(sold, sold + units)
            fee = fee_up(cost, fee_bps)
            assert stage.ask("Curves", stage.curves, "quoteBuy", token, units) == (cost, fee, cost + fee)
            stage.on_curves("buy", [token, units, cost + fee, LATE, stage.seller], stage.seller, cost + fee)
            sold += units
        if sold:
            units = rng.randrange(1, sold + 1)
            proceeds = shape.proceeds_down(sold - units, sold)
            fee = fee_up(proceeds, fee_bps)
            assert stage.ask("Curves", stage.curves, "quoteSell", token, units) == (proceeds, fee, proceeds - fee)


@pytest.mark.parametrize("most", [0, 1, 2, 17, 2**112])
@pytest.mark.parametrize("bound", [0, 1, 2, 16, 17, 18, 2**111 + 1])
def test_the_largest_number_that_fits_is_found(most: int, bound: int):
    assert largest(lambda number: number <= bound, most) == min(most, bound)
