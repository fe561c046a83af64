"""Deploys Memberships, which clones a membership for each community that wants one.

    brownie run scripts/deploy/memberships.py main [account] --network ganache|anvil|sepolia|rpc

Needs the CommunityRegistry. Changes: one new contract, which nobody owns, and with it the implementation of its clones.
Undo: nothing on a chain can be undone; remove the entry from deployments/<chain id>.json to deploy another one beside it.
"""

from web3 import Web3

from scripts.deploy import community_registry
from scripts.lib import runs
from scripts.lib.params import DeployParams
from scripts.lib.reading import bound
from scripts.lib.registry import Registry
from scripts.lib.senders import Sender
from scripts.lib.steps import AddressOf, Plan, carry_out, expect, expect_code, plan_of

NAME = "Memberships"


def plan(params: DeployParams, registry: Registry) -> Plan:
    """Give what is missing: the contract, or nothing."""
    return plan_of(NAME, (AddressOf(community_registry.NAME),), params, registry)


def deploy(plan: Plan, sender: Sender) -> Registry:
    """Send what the plan lacks, check it, and give the record."""
    carry_out(plan, sender)
    check(plan.registry, sender.w3)
    return plan.registry


def check(registry: Registry, w3: Web3) -> None:
    """Make sure that the recorded contract and its implementation stand.

    Raises: FailedCheck. Chain: reads.
    """
    expect_code(w3, registry, NAME)
    implementation = bound(w3, registry, NAME).functions.MEMBERSHIP_IMPLEMENTATION().call()
    expect("Memberships.MEMBERSHIP_IMPLEMENTATION has code", len(w3.eth.get_code(implementation)) > 0, True)


def main(account: str | None = None) -> None:
    """Load, show the plan, confirm when live, deploy, check, record."""
    runs.deployment(plan, deploy, account)
