"""Deploys Curves: communities' tokens sold and bought back at a price that follows the supply. It needs a CommunityRegistry.

    brownie run scripts/deploy/curves.py main [account] --network ganache|anvil|sepolia|rpc

Changes: one new contract, which nobody owns. Undo: nothing on a chain can be undone; remove the entry from
deployments/<chain id>.json to deploy another one beside it.
"""

from web3 import Web3

from scripts.deploy import community_registry
from scripts.lib import runs
from scripts.lib.params import DeployParams
from scripts.lib.reading import bound
from scripts.lib.registry import Registry
from scripts.lib.senders import Sender
from scripts.lib.steps import AddressOf, Plan, carry_out, expect, expect_code, plan_of

NAME = "Curves"


def plan(params: DeployParams, registry: Registry) -> Plan:
    """Give what is missing: the contract, or nothing."""
    return plan_of(NAME, (AddressOf(community_registry.NAME),), params, registry)


def deploy(plan: Plan, sender: Sender) -> Registry:
    """Send what the plan lacks, check it, and give the record."""
    expect_code(sender.w3, plan.registry, community_registry.NAME)
    carry_out(plan, sender)
    check(plan.registry, sender.w3)
    return plan.registry


def check(registry: Registry, w3: Web3) -> None:
    """Make sure that the recorded contract stands and asks the recorded registry.

    Raises: FailedCheck. Chain: reads.
    """
    expect_code(w3, registry, NAME)
    asked = bound(w3, registry, NAME).functions.REGISTRY().call()
    expect("Curves.REGISTRY", asked, registry.address(community_registry.NAME))


def main(account: str | None = None) -> None:
    """Load, show the plan, confirm when live, deploy, check, record."""
    runs.deployment(plan, deploy, account)
