"""App tables: what only this server knows. They survive a rebuild of the index and join it by hash, id or address.

Addresses and hashes are lower-case 0x hex, times unix seconds, JSON is canonical text (sorted keys).
"""

from sqlalchemy import BigInteger, Boolean, Index, Integer, LargeBinary, MetaData, String, Text
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
    block_hash: Mapped[str | None] = mapped_column(HASH)  # of the block in which it was mined
    changed_at_ts: Mapped[int | None] = mapped_column(BigInteger)  # when its status last changed

    __table_args__ = (
        Index("ix_app_intents_account_created", "account", "created_at_ts"),
        Index("ix_app_intents_status", "status", "created_at_ts"),
    )


class AppContent(AppBase):
    """A description, text or picture that somebody gave; the bytes lie in the content store under the same hash."""

    __tablename__ = "app_contents"

    hash: Mapped[str] = mapped_column(HASH, primary_key=True)  # keccak256 of the bytes
    media_type: Mapped[str] = mapped_column(String(64))
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    title: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str | None] = mapped_column(Text)
    lang: Mapped[str | None] = mapped_column(String(8))
    picture_hash: Mapped[str | None] = mapped_column(HASH)
    pictures: Mapped[str | None] = mapped_column(Text)  # JSON list of the hashes of several, the cover first
    tags: Mapped[str | None] = mapped_column(Text)  # JSON list of words
    rules: Mapped[str | None] = mapped_column(Text)  # a community's house rules
    thumb_320_hash: Mapped[str | None] = mapped_column(HASH)  # of a picture: the same 320 pixels wide
    thumb_640_hash: Mapped[str | None] = mapped_column(HASH)
    merkle_root: Mapped[str | None] = mapped_column(HASH, index=True)  # of a claim phase's list
    created_at_ts: Mapped[int] = mapped_column(BigInteger)  # when it was last given


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


class AppLimit(AppBase):
    """How often something was asked in a window of time; who asked stands there as a hash under a key of one day."""

    __tablename__ = "app_limits"

    key_hash: Mapped[str] = mapped_column(HASH, primary_key=True)
    ends_at_ts: Mapped[int] = mapped_column(BigInteger, index=True)
    count: Mapped[int] = mapped_column(Integer)


class AppLimitKey(AppBase):
    """The day's random part of the key of those hashes. It is thrown away, and with it what the hashes could tell."""

    __tablename__ = "app_limit_keys"

    day: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    secret: Mapped[str] = mapped_column(HASH)


class AppSearch(AppBase):
    """What can be searched for: a stored description, or the name and symbol of a community as the chain has them.

    The words themselves stand under the same id in app_search_words, a table of the database's own kind for full text.
    """

    __tablename__ = "app_search"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    hash: Mapped[str | None] = mapped_column(HASH, index=True)
    name: Mapped[str | None] = mapped_column(Text)
    symbol: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)  # of the way words were cut

    __table_args__ = (Index("ix_app_search_name", "name", "symbol"),)


class AppNoteKey(AppBase):
    """The key that an account has published for private notes, and its signature of the statement that says so."""

    __tablename__ = "app_note_keys"

    account: Mapped[str] = mapped_column(ADDRESS, primary_key=True)
    recipient: Mapped[str] = mapped_column(String(80))  # age1…
    origin: Mapped[str] = mapped_column(Text)  # site, chain and market that the statement names
    chain_id: Mapped[int] = mapped_column(BigInteger)
    market: Mapped[str] = mapped_column(ADDRESS)  # with checksum, as the statement has it
    issued_at_ts: Mapped[int] = mapped_column(BigInteger)
    signature: Mapped[str] = mapped_column(Text)
    by_contract: Mapped[bool] = mapped_column(Boolean)
    signer: Mapped[str | None] = mapped_column(
        ADDRESS
    )  # signs the account's messages, with checksum; None in older statements


class AppNote(AppBase):
    """A private note as its author's browser sealed it; only its readers' browsers can open it."""

    __tablename__ = "app_notes"

    hash: Mapped[str] = mapped_column(HASH, primary_key=True)  # of the salted ciphertext, as it goes on the chain
    author: Mapped[str] = mapped_column(ADDRESS)
    reader: Mapped[str] = mapped_column(ADDRESS)
    salt: Mapped[str] = mapped_column(HASH)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    order_key: Mapped[str | None] = mapped_column(HASH)  # of the order that was last prepared with it
    on_chain: Mapped[bool] = mapped_column(Boolean)  # an order was seen to carry it
    created_at_ts: Mapped[int] = mapped_column(BigInteger)

    __table_args__ = (
        Index("ix_app_notes_author", "author", "created_at_ts"),
        Index("ix_app_notes_unused", "on_chain", "created_at_ts"),
    )


class AppMessageKey(AppBase):
    """A statement under which an account has signed messages. It stays when a newer one takes its place, to prove older messages."""

    __tablename__ = "app_message_keys"

    account: Mapped[str] = mapped_column(ADDRESS, primary_key=True)
    signer: Mapped[str] = mapped_column(ADDRESS, primary_key=True)  # with checksum, as the statement has it
    origin: Mapped[str] = mapped_column(Text)
    recipient: Mapped[str] = mapped_column(String(80))
    issued_at_ts: Mapped[int] = mapped_column(BigInteger)
    signature: Mapped[str] = mapped_column(Text)
    by_contract: Mapped[bool] = mapped_column(Boolean)


class AppMessage(AppBase):
    """A message of an order as its author's browser sealed and signed it. A thread is what one holder and the seller have written."""

    __tablename__ = "app_messages"

    order_key: Mapped[str] = mapped_column(HASH, primary_key=True)
    holder: Mapped[str] = mapped_column(ADDRESS, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)  # from 1 in each thread
    author: Mapped[str] = mapped_column(ADDRESS)
    reader: Mapped[str] = mapped_column(ADDRESS)
    after: Mapped[str] = mapped_column(HASH)  # hash of the one before, as its author saw it
    hash: Mapped[str] = mapped_column(HASH)  # of what is signed
    words: Mapped[str] = mapped_column(HASH)  # hash of the text under a blind that lies inside
    salt: Mapped[str] = mapped_column(HASH)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    signer: Mapped[str] = mapped_column(ADDRESS)  # with checksum
    signature: Mapped[str] = mapped_column(String(132))
    sent_at_ts: Mapped[int] = mapped_column(BigInteger)  # as its author signed it
    site: Mapped[str] = mapped_column(Text)  # likewise
    is_read: Mapped[bool] = mapped_column(Boolean)

    __table_args__ = (Index("ix_app_messages_unread", "reader", "is_read", "sent_at_ts"),)


class AppFilePiece(AppBase):
    """A piece of a sealed file, or the list of its pieces; the bytes lie in the store of sealed files under the same hash."""

    __tablename__ = "app_file_pieces"

    hash: Mapped[str] = mapped_column(HASH, primary_key=True)  # SHA-256 of the bytes
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    kept_at_ts: Mapped[int] = mapped_column(BigInteger, index=True)  # when it was last given, alone or in a list


class AppFile(AppBase):
    """A sealed file, all of whose pieces were here when its list was given."""

    __tablename__ = "app_files"

    hash: Mapped[str] = mapped_column(HASH, primary_key=True)  # SHA-256 of the list of its pieces
    size_bytes: Mapped[int] = mapped_column(BigInteger)
    kept_at_ts: Mapped[int] = mapped_column(BigInteger, index=True)  # when its list was last given


class AppMembersPage(AppBase):
    """A text that a community's steward wrote for members. A removed one is empty; its number is never given again."""

    __tablename__ = "app_members_pages"

    # a community's number comes back when a local chain begins anew, its token on that chain does not
    genesis_hash: Mapped[str] = mapped_column(HASH, primary_key=True)
    token: Mapped[str] = mapped_column(ADDRESS, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)  # from 1 in each community
    title: Mapped[str] = mapped_column(Text)  # everybody sees it
    text: Mapped[str] = mapped_column(Text)  # Markdown, for members only
    lang: Mapped[str] = mapped_column(String(8))
    tier: Mapped[int] = mapped_column(Integer)  # the lowest that may read it; 0 = any member
    author: Mapped[str] = mapped_column(ADDRESS)
    form_hash: Mapped[str] = mapped_column(HASH)  # of the form that made it, so that a double click makes one
    version: Mapped[int] = mapped_column(BigInteger)  # counts changes, from 1
    created_at_ts: Mapped[int] = mapped_column(BigInteger)
    changed_at_ts: Mapped[int] = mapped_column(BigInteger)
    removed_at_ts: Mapped[int | None] = mapped_column(BigInteger)


class AppNoticeMark(AppBase):
    """How far an account has read what it was told; the place of an event on one chain."""

    __tablename__ = "app_notice_marks"

    # blocks begin at 0 again when a local chain begins anew
    genesis_hash: Mapped[str] = mapped_column(HASH, primary_key=True)
    account: Mapped[str] = mapped_column(ADDRESS, primary_key=True)
    block: Mapped[int] = mapped_column(BigInteger)
    log_index: Mapped[int] = mapped_column(BigInteger)


class AppNoticeSwitch(AppBase):
    """What an account does not want to be told of."""

    __tablename__ = "app_notice_switches"

    account: Mapped[str] = mapped_column(ADDRESS, primary_key=True)
    off: Mapped[str] = mapped_column(Text)  # JSON list of kinds


class AppFeedKey(AppBase):
    """The key of an account's private feed and calendar, of which this is the hash."""

    __tablename__ = "app_feed_keys"

    account: Mapped[str] = mapped_column(ADDRESS, primary_key=True)
    key_hash: Mapped[str] = mapped_column(HASH, unique=True)
    created_at_ts: Mapped[int] = mapped_column(BigInteger)
