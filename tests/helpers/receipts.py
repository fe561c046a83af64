"""Waiting for a transaction: Anvil answers its sender before the block is made."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

RECEIPT_TIMEOUT_S = 30  # far more than a node needs; a busy machine has needed seconds
PAUSE_S = 0.002


def receipt_of(ask: Callable[..., Any], tx_hash: str) -> dict[str, Any]:
    """Give a transaction's receipt as soon as there is one; `ask` takes a JSON-RPC method and its parameters.

    Raises:
        TimeoutError: the transaction is in no block.
    """
    give_up_at = time.monotonic() + RECEIPT_TIMEOUT_S
    while time.monotonic() < give_up_at:
        receipt = ask("eth_getTransactionReceipt", tx_hash)
        if receipt is not None:
            return dict(receipt)
        time.sleep(PAUSE_S)
    raise TimeoutError(f"transaction {tx_hash} was in no block after {RECEIPT_TIMEOUT_S} s")
