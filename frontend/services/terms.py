"""A listing's terms and a purchase as the contracts hash them: packing of the two words, listing id, ref and order key.

Source: MarketTypes.sol, TermsRules.sol, TermsClocks.sol (bit layouts), IMarket (ids).
"""

from dataclasses import dataclass
from typing import Any

from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from frontend.index.file_views import SealedFile, Wrap
from frontend.index.views import Extras

ZERO_ADDRESS = "0x" + "0" * 40
ZERO_HASH = "0x" + "0" * 64
NO_POINT = (ZERO_HASH, ZERO_HASH)
KINDS = ("goods", "file", "blueprint", "service")
FILE, BLUEPRINT = "file", "blueprint"
KINDS_ON_SALE = ("goods", "service", FILE, BLUEPRINT)
TERMS_TYPE = "(address,bytes32,address,uint128,uint128,address,address,address,uint256,uint256,bytes32,bytes32,bytes32)"
FILE_TYPE = "(bytes32,bytes32,bytes32,uint64)"
WRAP_TYPE = "(bytes32,bytes32,bytes32)"
CONDITIONS_TYPE = "(address,uint128,address,uint64,uint32,bytes32)"
EXTRAS_TYPE = "((uint16,uint32,uint32)[],bool)"
MOST_MILESTONES = 10
MAX_BPS = 10_000
PURCHASE_TYPE = "(bytes32,address,address,address,address,bytes32,bytes32,bytes32)"

HOUR_S = 3600
DAY_S = 86400
# the protocol's bounds, seconds: TermsLib.sol
ACCEPT_FOR_S = (HOUR_S, 30 * DAY_S)
DELIVER_FOR_S = (HOUR_S, 180 * DAY_S)
INSTANT_DELIVER_FOR_S = (HOUR_S, 48 * HOUR_S)
TRANSIT_FOR_S = (0, 90 * DAY_S)
INSPECT_FOR_S = (DAY_S, 60 * DAY_S)
RULE_FOR_S = (3 * DAY_S, 60 * DAY_S)
STAKE_FOR_S = 3 * DAY_S
MAX_EXTENSION_S = 180 * DAY_S  # of one order's clocks, in all: Changes.sol
MAX_LEVEL = 9  # of a member: 1, and 1 more for each tier
MAX_MEMBER_DISCOUNT_BPS = MAX_BPS - 1


@dataclass(frozen=True)
class Terms:
    """A listing's terms, unpacked. Amounts in the currency's smallest unit, times in seconds, bps of 10 000."""

    seller: str
    currency: str
    unit_price_units: int
    arbiter: str
    content_hash: str
    salt: str
    community_id: int
    kind: str = "goods"
    instant: bool = False
    max_fee_bps: int = 0
    accept_for_s: int = 0
    deliver_for_s: int = 0
    transit_for_s: int = 0
    inspect_for_s: int = 0
    rule_for_s: int = 0
    valid_until_ts: int = 0
    buyer_level: int = 0  # the lowest level of a buyer (Memberships.levelOf); 0 = anyone
    member_level: int = 0  # the level from which the discount is given; 0 = none
    member_discount_bps: int = 0
    arbiter_fee_units: int = 0
    backup_arbiter: str = ZERO_ADDRESS
    only_buyer: str = ZERO_ADDRESS
    referral_bps: int = 0
    bond_bps: int = 0
    split_version: int = 0
    split_id: int = 0
    per_buyer_open_quantity: int = 0
    extras: Extras | None = None  # not with a file
    file: SealedFile | None = None  # of the kind "file"

    @property
    def rules(self) -> int:
        """Give the packed small terms."""
        return (
            KINDS.index(self.kind)
            | int(self.instant) << 8
            | self.max_fee_bps << 16
            | self.referral_bps << 32
            | self.bond_bps << 48
            | self.split_version << 64
            | self.split_id << 96
            | self.per_buyer_open_quantity << 160
            | self.community_id << 192
        )

    @property
    def clocks(self) -> int:
        """Give the packed times, and above them what members get."""
        return (
            self.accept_for_s
            | self.deliver_for_s << 32
            | self.transit_for_s << 64
            | self.inspect_for_s << 96
            | self.rule_for_s << 128
            | self.valid_until_ts << 160
            | self.buyer_level << 200
            | self.member_level << 208
            | self.member_discount_bps << 216
        )

    def to_abi(self) -> tuple[Any, ...]:
        """Give the 13 values in the contract's order."""
        return (
            to_checksum_address(self.seller),
            _bytes(ZERO_HASH),
            to_checksum_address(self.currency),
            self.unit_price_units,
            self.arbiter_fee_units,
            to_checksum_address(self.arbiter),
            to_checksum_address(self.backup_arbiter),
            to_checksum_address(self.only_buyer),
            self.rules,
            self.clocks,
            _bytes(self.content_hash),
            _bytes(self.salt),
            _bytes(extras_hash(self.extras) if self.file is None else file_hash(self.file)),
        )


@dataclass(frozen=True)
class Conditions:
    """What each make of a design costs, and who gets it; nothing said is a free make. The terms' salt is their hash."""

    salt: str
    currency: str = ZERO_ADDRESS
    fee_units: int = 0  # per make, smallest unit of the currency
    payee: str = ZERO_ADDRESS  # zero where a split gets it
    split_id: int = 0
    split_version: int = 0


@dataclass(frozen=True)
class Purchase:
    """The buyer's side. Its hash is the order's ref."""

    salt: str
    payer: str
    holder: str
    arbiter: str
    specification: str = ZERO_HASH
    referrer: str = ZERO_ADDRESS
    point: tuple[str, str] = NO_POINT  # of a file: to which its key is wrapped

    def to_abi(self) -> tuple[Any, ...]:
        """Give the 8 values in the contract's order."""
        return (
            _bytes(self.salt),
            to_checksum_address(self.payer),
            to_checksum_address(self.holder),
            to_checksum_address(self.referrer),
            to_checksum_address(self.arbiter),
            _bytes(self.point[0]),
            _bytes(self.point[1]),
            _bytes(self.specification),
        )


def extras_abi(extras: Extras) -> tuple[Any, ...]:
    """Give optional terms as the calls that need them take them."""
    milestones = tuple((part.share_bps, part.deliver_for_s, part.inspect_for_s) for part in extras.milestones)
    return milestones, extras.final_offer


def extras_hash(extras: Extras | None) -> str:
    """Give what stands in the terms for optional ones: their hash, zeros where there are none."""
    return ZERO_HASH if extras is None else _hash(encode([EXTRAS_TYPE], [extras_abi(extras)]))


def file_abi(file: SealedFile) -> tuple[Any, ...]:
    """Give a sealed file as the calls that need it take it."""
    return _bytes(file.key_hash), _bytes(file.ciphertext_hash), _bytes(file.plaintext_hash), file.size_bytes


def file_hash(file: SealedFile) -> str:
    """Give what stands in the terms for a sealed file."""
    return _hash(encode([FILE_TYPE], [file_abi(file)]))


def wrap_abi(wrap: Wrap) -> tuple[Any, ...]:
    """Give a wrapped key as the calls that need it take it."""
    return _bytes(wrap.point_x), _bytes(wrap.point_y), _bytes(wrap.masked)


def wrap_hash(wrap: Wrap) -> str:
    """Give what an order's delivery says of a wrapped key."""
    return _hash(encode([WRAP_TYPE], [wrap_abi(wrap)]))


def conditions_abi(conditions: Conditions) -> tuple[Any, ...]:
    """Give make conditions as Blueprints takes them."""
    return (
        to_checksum_address(conditions.currency),
        conditions.fee_units,
        to_checksum_address(conditions.payee),
        conditions.split_id,
        conditions.split_version,
        _bytes(conditions.salt),
    )


def conditions_hash(conditions: Conditions) -> str:
    """Give what must be the salt of the terms. Source: Blueprints.saltOf."""
    return _hash(encode([CONDITIONS_TYPE], [conditions_abi(conditions)]))


def bond_of_price(price_units: int, bond_bps: int) -> int:
    """Give what an order of a price locks of the seller's free bond; rounded down. Source: Bonds.lockedFor."""
    return price_units * bond_bps // MAX_BPS


def listing_id(chain_id: int, market: str, terms_abi: tuple[Any, ...]) -> str:
    """Give the listing id of terms on one Market."""
    return _hash(encode(["uint256", "address", TERMS_TYPE], [chain_id, market, terms_abi]))


def ref_of(purchase_abi: tuple[Any, ...]) -> str:
    """Give a purchase's part of its order's key."""
    return _hash(encode([PURCHASE_TYPE], [purchase_abi]))


def order_key(listing: str, holder: str, ref: str) -> str:
    """Give an order's key."""
    return _hash(encode(["bytes32", "address", "bytes32"], [_bytes(listing), holder, _bytes(ref)]))


def derived_salt(*parts: str) -> str:
    """Give a salt that follows from who does what with which form, so that a repeated form means the same thing."""
    return _hash("|".join(("dokkaebi.salt", *parts)).encode())


def _hash(data: bytes) -> str:
    return "0x" + keccak(data).hex()


def _bytes(found: str) -> bytes:
    return bytes.fromhex(found.removeprefix("0x"))
