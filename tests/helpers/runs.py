"""How many random runs the stateful tests make, and whether they came to what they must."""

from collections.abc import Collection
from typing import Any

import pytest
from hypothesis import HealthCheck

ON_ANVIL = pytest.mark.anvil_only(
    "random runs ask the contracts, not the node; each call has tests of its own on Ganache"
)
MACHINES = 12


def machine_settings(steps: int) -> dict[str, Any]:
    """Give the settings of a stateful test whose runs have so many steps."""
    return {
        "max_examples": MACHINES,
        "stateful_step_count": steps,
        "deadline": None,
        "suppress_health_check": HealthCheck.all(),
    }


def assert_reached(wanted: Collection[Any], reached: Collection[Any]) -> None:
    """See that the runs came to all that they must."""
    left = set(wanted) - set(reached)
    assert not left, f"the runs never came to {left}, so they prove too little"
