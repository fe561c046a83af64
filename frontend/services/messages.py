"""Messages between an order's seller and its holder: sealed and signed in browsers, chained, and kept here as ciphertexts.

Nothing here can read or write one. An author's published key has signed each, with the hash of its text under a blind, its
number, and the hash of the one before. Formats, and what can be proven with them: docs/messages.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from eth_account.messages import _hash_eip191_message, encode_defunct
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from flask_babel import gettext
from sqlalchemy import ColumnElement, and_, case, func, select, update

from frontend.errors import NotAllowed, Refused
from frontend.index.views import Order
from frontend.services.notes import HASH, MAX_SEALED_BYTES, NO_HASH, PrivateNotes, is_sealed, note_hash, recent, stamp
from frontend.signatures import signer_of
from frontend.store.database import Database
from frontend.store.models import AppMessage, AppMessageKey

DOMAIN = keccak(text="dokkaebi.message.v1")
MOST_IN_THREAD = 2_000
PER_PAGE = 50
MOST_COUNTED = 100
SENT_AGE_S = 600  # a message is signed just before it is sent
SIGNATURE_BYTES = 65


class Behind(Refused):
    """The author has not seen the newest message yet; what he signed does not follow it."""

    status = 409
    key = "message_behind"


@dataclass(frozen=True)
class Letter:
    """What an author signs. Accounts with checksum; hashes 0x hex; sent as statements write a time."""

    author: str
    reader: str
    order_key: str
    number: int  # from 1 in each thread
    after: str  # hash of the one before, zeros for the first
    words: str
    sealed_hash: str
    sent: str
    site: str
    chain_id: int
    market: str  # with checksum

    @property
    def text(self) -> str:
        """Give what is signed; the browser writes the same (static/js/messages.js)."""
        host = self.site.partition("://")[2]
        return (
            f"Message about an order at {host}\n\n"
            f"From: {self.author}\nTo: {self.reader}\nOrder: {self.order_key}\nNumber: {self.number}\nAfter: {self.after}\n"
            f"Words: {self.words}\nSealed: {self.sealed_hash}\nSent: {self.sent}\n"
            f"Site: {self.site}\nChain ID: {self.chain_id}\nMarket: {self.market}"
        )

    @property
    def hash(self) -> str:
        """Give the hash that is signed, by which the next message names this one."""
        return "0x" + bytes(_hash_eip191_message(encode_defunct(text=self.text))).hex()

    def signer(self, signature: str) -> str | None:
        """Give who has signed it, with checksum; None when the bytes are no key's signature."""
        return signer_of(encode_defunct(text=self.text), signature)


def words_hash(blind: str, text: str) -> str:
    """Give the hash of a message's text under its blind: keccak256(keccak256(domain) ‖ blind ‖ text)."""
    return "0x" + keccak(DOMAIN + bytes.fromhex(blind.removeprefix("0x")) + text.encode("utf-8", "replace")).hex()


@dataclass(frozen=True)
class Thread:
    """What one holder and the seller have written, as one account sees it."""

    holder: str  # lower case
    total: int
    unread: int
    is_open: bool  # its holder holds the order now: both sides may write


@dataclass(frozen=True)
class Unread:
    """A thread with messages that an account has not opened."""

    order_key: str
    holder: str
    count: int
    newest: int  # number of the newest of them
    sent_at_ts: int


@dataclass(frozen=True)
class Sent:
    """What an author's browser sends of a message."""

    reader: str
    number: int
    after: str
    words: str
    sent: str
    salt: str
    sealed: bytes
    signature: str


class Messages:
    """Keeps the messages of orders."""

    def __init__(self, db: Database, notes: PrivateNotes) -> None:
        self.db = db
        self.notes = notes

    # ---- reading

    def threads(self, order: Order, account: str) -> list[Thread]:
        """List the threads that an account may read, the present holder's first; none for who has no part in the order.

        The seller sees every holder's, a holder his own alone, also after he has handed the order over.
        """
        me, holder = account.lower(), order.holder.lower()
        unread = case((_unread_of(me), 1), else_=0)
        found = select(AppMessage.holder, func.count(), func.sum(unread)).where(AppMessage.order_key == order.key)
        if me != order.listing.seller.lower():
            found = found.where(AppMessage.holder == me)
        with self.db.reading() as session:
            rows = {row[0]: (int(row[1]), int(row[2])) for row in session.execute(found.group_by(AppMessage.holder))}
        if me in (order.listing.seller.lower(), holder):
            rows.setdefault(holder, (0, 0))
        threads = [Thread(one, total, new, one == holder) for one, (total, new) in rows.items()]
        return sorted(threads, key=lambda thread: (not thread.is_open, thread.holder))

    def newest(self, order: Order, account: str, holder: str, before: int | None = None) -> list[AppMessage]:
        """Give the newest messages of a thread, PER_PAGE at most, in the order they were sent; `before` is not included.

        Raises: NotAllowed to who may not read the thread.
        """
        self._check(order, account, holder)
        found = select(AppMessage).where(AppMessage.order_key == order.key, AppMessage.holder == holder.lower())
        if before is not None:
            found = found.where(AppMessage.number < before)
        with self.db.reading() as session:
            return list(session.scalars(found.order_by(AppMessage.number.desc()).limit(PER_PAGE)))[::-1]

    def keys_of(self, rows: Sequence[AppMessage]) -> list[AppMessageKey]:
        """Give the statements under which messages were signed, each once."""
        wanted = {(row.author, row.signer) for row in rows}
        with self.db.reading() as session:
            found = [session.get(AppMessageKey, one) for one in sorted(wanted)]
        return [row for row in found if row is not None]

    def statement(self, account: str, signer: str) -> AppMessageKey | None:
        """Give the statement that names what signs an account's messages, None when none is kept."""
        with self.db.reading() as session:
            return session.get(AppMessageKey, (account.lower(), signer))

    def unread(self, account: str) -> int:
        """Count what an account has not opened, up to MOST_COUNTED."""
        some = select(AppMessage.number).where(_unread_of(account)).limit(MOST_COUNTED).subquery()
        with self.db.reading() as session:
            return int(session.scalar(select(func.count()).select_from(some)) or 0)

    def waiting(self, account: str, most: int) -> list[Unread]:
        """List the threads with messages that an account has not opened, the newest first."""
        newest, sent = func.max(AppMessage.number), func.max(AppMessage.sent_at_ts)
        found = select(AppMessage.order_key, AppMessage.holder, func.count(), newest, sent).where(_unread_of(account))
        found = found.group_by(AppMessage.order_key, AppMessage.holder).order_by(sent.desc(), AppMessage.order_key)
        with self.db.reading() as session:
            return [Unread(*row) for row in session.execute(found.limit(most))]

    # ---- writing

    def post(self, order: Order, account: str, sent: Sent) -> AppMessage:
        """Keep a message. Only the seller and who holds the order now may write, to each other.

        Raises: NotAllowed to anybody else; Behind when it does not follow the newest; Refused when it is not sealed, too
        many, not of now, or not signed by the key that its author has published.
        """
        author = to_checksum_address(account)
        seller, holder = to_checksum_address(order.listing.seller), to_checksum_address(order.holder)
        if author not in (seller, holder):
            raise NotAllowed(gettext("Only the seller and who holds the order now may write here."))
        reader = seller if author == holder else holder
        if sent.reader.lower() != reader.lower():
            raise Behind(gettext("The order has another holder now. Please reload the page."))
        self._check_form(sent)
        letter = self.letter(order.key, author, reader, sent)
        signer = letter.signer(sent.signature)
        known = self.notes.key_of(author)
        if known is None or known.signer is None or signer != known.signer:
            raise Refused(
                gettext(
                    "The message is not signed by the key that you have published. Please look at the page “Keys for private notes”."
                ),
                key="message_signature",
            )
        row = AppMessage(
            order_key=order.key,
            holder=holder.lower(),
            number=sent.number,
            author=author.lower(),
            reader=reader.lower(),
            after=sent.after,
            hash=letter.hash,
            words=sent.words,
            salt=sent.salt,
            sealed=sent.sealed,
            signer=signer,
            signature=sent.signature.lower(),
            sent_at_ts=recent(sent.sent, SENT_AGE_S),
            site=letter.site,
            is_read=False,
        )
        thread = (AppMessage.order_key == row.order_key, AppMessage.holder == row.holder)
        with self.db.session() as session:
            last = session.scalars(
                select(AppMessage).where(*thread).order_by(AppMessage.number.desc()).limit(1)
            ).first()
            number, after = (last.number, last.hash) if last is not None else (0, NO_HASH)
            if number >= MOST_IN_THREAD:
                raise Refused(
                    gettext("%(most)s messages have been written about this order; no more fit.", most=MOST_IN_THREAD),
                    key="thread_full",
                )
            if (sent.number, sent.after) != (number + 1, after):
                raise Behind(gettext("Another message came meanwhile. Please look at it, and send yours again."))
            session.add(row)
        return row

    def mark_read(self, order_key: str, account: str, holder: str, number: int) -> None:
        """Note that an account has read a thread's messages up to a number; what it may not read is not touched."""
        thread = (AppMessage.order_key == order_key.lower(), AppMessage.holder == holder.lower())
        read = update(AppMessage).where(*thread, _unread_of(account), AppMessage.number <= number)
        with self.db.session() as session:
            session.execute(read.values(is_read=True))

    def letter(self, order_key: str, author: str, reader: str, sent: Sent) -> Letter:
        """Give what a message's author must have signed."""
        return Letter(
            author, reader, order_key, sent.number, sent.after, sent.words, note_hash(sent.salt, sent.sealed), sent.sent,
            self.notes.settings.origin, self.notes.registry.chain_id, self.notes.market,
        )  # fmt: skip

    def _check(self, order: Order, account: str, holder: str) -> None:
        if all(thread.holder != holder.lower() for thread in self.threads(order, account)):
            raise NotAllowed(gettext("Only the two sides of this order may fetch its messages."))

    def _check_form(self, sent: Sent) -> None:
        if len(sent.sealed) > MAX_SEALED_BYTES:
            raise Refused(gettext("The message is too long. Please shorten it."), key="message_too_large")
        hashes = all(HASH.fullmatch(value) for value in (sent.after, sent.words, sent.salt))
        if not hashes or not is_sealed(sent.sealed) or len(sent.signature) != 2 + 2 * SIGNATURE_BYTES:
            raise Refused(
                gettext("This is no sealed message. Nothing was kept; please reload the page and write it again."),
                key="not_sealed",
            )
        recent(sent.sent, SENT_AGE_S)


def told(row: AppMessage) -> dict[str, object]:
    """Give what a reader's browser needs to prove a message; the ciphertext goes beside it."""
    return {
        "number": row.number,
        "from": to_checksum_address(row.author),
        "to": to_checksum_address(row.reader),
        "after": row.after,
        "words": row.words,
        "sent": stamp(row.sent_at_ts),
        "salt": row.salt,
        "signature": row.signature,
        "site": row.site,
    }


def _unread_of(account: str) -> ColumnElement[bool]:
    return and_(AppMessage.reader == account.lower(), AppMessage.is_read.is_(False))
