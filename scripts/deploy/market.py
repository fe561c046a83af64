"""Deploys the Market: listings and escrowed orders. It needs a CommunityRegistry, Splits,
Memberships and its libraries.

    brownie run scripts/deploy/market.py main [account] --network ganache|anvil|sepolia|rpc

Changes: one new contract, which nobody owns. Undo: nothing on a chain can be undone; remove the entry from
deployments/<chain id>.json to deploy another one beside it.
"""

from web3 import Web3

from scripts.deploy import community_registry, libraries, memberships, splits
from scripts.lib import runs
from scripts.lib.artifacts import artifact
from scripts.lib.params import DeployParams
from scripts.lib.registry import Registry
from scripts.lib.senders import Sender
from scripts.lib.steps import AddressOf, Plan, carry_out, expect, expect_code, plan_of

NAME = "Market"
NEEDED = (community_registry.NAME, splits.NAME, memberships.NAME)


def plan(params: DeployParams, registry: Registry) -> Plan:
    """Give what is missing: the market, or nothing."""
    args = tuple(AddressOf(needed) for needed in NEEDED)
    return plan_of(NAME, args, params, registry)


def deploy(plan: Plan, sender: Sender) -> Registry:
    """Send what the plan lacks, check it, and give the record."""
    for needed in (*NEEDED, *libraries.names()):
        expect_code(sender.w3, plan.registry, needed)
    carry_out(plan, sender)
    check(plan.registry, sender.w3)
    return plan.registry


def check(registry: Registry, w3: Web3) -> None:
    """Make sure that the recorded market stands and asks the recorded contracts.

    Raises: FailedCheck. Chain: reads.
    """
    expect_code(w3, registry, NAME)
    bound = w3.eth.contract(address=Web3.to_checksum_address(registry.address(NAME)), abi=artifact(NAME).abi)
    expect("Market.REGISTRY", bound.functions.REGISTRY().call(), registry.address(community_registry.NAME))
    expect("Market.SPLITS", bound.functions.SPLITS().call(), registry.address(splits.NAME))
    expect("Market.MEMBERSHIPS", bound.functions.MEMBERSHIPS().call(), registry.address(memberships.NAME))


def main(account: str | None = None) -> None:
    """Load, show the plan, confirm when live, deploy, check, record."""
    runs.deployment(plan, deploy, account)
