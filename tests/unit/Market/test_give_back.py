"""cancel, decline, refund and expire: all the ways in which money goes back."""

import pytest

from tests.fixtures.market import COMMUNITY_FEE_BPS, PLATFORM_FEE_BPS
from tests.helpers.amounts import completed, given_back
from tests.helpers.deal import OPEN, State
from tests.helpers.events import assert_events
from tests.helpers.time import jump_to


def stakes(deal, state) -> tuple[int, int]:
    return (deal.fee if state >= State.CONTESTED else 0, deal.fee if state == State.DISPUTED else 0)


@pytest.mark.parametrize("name, role", [("cancel", "holder"), ("decline", "seller"), ("refund", "seller")])
def test_order_is_cancelled_and_its_units_are_back_when_nobody_accepted(market, make_deal, name, role):
    deal = make_deal(State.FUNDED)
    before, sold_before = deal.order, deal.listing.quantity_sold
    tx = deal.do(name, getattr(deal.parties, role))
    shares = given_back(deal.total)
    assert deal.order == before._replace(state=State.CANCELLED, amount=0, clock=0)
    assert deal.listing.quantity_sold == sold_before - deal.quantity
    assert deal.credits() == shares
    assert_events(tx, [market], ("OrderCancelled", {"key": deal.key, "by": str(tx.sender)}), deal.credits_added(shares))


@pytest.mark.parametrize("state", OPEN[1:])
def test_refund_gives_all_back_and_stakes_to_each_side_when_the_seller_gives_in(market, make_deal, state):
    deal = make_deal(state)
    before, sold_before = deal.order, deal.listing.quantity_sold
    tx = deal.refund()
    shares = given_back(deal.total, *stakes(deal, state))
    assert deal.order == before._replace(state=State.REFUNDED, amount=0, clock=0)
    assert deal.listing.quantity_sold == sold_before
    assert deal.credits() == shares
    assert_events(tx, [market], ("OrderRefunded", {"key": deal.key, "by": str(tx.sender)}), deal.credits_added(shares))


@pytest.mark.parametrize("state", OPEN)
def test_expire_does_what_the_table_says_when_somebody_was_silent(market, make_deal, state, stranger):
    deal = make_deal(state)
    jump_to(deal.overdue_at())
    tx = deal.expire()
    if state == State.FUNDED:
        end, event, shares = State.CANCELLED, "OrderCancelled", given_back(deal.total)
    elif state == State.DELIVERED:
        end, event = State.COMPLETED, "OrderCompleted"
        shares = completed(deal.total, PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)
    else:
        end, event, shares = State.REFUNDED, "OrderRefunded", given_back(deal.total, *stakes(deal, state))
    assert deal.state == end
    assert deal.order.amount == 0
    assert deal.credits() == shares
    assert_events(tx, [market], (event, {"key": deal.key, "by": str(stranger)}), deal.credits_added(shares))


@pytest.mark.parametrize("name", ["refund", "expire"])
def test_one_party_is_credited_once_when_no_fee_was_staked(market, list_terms, make_deal, name):
    deal = make_deal(State.DISPUTED, list_terms(arbiter_fee=0))
    jump_to(deal.overdue_at())
    tx = deal.do(name, deal.parties.seller)
    assert_events(
        tx,
        [market],
        ("OrderRefunded", {"key": deal.key, "by": str(tx.sender)}),
        deal.credits_added(given_back(deal.total)),
    )


def test_refund_goes_to_the_holder_when_somebody_else_paid(make_deal, market, payer, buyer):
    deal = make_deal(State.ACCEPTED, payer=payer)
    deal.refund()
    assert market.creditOf(buyer, deal.terms.currency) == deal.total
    assert market.creditOf(payer, deal.terms.currency) == 0


def test_units_can_be_sold_again_when_an_order_was_cancelled(list_terms, make_deal):
    terms = list_terms(limit=3)
    first = make_deal(State.FUNDED, terms)
    first.cancel()
    assert make_deal(State.FUNDED, terms).state == State.FUNDED
