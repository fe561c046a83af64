"""Keccak-256 as Ethereum uses it (the padding before SHA-3 was standardised).

Source: the Keccak reference, version 3.0, section 1; Yellow Paper, section 3.
"""

from __future__ import annotations

from functools import lru_cache

RATE = 136
LANES = 25
MASK = 2**64 - 1


@lru_cache(maxsize=10_000)
def keccak256(data: bytes) -> bytes:
    """Give the 32-byte hash."""
    lanes = [0] * LANES
    gap = RATE - len(data) % RATE
    padding = b"\x81" if gap == 1 else b"\x01" + bytes(gap - 2) + b"\x80"
    padded = data + padding
    for start in range(0, len(padded), RATE):
        for i in range(RATE // 8):
            place = start + 8 * i
            lanes[i] ^= int.from_bytes(padded[place : place + 8], "little")
        lanes = _permuted(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


def _rotated(lane: int, by: int) -> int:
    return (lane << by | lane >> (64 - by)) & MASK


def _round_constants() -> list[int]:
    constants, state = [], 1
    for _ in range(24):
        constant = 0
        for j in range(7):
            if state & 1:
                constant |= 1 << (2**j - 1)
            state = state << 1 ^ (0x171 if state & 0x80 else 0)
        constants.append(constant)
    return constants


def _moves() -> list[tuple[int, int, int]]:
    """Give for each place which lane comes there, from which column, and by how much it turns (rho and pi)."""
    moves, x, y = {0: (0, 0, 0)}, 1, 0
    for step in range(24):
        moves[y + 5 * ((2 * x + 3 * y) % 5)] = (x + 5 * y, x, (step + 1) * (step + 2) // 2 % 64)
        x, y = y, (2 * x + 3 * y) % 5
    return [moves[place] for place in range(LANES)]


ROUND_CONSTANTS = _round_constants()
MOVES = _moves()
ROWS = [(x + y, (x + 1) % 5 + y, (x + 2) % 5 + y) for y in range(0, LANES, 5) for x in range(5)]


def _permuted(lanes: list[int]) -> list[int]:
    for constant in ROUND_CONSTANTS:
        columns = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        mixed = [columns[x - 1] ^ _rotated(columns[(x + 1) % 5], 1) for x in range(5)]
        turned = [((lane := lanes[at] ^ mixed[x]) << by | lane >> (64 - by)) & MASK for at, x, by in MOVES]
        lanes = [turned[i] ^ (~turned[j] & turned[k]) for i, j, k in ROWS]
        lanes[0] ^= constant
    return lanes
