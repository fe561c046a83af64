"""Notifications: what an account has read, what it wants to be told of, and the key of its private feed.

What happened is read from the index whenever it is asked for; here is only what the chain cannot know.
"""

import json
import secrets
import time
from collections.abc import Collection
from dataclasses import dataclass

from eth_utils.address import to_checksum_address
from flask_babel import gettext
from sqlalchemy import delete, select

from frontend.auth.sessions import hash_of
from frontend.content.lru import Remembered
from frontend.errors import NotFound
from frontend.index.notice_queries import KINDS, MESSAGES
from frontend.index.notice_views import BEFORE_ALL, Notice, Place
from frontend.index.queries import Queries
from frontend.index.views import Head
from frontend.services.messages import Messages, Unread
from frontend.store.database import Database
from frontend.store.models import AppFeedKey, AppNoticeMark, AppNoticeSwitch

MOST_COUNTED = 99  # unread ones; a page says “more than” beyond
ENTRY_BYTES = 300  # of a remembered count, about
REMEMBERED_BYTES = 3_000_000
MOST_THREADS = 30
MAX_PLACE = 2**63 - 1


@dataclass(frozen=True)
class Wishes:
    """How far an account has read, and what it wants to be told of."""

    read_to: Place
    kinds: tuple[str, ...]


class Notices:
    """Tells accounts what happened to their orders."""

    def __init__(self, db: Database, queries: Queries, messages: Messages) -> None:
        self.db = db
        self.queries = queries
        self.messages = messages
        self._counts: Remembered[int] = Remembered(REMEMBERED_BYTES)

    def wishes(self, account: str) -> Wishes:
        """Give how far an account has read on this chain, and what it wants to be told of."""
        return self._wishes(account, self.queries.head())

    def _wishes(self, account: str, head: Head | None) -> Wishes:
        with self.db.reading() as session:
            switch = session.get(AppNoticeSwitch, account.lower())
            mark = session.get(AppNoticeMark, (head.epoch_genesis, account.lower())) if head else None
        off = json.loads(switch.off) if switch is not None else ()
        kinds = tuple(kind for kind in KINDS if kind not in off)
        return Wishes((mark.block, mark.log_index) if mark is not None else BEFORE_ALL, kinds)

    def latest(self, account: str, most: int, before: Place | None = None) -> tuple[list[Notice], Place | None]:
        """List what an account wants to be told, the newest first, and where to read on; None at the end."""
        return self.queries.notices(account, self.wishes(account).kinds, most, before=before)

    def unread(self, account: str) -> int:
        """Count what an account has not read, messages too, up to MOST_COUNTED + 1.

        What stands on the chain is counted once for each block that the index reaches.
        """
        head = self.queries.head()
        if head is None:
            return 0
        wishes = self._wishes(account, head)
        key = (account.lower(), head.hash, wishes)
        found = self._counts.get(key)
        if found is None:
            told, _ = self.queries.notices(account, wishes.kinds, 2 * MOST_COUNTED, after=wishes.read_to)
            found = min(len(told), MOST_COUNTED + 1)
            self._counts.put(key, found, ENTRY_BYTES)
        if MESSAGES in wishes.kinds and found <= MOST_COUNTED:
            found += self.messages.unread(account)
        return min(found, MOST_COUNTED + 1)

    def messages_of(self, account: str, kinds: Collection[str]) -> list[Unread]:
        """List the threads with messages that an account has not opened; nothing when it does not want to be told."""
        return self.messages.waiting(account, MOST_THREADS) if MESSAGES in kinds else []

    def mark_read(self, account: str, place: Place) -> None:
        """Note that an account has read all up to a place on the chain; a mark never goes back, nor past the index."""
        head = self.queries.head()
        if head is None or not all(0 <= part <= MAX_PLACE for part in place):
            return
        place = min(place, (head.number, MAX_PLACE))
        with self.db.session() as session:
            known = session.get(AppNoticeMark, (head.epoch_genesis, account.lower()))
            if known is not None and (known.block, known.log_index) >= place:
                return
            row = AppNoticeMark(genesis_hash=head.epoch_genesis, account=account.lower())
            row.block, row.log_index = place
            session.merge(row)

    def choose(self, account: str, kinds: Collection[str]) -> None:
        """Tell an account of these kinds from now on, and of no others."""
        off = [kind for kind in KINDS if kind not in kinds]
        with self.db.session() as session:
            session.merge(AppNoticeSwitch(account=account.lower(), off=json.dumps(off)))

    # ---- the private feed

    def feed_since_ts(self, account: str) -> int | None:
        """Give when an account's present feed address was made, None when it has none."""
        with self.db.reading() as session:
            row = session.get(AppFeedKey, account.lower())
        return None if row is None else row.created_at_ts

    def renew_feed(self, account: str) -> str:
        """Make a new key for an account's feed and calendar, and give it; no one can be given it again, and the old one is void."""
        key = secrets.token_urlsafe(32)
        row = AppFeedKey(account=account.lower(), key_hash=hash_of(key), created_at_ts=int(time.time()))
        with self.db.session() as session:
            session.merge(row)
        return key

    def end_feed(self, account: str) -> None:
        """Make an account's feed address void."""
        with self.db.session() as session:
            session.execute(delete(AppFeedKey).where(AppFeedKey.account == account.lower()))

    def owner_of_feed(self, key: str) -> tuple[str, int]:
        """Give the account of a feed's key, with checksum, and when the key was made. Raises: NotFound."""
        with self.db.reading() as session:
            row = session.scalars(select(AppFeedKey).where(AppFeedKey.key_hash == hash_of(key))).one_or_none()
        if row is None:
            raise NotFound(
                gettext("This feed's address is not good (any more). Make a new one on the page of notifications."),
                key="no_feed",
            )
        return str(to_checksum_address(row.account)), row.created_at_ts
