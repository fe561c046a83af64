"""Amounts as people write them, and as contracts take them: integers with a unit."""

import re
from decimal import Decimal

from scripts.lib.problems import BadArgument

BPS = 10_000
ETH_DECIMALS = 18
MAX_UINT256 = 2**256 - 1


def bps_from(text: str) -> int:
    """Read a commission: "250" or "2.5%" are both 250 basis points.

    Raises: BadArgument when it is not a whole number of basis points from 0 to 10 000.
    """
    match = re.fullmatch(r"([0-9]{1,5})|([0-9]{1,3}(?:\.[0-9]{1,2})?)%", text.strip())
    if match is None:
        raise BadArgument(f'"{text}" is no commission; write basis points (250) or per cent with two places (2.5%).')
    bps = int(match[1]) if match[1] else int(Decimal(match[2]) * 100)
    if bps > BPS:
        raise BadArgument(f'"{text}" is more than everything; a commission is at most 100%.')
    return bps


def bps_text(fee_bps: int) -> str:
    """Write basis points as per cent: 250 is "2.5%"."""
    return f"{Decimal(fee_bps) / 100:f}%"


def percent_from(text: str) -> int:
    """Read a waiver: "40" or "40%" are both 40 per cent of a commission.

    Raises: BadArgument when it is not a whole number from 0 to 100.
    """
    match = re.fullmatch(r"([0-9]{1,3})%?", text.strip())
    if match is None or int(match[1]) > 100:
        raise BadArgument(f'"{text}" is no waiver; write whole per cent of the commission, from 0 to 100%.')
    return int(match[1])


def units_from(text: str, decimals: int) -> int:
    """Read a decimal amount into a token's smallest unit.

    Raises: BadArgument when it is no plain number, has too many places, or is above 2^256 - 1.
    """
    if re.fullmatch(r"[0-9]{1,78}(\.[0-9]{1,78})?", text.strip()) is None:
        raise BadArgument(f'"{text}" is no amount; write digits with a point, like 1.25.')
    whole, _, places = text.strip().partition(".")
    if len(places.rstrip("0")) > decimals:
        raise BadArgument(f'"{text}" has more than {decimals} places; this currency cannot be divided further.')
    amount_units = int(whole) * 10**decimals + int(places[:decimals].ljust(decimals, "0") or "0")
    if amount_units > MAX_UINT256:
        raise BadArgument(f'"{text}" is more than any contract can hold.')
    return amount_units


def units_text(amount_units: int, decimals: int) -> str:
    """Write an amount of smallest units as a decimal number, nothing rounded."""
    whole, places = divmod(amount_units, 10**decimals)
    text = str(places).rjust(decimals, "0").rstrip("0") if decimals else ""
    return f"{whole}.{text}" if text else str(whole)
