"""Numbers and ids in URLs; nonsense becomes the harmless value or a 404, never an error."""

from __future__ import annotations

import re
from typing import Any

from flask import abort

HASH = re.compile(r"0x[0-9a-f]{64}", re.ASCII)
ADDRESS = re.compile(r"0x[0-9a-f]{40}", re.ASCII)
MAX_PAGE = 10_000
MAX_ID = 2**63 - 1  # what SQL can hold; ids count from 1


def page_number(args: Any) -> int:
    """Give the page that a URL asks for, 1 if it makes no sense."""
    number = small_number(args.get("page", ""))
    return min(number, MAX_PAGE) if number else 1


def small_number(text: str) -> int | None:
    """Give a positive whole number, or None."""
    if not re.fullmatch(r"[0-9]{1,18}", text.strip(), re.ASCII):
        return None
    return int(text) or None


def hash_or_404(text: str) -> str:
    """Give a 32-byte hash in lower case; anything else is not found."""
    found = text.lower()
    if not HASH.fullmatch(found):
        abort(404)
    return found


def address_or_404(text: str) -> str:
    """Read an address out of a path, in lower case; anything else is a 404."""
    found = text.lower()
    if not ADDRESS.fullmatch(found):
        abort(404)
    return found
