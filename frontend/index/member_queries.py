"""What pages and services ask the index about members. Mixed into Queries."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, select

from frontend.index.member_state import ALL
from frontend.index.member_views import Member, Membership, Unlock
from frontend.index.models import members, memberships, unlocks, vote_checkpoints
from frontend.index.selects import paged
from frontend.index.views import Page

PER_PAGE = 24
MAX_UNLOCKS = 200
MEMBERSHIP = [
    memberships.c[name]
    for name in ("address", "community_id", "token", "tiers", "locked_units", "member_count", "opened_at_ts")
]
MEMBER = [members.c[name] for name in ("account", "locked_units", "votes_units", "delegate", "joined_at_ts")]
UNLOCK = [unlocks.c[name] for name in ("number", "amount_units", "state", "requested_at_ts", "available_at_ts")]


class MemberQueries:
    """Reads about members."""

    _connect: Callable[[], AbstractContextManager[Connection]]  # Queries, which inherits this, has it

    def membership(self, community_id: int) -> Membership | None:
        """Give a community's membership, if it is open."""
        found = select(*MEMBERSHIP).where(memberships.c.community_id == community_id)
        with self._connect() as connection:
            row = connection.execute(found).one_or_none()
        return None if row is None else _membership(row)

    def membership_at(self, address: str) -> Membership | None:
        """Give the membership at an address, if there is one."""
        found = select(*MEMBERSHIP).where(memberships.c.address == address.lower())
        with self._connect() as connection:
            row = connection.execute(found).one_or_none()
        return None if row is None else _membership(row)

    def members(self, membership: str, page: int = 1, per_page: int = PER_PAGE) -> Page[Member]:
        """List those who hold a badge, the largest first."""
        found = select(*MEMBER).where(members.c.membership == membership, members.c.locked_units != 0)
        order = (members.c.locked_units.desc(), members.c.account)
        with self._connect() as connection:
            return paged(connection, found, order, page, per_page, _member)

    def member(self, membership: str, account: str) -> Member:
        """Give what an account has in a membership; nothing, for one that never had anything."""
        who = account.lower()
        found = select(*MEMBER).where(members.c.membership == membership, members.c.account == who)
        with self._connect() as connection:
            row = connection.execute(found).one_or_none()
        return Member(who, 0, 0, who, 0) if row is None else Member(*row)

    def delegators(self, membership: str, account: str, page: int = 1, per_page: int = PER_PAGE) -> Page[Member]:
        """List the others whose votes an account has, the largest first."""
        who = account.lower()
        mine = (members.c.membership == membership, members.c.delegate == who, members.c.account != who)
        found = select(*MEMBER).where(*mine, members.c.locked_units != 0)
        order = (members.c.locked_units.desc(), members.c.account)
        with self._connect() as connection:
            return paged(connection, found, order, page, per_page, _member)

    def unlocks(self, membership: str, account: str) -> list[Unlock]:
        """List an account's unlocks, the newest first."""
        mine = (unlocks.c.membership == membership, unlocks.c.account == account.lower())
        found = select(*UNLOCK).where(*mine).order_by(unlocks.c.number.desc()).limit(MAX_UNLOCKS)
        with self._connect() as connection:
            return [Unlock(*row) for row in connection.execute(found)]

    def votes_at(self, membership: str, account: str, at_ts: int) -> int:
        """Give how many votes an account had at the end of a second. Source: Votes.getPastVotes."""
        mine = (vote_checkpoints.c.membership == membership, vote_checkpoints.c.account == account.lower())
        found = select(vote_checkpoints.c.votes_units).where(*mine, vote_checkpoints.c.at_ts <= at_ts)
        with self._connect() as connection:
            newest = found.order_by(vote_checkpoints.c.at_ts.desc()).limit(1)
            return connection.execute(newest).scalar_one_or_none() or 0

    def locked_at(self, membership: str, at_ts: int) -> int:
        """Give how much was locked in all at the end of a second. Source: Votes.getPastTotalSupply."""
        return self.votes_at(membership, ALL, at_ts)


def _member(row: Any) -> Member:
    return Member(*row)


def _membership(row: Any) -> Membership:
    values = row._mapping
    return Membership(**{**values, "tiers": tuple(map(int, json.loads(values["tiers"])))})
