"""Tokens that are not what they seem: refused at the door, or harmless to everybody else."""

import pytest
from brownie import web3

from tests.fixtures.market import COMMUNITY_FEE_BPS, PLATFORM_FEE_BPS
from tests.helpers.amounts import completed, ruled
from tests.helpers.deal import State
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO


@pytest.fixture
def sold_for(list_terms, make_deal):
    """Give a factory of orders in a currency."""
    return lambda coin, state=State.NONE, **changes: make_deal(state, list_terms(currency=coin.address, **changes))


@pytest.mark.parametrize(
    "name, arguments",
    [("OddToken", (18,)), ("OddToken", (6,)), ("OddToken", (0,)), ("NoReturnToken", ()), ("FalseReturningToken", ())],
    ids=["18_decimals", "6_decimals", "0_decimals", "no_return_value", "may_return_false"],
)
def test_order_lives_its_whole_life_when_the_token_is_only_old_or_coarse(
    market, sold_for, make_token, request, name, arguments, seller, accounts
):
    coin = make_token(request.getfixturevalue(name), *arguments)
    deal = sold_for(coin, State.DISPUTED)
    assert coin.balanceOf(market) == deal.total + 2 * deal.fee
    deal.rule(3_333)
    shares = ruled(deal.total, deal.fee, 3_333, PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)
    assert deal.credits() == shares
    market.withdraw(coin, accounts[9], shares.seller, {"from": seller})
    assert coin.balanceOf(accounts[9]) == shares.seller
    assert coin.balanceOf(market) == shares.total() - shares.seller


def test_order_is_not_paid_when_the_token_answers_false(sold_for, make_token, FalseReturningToken, owner):
    coin = make_token(FalseReturningToken)
    deal = sold_for(coin)
    coin.setFails(True, {"from": owner})
    with refused("SafeERC20FailedOperation", coin):
        deal.ask_buy()


def test_credit_stays_when_the_token_answers_false(market, sold_for, make_token, FalseReturningToken, owner, seller):
    coin = make_token(FalseReturningToken)
    sold_for(coin, State.COMPLETED)
    coin.setFails(True, {"from": owner})
    with refused("SafeERC20FailedOperation", coin):
        market.push.call(seller, coin, {"from": seller})


@pytest.mark.parametrize("tax_bps", [1, 100, 9_999, 10_000, -100])
def test_order_is_not_paid_when_another_amount_arrives_than_was_sent(sold_for, make_token, TaxedToken, owner, tax_bps):
    coin = make_token(TaxedToken)
    deal = sold_for(coin)
    coin.setTaxBps(tax_bps, {"from": owner})
    received = deal.total - int(deal.total * tax_bps / 10_000)
    with refused("CreditsTokenDeliveredLess", coin, received, deal.total):
        deal.ask_buy()


@pytest.mark.parametrize("name, state", [("dispute", State.DELIVERED), ("stake", State.CONTESTED)])
def test_stake_is_not_taken_when_less_arrives_than_was_sent(sold_for, make_token, TaxedToken, owner, name, state):
    coin = make_token(TaxedToken)
    deal = sold_for(coin, state)
    coin.setTaxBps(100, {"from": owner})
    sender = deal.parties.holder if name == "dispute" else deal.parties.seller
    with refused("CreditsTokenDeliveredLess", coin, deal.fee - deal.fee // 100, deal.fee):
        deal.ask(name, sender)


def test_order_is_not_paid_when_nothing_was_approved(sold_for, make_token, OddToken, market, buyer):
    coin = make_token(OddToken, 18)
    deal = sold_for(coin)
    coin.approve(market, deal.total - 1, {"from": buyer})
    with refused("ERC20InsufficientAllowance", market, deal.total - 1, deal.total):
        deal.ask_buy()


@pytest.mark.parametrize("blocked", ["buyer", "seller", "arbiter"])
def test_order_reaches_its_end_when_a_party_is_blocklisted_after_the_payment(
    market, sold_for, make_token, BlocklistingToken, request, owner, blocked, accounts
):
    coin = make_token(BlocklistingToken)
    deal = sold_for(coin, State.DISPUTED)
    account = request.getfixturevalue(blocked)
    coin.setBlocked(account, True, {"from": owner})
    deal.rule(5_000)
    owed = market.creditOf(account, coin)
    assert owed > 0
    with refused("BlocklistingTokenBlocked", account):
        market.push.call(account, coin, {"from": owner})
    market.withdraw(coin, accounts[9], owed, {"from": account})
    assert coin.balanceOf(accounts[9]) == owed


def test_others_are_paid_when_one_party_is_blocklisted(market, sold_for, make_token, BlocklistingToken, owner, seller):
    coin = make_token(BlocklistingToken)
    deal = sold_for(coin, State.DISPUTED)
    coin.setBlocked(deal.parties.holder, True, {"from": owner})
    deal.rule(5_000)
    before = coin.balanceOf(seller)
    owed = market.creditOf(seller, coin)
    market.push(seller, coin, {"from": owner})
    assert coin.balanceOf(seller) == before + owed


def test_only_holders_of_the_currency_lose_when_it_rebases_down(
    market, sold_for, make_token, make_deal, RebasingToken, OddToken, owner, seller, buyer
):
    coin, solid = make_token(RebasingToken), make_token(OddToken, 18)
    deal = sold_for(coin, State.COMPLETED)
    others = [sold_for(solid, State.COMPLETED), make_deal(State.COMPLETED)]
    coin.rebase(market, -deal.total // 2, {"from": owner})
    with refused("ERC20InsufficientBalance", market, ..., ...):
        market.push.call(seller, coin, {"from": seller})
    for other in others:
        currency = other.terms.currency
        owed = market.creditOf(seller, currency)
        market.push(seller, currency, {"from": owner})
        assert owed == other.credits().seller + owed


def test_nobody_gets_more_when_the_token_rebases_up(market, sold_for, make_token, RebasingToken, owner):
    coin = make_token(RebasingToken)
    deal = sold_for(coin, State.DELIVERED)
    coin.rebase(market, 10**12, {"from": owner})
    deal.confirm()
    assert deal.credits() == completed(deal.total, PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)


def test_nobody_gets_more_when_tokens_or_eth_come_in_by_the_back_door(
    market, sold_for, make_deal, make_token, OddToken, ForcedEther, owner, stranger
):
    coin = make_token(OddToken, 18)
    in_token, in_eth = sold_for(coin, State.DELIVERED), make_deal(State.DELIVERED)
    held = web3.eth.get_balance(market.address)
    coin.transfer(market, 999, {"from": stranger})
    ForcedEther.deploy(market, {"from": owner, "value": 777})
    assert web3.eth.get_balance(market.address) == held + 777
    for deal in (in_token, in_eth):
        deal.confirm()
        assert deal.credits() == completed(deal.total, PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)
    new = sold_for(coin, State.FUNDED)
    assert new.order.amount == new.total


def test_order_still_ends_when_the_currencys_code_has_vanished(
    market, sold_for, make_token, VanishingToken, owner, seller
):
    coin = make_token(VanishingToken)
    deal = sold_for(coin, State.DELIVERED)
    coin.vanish({"from": owner})
    deal.confirm()
    assert deal.credits() == completed(deal.total, PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)
    with refused("SafeERC20FailedOperation", coin):
        market.push.call(seller, coin, {"from": seller})


def test_nothing_is_paid_when_the_currency_is_a_contract_but_no_token(market, sold_for, registry, buyer):
    for contract in (registry, market):
        with pytest.raises(Exception, match="revert"):
            sold_for(contract).ask_buy()


def test_credits_are_kept_apart_when_an_order_is_in_another_currency(market, sold_for, make_token, OddToken, seller):
    coin = make_token(OddToken, 18)
    deal = sold_for(coin, State.COMPLETED)
    assert deal.credits().seller > 0
    assert market.creditOf(seller, ZERO) == 0
