"""What pages and services ask the index about personas. Mixed into Queries."""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select

from frontend.index.models import events, order_roles, orders, persona_accounts, persona_holdings, personas
from frontend.index.persona_state import subject_of
from frontend.index.persona_views import Commitment, Persona, PersonaHolding, PersonaRecord, PersonaStep
from frontend.index.selects import paged
from frontend.index.views import Page

PER_PAGE = 24
MAX_LIST = 500
MAX_COUNTED = 10_000
STEP_NAMES = {
    "PersonaClaimed": "claimed",
    "PersonaProfileSet": "profile_set",
    "PersonaOffered": "offered",
    "PersonaHandedOver": "handed_over",
    "PersonaRetired": "retired",
}
PERSONA = [
    *(personas.c[name] for name in ("id", "nickname", "holder", "held_since_ts", "holder_count", "retired")),
    *(personas.c[name] for name in ("offered_to", "accept_from_ts", "profile_uri", "profile_hash", "claimed_at_ts")),
]
NICKNAMES = select(persona_accounts.c.account, personas.c.nickname).join(
    personas, personas.c.id == persona_accounts.c.persona
)


class PersonaQueries:
    """Reads about personas."""

    _connect: Callable[[], AbstractContextManager[Connection]]  # Queries, which inherits this, has it

    def persona(self, persona_id: str) -> Persona | None:
        """Give a persona, retired or not."""
        found = self._personas(personas.c.id == persona_id.lower())
        return found[0] if found else None

    def persona_held_by(self, account: str) -> Persona | None:
        """Give the persona that an account bears now."""
        borne = select(persona_accounts.c.persona).where(persona_accounts.c.account == account.lower())
        found = self._personas(personas.c.id == borne.scalar_subquery())
        return found[0] if found else None

    def nicknames_of(self, accounts: Sequence[str]) -> dict[str, str]:
        """Give the nicknames that accounts bear now, by the account in lower case; who has none is left out."""
        wanted = persona_accounts.c.account.in_([account.lower() for account in accounts])
        with self._connect() as connection:
            return {row.account: row.nickname for row in connection.execute(NICKNAMES.where(wanted))}

    def named_since(self, accounts: Sequence[str]) -> dict[str, int]:
        """Give since when accounts bear their nicknames, unix time; who has none is left out."""
        found = select(persona_accounts.c.account, personas.c.held_since_ts)
        found = found.join(personas, personas.c.id == persona_accounts.c.persona)
        wanted = persona_accounts.c.account.in_([account.lower() for account in accounts])
        with self._connect() as connection:
            return dict(map(tuple, connection.execute(found.where(wanted))))

    def commitment_of(self, account: str) -> Commitment | None:
        """Give what an account without a persona is committed to."""
        found = select(persona_accounts.c.commitment, persona_accounts.c.committed_at_ts).where(
            persona_accounts.c.account == account.lower(), persona_accounts.c.commitment.is_not(None)
        )
        with self._connect() as connection:
            row = connection.execute(found).one_or_none()
        return None if row is None else Commitment(*row)

    def personas_offered_to(self, account: str) -> list[Persona]:
        """List what an account may take over, now or later; offers that nobody took in time are among them."""
        return self._personas(personas.c.offered_to == account.lower())

    def personas_like(self, skeleton: str) -> list[Persona]:
        """List the personas whose nicknames have this skeleton, retired ones too."""
        return self._personas(personas.c.skeleton == skeleton)

    def personas_named(self, beginning: str, most: int = 6) -> list[Persona]:
        """List the personas whose nicknames begin so, in the order of their bytes; retired ones are left out."""
        prefix = "0x" + beginning.encode("utf-8", "replace").hex()
        # an id is hex, so that nothing that begins so lies behind the letter g
        condition = and_(personas.c.id >= prefix, personas.c.id < prefix + "g", personas.c.retired.is_(False))
        return self._personas(condition, most) if beginning else []

    def _personas(self, condition: Any, most: int = MAX_LIST) -> list[Persona]:
        with self._connect() as connection:
            rows = connection.execute(select(*PERSONA).where(condition).order_by(personas.c.id).limit(most))
            return [Persona(*row) for row in rows]

    def persona_holdings(self, persona_id: str, page: int = 1, per_page: int = PER_PAGE) -> Page[PersonaHolding]:
        """List who has held a persona, the newest first."""
        found = select(persona_holdings).where(persona_holdings.c.persona == persona_id.lower())
        with self._connect() as connection:
            return paged(connection, found, (persona_holdings.c.place.desc(),), page, per_page, _holding)

    def persona_record(self, holding: PersonaHolding) -> PersonaRecord:
        """Count the orders that a holder has sold and bought in his time; at most MAX_COUNTED of each are looked at."""
        counted: dict[str, dict[str, int]] = {}
        with self._connect() as connection:
            for role in ("seller", "buyer"):
                mine = (order_roles.c.account == holding.holder, order_roles.c.role == role)
                states = (
                    select(orders.c.state)
                    .join(order_roles, order_roles.c.order_key == orders.c.key)
                    .where(*mine, _within(holding))
                    .limit(MAX_COUNTED)
                    .subquery()
                )
                rows = connection.execute(select(states.c.state, func.count()).group_by(states.c.state))
                counted[role] = dict(map(tuple, rows))
        return PersonaRecord(counted["seller"], counted["buyer"])

    def persona_steps(self, persona_id: str, page: int = 1, per_page: int = PER_PAGE) -> Page[PersonaStep]:
        """List what happened to a persona, the newest first."""
        subject = subject_of(persona_id.lower())
        found = select(events).where(events.c.subject == subject, events.c.name.in_(STEP_NAMES))
        order = (events.c.block.desc(), events.c.log_index.desc())
        with self._connect() as connection:
            return paged(connection, found, order, page, per_page, _step)


def _within(holding: PersonaHolding) -> ColumnElement[bool]:
    """Keep the orders that were paid for in a holder's time."""
    after = _behind(holding.from_block, holding.from_log_index)
    if holding.until_block is None or holding.until_log_index is None:
        return after
    return and_(after, ~_behind(holding.until_block, holding.until_log_index))


def _behind(block: int, log_index: int) -> ColumnElement[bool]:
    same_block = and_(order_roles.c.funded_block == block, order_roles.c.funded_log_index > log_index)
    return or_(order_roles.c.funded_block > block, same_block)


def _holding(row: Any) -> PersonaHolding:
    return PersonaHolding(*row)


def _step(row: Any) -> PersonaStep:
    return PersonaStep(STEP_NAMES[row.name], row.at_ts, row.block, row.tx_hash, json.loads(row.args))
