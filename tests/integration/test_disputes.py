"""Disputes from the purchase to the last withdrawal, in ETH and in a token, with odd sums throughout."""

import pytest
from brownie import web3

from tests.fixtures.market import COMMUNITY_FEE_BPS, PLATFORM_FEE_BPS
from tests.helpers.accounts import community_account
from tests.helpers.amounts import given_back, ruled
from tests.helpers.deal import State
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO
from tests.helpers.time import jump_to


@pytest.fixture(scope="module", params=["eth", "token"])
def disputed_terms(request, list_terms, make_token, OddToken):
    if request.param == "eth":
        return list_terms(unit_price=1_000_000_000_000_003, arbiter_fee=33_333_333_333_337)
    return list_terms(currency=make_token(OddToken, 0).address, unit_price=11, arbiter_fee=7)


@pytest.fixture
def deal(make_deal, disputed_terms):
    return make_deal(State.DELIVERED, disputed_terms, quantity=3)


@pytest.fixture
def take_all_out(market, owner, steward, community_id, accounts, OddToken):
    """Let everybody withdraw and make sure that the Market holds nothing any more."""

    def taken(deal):
        currency = deal.terms.currency
        parties = deal.parties
        takers = {
            community_account(0): owner,
            community_account(community_id): steward,
            **{str(account): account for account in parties.__dict__.values()},
        }
        for account, sender in takers.items():
            owed = market.creditOf(account, currency)
            if owed:
                market.withdrawFrom(account, currency, accounts[9], owed, {"from": sender})
        held = web3.eth.get_balance(market.address) if currency == ZERO else OddToken.at(currency).balanceOf(market)
        assert held == 0

    return taken


@pytest.mark.parametrize("bps", [0, 1, 3_333, 5_000, 6_667, 9_999, 10_000])
def test_arbiter_divides_and_the_market_is_empty_when_all_took_their_part(deal, take_all_out, bps):
    deal.dispute()
    deal.stake()
    deal.rule(bps)
    assert deal.credits() == ruled(deal.total, deal.fee, bps, PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)
    take_all_out(deal)


def test_buyer_is_refunded_with_his_stake_when_the_seller_does_not_answer(deal, take_all_out):
    deal.dispute()
    jump_to(deal.order.clock + 1)
    deal.expire()
    assert deal.state == State.REFUNDED
    assert deal.credits() == given_back(deal.total, deal.fee)
    take_all_out(deal)


def test_backup_rules_when_the_arbiter_is_silent(deal, take_all_out, backup, arbiter):
    deal.dispute()
    deal.stake()
    jump_to(deal.order.clock + 1)
    with refused("MarketTooLate", ..., ...):
        deal.ask("rule", arbiter)
    deal.rule(2_500, backup)
    assert deal.state == State.RESOLVED
    take_all_out(deal)


def test_all_goes_back_without_a_fee_when_nobody_rules(deal, take_all_out, buyer, seller):
    deal.dispute()
    deal.stake()
    jump_to(deal.overdue_at())
    deal.expire()
    assert deal.state == State.REFUNDED
    assert deal.credits() == given_back(deal.total, deal.fee, deal.fee)
    take_all_out(deal)


def test_seller_gives_in_when_the_dispute_is_with_the_arbiter(deal, take_all_out, arbiter):
    deal.dispute()
    deal.stake()
    deal.refund()
    assert deal.credits() == given_back(deal.total, deal.fee, deal.fee)
    deal.rule(0)  # too late, and nothing happens
    assert deal.state == State.REFUNDED
    take_all_out(deal)


def test_seller_gives_in_when_he_was_not_heard_yet(deal, take_all_out):
    deal.dispute()
    deal.refund()
    assert deal.credits() == given_back(deal.total, deal.fee)
    take_all_out(deal)


def test_refunds_go_to_the_holder_when_somebody_else_paid(
    make_deal, disputed_terms, take_all_out, market, payer, buyer
):
    deal = make_deal(State.DISPUTED, disputed_terms, quantity=3, payer=payer)
    deal.rule(10_000)
    assert market.creditOf(payer, disputed_terms.currency) == 0
    assert market.creditOf(buyer, disputed_terms.currency) == deal.total + deal.fee
    take_all_out(deal)


def test_two_disputes_do_not_touch_each_other_when_one_is_ruled(make_deal, disputed_terms, take_all_out):
    first, second = (make_deal(State.DISPUTED, disputed_terms, quantity=quantity) for quantity in (1, 2))
    before = second.order
    first.rule(9_999)
    assert second.order == before
    second.refund()
    take_all_out(second)
