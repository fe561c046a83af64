"""A wallet that signs by itself, for the public test accounts on a local chain: what MetaMask does, without the person."""

from __future__ import annotations

import json
import time
import urllib.request
from typing import Any

from eth_account import Account
from eth_account.messages import encode_defunct, encode_typed_data

from frontend.demo.browser import SeedProblem
from frontend.demo.people import MNEMONIC, Person

TIMEOUT_S = 30
MINED_WITHIN_S = 60
TIP_WEI = 10**9


class Node:
    """The wallet's own connection to the chain."""

    def __init__(self, url: str) -> None:
        self.url = url
        # a proxy in the environment must never see the local chain
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self._count = 0

    def ask(self, method: str, *params: Any) -> Any:
        """Ask the node. Raises: SeedProblem when it refuses or does not answer."""
        self._count += 1
        body = json.dumps({"jsonrpc": "2.0", "id": self._count, "method": method, "params": list(params)}).encode()
        request = urllib.request.Request(self.url, body, {"Content-Type": "application/json"})
        try:
            with self._opener.open(request, timeout=TIMEOUT_S) as answer:
                said = json.load(answer)
        except OSError as problem:
            raise SeedProblem(f"the node does not answer ({problem}); is the chain running?") from problem
        if "error" in said:
            raise SeedProblem(f"the node refused {method}: {said['error'].get('message', said['error'])}")
        return said["result"]

    def now_ts(self) -> int:
        """Give the time of the newest block."""
        return int(self.ask("eth_getBlockByNumber", "latest", False)["timestamp"], 16)

    def pass_time(self, seconds: int) -> None:
        """Move a local chain's clock forward and mine a block there."""
        self.ask("evm_increaseTime", seconds)
        self.ask("evm_mine")

    def receipt(self, tx_hash: str) -> dict[str, Any]:
        """Wait for a transaction. Raises: SeedProblem when it fails, or is not mined in time."""
        deadline = time.monotonic() + MINED_WITHIN_S
        while time.monotonic() < deadline:
            found = self.ask("eth_getTransactionReceipt", tx_hash)
            if found is not None:
                if int(found["status"], 16) != 1:
                    raise SeedProblem(f"transaction {tx_hash} reverted.")
                return dict(found)
            time.sleep(0.03)
        raise SeedProblem(f"transaction {tx_hash} was not mined within {MINED_WITHIN_S} s.")


class Wallet:
    """One person's key."""

    def __init__(self, person: Person, node: Node, chain_id: int) -> None:
        Account.enable_unaudited_hdwallet_features()
        self._signer = Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{person.number}")
        self.node = node
        self.chain_id = chain_id

    @property
    def address(self) -> str:
        """The account, with checksum."""
        return str(self._signer.address)

    def sign_text(self, text: str) -> str:
        """Sign a message as personal_sign does."""
        return "0x" + bytes(self._signer.sign_message(encode_defunct(text=text)).signature).hex()

    def sign_typed(self, document: dict[str, Any]) -> str:
        """Sign typed data as eth_signTypedData_v4 does."""
        return (
            "0x" + bytes(self._signer.sign_message(encode_typed_data(full_message=_numbers(document))).signature).hex()
        )

    def send(self, intent: dict[str, Any]) -> str:
        """Sign and send an intent's transaction, and give its hash once it is mined."""
        if int(self.node.ask("eth_chainId"), 16) != intent["chainId"] or intent["chainId"] != self.chain_id:
            raise SeedProblem("the intent is for another chain than the node's; nothing was sent.")
        if intent["from"] != self.address:
            raise SeedProblem("the intent is another account's; nothing was sent.")
        base_fee_wei = int(self.node.ask("eth_getBlockByNumber", "latest", False)["baseFeePerGas"], 16)
        signed = self._signer.sign_transaction(
            {
                "chainId": self.chain_id,
                "nonce": int(self.node.ask("eth_getTransactionCount", self.address, "pending"), 16),
                "to": intent["to"],
                "data": intent["data"],
                "value": int(intent["value"], 16),
                "gas": int(intent["gas"], 16),
                "maxFeePerGas": 2 * base_fee_wei + TIP_WEI,
                "maxPriorityFeePerGas": TIP_WEI,
            }
        )
        tx_hash = str(self.node.ask("eth_sendRawTransaction", "0x" + bytes(signed.raw_transaction).hex()))
        self.node.receipt(tx_hash)
        return tx_hash


def _numbers(document: dict[str, Any]) -> dict[str, Any]:
    """Give a typed-data document with its whole numbers as numbers; in JSON they are text."""

    def fields(kind: str, values: dict[str, Any]) -> dict[str, Any]:
        types = {entry["name"]: entry["type"] for entry in document["types"][kind]}
        return {name: int(value) if types[name].startswith("uint") else value for name, value in values.items()}

    return {
        **document,
        "domain": fields("EIP712Domain", document["domain"]),
        "message": fields(document["primaryType"], document["message"]),
    }
