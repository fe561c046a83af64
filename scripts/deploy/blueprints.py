"""Deploys Blueprints: units of designs, burned one for each serial. It needs the Market and Splits.

    brownie run scripts/deploy/blueprints.py main [account] --network ganache|anvil|sepolia|rpc

Changes: one new contract, which nobody owns. Undo: nothing on a chain can be undone; remove the entry from
deployments/<chain id>.json to deploy another one beside it.
"""

from web3 import Web3

from scripts.deploy import market, splits
from scripts.lib import runs
from scripts.lib.params import DeployParams
from scripts.lib.reading import bound
from scripts.lib.registry import Registry
from scripts.lib.senders import Sender
from scripts.lib.steps import AddressOf, Plan, carry_out, expect, expect_code, plan_of

NAME = "Blueprints"


def plan(params: DeployParams, registry: Registry) -> Plan:
    """Give what is missing: the contract, or nothing."""
    return plan_of(NAME, (AddressOf(market.NAME),), params, registry)


def deploy(plan: Plan, sender: Sender) -> Registry:
    """Send what the plan lacks, check it, and give the record."""
    carry_out(plan, sender)
    check(plan.registry, sender.w3)
    return plan.registry


def check(registry: Registry, w3: Web3) -> None:
    """Make sure that the recorded contract stands and gives units for orders of the recorded market, and
    lets the recorded splits take out what they earn.

    Raises: FailedCheck. Chain: reads.
    """
    expect_code(w3, registry, NAME)
    functions = bound(w3, registry, NAME).functions
    expect("Blueprints.MARKET", functions.MARKET().call(), registry.address(market.NAME))
    expect("Blueprints.SPLITS", functions.SPLITS().call(), registry.address(splits.NAME))


def main(account: str | None = None) -> None:
    """Load, show the plan, confirm when live, deploy, check, record."""
    runs.deployment(plan, deploy, account)
