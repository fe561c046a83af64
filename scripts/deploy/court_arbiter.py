"""Deploys a CourtArbiter: an arbiter for terms that brings disputes before one ERC-792 court. It needs a Market.

    brownie run scripts/deploy/court_arbiter.py main <court> [extra data, 0x...] [account] --network ganache|anvil|sepolia|rpc

The extra data is what the court wants to know of its own settings, such as a subcourt and a number of jurors; its documentation
has the encoding. Sellers then name the new contract as the arbiter. docs/courts.md has the rest.
Changes: one new contract, which nobody owns. Undo: nothing on a chain can be undone; whoever has not named it is not touched.
"""

import re

from web3 import Web3
from web3.exceptions import Web3Exception

from scripts.deploy import market
from scripts.lib import runs
from scripts.lib.params import DeployParams
from scripts.lib.problems import BadArgument, FailedCheck
from scripts.lib.reading import bound
from scripts.lib.registry import Registry
from scripts.lib.senders import Sender
from scripts.lib.steps import AddressOf, Plan, Step, carry_out, expect, expect_code
from scripts.lib.units import ETH_DECIMALS, units_text
from scripts.lib.words import address_from

NAME = "CourtArbiter"
NO_DATA = "0x"


def plan(params: DeployParams, registry: Registry, court: str, extra_data: str) -> Plan:
    """Give what is missing: the arbiter, or nothing. Raises: BadArgument when the recorded one is for something else."""
    if registry.has(NAME):
        recorded = tuple(registry.entry(NAME).args[1:])
        if recorded != (court, extra_data):
            raise BadArgument(
                f"the record has a {NAME} for court {recorded[0]} with extra data {recorded[1]}; "
                "to deploy another one beside it, remove its entry from the record and keep its address."
            )
        return Plan(params, registry, ())
    return Plan(params, registry, (Step(NAME, (AddressOf(market.NAME), court, extra_data)),))


def deploy(plan: Plan, sender: Sender) -> Registry:
    """Send what the plan lacks, check it, and give the record."""
    expect_code(sender.w3, plan.registry, market.NAME)
    carry_out(plan, sender)
    check(plan.registry, sender.w3)
    return plan.registry


def check(registry: Registry, w3: Web3) -> None:
    """Make sure that the recorded arbiter stands, serves the recorded market, and has a court that names a price.

    Raises: FailedCheck. Chain: reads.
    """
    expect_code(w3, registry, NAME)
    functions = bound(w3, registry, NAME).functions
    expect("CourtArbiter.MARKET", functions.MARKET().call(), registry.address(market.NAME))
    try:
        cost_wei = functions.cost().call()
    except Web3Exception:
        raise FailedCheck(f"{functions.COURT().call()} names no price: it is no ERC-792 court.") from None
    print(f"  the court asks {units_text(cost_wei, ETH_DECIMALS)} ETH a dispute now")


def extra_data_from(word: str) -> str:
    """Read bytes in hex, and give them so. Raises: BadArgument."""
    if not re.fullmatch(r"0x([0-9a-fA-F]{2})*", word):
        raise BadArgument(f'"{word}" is no extra data; write 0x and pairs of hex digits, or 0x alone for none.')
    return word.lower()


def main(court: str, extra_data: str = NO_DATA, account: str | None = None) -> None:
    """Load, show the plan, confirm when live, deploy, check, record."""
    runs.deployment(
        lambda params, registry: plan(params, registry, address_from(court), extra_data_from(extra_data)),
        deploy,
        account,
    )
