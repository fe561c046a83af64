"""Deploys Governors, which clones a governor and a timelock for each community that wants to decide by votes.

    brownie run scripts/deploy/governors.py main [account] --network ganache|anvil|sepolia|rpc

Needs the CommunityRegistry and Memberships. Changes: one new contract, which nobody owns, and with it the implementations of
its clones.
Undo: nothing on a chain can be undone; remove the entry from deployments/<chain id>.json to deploy another one beside it.
"""

from web3 import Web3

from scripts.deploy import community_registry, memberships
from scripts.lib import runs
from scripts.lib.params import DeployParams
from scripts.lib.reading import bound
from scripts.lib.registry import Registry
from scripts.lib.senders import Sender
from scripts.lib.steps import AddressOf, Plan, carry_out, expect, expect_code, plan_of

NAME = "Governors"


def plan(params: DeployParams, registry: Registry) -> Plan:
    """Give what is missing: the contract, or nothing."""
    args = (AddressOf(community_registry.NAME), AddressOf(memberships.NAME))
    return plan_of(NAME, args, params, registry)


def deploy(plan: Plan, sender: Sender) -> Registry:
    """Send what the plan lacks, check it, and give the record."""
    carry_out(plan, sender)
    check(plan.registry, sender.w3)
    return plan.registry


def check(registry: Registry, w3: Web3) -> None:
    """Make sure that the recorded contract and its implementations stand.

    Raises: FailedCheck. Chain: reads.
    """
    expect_code(w3, registry, NAME)
    functions = bound(w3, registry, NAME).functions
    for implementation in ("GOVERNOR_IMPLEMENTATION", "TIMELOCK_IMPLEMENTATION"):
        code = w3.eth.get_code(functions[implementation]().call())
        expect(f"Governors.{implementation} has code", len(code) > 0, True)


def main(account: str | None = None) -> None:
    """Load, show the plan, confirm when live, deploy, check, record."""
    runs.deployment(plan, deploy, account)
