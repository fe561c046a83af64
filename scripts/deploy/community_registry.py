"""Deploys the CommunityRegistry: communities, their stewards and commissions.

    brownie run scripts/deploy/community_registry.py main [account] --network ganache|anvil|sepolia|rpc

Changes: one new contract; the platform's steward and commission come from scripts/params/<chain id>.toml.
Undo: nothing on a chain can be undone; remove the entry from deployments/<chain id>.json to deploy another one.
"""

from web3 import Web3

from scripts.lib import runs
from scripts.lib.artifacts import artifact
from scripts.lib.params import DeployParams
from scripts.lib.registry import Registry
from scripts.lib.senders import Sender
from scripts.lib.steps import Plan, carry_out, expect, expect_code, plan_of

NAME = "CommunityRegistry"


def plan(params: DeployParams, registry: Registry) -> Plan:
    """Give what is missing: the registry, or nothing."""
    return plan_of(NAME, (params.platform_steward, params.platform_fee_bps), params, registry)


def deploy(plan: Plan, sender: Sender) -> Registry:
    """Send what the plan lacks, check it, and give the record."""
    is_new = bool(plan.steps)
    carry_out(plan, sender)
    check(plan.registry, sender.w3)
    if is_new:
        check_new(plan, sender)
    return plan.registry


def check(registry: Registry, w3: Web3) -> None:
    """Make sure that the recorded registry stands and works, whoever its steward is by now.

    Raises: FailedCheck. Chain: reads.
    """
    expect_code(w3, registry, NAME)
    bound = w3.eth.contract(address=Web3.to_checksum_address(registry.address(NAME)), abi=artifact(NAME).abi)
    token = bound.functions.TOKEN_IMPLEMENTATION().call()
    expect("CommunityRegistry.TOKEN_IMPLEMENTATION has code", len(w3.eth.get_code(token)) > 0, True)
    expect("CommunityRegistry.tokenOf(platform)", int(bound.functions.tokenOf(0).call(), 16), 0)
    expect("the platform has a steward", int(bound.functions.stewardOf(0).call(), 16) != 0, True)


def check_new(plan: Plan, sender: Sender) -> None:
    """Make sure that a registry just deployed has the steward and the commission that were meant.

    Raises: FailedCheck. Chain: reads.
    """
    address = Web3.to_checksum_address(plan.registry.address(NAME))
    bound = sender.w3.eth.contract(address=address, abi=artifact(NAME).abi)
    office = tuple(bound.functions.officeOf(0).call())
    meant = (plan.params.steward_for(sender.address), plan.params.platform_fee_bps, 0, 0, 0, 0, 0, 0)
    expect("CommunityRegistry.officeOf(platform)", office, meant)
    expect("CommunityRegistry.communityCount", bound.functions.communityCount().call(), 0)


def main(account: str | None = None) -> None:
    """Load, show the plan, confirm when live, deploy, check, record."""
    runs.deployment(plan, deploy, account)
