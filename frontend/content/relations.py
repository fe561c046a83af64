"""Whom a community names in its description: arbiters whom it proposes to its sellers, and communities that it recognises.

docs/content.md tells others how to write them. Naming gives nobody any power: a listing's terms say who its arbiter is.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

MOST_ARBITERS, MOST_RECOGNISED = 16, 32
MAX_NAME = 60
MAX_NUMBER = 2**63 - 1
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")


@dataclass(frozen=True)
class Arbiter:
    """An account under the name that the community gives it; the name may be empty. Address in lower case."""

    address: str
    name: str

    def to_json(self) -> dict[str, str]:
        """Give it as descriptions write it."""
        return {"address": self.address, "name": self.name}


def arbiters_of(found: Any) -> tuple[Arbiter, ...]:
    """Read a description's arbiters, each account once, at most MOST_ARBITERS; what is none is passed over."""
    listed = found if isinstance(found, list) else []
    read = [arbiter for one in listed[:MOST_ARBITERS] if (arbiter := _arbiter(one)) is not None]
    return tuple({arbiter.address: arbiter for arbiter in reversed(read)}.values())[::-1]


def _arbiter(found: Any) -> Arbiter | None:
    if not isinstance(found, Mapping):
        return None
    address, name = found.get("address"), found.get("name", "")
    if not (isinstance(address, str) and isinstance(name, str) and len(name) <= MAX_NAME):
        return None
    if not _ADDRESS.fullmatch(address) or int(address, 16) == 0:
        return None
    # half a surrogate pair is allowed in JSON and in nothing else
    return Arbiter(address.lower(), name.encode("utf-8", "replace").decode().replace("\0", "\ufffd"))


def recognised_of(found: Any) -> tuple[int, ...]:
    """Read the numbers of recognised communities, each once, at most MOST_RECOGNISED; what is none is passed over."""
    listed: Iterable[Any] = found[:MOST_RECOGNISED] if isinstance(found, list) else []
    # a bool is an int in Python, but true is no number in JSON
    numbers = [one for one in listed if isinstance(one, int) and not isinstance(one, bool) and 0 < one <= MAX_NUMBER]
    return tuple(dict.fromkeys(numbers))
