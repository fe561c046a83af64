"""Amounts typed by people, as integers. No float touches money."""

from __future__ import annotations

import re

from flask_babel import gettext as _

MAX_UINT256 = 2**256 - 1
DIGITS = re.compile(r"(?P<whole>[0-9]{1,80})(?:\.(?P<part>[0-9]{1,80}))?", re.ASCII)


class BadAmount(ValueError):
    """What was typed is no amount; the text says why."""


def parse_units(text: str, decimals: int, max_units: int = MAX_UINT256) -> int:
    """Read a decimal text as smallest units.

    Raises: BadAmount for anything but plain digits with one point, too many decimals, or more than the maximum.
    """
    typed = text.strip()
    if "," in typed:
        raise BadAmount(_("Write the amount without commas, with a point for decimals: 1250.5"))
    found = DIGITS.fullmatch(typed)
    if not found:
        raise BadAmount(_("This is not an amount. Write digits, with a point for decimals: 1250.5"))
    part = found["part"] or ""
    if len(part.rstrip("0")) > decimals:
        raise BadAmount(_("Too many decimals: this currency has %(decimals)s at most.", decimals=decimals))
    units = int(found["whole"]) * 10**decimals + int((part.rstrip("0") or "0").ljust(decimals, "0") or "0")
    if units > max_units:
        raise BadAmount(_("This amount is too large: %(max)s at most.", max=say_units(max_units, decimals)))
    return units


def say_units(units: int, decimals: int) -> str:
    """Write smallest units as plain digits that `parse_units` reads back exactly."""
    whole, part = divmod(units, 10**decimals)
    digits = str(part).rjust(decimals, "0").rstrip("0") if decimals else ""
    return f"{whole}.{digits}" if digits else str(whole)


def parse_bps(text: str, max_bps: int) -> int:
    """Read a percentage with up to two decimals as basis points.

    Raises: BadAmount.
    """
    try:
        bps = parse_units(text.strip().removesuffix("%"), 2)
    except BadAmount as problem:
        if "." in text and len(text.partition(".")[2].strip(" %")) > 2:
            raise BadAmount(_("Two decimals at most: 2.75")) from problem
        raise BadAmount(_("This is not a percentage. Write a number such as 2.5")) from problem
    if bps > max_bps:
        raise BadAmount(_("At most %(max)s %%.", max=say_units(max_bps, 2)))
    return bps
