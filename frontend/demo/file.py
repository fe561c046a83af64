"""The demo's sealed file: sent in pieces as a browser sends them, and listed by its hashes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from frontend.content.pieces import PIECE_BYTES
from frontend.demo.browser import Browser, SeedProblem

FIELDS = {"key_hash": "keyHash", "ciphertext_hash": "ciphertextHash", "plaintext_hash": "plaintextHash", "size": "size", "salt": "salt"}  # fmt: skip
TITLE = "도깨비불 자장가 · A lullaby for will-o'-the-wisps"
TEXT = (
    "한밤에 등불을 재우는 짧은 가락이에요. 6초, WAV, 어느 재생기에서나 열려요. 마음대로 듣고 벨소리로 써도 되지만 다시 팔지는 말아 주세요.\n\n"
    "A short tune that puts lanterns to sleep: six seconds, WAV, for any player. Listen to it, ring with it, do not sell it on.\n\n"
    "열쇠는 프로그램이 몇 초 안에 전달해요. A program delivers the key within seconds."
)


@dataclass(frozen=True)
class DemoFile:
    """A sealed file, and what the command that sealed it has written."""

    sealed: Path
    hashes: Path

    def send(self, browser: Browser) -> None:
        """Send it to the market's store. Raises: SeedProblem."""
        csrf = browser.read("/auth/session")["csrfToken"]
        data = self._read(self.sealed)
        pieces = [data[at : at + PIECE_BYTES] for at in range(0, len(data), PIECE_BYTES)]
        for piece in pieces:
            browser.upload("PUT", f"/files/pieces/{sha256(piece).hexdigest()}", piece, csrf)
        browser.upload("POST", "/files", b"".join(sha256(piece).digest() for piece in pieces), csrf)

    def fields(self) -> dict[str, str | bool | bytes]:
        """Give the fields that a script fills in on the page of a new file. Raises: SeedProblem."""
        try:
            told: dict[str, Any] = json.loads(self._read(self.hashes))
            return {field: str(told[name]) for field, name in FIELDS.items()}
        except (ValueError, KeyError, TypeError):
            raise SeedProblem(f"{self.hashes} is not what `python -m tools.files seal` writes.") from None

    def _read(self, path: Path) -> bytes:
        try:
            return path.read_bytes()
        except OSError as problem:
            raise SeedProblem(f"{path} cannot be read ({problem.strerror}).") from None
