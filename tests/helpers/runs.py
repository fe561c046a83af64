"""How many random runs a test makes, and whether they came to what they must: Ganache, whose blocks take ten times as long,
makes an eighth of Anvil's, too few to come to everything."""

from collections.abc import Collection
from typing import Any

from brownie import web3
from hypothesis import HealthCheck

from tools import chain

FEWER_ON_GANACHE, LEAST = 8, 3
MACHINES = 12


def runs_here(many: int) -> int:
    """Give how many runs to make on this node, where Anvil makes so many."""
    return many if chain.is_anvil(web3.provider.endpoint_uri) else max(many // FEWER_ON_GANACHE, LEAST)


def machine_settings(steps: int) -> dict[str, Any]:
    """Give the settings of a stateful test whose runs have so many steps."""
    return {
        "max_examples": runs_here(MACHINES),
        "stateful_step_count": steps,
        "deadline": None,
        "suppress_health_check": HealthCheck.all(),
    }


def assert_reached(wanted: Collection[Any], reached: Collection[Any]) -> None:
    """See that the runs came to all that they must, where they were many enough."""
    left = set(wanted) - set(reached)
    assert not left or runs_here(MACHINES) < MACHINES, f"the runs never came to {left}, so they prove too little"
