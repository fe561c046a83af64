"""Whatever happens to the chain, the index equals one that was built from the chain as it is now."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from frontend.errors import NodeDown
from frontend.index.follow import NotDeployed, Outcome
from frontend.index.models import journal
from frontend.index.queries import Queries
from frontend.index.writer import position_of
from tests.index.market import ETHER, ROOT, Index, Market
from tests.index.proxy import Proxy, running_proxy
from tests.index.storm import environment
from tests.index.twins import twins
from tests.index.waiting import wait_for

Fresh = Callable[..., list[str]]


@pytest.fixture
def proxy(market: Market) -> Iterator[Proxy]:
    with running_proxy(market.url) as found:
        yield found


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


@pytest.mark.parametrize("depth", [1, 2, 3, 7, 12, 64])
def test_follow_equals_fresh_build_when_blocks_are_replaced(
    market: Market, index: Index, fresh: Fresh, depth: int, caplog: pytest.LogCaptureFixture
):
    market.play()
    before = index.follow()
    caplog.clear()
    was = block_hash(market, market.head())
    reorganise(market, depth)
    assert block_hash(market, market.head()) != was
    after = index.follow()
    assert "built anew" not in caplog.text
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
    market.mined(unsent)
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
    market.mined(mine)
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


def caught_up(index: Index) -> list[str]:
    """Catch up with a chain that changes while it is read, and give the dump."""
    for _ in range(20):
        try:
            return index.follow()
        except NodeDown:
            continue
    raise AssertionError("the index does not catch up")


def test_index_equals_fresh_build_at_every_turn_when_the_node_flips_between_two_forks(tmp_path: Path, fresh: Fresh):
    """A, then B, then the very blocks of A again, five times over; on B the same purchases stand in another order."""
    sales: dict[str, Any] = {}

    def past(market: Market) -> None:
        sales["terms"] = market.terms(market.open_community(market.seller))
        market.list(sales["terms"], 100)
        market.mine(3)

    with twins(tmp_path / "nodes", past) as (one, other), running_proxy(one.url) as proxy:
        mine, my_sale = one.purchase_of(sales["terms"], 1, one.buyer)
        theirs, their_sale = one.purchase_of(sales["terms"], 2, one.other)
        for market, unsent in ((one, [mine, theirs]), (other, [theirs])):
            for transaction in unsent:
                market.mined(transaction)
            market.mine(4)
        other.mine(5)
        index = Index(tmp_path / "flip", one, url=proxy.url)
        queries = Queries(index.engine)
        wanted = {market.url: fresh_of(tmp_path / market.url[-5:], market) for market in (one, other)}
        for turn in range(10):
            market = (one, other)[turn % 2]
            proxy.target = market.url
            assert index.follow() == wanted[market.url]
            assert (queries.order(my_sale.key) is None) == (market is other)
            assert queries.order(their_sale.key) is not None
            assert queries.orders(one.other).total == 1


def test_index_equals_fresh_build_when_the_node_flips_between_two_forks_in_the_middle_of_a_batch(tmp_path: Path):
    """Every few answers come from the other fork, also between a block and its logs."""

    def past(market: Market) -> None:
        market.play()

    with twins(tmp_path / "nodes", past) as (one, other), running_proxy(one.url) as proxy:
        for market in (one, other):
            terms = market.terms(1)
            market.list(terms, 50)
            for _ in range(6):
                market.buy(terms)
        other.mine(9)
        index = Index(tmp_path / "flip", one, url=proxy.url, rpc_timeout_s=5)
        asked = 0

        def flip(method: str, params: list[Any], answer: dict[str, Any]) -> dict[str, Any]:
            nonlocal asked
            asked += 1
            if asked % 7 == 0:
                proxy.target = other.url if proxy.target == one.url else one.url
            return answer

        proxy.rule = flip
        for _ in range(25):
            try:
                index.follower.step()
            except NodeDown:
                continue
            assert position(index).hash in {
                block_hash(market, position(index).number)
                for market in (one, other)
                if market.head() >= position(index).number
            }
        proxy.rule = None
        proxy.target = other.url
        assert caught_up(index) == fresh_of(tmp_path / "fresh", other)
        assert asked > 50


def fresh_of(folder: Path, market: Market) -> list[str]:
    index = Index(folder, market)
    try:
        return index.follow()
    finally:
        index.engine.dispose()


def test_follow_equals_fresh_build_when_a_second_reorganisation_comes_before_the_first_is_read(
    market: Market, index: Index, fresh: Fresh, proxy: Proxy, tmp_path: Path
):
    """The second one comes right after the follower was told of the first one's newest block."""
    through = Index(tmp_path / "through", market, url=proxy.url)
    market.play()
    through.follow()
    reorganise(market, 9)
    again = 0

    def change(method: str, params: list[Any], answer: dict[str, Any]) -> dict[str, Any]:
        nonlocal again
        if method == "eth_getBlockByNumber" and params[0] == "latest" and again < 3:
            again += 1
            reorganise(market, 9 + again)
            market.mine()
        return answer

    proxy.rule = change
    assert caught_up(through) == fresh()
    assert again == 3


def test_index_waits_and_keeps_what_it_has_when_the_deployment_itself_is_undone(market: Market, index: Index):
    market.play()
    before = index.follow()
    market.rpc("anvil_rollback", market.head())  # not even the registry is there any more
    for _ in range(2):
        with pytest.raises(NotDeployed, match="contracts that are not on this chain"):
            index.follower.step()
    market.mine(market.start_block + 3)
    with pytest.raises(NotDeployed, match="Deploy again"):
        index.follower.step()
    assert index.dump() == before


def test_index_equals_fresh_build_when_the_contracts_come_again_in_other_blocks(
    market: Market, index: Index, fresh: Fresh
):
    market.play()
    index.follow()
    market.rpc("anvil_rollback", market.head())
    market.mine(4)
    old = market.market
    market.deploy()
    assert market.market == old  # the same deployer, the same nonces
    index.write_record(market.record)
    community = market.open_community(market.other, name="again")
    assert index.follow() == fresh()
    queries = Queries(index.engine)
    assert queries.communities().total == community == 1


def test_follower_process_keeps_the_index_right_when_the_chain_is_reorganised_under_it(
    market: Market, index: Index, fresh: Fresh
):
    community = market.open_community(market.seller)
    terms = market.terms(community)
    market.list(terms, 1000)
    process = subprocess.Popen(
        [sys.executable, "-m", "frontend.index", "follow"],
        cwd=ROOT,
        env=environment(index),
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        for depth in (1, 2, 3, 5, 2, 7, 1, 12):
            for _ in range(4):
                market.buy(terms)
            market.mine(2)
            reorganise(market, depth)
            market.mine()
        wait_for(lambda: position(index) is not None and position(index).hash == block_hash(market, market.head()), 60)
    finally:
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 0
    assert '"stack"' not in said
    assert "Traceback" not in said
    assert index.dump() == fresh()


def test_index_is_built_anew_when_the_reorganisation_is_deeper_than_the_256_blocks_of_the_real_window(
    market: Market, index: Index, fresh: Fresh, caplog: pytest.LogCaptureFixture
):
    community = market.open_community(market.seller)
    kept = market.head()
    terms = market.terms(community)
    market.list(terms, 100)
    lost = market.buy(terms)
    for _ in range(30):
        market.mine(8)
        market.on_token(community, "mint", [market.buyer, 7], market.seller)
    market.mine(20)
    index.follow()
    queries = Queries(index.engine)
    assert queries.order(lost.key) is not None
    reorganise(market, market.head() - kept)
    market.mine()
    caplog.clear()
    after = index.follow()
    assert "deeper than what can be undone" in caplog.text
    assert after == fresh()
    assert queries.order(lost.key) is None
