"""Private notes: sellers' published keys, and ciphertexts that only their readers' browsers can open.

Nothing here can read a note. A key counts by its owner's signature, which the buyer's browser checks again; a ciphertext by
its hash, which stands in the purchase or the delivery. Formats: docs/notes.md.
"""

import re
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from eth_account.messages import _hash_eip191_message, encode_defunct
from eth_utils.address import is_checksum_address, to_checksum_address
from eth_utils.crypto import keccak
from flask_babel import gettext
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from frontend.config import Settings
from frontend.contracts.registry import Registry
from frontend.errors import NotAllowed, NotFound, Refused
from frontend.index.queries import Queries
from frontend.index.views import Order
from frontend.services.chain import Chain
from frontend.services.wallets import contract_wallet_agrees
from frontend.signatures import signer_of
from frontend.store.database import Database
from frontend.store.models import AppMessageKey, AppNote, AppNoteKey

DOMAIN = keccak(text="dokkaebi.note.v1")
PADDED_BYTES = (1024, 2048, 4096, 8192)
NONCE_AND_TAG_BYTES = 16 + 16
MAX_HEADER_BYTES = 2048
MAX_SEALED_BYTES = MAX_HEADER_BYTES + PADDED_BYTES[-1] + NONCE_AND_TAG_BYTES
MAX_SIGNATURE = 20_000
MAX_LOOSE = 50  # notes of one account that no order was prepared for; older ones make room
UNUSED_FOR_S = 7 * 86_400
FRESH_HEAD_S = 600
STATEMENT_AGE_S = 3_600
CLOCK_SKEW_S = 600
PRUNE_CHANCE = 20
PRUNE_AT_ONCE = 100
WISH, DELIVERY = "wish", "delivery"

HASH = re.compile(r"0x[0-9a-f]{64}")
NO_HASH = "0x" + "0" * 64
RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}", re.ASCII)
SIGNATURE = re.compile(r"0x([0-9a-fA-F]{2})+", re.ASCII)
ISSUED_AT = "%Y-%m-%dT%H:%M:%SZ"
AGE_HEADER = re.compile(
    rb"age-encryption\.org/v1\n"
    rb"(?:-> [!-~]{1,100}(?: [!-~]{1,200}){0,12}\n(?:[A-Za-z0-9+/]{64}\n){0,4}[A-Za-z0-9+/]{0,63}\n){1,8}"
    rb"--- [A-Za-z0-9+/]{43}\n"
)


@dataclass(frozen=True)
class NoteKey:
    """A key that its owner has published, with what a browser needs to check that."""

    account: str  # with checksum
    recipient: str  # age1…
    issued_at_ts: int
    signature: str  # of the statement, 0x hex
    by_contract: bool  # the account is a contract wallet: ERC-1271
    signer: str | None = None  # signs the account's messages, with checksum; None in older statements

    @property
    def issued_at(self) -> str:
        """Give the time as the statement writes it."""
        return stamp(self.issued_at_ts)


@dataclass(frozen=True)
class SealedNote:
    """A ciphertext as it lies here."""

    hash: str
    salt: str
    sealed: bytes
    author: str  # lower case


def stamp(at_ts: int) -> str:
    """Give a unix time as statements write it."""
    return datetime.fromtimestamp(at_ts, UTC).strftime(ISSUED_AT)


def recent(issued_at: str, age_s: int = STATEMENT_AGE_S) -> int:
    """Read a time as statements write it. Raises: Refused when it is older than age_s, or to come."""
    try:
        found = int(datetime.strptime(issued_at, ISSUED_AT).replace(tzinfo=UTC).timestamp())
    except ValueError:
        found = 0
    now = int(time.time())
    if stamp(found) != issued_at or not now - age_s <= found <= now + CLOCK_SKEW_S:
        raise Refused(
            gettext("The statement's time is not now. Please check your computer's clock, and try again."),
            key="note_key_time",
        )
    return found


def statement_of(
    *, origin: str, account: str, chain_id: int, market: str, recipient: str, issued_at: str, signer: str | None = None
) -> str:
    """Give the text that a key's owner signs; the browser writes the same (static/js/notes.js).

    Args: signer is what signs the account's messages; statements from before there were messages name none.
    """
    host = origin.partition("://")[2]
    signs = f"Signs messages: {signer}\n" if signer else ""
    return (
        f"{host} asks you to publish your key for private notes.\n\n"
        "Buyers will seal addresses and wishes to this key; whoever has its secret half can read them. "
        "This costs nothing, sends nothing, and allows nobody to move your money.\n\n"
        f"Account: {account}\nKey: {recipient}\n{signs}Site: {origin}\nChain ID: {chain_id}\nMarket: {market}\n"
        f"Issued At: {issued_at}"
    )


def note_hash(salt: str, sealed: bytes) -> str:
    """Give the hash of a salted ciphertext, as purchases and deliveries carry it."""
    return "0x" + keccak(DOMAIN + bytes.fromhex(salt.removeprefix("0x")) + sealed).hex()


def is_sealed(data: bytes) -> bool:
    """Tell whether bytes have the outer form of an age file of one of our sizes, to X25519 recipients."""
    if len(data) > MAX_SEALED_BYTES:
        return False
    header = AGE_HEADER.match(data[:MAX_HEADER_BYTES])
    if header is None or b"\n-> X25519 " not in header[0]:
        return False
    return len(data) - header.end() - NONCE_AND_TAG_BYTES in PADDED_BYTES


class PrivateNotes:
    """Keeps published keys and ciphertexts."""

    def __init__(self, settings: Settings, registry: Registry, chain: Chain, db: Database, queries: Queries) -> None:
        self.settings = settings
        self.registry = registry
        self.chain = chain
        self.db = db
        self.queries = queries

    @property
    def market(self) -> str:
        """Give the Market's address as statements and notes name it: with checksum."""
        return str(to_checksum_address(self.registry.address("Market")))

    # ---- keys

    def key_of(self, account: str) -> NoteKey | None:
        """Give the key that an account has published for this very market, or None."""
        with self.db.reading() as session:
            row = session.get(AppNoteKey, account.lower())
        if row is None or (row.origin, row.chain_id, row.market) != self._place():
            return None
        return NoteKey(
            to_checksum_address(row.account),
            row.recipient,
            row.issued_at_ts,
            row.signature,
            row.by_contract,
            row.signer,
        )

    def publish(
        self, account: str, recipient: str, issued_at: str, signature: str, signer: str | None = None
    ) -> NoteKey:
        """Keep an account's key in place of an older one.

        Args: account with checksum; issued_at as in the statement, UTC; signature of the statement, 0x hex; signer is
        what the statement says signs the account's messages, with checksum.
        Raises: Refused when the statement is old, or its signature not the account's; NodeError.
        Chain: for a contract wallet, eth_call of isValidSignature at the newest block.
        """
        if not RECIPIENT.fullmatch(recipient):
            raise Refused(
                gettext("This is no key for private notes. It begins with age1 and has 62 signs."), key="bad_note_key"
            )
        if signer is not None and not is_checksum_address(signer):
            raise Refused(
                gettext("What is to sign your messages is no address. Please reload the page."), key="bad_note_key"
            )
        issued_at_ts = recent(issued_at)
        by_contract = not self._signed(account, recipient, issued_at, signature, signer)
        origin, chain_id, market = self._place()
        row = AppNoteKey(
            account=account.lower(),
            recipient=recipient,
            origin=origin,
            chain_id=chain_id,
            market=market,
            issued_at_ts=issued_at_ts,
            signature=signature.lower(),
            by_contract=by_contract,
            signer=signer,
        )
        with self.db.session() as session:
            known = session.get(AppNoteKey, account.lower())
            # whoever has an old statement cannot bring an old key back
            if known is not None and known.market == market and known.issued_at_ts >= issued_at_ts:
                raise Refused(
                    gettext("A newer statement of yours is here already. Please publish the key once more."),
                    key="old_note_key",
                )
            session.merge(row)
            # the first statement about a signer stays: messages that were signed under it are proven by it
            if signer is not None and session.get(AppMessageKey, (row.account, signer)) is None:
                session.add(
                    AppMessageKey(
                        account=row.account,
                        signer=signer,
                        origin=origin,
                        recipient=recipient,
                        issued_at_ts=issued_at_ts,
                        signature=row.signature,
                        by_contract=by_contract,
                    )
                )
        return NoteKey(account, recipient, issued_at_ts, row.signature, by_contract, signer)

    # ---- ciphertexts

    def store(self, author: str, reader: str, salt: str, sealed: bytes) -> str:
        """Keep a ciphertext until an order carries its hash, and give that hash.

        Args: author and reader are accounts; salt is a 0x hash made for this note.
        Raises: Refused when it is no age file of ours.
        """
        if len(sealed) > MAX_SEALED_BYTES:
            raise Refused(gettext("The sealed note is too large. Please shorten it."), key="note_too_large")
        if not HASH.fullmatch(salt) or not is_sealed(sealed):
            raise Refused(
                gettext("This is no sealed note. Nothing was kept; please reload the page and write it again."),
                key="not_sealed",
            )
        found = note_hash(salt, sealed)
        if secrets.randbelow(PRUNE_CHANCE) == 0:
            self.prune()
        row = AppNote(
            hash=found,
            author=author.lower(),
            reader=reader.lower(),
            salt=salt,
            sealed=sealed,
            created_at_ts=int(time.time()),
            on_chain=False,
        )
        try:
            with self.db.session() as session:
                session.add(row)
                session.flush()
                loose = select(AppNote.hash).where(AppNote.author == row.author, AppNote.order_key.is_(None))
                newest = loose.order_by(AppNote.created_at_ts.desc(), AppNote.hash).limit(MAX_LOOSE)
                kept = [found, *session.scalars(newest)]
                session.execute(delete(AppNote).where(AppNote.hash.in_(loose), AppNote.hash.not_in(kept)))
        except IntegrityError:  # sent twice; the first one stays
            self._own(found, author)
        return found

    def claim(self, found: str, author: str, reader: str, order_key: str) -> None:
        """Tie an author's ciphertext to the order that is about to carry its hash.

        Raises: Refused when it is not here, somebody else's, for another reader, or another order's already.
        """
        row = self._own(found, author)
        if row.reader != reader.lower():
            raise Refused(
                gettext("The private note was sealed for somebody else. Please write it again."),
                key="note_other_reader",
                field="sealed",
            )
        if row.order_key not in (None, order_key) and self._is_used(row):
            raise Refused(
                gettext("This private note belongs to another order already. Please write it again."),
                key="note_used",
                field="sealed",
            )
        with self.db.session() as session:
            session.execute(update(AppNote).where(AppNote.hash == found).values(order_key=order_key))

    def read(self, order: Order, part: str, account: str) -> SealedNote:
        """Give an order's wish or delivery note to one of its parties.

        Raises: NotAllowed to anybody else; NotFound when there is none, or it is not stored here.
        """
        seller, payer = order.listing.seller.lower(), order.payer.lower()
        if account.lower() not in (seller, payer, order.holder.lower()):
            raise NotAllowed(gettext("Only buyer and seller of this order may fetch its private notes."))
        carried = order.purchase["specification"] if part == WISH else order.commitment
        if not carried or carried == NO_HASH:
            raise NotFound(gettext("This order carries no such note."), key="no_note")
        row = self._row(carried)
        # somebody else's hash can be copied into a purchase; the note stays its author's
        if row is None or row.author != (payer if part == WISH else seller):
            raise NotFound(gettext("The sealed note is not stored here."), key="note_missing")
        return SealedNote(row.hash, row.salt, row.sealed, row.author)

    def has_delivery(self, order: Order) -> bool:
        """Tell whether what the seller recorded at delivery is a sealed note that lies here."""
        row = self._row(order.commitment) if order.commitment else None
        return row is not None and row.author == order.listing.seller.lower()

    def prune(self, now_ts: int | None = None) -> int:
        """Throw away what no order has carried for a week; give how many. Does nothing while the index is behind."""
        now = int(time.time()) if now_ts is None else now_ts
        head = self.queries.head()
        if head is None or head.timestamp_ts < now - FRESH_HEAD_S:
            return 0
        with self.db.reading() as session:
            old = select(AppNote).where(AppNote.on_chain.is_(False), AppNote.created_at_ts < now - UNUSED_FOR_S)
            rows = list(session.scalars(old.order_by(AppNote.created_at_ts).limit(PRUNE_AT_ONCE)))
        used = [row.hash for row in rows if self._is_used(row)]
        unused = [row.hash for row in rows if row.hash not in used]
        with self.db.session() as session:
            session.execute(update(AppNote).where(AppNote.hash.in_(used)).values(on_chain=True))
            session.execute(delete(AppNote).where(AppNote.hash.in_(unused)))
        return len(unused)

    # ---- parts

    def _place(self) -> tuple[str, int, str]:
        return self.settings.origin, self.registry.chain_id, self.market

    def _signed(self, account: str, recipient: str, issued_at: str, signature: str, signer: str | None) -> bool:
        """Tell whether the account's own key has signed; False when its contract agrees instead. Raises: Refused."""
        origin, chain_id, market = self._place()
        message = encode_defunct(
            text=statement_of(
                origin=origin,
                account=account,
                chain_id=chain_id,
                market=market,
                recipient=recipient,
                issued_at=issued_at,
                signer=signer,
            )
        )
        if len(signature) <= MAX_SIGNATURE and SIGNATURE.fullmatch(signature):
            if signer_of(message, signature) == account:
                return True
            digest = bytes(_hash_eip191_message(message))
            if contract_wallet_agrees(self.chain, account, digest, bytes.fromhex(signature[2:])):
                return False
        raise Refused(
            gettext("The signature is not the account's. Please sign with the account that is shown."),
            key="note_key_signature",
        )

    def _row(self, found: str) -> AppNote | None:
        with self.db.reading() as session:
            return session.get(AppNote, found.lower())

    def _own(self, found: str, author: str) -> AppNote:
        row = self._row(found) if HASH.fullmatch(found) else None
        if row is None or row.author != author.lower():
            raise Refused(
                gettext("Your private note is not here (any more). Please write it again."),
                key="note_missing",
                field="sealed",
            )
        return row

    def _is_used(self, row: AppNote) -> bool:
        order = self.queries.order(row.order_key) if row.order_key else None
        return order is not None and row.hash in (order.purchase["specification"], order.commitment)
