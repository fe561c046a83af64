"""Members' pages: texts that a community's steward writes, and that only members of a tier may read.

What an account has locked is asked from the chain at every reading and never remembered: the index may be behind, and whoever
has asked for tokens back reads no more. Without an answer of the node the text stays closed. Who the steward is, the index says.
"""

import time
from dataclasses import dataclass
from typing import Any

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from flask_babel import gettext
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from frontend.errors import NodeDown, NotAllowed, NotFound, Refused
from frontend.index.member_views import Membership, needed_units
from frontend.index.queries import Queries
from frontend.index.views import Community
from frontend.services.chain import Chain
from frontend.services.intents import Intents
from frontend.services.members import ABI
from frontend.services.reverts import Reverted
from frontend.store.database import Database
from frontend.store.models import AppMembersPage

MAX_PAGES = 100  # of one community at a time
MAX_NUMBER = 2**63 - 1


@dataclass(frozen=True)
class Words:
    """What the steward gives."""

    title: str
    text: str
    lang: str
    tier: int  # the lowest that may read it; 0 = any member


@dataclass(frozen=True)
class Heading:
    """What everybody may know of a members' page. The text is not in it, so that no template can let it out."""

    number: int
    title: str
    lang: str
    tier: int
    author: str  # lower case
    version: int
    changed_at_ts: int


@dataclass(frozen=True)
class Standing:
    """What an account has locked in a community, and where tiers begin there. Smallest units."""

    locked_units: int
    tiers: tuple[int, ...]

    def reaches(self, tier: int) -> bool:
        """Tell whether that is enough for a tier; 0 takes a badge, which any locked token gives."""
        needed = needed_units(tier, self.tiers)
        return needed is not None and self.locked_units >= needed


class PageChanged(Refused):
    """Somebody else was faster. Args: version is the page's newest, to write upon."""

    key = "members_page_changed"

    def __init__(self, version: int) -> None:
        super().__init__(
            gettext(
                "This page was changed in another window meanwhile. What you typed is still here: look at the page in "
                "another tab, then save again to put your words in its place."
            )
        )
        self.version = version


class MembersOnly:
    """Keeps members' pages, and gives their texts to those who may read them."""

    def __init__(self, db: Database, queries: Queries, chain: Chain, intents: Intents) -> None:
        self.db = db
        self.queries = queries
        self.chain = chain
        self.intents = intents

    # ---- reading

    def count(self, community: Community) -> int:
        """Give how many pages there are."""
        with self.db.reading() as session:
            return self._count(session, community)

    def headings(self, community: Community) -> list[Heading]:
        """List the pages, the newest first."""
        there = select(*HEADING).where(*self._there(community)).order_by(AppMembersPage.number.desc())
        with self.db.reading() as session:
            return [Heading(*row) for row in session.execute(there)]

    def heading(self, community: Community, number: int) -> Heading:
        """Give what everybody may know of a page. Raises: NotFound."""
        one = select(*HEADING).where(*self._there(community), AppMembersPage.number == min(number, MAX_NUMBER))
        with self.db.reading() as session:
            row = session.execute(one).one_or_none()
        if row is None:
            raise NotFound(gettext("There is no such members' page, or it was taken down."))
        return Heading(*row)

    def standing(self, membership: Membership, account: str) -> Standing:
        """Give what an account has locked now.

        Raises: NodeError, also of another chain, and where the node does not know the membership.
        Chain: reads activeOf and tiers at the newest block.
        """
        self.intents.check_chain()
        address = to_checksum_address(membership.address)
        try:
            locked_units = int(self.chain.read(ABI, address, "activeOf", account))
            return Standing(locked_units, tuple(map(int, self.chain.read(ABI, address, "tiers"))))
        except Reverted:
            raise NodeDown("The node does not know a membership that the index knows.") from None

    def text_for_steward(self, community: Community, number: int, account: str) -> str:
        """Give a page's text to who writes it. Raises: NotAllowed, NotFound."""
        self._check_steward(community, account)
        return self._read(community, number).text

    def text_for_member(self, community: Community, number: int, standing: Standing) -> str | None:
        """Give a page's text to who has locked enough for it, and None to others. Raises: NotFound."""
        row = self._read(community, number)  # its tier comes with the text: a change in between opens nothing
        return row.text if standing.reaches(row.tier) else None

    # ---- writing

    def write(self, community: Community, account: str, words: Words, form_key: str) -> int:
        """Keep a new page, and give its number; the same form sent again is the page that it has made.

        Raises: NotAllowed unless the account is the steward; Refused when there are too many.
        """
        self._check_steward(community, account)
        form_hash = _hash_of(account, words, form_key)
        with self.db.session() as session:
            same = select(AppMembersPage.number).where(*self._there(community), AppMembersPage.form_hash == form_hash)
            known = session.scalar(same)
            if known is not None:
                return known
            if self._count(session, community) >= MAX_PAGES:
                raise Refused(
                    gettext("There are %(most)s members' pages already. Take one down first.", most=MAX_PAGES),
                    key="too_many_members_pages",
                )
            number = (session.scalar(select(func.max(AppMembersPage.number)).where(*self._of(community))) or 0) + 1
            session.add(self._row(community, account, words, number, form_hash))
        return number

    def change(self, community: Community, account: str, number: int, words: Words, version: int) -> None:
        """Put other words in a page's place. Args: version is the one that they were written upon.

        Raises: NotAllowed; NotFound; PageChanged.
        """
        self._check_steward(community, account)
        with self.db.session() as session:
            row = self._row_of(session, community, number)
            if row.version != version:
                raise PageChanged(row.version)
            row.title, row.text, row.lang, row.tier = words.title, words.text, words.lang, words.tier
            row.version += 1
            row.changed_at_ts = int(time.time())

    def remove(self, community: Community, account: str, number: int) -> None:
        """Take a page down, with its words. Raises: NotAllowed; NotFound."""
        if not self.may_remove(community, self.heading(community, number), account):
            raise NotAllowed(gettext("Only the steward may do this. Sign in with the steward's account."))
        with self.db.session() as session:
            row = self._row_of(session, community, number)
            row.title = row.text = ""
            row.removed_at_ts = int(time.time())

    def is_governed(self, community: Community) -> bool:
        """Tell whether a vote has the office of the steward, so that nobody can sign in as him."""
        governors = self.queries.governors(community.id)
        return any(community.steward.lower() == governor.timelock.lower() for governor in governors)

    def may_remove(self, community: Community, heading: Heading, account: str | None) -> bool:
        """Tell whether an account may take a page down: the steward, and where a vote is the steward, who wrote it."""
        if account is None:
            return False
        if _is_steward(community, account):
            return True
        return heading.author == account.lower() and self.is_governed(community)

    # ---- rows

    def _of(self, community: Community) -> tuple[Any, ...]:
        head = self.queries.head()
        genesis_hash = head.epoch_genesis if head is not None else ""
        return AppMembersPage.genesis_hash == genesis_hash, AppMembersPage.token == str(community.token).lower()

    def _there(self, community: Community) -> tuple[Any, ...]:
        return *self._of(community), AppMembersPage.removed_at_ts.is_(None)

    def _count(self, session: Session, community: Community) -> int:
        return session.scalar(select(func.count()).select_from(AppMembersPage).where(*self._there(community))) or 0

    def _read(self, community: Community, number: int) -> AppMembersPage:
        with self.db.reading() as session:
            return self._row_of(session, community, number)

    def _row_of(self, session: Session, community: Community, number: int) -> AppMembersPage:
        row = session.scalar(
            select(AppMembersPage).where(*self._there(community), AppMembersPage.number == min(number, MAX_NUMBER))
        )
        if row is None:
            raise NotFound(gettext("There is no such members' page, or it was taken down."))
        return row

    def _row(self, community: Community, account: str, words: Words, number: int, form_hash: str) -> AppMembersPage:
        head = self.queries.head()
        assert head is not None, "a community that the index knows stands on a chain"
        now = int(time.time())
        return AppMembersPage(
            genesis_hash=head.epoch_genesis,
            token=str(community.token).lower(),
            number=number,
            title=words.title,
            text=words.text,
            lang=words.lang,
            tier=words.tier,
            author=account.lower(),
            form_hash=form_hash,
            version=1,
            created_at_ts=now,
            changed_at_ts=now,
        )

    def _check_steward(self, community: Community, account: str) -> None:
        if not _is_steward(community, account):
            raise NotAllowed(gettext("Only the steward may do this. Sign in with the steward's account."))


HEADING = (
    AppMembersPage.number,
    AppMembersPage.title,
    AppMembersPage.lang,
    AppMembersPage.tier,
    AppMembersPage.author,
    AppMembersPage.version,
    AppMembersPage.changed_at_ts,
)


def _is_steward(community: Community, account: str) -> bool:
    return community.steward.lower() == account.lower()


def _hash_of(account: str, words: Words, form_key: str) -> str:
    parts = (account.lower(), form_key, words.title, words.text, words.lang, str(words.tier))
    return "0x" + keccak(text="\0".join(parts)).hex()
