"""offerSettlement, withdrawSettlement, acceptSettlement: both sides agree, in any open state."""

import pytest

from tests.fixtures.market import COMMUNITY_FEE_BPS, PLATFORM_FEE_BPS
from tests.helpers.amounts import settled
from tests.helpers.deal import FINAL, OPEN, State
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused

FEES = (PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)
TO_HOLDER = 1_234_567
OTHER = {"holder": "seller", "seller": "holder"}


def stakes(deal, state) -> tuple[int, int]:
    return (deal.fee if state >= State.CONTESTED else 0, deal.fee if state == State.DISPUTED else 0)


@pytest.fixture(scope="module")
def deals(make_deal):
    return {state: make_deal(state) for state in OPEN}


@pytest.mark.parametrize("state", OPEN)
@pytest.mark.parametrize("role", OTHER)
def test_money_is_divided_as_offered_when_the_other_side_accepts(market, deals, state, role):
    deal = deals[state]
    maker, taker = (getattr(deal.parties, name) for name in (role, OTHER[role]))
    before, sold, held = deal.order, deal.listing.quantity_sold, market.balance()
    tx = deal.now_offer(role, TO_HOLDER)
    assert deal.order == before
    offered = {"key": deal.key, "by": str(maker), "toHolder": TO_HOLDER, "sequence": 1}
    assert_events(tx, [market], ("SettlementOffered", offered))
    tx = deal.do("acceptSettlement", taker, TO_HOLDER)
    shares = settled(deal.total, TO_HOLDER, *FEES, *stakes(deal, state))
    assert deal.order == before._replace(state=State.RESOLVED, amount=0, clock=0)
    assert deal.listing.quantity_sold == sold
    assert deal.credits() == shares
    assert market.balance() == held
    agreed = ("OrderSettled", {"key": deal.key, "by": str(taker), "toHolder": TO_HOLDER})
    assert_events(tx, [market], agreed, deal.credits_added(shares))


def test_market_tells_both_offers_and_how_often_they_changed(market, deals):
    deal = deals[State.DELIVERED]
    deal.now_offer("holder", TO_HOLDER)
    deal.now_offer("seller", 7)
    sequence, of_holder, of_seller = market.talksOf(deal.key)
    assert (sequence, of_holder[1], of_seller[1]) == (2, TO_HOLDER, 7)
    assert of_holder[0] == of_seller[0] != "0x" + "00" * 32


@pytest.mark.parametrize("to_holder", [0, 1, None])
def test_agreement_may_give_all_to_one_side(deals, to_holder):
    deal = deals[State.DELIVERED]
    part = deal.total if to_holder is None else to_holder
    deal.now_offer("seller", part)
    deal.do("acceptSettlement", deal.parties.holder, part)
    assert deal.credits() == settled(deal.total, part, *FEES)


@pytest.mark.parametrize("role", OTHER)
def test_nobody_accepts_his_own_offer(deals, role):
    deal = deals[State.ACCEPTED]
    deal.now_offer(role, TO_HOLDER)
    with refused("MarketNoSuchOffer", deal.key, TO_HOLDER):
        deal.ask("acceptSettlement", getattr(deal.parties, role), TO_HOLDER)


@pytest.mark.parametrize("name", ["offerSettlement", "withdrawSettlement", "acceptSettlement"])
@pytest.mark.parametrize("role", ["arbiter", "backup", "stranger"])
def test_settling_is_for_the_two_sides_alone(deals, name, role):
    deal = deals[State.DISPUTED]
    deal.now_offer("seller", 1)
    account = getattr(deal.parties, role)
    with refused("MarketNotParty", account, deal.parties.seller):
        deal.ask(name, account)


@pytest.mark.parametrize("stated", [TO_HOLDER - 1, TO_HOLDER + 1])
def test_offer_is_not_accepted_when_it_was_changed_before_the_other_side_looked(deals, stated):
    deal = deals[State.DELIVERED]
    deal.now_offer("seller", TO_HOLDER)
    with refused("MarketNoSuchOffer", deal.key, stated):
        deal.ask("acceptSettlement", deal.parties.holder, stated)


def test_offer_is_gone_when_it_was_withdrawn(market, deals):
    deal = deals[State.DELIVERED]
    deal.now_offer("seller", TO_HOLDER)
    tx = deal.do("withdrawSettlement", deal.parties.seller)
    withdrawn = {"key": deal.key, "by": str(deal.parties.seller), "sequence": 2}
    assert_events(tx, [market], ("SettlementWithdrawn", withdrawn))
    with refused("MarketNoSuchOffer", deal.key, TO_HOLDER):
        deal.ask("acceptSettlement", deal.parties.holder, TO_HOLDER)


def test_counter_offer_leaves_the_first_one_standing(deals):
    deal = deals[State.DELIVERED]
    deal.now_offer("seller", 10)
    deal.now_offer("holder", 20)
    deal.ask("acceptSettlement", deal.parties.holder, 10)
    deal.ask("acceptSettlement", deal.parties.seller, 20)


@pytest.mark.parametrize(
    "state, name, role",
    [
        (State.FUNDED, "accept", "seller"),
        (State.ACCEPTED, "deliver", "seller"),
        (State.ACCEPTED, "release", "holder"),
        (State.ACCEPTED, "refundPart", "seller"),
        (State.FUNDED, "extend", "holder"),
        (State.DELIVERED, "dispute", "holder"),
        (State.CONTESTED, "stake", "seller"),
    ],
)
@pytest.mark.parametrize("maker", OTHER)
def test_offer_falls_away_when_anything_about_the_order_changes(deals, state, name, role, maker):
    deal = deals[state]
    deal.now_offer(maker, 1)
    taker = getattr(deal.parties, OTHER[maker])
    deal.ask("acceptSettlement", taker, 1)
    deal.do(name, getattr(deal.parties, role))
    with refused("MarketNoSuchOffer", deal.key, 1):
        deal.ask("acceptSettlement", taker, 1)


def test_offer_is_refused_when_it_gives_more_than_there_is(deals):
    deal = deals[State.DELIVERED]
    with refused("MarketBadAmount", deal.total + 1, deal.total):
        deal.ask("offerSettlement", deal.parties.seller, deal.total, deal.total + 1)


def test_offer_is_refused_when_the_money_is_not_what_its_maker_saw(deals):
    deal = deals[State.DELIVERED]
    deal.do("refundPart", deal.parties.seller, deal.total, 9)
    with refused("MarketAmountChanged", deal.total - 9, deal.total):
        deal.ask("offerSettlement", deal.parties.seller, deal.total, 5)


@pytest.mark.parametrize("name", ["offerSettlement", "withdrawSettlement", "acceptSettlement"])
@pytest.mark.parametrize("end", FINAL)
def test_nothing_is_settled_when_the_order_is_finished(make_deal, name, end):
    deal = make_deal(end)
    with refused("MarketWrongState", deal.key, end):
        deal.ask(name, deal.parties.seller)
