"""What the follower writes beside the chain tables: how it fares, and what a chain reset means for intents."""

import time

from sqlalchemy import Connection, Engine, delete, insert, update

from frontend.store.database import writing
from frontend.store.models import AppCurrency, AppFollower, AppIntent

EVERY_S = 5
FOLLOWER = 1
LIVING_INTENTS = ("built", "awaiting_wallet", "rejected", "failed", "submitted", "mined", "dropped")


class Notes:
    """The follower's own row; pages tell from it whether the node answers."""

    def __init__(self, engine: Engine) -> None:
        self._engine = writing(engine)
        self._last: tuple[object, ...] | None = None
        self._written_at = float("-inf")

    def write(self, status: str, *, node_ok: bool, node_number: int | None = None, detail: str | None = None) -> bool:
        """Say how things are; what has not changed is written only now and then. Tell whether it was written."""
        said = (status, node_ok, node_number, detail)
        if said == self._last and time.monotonic() - self._written_at < EVERY_S:
            return False
        values: dict[str, object] = {"status": status, "node_ok": node_ok, "detail": detail}
        if node_ok:
            values["seen_at_ts"] = int(time.time())
        if node_number is not None:
            values["node_number"] = node_number
        with self._engine.begin() as connection:
            changed = connection.execute(update(AppFollower).where(AppFollower.id == FOLLOWER).values(**values))
            if changed.rowcount == 0:
                connection.execute(insert(AppFollower).values(id=FOLLOWER, **values))
        self._last = said
        self._written_at = time.monotonic()
        return True


def note_new_chain(connection: Connection, genesis_hash: str) -> None:
    """End the intents that were built for a chain that is gone, and forget what its tokens said of themselves."""
    gone = update(AppIntent).where(AppIntent.genesis_hash != genesis_hash, AppIntent.status.in_(LIVING_INTENTS))
    connection.execute(gone.values(status="chain_reset"))
    connection.execute(delete(AppCurrency))
