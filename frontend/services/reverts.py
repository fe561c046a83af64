"""What a contract said when it refused: revert data from any node, decoded with the errors of all our ABIs.

Nodes differ: Anvil puts the data into `error.data`, Ganache does so for calls, but for estimates puts an object there whose
`result` has it, and some nodes only repeat it in the message.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_utils.abi import abi_to_signature
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from frontend.contracts.registry import EXPORTED, exported_abi
from frontend.errors import MarketError

ERROR_STRING = bytes.fromhex("08c379a0")
PANIC = bytes.fromhex("4e487b71")
REVERT_WORDS = (
    "execution reverted",
    "vm exception while processing transaction",
    "transaction reverted",
    "reverted with",
)
NO_MONEY_WORDS = (
    "insufficient funds",
    "insufficient balance",
    "doesn't have enough funds",
    "not enough funds",
    "outoffunds",
)
MAX_REASON = 300


class Reverted(MarketError):
    """A call was refused; `data` is what the contract returned, `message` what the node said about it."""

    def __init__(self, data: bytes, message: str = "") -> None:
        super().__init__(message or "reverted")
        self.data = data
        self.message = message


class NoFunds(MarketError):
    """The node says that the sender cannot pay value and gas."""


@dataclass(frozen=True)
class Refusal:
    """A decoded revert: the error's name and its arguments by name. "Error" and "Panic" are Solidity's own."""

    name: str
    args: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Give it as JSON; whole numbers become text, since they may be large."""
        return {"name": self.name, "args": {k: str(v) if isinstance(v, int) else v for k, v in self.args.items()}}

    @staticmethod
    def from_json(found: dict[str, Any]) -> "Refusal":
        """Read what `to_json` wrote."""
        args = {k: int(v) if isinstance(v, str) and re.fullmatch(r"[0-9]+", v) else v for k, v in found["args"].items()}
        return Refusal(found["name"], args)


def revert_of(error: Any) -> Reverted | NoFunds | None:
    """Give the revert in a JSON-RPC error object, or None when it is an error of another kind."""
    if not isinstance(error, dict):
        return None
    message = str(error.get("message", ""))
    if any(words in message.lower() for words in NO_MONEY_WORDS):
        return NoFunds("The sender cannot pay value and gas.")
    data = _data_in(error.get("data"))
    if data:
        return Reverted(data, message)
    in_message = re.search(r"0x([0-9a-fA-F]{8,})", message)
    if any(words in message.lower() for words in REVERT_WORDS):
        if in_message and len(in_message[1]) % 2 == 0:
            return Reverted(bytes.fromhex(in_message[1]), message)
        return Reverted(b"", message)
    return Reverted(b"", message) if error.get("code") == 3 else None


def _data_in(found: Any) -> bytes:
    """Find hex data in a text, or in an object under any of the names that nodes use."""
    if isinstance(found, str):
        match = re.search(r"0x([0-9a-fA-F]+)", found)
        return bytes.fromhex(match[1]) if match and len(match[1]) % 2 == 0 else b""
    if isinstance(found, dict):
        for name in ("result", "data", "return", "output"):
            inner = _data_in(found.get(name))
            if inner:
                return inner
        for value in found.values():  # old Ganache: {tx hash: {"return": ...}}
            inner = _data_in(value) if isinstance(value, dict) else b""
            if inner:
                return inner
    return b""


@cache
def known_errors() -> dict[bytes, dict[str, Any]]:
    """Give every custom error of every exported ABI by its selector."""
    found = {}
    for name in EXPORTED:
        for part in exported_abi(name):
            if part["type"] == "error":
                found[keccak(text=abi_to_signature(part))[:4]] = part  # type: ignore[arg-type]  # our ABI files are plain JSON, not eth_typing dicts
    return found


def decode_revert(reverted: Reverted) -> Refusal:
    """Give name and arguments of what a contract said; "Unknown" with the selector when no ABI has it."""
    data = reverted.data
    if not data:
        return Refusal("Error", {"reason": _reason_in(reverted.message)})
    head, body = data[:4], data[4:]
    try:
        if head == ERROR_STRING:
            return Refusal("Error", {"reason": _text(decode(["string"], body, strict=False)[0])})
        if head == PANIC:
            return Refusal("Panic", {"code": decode(["uint256"], body)[0]})
        part = known_errors().get(head)
        if part is not None:
            values = decode([entry["type"] for entry in part["inputs"]], body)
            return Refusal(
                part["name"], {e["name"]: _plain(e["type"], v) for e, v in zip(part["inputs"], values, strict=True)}
            )
    except (DecodingError, UnicodeDecodeError, OverflowError):
        pass
    return Refusal("Unknown", {"selector": "0x" + head.hex()})


def _plain(kind: str, value: Any) -> Any:
    if kind == "address":
        return to_checksum_address(value)
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return _text(value) if isinstance(value, str) else value


def _text(found: str) -> str:
    """Cut a text that a contract chose, and take out what is no letter."""
    return "".join(sign if sign.isprintable() else "�" for sign in found[:MAX_REASON])


def _reason_in(message: str) -> str:
    """Find the reason behind the word "revert" in a node's message."""
    match = re.search(r"revert(?:ed)?(?: with reason string)?[:\s]+['\"]?(.+?)['\"]?$", message)
    return _text(match[1]) if match else ""
