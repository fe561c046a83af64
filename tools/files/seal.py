"""Sealing and opening: stock age, as a stream, with the hashes taken on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import pyrage

from tools.files.identity import identity_of
from tools.files.pieces import MOST_PLAIN_BYTES, PiecesHash
from tools.files.problems import FileProblem, WrongContent
from tools.files.wrap import derive_sold_key, key_hash
from tools.files.writing import unwritable, written_whole

Progress = Callable[[int, int], None]  # bytes done, bytes in all


@dataclass(frozen=True)
class Sealed:
    """What a listing says of its file, and the salt that its terms must have. Hashes and salt are 32 bytes."""

    salt: bytes
    key_hash: bytes
    ciphertext_hash: bytes
    plaintext_hash: bytes
    size: int  # bytes of the plaintext

    def to_json(self) -> dict[str, str | int]:
        """Give it for a person or a program to read."""
        return {
            "salt": "0x" + self.salt.hex(),
            "keyHash": "0x" + self.key_hash.hex(),
            "ciphertextHash": "0x" + self.ciphertext_hash.hex(),
            "plaintextHash": "0x" + self.plaintext_hash.hex(),
            "size": self.size,
        }


class _Through:
    """A file whose bytes are hashed as they are read or written."""

    def __init__(self, file: BinaryIO, moved: Callable[[int], None] = lambda _: None) -> None:
        self.hash = PiecesHash()
        self._file, self._moved = file, moved

    def read(self, size: int = -1) -> bytes:
        content = self._file.read(size)
        self.hash.add(content)
        self._moved(self.hash.size)
        return content

    def write(self, content: bytes) -> int:
        self.hash.add(content)
        return self._file.write(content)

    def flush(self) -> None:
        self._file.flush()


def seal(source: Path, target: Path, identity: str, salt: bytes, progress: Progress = lambda *_: None) -> Sealed:
    """Seal a file to the key that this identity and this salt give, and write the age file.

    Args: identity: the seller's note identity. salt: 32 bytes, which become the terms' salt.
    Raises: FileProblem. Nothing is left at `target` then.
    """
    sold = derive_sold_key(identity, salt)
    size = _size_of(source)
    recipient = _identity(sold).to_public()
    with _opened(source) as file, written_whole(target) as sealed:
        reader, writer = _Through(file, lambda done: progress(done, size)), _Through(sealed)
        try:
            pyrage.encrypt_io(reader, writer, [recipient])
        except (pyrage.EncryptError, OSError) as problem:
            raise FileProblem(f"{source} could not be sealed ({problem}). Is there room on the disk?") from None
        if reader.hash.size != size:
            raise FileProblem(f"{source} changed while it was sealed; try again when nobody writes to it.")
    return Sealed(salt, key_hash(salt, sold), writer.hash.hash(), reader.hash.hash(), size)


def open_sealed(
    source: Path, target: Path, key: bytes, plaintext_hash: bytes, progress: Progress = lambda *_: None
) -> int:
    """Open an age file with a sold key, and keep what is in it if it is what was promised; give its size in bytes.

    Raises: WrongContent when the key does not open it or another file is in it, FileProblem. Nothing is left at `target` then.
    """
    size = source.stat().st_size
    with _opened(source) as file, written_whole(target) as opened:
        reader, writer = _Through(file, lambda done: progress(done, size)), _Through(opened)
        try:
            pyrage.decrypt_io(reader, writer, [_identity(key)])
        except (pyrage.DecryptError, OSError) as problem:
            if isinstance(problem, OSError) and problem.errno is not None:  # the disk's, and nobody's fault
                raise unwritable(target, problem) from None
            raise WrongContent(
                f"the key does not open {source} ({problem}). If it is the file of the listing, the seller sealed it wrongly: "
                "open a dispute, and show the arbiter key and file."
            ) from None
        if writer.hash.hash() != plaintext_hash:
            raise WrongContent(
                f"what is in {source} is not the file that the listing promised: its hash is 0x{writer.hash.hash().hex()}. "
                "Open a dispute, and show the arbiter key and file."
            )
    return writer.hash.size


def _identity(key: bytes) -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.from_str(identity_of(key))


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as problem:
        raise FileProblem(f"{path} cannot be read ({problem.strerror}).") from None


def _size_of(path: Path) -> int:
    try:
        size = path.stat().st_size
    except OSError as problem:
        raise FileProblem(f"{path} cannot be read ({problem.strerror}).") from None
    if not size:
        raise FileProblem(f"{path} is empty; there is nothing to sell in it.")
    if size > MOST_PLAIN_BYTES:
        raise FileProblem(f"{path} has {size:,} bytes; a sealed file holds at most {MOST_PLAIN_BYTES:,}.")
    return size
