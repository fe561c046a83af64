"""Brings a disputed order before the ERC-792 court behind its arbiter.

    brownie run scripts/operate/bring_to_court.py main <order's key> [account] --network <network>

DATABASE_URL (or DATABASE_URL_FILE) must be the follower's. Anyone may; the account pays what the court asks now, and gets the
arbiter's fee once the ruling is carried out (docs/courts.md says when not). Undo: none.
"""

from dataclasses import replace

from scripts.lib import runs
from scripts.lib.court import call_about
from scripts.lib.units import ETH_DECIMALS, units_text


def call(found: runs.Connection, key: str) -> runs.Call:
    """Give the transaction. Raises: BadArgument, BadSetting. Chain: reads the court's price."""
    about = call_about(found, key, "escalate", "", pays=True)
    price = units_text(about.value_wei, ETH_DECIMALS)
    return replace(about, what=f"bring order {key} before the court, paying it {price} ETH")


def main(key: str, account: str | None = None) -> None:
    """Say it, confirm when live, send, report."""
    runs.transaction(lambda found: call(found, key), account)
