"""extend: whom a clock favours may give the other side more time."""

import pytest

from tests.helpers.deal import FINAL, State
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.terms import DAY
from tests.helpers.time import jump_to

MAX = 180 * DAY
FAVOURED = {State.FUNDED: "holder", State.ACCEPTED: "holder", State.DELIVERED: "seller"}


@pytest.fixture(scope="module")
def deals(make_deal):
    return {state: make_deal(state) for state in State if state != State.NONE}


@pytest.mark.parametrize("state", FAVOURED)
@pytest.mark.parametrize("seconds", [1, MAX])
def test_clock_runs_longer_when_whom_it_favours_wants_it(market, deals, state, seconds):
    deal = deals[state]
    before = deal.order
    tx = deal.do("extend", getattr(deal.parties, FAVOURED[state]), before.clock, before.clock + seconds)
    assert deal.order == before._replace(clock=before.clock + seconds)
    assert deal.aside.extended_for == seconds
    assert_events(tx, [market], ("OrderExtended", {"key": deal.key, "clock": before.clock + seconds}))
    jump_to(before.clock + seconds)
    with refused("MarketTooEarly", before.clock + seconds, ...):
        deal.ask("expire", deal.parties.stranger)
    jump_to(before.clock + seconds + 1)
    deal.ask("expire", deal.parties.stranger)


@pytest.mark.parametrize("state", FAVOURED)
def test_clock_stays_when_the_other_side_wants_more(deals, state):
    deal = deals[state]
    favoured = FAVOURED[state]
    other = {"holder": "seller", "seller": "holder"}[favoured]
    for role in (other, "arbiter", "stranger"):
        account = getattr(deal.parties, role)
        with refused("MarketNotParty", account, getattr(deal.parties, favoured)):
            deal.ask("extend", account)


@pytest.mark.parametrize("state", [State.CONTESTED, State.DISPUTED, *FINAL])
@pytest.mark.parametrize("role", ["holder", "seller"])
def test_clock_stays_when_it_is_the_arbiters_or_a_stakes(deals, state, role):
    deal = deals[state]
    with refused("MarketWrongState", deal.key, state):
        deal.ask("extend", getattr(deal.parties, role))


def test_extensions_end_when_all_together_reach_the_maximum(deals):
    deal = deals[State.FUNDED]
    first = deal.order.clock
    deal.do("extend", deal.parties.holder, first, first + 100 * DAY)
    deal.accept()
    clock = deal.order.clock
    most = clock + 80 * DAY
    with refused("MarketBadClock", most + 1, clock, most):
        deal.ask("extend", deal.parties.holder, clock, most + 1)
    deal.do("extend", deal.parties.holder, clock, most)
    deal.deliver()
    clock = deal.order.clock
    with refused("MarketBadClock", clock + 1, clock, clock):
        deal.ask("extend", deal.parties.seller, clock, clock + 1)


@pytest.mark.parametrize("offset", [-1, 0])
def test_clock_is_never_shortened(deals, offset):
    deal = deals[State.ACCEPTED]
    clock = deal.order.clock
    with refused("MarketBadClock", clock + offset, clock, clock + MAX):
        deal.ask("extend", deal.parties.holder, clock, clock + offset)


def test_second_click_is_refused_when_the_first_has_moved_the_clock(deals):
    deal = deals[State.ACCEPTED]
    clock = deal.order.clock
    deal.do("extend", deal.parties.holder, clock, clock + DAY)
    with refused("MarketClockChanged", clock + DAY, clock):
        deal.ask("extend", deal.parties.holder, clock, clock + DAY)


@pytest.mark.parametrize("state", FAVOURED)
@pytest.mark.parametrize("offset, works", [(-1, True), (0, True), (1, False)])
def test_clock_that_has_run_out_is_not_wound_up_again(deals, state, offset, works):
    deal = deals[state]
    clock = deal.order.clock
    jump_to(clock + offset)
    party = getattr(deal.parties, FAVOURED[state])
    if works:
        deal.ask("extend", party, clock, clock + 1)
        return
    with refused("MarketTooLate", clock, clock + 1):
        deal.ask("extend", party, clock, clock + 1)
