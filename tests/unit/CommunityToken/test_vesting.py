"""mintVested: the founder's part comes after the cliff, second by second, rounded down, and only once."""

import pytest

from tests.fixtures.market import CAP_UNITS, FOUNDER_UNITS
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.terms import DAY, ZERO
from tests.helpers.time import jump_to, now

CLIFF, DURATION = 30 * DAY, 365 * DAY


@pytest.fixture(scope="module")
def start(token):
    return token.vesting()[1]


def test_schedule_starts_with_the_community(token, registry, start, steward):
    assert tuple(token.vesting()) == (FOUNDER_UNITS, start, CLIFF, DURATION, 0)
    assert token.founder() == steward


@pytest.mark.parametrize(
    "after, vested",
    [
        (0, 0),
        (CLIFF - 1, 0),
        (CLIFF, FOUNDER_UNITS * CLIFF // DURATION),
        (CLIFF + 1, FOUNDER_UNITS * (CLIFF + 1) // DURATION),
        (DURATION - 1, FOUNDER_UNITS * (DURATION - 1) // DURATION),
        (DURATION, FOUNDER_UNITS),
        (2**40, FOUNDER_UNITS),
    ],
)
def test_vested_amount_is_nothing_then_linear_then_all(token, start, after, vested):
    assert token.vestedAt(start + after) == vested


def test_nothing_has_vested_when_the_time_lies_before_the_start(token, start):
    assert token.vestedAt(start - 1) == 0
    assert token.vestedAt(0) == 0


@pytest.mark.parametrize("after", [CLIFF, CLIFF + 12_345, DURATION, DURATION + 1])
def test_founder_gets_what_vested_when_anybody_asks(token, start, steward, stranger, after):
    jump_to(start + after)
    tx = token.mintVested({"from": stranger})
    vested = token.vestedAt(tx.timestamp)
    assert tx.return_value == vested
    assert token.balanceOf(steward) == vested
    assert token.vesting()[4] == vested
    assert_events(
        tx,
        [token],
        ("Transfer", {"from": ZERO, "to": str(steward), "value": vested}),
        ("VestedMinted", {"amount": vested}),
    )


def test_nothing_is_minted_when_the_cliff_lies_ahead(token, start, steward):
    jump_to(start + CLIFF - 1)
    with refused("TokenNothingVested"):
        token.mintVested.call({"from": steward})


def test_nothing_is_minted_twice_when_all_has_vested(token, start, steward):
    jump_to(start + 100 * DAY)
    first = token.mintVested({"from": steward}).return_value
    jump_to(start + DURATION + 1)
    assert token.mintVested({"from": steward}).return_value == FOUNDER_UNITS - first
    assert token.balanceOf(steward) == FOUNDER_UNITS
    with refused("TokenNothingVested"):
        token.mintVested.call({"from": steward})


def test_cap_is_reached_exactly_when_steward_and_founder_take_all(token, start, steward, buyer):
    token.mint(buyer, CAP_UNITS - FOUNDER_UNITS, {"from": steward})
    jump_to(start + DURATION)
    token.mintVested({"from": steward})
    assert token.totalSupply() == token.cap()


def test_founder_goes_on_vesting_when_minting_was_renounced(token, start, steward):
    token.renounceMint({"from": steward})
    jump_to(start + DURATION)
    token.mintVested({"from": steward})
    assert token.balanceOf(steward) == FOUNDER_UNITS


def test_founder_keeps_his_part_when_the_stewardship_moved(registry, token, start, community_id, steward, stranger):
    registry.offerStewardship(community_id, stranger, {"from": steward})
    registry.acceptStewardship(community_id, {"from": stranger})
    jump_to(start + DURATION)
    token.mintVested({"from": stranger})
    assert token.balanceOf(steward) == FOUNDER_UNITS
    assert token.balanceOf(stranger) == 0


def test_all_has_vested_at_once_when_there_is_no_duration(open_community, steward):
    _, token = open_community(vesting_cliff=0, vesting_duration=0)
    token.mintVested({"from": steward})
    assert token.balanceOf(steward) == FOUNDER_UNITS


def test_nothing_ever_vests_when_the_founder_has_no_part(open_community, steward):
    _, token = open_community(founder_allocation=0)
    jump_to(now() + DURATION)
    with refused("TokenNothingVested"):
        token.mintVested.call({"from": steward})
    assert token.mintable() == CAP_UNITS


def test_largest_allocation_vests_without_overflow(open_community, steward):
    _, token = open_community(
        cap=2**112 - 1, founder_allocation=2**112 - 1, vesting_cliff=0, vesting_duration=3_650 * DAY
    )
    start = token.vesting()[1]
    assert token.vestedAt(start + 3_650 * DAY - 1) == (2**112 - 1) * (3_650 * DAY - 1) // (3_650 * DAY)
    assert token.mintable() == 0
