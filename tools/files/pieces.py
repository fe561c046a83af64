"""The pieces hash of docs/sealed-files.md, piece by piece: a file is never in memory as a whole."""

from __future__ import annotations

import hashlib
from pathlib import Path

from tools.files.problems import FileProblem

PIECE_BYTES = 1 << 20
HASH_BYTES = 32
MOST_PLAIN_BYTES = 1 << 30


class PiecesHash:
    """The hash of what it is fed with, in whatever portions."""

    def __init__(self) -> None:
        self.size = 0  # bytes
        self._list = hashlib.sha256()
        self._piece = hashlib.sha256()
        self._room = PIECE_BYTES  # what the piece at hand still takes

    def add(self, content: bytes) -> None:
        """Take the next bytes."""
        rest = memoryview(content)
        self.size += len(rest)
        while rest:
            part, rest = rest[: self._room], rest[self._room :]
            self._piece.update(part)
            self._room -= len(part)
            if not self._room:
                self._list.update(self._piece.digest())
                self._piece, self._room = hashlib.sha256(), PIECE_BYTES

    def hash(self) -> bytes:
        """Give the hash, 32 bytes, of all that came. Raises: FileProblem when nothing came."""
        if not self.size:
            raise FileProblem("the file is empty; there is nothing to sell in it.")
        whole = self._list.copy()
        if self._room < PIECE_BYTES:
            whole.update(self._piece.digest())
        return whole.digest()


def pieces_of(path: Path) -> PiecesHash:
    """Read a file through, a piece at a time. Raises: FileProblem when it cannot be read."""
    found = PiecesHash()
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE_BYTES):
                found.add(piece)
    except OSError as problem:
        raise FileProblem(f"{path} cannot be read ({problem.strerror}).") from None
    return found
