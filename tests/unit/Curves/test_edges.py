"""Amounts that divide without a rest, a single smallest unit, the dearest curve: where rounding and bounds end, to the unit."""

import pytest
from brownie import web3

from tests.fixtures.curves import CAPACITY
from tests.helpers.curve_model import MAX_RESERVE, WHOLE, Shape
from tests.helpers.deal import FAR
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO

FLAT = Shape(ZERO, base_price=10**6)
ONE_A_TOKEN = Shape(ZERO, steps=((CAPACITY, 1),))


def balance(account) -> int:
    return web3.eth.get_balance(account.address)


def test_cost_and_proceeds_are_equal_when_they_divide_without_a_rest(curves, open_curve):
    token, _ = open_curve(FLAT)
    assert tuple(curves.quoteBuy(token, WHOLE)) == tuple(curves.quoteSell(token, WHOLE)) == (10**6, 0, 10**6)


@pytest.mark.parametrize(("slope", "supply", "price"), [(WHOLE, WHOLE, 1), (WHOLE - 1, WHOLE + 1, 0)])
def test_price_on_a_slope_rises_at_the_very_unit_that_completes_it(curves, open_curve, slope, supply, price):
    token, _ = open_curve(Shape(ZERO, slope=slope))
    assert curves.priceAt(token, supply) == price


def test_sale_on_steps_brings_nothing_until_the_unit_that_completes_it(curves, open_curve, stranger, accounts):
    token, _ = open_curve(ONE_A_TOKEN)
    assert curves.quoteSell(token, WHOLE - 1)[0] == 0
    had, held = balance(accounts[9]), balance(curves)
    curves.sell(token, WHOLE, 1, FAR, accounts[9], {"from": stranger})
    assert (balance(accounts[9]), balance(curves)) == (had + 1, held - 1)


def test_swap_pays_out_a_rest_of_a_single_unit(curves, open_curve, stranger):
    (token, _), (other, _) = open_curve(ONE_A_TOKEN), open_curve(ONE_A_TOKEN)
    held = balance(curves)
    assert curves.swap(token, 2 * WHOLE, other, WHOLE, FAR, {"from": stranger}).return_value == 1
    assert balance(curves) == held - 1


def test_all_tokens_of_a_curve_may_cost_as_much_as_it_says_and_no_unit_more(curves, open_community, steward):
    whole = {"founder_allocation": 0, "vesting_cliff": 0, "vesting_duration": 0}
    _, token = open_community(curve=str(curves.address), curve_allocation=WHOLE, **whole)
    token.renounceMint({"from": steward})
    dearest, dearer = (Shape(ZERO, steps=((WHOLE, price),)).words() for price in (MAX_RESERVE, MAX_RESERVE + 1))
    with refused("CurvesTooDear", MAX_RESERVE + 1, MAX_RESERVE):
        curves.open.call(token, dearer, 0, 0, 0, FAR, {"from": steward})
    curves.open(token, dearest, 0, 0, 0, FAR, {"from": steward})
    assert curves.quoteBuy(token, WHOLE)[0] == MAX_RESERVE


def test_everybody_answers_for_his_own_account(curves, stranger):
    with refused("CreditsNotEnough", stranger, 1, 0):
        curves.withdrawFrom.call(stranger, ZERO, stranger, 1, {"from": stranger})
