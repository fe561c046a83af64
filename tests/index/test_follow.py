"""The index says what the contracts say, however it was read: at once, step by step, killed in between, or anew."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from frontend.errors import WrongChain
from frontend.index.basis import STATES
from frontend.index.follow import NotDeployed
from frontend.index.models import balances, credits
from frontend.index.queries import Queries
from frontend.index.views import ListingFilter, Order
from frontend.services.terms import ZERO_ADDRESS, bond_of_price
from frontend.store.models import AppIntent
from tests.index.market import CHAIN_ID, ETHER, ROOT, Index, Market, Told, fresh_dump, running_market
from tests.index.said import differences
from tests.index.storm import environment
from tests.index.waiting import wait_for
from tools.chain import ANVIL, Node, free_port, spawn


@pytest.fixture
def built(tmp_path: Path, told: Told) -> Index:
    """An index of the story that is over."""
    index = Index(tmp_path / "built", told.market)
    index.follow()
    return index


def test_orders_and_listings_are_what_the_market_says_when_everything_has_happened(built: Index, told: Told):
    market, queries = told.market, Queries(built.engine)
    found = [
        order
        for role in ("buyer", "seller")
        for order in queries.orders(market.buyer if role == "buyer" else market.seller, role)
    ]
    assert {order.state for order in found} == set(STATES[1:])
    assert differences(market, built.engine) == []
    listings = queries.listings(ListingFilter()).items
    assert len(listings) == 10
    for listing in listings:
        ((listed, paused, limit, sold, _flags),) = market.ask(
            "Market", market.market, "listingOf", bytes.fromhex(listing.id[2:])
        )
        assert listed
        assert (listing.paused, listing.quantity_limit, listing.quantity_sold) == (paused, limit, sold)


def locked_for(order: Order) -> int:
    """Give what the seller's bond has locked for an open order."""
    if order.state == "funded":
        return 0
    return bond_of_price(order.listing.unit_price_units * order.quantity, order.listing.terms["bondBps"])


def test_balances_and_credits_are_what_the_contracts_say_when_everything_has_happened(built: Index, told: Told):
    market = told.market
    with built.engine.connect() as connection:
        held = connection.execute(select(balances)).all()
        owed = connection.execute(select(credits)).all()
    assert len(held) >= 4
    assert len(owed) >= 4
    for row in held:
        assert market.ask("CommunityToken", row.token, "balanceOf", row.account) == (row.balance_units,)
    for row in owed:
        assert market.ask("Market", market.market, "creditOf", row.account, row.currency) == (row.amount_units,)
    eth = sum(row.amount_units for row in owed if int(row.currency, 16) == 0)
    queries = Queries(built.engine)
    holders = (market.buyer, market.other, market.stranger)
    orders = {o.key: o for person in holders for o in queries.orders(person, "buyer", "open")}
    in_escrow = sum(
        order.amount_units + order.stakes.holder_units + order.stakes.seller_units + locked_for(order)
        for order in orders.values()
        if int(order.listing.currency, 16) == 0
    )
    free = sum(queries.bond_of(person, ZERO_ADDRESS) for person in market.people)
    assert free >= ETHER
    assert int(market.rpc("eth_getBalance", market.market, "latest"), 16) == eth + in_escrow + free


def test_communities_are_what_registry_and_tokens_say_when_everything_has_happened(built: Index, told: Told):
    market, queries = told.market, Queries(built.engine)
    now_ts = queries.head().timestamp_ts
    (count,) = market.ask("CommunityRegistry", market.registry, "communityCount")
    assert queries.communities().total == count
    for community_id in range(count + 1):
        community = queries.community(community_id)
        (office,) = market.ask("CommunityRegistry", market.registry, "officeOf", community_id)
        assert office == (
            *(community.steward, community.fee_bps, community.token_waiver, community.member_waiver),
            *(community.raised_fee_bps, community.raised_token_waiver, community.raised_member_waiver),
            community.raise_at_ts,
        )
        (pending,) = market.ask("CommunityRegistry", market.registry, "pendingStewardOf", community_id)
        assert community.pending_steward == (pending if int(pending, 16) else None)
        if community_id == 0:
            assert community.token is None
            continue
        token = community.token
        assert market.ask("CommunityRegistry", market.registry, "tokenOf", community_id) == (token,)

        def on_token(function: str, *args: Any, token: str = token) -> tuple[Any, ...]:
            return market.ask("CommunityToken", token, function, *args)

        assert on_token("totalSupply") == (community.supply_units,)
        assert on_token("mintable") == (community.mintable_units,)
        assert on_token("cap") == (community.cap_units,)
        assert on_token("vesting") == (
            community.founder_allocation_units,
            community.vesting_start_ts,
            community.vesting_cliff_s,
            community.vesting_duration_s,
            community.minted_by_founder_units,
        )
        assert on_token("vestedAt", now_ts) == (community.vested_units_at(now_ts),)
        assert on_token("name") == (community.name,)
        assert on_token("contractURI") == (community.metadata_uri,)
        assert on_token("isMintRenounced") == (community.mint_renounced,)
        assert on_token("isContractURIFrozen") == (community.uri_frozen,)
        assert sum(holder.balance_units for holder in queries.holders(community_id)) == community.supply_units
        assert len(queries.holders(community_id)) == community.holder_count
    assert queries.community(1).minted_by_founder_units > 0
    assert queries.community(1).minted_by_steward_units > 0


def test_index_is_the_same_when_it_follows_each_transaction(
    index: Index, market: Market, fresh: Callable[..., list[str]]
):
    send = market.send

    def sent(*args: Any, **options: Any) -> dict[str, Any]:
        receipt = send(*args, **options)
        index.follow()
        return receipt

    market.send = sent  # type: ignore[method-assign]
    market.play()
    assert index.follow() == fresh()


def test_index_is_the_same_when_it_is_read_in_ranges(tmp_path: Path, told: Told):
    index = Index(tmp_path / "ranges", told.market, window=3)
    index.follow()
    kept = [line for line in told.dump if not line.startswith("chain_blocks ")]
    assert [line for line in index.dump() if not line.startswith("chain_blocks ")] == kept


def test_index_is_the_same_when_it_is_rebuilt(built: Index, told: Told):
    built.new_follower().rebuild()
    assert built.dump() == told.dump


def test_old_blocks_are_read_in_ranges_before_the_window_begins(tmp_path: Path, market: Market):
    market.play()
    market.mine(700)
    community = market.open_community(market.stranger)
    index = Index(tmp_path / "long", market, window=16)
    index.follow()
    assert Queries(index.engine).community(community).opened_at_ts > 0
    assert index.dump() == fresh_dump(tmp_path / "again", market, window=16)


def command(index: Index, word: str) -> subprocess.Popen[str]:
    """Start one of the index's commands."""
    return subprocess.Popen(
        [sys.executable, "-m", "frontend.index", word],
        cwd=ROOT,
        env=environment(index),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_nothing_is_lost_or_doubled_when_the_follower_is_killed_again_and_again(
    index: Index, market: Market, fresh: Callable[..., list[str]]
):
    chance = random.Random(20)
    community = market.open_community(market.seller)
    terms = market.terms(community)
    market.list(terms, 1000)
    queries = Queries(index.engine)
    first = market.head()  # what is rolled back came after it
    for _ in range(5):
        market.mine()
        process = command(index, "follow")
        wait_for(lambda: (head := queries.head()) is not None and head.number == market.head(), seconds=60)
        until = time.monotonic() + chance.uniform(0.1, 1.5)
        while time.monotonic() < until:
            market.buy(terms)
            if chance.random() < 0.1 and market.head() - first > 2:
                market.rpc("anvil_rollback", 2)
        market.buy(terms)
        process.send_signal(signal.SIGKILL)
        process.communicate()
    assert index.follow() == fresh()
    assert queries.orders(market.buyer).total > 0


def test_second_follower_waits_and_takes_over_when_the_first_is_killed(index: Index, market: Market):
    first = command(index, "follow")
    queries = Queries(index.engine)
    wait_for(lambda: queries.head() is not None)
    second = command(index, "follow")
    try:
        said = second.stdout.readline()
        first.send_signal(signal.SIGKILL)
        first.communicate()
        market.open_community(market.seller)
        wait_for(lambda: queries.head().number == market.head())
    finally:
        second.send_signal(signal.SIGTERM)
        second.communicate(timeout=60)
    assert "Another follower writes this database's index. Waiting for its end." in said
    assert second.returncode == 0


def test_rebuild_command_refuses_when_a_follower_runs(index: Index):
    follower = command(index, "follow")
    try:
        queries = Queries(index.engine)
        wait_for(lambda: queries.head() is not None)
        said, _ = command(index, "rebuild").communicate(timeout=150)
        assert "✗ A follower writes this database's index. Stop it, then rebuild." in said
    finally:
        follower.send_signal(signal.SIGTERM)
        follower.communicate(timeout=60)


def test_dump_command_prints_the_same_when_the_index_was_rebuilt_by_command(index: Index, market: Market):
    market.open_community(market.seller)
    index.follow()
    first, _ = command(index, "dump").communicate(timeout=150)
    rebuild = command(index, "rebuild")
    rebuild.communicate(timeout=150)
    assert rebuild.returncode == 0
    second, _ = command(index, "dump").communicate(timeout=150)
    assert first == second == "\n".join(index.dump()) + "\n"


def test_new_epoch_begins_when_the_chain_was_started_anew(tmp_path: Path):
    with running_market() as old:
        old.play()
        index = Index(tmp_path / "index", old)
        index.follow()
        genesis = old.record["genesisHash"]
        with index.engine.begin() as connection:
            for number, status in enumerate(("built", "submitted", "mined", "final")):
                connection.execute(insert(AppIntent).values(**intent(number, status, genesis)))
    time.sleep(1.1)  # the first block's hash differs by its time
    with running_market() as new:
        assert new.record["genesisHash"] != genesis
        index.follower.node = index.follower.node.__class__(new.url, 5)
        queries = Queries(index.engine)
        with pytest.raises(NotDeployed, match="The chain was started anew"):
            index.follower.step()
        assert queries.head().epoch_genesis == genesis
        assert queries.communities().total == 2

        community = new.open_community(new.seller)
        index.write_record(new.record)
        assert index.follow() == fresh_dump(tmp_path / "fresh", new)
        assert queries.head().epoch_genesis == new.record["genesisHash"]
        assert queries.communities().total == community == 1
    with index.engine.connect() as connection:
        found = connection.execute(select(AppIntent.status).order_by(AppIntent.id)).scalars().all()
    assert found == ["chain_reset", "chain_reset", "chain_reset", "final"]


def intent(number: int, status: str, genesis: str) -> dict[str, Any]:
    return {
        "id": f"0x{number:064x}",
        "idempotency_key": f"0x{number:064x}",
        "account": "0x" + "1" * 40,
        "chain_id": CHAIN_ID,
        "genesis_hash": genesis,
        "action": "test",
        "to": "0x" + "2" * 40,
        "data": "0x",
        "value_wei": 2**256 - 1,
        "gas": 1,
        "args": "[]",
        "summary": "{}",
        "status": status,
        "created_at_ts": 1,
        "expires_at_ts": 2,
    }


def test_index_is_about_the_new_contracts_when_the_record_changes(
    index: Index, market: Market, fresh: Callable[..., list[str]]
):
    market.play()
    index.follow()
    market.deploy()
    market.open_community(market.other, name="on the new registry")
    index.write_record(market.record)
    assert index.follow() == fresh()
    assert [community.name for community in Queries(index.engine).communities()] == ["on the new registry"]


def test_follower_waits_when_the_record_tells_of_contracts_that_are_not_there(index: Index, market: Market):
    for entry in market.record["contracts"].values():
        entry["address"] = market.stranger
    index.write_record(market.record)
    with pytest.raises(NotDeployed, match="contracts that are not on this chain"):
        index.follower.step()
    assert index.dump() == []


def test_follower_stops_with_one_sentence_when_the_node_is_on_another_chain(index: Index, market: Market):
    market.rpc("anvil_setChainId", 5)
    with pytest.raises(WrongChain):
        index.follower.step()
    said, _ = command(index, "follow").communicate(timeout=150)
    assert "✗ The node stands on chain 5, the settings say 31337. Nothing was written." in said
    assert "Traceback" not in said
    assert index.dump() == []


def test_index_goes_on_when_the_node_was_restarted_on_its_own_chain(tmp_path: Path):
    state = tmp_path / "state.json"
    port = free_port()

    def start() -> Node:
        words = [
            "--port",
            str(port),
            "--chain-id",
            str(CHAIN_ID),
            "--hardfork",
            "shanghai",
            "--state",
            str(state),
            "--silent",
        ]
        node = Node(ANVIL, port, spawn([str(ROOT / "node_modules" / ".bin" / "anvil"), *words], None))
        node.wait_until_ready()
        return node

    node = start()
    try:
        market = Market(node.url).deploy()
        market.open_community(market.seller)
        index = Index(tmp_path / "index", market)
        before = index.follow()
        node.stop()
        node = start()
        assert index.follow() == before
        market.open_community(market.other)
        after = index.follow()
        assert json.loads(after[0].split(" ", 1)[1])["number"] == market.head()
        assert Queries(index.engine).communities().total == 2
    finally:
        node.stop()


def test_supply_is_exact_when_amounts_are_as_large_as_they_can_be(index: Index, market: Market):
    community = market.open_community(market.seller)
    market.on_token(community, "mint", [market.buyer, 10**24], market.seller)
    market.on_token(community, "transfer", [market.other, 10**24 - 1], market.buyer)
    index.follow()
    queries = Queries(index.engine)
    assert [(h.balance_units, h.share_bps) for h in queries.holders(community)] == [(10**24 - 1, 9999), (1, 0)]
    assert queries.balance(queries.community(community).token, market.buyer) == 1
    assert queries.community(community).mintable_units == 0
    assert ETHER < queries.community(community).supply_units == 10**24
