"""The plain ERC-20 side of a clone: transfers, allowances, their events and their refusals."""

import pytest

from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO


@pytest.fixture(scope="module")
def owned(token, steward, buyer):
    token.mint(buyer, 1_000, {"from": steward})
    return token


@pytest.mark.parametrize("amount", [0, 1, 1_000])
def test_transfer_moves_tokens_when_the_owner_calls(owned, buyer, seller, amount):
    tx = owned.transfer(seller, amount, {"from": buyer})
    assert tx.return_value is True
    assert owned.balanceOf(buyer) == 1_000 - amount
    assert owned.balanceOf(seller) == amount
    assert owned.totalSupply() == 1_000
    assert_events(tx, [owned], ("Transfer", {"from": str(buyer), "to": str(seller), "value": amount}))


def test_transfer_changes_nothing_when_it_goes_to_its_owner(owned, buyer):
    owned.transfer(buyer, 600, {"from": buyer})
    assert owned.balanceOf(buyer) == 1_000


def test_transfer_reverts_when_there_is_not_enough(owned, buyer, seller):
    with refused("ERC20InsufficientBalance", buyer, 1_000, 1_001):
        owned.transfer.call(seller, 1_001, {"from": buyer})


def test_transfer_reverts_when_the_receiver_is_nobody(owned, buyer):
    with refused("ERC20InvalidReceiver", ZERO):
        owned.transfer.call(ZERO, 1, {"from": buyer})


def test_allowance_is_spent_when_the_spender_moves_tokens(owned, buyer, seller, stranger):
    tx = owned.approve(stranger, 500, {"from": buyer})
    assert_events(tx, [owned], ("Approval", {"owner": str(buyer), "spender": str(stranger), "value": 500}))
    owned.transferFrom(buyer, seller, 300, {"from": stranger})
    assert owned.allowance(buyer, stranger) == 200
    assert owned.balanceOf(seller) == 300
    with refused("ERC20InsufficientAllowance", stranger, 200, 201):
        owned.transferFrom.call(buyer, seller, 201, {"from": stranger})


def test_allowance_stays_when_it_is_without_end(owned, buyer, seller, stranger):
    owned.approve(stranger, 2**256 - 1, {"from": buyer})
    owned.transferFrom(buyer, seller, 300, {"from": stranger})
    assert owned.allowance(buyer, stranger) == 2**256 - 1


def test_tokens_of_two_communities_share_no_balance(owned, open_community, buyer):
    _, other = open_community()
    assert other.balanceOf(buyer) == 0
    assert other.totalSupply() == 0
