"""Sets what part of a community's commission is waived.

    brownie run scripts/operate/set_waivers.py main <community> <40%> <25%> [account] --network <network>

The first share is for sales in the community's own token, the second for sales by its members; where both apply, the larger
one counts. The account must be the steward. More holds at once, and drops a raise that waits; where either gets less, both
are announced and hold after the notice that the contract keeps (7 days). Orders already paid keep their rate. Undo: set the
old shares again.
"""

from scripts.lib import runs
from scripts.lib.reading import bound
from scripts.lib.units import percent_from
from scripts.lib.words import community_id_from


def call(found: runs.Connection, community: str, of_token: str, of_members: str) -> runs.Call:
    """Give the transaction. Raises: BadArgument, MissingDeployment."""
    community_id, shares = community_id_from(community), (percent_from(of_token), percent_from(of_members))
    office = bound(found.w3, found.registry, "CommunityRegistry").functions.officeOf(community_id).call()
    change = [f"{now}% → {then}%" for now, then in zip(office[2:4], shares, strict=True)]
    return runs.Call(
        f"waived of the commission of community {community_id}: {change[0]} in its token, {change[1]} for its members",
        "CommunityRegistry",
        found.registry.address("CommunityRegistry"),
        "setWaivers",
        (community_id, *shares),
    )


def main(community: str, of_token: str, of_members: str, account: str | None = None) -> None:
    """Say it, confirm when live, send, report."""
    runs.transaction(lambda found: call(found, community, of_token, of_members), account)
