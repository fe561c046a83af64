"""What pages and services ask the index about claim phases. Mixed into Queries."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, select

from frontend.index.claim_views import Claim, ClaimPhase, ClaimReserve
from frontend.index.models import claim_phases, claims, communities, ledger_credits
from frontend.index.selects import paged
from frontend.index.views import Credit, Page

PER_PAGE = 24
MAX_LIST = 500
NOT_SHOWN = ("opened_block", "opened_log_index")
PHASE = [column for column in claim_phases.c if column.name not in NOT_SHOWN]


class ClaimQueries:
    """Reads about claim phases."""

    _connect: Callable[[], AbstractContextManager[Connection]]  # Queries, which inherits this, has it

    def claim_phases(self, community_id: int, page: int = 1, per_page: int = PER_PAGE) -> Page[ClaimPhase]:
        """List a community's phases, the newest first."""
        found = select(*PHASE).where(claim_phases.c.community_id == community_id)
        with self._connect() as connection:
            return paged(connection, found, (claim_phases.c.number.desc(),), page, per_page, _phase)

    def claim_phase(self, community_id: int, number: int) -> ClaimPhase | None:
        """Give one phase of a community."""
        found = select(*PHASE).where(claim_phases.c.community_id == community_id, claim_phases.c.number == number)
        with self._connect() as connection:
            row = connection.execute(found).one_or_none()
        return None if row is None else ClaimPhase(*row)

    def claim_reserve(self, community_id: int) -> ClaimReserve | None:
        """Give what a community reserved for claims, and what its phases left of it; None where there is no such community."""
        reserved = select(communities.c.claim_allocation_units).where(communities.c.id == community_id)
        held = select(claim_phases.c.number, claim_phases.c.left_units, claim_phases.c.claimed_units)
        with self._connect() as connection:
            reserved_units = connection.execute(reserved).scalar_one_or_none()
            rows = connection.execute(held.where(claim_phases.c.community_id == community_id)).all()
        if reserved_units is None:
            return None
        allotted_units = sum(row.left_units + row.claimed_units for row in rows)
        newest = max((row.number for row in rows), default=0)
        return ClaimReserve(reserved_units, reserved_units - allotted_units, newest + 1)

    def claimed_units(self, community_id: int) -> int:
        """Give what was claimed in all phases of a community together."""
        found = select(claim_phases.c.claimed_units).where(claim_phases.c.community_id == community_id)
        with self._connect() as connection:
            return sum(connection.execute(found).scalars())

    def claims_of(self, account: str, phase_keys: Sequence[str]) -> dict[str, Claim]:
        """Give what an account has claimed in these phases, by the phase's key; where it has nothing is left out."""
        wanted = claims.c.phase_key.in_(list(phase_keys))
        found = select(claims).where(claims.c.account == account.lower(), wanted)
        with self._connect() as connection:
            return {row.phase_key: Claim(*row) for row in connection.execute(found)}

    def claims_in(self, phase_key: str, page: int = 1, per_page: int = PER_PAGE) -> Page[Claim]:
        """List who has claimed in a phase, the largest first."""
        found = select(claims).where(claims.c.phase_key == phase_key)
        order = (claims.c.claimed_units.desc(), claims.c.account)
        with self._connect() as connection:
            return paged(connection, found, order, page, per_page, _claim)

    def ledger_credits(self, ledger: str, account: str) -> list[Credit]:
        """List what a ledger other than the Market owes to an account, by currency."""
        mine = (ledger_credits.c.ledger == ledger.lower(), ledger_credits.c.account == account.lower())
        found = select(ledger_credits.c.currency, ledger_credits.c.amount_units).where(*mine)
        with self._connect() as connection:
            rows = connection.execute(found.order_by(ledger_credits.c.currency).limit(MAX_LIST))
            return [Credit(*row) for row in rows]


def _phase(row: Any) -> ClaimPhase:
    return ClaimPhase(*row)


def _claim(row: Any) -> Claim:
    return Claim(*row)
