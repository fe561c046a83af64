"""Carries a court's ruling to the Market, which divides the money.

    brownie run scripts/operate/carry_out_ruling.py main <order's key> [account] --network <network>

DATABASE_URL (or DATABASE_URL_FILE) must be the follower's. Anyone may, within the arbiter's time. Undo: none, a ruling is final.
"""

from scripts.lib import runs
from scripts.lib.court import call_about


def main(key: str, account: str | None = None) -> None:
    """Say it, confirm when live, send, report."""
    runs.transaction(
        lambda found: call_about(found, key, "execute", f"carry out the court's ruling on order {key}"), account
    )
