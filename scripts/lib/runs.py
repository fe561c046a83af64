"""What every script under `brownie run` does around its own business: connect, check the chain, show, ask, send."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from web3 import Web3

from scripts.lib.accounts import sender_for
from scripts.lib.confirm import confirm
from scripts.lib.fees import expect_money, fees_of, gwei_text, money_text
from scripts.lib.networks import is_local, params_for
from scripts.lib.params import DeployParams
from scripts.lib.problems import told_in_a_sentence
from scripts.lib.registry import Registry, folder, open_registry
from scripts.lib.senders import Sender
from scripts.lib.steps import Plan
from scripts.lib.units import ETH_DECIMALS, units_text


@dataclass(frozen=True)
class Connection:
    """A chain that is known to be the one meant, and what is recorded of it."""

    w3: Web3
    params: DeployParams
    registry: Registry


@dataclass(frozen=True)
class Call:
    """One transaction to a deployed contract, and what it does in words."""

    what: str
    contract: str
    address: str
    function: str
    args: tuple[Any, ...]
    value_wei: int = 0


def connected() -> Connection:
    """Give the chain that brownie is connected to. Raises: ScriptProblem. Chain: reads id and first block."""
    import brownie

    w3 = brownie.web3
    params = params_for(w3, str(brownie.network.show_active()))
    genesis_hash = Web3.to_hex(w3.eth.get_block(0)["hash"])
    registry = open_registry(params.chain_id, genesis_hash, folder(), may_start_over=is_local(params.chain_id))
    return Connection(w3, params, registry)


def deployment(
    plan: Callable[[DeployParams, Registry], Plan], deploy: Callable[[Plan, Sender], Registry], account: str | None
) -> None:
    """Run a deploy script: load, show the plan, confirm when live, deploy, check, record."""
    with told_in_a_sentence():
        found = connected()
        todo = plan(found.params, found.registry)
        print(f"{found.params.network.name}, chain {found.params.chain_id}:\n{todo.describe()}")
        sender = sender_for(found.params.network, account)
        if todo.steps:
            _show_cost(found, todo, sender)
            confirm(found.params.network, f"Deploying from {_with_balance(found.w3, sender.address)}.")
        deploy(todo, sender)
        for name, entry in found.registry.contracts.items():
            print(f"  ✓ {name} {entry.address} (block {entry.block})")


def transaction(choose: Callable[[Connection], Call], account: str | None) -> None:
    """Run an operation of one call: say what it does, confirm when live, send, report."""
    with told_in_a_sentence():
        found = connected()
        call = choose(found)
        network = found.params.network
        print(f"{network.name}, chain {network.chain_id}: {call.what}")
        sender = sender_for(network, account)
        confirm(network, f"Sending from {_with_balance(found.w3, sender.address)}.")
        mined = sender.send(call.contract, call.address, call.function, call.args, call.value_wei)
        print(f"  ✓ done in block {mined.block}, transaction {mined.tx}, {mined.gas_used} gas")


def _show_cost(found: Connection, todo: Plan, sender: Sender) -> None:
    """Say what it can cost at most at today's fees. Raises: NotEnoughMoney."""
    fees = fees_of(found.w3)
    most_wei = todo.gas * fees.max_wei
    print(
        f"It takes about {todo.gas:,} gas. The base fee is {gwei_text(fees.base_wei)} now; offering up to "
        f"{gwei_text(fees.max_wei)} per gas, it costs at most {money_text(most_wei)}."
    )
    expect_money(found.w3, sender.address, most_wei)


def _with_balance(w3: Web3, address: str) -> str:
    balance_wei = w3.eth.get_balance(Web3.to_checksum_address(address))
    return f"{address} ({units_text(balance_wei, ETH_DECIMALS)} ETH)"
