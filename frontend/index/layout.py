"""Reads events' words by their place, many times faster than a general codec.

Only the plain form is read here, the one that Solidity writes: static values, and lists and texts whose tails follow each
other without gaps. Anything else is `Unusual`, and left to the codec to read or to refuse; so nothing is let through here
that the codec would not let through.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

REPLACEMENT = "\ufffd"
WORD = 64  # hex digits

# text of hex digits, place in it -> value
Reader = Callable[[str, int], Any]
# the same for a tail, which tells also where it ends
TailReader = Callable[[str, int], tuple[Any, int]]
Part = Mapping[str, Any]


class Unusual(ValueError):
    """Not in the plain form."""


class Layout:
    """The places of some values that are encoded together."""

    def __init__(self, parts: Sequence[Part]) -> None:
        """Find the places. Raises: LookupError when there is a type that is not read here."""
        self._heads: list[tuple[str, int, Reader]] = []
        self._tails: list[tuple[str, int, TailReader]] = []
        at = 0
        for part in parts:
            tail = _tail_reader(part)
            if tail is not None:
                self._tails.append((part["name"], at, tail))
                at += WORD
                continue
            reader, words = _reader(part)
            self._heads.append((part["name"], at, reader))
            at += words * WORD
        self._chars = at

    def read(self, text: str) -> dict[str, Any]:
        """Give the values by name. Raises: Unusual."""
        if len(text) < self._chars:
            raise Unusual
        found = {name: reader(text, at) for name, at, reader in self._heads}
        end = self._chars
        for name, at, tail_reader in self._tails:
            if int(text[at : at + WORD], 16) * 2 != end:
                raise Unusual
            found[name], end = tail_reader(text, end)
        return found


def topic_reader(part: Part) -> Reader:
    """Give what reads an indexed value from its topic. Raises: LookupError."""
    return _reader(part)[0]


def text_of(found: bytes) -> str:
    """Read bytes as text that every database can keep."""
    return found.decode("utf-8", "replace").replace("\x00", REPLACEMENT)


def _reader(part: Part) -> tuple[Reader, int]:
    """Give what reads a static value, and how many words it takes. Raises: LookupError."""
    kind = str(part["type"])
    if kind == "tuple":
        return _struct_reader(part["components"])
    if kind == "address":
        return _address, 1
    if kind == "bool":
        return _bool, 1
    if kind.startswith("uint") and kind[4:].isdigit():
        return (_uint256 if kind == "uint256" else _uint_reader(2 ** int(kind[4:]))), 1
    if kind == "bytes32":
        return _bytes32, 1
    raise LookupError(kind)


def _struct_reader(parts: Sequence[Part]) -> tuple[Reader, int]:
    fields: list[tuple[str, int, Reader]] = []
    words = 0
    for part in parts:
        reader, taken = _reader(part)
        fields.append((part["name"], words * WORD, reader))
        words += taken
    return lambda text, at: {name: reader(text, at + place) for name, place, reader in fields}, words


def _tail_reader(part: Part) -> TailReader | None:
    """Give what reads a text or a list; None for a static value. Raises: LookupError for other lists."""
    kind = str(part["type"])
    if kind == "string":
        return _text
    if not kind.endswith("[]"):
        return None
    item = {**part, "type": kind[:-2]}
    reader, words = _reader(item)

    def read(text: str, at: int) -> tuple[Any, int]:
        begin = at + WORD
        end = begin + _length(text, at) * words * WORD
        if end > len(text):
            raise Unusual
        items = [reader(text, place) for place in range(begin, end, words * WORD)]
        return [list(item.values()) if isinstance(item, dict) else item for item in items], end

    return read


def _length(text: str, at: int) -> int:
    digits = text[at : at + WORD]
    if len(digits) < WORD:
        raise Unusual
    return int(digits, 16)


def _text(text: str, at: int) -> tuple[str, int]:
    begin = at + WORD
    end = begin + _length(text, at) * 2
    padded = end + -(end - begin) % WORD
    if padded > len(text) or text[end:padded].strip("0"):
        raise Unusual
    return text_of(bytes.fromhex(text[begin:end])), padded


def _address(text: str, at: int) -> str:
    if text[at : at + 24] != "000000000000000000000000":
        raise Unusual
    return "0x" + text[at + 24 : at + WORD]


def _bytes32(text: str, at: int) -> str:
    return "0x" + text[at : at + WORD]


def _uint256(text: str, at: int) -> int:
    return int(text[at : at + WORD], 16)


def _uint_reader(limit: int) -> Reader:
    def read(text: str, at: int) -> int:
        found = int(text[at : at + WORD], 16)
        if found >= limit:
            raise Unusual
        return found

    return read


def _bool(text: str, at: int) -> bool:
    found = int(text[at : at + WORD], 16)
    if found > 1:
        raise Unusual
    return found == 1
