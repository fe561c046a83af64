"""The scripts as a person runs them: `brownie run ... --network ...`, as a process of its own against a real node.

The first begins with nothing, as a person's does; the others begin where brownie has started (warm.py).
"""

import signal
import time

from scripts.deploy import everything
from scripts.lib.reading import bound
from tests.scripts.conftest import Runner
from tools import chain


def test_everything_deploys_checks_and_prints_when_run_by_brownie(runner):
    code, said = runner.run_cold("deploy/everything.py")
    assert code == 0, said
    contracts = runner.recorded()["contracts"]
    for name in ("CommunityRegistry", "Personas", "Splits", "Market", "Curves"):
        assert f"✓ {name} {contracts[name]['address']}" in said
        assert chain.code_at(runner.url, contracts[name]["address"]) != "0x"
    code, said = runner.run("inspect/check_deployments.py")
    assert code == 0, said
    assert "no owner, no pause, no upgrade" in said
    head = chain.head(runner.url).number
    code, said = runner.run("deploy/everything.py")
    assert code == 0, said
    assert "nothing: everything is recorded as deployed" in said
    assert chain.head(runner.url).number == head


def test_everything_deploys_on_ganache_when_run_by_brownie(tmp_path):
    with chain.throw_away(chain.GANACHE) as node:
        runner = Runner(node.url, tmp_path, chain_id="1337")
        code, said = runner.run("deploy/everything.py")
        assert code == 0, said
        code, said = runner.run("inspect/check_deployments.py")
        assert code == 0, said
        code, said = runner.run("operate/set_commission.py", "platform", "6%")
        assert code == 1
        assert "RegistryFeeTooHigh(feeBps=600, maxBps=500). Nothing has changed." in said


def test_everything_goes_on_when_the_process_was_killed_with_a_transaction_under_way(runner):
    chain.rpc(runner.url, "evm_setAutomine", [False])
    process = runner.start("deploy/everything.py")
    try:
        wait_for_transactions(runner.url, 1)
        chain.mine(runner.url)
        wait_for_transactions(runner.url, 1)
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    left = runner.recorded()
    assert list(left["contracts"]) == ["CommunityRegistry"]
    assert left["pending"]["contract"] == "Splits"
    chain.mine(runner.url)
    chain.rpc(runner.url, "evm_setAutomine", [True])
    head = chain.head(runner.url).number
    code, said = runner.run("deploy/everything.py")
    assert code == 0, said
    names = list(runner.recorded()["contracts"])
    assert (names[:2], names[-1]) == (["CommunityRegistry", "Splits"], "Blueprints")
    sent = chain.head(runner.url).number - head
    assert sent == len(names) - 2, "the transaction under way was found, not sent again"


def wait_for_transactions(url: str, count: int) -> None:
    deadline = time.monotonic() + 90
    while int(chain.rpc(url, "txpool_status")["pending"], 16) < count:
        assert time.monotonic() < deadline, "no transaction came"
        time.sleep(0.05)


def test_nothing_is_sent_when_the_node_is_on_another_chain(runner):
    runner.chain_id = "1337"
    code, said = runner.run("deploy/everything.py")
    assert code == 1
    assert "answers for chain 31337, but chain 1337 is meant" in said
    assert chain.head(runner.url).number == 0
    assert not runner.record.exists()


def test_nothing_is_sent_when_the_network_is_none_of_ours(runner):
    code, said = runner.run("deploy/everything.py", network="mainnet")
    assert code != 0
    assert "mainnet" in said
    assert chain.head(runner.url).number == 0


def test_nothing_is_sent_when_the_chain_has_no_parameters(tmp_path):
    odd = chain.Kind("anvil", 424242, 0)
    node = chain.start_on_free_port(odd)
    try:
        runner = Runner(node.url, tmp_path, chain_id="424242")
        code, said = runner.run("deploy/everything.py")
        assert code == 1
        assert "chain 424242 is unknown: there is no scripts/params/424242.toml" in said
        assert chain.head(node.url).number == 0
    finally:
        node.stop()


def test_nothing_is_sent_to_a_live_chain_when_no_account_is_named(tmp_path):
    node = chain.start_on_free_port(chain.Kind("anvil", 11155111, 0))
    try:
        runner = Runner(node.url, tmp_path, chain_id="11155111", extra={"SEPOLIA_RPC_URL": node.url})
        code, said = runner.run("deploy/everything.py", network="sepolia")
        assert code == 1
        assert "Sepolia is a live network: name the account that sends" in said
        code, said = runner.run("deploy/everything.py", "nobody-of-this-name", network="sepolia")
        assert code == 1
        assert 'brownie has no account "nobody-of-this-name"' in said
        assert chain.head(node.url).number == 0
    finally:
        node.stop()


def test_stewardship_and_commission_change_as_the_scripts_say(runner, w3, sender, registry, params):
    everything.deploy(everything.plan(params, registry), sender)
    code, said = runner.run("operate/set_commission.py", "platform", "0.5%")
    assert code == 0, said
    code, said = runner.run("operate/set_waivers.py", "platform", "10%", "0")
    assert code == 1
    assert "RegistryBadWaiver(tokenWaiver=10, memberWaiver=0, maxPercent=0). Nothing has changed." in said
    heir = w3.eth.accounts[1]
    code, said = runner.run("operate/offer_stewardship.py", "platform", heir)
    assert code == 0, said
    code, said = runner.run("operate/accept_stewardship.py", "platform", "1")
    assert code == 0, said
    office = bound(w3, registry, "CommunityRegistry").functions.officeOf(0).call()
    assert tuple(office) == (heir, 50, 0, 0, 0, 0, 0, 0)
    code, said = runner.run("operate/withdraw_commission.py", "platform", "eth", heir, "1", "1")
    assert code == 1
    assert "can be withdrawn is 0 ETH" in said
