"""How members and their unlocks are written on a page and in a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from eth_utils.address import to_checksum_address

from frontend.extensions import queries
from frontend.formatters import day_text
from frontend.index.member_views import Membership, Unlock
from frontend.pages.amounts import say_units
from frontend.pages.history import DAY_S

DECIMALS = 18
PER_READ = 200
MOST_IN_FILE = 20_000


@dataclass(frozen=True)
class UnlockState:
    """An unlock, and whether its tokens can be taken out now."""

    unlock: Unlock
    is_due: bool


def states_of(unlocks: Iterable[Unlock], now_ts: int) -> list[UnlockState]:
    """Give unlocks with what can be done about them at a time."""
    return [UnlockState(one, one.state == "waiting" and now_ts >= one.available_at_ts) for one in unlocks]


def file_of(membership: Membership) -> str:
    """Give all members as CSV, the largest first; amounts are exact decimal texts of whole tokens."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["account", "locked_tokens", "tier", "votes_tokens", "delegate", "member_since"])
    for page in range(1, MOST_IN_FILE // PER_READ + 1):
        found = queries.members(membership.address, page=page, per_page=PER_READ)
        if found.page != page:
            break
        for one in found.items:
            writer.writerow(
                [
                    to_checksum_address(one.account),
                    say_units(one.locked_units, DECIMALS),
                    membership.tier_of(one.locked_units),
                    say_units(one.votes_units, DECIMALS),
                    to_checksum_address(one.delegate),
                    day_text(one.joined_at_ts // DAY_S),
                ]
            )
    return out.getvalue()
