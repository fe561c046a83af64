"""priceAt, and what traders may rely on: no order of trades gains, and nobody loses more than his own bound."""

from dataclasses import replace

import pytest
from brownie import web3
from brownie.test import given
from hypothesis import strategies as st

from tests.fixtures.curves import BESIDE_UNITS, CAPACITY, CURVE_UNITS, GIVEN_UNITS, LINE, STEPS
from tests.helpers.curve_model import Books, opened
from tests.helpers.deal import FAR
from tests.helpers.reverts import refused

RICH = 10**18
SHAPES = {"line": LINE, "steps": STEPS, "free_of_fee": LINE.but(fee_bps=0), "cheap": LINE.but(base_price=1, slope=1)}
PLACES = (0, 1, 10**18 - 1, 10**18, BESIDE_UNITS, *(end + by for end, _ in STEPS.steps[:3] for by in (-1, 0, 1)))


@pytest.mark.parametrize("supply", [*PLACES, CAPACITY - 1, CAPACITY])
def test_price_is_that_of_the_next_unit(curves, opened_curve, supply):
    token, book = opened_curve
    assert curves.priceAt(token, supply) == book.shape.price(supply)


def test_price_is_not_told_when_the_supply_is_above_the_capacity_or_there_is_no_curve(curves, line, token):
    with refused("CurvesBeyondCapacity", CAPACITY + 1, CAPACITY):
        curves.priceAt(line[0], CAPACITY + 1)
    with refused("CurvesNotOpen", token):
        curves.priceAt(token, 0)


def buys(curves, token, sender, amount, bound=RICH) -> int:
    """Buy and give what was paid."""
    return curves.buy(token, amount, bound, FAR, sender, {"from": sender, "value": bound}).return_value


def test_many_small_purchases_never_cost_less_than_one_large(curves, opened_curve, buyer):
    token, book = opened_curve
    parts = (1, 7, 10**18 - 3, 10**20, 1, 10**20 - 4)
    at_once = sum(book.cost(sum(parts)))
    assert tuple(curves.quoteBuy(token, sum(parts)))[2] == at_once
    paid = sum(buys(curves, token, buyer, part) for part in parts)
    assert at_once <= paid <= at_once + 2 * len(parts)


def test_many_small_sales_never_bring_more_than_one_large(curves, opened_curve, stranger):
    token, book = opened_curve
    parts = (1, 7, 10**18 - 3, 10**20, 1, 10**20 - 4)
    at_once = book.proceeds(sum(parts))
    got = sum(curves.sell(token, part, 0, FAR, stranger, {"from": stranger}).return_value for part in parts)
    assert at_once[0] - at_once[1] - 2 * len(parts) <= got <= at_once[0] - at_once[1]


@pytest.mark.parametrize("amount", [1, 10**18, 10**20 + 1])
def test_buying_and_selling_at_once_never_gains(curves, opened_curve, buyer, amount):
    token, _ = opened_curve
    paid = buys(curves, token, buyer, amount)
    assert curves.sell(token, amount, 0, FAR, buyer, {"from": buyer}).return_value < paid


def test_a_sandwiched_buyer_pays_at_most_his_bound_and_the_sandwich_pays_fees(curves, line, buyer, seller):
    """The attacker buys before the victim and sells after him. He takes what the victim's bound leaves open, and no more."""
    token, book = line
    amount = 10**21
    quote = sum(book.cost(amount))
    bound = quote * 101 // 100
    spent = buys(curves, token, seller, 10**20)
    total = curves.quoteBuy(token, amount)[2]
    assert quote < total <= bound  # within the bound the purchase goes through
    assert buys(curves, token, buyer, amount, bound) == total
    gained = curves.sell(token, 10**20, 0, FAR, seller, {"from": seller}).return_value - spent
    assert gained <= total - quote <= bound - quote


def test_a_sandwiched_buyer_pays_nothing_when_the_price_has_left_his_bound(curves, line, buyer, seller):
    token, book = line
    quote = sum(book.cost(10**21))
    buys(curves, token, seller, 2 * 10**23)
    with refused("CurvesCostTooHigh", ..., quote * 101 // 100):
        curves.buy.call(token, 10**21, quote * 101 // 100, FAR, buyer, {"from": buyer, "value": RICH})


def test_a_sandwiched_seller_gets_at_least_his_bound_or_keeps_his_tokens(curves, line, stranger, seller):
    """The attacker sells before the victim, and buys back after him."""
    token, book = line
    amount = 10**21
    proceeds, fee = book.proceeds(amount)
    token.transfer(seller, GIVEN_UNITS - amount, {"from": stranger})
    bound = (proceeds - fee) * 999 // 1000
    curves.sell(token, GIVEN_UNITS - amount, 0, FAR, seller, {"from": seller})
    with refused("CurvesProceedsTooLow", ..., bound):
        curves.sell.call(token, amount, bound, FAR, stranger, {"from": stranger})
    assert token.balanceOf(stranger) == amount


def test_the_first_purchase_is_the_founders_when_he_asks_for_it(curves, reserved_token, steward, buyer):
    """Before the opening there is no curve to buy from; in the opening the founder has bought already."""
    token = reserved_token()
    first = opened(LINE, BESIDE_UNITS, CURVE_UNITS)
    with refused("CurvesNotOpen", token):
        curves.buy.call(token, 1, RICH, FAR, buyer, {"from": buyer, "value": RICH})
    total = sum(first.cost(10**21))
    curves.open(token, LINE.words(), RICH, 10**21, total, FAR, {"from": steward, "value": RICH})
    assert token.balanceOf(steward) == 10**21


amounts = st.one_of(st.integers(1, 50), st.integers(1, CURVE_UNITS))


@given(st.sampled_from(list(SHAPES.values())), st.lists(st.tuples(st.booleans(), amounts), min_size=1, max_size=30))
def test_no_sequence_in_the_model_leaves_the_reserve_short(shape, trades):
    """The model alone, many times: whatever is bought and sold, all that is out can be sold."""
    books = Books({"T": opened(shape, BESIDE_UNITS, CURVE_UNITS)})
    book = books.curves["T"]
    books.tokens["T", "all"] = BESIDE_UNITS
    for is_purchase, amount in trades:
        left = book.capacity - book.sold if is_purchase else book.sold
        if left == 0:
            continue
        if is_purchase:
            books.buy("T", "all", min(amount, left), 2**256)
        else:
            books.sell("T", "all", min(amount, left), 0)
        book.check()
    rest = replace(book)
    if rest.sold:
        assert rest.proceeds(rest.sold)[0] <= rest.reserve


def test_what_is_paid_goes_to_reserves_and_credits_to_the_wei_when_two_curves_share_the_contract(
    curves, line, open_curve, buyer, state_of
):
    second, _ = open_curve(STEPS)
    tokens = (line[0], second)
    held, owed = web3.eth.get_balance(curves.address), sum(sum(state_of(token)[1:]) for token in tokens)
    paid = buys(curves, line[0], buyer, 10**20) + buys(curves, second, buyer, 10**19)
    assert sum(sum(state_of(token)[1:]) for token in tokens) - owed == paid
    assert web3.eth.get_balance(curves.address) - held == paid
