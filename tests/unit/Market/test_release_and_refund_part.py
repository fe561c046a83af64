"""release and refundPart: a part of the money moves, the rest stays in escrow."""

import pytest

from tests.fixtures.market import COMMUNITY_FEE_BPS, PLATFORM_FEE_BPS
from tests.helpers.amounts import Shares, completed, given_back, settled
from tests.helpers.deal import OPEN, State
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.time import jump_to

FEES = (PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)
PART = 777_777


def stakes(deal, state) -> tuple[int, int]:
    return (deal.fee if state >= State.CONTESTED else 0, deal.fee if state == State.DISPUTED else 0)


@pytest.fixture(scope="module")
def deals(make_deal):
    return {state: make_deal(state) for state in OPEN}


@pytest.mark.parametrize("state", OPEN)
def test_release_pays_a_part_and_leaves_the_rest_when_the_buyer_wants_it(market, deals, state):
    deal = deals[state]
    before, held = deal.order, market.balance()
    tx = deal.do("release", deal.parties.holder, deal.total, PART)
    shares = completed(PART, *FEES)
    assert deal.order == before._replace(amount=deal.total - PART)
    assert deal.credits() == shares
    assert market.balance() == held
    released = ("OrderReleased", {"key": deal.key, "amount": PART, "left": deal.total - PART})
    assert_events(tx, [market], released, deal.credits_added(shares))


@pytest.mark.parametrize("state", OPEN)
def test_release_completes_the_order_and_stakes_go_back_when_it_pays_all(market, deals, state):
    deal = deals[state]
    before, sold = deal.order, deal.listing.quantity_sold
    tx = deal.do("release", deal.parties.holder, deal.total, deal.total)
    shares = settled(deal.total, 0, *FEES, *stakes(deal, state))
    assert deal.order == before._replace(amount=0, clock=0, state=State.COMPLETED)
    assert deal.listing.quantity_sold == sold
    assert deal.credits() == shares
    completed_ = ("OrderCompleted", {"key": deal.key, "by": str(deal.parties.holder)})
    assert_events(tx, [market], completed_, deal.credits_added(shares))


@pytest.mark.parametrize("state", OPEN)
def test_seller_gives_back_a_part_and_the_rest_stays_when_he_wants_it(market, deals, state):
    deal = deals[state]
    before, held = deal.order, market.balance()
    tx = deal.do("refundPart", deal.parties.seller, deal.total, PART)
    assert deal.order == before._replace(amount=deal.total - PART)
    assert deal.credits() == Shares(holder=PART)
    assert market.balance() == held
    refunded = ("OrderPartRefunded", {"key": deal.key, "amount": PART, "left": deal.total - PART})
    assert_events(tx, [market], refunded, deal.credits_added(Shares(holder=PART)))


@pytest.mark.parametrize("state", OPEN)
def test_giving_back_every_part_is_a_refund_when_nothing_is_left(market, deals, state):
    deal = deals[state]
    before, sold = deal.order, deal.listing.quantity_sold
    tx = deal.do("refundPart", deal.parties.seller, deal.total, deal.total)
    funded = state == State.FUNDED
    shares = given_back(deal.total, *stakes(deal, state))
    assert deal.order == before._replace(amount=0, clock=0, state=State.CANCELLED if funded else State.REFUNDED)
    assert deal.listing.quantity_sold == sold - (deal.quantity if funded else 0)
    assert deal.credits() == shares
    event = ("OrderCancelled" if funded else "OrderRefunded", {"key": deal.key, "by": str(deal.parties.seller)})
    assert_events(tx, [market], event, deal.credits_added(shares))


@pytest.mark.parametrize("name, role", [("release", "holder"), ("refundPart", "seller")])
@pytest.mark.parametrize("amount, is_too_much", [(0, True), (1, False), (None, False)])
def test_part_is_refused_when_it_is_nothing_or_more_than_there_is(deals, name, role, amount, is_too_much):
    deal = deals[State.ACCEPTED]
    party = getattr(deal.parties, role)
    if is_too_much:
        for bad in (0, deal.total + 1):
            with refused("MarketBadAmount", bad, deal.total):
                deal.ask(name, party, deal.total, bad)
        return
    deal.ask(name, party, deal.total, deal.total if amount is None else amount)


@pytest.mark.parametrize("name, role", [("release", "holder"), ("refundPart", "seller")])
def test_second_click_is_refused_when_the_first_has_moved_the_part(deals, name, role):
    deal = deals[State.DELIVERED]
    party = getattr(deal.parties, role)
    deal.do(name, party, deal.total, PART)
    with refused("MarketAmountChanged", deal.total - PART, deal.total):
        deal.ask(name, party, deal.total, PART)


def test_every_wei_is_divided_when_parts_go_both_ways_before_a_ruling(market, deals):
    deal = deals[State.DISPUTED]
    left = deal.total
    for name, role, part in (("release", "holder", 10_001), ("refundPart", "seller", 20_003), ("release", "holder", 7)):
        deal.do(name, getattr(deal.parties, role), left, part)
        left -= part
    deal.rule(3_333)
    assert deal.credits().total() == deal.total + 2 * deal.fee
    assert market.balance() == deal.total + 2 * deal.fee + sum(
        other.total + sum(stakes(other, other.state)) for other in deals.values() if other is not deal
    )


def test_rest_goes_back_and_units_too_when_a_part_was_paid_before_acceptance(deals):
    deal = deals[State.FUNDED]
    sold = deal.listing.quantity_sold
    deal.do("release", deal.parties.holder, deal.total, PART)
    deal.cancel()
    assert deal.state == State.CANCELLED
    assert deal.listing.quantity_sold == sold - deal.quantity
    assert deal.credits().holder == deal.total - PART


def test_rest_is_paid_when_the_buyer_is_silent_after_a_part_was_given_back(deals):
    deal = deals[State.DELIVERED]
    deal.do("refundPart", deal.parties.seller, deal.total, PART)
    jump_to(deal.overdue_at())
    deal.expire()
    paid = completed(deal.total - PART, *FEES)
    assert deal.credits() == Shares(PART, paid.seller, paid.platform, paid.community)


@pytest.mark.parametrize("parts", [2, 9])
def test_commission_shrinks_by_less_than_a_unit_a_part_when_an_order_is_paid_in_parts(make_deal, parts):
    deal = make_deal(State.DELIVERED)
    whole, holder = completed(deal.total, *FEES), deal.parties.holder
    for left in range(parts, 1, -1):
        deal.do("release", holder, deal.order.amount, deal.order.amount // left)
    deal.confirm()
    found = deal.credits()
    assert found.total() == deal.total
    for name in ("platform", "community"):
        assert getattr(whole, name) - parts < getattr(found, name) <= getattr(whole, name)


@pytest.mark.parametrize("name", ["confirm", "dispute"])
def test_holder_takes_his_step_all_the_same_when_the_seller_gives_back_a_unit_just_before(make_deal, name):
    deal = make_deal(State.DELIVERED)
    deal.do("refundPart", deal.parties.seller, deal.total, 1)
    deal.do(name, deal.parties.holder)
    assert deal.state == (State.COMPLETED if name == "confirm" else State.CONTESTED)
