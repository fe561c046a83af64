"""What the index answers about designs: frozen rows of plain values, as in views.py."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Design:
    """A blueprint whose make conditions are known."""

    listing_id: str
    currency: str  # of the fee
    fee_units: int  # per make; 0 = free
    payee: str | None  # None = a split, or nobody
    split_id: int  # 0 = none
    split_version: int
    salt: str
    claimed: int  # units that were given out
    made: int  # of these burned for a serial each
    published_at_ts: int
    tx_hash: str

    @property
    def existing(self) -> int:
        """Units that can still be made."""
        return self.claimed - self.made


@dataclass(frozen=True)
class Make:
    """A serial, for which a unit was burned."""

    listing_id: str
    serial: str
    maker: str
    number: int  # the design's how manieth, from 1
    made_at_ts: int
    tx_hash: str
    title: str = ""


@dataclass(frozen=True)
class HeldUnits:
    """Units of one design that an account holds."""

    listing_id: str
    units: int
    title: str


@dataclass(frozen=True)
class UnitClaim:
    """An order whose units were given out."""

    order_key: str
    receiver: str
    quantity: int
    claimed_at_ts: int
    tx_hash: str
