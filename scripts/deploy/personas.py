"""Deploys Personas: nicknames and who bears them. It needs nothing else.

    brownie run scripts/deploy/personas.py main [account] --network ganache|anvil|sepolia|rpc

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

NAME = "Personas"


def plan(params: DeployParams, registry: Registry) -> Plan:
    """Give what is missing: the contract, or nothing."""
    return plan_of(NAME, (), params, registry)


def deploy(plan: Plan, sender: Sender) -> Registry:
    """Send what the plan lacks, check it, and give the record."""
    carry_out(plan, sender)
    check(plan.registry, sender.w3)
    return plan.registry


def check(registry: Registry, w3: Web3) -> None:
    """Make sure that the recorded contract stands and reads nicknames as it should.

    Raises: FailedCheck. Chain: reads.
    """
    expect_code(w3, registry, NAME)
    expect("the persona of 도깨비", bound(w3, registry, NAME).functions.personaOf("도깨비").call(), _persona("도깨비"))


def _persona(nickname: str) -> bytes:
    return nickname.encode().ljust(32, b"\0")


def main(account: str | None = None) -> None:
    """Load, show the plan, confirm when live, deploy, check, record."""
    runs.deployment(plan, deploy, account)
