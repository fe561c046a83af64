"""Who is signed in."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar
from urllib.parse import urlsplit

from eth_utils.address import to_checksum_address
from flask import abort, session

P = ParamSpec("P")
R = TypeVar("R")
MAX_NEXT = 500


def current_account() -> str | None:
    """Give the signed-in account with checksum, or None."""
    found = session.get("account")
    return to_checksum_address(found) if found else None


def sign_in_required(route: Callable[P, R]) -> Callable[P, R]:
    """Let only signed-in accounts to a route; others are led to the sign-in page (401)."""

    @wraps(route)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        if current_account() is None:
            abort(401)
        return route(*args, **kwargs)

    return guarded


def safe_next(target: object) -> str:
    """Give a path of this site to go on to; "/" for anything that might lead elsewhere."""
    if (
        not isinstance(target, str)
        or not target
        or len(target) > MAX_NEXT
        or not target.startswith("/")
        or "\\" in target
    ):
        return "/"
    if any(ord(sign) < 0x21 or ord(sign) == 0x7F for sign in target):
        return "/"
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc and not target.startswith("//") else "/"
