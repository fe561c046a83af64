"""Turns what a node says about a refused call into the contract's own error, by name and values."""

import re
from collections.abc import Iterable
from typing import Any

from eth_abi import decode
from eth_abi.exceptions import DecodingError
from eth_utils.abi import collapse_if_tuple, function_abi_to_4byte_selector

HEX_DATA = re.compile(r"0x(?:[0-9a-fA-F]{2}){4,}")


def reason(problem: Exception, abi: Iterable[Any]) -> str:
    """Give the custom error in an exception, as `Name(field=value)`; the node's own words when there is none.

    Nodes hide the data in different places: Anvil as hex beside the message, Ganache in a dict under "result". Where the
    node's whole answer was handed on, it is a dict with "data" in it.
    """
    errors = {function_abi_to_4byte_selector(entry): entry for entry in abi if entry["type"] == "error"}
    for data in _candidates(problem):
        error = errors.get(data[:4])
        if error is not None:
            return _told(error, data[4:])
    return str(problem)


def _candidates(problem: Exception) -> list[bytes]:
    places = [getattr(problem, "data", None), *problem.args]
    return [bytes.fromhex(found[2:]) for place in places for text in _texts(place) for found in HEX_DATA.findall(text)]


def _texts(place: Any) -> list[str]:
    """Give what may hold the data; of a dict only the parts that do, since a transaction's hash beside them is hex too."""
    if not isinstance(place, dict):
        return [str(place)]
    return [text for key in ("result", "data") if key in place for text in _texts(place[key])]


def _told(error: Any, data: bytes) -> str:
    types = [collapse_if_tuple(field) for field in error["inputs"]]
    try:
        values = decode(types, data)
    except DecodingError:
        return str(error["name"])
    fields = ", ".join(f"{field['name']}={_shown(value)}" for field, value in zip(error["inputs"], values, strict=True))
    return f"{error['name']}({fields})"


def _shown(value: Any) -> str:
    return f"0x{value.hex()}" if isinstance(value, bytes) else str(value)
