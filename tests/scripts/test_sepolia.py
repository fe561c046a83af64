"""A rehearsal of a public deployment: Sepolia's id, a fee market, an encrypted account, a person at a terminal."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.scripts.sepolia import CHAIN_ID, GWEI, PASSWORD, Desk, Terminal, fee_market
from tools import chain

ETHER = 10**18
SPIKE_WEI = 500 * GWEI


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A desk on a chain that mines a block every second."""
    with fee_market("--block-time", "1") as url:
        found = Desk(tmp_path, url)
        found.give(ETHER)
        yield found


def deploying(desk: Desk, answer: str = str(CHAIN_ID)) -> Terminal:
    """Start a deployment, and answer its two questions."""
    terminal = desk.at_terminal()
    terminal.answer('Enter password for "my-deployer":', PASSWORD)
    terminal.answer("Type its chain id to send:", answer)
    return terminal


def test_nothing_is_sent_when_password_answer_or_money_is_wrong(desk):
    terminal = desk.at_terminal()
    terminal.answer("Enter password", "wrong")
    code, said = terminal.end()
    assert (code, 'the password for the account "my-deployer" is wrong; nothing was sent' in said) == (1, True), said
    code, said = deploying(desk, "yes").end()
    assert (code, f"the answer was not {CHAIN_ID}, so nothing was sent to Sepolia" in said) == (1, True), said
    assert "deploy CommunityRegistry(deployer, 100)" in said
    assert "deploy Market(<CommunityRegistry>, <Splits>, <Memberships>)" in said
    assert "it costs at most 0.0" in said
    desk.give(10**15)
    terminal = desk.at_terminal()
    terminal.answer("Enter password", PASSWORD)
    code, said = terminal.end()
    assert code == 1
    assert f"{desk.address} has 0.001 ETH and this can take up to 0.0" in said
    assert "Nothing was sent." in said
    assert desk.sent() == 0
    assert not desk.record.exists()


def test_a_deployment_goes_on_after_a_kill_between_sending_and_recording(desk):
    terminal = deploying(desk)
    wait_until(lambda: desk.recorded().get("pending", {}).get("tx"), "the first transaction")
    assert environment_of(terminal).isdisjoint({PASSWORD, desk.key})
    terminal.kill()
    assert list(desk.recorded()["contracts"]) == []
    first = desk.recorded()["pending"]["tx"]
    wait_until(lambda: desk.rpc("eth_getTransactionReceipt", first), "the receipt")

    code, said = deploying(desk).end()
    assert code == 0, said
    assert "find out what became of CommunityRegistry" in said
    contracts = desk.recorded()["contracts"]
    assert contracts["CommunityRegistry"]["tx"] == first
    assert desk.sent() == len(desk.recorded()["contracts"]), "nothing was deployed twice"
    assert PASSWORD not in said
    assert desk.key[2:] not in said
    sent = desk.rpc("eth_getTransactionByHash", contracts["Market"]["tx"])
    assert sent["type"] == "0x2"
    assert int(sent["maxFeePerGas"], 16) > int(sent["maxPriorityFeePerGas"], 16)

    code, said = desk.at_terminal("inspect/check_deployments.py").end()
    assert code == 0, said


def test_a_deployment_stuck_under_a_fee_spike_is_replaced_by_the_next_run(tmp_path):
    with fee_market("--no-mining") as url:
        desk = Desk(tmp_path, url)
        desk.give(100 * ETHER)
        terminal = deploying(desk)
        wait_until(lambda: desk.recorded().get("pending", {}).get("tx"), "the first transaction")
        stuck = desk.recorded()["pending"]["tx"]
        spike(desk)
        said = terminal.wait_for(
            r"CommunityRegistry is not mined deep enough yet: it pays at most [\d.]+ gwei per gas", 40
        )
        assert "and the base fee is 500 gwei now" in said
        terminal.kill()

        terminal = deploying(desk)
        wait_until(lambda: desk.recorded()["pending"].get("tx") not in (None, stuck), "the replacement")
        mine_until(desk, lambda: "CommunityRegistry" in desk.recorded()["contracts"])
        mine_until(desk, lambda: "Blueprints" in desk.recorded()["contracts"])
        code, said = terminal.end()
        assert code == 0, said
        assert desk.recorded()["contracts"]["CommunityRegistry"]["tx"] != stuck
        assert desk.rpc("eth_getTransactionReceipt", stuck) is None
        assert desk.sent() == len(desk.recorded()["contracts"])


def test_a_deployment_is_sent_again_when_the_node_has_dropped_it(tmp_path):
    with fee_market("--no-mining") as url:
        desk = Desk(tmp_path, url)
        desk.give(100 * ETHER)
        terminal = deploying(desk)
        wait_until(lambda: desk.recorded().get("pending", {}).get("tx"), "the first transaction")
        dropped = desk.recorded()["pending"]["tx"]
        terminal.kill()
        desk.rpc("anvil_dropTransaction", dropped)
        terminal = deploying(desk)
        mine_until(desk, lambda: "Blueprints" in desk.recorded()["contracts"])
        code, said = terminal.end()
        assert code == 0, said
        assert desk.sent() == len(desk.recorded()["contracts"])


def test_a_deployment_stops_when_the_node_is_another_chain(tmp_path):
    with chain.throw_away(chain.ANVIL) as node:
        desk = Desk(tmp_path, node.url)
        desk.give(ETHER)
        code, said = desk.at_terminal().end()
        assert (code, 'behind "sepolia" answers for chain 31337, but chain 11155111 is meant' in said) == (1, True), (
            said
        )
        assert "password" not in said
        assert desk.sent() == 0


def spike(desk: Desk) -> None:
    """Raise the base fee above what was offered, by a block that leaves the offer in the pool.

    Anvil throws away what a block cannot pay for, where public nodes keep it; a block too small for it leaves it alone.
    """
    desk.rpc("evm_setBlockGasLimit", hex(100_000))
    desk.rpc("anvil_setNextBlockBaseFeePerGas", hex(SPIKE_WEI))
    desk.rpc("evm_mine")
    desk.rpc("evm_setBlockGasLimit", hex(30_000_000))


def mine_until(desk: Desk, done) -> None:
    """Mine now and then until something has happened."""

    def look() -> bool:
        desk.rpc("evm_mine")
        return bool(done())

    wait_until(look, "the record")


def wait_until(done, what: str, timeout_s: float = 60) -> None:
    deadline = time.monotonic() + timeout_s
    while not done():
        assert time.monotonic() < deadline, f"{what} never came"
        time.sleep(0.2)


def environment_of(terminal: Terminal) -> set[str]:
    """Everything that other programs of this machine could read of a process: its arguments and its variables."""
    place = Path(f"/proc/{terminal.process.pid}")
    words = (place / "cmdline").read_bytes() + b"\0" + (place / "environ").read_bytes()
    return {part for word in words.decode(errors="replace").split("\0") for part in (word, word.partition("=")[2])}
