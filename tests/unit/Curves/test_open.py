"""open: only a steward, once, for a token whose every unit the reserve can answer for."""

import pytest
from brownie import web3

from tests.fixtures.curves import BESIDE_UNITS, CAPACITY, CURVE_UNITS, LINE, STEPS
from tests.helpers.curve_model import MAX_RESERVE, Refused, opened
from tests.helpers.deal import FAR
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO

RICH = 10**18


@pytest.fixture(scope="module")
def fresh(reserved_token):
    return reserved_token()


def ask(curves, token, sender, shape=LINE, max_backing=RICH, first=0, max_total=0, deadline=FAR, value=RICH):
    curves.open.call(token, shape.words(), max_backing, first, max_total, deadline, {"from": sender, "value": value})


def model(token, shape):
    return opened(shape, token.supplyBesideCurve(), token.reserves()[4])


@pytest.mark.parametrize("shape", [LINE, STEPS], ids=["line", "steps"])
def test_open_takes_the_backing_and_tells_all_when_the_steward_opens(curves, fresh, steward, said_by, shape):
    book = model(fresh, shape)
    had = web3.eth.get_balance(curves.address)
    tx = curves.open(fresh, shape.words(), book.reserve, 0, 0, FAR, {"from": steward, "value": book.reserve})
    said = {"token": fresh, "steward": steward, "params": shape.words(), "capacity": CAPACITY}
    assert_events(tx, [curves], ("CurveOpened", {**said, "backed": BESIDE_UNITS, "reserve": book.reserve}))
    assert web3.eth.get_balance(curves.address) == had + book.reserve
    found = curves.curveOf(fresh)
    assert found[0][:4] == shape.words()[:4]
    assert [tuple(step) for step in found[0][4]] == list(shape.steps)
    assert found[1:] == (fresh.communityId(), CAPACITY, BESIDE_UNITS, BESIDE_UNITS, book.reserve)
    said_by(fresh, book)


def test_open_returns_what_is_too_much_of_eth_and_buys_for_the_founder_in_the_same_call(
    curves, fresh, steward, said_by
):
    book = model(fresh, LINE)
    first = 12_345 * 10**18 + 1
    backing = book.reserve
    cost, fee = book.cost(first)
    had = web3.eth.get_balance(curves.address)
    curves.open(fresh, LINE.words(), backing, first, cost + fee, FAR, {"from": steward, "value": RICH})
    assert web3.eth.get_balance(curves.address) == had + backing + cost + fee
    assert fresh.balanceOf(steward) == first
    book.sold, book.reserve, book.credit = book.sold + first, backing + cost, fee
    said_by(fresh, book)


def test_open_backs_nothing_when_no_token_comes_from_elsewhere(curves, open_community, steward):
    whole = {"founder_allocation": 0, "vesting_cliff": 0, "vesting_duration": 0}
    _, token = open_community(curve=str(curves.address), curve_allocation=CURVE_UNITS, **whole)
    token.renounceMint({"from": steward})
    curves.open(token, LINE.words(), 0, 0, 0, FAR, {"from": steward})
    assert curves.curveOf(token)[2:] == (CURVE_UNITS, 0, 0, 0)


def test_open_reverts_when_a_bound_is_passed(curves, fresh, steward):
    book = model(fresh, LINE)
    backing, (cost, fee) = book.reserve, book.cost(1)
    with refused("CurvesCostTooHigh", backing, backing - 1):
        ask(curves, fresh, steward, max_backing=backing - 1)
    with refused("CurvesCostTooHigh", cost + fee, cost + fee - 1):
        ask(curves, fresh, steward, first=1, max_total=cost + fee - 1)
    with refused("CreditsWrongValue", backing - 1, backing):
        ask(curves, fresh, steward, value=backing - 1)
    with refused("CurvesExpired", 1, ...):
        ask(curves, fresh, steward, deadline=1)


def test_open_reverts_when_the_caller_is_not_the_steward_or_the_token_is_not_the_registrys(
    curves, fresh, stranger, steward
):
    with refused("CurvesNotSteward", fresh, stranger):
        ask(curves, fresh, stranger)
    with refused("CurvesUnknownToken", stranger):
        ask(curves, stranger, steward)


def test_open_reverts_when_a_token_only_says_that_it_is_a_communitys(curves, fresh, steward, PretendingToken, owner):
    pretender = PretendingToken.deploy(fresh.communityId(), {"from": owner})
    with refused("CurvesUnknownToken", pretender):
        ask(curves, pretender, steward)


def test_open_reverts_when_the_reserve_is_nobodys_or_another_contracts(curves, token, open_community, steward, seller):
    with refused("CurvesNotReserved", token, ZERO):
        ask(curves, token, steward)
    _, other = open_community(curve=str(seller), curve_allocation=CURVE_UNITS)
    with refused("CurvesNotReserved", other, seller):
        ask(curves, other, steward)


def test_open_reverts_when_the_steward_could_still_mint(curves, reserved_token, steward):
    token = reserved_token(renounced=False)
    with refused("CurvesMintNotRenounced", token):
        ask(curves, token, steward)


def test_open_reverts_when_the_token_has_its_curve(curves, line, steward):
    with refused("CurvesAlreadyOpen", line[0]):
        ask(curves, line[0], steward)


def test_open_reverts_when_the_currency_is_no_contract_or_the_token_itself(curves, fresh, steward, stranger):
    for currency in (stranger, fresh):
        with refused("CurvesBadCurrency", currency):
            ask(curves, fresh, steward, LINE.but(currency=str(currency)), value=0)


WRONG = {
    "fee": LINE.but(fee_bps=1_001),
    "free": LINE.but(base_price=0, slope=0),
    "free_step": STEPS.but(steps=((CAPACITY, 0),)),
    "two_shapes": STEPS.but(base_price=1),
    "two_shapes_by_slope": STEPS.but(slope=1),
    "too_many_steps": STEPS.but(steps=tuple((CAPACITY + place, 1) for place in range(17))),
    "empty_step": STEPS.but(steps=((0, 1), (CAPACITY, 1))),
    "step_of_no_length": STEPS.but(steps=((5, 1), (5, 1), (CAPACITY, 1))),
    "step_backwards": STEPS.but(steps=((5, 1), (4, 1), (CAPACITY, 1))),
    "cheaper_step": STEPS.but(steps=((5, 2), (CAPACITY, 1))),
    "too_short": STEPS.but(steps=((CAPACITY - 1, 1),)),
    "too_dear": LINE.but(base_price=2**128 - 1),
    "too_dear_steps": STEPS.but(steps=((CAPACITY, 2**128 - 1),)),
}


@pytest.mark.parametrize("shape", WRONG.values(), ids=WRONG)
def test_open_reverts_when_the_price_has_no_shape(curves, fresh, steward, shape):
    with pytest.raises(Refused) as expected:
        model(fresh, shape)
    with refused(expected.value.error, *expected.value.arguments):
        ask(curves, fresh, steward, shape)


EDGES = {
    "most_fee": LINE.but(fee_bps=1_000),
    "only_price": LINE.but(slope=0),
    "only_slope": LINE.but(base_price=0, slope=1),
    "steepest": LINE.but(base_price=0, slope=2**128 - 1),
    "most_steps": STEPS.but(steps=tuple((CAPACITY - 15 + place, 1 + place) for place in range(16))),
    "exact_length": STEPS.but(steps=((CAPACITY, 1),)),
    "dearest": LINE.but(base_price=MAX_RESERVE * 10**18 // CAPACITY, slope=0),
}


@pytest.mark.parametrize("shape", EDGES.values(), ids=EDGES)
def test_open_goes_through_at_each_bound(curves, fresh, steward, shape, make_rich_token):
    coin = make_rich_token()
    book = model(fresh, shape.but(currency=str(coin)))
    curves.open(fresh, book.shape.words(), book.reserve, 0, 0, FAR, {"from": steward})
    assert curves.curveOf(fresh)[5] == book.reserve == coin.balanceOf(curves)


@pytest.fixture
def make_rich_token(OddToken, curves, owner, steward):
    def made():
        coin = OddToken.deploy(18, {"from": owner})
        coin.mint(steward, 2**128, {"from": owner})
        coin.approve(curves, 2**256 - 1, {"from": steward})
        return coin

    return made


def test_registry_must_be_a_contract(Curves, owner, stranger, curves, registry):
    with refused("CurvesNoCode", stranger):
        Curves.deploy(stranger, {"from": owner})
    assert curves.REGISTRY() == registry.address
    assert (curves.MAX_FEE_BPS(), curves.MAX_STEPS()) == (1_000, 16)
