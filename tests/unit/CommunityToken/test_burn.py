"""burn and burnFrom: tokens go for good and do not come back into the cap."""

import pytest

from tests.fixtures.market import CAP_UNITS, FOUNDER_UNITS
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO


@pytest.fixture(scope="module")
def owned(token, steward, buyer):
    token.mint(buyer, 1_000, {"from": steward})
    return token


def test_burn_takes_tokens_out_of_the_world_when_their_owner_calls(owned, buyer):
    left = owned.mintable()
    tx = owned.burn(400, {"from": buyer})
    assert owned.balanceOf(buyer) == owned.totalSupply() == 600
    assert owned.mintable() == left
    assert_events(tx, [owned], ("Transfer", {"from": str(buyer), "to": ZERO, "value": 400}))


def test_burned_tokens_cannot_be_minted_again_when_the_cap_was_reached(owned, steward, buyer):
    owned.mint(buyer, CAP_UNITS - FOUNDER_UNITS - 1_000, {"from": steward})
    owned.burn(owned.balanceOf(buyer), {"from": buyer})
    assert owned.totalSupply() == 0
    with refused("TokenCapExceeded", 1, 0):
        owned.mint.call(buyer, 1, {"from": steward})


def test_burn_reverts_when_there_is_not_enough(owned, buyer):
    with refused("ERC20InsufficientBalance", buyer, 1_000, 1_001):
        owned.burn.call(1_001, {"from": buyer})


def test_burn_from_uses_up_the_allowance_when_the_owner_gave_one(owned, buyer, stranger):
    owned.approve(stranger, 300, {"from": buyer})
    owned.burnFrom(buyer, 200, {"from": stranger})
    assert owned.balanceOf(buyer) == 800
    assert owned.allowance(buyer, stranger) == 100
    with refused("ERC20InsufficientAllowance", stranger, 100, 101):
        owned.burnFrom.call(buyer, 101, {"from": stranger})


@pytest.mark.parametrize("role", ["steward", "owner"])
def test_burn_from_reverts_when_the_owner_allowed_nothing(owned, buyer, request, role):
    sender = request.getfixturevalue(role)
    with refused("ERC20InsufficientAllowance", sender, 0, 1):
        owned.burnFrom.call(buyer, 1, {"from": sender})
