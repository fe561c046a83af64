"""Sign-In with Ethereum (EIP-4361): the message we write, and the check of what comes back.

The server writes the whole message. What comes back must be that message to the letter, and its signature the account's:
of its key, or for a contract wallet by ERC-1271. The library parses and compares; it is imported late, since it is slow to.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from eth_account.messages import _hash_eip191_message, encode_defunct
from eth_utils.address import is_checksum_address
from flask_babel import gettext

from frontend.errors import SignInRefused
from frontend.services.chain import Chain
from frontend.services.wallets import contract_wallet_agrees

LIFE = timedelta(minutes=5)
SKEW = timedelta(seconds=60)
MAX_MESSAGE = 2000
MAX_SIGNATURE = 20_000
STATEMENT = "Sign in to the Dokkaebi market. This costs nothing and sends nothing."

# (address, hash of the signed message, signature) → is it the contract wallet's?
WalletCheck = Callable[[str, bytes, bytes], bool]


@dataclass(frozen=True)
class Expected:
    """What a message must say; None is not compared (for reference vectors)."""

    domain: str | None = None
    uri: str | None = None
    chain_id: int | None = None
    nonce: str | None = None
    now: datetime | None = None


@dataclass(frozen=True)
class SignedIn:
    """What a good message said."""

    account: str
    nonce: str


def write_message(
    *, domain: str, origin: str, chain_id: int, account: str, nonce: str, now: datetime | None = None
) -> str:
    """Give the message to be signed. Args: account with checksum, nonce of at least 8 letters or digits."""
    issued = (now or datetime.now(UTC)).replace(microsecond=0)
    return (
        f"{domain} wants you to sign in with your Ethereum account:\n{account}\n\n{STATEMENT}\n\n"
        f"URI: {origin}\nVersion: 1\nChain ID: {chain_id}\nNonce: {nonce}\n"
        f"Issued At: {_stamp(issued)}\nExpiration Time: {_stamp(issued + LIFE)}"
    )


def parse(message: str) -> Any:
    """Give the library's message object.

    Raises: SignInRefused for anything that is not strictly an EIP-4361 message, or whose address has no checksum.
    """
    from siwe import SiweMessage

    if len(message) > MAX_MESSAGE:
        raise refused("siwe_malformed")
    lines = message.split("\n", 2)
    # the library lets an address without checksum through
    if len(lines) < 3 or not is_checksum_address(lines[1]):
        raise refused("siwe_address")
    try:
        return SiweMessage.from_message(message, abnf=True)
    except Exception as problem:
        raise refused("siwe_malformed") from problem


def check(parsed: Any, signature: str, expected: Expected, wallet_check: WalletCheck | None = None) -> SignedIn:
    """Check a parsed message and its signature. Raises: SignInRefused with a key that says what was wrong."""
    import siwe

    now = expected.now or datetime.now(UTC)
    reasons = {
        siwe.DomainMismatch: "siwe_domain",
        siwe.NonceMismatch: "siwe_nonce",
        siwe.UriMismatch: "siwe_uri",
        siwe.ChainIdMismatch: "siwe_chain",
        siwe.ExpiredMessage: "siwe_expired",
        siwe.NotYetValidMessage: "siwe_not_yet",
    }
    try:
        parsed.verify(
            signature,
            domain=expected.domain,
            nonce=expected.nonce,
            uri=expected.uri,
            chain_id=expected.chain_id,
            timestamp=now,
        )
    except siwe.InvalidSignature:
        if wallet_check is None or not _wallet_agrees(parsed, signature, wallet_check):
            raise refused("siwe_signature") from None
    except siwe.VerificationError as problem:
        raise refused(reasons.get(type(problem), "siwe_malformed")) from None
    except Exception as problem:
        raise refused("siwe_signature") from problem
    return SignedIn(str(parsed.address), str(parsed.nonce))


class Verifier:
    """Checks what our own sign-in page sends back."""

    def __init__(self, domain: str, origin: str, chain: Chain) -> None:
        self.domain = domain
        self.origin = origin
        self.chain = chain

    def verify(self, message: str, signature: str, nonce: str, *, now: datetime | None = None) -> str:
        """Give the account that signed our message with this nonce. Raises: SignInRefused, NodeError."""
        if not isinstance(signature, str) or len(signature) > MAX_SIGNATURE:
            raise refused("siwe_signature")
        parsed = parse(message)
        moment = now or datetime.now(UTC)
        expected = Expected(self.domain, self.origin, self.chain.chain_id, nonce, moment)
        if parsed.expiration_time is None or not self._is_recent(parsed, moment):
            raise refused("siwe_expired")
        signed_in = check(parsed, signature, expected, self._contract_wallet_agrees)
        issued = datetime.fromisoformat(str(parsed.issued_at))
        ours = write_message(
            domain=self.domain,
            origin=self.origin,
            chain_id=self.chain.chain_id,
            account=signed_in.account,
            nonce=nonce,
            now=issued,
        )
        if message != ours:
            raise refused("siwe_altered")
        return signed_in.account

    def _is_recent(self, parsed: Any, now: datetime) -> bool:
        issued = datetime.fromisoformat(str(parsed.issued_at))
        if issued.tzinfo is None:
            return False
        return -SKEW <= now - issued <= LIFE + SKEW

    def _contract_wallet_agrees(self, account: str, digest: bytes, signature: bytes) -> bool:
        """Ask a contract wallet by ERC-1271. Chain: eth_call at the newest block."""
        return contract_wallet_agrees(self.chain, account, digest, signature)


def _wallet_agrees(parsed: Any, signature: str, wallet_check: WalletCheck) -> bool:
    if not re.fullmatch(r"0x([0-9a-fA-F]{2})*", signature):
        return False
    digest = bytes(_hash_eip191_message(encode_defunct(text=parsed.prepare_message())))
    return wallet_check(str(parsed.address), digest, bytes.fromhex(signature[2:]))


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def refused(key: str) -> SignInRefused:
    """Give the refusal of one kind, with what to do."""
    texts = {
        "siwe_address": gettext("The account in the message is not written with its checksum. Please sign in again."),
        "siwe_domain": gettext(
            "The message was signed for another site. Nothing happened; do not sign messages for other sites."
        ),
        "siwe_uri": gettext("The message was signed for another address of the site. Please sign in again."),
        "siwe_chain": gettext("The message was signed for another network. Please sign in again."),
        "siwe_nonce": gettext("This message was used already, or belongs to another browser. Please sign in again."),
        "siwe_expired": gettext("The message is too old. Please sign in again, within five minutes."),
        "siwe_not_yet": gettext("The message is not valid yet. Please check your computer's clock and sign in again."),
        "siwe_signature": gettext(
            "The signature is not the account's. Please sign in again with the account that is shown."
        ),
        "siwe_altered": gettext("The message was changed on its way. Please sign in again."),
    }
    return SignInRefused(texts.get(key, gettext("This is not a sign-in message. Please sign in again.")), key=key)
