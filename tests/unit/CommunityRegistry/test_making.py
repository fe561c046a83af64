"""The registry when it is made."""

import pytest

from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO


def test_platform_has_a_steward_and_a_rate_when_the_registry_is_made(CommunityRegistry, owner, stranger):
    made = CommunityRegistry.deploy(stranger, 500, {"from": owner})
    assert tuple(made.officeOf(0)) == (stranger, 500, 0, 0, 0, 0, 0, 0)
    assert made.tokenOf(0) == ZERO
    assert made.communityCount() == 0
    moved = ("StewardshipMoved", {"id": 0, "from": ZERO, "to": str(stranger)})
    assert_events(made.tx, [made], moved, ("FeeSet", {"id": 0, "feeBps": 500}))


def test_registry_is_not_made_when_nobody_answers_for_the_platform(CommunityRegistry, owner):
    with refused("RegistryNotSteward", 0, ZERO):
        CommunityRegistry.deploy(ZERO, 100, {"from": owner})


@pytest.mark.parametrize("fee_bps", [501, 65_535])
def test_registry_is_not_made_when_the_platform_wants_too_much(CommunityRegistry, owner, fee_bps):
    with refused("RegistryFeeTooHigh", fee_bps, 500):
        CommunityRegistry.deploy(owner, fee_bps, {"from": owner})
