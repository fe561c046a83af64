"""Deploys Splits: income divided among payees. It needs nothing else.

    brownie run scripts/deploy/splits.py main [account] --network ganache|anvil|sepolia|rpc

Changes: one new contract, which nobody owns. Undo: nothing on a chain can be undone; remove the entry from
deployments/<chain id>.json to deploy another one beside it.
"""

from web3 import Web3

from scripts.lib import runs
from scripts.lib.params import DeployParams
from scripts.lib.reading import bound
from scripts.lib.registry import Registry
from scripts.lib.senders import Sender
from scripts.lib.steps import Plan, carry_out, expect, expect_code, plan_of

NAME = "Splits"


def plan(params: DeployParams, registry: Registry) -> Plan:
    """Give what is missing: the contract, or nothing."""
    return plan_of(NAME, (), params, registry)


def deploy(plan: Plan, sender: Sender) -> Registry:
    """Send what the plan lacks, check it, and give the record."""
    carry_out(plan, sender)
    check(plan.registry, sender.w3)
    return plan.registry


def check(registry: Registry, w3: Web3) -> None:
    """Make sure that the recorded contract stands, and signs for this chain and for itself (ERC-5267).

    Raises: FailedCheck. Chain: reads.
    """
    expect_code(w3, registry, NAME)
    domain = bound(w3, registry, NAME).functions.eip712Domain().call()
    expect(
        "the EIP-712 domain of Splits", domain[1:5], ["Dokkaebi Splits", "1", w3.eth.chain_id, registry.address(NAME)]
    )


def main(account: str | None = None) -> None:
    """Load, show the plan, confirm when live, deploy, check, record."""
    runs.deployment(plan, deploy, account)
