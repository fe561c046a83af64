"""Offers the stewardship of a community, or of the platform, to another account.

    brownie run scripts/operate/offer_stewardship.py main <community|platform> <address> [account] --network <network>

The account must be the steward. Nothing moves until the other one accepts (accept_stewardship.py). Undo: offer it to
the zero address, which withdraws the offer.
"""

from scripts.lib import runs
from scripts.lib.words import address_from, community_id_from


def call(found: runs.Connection, community: str, to: str) -> runs.Call:
    """Give the transaction. Raises: BadArgument, MissingDeployment."""
    community_id, heir = community_id_from(community), address_from(to)
    return runs.Call(
        f"offer stewardship of {community} to {heir}",
        "CommunityRegistry",
        found.registry.address("CommunityRegistry"),
        "offerStewardship",
        (community_id, heir),
    )


def main(community: str, to: str, account: str | None = None) -> None:
    """Say it, confirm when live, send, report."""
    runs.transaction(lambda found: call(found, community, to), account)
