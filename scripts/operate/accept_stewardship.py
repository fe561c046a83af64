"""Accepts the stewardship of a community, or of the platform, that was offered to the account.

    brownie run scripts/operate/accept_stewardship.py main <community|platform> [account] --network <network>

From then on the account sets the commission and withdraws it, what has gathered before included. Undo: offer it back.
"""

from scripts.lib import runs
from scripts.lib.words import community_id_from


def call(found: runs.Connection, community: str) -> runs.Call:
    """Give the transaction. Raises: BadArgument, MissingDeployment."""
    return runs.Call(
        f"accept stewardship of {community}",
        "CommunityRegistry",
        found.registry.address("CommunityRegistry"),
        "acceptStewardship",
        (community_id_from(community),),
    )


def main(community: str, account: str | None = None) -> None:
    """Say it, confirm when live, send, report."""
    runs.transaction(lambda found: call(found, community), account)
