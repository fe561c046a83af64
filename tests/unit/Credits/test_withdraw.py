"""withdraw, withdrawFrom and push: everybody takes out his own, and nobody anything else (seen through the Market)."""

import pytest
from brownie import web3

from tests.fixtures.market import COMMUNITY_FEE_BPS, PLATFORM_FEE_BPS
from tests.helpers.accounts import community_account
from tests.helpers.amounts import completed
from tests.helpers.deal import State
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO


@pytest.fixture(scope="module", params=["eth", "token"])
def currency(request, make_token, OddToken):
    """Give ETH and a token in turn: both behave alike."""
    return ZERO if request.param == "eth" else make_token(OddToken, 6).address


@pytest.fixture(scope="module")
def shares(list_terms, make_deal, currency):
    """Bring one order to its good end and give what everybody got."""
    deal = make_deal(State.COMPLETED, list_terms(currency=currency))
    return completed(deal.total, PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)


@pytest.fixture(scope="module")
def balance(currency, OddToken):
    """Give a function for an account's balance in the currency."""
    if currency == ZERO:
        return lambda account: web3.eth.get_balance(str(account))
    return lambda account: OddToken.at(currency).balanceOf(account)


@pytest.mark.parametrize("part", ["all", "one"])
def test_withdraw_pays_another_address_when_the_owner_names_it(
    market, shares, currency, balance, seller, accounts, part
):
    amount = shares.seller if part == "all" else 1
    to, held, had = accounts[9], balance(market), balance(accounts[9])
    tx = market.withdraw(currency, to, amount, {"from": seller})
    assert market.creditOf(seller, currency) == shares.seller - amount
    assert balance(market) == held - amount
    assert balance(to) == had + amount
    expected = {"account": str(seller), "currency": currency, "to": str(to), "amount": amount}
    assert_events(tx, [market], ("CreditWithdrawn", expected))


@pytest.mark.parametrize("extra", [1, 2**256 - 1 - 10**30])
def test_withdraw_reverts_when_more_is_asked_than_is_owed(market, shares, currency, seller, extra):
    with refused("CreditsNotEnough", seller, shares.seller + extra, shares.seller):
        market.withdraw.call(currency, seller, shares.seller + extra, {"from": seller})


def test_withdraw_reverts_when_nothing_is_asked(market, shares, currency, seller):
    with refused("CreditsNotEnough", seller, 0, shares.seller):
        market.withdraw.call(currency, seller, 0, {"from": seller})


def test_withdraw_reverts_when_nothing_is_owed(market, shares, currency, stranger):
    with refused("CreditsNotEnough", stranger, 1, 0):
        market.withdraw.call(currency, stranger, 1, {"from": stranger})


def test_withdraw_reverts_when_the_credit_is_in_another_currency(
    market, shares, currency, seller, make_token, OddToken
):
    other = make_token(OddToken, 18).address
    with refused("CreditsNotEnough", seller, 1, 0):
        market.withdraw.call(other, seller, 1, {"from": seller})


@pytest.mark.parametrize("who", ["nobody", "the market"])
def test_withdraw_reverts_when_the_money_would_be_lost(market, shares, currency, seller, who):
    to = ZERO if who == "nobody" else market.address
    with refused("CreditsBadRecipient", to):
        market.withdraw.call(currency, to, 1, {"from": seller})


def test_withdraw_from_pays_when_the_owner_himself_calls(market, shares, currency, balance, seller, accounts):
    had = balance(accounts[9])
    market.withdrawFrom(seller, currency, accounts[9], 5, {"from": seller})
    assert balance(accounts[9]) == had + 5
    assert market.creditOf(seller, currency) == shares.seller - 5


@pytest.mark.parametrize("role", ["owner", "steward", "arbiter", "buyer", "stranger"])
def test_withdraw_from_reverts_when_the_account_is_somebody_elses(market, shares, currency, seller, request, role):
    account = request.getfixturevalue(role)
    with refused("CreditsNotOwner", account, seller):
        market.withdrawFrom.call(seller, currency, account, 1, {"from": account})


@pytest.mark.parametrize("whose, role", [("platform", "owner"), ("community", "steward")])
def test_steward_takes_out_the_commission_when_it_is_his_communitys(
    market, shares, currency, balance, community_id, accounts, request, whose, role
):
    account = community_account(0 if whose == "platform" else community_id)
    amount, had = getattr(shares, whose), balance(accounts[9])
    tx = market.withdrawFrom(account, currency, accounts[9], amount, {"from": request.getfixturevalue(role)})
    assert balance(accounts[9]) == had + amount
    assert market.creditOf(account, currency) == 0
    expected = {"account": account, "currency": currency, "to": str(accounts[9]), "amount": amount}
    assert_events(tx, [market], ("CreditWithdrawn", expected))


@pytest.mark.parametrize("whose, role", [("platform", "steward"), ("community", "owner"), ("community", "seller")])
def test_commission_stays_when_the_steward_is_another_ones(
    market, shares, currency, community_id, request, whose, role
):
    account = community_account(0 if whose == "platform" else community_id)
    sender = request.getfixturevalue(role)
    with refused("CreditsNotOwner", sender, account):
        market.withdrawFrom.call(account, currency, sender, 1, {"from": sender})


def test_commission_of_a_community_that_does_not_exist_is_nobodys(market, currency, stranger):
    account = community_account(2**64 - 1)
    with refused("CreditsNotOwner", stranger, account):
        market.withdrawFrom.call(account, currency, stranger, 1, {"from": stranger})


def test_commission_follows_the_office_when_stewardship_moves(
    market, shares, currency, registry, community_id, steward, stranger
):
    account = community_account(community_id)
    registry.offerStewardship(community_id, stranger, {"from": steward})
    market.withdrawFrom.call(account, currency, steward, 1, {"from": steward})
    registry.acceptStewardship(community_id, {"from": stranger})
    market.withdrawFrom.call(account, currency, stranger, 1, {"from": stranger})
    with refused("CreditsNotOwner", steward, account):
        market.withdrawFrom.call(account, currency, steward, 1, {"from": steward})


def test_push_sends_the_whole_credit_to_its_owner_when_anybody_calls(
    market, shares, currency, balance, seller, stranger
):
    had = balance(seller)
    tx = market.push(seller, currency, {"from": stranger})
    assert tx.return_value == shares.seller
    assert balance(seller) == had + shares.seller
    assert market.creditOf(seller, currency) == 0
    expected = {"account": str(seller), "currency": currency, "to": str(seller), "amount": shares.seller}
    assert_events(tx, [market], ("CreditWithdrawn", expected))


def test_push_reverts_when_nothing_is_owed(market, shares, currency, stranger):
    with refused("CreditsNotEnough", stranger, 0, 0):
        market.push.call(stranger, currency, {"from": stranger})


@pytest.mark.parametrize("number", [0, 1, 2**64 - 1])
def test_push_reverts_when_no_key_controls_the_account(market, shares, currency, owner, number):
    with refused("CreditsNoPush", community_account(number)):
        market.push.call(community_account(number), currency, {"from": owner})


def test_account_of_a_community_is_the_one_derived_from_its_id(registry, community_id):
    assert registry.accountOf(community_id) == community_account(community_id)
    assert registry.accountOf(2**64 - 1) == community_account(2**64 - 1)
