"""The keeper on a real chain: what is due, what is sent, and what becomes of it."""

from __future__ import annotations

import re

import pytest

from frontend.index.place import Deployments
from scripts.lib.keep.index import Index as KeeperIndex
from scripts.lib.keep.node import Head
from scripts.lib.keep.place import deployments_hash
from scripts.lib.keep.send import all_due
from scripts.lib.problems import IndexNotReady, UnusableIndex, UnusableJournal, WrongChain
from scripts.lib.registry import open_registry
from tests.helpers.receipts import receipt_of
from tests.index.life import STAGES, Life
from tests.index.market import CHAIN_ID, ETHER, Index, Market
from tests.index.proxy import on, raw, running_proxy
from tests.scripts.keeping import ACCEPTED, FINAL, GWEI, Bench
from tools import chain


@pytest.mark.parametrize(
    ("state", "terms", "end", "what"),
    [
        ("funded", {}, "cancelled", "not accepted in time: cancelled, all back to the buyer"),
        ("accepted", {}, "refunded", "not delivered in time: refunded"),
        ("delivered", {}, "completed", "the buyer was silent: the seller is paid"),
        ("contested", {}, "refunded", "the seller did not stake: refunded"),
        ("disputed", {}, "refunded", "nobody ruled in time: refunded"),
        ("disputed", {"backup_arbiter": "0x" + "00" * 20}, "refunded", "nobody ruled in time: refunded"),
    ],
    ids=["funded", "accepted", "delivered", "contested", "disputed with a backup", "disputed without a backup"],
)
def test_order_is_left_at_its_last_second_and_finished_one_second_later(bench, state, terms, end, what):
    sale = bench.order(state, **terms)
    last_ts = bench.order_of(sale)[1]
    if state == "disputed" and not terms:
        last_ts += sale.terms.rule_for_s
    bench.index.follower.catch_up()
    with bench.keeper() as working:
        bench.set_time(last_ts)
        working.round()
        assert bench.stored() == []
        assert working.lines == []
        bench.set_time(last_ts + 1)
        [due] = all_due(working.keeper.index, working.desk.node.head())
        assert (due.subject, due.due_ts, due.what) == (sale.key, last_ts + 1, what)
        working.keeper.once(10)
    assert bench.state_of(sale) == FINAL[end]
    assert bench.stored() == [(sale.key, 0, "done")]
    assert f"✓ {sale.key}: {what}; block " in working.said
    assert (working.report.sent, working.report.done, working.report.left) == (1, 1, {})
    assert working.report.spent_wei > 0


def test_milestone_is_paid_and_the_next_one_begins_when_the_buyer_was_silent(bench):
    sale = bench.order("accepted", kind="service", transit_for_s=0, extras=STAGES)
    Life(bench.market, bench.community).on_milestone("deliverMilestone", sale, bench.market.seller, 0, b"\0" * 32)
    last_ts = bench.order_of(sale)[1]
    bench.index.follower.catch_up()
    with bench.keeper() as working:
        bench.set_time(last_ts)
        working.round()
        assert bench.stored() == []
        bench.set_time(last_ts + 1)
        working.keeper.once(10)
        assert bench.state_of(sale) == ACCEPTED
        assert f"✓ {sale.key}: the buyer was silent: the milestone is paid; block " in working.said
        bench.set_time(bench.order_of(sale)[1] + 1)
        bench.index.follower.catch_up()
        working.keeper.once(10)
    assert bench.state_of(sale) == FINAL["refunded"], "the next one was not delivered"


def test_milestone_that_somebody_else_paid_is_told_when_the_next_one_is_delivered_and_the_index_lags(bench):
    sale = bench.order("accepted", kind="service", transit_for_s=0, extras=STAGES)
    life, market = Life(bench.market, bench.community), bench.market
    life.on_milestone("deliverMilestone", sale, market.seller, 0, b"\0" * 32)
    bench.set_time(bench.order_of(sale)[1] + 1)
    bench.index.follower.catch_up()
    life.on_milestone("expireMilestone", sale, market.stranger, 0)
    life.on_milestone("deliverMilestone", sale, market.seller, 1, b"\0" * 32)
    with bench.keeper() as working:
        working.round()
    assert working.said == (
        f"· {sale.key}: somebody else has acted meanwhile (MarketWrongMilestone(milestone=0, current=1))"
    )
    assert bench.stored() == []


def test_order_is_finished_under_its_first_holder_when_it_was_handed_over(bench):
    sale = bench.order()
    bench.market.on_order("transferOrder", sale, bench.market.buyer, bench.market.stranger)
    bench.set_time(bench.order_of(sale)[1] + 1)
    bench.index.follower.catch_up()
    with bench.keeper() as working:
        working.keeper.once(10)
    assert bench.state_of(sale) == FINAL["cancelled"]


def test_chain_refuses_the_call_in_the_last_second_in_which_the_keeper_leaves_it(bench):
    sale = bench.order()
    bench.index.follower.catch_up()
    last_ts = bench.order_of(sale)[1]
    bench.set_time(last_ts)
    with bench.keeper() as working:
        node, account = working.desk.node, working.desk.account
        [due] = all_due(working.keeper.index, Head(bench.market.head(), last_ts + 1))
        early = f"MarketTooEarly(deadline={last_ts}, timestamp={last_ts})"
        assert node.refusal(account, node.data_of(due)) == early
        bench.set_time(last_ts + 1)
        assert node.refusal(account, node.data_of(due)) is None


def test_every_due_order_is_finished_in_rounds_of_a_batch(bench):
    sales = bench.overdue(count=5)
    with bench.keeper(calls_a_round=2) as working:
        for finished in (2, 4, 5):
            working.keeper.once(10)
            assert sum(bench.state_of(sale) == FINAL["cancelled"] for sale in sales) == finished
            assert len(working.report.left) == 5 - finished
    assert bench.sent_by(9) == 5


def test_call_that_the_chain_would_refuse_is_left_with_the_decoded_reason(bench):
    [sale] = bench.overdue()
    bench.tamper(f"UPDATE chain_orders SET ref = '0x{'11' * 32}'")
    with bench.keeper() as working:
        working.round()
        working.round()
    assert re.fullmatch(
        rf"✗ {sale.key}: left, the chain would refuse it: MarketWrongState\(key=0x[0-9a-f]{{64}}, found=0\)",
        working.said,
    )
    assert working.report.left == {sale.key: "refused by the chain when tried out"}
    assert bench.stored() == []


def test_order_that_somebody_else_finished_is_told_once_when_the_index_lags(bench):
    [sale] = bench.overdue()
    bench.market.on_order("expire", sale, bench.market.stranger)
    with bench.keeper() as working:
        working.round()
        working.round()
        assert working.said == (
            f"· {sale.key}: somebody else has acted meanwhile (MarketWrongState(key={sale.key}, found=7))"
        )
        assert (working.report.sent, working.report.by_others, working.report.left) == (0, 1, {})
    assert bench.stored() == []


def test_two_keepers_do_no_harm_when_they_send_in_the_same_moment(bench):
    [sale] = bench.overdue("delivered")
    bench.rpc("evm_setAutomine", False)
    with bench.keeper(8) as one, bench.keeper(9) as other:
        one.round()
        other.round()
        assert bench.waiting() == 2
        bench.rpc("evm_mine")
        one.keeper.once(0)
        other.keeper.once(0)
    assert bench.state_of(sale) == FINAL["completed"]
    assert sorted(bench.stored(8) + bench.stored(9)) == [(sale.key, 0, "done"), (sale.key, 0, "reverted")]
    assert (one.report.done + other.report.done, one.report.by_others + other.report.by_others) == (1, 1)
    assert f"· {sale.key}: done by somebody else in the same moment; ours had no effect, block" in one.said + other.said
    logs = bench.rpc("eth_getLogs", {"fromBlock": hex(bench.market.head()), "address": bench.market.market})
    assert len(logs) == 2, "OrderCompleted and CreditsAdded, once"


def test_second_keeper_is_refused_when_the_journal_is_in_use(bench):
    refused = pytest.raises(UnusableJournal, match="another keeper runs with this account and journal")
    with bench.keeper(), refused, bench.keeper():
        pass


def test_journal_is_refused_when_it_is_another_accounts(bench):
    with bench.keeper(9, "shared.db"):
        pass
    with pytest.raises(UnusableJournal, match="was kept for another account"), bench.keeper(8, "shared.db"):
        pass


def test_nothing_is_signed_when_gas_costs_more_than_the_cap(bench):
    [sale] = bench.overdue()
    base_wei = int(bench.rpc("eth_getBlockByNumber", "latest", False)["baseFeePerGas"], 16)
    with bench.keeper(cap_wei=base_wei) as working:
        working.round()
        assert bench.stored() == []
        assert f"… {sale.key}: waits, and all behind it; gas costs" in working.said
        assert working.report.left == {sale.key: "waits for a lower gas price"}
    with bench.keeper(cap_wei=base_wei + 2) as working:
        working.keeper.once(10)
        [sent] = bench.stored_hashes()
    found = bench.rpc("eth_getTransactionByHash", sent)
    assert (found["type"], int(found["maxFeePerGas"], 16)) == ("0x2", base_wei + 2)
    assert bench.state_of(sale) == FINAL["cancelled"]


def test_waiting_is_told_once_however_the_gas_price_moves(bench):
    bench.overdue(count=2)
    with bench.keeper(cap_wei=1) as working:
        for _ in range(3):
            working.round()
            bench.market.mine()
        assert len(working.lines) == 1
        assert len(working.report.left) == 2


def test_node_that_is_busy_is_not_taken_for_a_contract_that_refuses(bench):
    [sale] = bench.overdue()
    busy = {"error": {"code": -32005, "message": "limit exceeded for 0x" + "ab" * 20}}
    with running_proxy(bench.market.url) as proxy, bench.keeper(url=proxy.url) as working:
        proxy.rule = on("eth_call", lambda answer: {"jsonrpc": "2.0", "id": answer["id"], **busy})
        working.keeper._try(working.keeper.round)
        assert re.fullmatch(
            "… the node does not do what it should .*limit exceeded for 0x….* Trying again.", working.said
        )
        assert bench.stored() == []
        proxy.rule = raw(b"busy", 429)
        working.keeper._try(working.keeper.round)
        assert working.lines[1:] == ["… the node does not do what it should (HTTPError). Trying again."]
        proxy.rule = None
        working.keeper._try(working.keeper.round)
        working.keeper.once(10)
    assert bench.state_of(sale) == FINAL["cancelled"]


def test_nothing_is_signed_when_the_balance_would_fall_below_its_floor(bench):
    [sale] = bench.overdue()
    with bench.keeper(floor_wei=1000 * ETHER) as working:
        working.round()
        assert (
            f"… {sale.key}: left, and all behind it; the account would fall below its floor of 1000 ETH" in working.said
        )
        assert working.report.left == {sale.key: "the account's balance would fall below its floor"}
    assert bench.stored() == []


def test_stuck_call_is_replaced_with_a_higher_fee_and_only_within_the_cap(bench):
    [sale] = bench.overdue()
    bench.rpc("evm_setAutomine", False)
    with bench.keeper() as working:
        working.round()
        [stuck] = bench.stored_hashes()
        spike(bench, 50 * GWEI)
    with bench.keeper(cap_wei=40 * GWEI) as capped:
        capped.round()
        assert bench.stored_hashes() == [stuck]
        assert "the cap of 40 gwei allows no more" in capped.said
        assert capped.report.left == {sale.key: "waits for a lower gas price"}
    with bench.keeper() as working:
        working.round()
        [_, replacement] = bench.stored_hashes()
        assert f"→ {sale.key}: waited too long, replaced" in working.said
        bench.rpc("evm_mine")
        working.keeper.once(0)
    offered = int(bench.rpc("eth_getTransactionByHash", replacement)["maxFeePerGas"], 16)
    assert 50 * GWEI < offered <= 100 * GWEI
    assert bench.rpc("eth_getTransactionReceipt", stuck) is None
    assert bench.stored() == [(sale.key, 0, "done")]
    assert bench.sent_by(9, "pending") == 1


def test_call_that_waits_too_many_blocks_pays_more(bench):
    [sale] = bench.overdue()
    bench.rpc("evm_setAutomine", False)
    with bench.keeper(replace_after_blocks=1) as working:
        working.round()
        bench.rpc("evm_setBlockGasLimit", hex(30_000))  # too small for it
        bench.rpc("evm_mine")
        bench.rpc("evm_setBlockGasLimit", hex(30_000_000))
        working.round()
        first, second = (bench.rpc("eth_getTransactionByHash", tx) for tx in bench.stored_hashes())
        assert first is None
        assert second["nonce"] == "0x0"
        bench.rpc("evm_mine")
        working.keeper.once(0)
    assert bench.stored() == [(sale.key, 0, "done")]


def test_call_is_sent_again_as_it_was_stored_when_the_node_dropped_it(bench):
    [sale] = bench.overdue()
    bench.rpc("evm_setAutomine", False)
    with bench.keeper() as working:
        working.round()
        [sent] = bench.stored_hashes()
        bench.rpc("anvil_dropTransaction", sent)
        assert bench.waiting() == 0
        working.round()
        assert f"→ {sale.key}: sent again as it was stored, tx {sent}" in working.said
        bench.rpc("evm_mine")
        working.keeper.once(0)
    assert bench.stored_hashes() == [sent]
    assert bench.stored() == [(sale.key, 0, "done")]


def test_dropped_call_is_given_up_when_somebody_else_was_faster_and_its_nonce_is_used_again(bench):
    first, second = bench.overdue(count=2)
    bench.rpc("evm_setAutomine", False)
    with bench.keeper(calls_a_round=1) as working:
        working.round()
        [(subject, _, _)] = bench.stored()
        sale, other = (first, second) if subject == first.key else (second, first)
        bench.rpc("anvil_dropTransaction", *bench.stored_hashes())
        bench.rpc("evm_setAutomine", True)
        bench.market.on_order("expire", sale, bench.market.stranger)
        working.keeper.once(10)
        assert f"· {sale.key}: not needed any more (MarketWrongState(key={sale.key}, found=7))" in working.said
    assert bench.stored() == [(sale.key, 0, "dropped"), (other.key, 0, "done")]


def test_nonce_is_used_up_by_an_empty_one_when_a_call_before_others_is_not_needed_any_more(bench):
    bench.overdue(count=2)
    bench.rpc("evm_setAutomine", False)
    with bench.keeper() as working:
        working.round()
        lost, kept = bench.stored_hashes()
        lost_key = bench.stored()[0][0]
        for tx in (lost, kept):
            bench.rpc("anvil_dropTransaction", tx)
        finish_as_stranger(bench, lost_key)
        working.round()
        bench.rpc("evm_mine")
        working.keeper.once(0)
    assert [state for _, _, state in bench.stored()] == ["freed", "done"]
    assert bench.rpc("eth_getTransactionByHash", lost) is None
    empty = bench.rpc("eth_getTransactionByHash", bench.stored_hashes()[2])
    assert (empty["nonce"], empty["input"], empty["value"], empty["to"]) == ("0x0", "0x", "0x0", empty["from"])


def test_call_is_sent_anew_when_another_transaction_of_the_account_took_its_nonce(bench):
    [sale] = bench.overdue()
    bench.rpc("evm_setAutomine", False)
    with bench.keeper(confirmations=3) as working:
        working.round()
        account = bench.market.people[9]
        bench.rpc("anvil_dropTransaction", *bench.stored_hashes())
        bench.rpc("eth_sendTransaction", {"from": account, "to": account, "nonce": "0x0", "gas": hex(21_000)})
        bench.rpc("evm_mine")
        working.round()
        assert bench.stored() == [(sale.key, 0, "sent")], "the other one may still be undone"
        assert list(working.report.left) == [sale.key]
    bench.rpc("evm_setAutomine", True)
    with bench.keeper() as working:
        working.keeper.once(10)
        assert f"· {sale.key}: another transaction of this account took nonce 0" in working.said
    assert bench.stored() == [(sale.key, 0, "overtaken"), (sale.key, 1, "done")]


@pytest.mark.parametrize("confirmations", [3, 1], ids=["not final yet", "believed to be final"])
def test_order_is_finished_again_when_a_reorganisation_undid_the_call(bench, confirmations):
    [sale] = bench.overdue()
    before = bench.market.head()
    with bench.keeper(confirmations=confirmations) as working:
        working.keeper.once(1 if confirmations == 3 else 10)
        assert bench.stored() == [(sale.key, 0, "mined" if confirmations == 3 else "done")]
        bench.index.follower.catch_up()
        [first] = bench.stored_hashes()
        bench.rpc("anvil_reorg", bench.market.head() - before, [])
        bench.rpc("anvil_dropTransaction", first)
        assert bench.rpc("eth_getTransactionReceipt", first) is None
        bench.index.follower.catch_up()
        working.round()
        bench.market.mine(3)
        working.keeper.once(10)
    assert bench.state_of(sale) == FINAL["cancelled"]
    assert bench.sent_by(9) == 1
    if confirmations == 3:
        assert bench.stored_hashes() == [first]
        assert f"↺ {sale.key}: the block with it was undone; it waits again" in working.said
    assert {state for _, _, state in bench.stored()} == {"done"}


def test_order_stops_being_sent_when_it_failed_on_the_chain_three_times(bench):
    [sale] = bench.overdue()
    with bench.keeper() as working:
        bench.rpc("evm_setAutomine", False)
        for _ in range(3):
            working.round()  # settles the one before, too
            spoil(bench, bench.stored_hashes()[-1])
        working.round()
        assert f"✗ {sale.key}: mined without effect (it would go through now); block" in working.said
        assert f"✗ {sale.key}: left, it was mined without effect 3 times" in working.said
        assert (working.report.sent, working.report.failed) == (3, 3)
        assert working.report.left == {sale.key: "failed too often"}
    assert bench.stored() == [(sale.key, nonce, "reverted") for nonce in range(3)]


def test_index_of_another_chain_or_deployment_is_refused_with_what_to_do(bench):
    bench.overdue()
    with bench.keeper() as working:
        bench.tamper(f"UPDATE chain_cursor SET deployments_hash = '0x{'22' * 32}'")
        with pytest.raises(
            UnusableIndex, match=r"about other contracts than deployments/31337.json names.*DEPLOYMENTS_DIR"
        ):
            working.round()
        bench.tamper(f"UPDATE chain_cursor SET genesis_hash = '0x{'33' * 32}'")
        with pytest.raises(UnusableIndex, match=r"about another chain .*correct DATABASE_URL"):
            working.round()
        bench.tamper("UPDATE chain_cursor SET chain_id = 1")
        with pytest.raises(UnusableIndex, match=r"about another chain \(id 1,"):
            working.round()
    assert bench.stored() == []


def test_index_that_lags_or_is_empty_or_on_an_undone_block_is_refused_until_its_follower_runs(bench):
    with bench.keeper(max_lag_blocks=50) as working:
        with pytest.raises(IndexNotReady, match="the index is empty"):
            working.round()
        [sale] = bench.overdue()
        bench.market.mine(51)
        with pytest.raises(IndexNotReady, match=r"the index is 51 blocks behind the node .at most 50 are allowed."):
            working.round()
        bench.index.follower.catch_up()
        bench.rpc("anvil_reorg", 2, [])
        with pytest.raises(IndexNotReady, match="is not on the node's chain: blocks were undone"):
            working.round()
        assert bench.stored() == []
        bench.index.follower.catch_up()
        working.keeper.once(10)
    assert bench.state_of(sale) == FINAL["cancelled"]


def test_keeper_stops_when_the_node_becomes_another_chain(bench):
    bench.overdue()
    with bench.keeper() as working:
        working.desk.node.registry.genesis_hash = "0x" + "44" * 32
        with pytest.raises(WrongChain, match="was started anew"):
            working.round()
        working.desk.node.registry.chain_id = 1
        with pytest.raises(WrongChain, match="answers for chain 31337, but chain 1 is meant"):
            working.round()
    assert bench.stored() == []


def test_fingerprint_of_the_deployment_is_the_indexs(bench):
    registry = open_registry(CHAIN_ID, bench.genesis, bench.records, may_start_over=False)
    assert deployments_hash(registry) == Deployments(bench.index.settings).place().deployments_hash


def test_keeper_cannot_write_to_the_index(bench):
    index = KeeperIndex(bench.index.settings.database_url)
    with pytest.raises(IndexNotReady, match=r"cannot be read .OperationalError."), index._reading() as connection:
        connection.exec_driver_sql("DELETE FROM chain_orders")
    index.close()
    with pytest.raises(UnusableIndex, match="a file that is not there"):
        KeeperIndex(f"sqlite:///{bench.folder}/nothing.db")
    assert not (bench.folder / "nothing.db").exists()


class GanacheMarket(Market):
    """The same market on a Ganache."""

    def mine(self, count: int = 1) -> None:
        for _ in range(count):
            self.rpc("evm_mine")


def test_overdue_order_is_finished_on_ganache(tmp_path):
    node = chain.start_on_free_port(chain.Kind("ganache", CHAIN_ID, 0))
    try:
        market = GanacheMarket(node.url).deploy()
        bench = Bench(market, Index(tmp_path / "index", market), market.open_community(market.seller), tmp_path)
        sale, other = bench.overdue("delivered", 2)
        market.on_order("expire", other, market.stranger)
        with bench.keeper() as working:
            working.keeper.once(20)
        assert f"✓ {sale.key}: the buyer was silent: the seller is paid; block " in working.said
        assert (
            f"· {other.key}: somebody else has acted meanwhile (MarketWrongState(key={other.key}, found=6))"
            in working.said
        )
        assert bench.state_of(sale) == FINAL["completed"]
        assert bench.stored() == [(sale.key, 0, "done")]
        bench.index.engine.dispose()
    finally:
        node.stop()


def spike(bench: Bench, base_wei: int) -> None:
    """Raise the base fee above what was offered, by a block too small for it, so that Anvil leaves it in the pool."""
    bench.rpc("evm_setBlockGasLimit", hex(30_000))
    bench.rpc("anvil_setNextBlockBaseFeePerGas", hex(base_wei))
    bench.rpc("evm_mine")
    bench.rpc("evm_setBlockGasLimit", hex(30_000_000))


def finish_as_stranger(bench: Bench, key: str) -> None:
    """Finish an order by somebody else's transaction, mined alone."""
    with bench.keeper(8) as other:
        [due] = [due for due in all_due(other.keeper.index, other.desk.node.head()) if due.subject == key]
        data = other.desk.node.data_of(due)
    unsent = {"from": bench.market.stranger, "to": bench.market.market, "data": data, "gas": hex(500_000)}
    tx = bench.rpc("eth_sendTransaction", unsent)
    bench.rpc("evm_mine")
    receipt_of(bench.rpc, tx)


def spoil(bench: Bench, tx: str) -> None:
    """Mine a transaction of which nothing can come, by taking the contract's code away for one block."""
    market = bench.market.market
    code = bench.rpc("eth_getCode", market, "latest")
    bench.rpc("anvil_setCode", market, "0xfe")
    bench.rpc("evm_mine")
    bench.rpc("anvil_setCode", market, code)
    assert bench.rpc("eth_getTransactionReceipt", tx)["status"] == "0x0"
