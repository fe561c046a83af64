"""What the contracts owe to an account: each keeps a ledger of its own."""

from __future__ import annotations

from frontend.extensions import queries, registry
from frontend.index.views import Credit

MARKET = "Market"
LEDGERS = (MARKET, "Claims", "Curves", "Blueprints")


def owed_to(account: str) -> dict[str, list[Credit]]:
    """List what is owed to an account, by the ledger that owes it, and there by currency."""
    found = {MARKET: queries.credits(account)}
    return found | {name: queries.ledger_credits(registry.address(name), account) for name in LEDGERS if name != MARKET}
