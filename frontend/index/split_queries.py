"""What pages and services ask the index about splits. Mixed into Queries."""

import json
from collections import defaultdict
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, and_, select, union

from frontend.index.models import (
    events,
    split_approvals,
    split_books,
    split_changes,
    split_claims,
    split_seats,
    split_shares,
    split_versions,
    splits,
)
from frontend.index.selects import paged
from frontend.index.split_state import MAX_ID, due_units, subject_of
from frontend.index.split_views import Split, SplitBook, SplitChange, SplitDue, SplitPayee, SplitStep, SplitVersion
from frontend.index.views import Page

PER_PAGE = 24
MAX_LIST = 500
STEP_NAMES = {
    "SplitVersionOpened": "version_opened",
    "SplitChangeProposed": "change_proposed",
    "SplitPayeeMoved": "payee_moved",
    "SplitReceived": "received",
    "SplitClaimed": "claimed",
}

SPLIT = [
    splits.c[name] for name in ("id", "creator", "version", "seat_count", "opened_at_ts", "changed_at_ts", "tx_hash")
]
_SEATED = and_(split_seats.c.split_id == split_shares.c.split_id, split_seats.c.seat == split_shares.c.seat)
_OF_VERSION = and_(split_books.c.split_id == split_shares.c.split_id, split_books.c.version == split_shares.c.version)
_OF_PLACE = and_(
    split_claims.c.split_id == split_shares.c.split_id,
    split_claims.c.version == split_shares.c.version,
    split_claims.c.place == split_shares.c.place,
    split_claims.c.currency == split_books.c.currency,
)
PAYEES = select(
    split_shares.c.place, split_shares.c.seat, split_seats.c.payee, split_shares.c.bps, split_shares.c.locked_until_ts
).select_from(split_shares.join(split_seats, _SEATED))
DUES = select(
    *(split_shares.c[name] for name in ("split_id", "version", "place", "bps")),
    *(split_seats.c.payee, split_books.c.currency, split_books.c.received_units, split_claims.c.claimed_units),
).select_from(split_shares.join(split_seats, _SEATED).join(split_books, _OF_VERSION).outerjoin(split_claims, _OF_PLACE))


class SplitQueries:
    """Reads about splits."""

    _connect: Callable[[], AbstractContextManager[Connection]]  # Queries, which inherits this, has it

    def split(self, split_id: int) -> Split | None:
        """Give a split as it stands."""
        with self._connect() as connection:
            row = connection.execute(select(*SPLIT).where(splits.c.id == _known(split_id))).one_or_none()
        return None if row is None else Split(*row)

    def split_version(self, split_id: int, version: int) -> SplitVersion | None:
        """Give a version with its payees and its books."""
        split_id, version = _known(split_id), _known(version)
        with self._connect() as connection:
            about = select(split_versions).where(
                split_versions.c.split_id == split_id, split_versions.c.version == version
            )
            row = connection.execute(about).one_or_none()
            if row is None:
                return None
            chosen = (split_shares.c.split_id == split_id, split_shares.c.version == version)
            payees = connection.execute(PAYEES.where(*chosen).order_by(split_shares.c.place))
            dues = DUES.where(*chosen).order_by(split_books.c.currency, split_shares.c.place)
            books = _books(list(connection.execute(dues.limit(MAX_LIST))))
            return SplitVersion(*[*row, [SplitPayee(*payee) for payee in payees], books])

    def split_versions(self, split_id: int, page: int = 1, per_page: int = PER_PAGE) -> Page[SplitVersion]:
        """List a split's versions, the newest first, with their payees and without their books."""
        split_id = _known(split_id)
        with self._connect() as connection:
            found = select(split_versions).where(split_versions.c.split_id == split_id)
            rows = paged(connection, found, (split_versions.c.version.desc(),), page, per_page, tuple)
            numbers = [row[1] for row in rows]
            payees: dict[int, list[SplitPayee]] = defaultdict(list)
            chosen = PAYEES.add_columns(split_shares.c.version).where(
                split_shares.c.split_id == split_id, split_shares.c.version.in_(numbers)
            )
            for *payee, version in connection.execute(chosen.order_by(split_shares.c.place)):
                payees[version].append(SplitPayee(*payee))
        items = [SplitVersion(*[*row, payees[row[1]], []]) for row in rows]
        return Page(items, rows.page, rows.pages, rows.total, rows.capped)

    def splits_of(self, account: str, page: int = 1, per_page: int = PER_PAGE) -> Page[Split]:
        """List the splits in which an account has or had a part, the newest first."""
        seated = select(split_seats.c.split_id).where(split_seats.c.payee == account.lower())
        with self._connect() as connection:
            found = select(*SPLIT).where(splits.c.id.in_(seated))
            return paged(connection, found, (splits.c.id.desc(),), page, per_page, _split)

    def splits_known_to(self, account: str, page: int = 1, per_page: int = PER_PAGE) -> Page[Split]:
        """List the splits in which an account has or had a part, and those that it made, the newest first."""
        seated = select(split_seats.c.split_id).where(split_seats.c.payee == account.lower())
        made = select(splits.c.id).where(splits.c.creator == account.lower())
        with self._connect() as connection:
            found = select(*SPLIT).where(splits.c.id.in_(union(seated, made)))
            return paged(connection, found, (splits.c.id.desc(),), page, per_page, _split)

    def split_dues(self, account: str) -> list[SplitDue]:
        """List what an account can claim now, in every split, version and currency; at most MAX_LIST books are looked at."""
        found = DUES.where(split_seats.c.payee == account.lower()).order_by(
            split_shares.c.split_id.desc(), split_shares.c.version.desc(), split_shares.c.place, split_books.c.currency
        )
        with self._connect() as connection:
            dues = [_due(row) for row in connection.execute(found.limit(MAX_LIST))]
        return [due for due in dues if due.claimable_units]

    def split_seats(self, split_id: int) -> dict[int, str]:
        """Give whose each seat is, also of those that have no share now; the first MAX_LIST."""
        found = select(split_seats.c.seat, split_seats.c.payee).where(split_seats.c.split_id == _known(split_id))
        with self._connect() as connection:
            rows = connection.execute(found.order_by(split_seats.c.seat).limit(MAX_LIST))
            return {row.seat: row.payee for row in rows}

    def split_changes(self, split_id: int) -> list[SplitChange]:
        """List the proposed changes that could still be made, the newest first, with who has agreed on the chain."""
        following = splits.c.version + 1
        found = (
            select(split_changes)
            .join(splits, and_(splits.c.id == split_changes.c.split_id, split_changes.c.version == following))
            .where(splits.c.id == _known(split_id))
            .order_by(split_changes.c.opened_block.desc(), split_changes.c.opened_log_index.desc())
            .limit(MAX_LIST)
        )
        with self._connect() as connection:
            rows = list(connection.execute(found))
            asked = select(split_approvals.c.change_hash, split_approvals.c.payee).where(
                split_approvals.c.change_hash.in_([row.hash for row in rows])
            )
            agreed: dict[str, list[str]] = defaultdict(list)
            for change_hash, payee in connection.execute(asked.order_by(split_approvals.c.payee)):
                agreed[change_hash].append(payee)
        return [_change(row, agreed[row.hash]) for row in rows]

    def split_approvals(self, change_hash: str) -> list[str]:
        """List the accounts that have approved a change on the chain, proposed there or not."""
        found = select(split_approvals.c.payee).where(split_approvals.c.change_hash == change_hash.lower())
        with self._connect() as connection:
            return list(connection.execute(found.order_by(split_approvals.c.payee).limit(MAX_LIST)).scalars())

    def split_steps(self, split_id: int, page: int = 1, per_page: int = PER_PAGE) -> Page[SplitStep]:
        """List what happened to a split, the newest first."""
        found = select(events).where(events.c.subject == subject_of(split_id), events.c.name.in_(STEP_NAMES))
        order = (events.c.block.desc(), events.c.log_index.desc())
        with self._connect() as connection:
            return paged(connection, found, order, page, per_page, _step)


def _known(number: int) -> int:
    """Give a number that a database can hold; 0, which nothing has, for one that is too large."""
    return number if 0 <= number <= MAX_ID else 0


def _split(row: Any) -> Split:
    return Split(*row)


def _due(row: Any) -> SplitDue:
    claimed = row.claimed_units or 0
    claimable = due_units(row.received_units, row.bps) - claimed
    return SplitDue(row.split_id, row.version, row.place, row.payee, row.currency, claimed, claimable)


def _books(rows: list[Any]) -> list[SplitBook]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.currency].append(row)
    return [
        SplitBook(currency, of_currency[0].received_units, [_due(row) for row in of_currency])
        for currency, of_currency in found.items()
    ]


def _change(row: Any, approved_by: list[str]) -> SplitChange:
    said = json.loads(row.change)
    return SplitChange(
        hash=row.hash,
        split_id=row.split_id,
        version=row.version,
        proposer=row.proposer,
        shares=said["shares"],
        new_payees=said["newPayees"],
        deadline_ts=said["deadline"],
        proposed_at_ts=row.proposed_at_ts,
        tx_hash=row.tx_hash,
        approved_by=approved_by,
    )


def _step(row: Any) -> SplitStep:
    return SplitStep(STEP_NAMES[row.name], row.at_ts, row.block, row.tx_hash, json.loads(row.args))
