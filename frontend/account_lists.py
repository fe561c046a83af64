"""Lists of accounts with an amount for each, as people write them: a line each, address and amount, from a table or a file.

Both claim phases and airdrops read them. A list that is kept is written in one spelling, which is read like any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from flask_babel import gettext as _
from wtforms.validators import ValidationError

from frontend.pages.amounts import BadAmount, parse_units, say_units
from frontend.pages.fields import read_address

MOST_LINES = 10_000
MOST_BYTES = 1_000_000
MAX_UINT112 = 2**112 - 1
DECIMALS = 18
SHOWN_OF_A_LINE = 60
LINE_END = re.compile(r"\r\n|\n|\r")
HEADING = re.compile(r"[^\W\d_][\w ()-]*")

Entry = tuple[str, int]  # account with checksum, smallest units


@dataclass(frozen=True)
class BadLine:
    """A line that says nothing usable: its number as an editor counts, why, and its beginning."""

    number: int
    problem: str
    text: str


@dataclass(frozen=True)
class AccountList:
    """What was read: entries by address, each account once; lines without address and amount are left out."""

    entries: tuple[Entry, ...]
    bad_lines: tuple[BadLine, ...] = ()
    repeated: int = 0  # how many of the bad lines name an account for another time

    @property
    def total_units(self) -> int:
        """All amounts together, smallest units."""
        return sum(units for _account, units in self.entries)

    @property
    def is_whole(self) -> bool:
        """Tell whether every line was read, and there was one."""
        return bool(self.entries) and not self.bad_lines


class UnreadableList(ValueError):
    """Bytes that are no text; or too many lines. The message says what to do."""


def read_bytes(data: bytes) -> AccountList:
    """Read a file. Raises: UnreadableList."""
    if len(data) > MOST_BYTES:
        raise UnreadableList(_("The file is too large: at most %(most)s kB.", most=MOST_BYTES // 1000))
    return read_text(text_of(data))


def text_of(data: bytes) -> str:
    """Give a file's text. Raises: UnreadableList."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise UnreadableList(_("This file is no text. Save the table as CSV in UTF-8."))
    return text


def read_text(text: str) -> AccountList:
    """Read lines of "address, amount". Empty lines, a heading, and lines that begin with # are passed over.

    Raises: UnreadableList when there are more lines than a list can have.
    """
    lines = LINE_END.split(text.removeprefix("\ufeff"))
    units_of: dict[str, int] = {}
    line_of: dict[str, int] = {}
    bad: list[BadLine] = []
    repeated, may_be_heading = 0, True
    for number, line in enumerate(lines, start=1):
        cells = [cell.strip().strip('"').strip() for cell in re.split(r"[,;\t]", line.strip())]
        if cells == [""] or cells[0].startswith("#"):
            continue
        is_heading = may_be_heading and all(HEADING.fullmatch(cell) for cell in cells)
        may_be_heading = False
        if is_heading:
            continue
        if len(units_of) + len(bad) == MOST_LINES:
            raise UnreadableList(_("The list is too long: at most %(most)s lines.", most=MOST_LINES))
        try:
            account, units = _entry(cells)
            if account in line_of:
                repeated += 1
                raise ValidationError(_("This account stands in line %(line)s already.", line=line_of[account]))
        except (ValidationError, BadAmount) as problem:
            bad.append(BadLine(number, str(problem), line.strip()[:SHOWN_OF_A_LINE]))
            continue
        units_of[account], line_of[account] = units, number
    return AccountList(_ordered(units_of.items()), tuple(bad), repeated)


def _entry(cells: list[str]) -> Entry:
    if len(cells) != 2:
        raise ValidationError(_("Write an address, a comma and an amount."))
    account = read_address(cells[0])
    units = parse_units(cells[1], DECIMALS, MAX_UINT112)
    if units == 0:
        raise ValidationError(_("The amount must be more than 0."))
    return account, units


def _ordered(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda entry: entry[0].lower()))


def written(entries: Iterable[Entry], remark: str) -> bytes:
    """Give a list's one spelling: a remark, a heading, then the entries by address with amounts in whole tokens."""
    lines = [f"# {remark}", "address,amount"]
    lines += [f"{account},{say_units(units, DECIMALS)}" for account, units in _ordered(entries)]
    return ("\n".join(lines) + "\n").encode()
