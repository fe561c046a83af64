"""Deploying by steps: what is missing is sent, each transaction is recorded before the next, an interrupted run goes on."""

import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import rlp
from eth_typing import HexStr
from eth_utils import keccak, to_canonical_address
from web3 import Web3

from scripts.lib.artifacts import ROOT, artifact
from scripts.lib.fees import creation_gas, stuck_fee_wei
from scripts.lib.params import DEPLOYER, DeployParams
from scripts.lib.problems import FailedCheck, FailedTransaction, UnsettledTransaction
from scripts.lib.registry import Entry, Pending, Registry
from scripts.lib.senders import Offer, Sender


@dataclass(frozen=True)
class AddressOf:
    """Stands for the address of a contract that an earlier step deploys."""

    contract: str


@dataclass(frozen=True)
class Step:
    """One contract to deploy. Args may hold AddressOf, and "deployer" for the account that sends."""

    contract: str
    args: tuple[Any, ...]


@dataclass(frozen=True)
class Plan:
    """What is still to be done on a chain; empty steps mean that everything stands."""

    params: DeployParams
    registry: Registry
    steps: tuple[Step, ...]

    def describe(self) -> str:
        """Give the plan as lines for a person."""
        if not self.steps:
            return "  nothing: everything is recorded as deployed"
        lines = [f"  deploy {step.contract}({_listed(step.args)})" for step in self.steps]
        if self.registry.pending is not None:
            waiting = self.registry.pending
            lines.insert(0, f"  find out what became of {waiting.contract}, which an earlier run was about to send")
        return "\n".join(lines)

    @property
    def gas(self) -> int:
        """About how much gas it takes, and rather too much."""
        return sum(creation_gas(step.contract) for step in self.steps)


def plan_of(contract: str, args: tuple[Any, ...], params: DeployParams, registry: Registry) -> Plan:
    """Give what is missing of one contract: it, or nothing."""
    return Plan(params, registry, () if registry.has(contract) else (Step(contract, args),))


def carry_out(plan: Plan, sender: Sender) -> None:
    """Send what the plan lacks and record each contract as soon as it is mined.

    Raises: FailedTransaction, FailedCheck, UnsettledTransaction.
    Chain: writes, one deployment a step, in order.
    """
    registry = plan.registry
    replaced = settle(registry, sender)
    for step in plan.steps:
        if registry.has(step.contract):
            continue  # found by settle()
        args = _resolved(step.args, registry, sender.address)
        nonce = sender.w3.eth.get_transaction_count(Web3.to_checksum_address(sender.address))
        replacing_wei = 0
        if replaced is not None and replaced[0] == (step.contract, sender.address, nonce):
            replacing_wei = replaced[1]
        # the hash of the one to be replaced stays until the new one is taken: a kill in between must not lose it
        known = registry.pending.tx if registry.pending is not None and replacing_wei else None
        libraries = {name: registry.address(name) for name in artifact(step.contract).libraries}
        announced = Pending(step.contract, sender.address, nonce, args, known, libraries)
        registry.announce(announced)
        offer = Offer(nonce, replacing_wei, _noting(registry, announced))
        mined = sender.deploy(step.contract, args, offer, libraries)
        if mined.address is None:
            raise FailedTransaction(f"{step.contract} has no address after transaction {mined.tx}.")
        registry.record(step.contract, entry_for(step.contract, mined.address, mined.block, mined.tx, args, libraries))


def _noting(registry: Registry, announced: Pending) -> Callable[[str], None]:
    """Give what writes a hash down the moment the node has taken the transaction."""
    return lambda tx: registry.announce(replace(announced, tx=tx))


def settle(registry: Registry, sender: Sender) -> tuple[tuple[str, str, int], int] | None:
    """Find out what became of a transaction that an interrupted run had sent or was about to send.

    Returns: what is to be replaced, when it waits and pays less than the base fee: (contract, sender, nonce) and what it
    pays at most per gas, wei.
    Raises: UnsettledTransaction when it is still waiting and may be mined any moment.
    Chain: reads.
    """
    pending = registry.pending
    if pending is None:
        return None
    w3 = sender.w3
    account = Web3.to_checksum_address(pending.sender)
    if w3.eth.get_transaction_count(account) <= pending.nonce:
        if w3.eth.get_transaction_count(account, "pending") > pending.nonce:
            stuck_wei = stuck_fee_wei(w3, pending.tx)
            if stuck_wei is not None and account == sender.address:
                # with the same nonce only one of the two can ever be mined
                return (pending.contract, pending.sender, pending.nonce), stuck_wei
            raise UnsettledTransaction(
                f"an earlier run sent {pending.contract} and it is not mined yet; wait, then run again."
            )
        registry.announce(None)  # it was never sent
        return None
    address = created_address(pending.sender, pending.nonce)
    block = _block_of_nonce(w3, account, pending.nonce)
    mined: list[Any] = list(w3.eth.get_block(block, full_transactions=True)["transactions"])
    found = next(tx for tx in mined if tx["from"] == account and tx["nonce"] == pending.nonce)
    meant = creation_code(pending.contract, pending.args, pending.libraries)
    if found.get("to") is None and Web3.to_hex(found["input"]) == meant:
        tx = Web3.to_hex(found["hash"])
        if len(w3.eth.get_code(Web3.to_checksum_address(address))) > 0:
            made = entry_for(pending.contract, address, block, tx, pending.args, pending.libraries)
            registry.record(pending.contract, made)
            return None
    registry.announce(None)  # that nonce went to something else, or it failed
    return None


def created_address(sender: str, nonce: int) -> str:
    """Give the address of the contract that an account makes with its n-th transaction.

    Source: Yellow Paper, section 7 (CREATE).
    """
    return Web3.to_checksum_address(keccak(rlp.encode([to_canonical_address(sender), nonce]))[12:])


def creation_code(contract: str, args: tuple[Any, ...], libraries: Mapping[str, str]) -> str:
    """Give the input of the transaction that deploys a contract, as 0x hex. Raises: UnlinkedLibrary."""
    made = artifact(contract)
    maker = Web3().eth.contract(abi=made.abi, bytecode=HexStr(made.linked(libraries)))
    return str(maker.constructor(*args).data_in_transaction)


def entry_for(
    contract: str, address: str, block: int, tx: str, args: tuple[Any, ...], libraries: Mapping[str, str]
) -> Entry:
    """Give the record of a contract that was just deployed."""
    return Entry(
        Web3.to_checksum_address(address),
        block,
        tx,
        args,
        artifact(contract).abi_hash,
        commit_of_sources(),
        libraries,
    )


def commit_of_sources() -> str | None:
    """Give the git commit that contracts/ is equal to; None when it differs, or there is no git."""
    try:
        head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, timeout=20)
        changed = subprocess.run(
            ["git", "status", "--porcelain", "--", "contracts", "brownie-config.yaml", "package-lock.json"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=20,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    if head.returncode != 0 or changed.returncode != 0 or changed.stdout.strip():
        return None
    return head.stdout.strip()


def expect(what: str, found: Any, meant: Any) -> None:
    """Compare what stands on the chain with what was meant.

    Raises: FailedCheck with both.
    """
    if found != meant:
        raise FailedCheck(f"{what} is {found}, not {meant}; do not use this deployment before you know why.")


def expect_code(w3: Web3, registry: Registry, contract: str) -> None:
    """Make sure that a recorded contract has code at its address. Raises: FailedCheck."""
    address = Web3.to_checksum_address(registry.address(contract))
    if not w3.eth.get_code(address):
        raise FailedCheck(
            f"deployments/{registry.chain_id}.json says that {contract} is at {address}, but there is no code; "
            "the record belongs to another chain, or the chain was rolled back."
        )


def _resolved(args: tuple[Any, ...], registry: Registry, deployer: str) -> tuple[Any, ...]:
    def value(arg: Any) -> Any:
        if isinstance(arg, AddressOf):
            return registry.address(arg.contract)
        return deployer if arg == DEPLOYER else arg

    return tuple(value(arg) for arg in args)


def _listed(args: tuple[Any, ...]) -> str:
    return ", ".join(f"<{arg.contract}>" if isinstance(arg, AddressOf) else str(arg) for arg in args)


def _block_of_nonce(w3: Web3, account: Any, nonce: int) -> int:
    """Find the block in which an account used a nonce, by halving."""
    low, high = 0, int(w3.eth.block_number)
    while low < high:
        middle = (low + high) // 2
        if w3.eth.get_transaction_count(account, middle) > nonce:
            high = middle
        else:
            low = middle + 1
    return low
