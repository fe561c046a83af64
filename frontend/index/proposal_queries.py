"""What pages and services ask the index about governors, proposals and votes. Mixed into Queries."""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, select

from frontend.index.models import events, governors, proposal_votes, proposals
from frontend.index.proposal_views import FeeChange, Governor, Proposal, ProposedCall, Vote
from frontend.index.selects import paged
from frontend.index.views import Page

PER_PAGE = 24
MAX_GOVERNORS = 50
NOT_SHOWN = ("opened_block", "opened_log_index")
GOVERNOR = [column for column in governors.c if column.name not in NOT_SHOWN]
PROPOSAL = [column for column in proposals.c if column.name not in NOT_SHOWN]
VOTE = [proposal_votes.c[name] for name in ("voter", "choice", "weight_units", "reason", "voted_at_ts")]
NEWEST_GOVERNOR = (governors.c.opened_block.desc(), governors.c.opened_log_index.desc())
NEWEST = (proposals.c.opened_block.desc(), proposals.c.opened_log_index.desc())
FEE_EVENTS = ("FeeSet", "FeeRaiseAnnounced", "WaiversSet", "WaiverCutAnnounced")


class ProposalQueries:
    """Reads about self-rule."""

    _connect: Callable[[], AbstractContextManager[Connection]]  # Queries, which inherits this, has it

    def governors(self, community_id: int) -> list[Governor]:
        """List a community's governors, the newest first."""
        found = select(*GOVERNOR).where(governors.c.community_id == community_id)
        with self._connect() as connection:
            rows = connection.execute(found.order_by(*NEWEST_GOVERNOR).limit(MAX_GOVERNORS))
            return [Governor(**row._mapping) for row in rows]

    def proposals(self, community_id: int, page: int = 1, per_page: int = PER_PAGE) -> Page[Proposal]:
        """List what was proposed to all governors of a community, the newest first."""
        ours = select(governors.c.address).where(governors.c.community_id == community_id)
        found = select(*PROPOSAL).where(proposals.c.governor.in_(ours))
        with self._connect() as connection:
            return paged(connection, found, NEWEST, page, per_page, _proposal)

    def proposal(self, governor: str, proposal: str) -> Proposal | None:
        """Give one proposal."""
        mine = (proposals.c.governor == governor.lower(), proposals.c.id == proposal.lower())
        with self._connect() as connection:
            row = connection.execute(select(*PROPOSAL).where(*mine)).one_or_none()
        return None if row is None else _proposal(row)

    def executed_proposals(self, community_id: int, page: int = 1, per_page: int = PER_PAGE) -> Page[Proposal]:
        """List what was carried out, the newest first."""
        ours = select(governors.c.address).where(governors.c.community_id == community_id)
        found = select(*PROPOSAL).where(proposals.c.governor.in_(ours), proposals.c.executed_at_ts != 0)
        with self._connect() as connection:
            return paged(connection, found, (proposals.c.executed_at_ts.desc(), *NEWEST), page, per_page, _proposal)

    def votes(self, governor: str, proposal: str, page: int = 1, per_page: int = PER_PAGE) -> Page[Vote]:
        """List who voted, the heaviest first."""
        mine = (proposal_votes.c.governor == governor.lower(), proposal_votes.c.proposal_id == proposal.lower())
        order = (proposal_votes.c.weight_units.desc(), proposal_votes.c.voter)
        with self._connect() as connection:
            return paged(connection, select(*VOTE).where(*mine), order, page, per_page, _vote)

    def vote_of(self, governor: str, proposal: str, account: str) -> Vote | None:
        """Give how an account voted, if it did."""
        mine = (proposal_votes.c.governor == governor.lower(), proposal_votes.c.proposal_id == proposal.lower())
        found = select(*VOTE).where(*mine, proposal_votes.c.voter == account.lower())
        with self._connect() as connection:
            row = connection.execute(found).one_or_none()
        return None if row is None else Vote(*row)

    def fee_changes(self, community_id: int, page: int = 1, per_page: int = PER_PAGE) -> Page[FeeChange]:
        """List every change of a community's commission, the newest first."""
        named = ("at_ts", "tx_hash", "args")
        found = select(*(events.c[name] for name in named)).where(
            events.c.subject == str(community_id), events.c.name.in_(FEE_EVENTS)
        )
        order = (events.c.block.desc(), events.c.log_index.desc())
        with self._connect() as connection:
            rows = paged(connection, found, order, page, per_page, _plain)
            hashes = [row.tx_hash for row in rows.items]
            ours = select(governors.c.address).where(governors.c.community_id == community_id)
            decided = select(*PROPOSAL).where(proposals.c.governor.in_(ours), proposals.c.executed_tx.in_(hashes))
            done = connection.execute(decided)
            by_tx = {row.executed_tx: _proposal(row) for row in done}
        changes = [_fee_change(row, by_tx) for row in rows.items]
        return Page(changes, rows.page, rows.pages, rows.total, rows.capped)


def _fee_change(row: Any, by_tx: dict[str, Proposal]) -> FeeChange:
    said = json.loads(row.args)
    waivers = (said["tokenWaiver"], said["memberWaiver"]) if "tokenWaiver" in said else None
    when = (said.get("raiseAt", 0), row.at_ts)
    return FeeChange(said.get("feeBps"), waivers, *when, row.tx_hash, by_tx.get(row.tx_hash))


def _plain(row: Any) -> Any:
    return row


def _vote(row: Any) -> Vote:
    return Vote(*row)


def _proposal(row: Any) -> Proposal:
    values = row._mapping
    calls = tuple(ProposedCall(target, int(wei), data) for target, wei, data in json.loads(values["calls"]))
    return Proposal(**{**values, "calls": calls})
