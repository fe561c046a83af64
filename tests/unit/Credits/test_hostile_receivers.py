"""Contract wallets that refuse, burn or flood: they hurt only themselves, and can name another address."""

import pytest
from brownie import web3

from tests.helpers.deal import State
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO, salt

REJECT, BURN_GAS, RETURN_BOMB, REVERT_BOMB = range(4)
KINDS = {
    "rejects": REJECT,
    "burns_gas": BURN_GAS,
    "answers_with_a_megabyte": RETURN_BOMB,
    "reverts_with_a_megabyte": REVERT_BOMB,
}
# a megabyte of memory costs its maker two million gas, and whoever gets it as an answer as much again
GAS = {BURN_GAS: 2_000_000}
ENOUGH_GAS = 8_000_000


@pytest.fixture(params=KINDS.values(), ids=KINDS)
def receiver(request, HostileReceiver, owner):
    return HostileReceiver.deploy(request.param, {"from": owner, "value": 10**9})


@pytest.fixture
def deal(receiver, make_deal, stranger):
    """Give an order whose holder is the hostile wallet, sold by somebody friendly."""
    return make_deal(State.FUNDED, holder=receiver, payer=stranger)


def act(receiver, market, sender, name, *arguments, **tx):
    return receiver.act(market, 0, getattr(market, name).encode_input(*arguments), {"from": sender, **tx})


def test_seller_ends_the_order_when_the_holder_cannot_receive(market, deal, receiver):
    tx = deal.decline()
    assert tx.gas_used < 200_000
    assert market.creditOf(receiver, ZERO) == deal.total


def test_push_leaves_the_credit_when_the_wallet_refuses_the_money(market, deal, receiver, stranger):
    deal.decline()
    if receiver.RECEPTION() == RETURN_BOMB:  # it does take the money, whatever it says
        market.push(receiver, ZERO, {"from": stranger, "gas_limit": ENOUGH_GAS})
        assert market.creditOf(receiver, ZERO) == 0
        return
    with refused("CreditsEthRefused", receiver, deal.total):
        market.push.call(receiver, ZERO, {"from": stranger, "gas": GAS.get(receiver.RECEPTION(), ENOUGH_GAS)})
    assert market.creditOf(receiver, ZERO) == deal.total


def test_wallet_names_another_address_when_it_cannot_receive_itself(market, deal, receiver, stranger, accounts):
    deal.decline()
    had = web3.eth.get_balance(accounts[9].address)
    act(receiver, market, stranger, "withdraw", ZERO, accounts[9], deal.total)
    assert web3.eth.get_balance(accounts[9].address) == had + deal.total
    assert market.creditOf(receiver, ZERO) == 0


def test_others_withdraw_when_a_hostile_wallet_is_owed_money_too(market, deal, make_deal, seller):
    deal.decline()
    friendly = make_deal(State.COMPLETED)
    owed = market.creditOf(seller, ZERO)
    assert owed > 0
    market.push(seller, ZERO, {"from": friendly.parties.stranger})
    assert market.creditOf(seller, ZERO) == 0


def test_order_is_ruled_when_the_arbiter_is_a_hostile_wallet(market, list_terms, make_deal, receiver, owner):
    deal = make_deal(State.DISPUTED, list_terms(arbiter=str(receiver), salt=salt(31)))
    act(receiver, market, owner, "rule", *deal.arguments("rule", 5_000))
    assert deal.state == State.RESOLVED
    assert market.creditOf(receiver, ZERO) == deal.fee
