"""Sign-in nonces: good once, for one session, for a few minutes."""

import secrets
import time

from sqlalchemy import update

from frontend.auth.sessions import hash_of
from frontend.store.database import Database
from frontend.store.models import AppNonce

LIFE_S = 300


def issue(db: Database, session_id_hash: str) -> str:
    """Give a new nonce of a session: 32 hex letters, 128 bits."""
    nonce = secrets.token_hex(16)
    with db.session() as session:
        session.add(
            AppNonce(
                nonce_hash=hash_of(nonce),
                session_id_hash=session_id_hash,
                expires_at_ts=int(time.time()) + LIFE_S,
                used=False,
            )
        )
    return nonce


def consume(db: Database, session_id_hash: str, nonce: str) -> bool:
    """Use a nonce up; tell whether it was a session's own, fresh and unused. Only one of many callers hears yes."""
    with db.session() as session:
        result = session.execute(
            update(AppNonce)
            .where(
                AppNonce.nonce_hash == hash_of(nonce),
                AppNonce.session_id_hash == session_id_hash,
                AppNonce.used.is_(False),
                AppNonce.expires_at_ts > int(time.time()),
            )
            .values(used=True)
        )
        return bool(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def burn(db: Database, session_id_hash: str) -> None:
    """Use all nonces of a session up: after a failed sign-in it must ask for a new message."""
    with db.session() as session:
        session.execute(update(AppNonce).where(AppNonce.session_id_hash == session_id_hash).values(used=True))
