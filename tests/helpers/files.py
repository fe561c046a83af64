"""Sealed files as contracts meet them: what a listing says of its file, whose point a purchase carries, and wrapped keys.

All of it follows from the salts of terms and purchase, so that a deal has nothing more to remember. The curve is py_ecc's, in
tools/files/wrap.py, and shares no code with the contracts. It takes a tenth of a second for a point, so there are few secrets.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256

from eth_utils import keccak

from tests.helpers.terms import Purchase, words_of
from tools.files import wrap as curve

SIZE_BYTES = 1_234_567
SECRETS = EPHEMERALS = 3
RIGHT, WRONG = True, False


@dataclass(frozen=True)
class SealedFile:
    """What a listing says of its file, in the contract's order."""

    key_hash: str
    ciphertext_hash: str
    plaintext_hash: str
    size: int = SIZE_BYTES

    def words(self) -> tuple:
        """Give the fields in the contract's order."""
        return (self.key_hash, self.ciphertext_hash, self.plaintext_hash, self.size)

    def hash(self) -> str:
        """Give keccak256(abi.encode(file))."""
        return "0x" + keccak(words_of(*self.words())).hex()

    def but(self, **changes) -> SealedFile:
        """Give the same file with some fields changed."""
        return replace(self, **changes)


@dataclass(frozen=True)
class Wrapped:
    """A key wrapped for one order, in the contract's order."""

    point_x: str
    point_y: str
    masked: str

    def words(self) -> tuple:
        """Give the fields in the contract's order."""
        return (self.point_x, self.point_y, self.masked)

    def hash(self) -> str:
        """Give keccak256(abi.encode(wrap))."""
        return "0x" + keccak(words_of(*self.words())).hex()

    def but(self, **changes) -> Wrapped:
        """Give the same wrap with some fields changed."""
        return replace(self, **changes)


def sold_key(salt: str) -> bytes:
    """Give the key that is sold under terms of this salt."""
    return _bytes("key", salt)


def file_of(salt: str) -> SealedFile:
    """Give the file that is sold under terms of this salt."""
    key_hash = curve.key_hash(bytes.fromhex(salt[2:]), sold_key(salt))
    return SealedFile(
        *("0x" + part.hex() for part in (key_hash, _bytes("ciphertext", salt), _bytes("plaintext", salt)))
    )


def secret_of(salt: str) -> int:
    """Give the secret of a purchase of this salt."""
    return _numbers("secret", SECRETS)[_bytes("secret", salt)[0] % SECRETS]


def sealed_to_its_secret(purchase: Purchase) -> Purchase:
    """Give the purchase with the point of its secret."""
    x, y = point_words(secret_of(purchase.salt))
    return purchase.but(encryption_key_x=x, encryption_key_y=y)


def wrapped(order_key: str, secret: int, file_key: bytes) -> Wrapped:
    """Wrap a key for an order whose point is that of the secret."""
    numbers = _numbers("ephemeral", EPHEMERALS)
    ephemeral = numbers[_bytes("ephemeral", order_key)[0] % EPHEMERALS]
    x, y = point_words(ephemeral)
    masked = curve.exclusive_or(file_key, _mask(order_key, ephemeral, secret))
    return Wrapped(x, y, "0x" + masked.hex())


def unwrapped(order_key: str, secret: int, wrap: Wrapped) -> bytes:
    """Give the key that a wrap holds, whatever it is."""
    point = curve.Point(int(wrap.point_x, 16), int(wrap.point_y, 16))
    mask = curve.mask(bytes.fromhex(order_key[2:]), point, _times(point, secret))
    return curve.exclusive_or(bytes.fromhex(wrap.masked[2:]), mask)


def is_right(terms_salt: str, order_key: str, secret: int, wrap: Wrapped) -> bool:
    """Tell whether a wrap holds the key that is sold."""
    key_hash = curve.key_hash(bytes.fromhex(terms_salt[2:]), unwrapped(order_key, secret, wrap))
    return "0x" + key_hash.hex() == file_of(terms_salt).key_hash


@cache
def point_words(number: int) -> tuple[str, str]:
    """Give the coordinates of a number's point, as contracts take them."""
    point = curve.point_of(number)
    return word_hex(point.x), word_hex(point.y)


def word_hex(number: int) -> str:
    """Give a number as 32 bytes."""
    return "0x" + number.to_bytes(32, "big").hex()


def _mask(order_key: str, ephemeral: int, secret: int) -> bytes:
    own = curve.Point(*(int(word, 16) for word in point_words(ephemeral)))
    return curve.mask(bytes.fromhex(order_key[2:]), own, _times(own, secret))


@cache
def _times(point: curve.Point, number: int) -> curve.Point:
    return curve.times(point, number)


@cache
def _numbers(label: str, count: int) -> tuple[int, ...]:
    """Give numbers from 1 to n - 1, always the same."""
    wide = (int.from_bytes(_bytes(label, word_hex(place))) for place in range(count))
    return tuple(1 + number % (curve.ORDER - 1) for number in wide)


def _bytes(label: str, word: str) -> bytes:
    return sha256(f"{label} of ".encode() + bytes.fromhex(word[2:])).digest()
