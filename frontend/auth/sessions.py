"""Sessions that live in the database: the cookie holds a random secret, the table its hash. Revoking one ends it at once."""

import hashlib
import secrets
import time
from typing import Any

from flask import Flask, Request, Response
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy import delete, or_, update

from frontend.config import Settings
from frontend.store.models import AppNonce, AppSession

IDLE_S = 24 * 3600
ABSOLUTE_S = 7 * 86400
ANONYMOUS_S = 6 * 3600
TOUCH_EVERY_S = 300
SWEEP_CHANCE = 200
# answers that are the same for everyone need no session
PUBLIC_PATHS = ("/static/", "/identicon/", "/content/", "/contracts/", "/health", "/ready")
FIELDS = ("account", "csrf_token")


class ServerSession(dict[str, Any], SessionMixin):
    """What a request knows of its session: `account` and `csrf_token`. Nothing else is kept."""

    def __init__(self, secret: str | None, row: AppSession | None) -> None:
        super().__init__()
        self.secret = secret if row is not None else None
        self.row = row
        self.accessed = True
        self.must_renew = False
        self.cookie_is_due = False
        if row is not None:
            if row.account:
                self["account"] = row.account
            if row.csrf:
                self["csrf_token"] = row.csrf
        self.loaded = dict(self)

    @property
    def modified(self) -> bool:  # type: ignore[override]  # a property here, a plain attribute in the mixin
        """Tell whether what is kept has changed."""
        return any(self.get(name) != self.loaded.get(name) for name in FIELDS)

    @property
    def id_hash(self) -> str | None:
        """Give the hash of the session's secret; None while there is no row yet."""
        return None if self.row is None else self.row.id_hash

    def renew(self) -> None:
        """Let the session go on under a new secret (at sign-in, so that nobody who knew the old one comes along)."""
        self.must_renew = True


def hash_of(secret: str) -> str:
    """Give what the table knows of a secret."""
    return "0x" + hashlib.sha256(secret.encode()).hexdigest()


class ServerSessions(SessionInterface):
    """Opens and saves sessions."""

    session_class = ServerSession

    def __init__(self, settings: Settings) -> None:
        self.cookie = "__Host-session" if settings.is_secure else "session"
        self.secure = settings.is_secure

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        """Give the session of the request's cookie; an empty one when there is none, or it has ended."""
        secret = request.cookies.get(self.cookie, "")
        if not secret or len(secret) > 100 or request.path.startswith(PUBLIC_PATHS):
            return ServerSession(None, None)
        now = int(time.time())
        db = app.extensions["dokkaebi"].db
        with db.reading() as session:
            row = session.get(AppSession, hash_of(secret))
        if row is None or row.revoked or now >= row.expires_at_ts or now - row.last_seen_ts > IDLE_S:
            return ServerSession(None, None)
        if now - row.last_seen_ts > TOUCH_EVERY_S:
            with db.session() as session:
                session.execute(update(AppSession).where(AppSession.id_hash == row.id_hash).values(last_seen_ts=now))
        return ServerSession(secret, row)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Keep what has changed, and give the browser its cookie."""
        if not isinstance(session, ServerSession):
            return  # the database was away when it was to be opened
        if session.row is not None and not session.get("account") and session.loaded.get("account"):
            self._end(app, session)
            response.delete_cookie(self.cookie, path="/", secure=self.secure, httponly=True, samesite="Lax")
            return
        if session.modified or session.must_renew:
            start_session(app, session)
        if not session.cookie_is_due:
            return
        assert session.secret is not None
        response.set_cookie(
            self.cookie,
            session.secret,
            max_age=ABSOLUTE_S,
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="Lax",
        )

    def _end(self, app: Flask, session: ServerSession) -> None:
        assert session.row is not None
        with app.extensions["dokkaebi"].db.session() as writing:
            writing.execute(update(AppSession).where(AppSession.id_hash == session.row.id_hash).values(revoked=True))


def start_session(app: Flask, session: ServerSession) -> None:
    """Write a session's row; a new one when it had none or must be renewed."""
    now = int(time.time())
    db = app.extensions["dokkaebi"].db
    with db.session() as writing:
        if session.row is not None and not session.must_renew:
            writing.execute(
                update(AppSession)
                .where(AppSession.id_hash == session.row.id_hash)
                .values(csrf=session.get("csrf_token"), account=_lower(session.get("account")))
            )
        else:
            if session.row is not None:
                writing.execute(
                    update(AppSession).where(AppSession.id_hash == session.row.id_hash).values(revoked=True)
                )
            session.secret = secrets.token_urlsafe(32)
            session.row = AppSession(
                id_hash=hash_of(session.secret),
                account=_lower(session.get("account")),
                csrf=session.get("csrf_token"),
                created_at_ts=now,
                last_seen_ts=now,
                expires_at_ts=now + (ABSOLUTE_S if session.get("account") else ANONYMOUS_S),
                revoked=False,
            )
            writing.add(session.row)
            session.cookie_is_due = True
        if secrets.randbelow(SWEEP_CHANCE) == 0:
            writing.execute(delete(AppSession).where(or_(AppSession.expires_at_ts < now, AppSession.revoked)))
            writing.execute(delete(AppNonce).where(AppNonce.expires_at_ts < now))
    session.must_renew = False
    session.loaded = dict(session)


def revoke_all(app: Flask, account: str) -> int:
    """End every session of an account, on every device; give how many."""
    with app.extensions["dokkaebi"].db.session() as writing:
        result = writing.execute(
            update(AppSession)
            .where(AppSession.account == account.lower(), AppSession.revoked.is_(False))
            .values(revoked=True)
        )
        return int(result.rowcount)


def _lower(account: str | None) -> str | None:
    return account.lower() if account else None
