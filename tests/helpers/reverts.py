"""Refusals: a call must fail, and with exactly this error."""

import re
from contextlib import contextmanager

from brownie.exceptions import VirtualMachineError

# an argument in brownie's text; bytes may hold a comma and a blank, and do in one hash of two thousand
ARGUMENT = re.compile(r"""(?:^|, )(b'(?:\\.|[^'\\])*'|b"(?:\\.|[^"\\])*"|.*?)(?=, |$)""", re.S)


class NotRefused(AssertionError):
    """The call went through."""


@contextmanager
def refused(error: str, *args):
    """Expect a custom error with these arguments, or a plain text such as a Panic's.

    Used around eth_call (`contract.function.call(...)`) and transactions alike. `...` stands for any argument.
    """
    try:
        yield
    except VirtualMachineError as problem:
        assert_error(message_of(problem), error, args)
        return
    raise NotRefused(f"went through, though {error} was expected")


def message_of(problem: VirtualMachineError) -> str:
    """Give brownie's text for a revert: 'Name: a, b', or the reason as it is."""
    return str(problem.revert_msg)


def assert_error(found: str, error: str, args: tuple) -> None:
    """Compare brownie's text for a revert with an error and its arguments."""
    if not args:
        assert found in (error, f"{error}: "), found
        return
    name, _, rest = found.partition(": ")
    assert name == error, found
    parts = ARGUMENT.findall(rest)
    assert len(parts) == len(args), found
    for part, arg in zip(parts, args, strict=True):
        if arg is not ...:
            assert part == as_text(arg), found


def as_text(arg) -> str:
    """Give an error's argument as brownie prints it."""
    if isinstance(arg, bytes):
        return str(arg)
    if isinstance(arg, bool | int):
        return str(arg)
    text = str(arg)
    if text.startswith("0x") and len(text) == 66:
        return str(bytes.fromhex(text[2:]))
    return text.lower() if text.startswith("0x") else text


def field(name: str) -> bytes:
    """Give the name of a term as MarketBadTerm carries it."""
    return name.encode().ljust(32, b"\0")
