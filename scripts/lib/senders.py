"""Who sends transactions: a brownie account, or an account that a local node holds unlocked.

Both give the same answers, so the deploy code runs unchanged under `brownie run`, in the suites and in the benchmark.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from eth_typing import HexStr
from web3 import Web3
from web3.exceptions import TransactionNotFound, Web3Exception

from scripts.lib.artifacts import artifact
from scripts.lib.fees import expect_money, fees_of, gwei_text, stuck_fee_wei
from scripts.lib.problems import FailedTransaction, UnsettledTransaction
from scripts.lib.reverts import reason

RECEIPT_TIMEOUT_S = 600
NOTICE_S = 10
POLL_S = 0.25
GAS_ROOM_PERCENT = 110


def _nobody(tx: str) -> None:
    """Hear a transaction's hash and do nothing."""


@dataclass(frozen=True)
class Offer:
    """How a deployment is sent: with which nonce, above which fee, and who wants to know its hash at once."""

    nonce: int | None = None  # None: the account's next one
    replacing_wei: int = 0  # what the waiting transaction with this nonce pays at most per gas; 0 = none waits
    sent: Callable[[str], None] = _nobody


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

    def deploy(
        self,
        contract: str,
        args: tuple[Any, ...],
        offer: Offer | None = None,
        libraries: Mapping[str, str] | None = None,
    ) -> Mined:
        """Deploy a compiled contract, with the addresses of the libraries that it calls.

        Raises: FailedTransaction, UnsettledTransaction, UnlinkedLibrary.
        """

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

    def deploy(
        self,
        contract: str,
        args: tuple[Any, ...],
        offer: Offer | None = None,
        libraries: Mapping[str, str] | None = None,
    ) -> Mined:
        """Deploy a compiled contract. The node chooses nonce and fee. Raises: FailedTransaction, UnlinkedLibrary."""
        made = artifact(contract)
        maker = self.w3.eth.contract(abi=made.abi, bytecode=HexStr(made.linked(libraries or {})))
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

    def __init__(self, account: Any, confirmations: int = 1, say: Callable[[str], None] = print) -> None:
        import brownie

        self.w3: Web3 = brownie.web3
        self._account = account
        self._confirmations = confirmations
        self._say = say

    @property
    def address(self) -> str:
        """The account, with checksum."""
        return str(self._account.address)

    def deploy(
        self,
        contract: str,
        args: tuple[Any, ...],
        offer: Offer | None = None,
        libraries: Mapping[str, str] | None = None,
    ) -> Mined:
        """Deploy a compiled contract. Raises: FailedTransaction, UnsettledTransaction, UnlinkedLibrary."""
        # not account.deploy(): that keeps a second record in build/deployments, and brownie then refuses to connect to a
        # chain that was started anew
        made = artifact(contract)
        maker = self.w3.eth.contract(abi=made.abi, bytecode=HexStr(made.linked(libraries or {})))
        return self._mine(contract, None, maker.constructor(*args).data_in_transaction, 0, offer or Offer())

    def send(self, contract: str, address: str, function: str, args: tuple[Any, ...], value_wei: int = 0) -> Mined:
        """Call a function of a deployed contract by a transaction. Raises: FailedTransaction, UnsettledTransaction."""
        bound = self.w3.eth.contract(address=Web3.to_checksum_address(address), abi=artifact(contract).abi)
        data = bound.encode_abi(function, args=list(args))
        return self._mine(f"{contract}.{function}", address, data, value_wei, Offer())

    def _mine(self, what: str, to: str | None, data: str, value_wei: int, offer: Offer) -> Mined:
        from brownie.exceptions import VirtualMachineError

        unsent: Any = {"from": self.address, "data": data, "value": value_wei} | ({"to": to} if to else {})
        try:
            gas = self.w3.eth.estimate_gas(unsent) * GAS_ROOM_PERCENT // 100
            fees = fees_of(self.w3, offer.replacing_wei)
            expect_money(self.w3, self.address, value_wei + gas * fees.max_wei)
            account = Web3.to_checksum_address(self.address)
            nonce = self.w3.eth.get_transaction_count(account, "pending") if offer.nonce is None else offer.nonce
            whole = {**unsent, "gas": gas, "nonce": nonce, **fees.fields()}
            # not account.transfer(): that waits for ever, and says nothing, when the base fee rises above the offer
            tx = Web3.to_hex(self._account._transact(whole, True))
        except (VirtualMachineError, Web3Exception, ValueError) as problem:
            raise _refused(what, problem) from problem
        offer.sent(tx)
        receipt = self._receipt(what, tx)
        if receipt["status"] != 1:
            raise FailedTransaction(f"{what} reverted in transaction {tx}.")
        return Mined(tx, receipt["blockNumber"], receipt.get("contractAddress"), receipt["gasUsed"])

    def _receipt(self, what: str, tx: str) -> Any:
        """Wait until a transaction is deep enough, and say now and then why it is not. Raises: UnsettledTransaction."""
        began = told = time.monotonic()
        while (now := time.monotonic()) - began < RECEIPT_TIMEOUT_S:
            try:
                receipt = self.w3.eth.get_transaction_receipt(HexStr(tx))
                if receipt["blockNumber"] + self._confirmations - 1 <= self.w3.eth.block_number:
                    return receipt
            except TransactionNotFound:
                pass
            except (OSError, Web3Exception):
                told = now  # a node that is busy or away: the transaction goes on without us
            if now - told > NOTICE_S:
                told = now
                self._say(f"  … {what} is not mined deep enough yet{self._why(tx)}")
            time.sleep(POLL_S)
        raise UnsettledTransaction(
            f"{what} was sent as {tx} and is not mined after {RECEIPT_TIMEOUT_S} s{self._why(tx)}. Run again later: it is "
            "found, or replaced if it pays too little."
        )

    def _why(self, tx: str) -> str:
        try:
            stuck_wei = stuck_fee_wei(self.w3, tx)
        except (OSError, Web3Exception):
            return ""
        if stuck_wei is None:
            return ""
        base_wei = self.w3.eth.get_block("latest").get("baseFeePerGas") or 0
        return f": it pays at most {gwei_text(stuck_wei)} per gas and the base fee is {gwei_text(base_wei)} now"
