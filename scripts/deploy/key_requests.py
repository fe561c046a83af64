"""Deploys KeyRequests, where buyers of sealed files who lost their order's secret ask again. It needs nothing else.

    brownie run scripts/deploy/key_requests.py main [account] --network ganache|anvil|sepolia|rpc

Changes: one new contract, which nobody owns and which keeps nothing. Undo: nothing on a chain can be undone; remove the
entry from deployments/<chain id>.json to deploy another one beside it.
"""

from web3 import Web3

from scripts.lib import runs
from scripts.lib.params import DeployParams
from scripts.lib.registry import Registry
from scripts.lib.senders import Sender
from scripts.lib.steps import Plan, carry_out, expect_code, plan_of

NAME = "KeyRequests"


def plan(params: DeployParams, registry: Registry) -> Plan:
    """Give what is missing: the contract, or nothing."""
    return plan_of(NAME, (), params, registry)


def deploy(plan: Plan, sender: Sender) -> Registry:
    """Send what the plan lacks, check it, and give the record."""
    carry_out(plan, sender)
    check(plan.registry, sender.w3)
    return plan.registry


def check(registry: Registry, w3: Web3) -> None:
    """Make sure that the recorded contract stands. Raises: FailedCheck. Chain: reads."""
    expect_code(w3, registry, NAME)


def main(account: str | None = None) -> None:
    """Load, show the plan, confirm when live, deploy, check, record."""
    runs.deployment(plan, deploy, account)
