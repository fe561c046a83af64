"""App tables: what only this server knows. They survive a rebuild of the index and join it by hash, id or address.

Addresses and hashes are lower-case 0x hex, times unix seconds, JSON is canonical text (sorted keys).
"""

from sqlalchemy import BigInteger, Boolean, Index, Integer, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from frontend.store.columns import Uint256

ADDRESS = String(42)
HASH = String(66)

app_metadata = MetaData()


class AppBase(DeclarativeBase):
    """Base of all app tables."""

    metadata = app_metadata


class AppSession(AppBase):
    """A browser's session; its cookie holds the secret of which this is the hash."""

    __tablename__ = "app_sessions"

    id_hash: Mapped[str] = mapped_column(HASH, primary_key=True)
    account: Mapped[str | None] = mapped_column(ADDRESS)
    csrf: Mapped[str | None] = mapped_column(String(128))
    created_at_ts: Mapped[int] = mapped_column(BigInteger)
    last_seen_ts: Mapped[int] = mapped_column(BigInteger)
    expires_at_ts: Mapped[int] = mapped_column(BigInteger, index=True)
    revoked: Mapped[bool] = mapped_column(Boolean, default=False)

    __table_args__ = (Index("ix_app_sessions_account", "account"),)


class AppNonce(AppBase):
    """A sign-in nonce: good once, for one session, for a short time."""

    __tablename__ = "app_nonces"

    nonce_hash: Mapped[str] = mapped_column(HASH, primary_key=True)
    session_id_hash: Mapped[str] = mapped_column(HASH, index=True)
    expires_at_ts: Mapped[int] = mapped_column(BigInteger, index=True)
    used: Mapped[bool] = mapped_column(Boolean, default=False)


class AppIntent(AppBase):
    """An unsigned transaction that was built for an account, and what became of it."""

    __tablename__ = "app_intents"

    id: Mapped[str] = mapped_column(HASH, primary_key=True)
    idempotency_key: Mapped[str] = mapped_column(HASH, unique=True)
    account: Mapped[str] = mapped_column(ADDRESS)
    chain_id: Mapped[int] = mapped_column(BigInteger)
    genesis_hash: Mapped[str] = mapped_column(HASH)
    action: Mapped[str] = mapped_column(String(64))
    to: Mapped[str] = mapped_column(ADDRESS)
    data: Mapped[str] = mapped_column(Text)
    value_wei: Mapped[int] = mapped_column(Uint256)
    gas: Mapped[int] = mapped_column(BigInteger)
    args: Mapped[str] = mapped_column(Text)  # JSON
    summary: Mapped[str] = mapped_column(Text)  # JSON
    status: Mapped[str] = mapped_column(String(32))
    tx_hash: Mapped[str | None] = mapped_column(HASH, index=True)
    nonce: Mapped[int | None] = mapped_column(BigInteger)
    error: Mapped[str | None] = mapped_column(Text)  # JSON
    ref: Mapped[str | None] = mapped_column(HASH)
    subject: Mapped[str | None] = mapped_column(String(128))
    created_at_ts: Mapped[int] = mapped_column(BigInteger)
    expires_at_ts: Mapped[int] = mapped_column(BigInteger)
    submitted_at_ts: Mapped[int | None] = mapped_column(BigInteger)
    checked_at_ts: Mapped[int | None] = mapped_column(BigInteger)
    block: Mapped[int | None] = mapped_column(BigInteger)

    __table_args__ = (
        Index("ix_app_intents_account_created", "account", "created_at_ts"),
        Index("ix_app_intents_status", "status", "created_at_ts"),
    )


class AppContent(AppBase):
    """A description or picture that somebody published; the bytes lie in CONTENT_DIR/<2 hex>/<hash>."""

    __tablename__ = "app_contents"

    hash: Mapped[str] = mapped_column(HASH, primary_key=True)  # keccak256 of the bytes
    media_type: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(Text)
    lang: Mapped[str | None] = mapped_column(String(8))
    picture_hash: Mapped[str | None] = mapped_column(HASH)
    tags: Mapped[str | None] = mapped_column(Text)  # JSON list of words
    rules: Mapped[str | None] = mapped_column(Text)  # a community's house rules
    created_at_ts: Mapped[int] = mapped_column(BigInteger)


class AppDraft(AppBase):
    """A form that somebody has begun, so that it survives signing in or a lost page."""

    __tablename__ = "app_drafts"

    id: Mapped[str] = mapped_column(HASH, primary_key=True)
    account: Mapped[str] = mapped_column(ADDRESS)
    area: Mapped[str] = mapped_column(String(32))
    fields: Mapped[str] = mapped_column(Text)  # JSON
    updated_at_ts: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (Index("ix_app_drafts_account", "account", "area", "updated_at_ts"),)


class AppFollower(AppBase):
    """How the index follower fares: one row. It is here, not among the chain tables, because it tells the wall clock."""

    __tablename__ = "app_follower"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)  # always 1
    seen_at_ts: Mapped[int | None] = mapped_column(BigInteger)  # wall clock when the node last answered
    node_ok: Mapped[bool] = mapped_column(Boolean, default=False)
    node_number: Mapped[int | None] = mapped_column(BigInteger)  # the node's newest block then
    status: Mapped[str] = mapped_column(String(32), default="starting")
    detail: Mapped[str | None] = mapped_column(Text)  # one sentence for the operator; never a URL


class AppCurrency(AppBase):
    """What a token that is not a community's says of itself. It is asked from the token, so it is no chain table."""

    __tablename__ = "app_currencies"

    address: Mapped[str] = mapped_column(ADDRESS, primary_key=True)
    symbol: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    decimals: Mapped[int] = mapped_column(Integer)
    configured: Mapped[bool] = mapped_column(Boolean, default=False)  # the operator offers it in forms
    asked_at_ts: Mapped[int] = mapped_column(BigInteger)
