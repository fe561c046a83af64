"""What an account is told of its orders, and how far it has read."""

from dataclasses import dataclass
from typing import Any

Place = tuple[int, int]  # block and log index
BEFORE_ALL: Place = (0, -1)


@dataclass(frozen=True)
class Notice:
    """Something that others did to an order of an account. It is the chain's event, seen from one role.

    kind: what it is switched by, a key of `TOLD`. name: the step, as timelines name it. role: buyer, seller or arbiter.
    """

    order_key: str
    kind: str
    name: str
    role: str
    at_ts: int
    block: int
    log_index: int
    tx_hash: str
    data: dict[str, Any]

    @property
    def place(self) -> Place:
        """Give where it stands on the chain."""
        return self.block, self.log_index
