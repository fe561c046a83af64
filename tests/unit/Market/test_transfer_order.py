"""transferOrder: an order has another holder."""

import pytest

from tests.helpers.deal import State
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO

MAY = (State.FUNDED, State.ACCEPTED, State.DELIVERED)


@pytest.fixture(scope="module")
def deals(make_deal):
    return {state: make_deal(state) for state in State if state != State.NONE}


@pytest.mark.parametrize("state", MAY)
def test_order_has_another_holder_when_its_own_hands_it_over(market, deals, stranger, state):
    deal = deals[state]
    before = deal.order
    tx = deal.do("transferOrder", deal.parties.holder, stranger)
    assert deal.order == before._replace(flags=1)
    assert deal.aside.holder == stranger
    moved = ("OrderTransferred", {"key": deal.key, "from": str(deal.parties.holder), "to": str(stranger)})
    assert_events(tx, [market], moved)


@pytest.mark.parametrize("state", MAY)
def test_money_goes_back_to_the_new_holder_when_the_seller_refunds(market, deals, stranger, state):
    deal = deals[state]
    owed = market.creditOf(deal.parties.holder, ZERO)
    deal.do("transferOrder", deal.parties.holder, stranger)
    deal.refund()
    assert market.creditOf(stranger, ZERO) == deal.total
    assert market.creditOf(deal.parties.holder, ZERO) == owed


@pytest.mark.parametrize(
    "state, name",
    [
        (State.FUNDED, "cancel"),
        (State.DELIVERED, "confirm"),
        (State.DELIVERED, "dispute"),
        (State.ACCEPTED, "release"),
        (State.ACCEPTED, "transferOrder"),
        (State.ACCEPTED, "offerSettlement"),
    ],
)
def test_rights_are_the_new_holders_alone_when_the_order_was_handed_over(deals, stranger, state, name):
    deal = deals[state]
    old = deal.parties.holder
    deal.do("transferOrder", old, stranger)
    party = deal.parties.seller if name == "offerSettlement" else stranger
    with refused("MarketNotParty", old, party):
        deal.ask(name, old)
    deal.ask(name, stranger)


def test_dispute_is_the_new_holders_with_his_stake_and_his_part(market, deals, stranger):
    deal = deals[State.DELIVERED]
    owed = market.creditOf(deal.parties.holder, ZERO)
    deal.do("transferOrder", deal.parties.holder, stranger)
    deal.do("dispute", stranger)
    deal.stake()
    deal.do("submitEvidence", stranger)
    with refused("MarketNotParty", deal.parties.holder, deal.parties.seller):
        deal.ask("submitEvidence", deal.parties.holder)
    deal.rule(10_000)
    assert market.creditOf(stranger, ZERO) == deal.total + deal.fee
    assert market.creditOf(deal.parties.holder, ZERO) == owed


@pytest.mark.parametrize("state", [state for state in State if state not in (*MAY, State.NONE)])
def test_order_stays_with_its_holder_when_it_is_in_dispute_or_finished(deals, state):
    deal = deals[state]
    with refused("MarketWrongState", deal.key, state):
        deal.ask("transferOrder", deal.parties.holder)


def test_order_that_nobody_bought_is_handed_to_nobody(make_deal, stranger):
    deal = make_deal(State.NONE)
    with refused("MarketWrongState", deal.key, State.NONE):
        deal.ask("transferOrder", deal.parties.holder, stranger)


@pytest.mark.parametrize("role", ["seller", "arbiter", "backup", "holder", None])
def test_order_is_not_handed_to_who_has_another_part_or_holds_it_already(deals, role):
    deal = deals[State.ACCEPTED]
    to = str(getattr(deal.parties, role)) if role else ZERO
    with refused("MarketBadHolder", to):
        deal.ask("transferOrder", deal.parties.holder, to)


def test_order_comes_back_when_the_new_holder_returns_it(market, deals, stranger):
    deal = deals[State.FUNDED]
    owed = market.creditOf(deal.parties.holder, ZERO)
    deal.do("transferOrder", deal.parties.holder, stranger)
    deal.do("transferOrder", stranger, deal.parties.holder)
    deal.cancel()
    assert market.creditOf(deal.parties.holder, ZERO) == owed + deal.total


def test_order_is_not_handed_over_when_the_terms_are_for_one_buyer(list_terms, make_deal, buyer, stranger):
    deal = make_deal(State.FUNDED, list_terms(only_buyer=str(buyer)))
    with refused("MarketOnlyBuyer", stranger, buyer):
        deal.ask("transferOrder", buyer, stranger)


def test_offer_of_the_old_holder_binds_nobody_when_the_order_was_handed_over(deals, stranger):
    deal = deals[State.ACCEPTED]
    deal.now_offer("holder", 5)
    deal.do("transferOrder", deal.parties.holder, stranger)
    with refused("MarketNoSuchOffer", deal.key, 5):
        deal.ask("acceptSettlement", deal.parties.seller, 5)
    deal.do("transferOrder", stranger, deal.parties.holder)
    with refused("MarketNoSuchOffer", deal.key, 5):
        deal.ask("acceptSettlement", deal.parties.seller, 5)


def test_offer_of_the_seller_does_not_come_back_to_life_with_an_earlier_holder(deals, stranger):
    deal = deals[State.ACCEPTED]
    holder = deal.parties.holder
    for owner, to in ((holder, stranger), (stranger, holder)):
        deal.do("transferOrder", owner, to)
    deal.now_offer("seller", 5)
    deal.ask("acceptSettlement", holder, 5)
    for owner, to in ((holder, stranger), (stranger, holder)):
        deal.do("transferOrder", owner, to)
    assert deal.aside.handovers == 4
    with refused("MarketNoSuchOffer", deal.key, 5):
        deal.ask("acceptSettlement", holder, 5)
