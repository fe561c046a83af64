"""What the index answers about sealed files: frozen rows of plain values, as in views.py."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SealedFile:
    """A file that is sold by its key. The hashes of ciphertext and plaintext are pieces hashes; the size is the plaintext's."""

    key_hash: str
    ciphertext_hash: str
    plaintext_hash: str
    size_bytes: int


@dataclass(frozen=True)
class Wrap:
    """A file's key for one point: the point made for it, and the key under its mask. Words of 32 bytes as 0x hex."""

    point_x: str
    point_y: str
    masked: str


@dataclass(frozen=True)
class KeyRequest:
    """A point to which an order's holder wants the key once more, and what the seller answered to it, the newest first.

    Whether an answer holds the right key only the holder can see; he may ask again with the same point.
    """

    order_key: str
    x: str
    y: str
    waiting: bool  # nothing was answered since it was asked the last time
    asked_at_ts: int
    tx_hash: str
    answers: tuple[Wrap, ...]
