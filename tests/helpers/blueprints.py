"""Conditions and serials of designs in plain Python."""

from dataclasses import dataclass, replace

from eth_utils import keccak
from faster_eth_abi import encode

from tests.helpers.terms import NONE, ZERO

TYPES = ("address", "uint128", "address", "uint64", "uint32", "bytes32")


@dataclass(frozen=True)
class Conditions:
    """What each make of a design costs, and who gets it; nothing said is a free make."""

    currency: str = ZERO
    fee_per_make: int = 0
    payee: str = ZERO
    split_id: int = 0
    split_version: int = 0
    salt: str = NONE

    def words(self) -> tuple:
        """Give the fields in the contract's order."""
        return (self.currency, self.fee_per_make, self.payee, self.split_id, self.split_version, self.salt)

    def hash(self) -> str:
        """Give keccak256(abi.encode(conditions)): what the salt of the terms must be."""
        words = (*self.words()[:-1], bytes.fromhex(self.salt[2:]))
        return "0x" + keccak(encode(TYPES, words)).hex()

    def but(self, **changes) -> "Conditions":
        """Give the same with some fields changed."""
        return replace(self, **changes)


def serial(text: str | bytes) -> str:
    """Give a serial as the contract takes it: its bytes left in a word, zeros behind."""
    plain = text.encode() if isinstance(text, str) else text
    assert len(plain) <= 32
    return "0x" + plain.ljust(32, b"\0").hex()
