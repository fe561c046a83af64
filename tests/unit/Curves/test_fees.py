"""The community's fee: a credit under the community's own account, which its steward takes out."""

import pytest
from brownie import web3

from tests.helpers.accounts import community_account
from tests.helpers.deal import FAR
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO

AMOUNT = 12_345 * 10**18 + 67


@pytest.fixture
def earned(curves, line, buyer):
    """Give the account and what a purchase brought it."""
    token, book = line
    cost, fee = book.cost(AMOUNT)
    curves.buy(token, AMOUNT, cost + fee, FAR, buyer, {"from": buyer, "value": cost + fee})
    return community_account(token.communityId()), fee


def test_steward_takes_the_fee_out_and_the_reserve_stays(curves, line, earned, steward, accounts):
    account, fee = earned
    reserve, had = curves.curveOf(line[0])[5], web3.eth.get_balance(accounts[9].address)
    curves.withdrawFrom(account, ZERO, accounts[9], fee, {"from": steward})
    assert web3.eth.get_balance(accounts[9].address) == had + fee
    assert curves.creditOf(account, ZERO) == 0
    assert curves.curveOf(line[0])[5] == reserve <= web3.eth.get_balance(curves.address)


def test_fee_goes_to_the_steward_of_the_day(curves, registry, line, earned, steward, seller):
    account, fee = earned
    community_id = line[0].communityId()
    registry.offerStewardship(community_id, seller, {"from": steward})
    registry.acceptStewardship(community_id, {"from": seller})
    with refused("CreditsNotOwner", steward, account):
        curves.withdrawFrom.call(account, ZERO, steward, fee, {"from": steward})
    curves.withdrawFrom(account, ZERO, seller, fee, {"from": seller})


def test_fee_is_nobody_elses_and_not_a_unit_more(curves, earned, steward, stranger):
    account, fee = earned
    with refused("CreditsNotOwner", stranger, account):
        curves.withdrawFrom.call(account, ZERO, stranger, fee, {"from": stranger})
    with refused("CreditsNotEnough", account, fee + 1, fee):
        curves.withdrawFrom.call(account, ZERO, steward, fee + 1, {"from": steward})
    with refused("CreditsNotOwner", stranger, steward):
        curves.withdrawFrom.call(steward, ZERO, stranger, 1, {"from": stranger})
