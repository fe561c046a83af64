"""A token's history by days: what the index says is what the chain's blocks say, also after blocks were replaced."""

from __future__ import annotations

from collections.abc import Callable

from frontend.index.queries import Queries
from frontend.index.views import TokenDay
from tests.index.market import DAY_S, ETHER, Index, Market
from tests.index.test_reorganisation import reorganise

Fresh = Callable[..., list[str]]


def pass_days(market: Market, days: int) -> None:
    market.rpc("evm_increaseTime", days * DAY_S)
    market.mine()


def today(market: Market) -> int:
    return int(market.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16) // DAY_S


def test_history_has_one_row_for_each_day_on_which_the_token_moved(market: Market, index: Index, fresh: Fresh):
    community = market.open_community(market.seller)
    days = []
    market.on_token(community, "mint", [market.buyer, 5 * ETHER], market.seller)
    days.append(today(market))
    pass_days(market, 3)
    market.on_token(community, "transfer", [market.other, ETHER], market.buyer)
    market.on_token(community, "transfer", [market.stranger, 2 * ETHER], market.buyer)
    days.append(today(market))
    pass_days(market, 1)
    market.on_token(community, "burn", [ETHER], market.other)
    days.append(today(market))
    index.follow()
    assert Queries(index.engine).token_history(community) == [
        TokenDay(days[0], 5 * ETHER, 1, 1),
        TokenDay(days[1], 5 * ETHER, 3, 3),
        TokenDay(days[2], 4 * ETHER, 2, 4),
    ]
    assert index.dump() == fresh()
    assert sum(line.startswith("chain_token_days ") for line in index.dump()) == 3


def test_history_equals_a_fresh_build_when_the_last_day_is_replaced(market: Market, index: Index, fresh: Fresh):
    community = market.open_community(market.seller)
    market.on_token(community, "mint", [market.buyer, 5 * ETHER], market.seller)
    pass_days(market, 2)
    market.on_token(community, "transfer", [market.other, ETHER], market.buyer)
    index.follow()
    queries = Queries(index.engine)
    assert len(queries.token_history(community)) == 2

    reorganise(market, 2)
    market.on_token(community, "burn", [2 * ETHER], market.buyer)
    index.follow()
    found = queries.token_history(community)
    assert (found[-1].supply_units, found[-1].holder_count, found[-1].transfer_count) == (3 * ETHER, 1, 2)
    assert index.dump() == fresh()


def test_row_of_a_day_goes_back_when_only_its_last_transfer_is_undone(market: Market, index: Index, fresh: Fresh):
    community = market.open_community(market.seller)
    market.on_token(community, "mint", [market.buyer, 5 * ETHER], market.seller)
    index.follow()
    before = Queries(index.engine).token_history(community)
    market.on_token(community, "transfer", [market.other, ETHER], market.buyer)
    index.follow()
    assert Queries(index.engine).token_history(community)[-1].holder_count == 2
    reorganise(market, 1)
    index.follow()
    assert Queries(index.engine).token_history(community) == before
    assert index.dump() == fresh()
