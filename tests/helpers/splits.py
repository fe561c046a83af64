"""Splits in plain Python: shares, changes and their signatures, accounts and deposits, computed without the contracts."""

from dataclasses import dataclass

from brownie import chain
from eth_account.messages import encode_typed_data
from eth_utils import keccak, to_canonical_address, to_checksum_address
from faster_eth_abi import encode

BPS = 10_000
MAX_PAYEES = 32
MAX_LOCK_S = 3650 * 86_400
LATE = 2**40 - 1  # the last second that a deadline can name
MARK = keccak(text="dokkaebi.split.account")[:8]

TYPES = {
    "Change": [
        {"name": "splitId", "type": "uint64"},
        {"name": "version", "type": "uint32"},
        {"name": "shares", "type": "Share[]"},
        {"name": "newPayees", "type": "address[]"},
        {"name": "deadline", "type": "uint40"},
    ],
    "Share": [
        {"name": "seat", "type": "uint16"},
        {"name": "bps", "type": "uint16"},
        {"name": "lockedUntil", "type": "uint40"},
    ],
}


@dataclass(frozen=True)
class Share:
    """One payee's part of a version."""

    seat: int
    bps: int
    locked_until: int = 0

    def words(self) -> tuple:
        """Give it as the contract takes it."""
        return (self.seat, self.bps, self.locked_until)


@dataclass(frozen=True)
class Change:
    """A new version, as its payees agree on it."""

    shares: tuple[Share, ...]
    new_payees: tuple[str, ...] = ()
    deadline: int = LATE

    def words(self) -> tuple:
        """Give it as the contract takes it."""
        return ([share.words() for share in self.shares], list(self.new_payees), self.deadline)


def shares_of(*bps: int) -> tuple[Share, ...]:
    """Give the shares of a first version: one seat after the other, none locked."""
    return tuple(Share(seat, part) for seat, part in enumerate(bps))


def change_to(*parts: tuple[int, int] | tuple[int, int, int], new_payees=(), deadline: int = LATE) -> Change:
    """Give a change to (seat, bps) or (seat, bps, locked until)."""
    return Change(tuple(Share(*part) for part in parts), tuple(str(payee) for payee in new_payees), deadline)


def split_account(split_id: int, version: int) -> str:
    """Give the account that a ledger credits for a version."""
    return to_checksum_address(MARK + split_id.to_bytes(8, "big") + version.to_bytes(4, "big"))


def deposit_address(splits, split_id: int, creation_code: str) -> str:
    """Give where a split takes plain transfers.

    Source: EIP-1014.
    """
    maker, code = to_canonical_address(splits.address), bytes.fromhex(creation_code.removeprefix("0x"))
    return to_checksum_address(keccak(b"\xff" + maker + encode(["uint256"], [split_id]) + keccak(code))[12:])


def due_down(received: int, bps: int) -> int:
    """Give a payee's part of all that was received, rounded down once."""
    return received * bps // BPS


def typed_data(splits, split_id: int, version: int, change: Change, domain: dict | None = None):
    """Give what a wallet signs to agree to a change; `domain` changes some of where it counts."""
    said = {"name": "Dokkaebi Splits", "version": "1", "chainId": chain.id, "verifyingContract": splits.address}
    names = [member["name"] for member in TYPES["Share"]]
    message = {
        "splitId": split_id,
        "version": version,
        "shares": [dict(zip(names, share.words(), strict=True)) for share in change.shares],
        "newPayees": list(change.new_payees),
        "deadline": change.deadline,
    }
    return encode_typed_data({**said, **(domain or {})}, TYPES, message)


def hash_of(splits, split_id: int, version: int, change: Change, domain: dict | None = None) -> str:
    """Give the EIP-712 digest of a change."""
    signable = typed_data(splits, split_id, version, change, domain)
    return "0x" + keccak(b"\x19" + signable.version + signable.header + signable.body).hex()


def signature_of(key, splits, split_id: int, version: int, change: Change, domain: dict | None = None) -> str:
    """Sign a change with a key."""
    return "0x" + key.sign_message(typed_data(splits, split_id, version, change, domain)).signature.hex()
