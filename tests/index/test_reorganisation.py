"""Whatever happens to the chain, the index equals one that was built from the chain as it is now."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from frontend.index.follow import Outcome
from frontend.index.models import journal
from frontend.index.queries import Queries
from frontend.index.writer import position_of
from tests.index.market import ETHER, Index, Market

Fresh = Callable[..., list[str]]


def reorganise(market: Market, depth: int, transactions: list[tuple[dict[str, str], int]] | None = None) -> None:
    """Replace the newest blocks by others, empty but for the transactions given (with the block they go into)."""
    pairs = [
        [{**unsent, "nonce": hex(nonce_of(market, unsent["from"], depth))}, place]
        for unsent, place in transactions or []
    ]
    market.rpc("anvil_reorg", depth, pairs)


def nonce_of(market: Market, account: str, depth: int) -> int:
    """Give the nonce that an account had before the newest blocks."""
    return int(market.rpc("eth_getTransactionCount", account, hex(market.head() - depth)), 16)


def block_hash(market: Market, number: int) -> str:
    return str(market.rpc("eth_getBlockByNumber", hex(number), False)["hash"])


def position(index: Index):
    with index.engine.connect() as connection:
        return position_of(connection)


@pytest.mark.parametrize("depth", [1, 3, 12])
def test_follow_equals_fresh_build_when_blocks_are_replaced(market: Market, index: Index, fresh: Fresh, depth: int):
    market.play()
    before = index.follow()
    was = block_hash(market, market.head())
    reorganise(market, depth)
    assert block_hash(market, market.head()) != was
    after = index.follow()
    assert after == fresh()
    assert after != before


def test_follow_equals_fresh_build_when_the_same_blocks_are_replaced_again_and_again(
    market: Market, index: Index, fresh: Fresh
):
    market.play()
    index.follow()
    for depth in (1, 5, 2, 12, 12, 7):
        reorganise(market, depth)
        market.mine()
        index.follow()
    assert index.dump() == fresh()


@pytest.mark.parametrize("depth", [1, 3, 12])
def test_follow_equals_fresh_build_when_the_chain_gets_shorter(market: Market, index: Index, fresh: Fresh, depth: int):
    market.play()
    before = index.follow()
    head = market.head()
    market.rpc("anvil_rollback", depth)
    assert market.head() == head - depth
    after = index.follow()
    assert position(index).number == head - depth
    assert after == fresh()
    assert after != before


def test_older_blocks_are_read_again_when_the_chain_gets_shorter_than_the_window_reaches(
    market: Market, tmp_path, fresh: Fresh
):
    index = Index(tmp_path / "small", market, window=8)
    market.play()
    index.follow()
    market.rpc("anvil_rollback", 5)
    assert index.follow() == fresh(window=8)


def test_follow_equals_fresh_build_when_a_shorter_chain_grows_other_blocks(market: Market, index: Index, fresh: Fresh):
    market.play()
    index.follow()
    market.rpc("anvil_rollback", 9)
    market.mine(4)
    market.open_community(market.stranger)
    assert index.follow() == fresh()


def test_purchase_vanishes_from_the_index_when_its_block_is_undone(market: Market, index: Index, fresh: Fresh):
    community = market.open_community(market.seller)
    terms = market.terms(community)
    listing = market.list(terms, 5)
    sale = market.buy(terms, 2)
    index.follow()
    queries = Queries(index.engine)
    bought = queries.order(sale.key)
    assert bought is not None
    assert bought.state == "funded"
    assert queries.listing(listing).quantity_sold == 2
    assert queries.transaction_events(bought.tx_hash)

    reorganise(market, 1)
    index.follow()
    assert queries.order(sale.key) is None
    assert queries.listing(listing).quantity_sold == 0
    assert queries.orders(market.buyer).total == 0
    assert not queries.transaction_events(bought.tx_hash)
    assert index.dump() == fresh()


def test_purchase_is_counted_once_when_it_moves_to_another_block(market: Market, index: Index, fresh: Fresh):
    community = market.open_community(market.seller)
    terms = market.terms(community)
    listing = market.list(terms, 5)
    unsent, sale = market.purchase_of(terms, 2, market.buyer)
    market.rpc("eth_sendTransaction", unsent)
    market.mine(3)
    index.follow()
    queries = Queries(index.engine)
    assert queries.order(sale.key).block == market.head() - 3

    reorganise(market, 4, [(unsent, 2)])
    index.follow()
    found = queries.order(sale.key)
    assert found.block == market.head() - 1
    assert queries.listing(listing).quantity_sold == 2
    assert queries.orders(market.buyer).total == 1
    assert index.dump() == fresh()


def test_last_unit_goes_to_the_other_buyer_when_two_purchases_change_places(market: Market, index: Index, fresh: Fresh):
    community = market.open_community(market.seller)
    terms = market.terms(community)
    market.list(terms, 1)
    mine, my_sale = market.purchase_of(terms, 1, market.buyer)
    theirs, their_sale = market.purchase_of(terms, 1, market.other)
    market.rpc("eth_sendTransaction", mine)
    market.mine()
    index.follow()
    queries = Queries(index.engine)
    assert queries.order(my_sale.key) is not None

    reorganise(market, 2, [(theirs, 0), (mine, 1)])
    index.follow()
    assert queries.order(my_sale.key) is None
    assert queries.order(their_sale.key).holder == market.other.lower()
    assert index.dump() == fresh()


def test_token_logs_count_only_on_the_chain_where_its_community_is_open(market: Market, index: Index, fresh: Fresh):
    community = market.open_community(market.seller)
    market.on_token(community, "mint", [market.buyer, ETHER], market.seller)
    market.on_token(community, "transfer", [market.other, 1], market.buyer)
    index.follow()
    queries = Queries(index.engine)
    assert queries.community(community).holder_count == 2
    reorganise(market, 3)
    index.follow()
    assert queries.community(community) is None
    market.open_community(market.other, name="another one")
    market.on_token(community, "mint", [market.stranger, 5], market.other)
    index.follow()
    assert queries.community(community).name == "another one"
    assert [holder.account for holder in queries.holders(community)] == [market.stranger.lower()]
    assert index.dump() == fresh()


def test_index_is_built_anew_when_the_reorganisation_is_deeper_than_the_window(
    market: Market, tmp_path, fresh: Fresh, caplog: pytest.LogCaptureFixture
):
    index = Index(tmp_path / "small", market, window=8)
    market.play()
    index.follow()
    reorganise(market, 20)
    caplog.clear()
    after = index.follow()
    assert "deeper than what can be undone" in caplog.text
    assert after == fresh(window=8)
    assert position(index).number == market.head()


def test_blocks_are_undone_without_a_rebuild_when_the_reorganisation_is_as_deep_as_the_window_allows(
    market: Market, tmp_path, fresh: Fresh, caplog: pytest.LogCaptureFixture
):
    index = Index(tmp_path / "small", market, window=8)
    market.play()
    index.follow()
    reorganise(market, 7)  # the oldest of the eight kept blocks is the common one
    caplog.clear()
    after = index.follow()
    assert "built anew" not in caplog.text
    assert after == fresh(window=8)


def test_old_state_is_served_until_the_rebuild_is_written(market: Market, tmp_path, monkeypatch: pytest.MonkeyPatch):
    index = Index(tmp_path / "small", market, window=8)
    market.play()
    index.follow()
    reorganise(market, 20)
    queries = Queries(index.engine)
    seen = []
    spool = index.follower._spool

    def watched(*args):
        head = queries.head()
        seen.append((head.status, head.number, queries.communities().total))
        return spool(*args)

    monkeypatch.setattr(index.follower, "_spool", watched)
    index.follow()
    assert seen == [("rebuilding", market.head(), 2)]


def test_index_keeps_its_blocks_when_a_node_lags_behind(market: Market, index: Index):
    market.play()
    before = index.follow()
    index.follower._shorter_for_s = 60.0
    market.rpc("anvil_rollback", 5)
    assert index.follower.step() is Outcome.BEHIND
    assert index.dump() == before


def test_journal_holds_only_the_window_when_the_chain_grows(market: Market, tmp_path):
    index = Index(tmp_path / "small", market, window=8)
    market.play()
    index.follow()
    market.mine(30)
    market.open_community(market.other)
    index.follow()
    with index.engine.connect() as connection:
        oldest = connection.execute(select(func.min(journal.c.block))).scalar_one()
    assert oldest > market.head() - 8
    kept = [json.loads(line.split(" ", 1)[1])["number"] for line in index.dump() if line.startswith("chain_blocks ")]
    assert sorted(kept) == list(range(market.head() - 7, market.head() + 1))
