"""mintReserved and burnReserved: what the cap keeps for claims and for a curve is theirs, and nobody else's."""

import pytest

from tests.fixtures.market import CAP_UNITS, FOUNDER_UNITS
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.terms import DAY, ZERO

CLAIM_UNITS = 3 * 10**22 + 1
CURVE_UNITS = 4 * 10**22 + 3
OPEN_UNITS = CAP_UNITS - FOUNDER_UNITS - CLAIM_UNITS - CURVE_UNITS


@pytest.fixture(scope="module")
def reserved(open_community, seller, arbiter):
    """Give a token whose claims are minted by the seller's account, and whose curve is the arbiter's."""
    parts = {
        "claims": str(seller),
        "claim_allocation": CLAIM_UNITS,
        "curve": str(arbiter),
        "curve_allocation": CURVE_UNITS,
    }
    return open_community(**parts)[1]


def transfer(source, to, value):
    return ("Transfer", {"from": str(source), "to": str(to), "value": value})


def test_reserves_are_read_back_when_a_community_is_open(reserved, token, seller, arbiter):
    assert tuple(reserved.reserves()) == (seller, CLAIM_UNITS, 0, arbiter, CURVE_UNITS, 0)
    assert reserved.mintable() == OPEN_UNITS
    assert tuple(token.reserves()) == (ZERO, 0, 0, ZERO, 0, 0)


def test_steward_cannot_mint_what_is_reserved(reserved, steward, buyer):
    with refused("TokenCapExceeded", OPEN_UNITS + 1, OPEN_UNITS):
        reserved.mint.call(buyer, OPEN_UNITS + 1, {"from": steward})


@pytest.mark.parametrize("minter, amount, place", [("seller", CLAIM_UNITS, 2), ("arbiter", CURVE_UNITS, 5)])
def test_each_contract_mints_its_whole_reserve_and_not_a_unit_more_though_all_else_is_minted(
    reserved, steward, buyer, chain, request, minter, amount, place
):
    own = request.getfixturevalue(minter)
    reserved.mint(steward, OPEN_UNITS, {"from": steward})
    reserved.renounceMint({"from": steward})
    chain.sleep(365 * DAY)
    reserved.mintVested({"from": buyer})
    before = reserved.totalSupply()
    tx = reserved.mintReserved(buyer, amount - 1, {"from": own})
    assert_events(tx, [reserved], transfer(ZERO, buyer, amount - 1))
    with refused("TokenReserveExceeded", 2, 1):
        reserved.mintReserved.call(buyer, 2, {"from": own})
    reserved.mintReserved(buyer, 1, {"from": own})
    with refused("TokenReserveExceeded", 1, 0):
        reserved.mintReserved.call(buyer, 1, {"from": own})
    assert reserved.balanceOf(buyer) == amount == reserved.totalSupply() - before
    assert reserved.reserves()[place] == amount


@pytest.mark.parametrize("role", ["steward", "owner", "buyer", "stranger"])
def test_nobody_else_mints_or_burns_what_is_reserved(reserved, request, role):
    sender = request.getfixturevalue(role)
    with refused("TokenNotReserved", str(sender)):
        reserved.mintReserved.call(sender, 1, {"from": sender})
    with refused("TokenNotReserved", str(sender)):
        reserved.burnReserved.call(sender, 0, {"from": sender})


@pytest.mark.parametrize("role", ["steward", "seller", "arbiter"])
def test_nobody_mints_a_reserve_where_none_was_made(token, request, role):
    sender = request.getfixturevalue(role)
    with refused("TokenNotReserved", str(sender)):
        token.mintReserved.call(sender, 1, {"from": sender})


def test_curve_sells_again_what_it_bought_back(reserved, buyer, arbiter):
    reserved.mintReserved(buyer, CURVE_UNITS, {"from": arbiter})
    reserved.approve(arbiter, 7, {"from": buyer})
    tx = reserved.burnReserved(buyer, 7, {"from": arbiter})
    assert_events(tx, [reserved], transfer(buyer, ZERO, 7))
    assert reserved.reserves()[5] == CURVE_UNITS - 7
    with refused("TokenReserveExceeded", 8, 7):
        reserved.mintReserved.call(buyer, 8, {"from": arbiter})
    reserved.mintReserved(buyer, 7, {"from": arbiter})
    assert reserved.balanceOf(buyer) == CURVE_UNITS


def test_curve_burns_nothing_that_it_was_not_allowed(reserved, buyer, arbiter):
    reserved.mintReserved(buyer, 10, {"from": arbiter})
    reserved.approve(arbiter, 4, {"from": buyer})
    with refused("ERC20InsufficientAllowance", str(arbiter), 4, 5):
        reserved.burnReserved.call(buyer, 5, {"from": arbiter})


def test_supply_stays_within_the_cap_when_the_curve_burns_tokens_of_other_origin_and_mints_them_again(
    reserved, steward, buyer, seller, arbiter, chain
):
    reserved.mint(buyer, OPEN_UNITS, {"from": steward})
    reserved.mintReserved(buyer, CLAIM_UNITS, {"from": seller})
    reserved.approve(arbiter, OPEN_UNITS, {"from": buyer})
    reserved.burnReserved(buyer, OPEN_UNITS, {"from": arbiter})
    assert reserved.reserves()[5] == -OPEN_UNITS
    assert reserved.mintable() == 0  # what was burned comes back to the curve, not to the steward
    with refused("TokenReserveExceeded", CURVE_UNITS + OPEN_UNITS + 1, CURVE_UNITS + OPEN_UNITS):
        reserved.mintReserved.call(buyer, CURVE_UNITS + OPEN_UNITS + 1, {"from": arbiter})
    reserved.mintReserved(buyer, CURVE_UNITS + OPEN_UNITS, {"from": arbiter})
    chain.sleep(365 * DAY)
    reserved.mintVested({"from": buyer})
    assert reserved.totalSupply() == reserved.cap() == CAP_UNITS


def test_supply_beside_the_curve_counts_what_exists_and_what_can_still_come(
    reserved, steward, buyer, seller, arbiter, chain
):
    beside = CAP_UNITS - CURVE_UNITS
    assert reserved.supplyBesideCurve() == beside
    reserved.mint(buyer, 5, {"from": steward})
    reserved.mintReserved(buyer, 7, {"from": seller})
    reserved.mintReserved(buyer, 11, {"from": arbiter})
    chain.sleep(60 * DAY)
    reserved.mintVested({"from": buyer})
    assert reserved.supplyBesideCurve() == beside
    reserved.approve(arbiter, 13, {"from": buyer})
    reserved.burnReserved(buyer, 13, {"from": arbiter})
    assert reserved.supplyBesideCurve() == beside
    reserved.burn(2, {"from": buyer})
    assert reserved.supplyBesideCurve() == beside - 2
    reserved.renounceMint({"from": steward})
    assert reserved.supplyBesideCurve() == beside - 2 - (OPEN_UNITS - 5)
