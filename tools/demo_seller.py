"""The demo's seller of a file: a song is sealed before the market is filled, and its key delivered by a program afterwards.

Everything here is known to everybody, as all keys of the demo are. The program is the one that any seller runs:
docs/selling-files.md.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import secrets
import struct
import wave
from dataclasses import dataclass
from pathlib import Path

from eth_account import Account

from tools.chain import MNEMONIC
from tools.files.identity import identity_of
from tools.files.seal import seal

ACCOUNT = 7  # of the mnemonic; it sells this one file and sends nothing else
SOLD, SEALED, HASHES = "lullaby.wav", "lullaby.wav.age", "lullaby.json"
KEYS, KEYSTORE, PASSWORD = "keys.txt", "keystore.json", "password"
RATE, STEP_S, LOUDEST = 16_000, 0.4, 9_000
TUNE = (392, 440, 523, 440, 392, 330, 294, 330, 392, 330, 294, 262, 294, 330, 294, 262)  # Hz
LOOK_EVERY_S = 3
SCRYPT_ROUNDS = 4096  # quick: the key is no secret


@dataclass(frozen=True)
class Seller:
    """The seller's folder: what is sold, the same sealed, and the keys."""

    folder: Path

    def prepare(self) -> None:
        """Make what is missing. The sealed file stays as it is: a listing names its hashes."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        identity = identity_of(hashlib.sha256(f"{MNEMONIC} {ACCOUNT}".encode()).digest())
        Account.enable_unaudited_hdwallet_features()
        signer = Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{ACCOUNT}")
        _write(self.folder / KEYS, f"{identity}\n")
        _write(self.folder / PASSWORD, "demo\n")
        if not (self.folder / KEYSTORE).exists():
            keystore = Account.encrypt(signer.key, "demo", kdf="scrypt", iterations=SCRYPT_ROUNDS)
            _write(self.folder / KEYSTORE, json.dumps(keystore))
        if (self.folder / HASHES).exists() and (self.folder / SEALED).exists():
            return
        sing(self.folder / SOLD)
        made = seal(self.folder / SOLD, self.folder / SEALED, identity, secrets.token_bytes(32))
        _write(self.folder / HASHES, json.dumps(made.to_json()))

    def command(self, rpc: str, record: Path) -> list[str]:
        """Give the command line, behind the interpreter, of the program that delivers."""
        files = ("--keys", KEYS), ("--keystore", KEYSTORE), ("--password-file", PASSWORD)
        return [
            "-m", "tools.files", "deliver", *(word for option, name in files for word in (option, str(self.folder / name))),
            "--rpc", rpc, "--record", str(record), "--journal", str(self.folder / "deliveries.db"),
            "--watch", "--interval-s", str(LOOK_EVERY_S), "--answer",
        ]  # fmt: skip

    def for_the_demo(self) -> list[str]:
        """Give the words that tell the demo what to sell."""
        return ["--sealed", str(self.folder / SEALED), "--hashes", str(self.folder / HASHES)]


def sing(path: Path) -> None:
    """Write a short tune."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        count = int(RATE * STEP_S)
        for tone in TUNE:
            out.writeframes(b"".join(struct.pack("<h", _sample(tone, at, count)) for at in range(count)))


def _sample(tone: int, at: int, count: int) -> int:
    fading = 1 - at / count
    return int(LOUDEST * fading * math.sin(2 * math.pi * tone * at / RATE))


def _write(path: Path, text: str) -> None:
    """Write a file that its owner alone may read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(text)
