"""Prints what stands on a chain: contracts, communities, tokens, commissions, listings and orders. Changes nothing.

brownie run scripts/inspect/print_state.py main --network <network>
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from web3 import Web3

from scripts.lib import runs
from scripts.lib.problems import told_in_a_sentence
from scripts.lib.reading import ETH, bound, token_at
from scripts.lib.units import bps_text, units_text

BLOCKS_A_QUERY = 2_000
DECIMALS = 18
STATES = {
    "OrderFunded": "funded",
    "OrderAccepted": "accepted",
    "OrderDelivered": "delivered",
    "OrderContested": "contested",
    "OrderDisputed": "disputed",
    "OrderCompleted": "completed",
    "OrderCancelled": "cancelled",
    "OrderRefunded": "refunded",
    "OrderResolved": "resolved",
}


def lines(found: runs.Connection) -> Iterator[str]:
    """Give the report line by line. Chain: reads state and logs up to now. Raises: MissingDeployment."""
    yield f"{found.params.network.name}, chain {found.params.chain_id}, block {found.w3.eth.block_number}"
    for name, entry in found.registry.contracts.items():
        yield f"  {name} {entry.address} since block {entry.block}, sources {entry.commit or 'not a commit'}"
    yield from _communities(found)
    yield from _trade(found)


def _communities(found: runs.Connection) -> Iterator[str]:
    registry = bound(found.w3, found.registry, "CommunityRegistry").functions
    market = bound(found.w3, found.registry, "Market").functions
    count = registry.communityCount().call()
    yield f"communities: {count}"
    for community_id in range(count + 1):
        office = registry.officeOf(community_id).call()
        steward, fee_bps, token_waiver, member_waiver, raised_bps, *_, raise_at_ts = office
        owed_wei = market.creditOf(registry.accountOf(community_id).call(), ETH).call()
        waiting = f", {bps_text(raised_bps)} from {raise_at_ts}" if raise_at_ts else ""
        yield (
            f"  {community_id or 'platform'} steward {steward} commission {bps_text(fee_bps)}{waiting}, "
            f"waived for token and members {token_waiver} and {member_waiver} %, "
            f"{units_text(owed_wei, DECIMALS)} ETH to withdraw"
        )
        if community_id:
            token = token_at(found.w3, registry.tokenOf(community_id).call())
            yield (
                f"    {token.functions.name().call()} ({token.functions.symbol().call()}) {token.address}: "
                f"{units_text(token.functions.totalSupply().call(), DECIMALS)} of "
                f"{units_text(token.functions.cap().call(), DECIMALS)}"
            )


def _trade(found: runs.Connection) -> Iterator[str]:
    market = bound(found.w3, found.registry, "Market")
    names = {_topic(event): event["name"] for event in market.abi if event["type"] == "event"}
    listings = 0
    state_of: dict[str, str] = {}
    for log in _logs(found):
        name = names.get(Web3.to_hex(log["topics"][0]), "")
        listings += name == "ListingOpened"
        if name in STATES:
            state_of[Web3.to_hex(log["topics"][1])] = STATES[name]
    yield f"listings: {listings}"
    yield f"orders: {len(state_of)} (the last thing heard of each)"
    yield from (f"  {state}: {count}" for state, count in sorted(Counter(state_of.values()).items()))


def _topic(event: Any) -> str:
    from eth_utils.abi import event_abi_to_log_topic

    return Web3.to_hex(event_abi_to_log_topic(event))


def _logs(found: runs.Connection) -> Iterator[Any]:
    """Give the Market's logs in order, in ranges that public nodes answer."""
    entry = found.registry.entry("Market")
    newest = found.w3.eth.block_number
    for start in range(entry.block, newest + 1, BLOCKS_A_QUERY):
        end = min(newest, start + BLOCKS_A_QUERY - 1)
        query: Any = {"address": entry.address, "fromBlock": start, "toBlock": end}
        yield from found.w3.eth.get_logs(query)


def main() -> None:
    """Print the report."""
    with told_in_a_sentence():
        for line in lines(runs.connected()):
            print(line)
