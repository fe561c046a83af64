"""confirm: the buyer is content and the seller is paid."""

import pytest

from tests.fixtures.market import COMMUNITY_FEE_BPS, PLATFORM_FEE_BPS
from tests.helpers.amounts import completed
from tests.helpers.deal import State
from tests.helpers.events import assert_events
from tests.helpers.time import jump_to


def test_confirm_credits_seller_platform_and_community_when_the_buyer_is_content(market, make_deal):
    deal = make_deal(State.DELIVERED)
    held_before = market.balance()
    tx = deal.confirm()
    shares = completed(deal.total, PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)
    assert shares.total() == deal.total
    assert deal.credits() == shares
    assert market.balance() == held_before
    assert_events(tx, [market], ("OrderCompleted", {"key": deal.key, "by": str(tx.sender)}), deal.credits_added(shares))


def test_confirm_empties_the_order_when_it_is_done(make_deal):
    deal = make_deal(State.DELIVERED)
    before = deal.order
    deal.confirm()
    assert deal.order == before._replace(state=State.COMPLETED, amount=0, clock=0)


def test_confirm_still_works_when_the_inspection_is_over(make_deal, buyer):
    deal = make_deal(State.DELIVERED)
    jump_to(deal.order.clock + 10)
    deal.confirm()
    assert deal.state == State.COMPLETED


@pytest.mark.parametrize("price", [1, 12, 13, 79, 80, 128, 129, 9_999])
def test_confirm_rounds_commissions_down_when_the_price_leaves_a_rest(list_terms, make_deal, price):
    deal = make_deal(State.DELIVERED, list_terms(unit_price=price, arbiter_fee=0), quantity=1)
    tx = deal.confirm()
    shares = completed(price, PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)
    assert shares.platform * 10_000 <= price * PLATFORM_FEE_BPS
    assert shares.community * 10_000 <= price * COMMUNITY_FEE_BPS
    assert deal.credits() == shares
    # nobody who gets nothing is announced
    assert len(tx.events["CreditsAdded"]["payouts"]) == sum(part > 0 for part in (1, shares.platform, shares.community))


def test_confirm_costs_the_same_when_many_other_orders_are_open(make_deal):
    make_deal(State.COMPLETED)  # the first one fills words that were empty
    alone, among = (make_deal(State.DELIVERED) for _ in range(2))
    gas = alone.confirm().gas_used
    for _ in range(6):
        make_deal(State.FUNDED)
    assert abs(among.confirm().gas_used - gas) < 200  # a call's own bytes cost a little more or less
