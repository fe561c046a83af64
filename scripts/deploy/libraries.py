"""Deploys the libraries that the Market calls: code without state, which works on the Market's own storage.

    brownie run scripts/deploy/libraries.py main [account] --network ganache|anvil|sepolia|rpc

Changes: one new library for each name. Nobody owns one, and called directly it can change nothing. Undo: nothing on a
chain can be undone; remove an entry from deployments/<chain id>.json to deploy another one, for the next Market.
"""

from web3 import Web3

from scripts.lib import runs
from scripts.lib.artifacts import artifact
from scripts.lib.params import DeployParams
from scripts.lib.registry import Registry
from scripts.lib.senders import Sender
from scripts.lib.steps import Plan, Step, carry_out, expect_code

USER = "Market"


def names() -> tuple[str, ...]:
    """Give the libraries that the Market calls, by what the compiler left open in its code. Raises: MissingArtifact."""
    return artifact(USER).libraries


def plan(params: DeployParams, registry: Registry) -> Plan:
    """Give the libraries that are missing."""
    return Plan(params, registry, tuple(Step(name, ()) for name in names() if not registry.has(name)))


def deploy(plan: Plan, sender: Sender) -> Registry:
    """Send what the plan lacks, check it, and give the record."""
    carry_out(plan, sender)
    check(plan.registry, sender.w3)
    return plan.registry


def check(registry: Registry, w3: Web3) -> None:
    """Make sure that the recorded libraries stand. Raises: FailedCheck. Chain: reads."""
    for name in names():
        expect_code(w3, registry, name)


def main(account: str | None = None) -> None:
    """Load, show the plan, confirm when live, deploy, check, record."""
    runs.deployment(plan, deploy, account)
