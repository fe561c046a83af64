"""swap: one curve's token for another's, in one call and under one bound."""

from dataclasses import replace

import pytest
from brownie import web3

from tests.fixtures.curves import GIVEN_UNITS, LINE, STEPS
from tests.helpers.curve_model import Books, Refused
from tests.helpers.deal import FAR
from tests.helpers.events import events_of
from tests.helpers.reverts import refused

OUT = 10**20 + 7


@pytest.fixture(scope="module")
def other(open_curve):
    return open_curve(STEPS)


@pytest.fixture
def books(line, other, stranger):
    """Give the books of both curves; the stranger has tokens of both."""
    found = Books({str(token): replace(book) for token, book in (line, other)})
    for token in found.curves:
        found.tokens[token, str(stranger)] = GIVEN_UNITS
    return found


def test_swap_sells_one_and_buys_exactly_of_the_other_and_pays_out_the_rest(
    curves, line, other, books, stranger, said_by
):
    sold, bought = line[0], other[0]
    given, taken, rest = books.swap(str(sold), GIVEN_UNITS, str(bought), OUT, str(stranger))
    held = web3.eth.get_balance(curves.address)
    tx = curves.swap(sold, GIVEN_UNITS, bought, OUT, FAR, {"from": stranger})
    assert tx.return_value == rest > 0
    assert web3.eth.get_balance(curves.address) == held - rest
    for token in (sold, bought):
        said_by(token, books.curves[str(token)])
        assert token.balanceOf(stranger) == books.tokens[str(token), str(stranger)]
    (sale, credit), (purchase, other_credit) = events_of(tx, curves)[:2], events_of(tx, curves)[2:]
    assert (sale[0], sale[1]["proceeds"], sale[1]["fee"]) == ("CurveSold", *given)
    assert (purchase[0], purchase[1]["cost"], purchase[1]["fee"]) == ("CurveBought", *taken)
    assert sale[1]["to"] == purchase[1]["to"] == purchase[1]["buyer"] == str(stranger).lower()
    assert credit[0] == other_credit[0] == "CreditsAdded"


def test_swap_takes_all_that_the_sale_pays_for_and_not_a_unit_more(curves, line, other, books, stranger):
    """Look for the largest amount that is covered; then the next is not."""
    sold, bought = str(line[0]), str(other[0])

    def is_covered(amount: int) -> bool:
        try:
            books.copy().swap(sold, GIVEN_UNITS, bought, amount, str(stranger))
        except Refused as problem:
            if problem.error != "CurvesSwapNotCovered":
                raise
            return False
        return True

    low, high = 1, 10**23
    assert is_covered(low)
    assert not is_covered(high)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if is_covered(middle) else (low, middle)
    with pytest.raises(Refused) as expected:
        books.copy().swap(sold, GIVEN_UNITS, bought, high, str(stranger))
    with refused(expected.value.error, *expected.value.arguments):
        curves.swap.call(sold, GIVEN_UNITS, bought, high, FAR, {"from": stranger})
    assert curves.swap.call(sold, GIVEN_UNITS, bought, low, FAR, {"from": stranger}) == 0


def test_swap_with_itself_only_costs(curves, line, books, stranger):
    token = str(line[0])
    _, _, rest = books.swap(token, GIVEN_UNITS, token, OUT, str(stranger))
    assert curves.swap.call(token, GIVEN_UNITS, token, OUT, FAR, {"from": stranger}) == rest


def test_swap_reverts_when_currencies_differ(curves, line, open_curve, OddToken, owner, steward, stranger):
    coin = OddToken.deploy(18, {"from": owner})
    coin.mint(steward, 10**18, {"from": owner})
    coin.approve(curves, 10**18, {"from": steward})
    foreign, _ = open_curve(LINE.but(currency=str(coin)))
    with refused("CurvesOtherCurrency", "0x" + "0" * 40, coin):
        curves.swap.call(line[0], 10**18, foreign, 1, FAR, {"from": stranger})


def test_swap_reverts_when_it_comes_too_late_or_a_curve_or_an_amount_is_missing(curves, line, other, token, stranger):
    sold, bought = line[0], other[0]
    for arguments, error in (
        ((sold, 1, bought, 1, 1), "CurvesExpired"),
        ((token, 1, bought, 1, FAR), "CurvesNotOpen"),
        ((sold, 1, token, 1, FAR), "CurvesNotOpen"),
        ((sold, 0, bought, 1, FAR), "CurvesNoAmount"),
        ((sold, 1, bought, 0, FAR), "CurvesNoAmount"),
    ):
        with refused(error, *([...] * {"CurvesExpired": 2, "CurvesNotOpen": 1}.get(error, 0))):
            curves.swap.call(*arguments, {"from": stranger})
