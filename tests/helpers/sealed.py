"""Files as browsers seal them, cut in pieces."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import pyrage

PIECE = 1024 * 1024


@dataclass(frozen=True)
class Cut:
    """A ciphertext with its pieces and their list, worked out apart from the program under test."""

    data: bytes

    @property
    def pieces(self) -> list[bytes]:
        return [self.data[at : at + PIECE] for at in range(0, len(self.data), PIECE)]

    @property
    def names(self) -> list[str]:
        return [hashlib.sha256(piece).hexdigest() for piece in self.pieces]

    @property
    def piece_list(self) -> bytes:
        return b"".join(bytes.fromhex(name) for name in self.names)

    @property
    def hash(self) -> str:
        return "0x" + hashlib.sha256(self.piece_list).hexdigest()


def sealed(size: int, seed: int = 1) -> Cut:
    """Seal bytes that do not repeat to a new key."""
    plain = hashlib.shake_256(seed.to_bytes(4, "big")).digest(size)
    return Cut(bytes(pyrage.encrypt(plain, [pyrage.x25519.Identity.generate().to_public()])))
