"""An intent's JSON document: read strictly, nothing guessed. docs/verifying.md describes the format."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from tools.intent.codec import ADDRESS, HEX
from tools.intent.problems import BadInput

FORMAT = "dokkaebi-intent/1"
MOST_BYTES = 1_000_000
HASH = re.compile(r"0x[0-9a-f]{64}")
QUANTITY = re.compile(r"0x(?:0|[1-9a-f][0-9a-f]{0,63})")
SHAPE: dict[str, type | tuple[type, ...]] = {
    "format": str, "action": str, "chainId": int, "genesisHash": str, "from": str, "to": str, "data": str, "value": str,
    "selector": str, "call": dict, "abi": dict, "deployment": dict, "subject": str, "permit": (dict, type(None)),
    "permitHashes": (dict, type(None)), "deadline": (int, type(None)), "bounds": list, "summary": list, "expiresAt": int,
}  # fmt: skip


@dataclass(frozen=True)
class Document:
    """A document whose fields have the right types; whether they are true is another matter."""

    found: dict[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.found[name]

    @property
    def account(self) -> str:
        """The account that would sign, in lower case."""
        return str(self.found["from"]).lower()

    @property
    def to(self) -> str:
        """The contract that would be called, in lower case."""
        return str(self.found["to"]).lower()

    @property
    def value_wei(self) -> int:
        """ETH that goes along, in wei."""
        return int(self.found["value"], 16)

    @property
    def data(self) -> bytes:
        """The calldata."""
        return bytes.fromhex(self.found["data"][2:])


def read(text: str) -> Document:
    """Give a document. Raises: BadInput when it is none."""
    if len(text) > MOST_BYTES:
        raise BadInput(f"the document is longer than {MOST_BYTES} bytes.")
    try:
        found = json.loads(text, object_pairs_hook=_without_doubles, parse_float=_no_float, parse_constant=_no_float)
    except RecursionError:
        raise BadInput("the document is nested too deeply.") from None
    except ValueError as problem:
        raise BadInput(f"the document is no JSON that can be trusted: {problem}.") from None
    if not isinstance(found, dict):
        raise BadInput("the document must be one JSON object, as /intents/<id>.json gives it.")
    if found.get("format") != FORMAT:
        raise BadInput(f"the document says format {found.get('format')!r}; this program reads {FORMAT!r}.")
    for name, kind in SHAPE.items():
        if not isinstance(found.get(name, ...), kind) or isinstance(found[name], bool):
            raise BadInput(f'the document has no usable "{name}"; fetch it again from the intent\'s page.')
    _check_texts(found)
    return Document(found)


def _check_texts(found: dict[str, Any]) -> None:
    patterns = {"from": ADDRESS, "to": ADDRESS, "data": HEX, "value": QUANTITY, "selector": HEX, "genesisHash": HASH}
    for name, pattern in patterns.items():
        if not pattern.fullmatch(found[name]):
            raise BadInput(f'"{name}" cannot be {found[name][:80]!r}.')
    call = found["call"]
    if not isinstance(call.get("contract"), str) or not isinstance(call.get("function"), str):
        raise BadInput('"call" must name contract and function.')
    if not isinstance(call.get("values"), list) or not isinstance(call.get("arguments"), list):
        raise BadInput('"call" must hold values and arguments.')


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands in it twice")
    return found


def _no_float(text: str) -> Any:
    raise ValueError(f"{text[:40]} is no whole number")
