"""Messages that were picked as evidence: found in a statement's text, and whether they were really sent.

A picked message stands in the text with all that its proof needs, so that anybody can compare: docs/messages.md.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import lru_cache

from eth_account.messages import encode_defunct
from eth_utils.address import to_checksum_address

from frontend.services.messages import Letter, words_hash
from frontend.services.notes import statement_of
from frontend.signatures import signer_of

SIGNED, KEPT, STRANGER, BROKEN = "signed", "kept", "stranger", "broken"
CONTRACT = "contract"  # stands for the signature of a contract wallet, which is too long for a statement
WORD = "(0x[0-9a-f]{64})"
PICKED = re.compile(
    r"^\[message ([1-9][0-9]{0,5})\]\n"
    r"From: (0x[0-9a-fA-F]{40})\nTo: (0x[0-9a-fA-F]{40})\nSent: ([0-9TZ:-]{20})\n"
    rf"After: {WORD}\nSealed: {WORD}\nBlind: {WORD}\nSignature: (0x[0-9a-f]{{130}})\nSite: (https?://[!-~]{{1,200}})\n"
    r"Key: (age1[02-9ac-hj-np-z]{58})\nKey issued: ([0-9TZ:-]{20})\nKey signature: (0x[0-9a-f]{130}|contract)\n"
    r"((?:>[^\n]*\n)+)\[end of message \1\]$",
    re.ASCII | re.MULTILINE,
)
ESCAPED = re.compile(r"\\(?:\\|u\{([0-9a-f]{1,6})\})")


@dataclass(frozen=True)
class Picked:
    """A message in a statement.

    proof: SIGNED by a key that its author's account has signed for; KEPT: by a key that its author's contract wallet
    agreed to when it was published, as far as this server knows; STRANGER: signed, but not between the seller and a
    holder of this order; BROKEN: something of it was changed, or it was never sent.
    """

    number: int
    author: str  # with checksum
    reader: str
    sent: str
    text: str
    proof: str
    raw: str  # as it stands in the statement, for the reader's browser to compare


Keeps = Callable[[str, str], bool]  # whether a contract wallet's statement about a signer is kept here


def parts_of(
    text: str, *, order_key: str, chain_id: int, market: str, seller: str, holders: Collection[str], keeps: Keeps
) -> list[str | Picked]:
    """Cut a statement into words and picked messages, in their order.

    Args: order_key is of the order that the statement is about; holders are all accounts that ever held it, lower case.
    """
    parts: list[str | Picked] = []
    at = 0
    for found in PICKED.finditer(text):
        parts += [words] if (words := text[at : found.start()].strip()) else []
        parts.append(_picked(found, order_key, chain_id, market, seller.lower(), holders, keeps))
        at = found.end()
    return [*parts, words] if (words := text[at:].strip()) else parts


def unescaped(text: str) -> str:
    """Read a message's words as a statement writes them: what cannot be seen stands there as its code point."""

    def char(found: re.Match[str]) -> str:
        number = int(found[1], 16) if found[1] else ord("\\")
        return chr(number) if number < 0x110000 else found[0]

    return ESCAPED.sub(char, text)


def _picked(
    found: re.Match[str],
    order_key: str,
    chain_id: int,
    market: str,
    seller: str,
    holders: Collection[str],
    keeps: Keeps,
) -> Picked:
    author, reader = to_checksum_address(found[2]), to_checksum_address(found[3])
    blind, signature, site, recipient, issued_at, key_signature = found.group(7, 8, 9, 10, 11, 12)
    lines = [line.removeprefix(">").removeprefix(" ") for line in found[13][:-1].split("\n")]
    text = unescaped("\n".join(lines))
    words = words_hash(blind, text)
    letter = Letter(
        author, reader, order_key, int(found[1]), found[5], words, found[6], found[4], site, chain_id, market
    )
    signer = _signer(letter.text, signature)
    proof = BROKEN
    if signer is not None:
        statement = statement_of(
            origin=site, account=author, chain_id=chain_id, market=market, recipient=recipient, issued_at=issued_at,
            signer=signer,
        )  # fmt: skip
        if key_signature == CONTRACT:
            proof = KEPT if keeps(author, signer) else BROKEN
        elif _signer(statement, key_signature) == author:
            proof = SIGNED
    sides = {author.lower(), reader.lower()}
    if proof != BROKEN and not (seller in sides and (sides - {seller}) & set(holders)):
        proof = STRANGER
    return Picked(int(found[1]), author, reader, found[4], text, proof, found[0])


@lru_cache(maxsize=2048)
def _signer(text: str, signature: str) -> str | None:
    """Remembered: a page of a dispute is asked for often, and recovering a key is slow."""
    return signer_of(encode_defunct(text=text), signature)
