"""Writes a sold key as what it is, an age identity: with it any `age` opens the file."""

from __future__ import annotations

PREFIX = "age-secret-key-"
ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
CHECK_LETTERS = 6
KEY_BYTES = 32


def identity_of(key: bytes) -> str:
    """Give a key of 32 bytes as `AGE-SECRET-KEY-1…`. Raises: ValueError when it has another length.

    Source: BIP 173 (Bech32), and the age format for X25519 identities.
    """
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes, not {len(key)}")
    values = fives(key)
    head = [ord(letter) >> 5 for letter in PREFIX] + [0] + [ord(letter) & 31 for letter in PREFIX]
    check = remainder(head + values + [0] * CHECK_LETTERS) ^ 1
    values += [(check >> 5 * (CHECK_LETTERS - 1 - place)) & 31 for place in range(CHECK_LETTERS)]
    return (PREFIX + "1" + "".join(ALPHABET[value] for value in values)).upper()


def fives(content: bytes) -> list[int]:
    """Cut bytes into groups of five bits, the last filled up with zeros."""
    count = -(-len(content) * 8 // 5)
    number = int.from_bytes(content, "big") << (count * 5 - len(content) * 8)
    return [(number >> 5 * (count - 1 - place)) & 31 for place in range(count)]


def remainder(values: list[int]) -> int:
    """Give the checksum's remainder over groups of five bits."""
    found = 1
    for value in values:
        top = found >> 25
        found = (found & 0x1FFFFFF) << 5 ^ value
        for place, term in enumerate(GENERATOR):
            if (top >> place) & 1:
                found ^= term
    return found
