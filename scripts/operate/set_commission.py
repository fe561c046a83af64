"""Sets the commission of a community, or of the platform.

    brownie run scripts/operate/set_commission.py main <community|platform> <250|2.5%> [account] --network <network>

The account must be the steward. A lower rate holds at once; a higher one is announced and holds after the notice that
the contract keeps (7 days). Orders already paid keep their rate. Undo: set the old rate again; while a raise waits, that
drops it.
"""

from scripts.lib import runs
from scripts.lib.reading import bound
from scripts.lib.units import bps_from, bps_text
from scripts.lib.words import community_id_from


def call(found: runs.Connection, community: str, fee: str) -> runs.Call:
    """Give the transaction. Raises: BadArgument, MissingDeployment."""
    community_id, fee_bps = community_id_from(community), bps_from(fee)
    office = bound(found.w3, found.registry, "CommunityRegistry").functions.officeOf(community_id).call()
    what = f"commission of {'the platform' if community_id == 0 else f'community {community_id}'}"
    return runs.Call(
        f"{what}: {bps_text(office[1])} → {bps_text(fee_bps)}",
        "CommunityRegistry",
        found.registry.address("CommunityRegistry"),
        "setFeeBps",
        (community_id, fee_bps),
    )


def main(community: str, fee: str, account: str | None = None) -> None:
    """Say it, confirm when live, send, report."""
    runs.transaction(lambda found: call(found, community, fee), account)
