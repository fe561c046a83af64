"""The final-offer option: a ruling picks the nearer of the two last offers, kept when the dispute begins."""

import pytest

from tests.fixtures.market import COMMUNITY_FEE_BPS, PLATFORM_FEE_BPS
from tests.helpers.amounts import settled
from tests.helpers.deal import State
from tests.helpers.events import assert_events
from tests.helpers.terms import Extras

FEES = (PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)
PRICE, FEE = 10_000, 100


@pytest.fixture(scope="module")
def final(list_terms):
    return list_terms(extras=Extras(final_offer=True), unit_price=PRICE, arbiter_fee=FEE)


@pytest.fixture(scope="module")
def delivered(make_deal, final):
    return make_deal(State.DELIVERED, final, quantity=1)


def disputed(deal, holders=None, sellers=None):
    for role, offer in (("holder", holders), ("seller", sellers)):
        if offer is not None:
            deal.now_offer(role, offer)
    deal.dispute()
    deal.stake()
    return deal


CASES = [  # the holder's offer, the seller's, the ruling, what the holder gets
    (8_000, 2_000, 5_001, 8_000),
    (8_000, 2_000, 4_999, 2_000),
    (8_000, 2_000, 5_000, 8_000),  # as near: the holder's
    (8_000, 2_000, 0, 2_000),
    (8_000, 2_000, 10_000, 8_000),
    (None, 2_000, 6_000, 10_000),  # no offer: all in one's own favour
    (None, 2_000, 5_999, 2_000),
    (8_000, None, 4_000, 8_000),
    (8_000, None, 3_999, 0),
    (None, None, 5_000, 10_000),
    (None, None, 4_999, 0),
    (3_000, 3_000, 9_000, 3_000),
]


@pytest.mark.parametrize("holders, sellers, ruling, to_holder", CASES)
def test_ruling_picks_the_nearer_offer(market, delivered, arbiter, holders, sellers, ruling, to_holder):
    deal = disputed(delivered, holders, sellers)
    frozen = (PRICE if holders is None else holders, sellers or 0)
    assert (deal.aside.holders_offer, deal.aside.sellers_offer) == frozen
    tx = deal.rule(ruling)
    stake_back = FEE * to_holder // PRICE
    shares = settled(PRICE, to_holder, *FEES, stake_back, FEE - stake_back)
    shares = type(shares)(**{**vars(shares), "arbiter": FEE})
    assert deal.credits() == shares
    resolved = ("OrderResolved", {"key": deal.key, "by": str(arbiter), "bpsToBuyer": ruling})
    picked = ("FinalOfferPicked", {"key": deal.key, "toHolder": to_holder})
    assert_events(tx, [market], resolved, picked, deal.credits_added(shares))


@pytest.mark.parametrize("nearer", ["seller", "holder"])
def test_offer_that_is_nearer_by_one_unit_of_a_million_is_picked(make_deal, list_terms, nearer):
    all_of_it, offers = 1_000_000, {"holder": 700_000, "seller": 300_000}
    offers[nearer] += 1 if nearer == "seller" else -1
    terms = list_terms(extras=Extras(final_offer=True), unit_price=all_of_it, arbiter_fee=0)
    deal = make_deal(State.DELIVERED, terms, quantity=1)
    for role, offer in offers.items():
        deal.now_offer(role, offer)
    deal.dispute()
    deal.rule(5_000)
    assert deal.credits().holder == offers[nearer]


@pytest.mark.parametrize("holders, sellers", [(8_000, 2_000), (None, None)])
def test_dispute_announces_the_offers_that_it_keeps(delivered, holders, sellers):
    for role, offer in (("holder", holders), ("seller", sellers)):
        if offer is not None:
            delivered.now_offer(role, offer)
    kept = delivered.dispute().events["FinalOffersFrozen"]
    assert (str(kept["key"]), kept["holdersOffer"], kept["sellersOffer"]) == (
        delivered.key,
        PRICE if holders is None else holders,
        sellers or 0,
    )


def test_no_offers_are_kept_when_the_terms_have_no_such_option_whoever_holds_the_order(make_deal, list_terms, stranger):
    deal = make_deal(State.DELIVERED, list_terms(unit_price=PRICE, arbiter_fee=FEE), quantity=1)
    deal.do("transferOrder", deal.parties.holder, stranger)
    tx = deal.do("dispute", stranger)
    assert "FinalOffersFrozen" not in tx.events
    assert (deal.aside.holders_offer, deal.aside.sellers_offer) == (0, 0)


def test_offer_of_the_holder_before_is_no_last_offer_of_the_next_one(delivered, stranger):
    delivered.now_offer("holder", 3_000)
    delivered.do("transferOrder", delivered.parties.holder, stranger)
    delivered.do("dispute", stranger)
    assert delivered.aside.holders_offer == PRICE


def test_offers_are_kept_as_they_were_when_the_dispute_begins(market, delivered):
    deal = disputed(delivered, 8_000, 2_000)
    deal.now_offer("seller", 7_999)
    deal.do("withdrawSettlement", deal.parties.holder)
    deal.rule(4_000)
    assert deal.credits().holder == 2_000 + FEE * 2_000 // PRICE


def test_offer_made_before_a_change_is_a_last_offer_all_the_same(delivered):
    """Else one side could wipe out the other's by moving a clock just before the dispute."""
    deal = delivered
    deal.now_offer("holder", 8_000)
    deal.do("extend", deal.parties.seller)
    deal.dispute()
    assert deal.aside.holders_offer == 8_000


@pytest.mark.parametrize("role", ["holder", "seller"])
def test_offer_to_be_spared_the_work_is_no_last_offer_when_the_work_was_delivered(make_deal, final, role):
    deal = make_deal(State.ACCEPTED, final, quantity=1)
    deal.now_offer(role, 9_000)
    deal.deliver()
    deal.dispute()
    assert (deal.aside.holders_offer, deal.aside.sellers_offer) == (PRICE, 0)


def test_what_the_seller_gives_before_the_dispute_comes_off_both_offers(delivered):
    deal = delivered
    deal.now_offer("holder", 8_000)
    deal.now_offer("seller", 6_000)
    deal.do("refundPart", deal.parties.seller, PRICE, 5_000)
    deal.dispute()
    assert (deal.aside.holders_offer, deal.aside.sellers_offer) == (3_000, 1_000)


@pytest.mark.parametrize("taken", [0, 1])
def test_one_unit_less_in_escrow_turns_no_tie(delivered, taken):
    deal = disputed(delivered)
    if taken:
        deal.do("refundPart", deal.parties.seller, PRICE, taken)
    deal.rule(5_000)
    assert deal.credits().holder == PRICE + FEE


def test_withdrawn_offer_is_none_when_the_dispute_begins(delivered):
    deal = delivered
    deal.now_offer("holder", 8_000)
    deal.do("withdrawSettlement", deal.parties.holder)
    deal.dispute()
    assert deal.aside.holders_offer == PRICE


def test_what_the_seller_gives_meanwhile_comes_off_both_offers(delivered):
    deal = disputed(delivered, 8_000, 2_000)
    deal.do("refundPart", deal.parties.seller, PRICE, 3_000)
    assert (deal.aside.holders_offer, deal.aside.sellers_offer) == (5_000, 0)
    deal.rule(10_000)
    assert deal.credits().holder == 3_000 + 5_000 + FEE * 5_000 // 7_000


def test_offers_reach_no_further_than_what_is_left_when_the_buyer_has_paid_a_part(delivered):
    deal = disputed(delivered, 8_000, 2_000)
    deal.do("release", deal.parties.holder, PRICE, 3_000)
    deal.rule(10_000)
    assert deal.credits().holder == 7_000 + FEE


def test_sellers_offer_reaches_no_further_than_what_is_left_either(delivered):
    deal = disputed(delivered, 3_000, 9_000)
    deal.do("release", deal.parties.holder, PRICE, 5_000)
    deal.rule(10_000)
    assert deal.credits().holder == 5_000 + FEE


def test_settling_is_still_possible_when_the_offers_are_kept(delivered):
    deal = disputed(delivered, 8_000, 2_000)
    deal.now_offer("seller", 4_444)
    deal.do("acceptSettlement", deal.parties.holder, 4_444)
    assert deal.credits().holder == 4_444 + FEE


def test_ruling_is_taken_as_it_is_when_the_terms_have_no_such_option(make_deal, list_terms):
    deal = make_deal(State.DELIVERED, list_terms(unit_price=PRICE, arbiter_fee=FEE), quantity=1)
    disputed(deal, 8_000, 2_000).rule(5_500)
    assert deal.credits().holder == 5_500 + FEE * 5_500 // 10_000
