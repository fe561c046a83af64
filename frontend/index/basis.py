"""Names an order as it is, so that an offer made about it stands only while nothing about it changes."""

from collections.abc import Mapping
from typing import Any

from eth_utils.crypto import keccak

# in the order of the contract's State; NONE is never kept
STATES = (
    "none",
    "funded",
    "accepted",
    "delivered",
    "contested",
    "disputed",
    "completed",
    "cancelled",
    "refunded",
    "resolved",
)
NUMBERS_BEFORE_STATE = ("amount_units", "clock_ts", "quantity", "platform_fee_bps", "community_fee_bps")
NUMBERS_BEHIND_STATE = ("flags", "milestone")


def basis_of(key: str, holder: str, order: Mapping[str, Any], handovers: int) -> str:
    """Hash an order's key, its one storage word's fields, who holds it now, and how often it was handed over.

    Args: order by the names of the index's columns. Source: Settlements.basisOf.
    """
    numbers = [
        int(key, 16),
        *(order[name] for name in NUMBERS_BEFORE_STATE),
        STATES.index(order["state"]),
        *(order[name] for name in NUMBERS_BEHIND_STATE),
        int(holder, 16),
        handovers,
    ]
    return "0x" + keccak(b"".join(number.to_bytes(32) for number in numbers)).hex()
