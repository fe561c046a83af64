"""ABI values: from JSON, into calldata, and back. Only the types that our contracts use; another one is an error.

Values in Python: int, bytes, str, bool; addresses as lower-case text; lists for arrays, and for structs in field order.
Source: Solidity's contract ABI specification.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from tools.intent.keccak import keccak256

WORD = 32
ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
DIGITS = re.compile(r"0|[1-9][0-9]{0,77}")
HEX = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
MOST_ENTRIES = 10_000

Part = dict[str, Any]  # an entry of "inputs" in an ABI


class CodecError(ValueError):
    """A value does not fit its type, or calldata is none of the function."""


def type_name(part: Part) -> str:
    """Give a type as signatures write it: structs as tuples of their fields."""
    kind = str(part["type"])
    if not kind.startswith("tuple"):
        return kind
    return "(" + ",".join(type_name(inner) for inner in part["components"]) + ")" + kind[5:]


def signature(entry: Part) -> str:
    """Give a function's or an error's signature: name and types."""
    return f"{entry['name']}({','.join(type_name(part) for part in entry['inputs'])})"


def selector(entry: Part) -> bytes:
    """Give the first four bytes of a call."""
    return keccak256(signature(entry).encode())[:4]


def from_json(part: Part, value: Any) -> Any:
    """Read a value as documents write it: numbers as decimal text, bytes as 0x hex. Raises: CodecError."""
    kind, name = part["type"], part.get("name", "?")
    if kind.endswith("[]"):
        if not isinstance(value, list) or len(value) > MOST_ENTRIES:
            raise CodecError(f"{name} must be a list")
        return [from_json(_entry_of(part), entry) for entry in value]
    if kind == "tuple":
        if not isinstance(value, list) or len(value) != len(part["components"]):
            raise CodecError(f"{name} must be a list of {len(part['components'])} values")
        return [from_json(inner, entry) for inner, entry in zip(part["components"], value, strict=True)]
    if kind == "bool":
        if not isinstance(value, bool):
            raise CodecError(f"{name} must be true or false")
        return value
    if not isinstance(value, str):
        raise CodecError(f"{name} ({kind}) must be a text")
    return _scalar(kind, name, value)


def _scalar(kind: str, name: str, text: str) -> Any:
    if kind == "string":
        return text
    if kind == "address":
        if not ADDRESS.fullmatch(text):
            raise CodecError(f"{name} is no address: {text[:80]!r}")
        return text.lower()
    if kind.startswith("uint"):
        if not DIGITS.fullmatch(text) or int(text) >= 2 ** _bits(kind):
            raise CodecError(f"{name} is no {kind}: {text[:80]!r}")
        return int(text)
    if kind.startswith("bytes"):
        size = _size(kind)
        found = bytes.fromhex(text[2:]) if HEX.fullmatch(text) else None
        if found is None or size not in (None, len(found)):
            raise CodecError(f"{name} is no {kind}: {text[:80]!r}")
        return found
    raise CodecError(f"{name} has a type that this program does not know: {kind}")


def encode(parts: Sequence[Part], values: Sequence[Any]) -> bytes:
    """Give values as calldata has them: heads first, what has no fixed size behind them. Raises: CodecError."""
    bodies = [_encoded(part, value) for part, value in zip(parts, values, strict=True)]
    at = sum(WORD if _is_dynamic(part) else len(body) for part, body in zip(parts, bodies, strict=True))
    heads, tails = [], []
    for part, body in zip(parts, bodies, strict=True):
        if not _is_dynamic(part):
            heads.append(body)
            continue
        heads.append(_word(at))
        tails.append(body)
        at += len(body)
    return b"".join(heads + tails)


def encode_call(entry: Part, values: Sequence[Any]) -> bytes:
    """Give a whole call: selector and arguments. Raises: CodecError."""
    return selector(entry) + encode(entry["inputs"], values)


def decode_call(entry: Part, data: bytes) -> list[Any]:
    """Give the arguments in calldata.

    Raises: CodecError when it calls another function, or is not exactly what encoding these values gives: a byte more,
    other padding, an offset elsewhere.
    """
    if data[:4] != selector(entry):
        raise CodecError(f"it calls 0x{data[:4].hex()}, not {entry['name']} (0x{selector(entry).hex()})")
    values = decode(entry["inputs"], data[4:])
    if encode(entry["inputs"], values) != data[4:]:
        raise CodecError("it is written in a way that no encoder writes")
    return values


def decode(parts: Sequence[Part], data: bytes, base: int = 0) -> list[Any]:
    """Give values back from calldata. Raises: CodecError."""
    found, at = [], base
    for part in parts:
        if _is_dynamic(part):
            found.append(_decoded(part, data, base + _number(data, at)))
            at += WORD
        else:
            found.append(_decoded(part, data, at))
            at += _static_size(part)
    return found


def _decoded(part: Part, data: bytes, at: int) -> Any:
    kind = part["type"]
    if kind.endswith("[]"):
        count = _number(data, at)
        if count > MOST_ENTRIES:
            raise CodecError("it holds a list that is too long")
        return decode([_entry_of(part)] * count, data, at + WORD)
    if kind == "tuple":
        return decode(part["components"], data, at)
    if kind in ("string", "bytes"):
        raw = _cut(data, at + WORD, _number(data, at))
        return _text(raw) if kind == "string" else raw
    number = _number(data, at)
    if kind == "address":
        return _checked(f"0x{number:040x}", number < 2**160, kind)
    if kind == "bool":
        return _checked(bool(number), number < 2, kind)
    if kind.startswith("bytes"):
        return _cut(data, at, WORD)[: _size(kind)]
    return _checked(number, number < 2 ** _bits(kind), kind)


def _checked(value: Any, fits: bool, kind: str) -> Any:
    if not fits:
        raise CodecError(f"it holds a value that is no {kind}")
    return value


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        raise CodecError("it holds a text that is no UTF-8") from None


def _cut(data: bytes, at: int, length: int) -> bytes:
    if at + length > len(data):
        raise CodecError("it is too short")
    return data[at : at + length]


def _number(data: bytes, at: int) -> int:
    return int.from_bytes(_cut(data, at, WORD), "big")


def _encoded(part: Part, value: Any) -> bytes:
    kind = part["type"]
    if kind.endswith("[]"):
        return _word(len(value)) + encode([_entry_of(part)] * len(value), value)
    if kind == "tuple":
        return encode(part["components"], value)
    if kind in ("string", "bytes"):
        raw = value.encode() if kind == "string" else value
        return _word(len(raw)) + _padded(raw)
    if kind == "address":
        return _word(int(value, 16))
    if kind.startswith("bytes"):
        return _padded(value)
    return _word(int(value))


def _word(number: int) -> bytes:
    return number.to_bytes(WORD, "big")


def _padded(raw: bytes) -> bytes:
    return raw + bytes(-len(raw) % WORD)


def _entry_of(part: Part) -> Part:
    return {**part, "type": part["type"][:-2]}


def _is_dynamic(part: Part) -> bool:
    kind = part["type"]
    if kind == "tuple":
        return any(_is_dynamic(inner) for inner in part["components"])
    return kind in ("string", "bytes") or kind.endswith("[]")


def _static_size(part: Part) -> int:
    if part["type"] == "tuple":
        return sum(_static_size(inner) for inner in part["components"])
    return WORD


def _bits(kind: str) -> int:
    if not re.fullmatch(r"uint[0-9]{1,3}", kind):
        raise CodecError(f"a type that this program does not know: {kind}")
    return int(kind[4:])


def _size(kind: str) -> int | None:
    return int(kind[5:]) if kind != "bytes" else None
