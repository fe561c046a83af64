"""Terms and purchases in plain Python: packing, ids and keys, computed without the contracts."""

from dataclasses import dataclass, fields, replace

from eth_utils import keccak
from faster_eth_abi import encode

ZERO = "0x" + "00" * 20
NO_RESERVES = (ZERO, 0, ZERO, 0)  # the end of what a founder says who wants neither claims nor a curve
NONE = "0x" + "00" * 32
HOUR = 3600
DAY = 24 * HOUR

GOODS, FILE, BLUEPRINT, SERVICE = range(4)

RULES = (
    ("kind", 8),
    ("instant", 8),
    ("max_fee_bps", 16),
    ("referral_bps", 16),
    ("bond_bps", 16),
    ("split_version", 32),
    ("split_id", 64),
    ("per_buyer_open_quantity", 32),
    ("community_id", 64),
)
CLOCKS = (
    ("accept_for", 32),
    ("deliver_for", 32),
    ("transit_for", 32),
    ("inspect_for", 32),
    ("rule_for", 32),
    ("valid_until", 40),
    ("buyer_level", 8),
    ("member_level", 8),
    ("member_discount_bps", 16),
    ("rest", 24),
)

TERMS_TYPES = (
    "address",
    "bytes32",
    "address",
    "uint128",
    "uint128",
    "address",
    "address",
    "address",
    "uint256",
    "uint256",
    "bytes32",
    "bytes32",
    "bytes32",
)
PURCHASE_TYPES = ("bytes32", "address", "address", "address", "address", "bytes32", "bytes32", "bytes32")


def pack(layout: tuple[tuple[str, int], ...], **values: int) -> int:
    """Pack named fields into one word, the first field lowest.

    Raises: KeyError for a name that is not in the layout, OverflowError for a value that does not fit.
    """
    word, offset = 0, 0
    for name, bits in layout:
        value = values.pop(name, 0)
        if not 0 <= value < 1 << bits:
            raise OverflowError(f"{name} = {value} does not fit into {bits} bits")
        word |= value << offset
        offset += bits
    if values:
        raise KeyError(", ".join(values))
    return word


def unpack(layout: tuple[tuple[str, int], ...], word: int) -> dict[str, int]:
    """Give the fields of a packed word."""
    found = {}
    for name, bits in layout:
        found[name] = word & ((1 << bits) - 1)
        word >>= bits
    return found


def rules(**values: int) -> int:
    """Pack TermsRules; what is not named is 0."""
    return pack(RULES, **values)


def clocks(**values: int) -> int:
    """Pack TermsClocks; what is not named is 0."""
    return pack(CLOCKS, **values)


@dataclass(frozen=True)
class Terms:
    """The thirteen words of a listing, in order."""

    seller: str
    arbiter: str
    rules: int
    clocks: int
    persona: str = NONE
    currency: str = ZERO
    unit_price: int = 10**18
    arbiter_fee: int = 0
    backup_arbiter: str = ZERO
    only_buyer: str = ZERO
    content_hash: str = "0x" + "c0" * 32
    salt: str = NONE
    extras: str = NONE

    def words(self) -> tuple:
        """Give the fields in the contract's order."""
        return (
            self.seller,
            self.persona,
            self.currency,
            self.unit_price,
            self.arbiter_fee,
            self.arbiter,
            self.backup_arbiter,
            self.only_buyer,
            self.rules,
            self.clocks,
            self.content_hash,
            self.salt,
            self.extras,
        )

    def encoded(self) -> bytes:
        """Give the ABI encoding: 13 words."""
        return encode(TERMS_TYPES, _plain(self.words(), TERMS_TYPES))

    def listing_id(self, chain_id: int, market: str) -> str:
        """Give keccak256(abi.encode(chain id, market, terms))."""
        head = encode(("uint256", "address"), (chain_id, market.lower()))
        return "0x" + keccak(head + self.encoded()).hex()

    def rule(self, name: str) -> int:
        """Give one field of the packed rules."""
        return unpack(RULES, self.rules)[name]

    def clock(self, name: str) -> int:
        """Give one field of the packed clocks."""
        return unpack(CLOCKS, self.clocks)[name]

    def but(self, **changes) -> "Terms":
        """Give the same terms with some fields changed; fields of rules and clocks by their own names."""
        own = {field.name for field in fields(self)}
        for packed, layout in (("rules", RULES), ("clocks", CLOCKS)):
            inner = {name: changes.pop(name) for name, _ in layout if name in changes and name not in own}
            if inner:
                changes[packed] = pack(layout, **{**unpack(layout, getattr(self, packed)), **inner})
        return replace(self, **changes)


@dataclass(frozen=True)
class Extras:
    """Optional terms: milestones as (share in bps, deliver for, inspect for), and the final-offer option."""

    milestones: tuple[tuple[int, int, int], ...] = ()
    final_offer: bool = False

    def words(self) -> tuple:
        """Give the fields in the contract's order."""
        return (self.milestones, self.final_offer)

    def hash(self) -> str:
        """Give keccak256(abi.encode(extras))."""
        return "0x" + keccak(encode(("((uint16,uint32,uint32)[],bool)",), (self.words(),))).hex()


@dataclass(frozen=True)
class Purchase:
    """The buyer's side, in order."""

    payer: str
    holder: str
    arbiter: str
    salt: str = NONE
    referrer: str = ZERO
    encryption_key_x: str = NONE
    encryption_key_y: str = NONE
    specification: str = NONE

    def words(self) -> tuple:
        """Give the fields in the contract's order."""
        return (
            self.salt,
            self.payer,
            self.holder,
            self.referrer,
            self.arbiter,
            self.encryption_key_x,
            self.encryption_key_y,
            self.specification,
        )

    def ref(self) -> str:
        """Give keccak256(abi.encode(purchase))."""
        return "0x" + keccak(encode(PURCHASE_TYPES, _plain(self.words(), PURCHASE_TYPES))).hex()

    def but(self, **changes) -> "Purchase":
        """Give the same purchase with some fields changed."""
        return replace(self, **changes)


def key_of(listing_id: str, holder: str, ref: str) -> str:
    """Give an order's key: keccak256(abi.encode(listing id, holder, ref))."""
    types = ("bytes32", "address", "bytes32")
    return "0x" + keccak(encode(types, _plain((listing_id, holder, ref), types))).hex()


def words_of(*values) -> bytes:
    """Encode values without dynamic parts, a word each: numbers, addresses and 32 bytes."""
    return b"".join(_word(value) for value in values)


def list_of(elements: list[bytes]) -> bytes:
    """Encode a list of encoded elements that have dynamic parts, as the only argument or answer."""
    offsets, at = [], 32 * len(elements)
    for element in elements:
        offsets.append(at)
        at += len(element)
    return words_of(32, len(elements), *offsets) + b"".join(elements)


def salt(number: int) -> str:
    """Give a number as 32 bytes."""
    return "0x" + number.to_bytes(32, "big").hex()


def _word(value: int | bytes | str) -> bytes:
    if isinstance(value, int):
        return value.to_bytes(32, "big")
    return (value if isinstance(value, bytes) else bytes.fromhex(value[2:])).rjust(32, b"\0")


def _plain(values: tuple, types: tuple[str, ...]) -> tuple:
    """Give the values as eth_abi takes them: bytes for bytes32, lower case for addresses."""
    plain = []
    for value, kind in zip(values, types, strict=True):
        if kind == "bytes32":
            plain.append(bytes.fromhex(str(value)[2:]))
        elif kind == "address":
            plain.append(str(value).lower())
        else:
            plain.append(int(value))
    return tuple(plain)
