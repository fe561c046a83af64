"""Plain JSON-RPC beside brownie, for runs of many thousand calls: batches, and transactions without a wrapper."""

import json
import time
from itertools import count
from typing import Any

import requests
from brownie import web3
from eth_abi import decode, encode
from eth_utils import function_signature_to_4byte_selector

GAS = 1_500_000
RECEIPT_TIMEOUT_S = 30


class Raw:
    """A node's JSON-RPC, and some contracts' functions and errors by name."""

    def __init__(self, reader: Any, *contracts: Any) -> None:
        """Args: a ManyReads, then the contracts to talk to."""
        self.reader = reader
        self.url = web3.provider.endpoint_uri
        self.ids = count(1)
        self.session = requests.Session()
        self.session.trust_env = False
        self.functions: dict[tuple[str, str], tuple[bytes, list[str], list[str]]] = {}
        self.errors = {"0x4e487b71": "Panic", "0x08c379a0": "Error"}
        for contract in (reader, *contracts):
            for item in contract.abi:
                if item["type"] not in ("function", "error"):
                    continue
                inputs = [_type(part) for part in item["inputs"]]
                selector = function_signature_to_4byte_selector(f"{item['name']}({','.join(inputs)})")
                if item["type"] == "error":
                    self.errors["0x" + selector.hex()] = item["name"]
                else:
                    outputs = [_type(part) for part in item["outputs"]]
                    self.functions[contract.address, item["name"]] = (selector, inputs, outputs)

    def batch(self, *requested: tuple[str, list]) -> list[dict]:
        """Send several requests in one, and give the answers in order."""
        body = [
            {"jsonrpc": "2.0", "id": next(self.ids), "method": method, "params": params} for method, params in requested
        ]
        headers = {"Content-Type": "application/json"}
        answers = self.session.post(self.url, data=json.dumps(body), headers=headers, timeout=60).json()
        by_id = {answer["id"]: answer for answer in answers}
        return [by_id[request["id"]] for request in body]

    def ask(self, method: str, *params: Any) -> Any:
        """Send one request and give its result."""
        answer = self.batch((method, list(params)))[0]
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def data(self, contract: Any, name: str, arguments: tuple) -> str:
        """Give a call's data."""
        selector, inputs, _ = self.functions[contract.address, name]
        return "0x" + (selector + encode(inputs, _plain(inputs, arguments))).hex()

    def reads(self, *calls: tuple[Any, str, tuple]) -> list[tuple]:
        """Read several functions at the newest block, in one call."""
        asked = [
            (contract.address, bytes.fromhex(self.data(contract, name, args)[2:])) for contract, name, args in calls
        ]
        call = {"to": self.reader.address, "data": self.data(self.reader, "read", (asked,))}
        answer = bytes.fromhex(self.ask("eth_call", call, "latest")[2:])
        return [
            decode(self.functions[contract.address, name][2], found)
            for (contract, name, _), found in zip(calls, decode(["bytes[]"], answer)[0], strict=True)
        ]

    def refusal(self, sender: Any, contract: Any, name: str, arguments: tuple, value: int = 0) -> str | None:
        """Try a call at the newest block; give the error's name, or None when it goes through."""
        call = self.transaction(sender, contract, name, arguments, value)
        answer = self.batch(("eth_call", [call, "latest"]))[0]
        if "error" not in answer:
            return None
        data = answer["error"].get("data")
        if isinstance(data, dict):
            data = data.get("result") or data.get("data")
        return self.errors.get(str(data)[:10], f"unknown error {answer['error']}")

    def send(self, sender: Any, contract: Any, name: str, arguments: tuple, value: int = 0) -> tuple[bool, int]:
        """Send a transaction; tell whether it went through, and in which second."""
        call = self.transaction(sender, contract, name, arguments, value)
        sent = self.batch(("eth_sendTransaction", [call]))[0]
        # a node may answer with an error although the reverted transaction is in a block
        hashed = sent.get("result") or _hash_in(sent["error"])
        receipt = self._receipt(hashed)
        block = self.ask("eth_getBlockByNumber", receipt["blockNumber"], False)
        return int(receipt["status"], 16) == 1, int(block["timestamp"], 16)

    def _receipt(self, hashed: str) -> dict:
        """Wait for a transaction: Anvil answers before its block is made."""
        give_up_at = time.monotonic() + RECEIPT_TIMEOUT_S
        while time.monotonic() < give_up_at:
            receipt = self.ask("eth_getTransactionReceipt", hashed)
            if receipt is not None:
                return receipt
            time.sleep(0.002)
        raise TimeoutError(f"transaction {hashed} was in no block after {RECEIPT_TIMEOUT_S} s")

    def transaction(self, sender: Any, contract: Any, name: str, arguments: tuple, value: int = 0) -> dict:
        """Give a transaction as JSON-RPC takes it."""
        return {
            "from": str(sender),
            "to": contract.address,
            "data": self.data(contract, name, arguments),
            "value": hex(value),
            "gas": hex(GAS),
            "gasPrice": hex(2 * 10**9),
        }

    def now(self) -> int:
        """Give the newest block's time."""
        return int(self.ask("eth_getBlockByNumber", "latest", False)["timestamp"], 16)

    def snapshot(self) -> str:
        """Remember the chain as it is."""
        return self.ask("evm_snapshot")

    def revert(self, to: str) -> None:
        """Make the chain what it was."""
        self.ask("evm_revert", to)


def _hash_in(error: dict) -> str:
    data = error.get("data")
    found = data.get("hash") if isinstance(data, dict) else None
    assert found, error
    return found


def _type(part: dict) -> str:
    if not part["type"].startswith("tuple"):
        return part["type"]
    inner = ",".join(_type(member) for member in part["components"])
    return f"({inner}){part['type'][5:]}"


def _plain(types: list[str], values: Any) -> list:
    return [_plain_one(kind, value) for kind, value in zip(types, values, strict=True)]


def _plain_one(kind: str, value: Any) -> Any:
    if kind.startswith("(") and kind.endswith(")"):
        return tuple(_plain(kind[1:-1].split(","), value))
    if kind == "bytes32" and isinstance(value, str):
        return bytes.fromhex(value[2:])
    if kind == "address":
        return str(value).lower()
    return value
