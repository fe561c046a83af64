"""A court behind an arbiter, by the scripts that deploy it, bring an order before it and carry its ruling out."""

from __future__ import annotations

import pytest
from eth_abi.abi import encode
from web3 import Web3

from scripts.deploy import court_arbiter
from scripts.lib.artifacts import artifact
from scripts.lib.court import call_about
from scripts.lib.params import load
from scripts.lib.problems import BadArgument, FailedCheck, FailedTransaction
from scripts.lib.registry import open_registry
from scripts.lib.runs import Connection
from scripts.lib.senders import NodeSender
from scripts.operate import bring_to_court
from tests.helpers.deal import State
from tests.index.market import CHAIN_ID
from tests.scripts.conftest import Runner

PRICE_WEI = 3 * 10**15


@pytest.fixture
def registry(bench):
    return open_registry(CHAIN_ID, bench.genesis, bench.records, may_start_over=False)


@pytest.fixture
def sender(bench):
    return NodeSender(bench.w3, bench.market.owner)


@pytest.fixture
def court(bench):
    code = artifact("ToyCourt").bytecode
    made = bench.market.create("ToyCourt", encode(["uint256"], [PRICE_WEI]), code)
    return Web3.to_checksum_address(made["contractAddress"])


@pytest.fixture
def arbiter(registry, sender, court):
    court_arbiter.deploy(court_arbiter.plan(load(CHAIN_ID), registry, court, "0x05"), sender)
    return registry.address("CourtArbiter")


def at(w3, name, address):
    return w3.eth.contract(address=address, abi=artifact(name).abi).functions


def test_dispute_is_ruled_by_a_court_when_the_scripts_are_run(bench, registry, sender, court, arbiter, monkeypatch):
    sale = bench.order("disputed", arbiter=arbiter)
    bench.index.follower.catch_up()
    runner = Runner(bench.market.url, bench.records, extra={"DATABASE_URL": bench.index.settings.database_url})
    code, said = runner.run("operate/bring_to_court.py", sale.key, "6")
    assert code == 0, said
    assert "paying it 0.003 ETH" in said
    monkeypatch.setenv("DATABASE_URL", bench.index.settings.database_url)
    found = Connection(bench.w3, load(CHAIN_ID), registry)
    execute = call_about(found, sale.key, "execute", "")
    with pytest.raises(FailedTransaction, match="CourtHasNotRuled"):
        sender.send(execute.contract, execute.address, execute.function, execute.args)
    at(bench.w3, "ToyCourt", court).give(arbiter, 1, 101).transact({"from": bench.market.stranger})
    sender.send(execute.contract, execute.address, execute.function, execute.args)
    assert bench.state_of(sale) == State.RESOLVED
    # all of it to the buyer, and the arbiter's fee to whoever paid the court
    owed = at(bench.w3, "CourtArbiter", arbiter).owedTo(bench.market.people[6], "0x" + "00" * 20).call()
    assert owed == sale.terms.arbiter_fee_units


def test_arbiter_is_deployed_once_and_recorded(registry, arbiter, court):
    assert registry.entry("CourtArbiter").args == (registry.address("Market"), court, "0x05")
    assert court_arbiter.plan(load(CHAIN_ID), registry, court, "0x05").steps == ()
    with pytest.raises(BadArgument, match=f"for court {court} with extra data 0x05"):
        court_arbiter.plan(load(CHAIN_ID), registry, court, "0x06")


def test_deployment_fails_in_a_sentence_when_no_court_answers_there(bench, registry, sender):
    with pytest.raises(FailedTransaction, match="CourtNoCode"):
        court_arbiter.deploy(court_arbiter.plan(load(CHAIN_ID), registry, bench.market.stranger, "0x"), sender)
    with pytest.raises(FailedCheck, match="no ERC-792 court"):
        court_arbiter.deploy(
            court_arbiter.plan(load(CHAIN_ID), registry, registry.address("CommunityRegistry"), "0x"), sender
        )


@pytest.mark.parametrize("word", ["05", "0x5", "0xzz", ""])
def test_extra_data_is_refused_when_it_is_no_hex(word):
    with pytest.raises(BadArgument, match="pairs of hex digits"):
        court_arbiter.extra_data_from(word)


def test_order_is_refused_in_a_sentence_when_no_court_can_have_it(bench, registry, monkeypatch):
    sale = bench.order("disputed")
    bench.index.follower.catch_up()
    monkeypatch.setenv("DATABASE_URL", bench.index.settings.database_url)
    found = Connection(bench.w3, load(CHAIN_ID), registry)
    for key, said in (
        (sale.key[:-1], "no order's key"),
        ("0x" + "12" * 32, "no such order"),
        (sale.key, "no contract"),
    ):
        with pytest.raises(BadArgument, match=said):
            bring_to_court.call(found, key)
