"""Terms and purchases as the Market takes them, packed words included, for the benchmark."""

from dataclasses import dataclass, field
from typing import Any

ETH = "0x" + "00" * 20
NOTHING = bytes(32)


@dataclass(frozen=True)
class Rules:
    """TermsRules.sol, without the quantity per buyer."""

    kind: int
    instant: bool
    max_fee_bps: int
    community_id: int
    referral_bps: int = 0
    bond_bps: int = 0
    split_version: int = 0
    split_id: int = 0

    def word(self) -> int:
        """Give the packed word."""
        low = self.kind | int(self.instant) << 8 | self.max_fee_bps << 16
        low |= self.referral_bps << 32 | self.bond_bps << 48
        return low | self.split_version << 64 | self.split_id << 96 | self.community_id << 192


@dataclass(frozen=True)
class Clocks:
    """TermsClocks.sol, seconds."""

    accept_for: int = 0
    deliver_for: int = 0
    transit_for: int = 0
    inspect_for: int = 0
    rule_for: int = 0
    valid_until: int = 0
    member_level: int = 0
    member_discount_bps: int = 0

    def word(self) -> int:
        """Give the packed word."""
        spans = (self.accept_for, self.deliver_for, self.transit_for, self.inspect_for, self.rule_for)
        low = sum(span << 32 * place for place, span in enumerate(spans)) | self.valid_until << 160
        return low | self.member_level << 208 | self.member_discount_bps << 216


@dataclass(frozen=True)
class Terms:
    """MarketTypes.sol: Terms."""

    seller: str
    unit_price: int
    arbiter: str
    backup_arbiter: str
    rules: Rules
    clocks: Clocks
    content_hash: bytes
    salt: bytes
    currency: str = ETH
    arbiter_fee: int = 0
    only_buyer: str = ETH
    extras: bytes = NOTHING

    def words(self) -> tuple[Any, ...]:
        """Give the 13 words in their order; persona is 0."""
        return (
            self.seller,
            NOTHING,
            self.currency,
            self.unit_price,
            self.arbiter_fee,
            self.arbiter,
            self.backup_arbiter,
            self.only_buyer,
            self.rules.word(),
            self.clocks.word(),
            self.content_hash,
            self.salt,
            self.extras,
        )


@dataclass(frozen=True)
class Purchase:
    """MarketTypes.sol: Purchase."""

    salt: bytes
    payer: str
    holder: str
    arbiter: str
    specification: bytes = field(default=NOTHING)
    referrer: str = ETH
    encryption_key_x: bytes = NOTHING
    encryption_key_y: bytes = NOTHING

    def words(self) -> tuple[Any, ...]:
        """Give the eight words in their order."""
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
