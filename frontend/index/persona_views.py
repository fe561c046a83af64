"""What the index answers about personas: frozen rows of plain values, as in views.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Persona:
    """A nickname and who bears it, or bore it last."""

    id: str
    nickname: str
    holder: str
    held_since_ts: int
    holder_count: int
    retired: bool
    offered_to: str | None
    accept_from_ts: int
    profile_uri: str
    profile_hash: str | None
    claimed_at_ts: int


@dataclass(frozen=True)
class PersonaHolding:
    """One holder's time with a persona; until_ts is 0 while it lasts."""

    persona: str
    place: int
    holder: str
    from_ts: int
    from_block: int
    from_log_index: int
    until_ts: int
    until_block: int | None
    until_log_index: int | None


@dataclass(frozen=True)
class PersonaRecord:
    """How many orders a holder has sold or bought under a nickname, by the state that they are in now."""

    sold: dict[str, int]
    bought: dict[str, int]

    @property
    def sold_count(self) -> int:
        """Give all that was sold, whatever became of it."""
        return sum(self.sold.values())

    @property
    def bought_count(self) -> int:
        """Give all that was bought, whatever became of it."""
        return sum(self.bought.values())


@dataclass(frozen=True)
class PersonaStep:
    """Something that happened to a persona."""

    name: str
    at_ts: int
    block: int
    tx_hash: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Commitment:
    """What an account without a persona is committed to."""

    commitment: str
    committed_at_ts: int
