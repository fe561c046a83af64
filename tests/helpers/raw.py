"""Plain JSON-RPC beside brownie, for runs of many thousand calls: batches, and transactions without a wrapper."""

import json
from collections.abc import Iterable
from itertools import count
from typing import Any

import urllib3
from brownie import web3
from eth_utils import function_signature_to_4byte_selector, keccak
from faster_eth_abi import decode, encode
from faster_eth_abi.grammar import parse

from tests.helpers.receipts import receipt_of
from tools import chain as local

GAS = 1_500_000
Log = tuple[str, tuple[str, ...], str]


class Raw:
    """A node's JSON-RPC, and some contracts' functions, errors and events by name."""

    def __init__(self, reader: Any, *contracts: Any, url: str | None = None) -> None:
        """Args: a ManyReads, then the contracts to talk to; the node is brownie's unless another is named."""
        self.reader = reader
        self.url = url or web3.provider.endpoint_uri
        self.ids = count(1)
        self.on_anvil = local.is_anvil(self.url)
        self.pool = urllib3.connection_from_url(self.url, timeout=60, retries=False)
        self.known_data: dict[tuple[str, str, str], str] = {}
        self.functions: dict[tuple[str, str], tuple[bytes, list[str], list[str]]] = {}
        self.errors = {"0x4e487b71": "Panic", "0x08c379a0": "Error"}
        self.error_inputs: dict[str, tuple[bytes, list[str]]] = {}
        self.events: dict[str, tuple[str, list[tuple[str, str, bool]]]] = {}
        for contract in (reader, *contracts):
            self.know(contract)

    def know(self, contract: Any) -> None:
        """Learn a contract's functions, errors and events."""
        for item in contract.abi:
            if item["type"] not in ("function", "error", "event"):
                continue
            inputs = [_type(part) for part in item["inputs"]]
            signature = f"{item['name']}({','.join(inputs)})"
            selector = function_signature_to_4byte_selector(signature)
            if item["type"] == "event":
                parts = [(part["name"], _type(part), part["indexed"]) for part in item["inputs"]]
                self.events[item["name"]] = ("0x" + keccak(text=signature).hex(), parts)
            elif item["type"] == "error":
                self.errors["0x" + selector.hex()] = item["name"]
                self.error_inputs[item["name"]] = (selector, inputs)
            else:
                outputs = [_type(part) for part in item["outputs"]]
                self.functions[contract.address, item["name"]] = (selector, inputs, outputs)

    def batch(self, *requested: tuple[str, list]) -> list[dict]:
        """Send several requests in one, and give the answers in order."""
        body = [
            {"jsonrpc": "2.0", "id": next(self.ids), "method": method, "params": params} for method, params in requested
        ]
        headers = {"Content-Type": "application/json"}
        answers = self.pool.request("POST", "/", body=json.dumps(body), headers=headers).json()
        by_id = {answer["id"]: answer for answer in answers}
        return [by_id[request["id"]] for request in body]

    def ask(self, method: str, *params: Any) -> Any:
        """Send one request and give its result."""
        answer = self.batch((method, list(params)))[0]
        assert "error" not in answer, answer["error"]
        return answer["result"]

    def data(self, contract: Any, name: str, arguments: tuple) -> str:
        """Give a call's data."""
        key = (contract.address, name, repr(arguments))  # the same few calls again and again
        if key not in self.known_data:
            selector, inputs, _ = self.functions[contract.address, name]
            self.known_data[key] = "0x" + (selector + encode(inputs, _plain(inputs, arguments))).hex()
        return self.known_data[key]

    def log(self, address: str, name: str, values: dict[str, Any]) -> Log:
        """Give an event as a receipt has it: whose it is, topics, data."""
        topic, parts = self.events[name]
        assert [part for part, _, _ in parts] == list(values), f"{name}: {list(values)}"
        shown = [(kind, values[part]) for part, kind, indexed in parts if not indexed]
        indexed = [encode([kind], _plain([kind], [values[part]])).hex() for part, kind, indexed in parts if indexed]
        data = encode([kind for kind, _ in shown], _plain([kind for kind, _ in shown], [value for _, value in shown]))
        return address.lower(), (topic, *("0x" + word for word in indexed)), "0x" + data.hex()

    def error(self, name: str, arguments: tuple) -> str:
        """Give an error as a revert carries it."""
        selector, inputs = self.error_inputs[name]
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
        return self.refusals((self.transaction(sender, contract, name, arguments, value),))[0]

    def refusals(self, calls: Iterable[dict]) -> list[str | None]:
        """Try many calls at the newest block, each by itself; give the error's name of each, or None."""
        answers = self.batch(*(("eth_call", [call, "latest"]) for call in calls))
        return [self._refusal_in(answer) for answer in answers]

    def _refusal_in(self, answer: dict) -> str | None:
        if "error" not in answer:
            return None
        return self.errors.get(revert_of(answer)[:10], f"unknown error {answer['error']}")

    def send(self, sender: Any, contract: Any, name: str, arguments: tuple, value: int = 0) -> tuple[bool, int]:
        """Send a transaction; tell whether it went through, and in which second."""
        receipt = self._receipt_of(self.transaction(sender, contract, name, arguments, value))
        block = self.ask("eth_getBlockByNumber", receipt["blockNumber"], False)
        return int(receipt["status"], 16) == 1, int(block["timestamp"], 16)

    def sends(self, call: dict) -> bool:
        """Send a transaction as `transaction` gives it; tell whether it went through."""
        return int(self._receipt_of(call)["status"], 16) == 1

    def _receipt_of(self, call: dict) -> dict:
        sent = self.batch(("eth_sendTransaction", [call]))[0]
        # a node may answer with an error although the reverted transaction is in a block
        return receipt_of(self.ask, sent.get("result") or _hash_in(sent["error"]))

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

    def jump_to(self, timestamp: int) -> None:
        """Mine a block at exactly this second. Later transactions go on from there."""
        self.ask("evm_setTime", timestamp if self.on_anvil else timestamp * 1000)
        self.ask("evm_mine", timestamp)

    def snapshot(self) -> str:
        """Remember the chain as it is."""
        return self.ask("evm_snapshot")

    def revert(self, to: str) -> None:
        """Make the chain what it was."""
        self.ask("evm_revert", to)


def revert_of(answer: dict) -> str:
    """Give what a refused eth_call came back with, as hex."""
    data = answer["error"].get("data")
    if isinstance(data, dict):
        data = data.get("result") or data.get("data")
    return str(data)


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
        return tuple(_plain([part.to_type_str() for part in parse(kind).components], value))
    if kind.endswith("[]"):
        return [_plain_one(kind[:-2], part) for part in value]
    if kind == "bytes32" and isinstance(value, str):
        return bytes.fromhex(value[2:])
    if kind == "address":
        return str(value).lower()
    return value
