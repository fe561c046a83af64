"""Deploys all that a market needs, in order: CommunityRegistry, Splits, Memberships, the Market's libraries,
Market, Personas, Claims, Curves, Governors, KeyRequests, Reviews, Blueprints. Run it again as often as you like.

    brownie run scripts/deploy/everything.py main [account] --network ganache|anvil|sepolia|rpc

On a local chain the node's first account deploys and becomes the platform's steward. On any other one, name an
encrypted brownie account; the plan is shown and the chain id has to be typed before anything is sent.
Changes: deployments/<chain id>.json, after each transaction. What is recorded already is checked and skipped; a run that
was interrupted goes on where it stopped.
Undo: nothing on a chain can be undone.
"""

from scripts.deploy import (
    blueprints,
    claims,
    community_registry,
    curves,
    governors,
    key_requests,
    libraries,
    market,
    memberships,
    personas,
    reviews,
    splits,
)
from scripts.lib import runs
from scripts.lib.params import DeployParams
from scripts.lib.registry import Registry
from scripts.lib.senders import Sender
from scripts.lib.steps import Plan

PARTS = (
    community_registry,
    splits,
    memberships,
    libraries,
    market,
    personas,
    claims,
    curves,
    governors,
    key_requests,
    reviews,
    blueprints,
)


def plan(params: DeployParams, registry: Registry) -> Plan:
    """Give all that is missing, in order."""
    return Plan(params, registry, tuple(step for part in PARTS for step in part.plan(params, registry).steps))


def deploy(plan: Plan, sender: Sender) -> Registry:
    """Send what the plan lacks, check each part, and give the record."""
    for part in PARTS:
        part.deploy(part.plan(plan.params, plan.registry), sender)
    return plan.registry


def main(account: str | None = None) -> None:
    """Load, show the plan, confirm when live, deploy, check, record."""
    runs.deployment(plan, deploy, account)
