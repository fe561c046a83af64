"""The node, and nothing else: raw JSON-RPC through one web3 provider per process, with timeouts and named errors.

Responses are taken raw, because the two local nodes spell a revert differently and web3's formatters hide it.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eth_abi.abi import decode, encode
from eth_utils.abi import collapse_if_tuple
from eth_utils.address import to_checksum_address
from web3 import HTTPProvider

from frontend.contracts.registry import function_abi, selector
from frontend.errors import NodeDown, WrongChain
from frontend.services.reverts import Reverted, revert_of

CHECK_EVERY_S = 30
ZERO = "0x" + "0" * 40


@dataclass(frozen=True)
class Transaction:
    """A transaction as the node knows it; block is None while it waits."""

    hash: str
    sender: str  # lower case
    to: str | None  # lower case
    data: str
    value_wei: int
    nonce: int
    block: int | None
    gas: int  # the limit it was sent with


@dataclass(frozen=True)
class Receipt:
    """What became of a mined transaction."""

    hash: str
    block: int
    block_hash: str
    succeeded: bool
    gas_used: int


class Chain:
    """One node of one chain. Safe to share between threads."""

    def __init__(self, rpc_url: str, chain_id: int, timeout_s: int = 10) -> None:
        self.chain_id = chain_id
        self._provider = HTTPProvider(
            rpc_url, request_kwargs={"timeout": timeout_s}, exception_retry_configuration=None
        )
        self._checked_until = 0.0
        self._genesis_hash = ""
        self._lock = threading.Lock()

    def ask(self, method: str, params: list[Any]) -> Any:
        """Give the result of one request.

        Raises: NodeDown when there is no proper answer; Reverted when the answer is a revert; RpcError for the rest.
        """
        try:
            answer = self._provider.make_request(method, params)
        except Exception as problem:  # noqa: BLE001 whatever the transport raises: its text may hold the URL
            raise NodeDown(f"The node did not answer {method} ({type(problem).__name__}).") from None
        if not isinstance(answer, dict):
            raise NodeDown(f"The node answered {method} with something that is no JSON-RPC.")
        error = answer.get("error")
        if error:
            raise revert_of(error) or RpcError(error)
        if "result" not in answer:
            raise NodeDown(f"The node answered {method} without a result.")
        return answer["result"]

    def check(self) -> None:
        """Make sure, now and then, that the node stands on our chain. Raises: WrongChain, NodeDown."""
        with self._lock:
            if time.monotonic() < self._checked_until:
                return
            found = _number(self.ask("eth_chainId", []))
            if found != self.chain_id:
                raise WrongChain(f"The node stands on chain {found}, the settings say {self.chain_id}.")
            self._checked_until = time.monotonic() + CHECK_EVERY_S

    def genesis_hash(self) -> str:
        """Give the hash of block 0, asked each time: a local chain may have started anew."""
        return str(self.block(0)["hash"]).lower()

    def block(self, number: int | str) -> dict[str, Any]:
        """Give a block's header fields. Raises: NodeDown when there is no such block."""
        wanted = hex(number) if isinstance(number, int) else number
        found = self.ask("eth_getBlockByNumber", [wanted, False])
        if not isinstance(found, dict):
            raise NodeDown(f"The node has no block {number}.")
        return found

    def head(self) -> tuple[int, int]:
        """Give number and unix time of the newest block."""
        found = self.block("latest")
        return _number(found["number"]), _number(found["timestamp"])

    def call(
        self,
        to: str,
        data: str,
        *,
        sender: str = ZERO,
        value_wei: int = 0,
        block: int | str = "latest",
        gas: int | None = None,
        storage: Mapping[str, Mapping[str, str]] | None = None,
    ) -> bytes:
        """Run a call without sending it. Args: storage is pretended for this call, by address and slot. Raises: Reverted."""
        wanted = _call_object(to, data, sender, value_wei)
        if gas is not None:
            wanted["gas"] = hex(gas)
        pretended = [{place: {"stateDiff": dict(slots)} for place, slots in storage.items()}] if storage else []
        result = self.ask("eth_call", [wanted, hex(block) if isinstance(block, int) else block, *pretended])
        return bytes.fromhex(str(result).removeprefix("0x"))

    def estimate_gas(self, to: str, data: str, *, sender: str, value_wei: int = 0) -> int:
        """Give the gas that a transaction would need now. Raises: Reverted."""
        return _number(self.ask("eth_estimateGas", [_call_object(to, data, sender, value_wei)]))

    def read(self, contract: str, address: str, function: str, *args: Any) -> Any:
        """Give the one value that a view function of a known ABI returns; tuples for structs. Raises: Reverted."""
        abi = function_abi(contract, function)
        data = selector(abi) + encode([collapse_if_tuple(part) for part in abi["inputs"]], args)
        answer = self.call(address, "0x" + data.hex())
        if not answer:
            raise Reverted(b"", "no code, or no such function")
        return decode([collapse_if_tuple(part) for part in abi["outputs"]], answer)[0]

    def balance(self, account: str) -> int:
        """Give an account's ETH in wei."""
        return _number(self.ask("eth_getBalance", [account, "latest"]))

    def held(self, currency: str, account: str) -> int:
        """Give what an account has of a currency, smallest units; 0 of what is no token."""
        if currency == ZERO:
            return self.balance(account)
        try:
            return int(self.read("ERC20", to_checksum_address(currency), "balanceOf", account))
        except (Reverted, ValueError):
            return 0

    def gas_price(self) -> int:
        """Give what the node suggests to pay for one gas, in wei."""
        return _number(self.ask("eth_gasPrice", []))

    def has_code(self, address: str) -> bool:
        """Tell whether there is a contract at an address."""
        return str(self.ask("eth_getCode", [address, "latest"])) not in ("0x", "0x0", "")

    def nonce(self, account: str) -> int:
        """Give how many transactions of an account are mined."""
        return _number(self.ask("eth_getTransactionCount", [account, "latest"]))

    def transaction(self, tx_hash: str) -> Transaction | None:
        """Give a transaction, waiting or mined, or None when the node does not know it."""
        found = self.ask("eth_getTransactionByHash", [tx_hash])
        return None if found is None else _transaction(found)

    def transactions_of_block(self, number: int) -> list[Transaction]:
        """Give all transactions of one block."""
        found = self.ask("eth_getBlockByNumber", [hex(number), True])
        return [] if found is None else [_transaction(entry) for entry in found["transactions"]]

    def receipt(self, tx_hash: str) -> Receipt | None:
        """Give what became of a transaction, or None when it is not mined."""
        found = self.ask("eth_getTransactionReceipt", [tx_hash])
        if found is None or found.get("blockNumber") is None:
            return None
        return Receipt(
            str(found["transactionHash"]).lower(),
            _number(found["blockNumber"]),
            str(found["blockHash"]).lower(),
            _number(found["status"]) == 1,
            _number(found["gasUsed"]),
        )


class RpcError(NodeDown):
    """The node refused a request for another reason than a revert; `code` and `message` are its own words."""

    def __init__(self, error: Any) -> None:
        found = error if isinstance(error, dict) else {"message": str(error)}
        self.code = found.get("code")
        self.message = str(found.get("message", ""))
        super().__init__(f"The node refused: {self.message[:200]} (code {self.code}).")


def _call_object(to: str, data: str, sender: str, value_wei: int) -> dict[str, str]:
    found = {"from": sender, "to": to, "data": data}
    return found | {"value": hex(value_wei)} if value_wei else found


def _transaction(found: dict[str, Any]) -> Transaction:
    block = found.get("blockNumber")
    return Transaction(
        str(found["hash"]).lower(),
        str(found["from"]).lower(),
        str(found["to"]).lower() if found.get("to") else None,
        str(found.get("input") or found.get("data") or "0x").lower(),
        _number(found["value"]),
        _number(found["nonce"]),
        None if block is None else _number(block),
        _number(found["gas"]),
    )


def _number(found: Any) -> int:
    try:
        return found if isinstance(found, int) else int(str(found), 16)
    except ValueError:
        raise NodeDown("The node answered with something that is no number.") from None
