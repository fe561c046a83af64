"""Who sends transactions: a brownie account, or an account that a local node holds unlocked.

Both give the same answers, so the deploy code runs unchanged under `brownie run`, in the suites and in the benchmark.
"""

from dataclasses import dataclass
from typing import Any, Protocol

from web3 import Web3
from web3.exceptions import Web3Exception

from scripts.lib.artifacts import artifact
from scripts.lib.problems import FailedTransaction
from scripts.lib.reverts import reason

RECEIPT_TIMEOUT_S = 600


@dataclass(frozen=True)
class Mined:
    """A transaction in a block; the address is that of the new contract, if it made one."""

    tx: str
    block: int
    address: str | None
    gas_used: int


class Sender(Protocol):
    """Sends as one account and waits until it is mined."""

    w3: Web3

    @property
    def address(self) -> str:
        """The account, with checksum."""

    def deploy(self, contract: str, args: tuple[Any, ...]) -> Mined:
        """Deploy a compiled contract. Raises: FailedTransaction."""

    def send(self, contract: str, address: str, function: str, args: tuple[Any, ...], value_wei: int = 0) -> Mined:
        """Call a function of a deployed contract by a transaction. Raises: FailedTransaction."""


def _refused(what: str, problem: Exception) -> FailedTransaction:
    abi = artifact(what.partition(".")[0]).abi
    return FailedTransaction(f"{what} was refused: {reason(problem, abi)}. Nothing has changed.")


class NodeSender:
    """Sends from an account that a local node holds unlocked; needs no brownie."""

    def __init__(self, w3: Web3, address: str) -> None:
        self.w3 = w3
        self._address = Web3.to_checksum_address(address)

    @property
    def address(self) -> str:
        """The account, with checksum."""
        return self._address

    def deploy(self, contract: str, args: tuple[Any, ...]) -> Mined:
        """Deploy a compiled contract. Raises: FailedTransaction."""
        made = artifact(contract)
        maker = self.w3.eth.contract(abi=made.abi, bytecode=made.bytecode)
        return self._mine(contract, maker.constructor(*args), 0)

    def send(self, contract: str, address: str, function: str, args: tuple[Any, ...], value_wei: int = 0) -> Mined:
        """Call a function of a deployed contract by a transaction. Raises: FailedTransaction."""
        bound = self.w3.eth.contract(address=Web3.to_checksum_address(address), abi=artifact(contract).abi)
        return self._mine(f"{contract}.{function}", bound.get_function_by_name(function)(*args), value_wei)

    def _mine(self, what: str, call: Any, value_wei: int) -> Mined:
        try:
            tx = call.transact({"from": self._address, "value": value_wei})
            receipt = self.w3.eth.wait_for_transaction_receipt(tx, timeout=RECEIPT_TIMEOUT_S, poll_latency=0.05)
        except Web3Exception as problem:
            raise _refused(what, problem) from problem
        if receipt["status"] != 1:
            raise FailedTransaction(f"{what} reverted in transaction {Web3.to_hex(tx)}.")
        return Mined(Web3.to_hex(tx), receipt["blockNumber"], receipt.get("contractAddress"), receipt["gasUsed"])


class BrownieSender:
    """Sends from a brownie account: a node's unlocked one, or an encrypted one that was loaded by name."""

    def __init__(self, account: Any, confirmations: int = 1) -> None:
        import brownie

        self.w3: Web3 = brownie.web3
        self._account = account
        self._confirmations = confirmations

    @property
    def address(self) -> str:
        """The account, with checksum."""
        return str(self._account.address)

    def deploy(self, contract: str, args: tuple[Any, ...]) -> Mined:
        """Deploy a compiled contract. Raises: FailedTransaction."""
        # not account.deploy(): that keeps a second record in build/deployments, and brownie then refuses to connect to a
        # chain that was started anew
        made = artifact(contract)
        maker = self.w3.eth.contract(abi=made.abi, bytecode=made.bytecode)
        return self._mine(contract, None, maker.constructor(*args).data_in_transaction, 0)

    def send(self, contract: str, address: str, function: str, args: tuple[Any, ...], value_wei: int = 0) -> Mined:
        """Call a function of a deployed contract by a transaction. Raises: FailedTransaction."""
        bound = self.w3.eth.contract(address=Web3.to_checksum_address(address), abi=artifact(contract).abi)
        data = bound.encode_abi(function, args=list(args))
        return self._mine(f"{contract}.{function}", address, data, value_wei)

    def _mine(self, what: str, to: str | None, data: str, value_wei: int) -> Mined:
        from brownie.exceptions import VirtualMachineError

        try:
            sent = self._account.transfer(
                to, amount=value_wei, data=data, required_confs=self._confirmations, silent=True
            )
        except (VirtualMachineError, Web3Exception, ValueError) as problem:
            raise _refused(what, problem) from problem
        if int(sent.status) != 1:
            raise FailedTransaction(f"{what} reverted in transaction {sent.txid}.")
        return Mined(str(sent.txid), int(sent.block_number), sent.contract_address, int(sent.gas_used))
