"""The node as a keeper uses it: reading, trying a call out, sending what was signed."""

import re
from dataclasses import dataclass
from typing import Any

from eth_account.signers.local import LocalAccount
from eth_typing import HexStr
from eth_utils.abi import function_abi_to_4byte_selector
from web3 import Web3
from web3.exceptions import ContractLogicError, TransactionNotFound, Web3Exception

from scripts.lib.abis import exported_abi
from scripts.lib.fees import Fees, fees_of
from scripts.lib.keep.due import DueCall
from scripts.lib.keep.journal import Signed
from scripts.lib.registry import Registry
from scripts.lib.reverts import reason

GAS_ROOM_PERCENT = 125  # what a call meets on the chain may differ a little from when it was estimated
EMPTY_GAS = 21_000
ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}(?![0-9a-fA-F])")
URL = re.compile(r"https?://\S+")
REVERT_SIGNS = ("revert", "opcode", "out of gas", "outofgas", "evm error")
TAKEN_ALREADY = ("already known", "already imported", "known transaction", "already exists")


@dataclass(frozen=True)
class Head:
    """The newest block."""

    number: int
    timestamp_ts: int


@dataclass(frozen=True)
class Receipt:
    """What became of a mined transaction."""

    tx: str
    block: int
    succeeded: bool
    gas_used: int
    cost_wei: int


def _is_revert(problem: Web3Exception) -> bool:
    """Tell whether the contract refused, and not the node, which may just be busy."""
    words = str(problem).lower()
    return isinstance(problem, ContractLogicError) or any(sign in words for sign in REVERT_SIGNS)


def without_persons(words: str) -> str:
    """Give words for a log: no address of anybody in them, and no URL, which may hold a key."""
    return URL.sub("<url>", ADDRESS.sub("0x…", words))


class Node:
    """A node on the chain that is meant, with the contracts that are recorded there."""

    def __init__(self, w3: Web3, registry: Registry, contracts: tuple[str, ...] = ("Market",)) -> None:
        """Args: contracts are those that are called; no two have a function with the same selector."""
        self.w3 = w3
        self.registry = registry
        self._abi = [part for name in contracts for part in exported_abi(name)]
        self._contract_of: dict[str, str] = {
            str(Web3.to_hex(function_abi_to_4byte_selector(part))): name  # type: ignore[arg-type]  # an ABI's own JSON
            for name in contracts
            for part in exported_abi(name)
            if part["type"] == "function"
        }

    def head(self) -> Head:
        """Give the newest block. Chain: reads."""
        found = self.w3.eth.get_block("latest")
        return Head(int(found["number"]), int(found["timestamp"]))

    def fees(self) -> Fees:
        """Give what the node asks per gas now. Chain: reads."""
        return fees_of(self.w3)

    def data_of(self, due: DueCall) -> str:
        """Give a call's calldata as 0x hex."""
        bound = self.w3.eth.contract(abi=exported_abi(due.contract))
        return str(bound.encode_abi(due.function, args=list(due.args)))

    def refusal(self, sender: str, data: str) -> str | None:
        """Try a call out at the newest block; give why it would revert, None when it would not.

        Chain: eth_call. The words hold no address. Raises: Web3Exception when the node could not try it out.
        """
        try:
            self.w3.eth.call(self._unsent(sender, data), "latest")
        except Web3Exception as problem:
            if not _is_revert(problem):
                raise
            return without_persons(reason(problem, self._abi))
        return None

    def gas_limit(self, sender: str, data: str) -> int:
        """Give the gas limit to set, with some room. Chain: eth_estimateGas. Raises: Web3Exception when it reverts."""
        return int(self.w3.eth.estimate_gas(self._unsent(sender, data))) * GAS_ROOM_PERCENT // 100

    def nonce(self, account: str, block: Any = "latest") -> int:
        """Give how many transactions of an account are mined, or mined and waiting ("pending"). Chain: reads."""
        return int(self.w3.eth.get_transaction_count(Web3.to_checksum_address(account), block))

    def balance_wei(self, account: str) -> int:
        """Give what an account has. Chain: reads."""
        return int(self.w3.eth.get_balance(Web3.to_checksum_address(account)))

    def knows(self, tx: str) -> bool:
        """Tell whether a transaction waits or is mined here. Chain: reads."""
        try:
            self.w3.eth.get_transaction(HexStr(tx))
        except TransactionNotFound:
            return False
        return True

    def receipt(self, tx: str) -> Receipt | None:
        """Give what became of a transaction, None while it is in no block. Chain: reads."""
        try:
            found = self.w3.eth.get_transaction_receipt(HexStr(tx))
        except TransactionNotFound:
            return None
        gas_used = int(found["gasUsed"])
        price_wei = int(found.get("effectiveGasPrice") or 0)
        return Receipt(tx, int(found["blockNumber"]), found["status"] == 1, gas_used, gas_used * price_wei)

    def sign(self, signer: LocalAccount, nonce: int, data: str, gas: int, fees: Fees, block: int) -> Signed:
        """Sign a call; nothing is sent."""
        return self._signed(signer, self._unsent(None, data) | {"gas": gas, "nonce": nonce}, fees, block, empty=False)

    def sign_empty(self, signer: LocalAccount, nonce: int, fees: Fees, block: int) -> Signed:
        """Sign a transaction of nothing to ourselves, which only uses a nonce up."""
        unsent = {"to": signer.address, "data": "0x", "value": 0, "gas": EMPTY_GAS, "nonce": nonce}
        return self._signed(signer, unsent, fees, block, empty=True)

    def broadcast(self, raw: str) -> str | None:
        """Hand a signed transaction to the node; give what the node says against it, None when it has it.

        Chain: writes. It may be handed over any number of times.
        """
        try:
            self.w3.eth.send_raw_transaction(HexStr(raw))
        except (Web3Exception, ValueError) as problem:
            words = without_persons(reason(problem, self._abi))
            return None if any(known in words.lower() for known in TAKEN_ALREADY) else words
        return None

    def _unsent(self, sender: str | None, data: str) -> Any:
        to = Web3.to_checksum_address(self.registry.address(self._contract_of[data[:10]]))
        unsent = {"to": to, "data": data, "value": 0}
        return unsent | ({"from": Web3.to_checksum_address(sender)} if sender else {})

    def _signed(self, signer: LocalAccount, unsent: Any, fees: Fees, block: int, *, empty: bool) -> Signed:
        whole = unsent | {"chainId": self.registry.chain_id} | fees.fields()
        made = signer.sign_transaction(whole)
        return Signed(
            Web3.to_hex(made.hash), Web3.to_hex(made.raw_transaction), fees.max_wei, fees.priority_wei, block, empty
        )
