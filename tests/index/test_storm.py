"""Two hundred rounds of random trade, reorganisations and killed followers; `make soak` goes through a thousand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.index.market import Index, Market
from tests.index.nursery import running_nursery
from tests.index.storm import ERA, Storm

LATE = {
    "OrderReleased",
    "OrderPartRefunded",
    "MilestonePaid",
    "OrderExtended",
    "OrderTransferred",
    "SettlementWithdrawn",
    "FinalOfferPicked",
    "OrderSettled",
}


def went_through(market: Market, index: Index, folder: Path, seed: int, rounds: int) -> Storm:
    with running_nursery() as nursery:
        storm = Storm(market, index, nursery, folder, seed)
        storm.rounds(0, rounds)
    return storm


def assert_it_was_a_storm(storm: Storm, rounds: int) -> None:
    counts = storm.counts
    assert counts["rounds"] == rounds
    assert counts["reorganised"] + counts["shortened"] >= rounds * 0.9
    assert counts["killed by the clock"] + counts["killed at a chosen moment"] == rounds * 2
    assert counts["killed at a chosen moment"] > 0
    assert counts["had written when killed"] >= rounds // 4
    assert len(storm.seen & LATE) >= 5


@pytest.mark.timeout(900)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_sqlite_index_equals_a_fresh_build_after_each_of_50_random_reorganisations_and_100_kills(
    seed: int, market: Market, index: Index, tmp_path: Path
):
    assert_it_was_a_storm(went_through(market, index, tmp_path, seed, 2 * ERA), 2 * ERA)


@pytest.mark.timeout(900)
def test_postgresql_index_equals_a_fresh_sqlite_build_after_each_of_50_random_reorganisations_and_100_kills(
    market: Market, tmp_path: Path, new_postgres: Callable[..., str]
):
    index = Index(tmp_path / "index", market, database_url=new_postgres())
    try:
        assert_it_was_a_storm(went_through(market, index, tmp_path, 5, 2 * ERA), 2 * ERA)
    finally:
        index.engine.dispose()
