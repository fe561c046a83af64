"""How splits stand: each version's payees and books, what an account can claim, and what waits in the Market."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from frontend.extensions import queries
from frontend.formatters import checksum, persona
from frontend.index.split_views import Split, SplitBook, SplitChange, SplitDue, SplitPayee, SplitVersion
from frontend.index.views import Credit
from frontend.services.split_changes import Row, link_of, proposed, rows_of
from frontend.services.splits import account_of_version

VERSIONS_PER_PAGE = 5
MOST_PROPOSALS = 10  # the newest that are shown
MOST_VERSIONS = 40  # the newest of each split, whose credits the list of splits looks up


@dataclass(frozen=True)
class VersionState:
    """A version with its books, and what the Market owes it."""

    version: SplitVersion
    waiting: list[Credit]

    @property
    def currencies(self) -> Iterator[str]:
        """Give the currencies that stand in it."""
        yield from (book.currency for book in self.version.books)
        yield from (credit.currency for credit in self.waiting)

    def dues_of(self, account: str) -> list[SplitDue]:
        """Give what an account can claim."""
        dues = (due for book in self.version.books for due in book.dues)
        return [due for due in dues if due.account == account and due.claimable_units]

    def dues_of_others(self, account: str, book: SplitBook) -> list[SplitDue]:
        """Give what other payees can claim of a book."""
        return [due for due in book.dues if due.account != account and due.claimable_units]


@dataclass(frozen=True)
class Waiting:
    """What the Market owes to one version in one currency, smallest units."""

    version: int
    currency: str
    amount_units: int


@dataclass(frozen=True)
class SplitState:
    """A split as one account sees it in its list."""

    split: Split
    parts_bps: int  # of the current version, that are the account's
    dues: list[SplitDue]
    waiting: list[Waiting]

    @property
    def currencies(self) -> Iterator[str]:
        """Give the currencies that stand in it."""
        yield from (due.currency for due in self.dues)
        yield from (found.currency for found in self.waiting)


@dataclass(frozen=True)
class Proposal:
    """A change that was proposed on the chain and can still be made."""

    found: SplitChange
    rows: list[Row]
    link: str  # what stands behind the `#` of its page

    @property
    def waits_for(self) -> list[str]:
        """Give the accounts that must agree and have not done so on the chain."""
        return [row.account for row in self.rows if row.must_agree and row.account not in self.found.approved_by]


def proposals_of(split: Split, payees: Sequence[SplitPayee], now_ts: int) -> list[Proposal]:
    """Give the changes that were proposed on the chain and can still be made, the newest first."""
    open_ones = [found for found in queries.split_changes(split.id) if found.deadline_ts >= now_ts]
    changes = [(found, proposed(found)) for found in open_ones[:MOST_PROPOSALS]]
    seats = queries.split_seats(split.id) if changes else {}
    return [
        Proposal(found, rows_of(change, split, payees, seats, now_ts), link_of(change)) for found, change in changes
    ]


def split_values(split: Split, payees: Sequence[SplitPayee], account: str, now_ts: int) -> dict[str, Any]:
    """Give what the script of a change's page has to know of the split; times in unix seconds."""
    return {
        "version": split.version,
        "seats": split.seat_count,
        "account": account,
        "now": now_ts,
        "payees": [
            {
                "seat": payee.seat,
                "account": checksum(payee.account),
                "name": persona(payee.account),
                "bps": payee.bps,
                "locked": payee.locked_until_ts,
            }
            for payee in payees
        ],
        "former": {str(seat): checksum(payee) for seat, payee in queries.split_seats(split.id).items()},
        "proposed": [
            {"link": proposal.link, "approved": proposal.found.approved_by}
            for proposal in proposals_of(split, payees, now_ts)
        ],
    }


def version_states(split_id: int, versions: Iterable[int]) -> list[VersionState]:
    """Give versions of a split as they stand; those that do not exist are left out."""
    found = [queries.split_version(split_id, version) for version in versions]
    known = [version for version in found if version is not None]
    owed = queries.credits_of([account_of_version(split_id, version.version) for version in known])
    return [VersionState(version, owed.get(account_of_version(split_id, version.version), [])) for version in known]


def split_states(account: str, splits: Sequence[Split]) -> list[SplitState]:
    """Give splits as an account (lower case) sees them."""
    by_split = groupby(queries.split_dues(account), key=lambda due: due.split_id)
    dues = {split_id: sorted(found, key=lambda due: -due.version) for split_id, found in by_split}
    owed = _owed(splits)
    return [
        SplitState(split, _parts_bps(account, split), dues.get(split.id, []), owed.get(split.id, []))
        for split in splits
    ]


def _parts_bps(account: str, split: Split) -> int:
    version = queries.split_version(split.id, split.version)
    return sum(payee.bps for payee in version.payees if payee.account == account) if version else 0


def _owed(splits: Sequence[Split]) -> dict[int, list[Waiting]]:
    """Give what the Market owes to the newest versions of splits, the newest first."""
    places = {
        account_of_version(split.id, version): (split.id, version)
        for split in splits
        for version in range(split.version, max(0, split.version - MOST_VERSIONS), -1)
    }
    credits = queries.credits_of(list(places))
    found: dict[int, list[Waiting]] = {}
    for account, (split_id, version) in places.items():
        for credit in credits.get(account, []):
            found.setdefault(split_id, []).append(Waiting(version, credit.currency, credit.amount_units))
    return found
