"""buyWithPermit: a token is approved and paid in one transaction."""

import pytest
from eth_account.messages import encode_typed_data

from tests.helpers.deal import ANY_FEE, ANY_TOTAL, FAR, State
from tests.helpers.permits import domain_of, permit_arguments, signer
from tests.helpers.reverts import refused
from tests.helpers.terms import salt


@pytest.fixture(scope="module")
def coin(PermitToken, owner, buyer):
    made = PermitToken.deploy({"from": owner})
    made.mint(buyer, 10**12, {"from": buyer})
    return made


@pytest.fixture(scope="module")
def deal(list_terms, make_deal, coin):
    return make_deal(terms=list_terms(currency=coin.address))


def buy(deal, permit, call=False):
    arguments = (*deal.buy_arguments(ANY_TOTAL, ANY_FEE, FAR), permit)
    function = deal.market.buyWithPermit
    return (function.call if call else function)(*arguments, {"from": deal.purchase.payer})


def test_order_is_paid_in_one_transaction_when_the_buyer_signed_a_permit(market, coin, deal, buyer):
    owned = coin.balanceOf(buyer)
    tx = buy(deal, permit_arguments(coin, signer(buyer), market, deal.total))
    assert deal.state == State.FUNDED
    assert tx.events["OrderFunded"]["key"] == deal.key
    assert coin.balanceOf(buyer) == owned - deal.total
    assert coin.balanceOf(market) == deal.total
    assert coin.allowance(buyer, market) == 0


def test_order_is_paid_when_somebody_else_submitted_the_permit_first(market, coin, deal, buyer, stranger):
    permit = permit_arguments(coin, signer(buyer), market, deal.total)
    coin.permit(buyer, market, *permit, {"from": stranger})
    buy(deal, permit)
    assert deal.state == State.FUNDED


def test_order_is_not_paid_when_the_permit_is_forged(market, coin, deal, stranger, buyer):
    permit = permit_arguments(coin, signer(stranger), market, deal.total, owner=buyer)
    with refused("ERC20InsufficientAllowance", market, 0, deal.total):
        buy(deal, permit, call=True)


def test_order_is_not_paid_when_the_permit_has_expired(market, coin, deal, buyer):
    permit = permit_arguments(coin, signer(buyer), market, deal.total, deadline=1)
    with refused("ERC20InsufficientAllowance", market, 0, deal.total):
        buy(deal, permit, call=True)


def test_order_is_not_paid_when_the_permit_is_for_less(market, coin, deal, buyer):
    permit = permit_arguments(coin, signer(buyer), market, deal.total - 1)
    with refused("ERC20InsufficientAllowance", market, deal.total - 1, deal.total):
        buy(deal, permit, call=True)


def test_permit_is_refused_when_the_currency_is_eth(market, make_deal, coin, buyer):
    permit = permit_arguments(coin, signer(buyer), market, 1)
    with refused("CreditsWrongValue", 0, ANY_TOTAL):
        buy(make_deal(), permit, call=True)


def test_order_is_not_paid_when_the_token_only_pretends_to_know_permits(
    list_terms, make_deal, coin, market, buyer, owner, PhantomPermitToken
):
    phantom = PhantomPermitToken.deploy({"from": owner})
    phantom.mint(buyer, 10**12, {"from": buyer})
    deal = make_deal(terms=list_terms(currency=phantom.address))
    permit = permit_arguments(coin, signer(buyer), market, deal.total)
    with refused("ERC20InsufficientAllowance", market, 0, deal.total):
        buy(deal, permit, call=True)
    phantom.approve(market, deal.total, {"from": buyer})
    buy(deal, permit)
    assert deal.state == State.FUNDED


def test_order_is_paid_by_allowance_when_the_permit_is_of_an_older_kind(
    list_terms, make_deal, coin, market, buyer, stranger, owner, DaiPermitToken
):
    older = DaiPermitToken.deploy({"from": owner})
    older.mint(buyer, 10**12, {"from": buyer})
    deal = make_deal(terms=list_terms(currency=older.address))
    permit = permit_arguments(coin, signer(buyer), market, deal.total)
    with refused("ERC20InsufficientAllowance", market, 0, deal.total):
        buy(deal, permit, call=True)
    older.permit(*allow_all(older, signer(buyer), market), {"from": stranger})
    buy(deal, permit)
    assert deal.state == State.FUNDED


def allow_all(token, key, spender) -> tuple:
    """Give a permit of the kind before ERC-2612: all or nothing."""
    names = (("holder", "address"), ("spender", "address"), ("nonce", "uint256"), ("expiry", "uint256"))
    types = {"Permit": [{"name": name, "type": kind} for name, kind in (*names, ("allowed", "bool"))]}
    said = {"holder": key.address, "spender": str(spender), "nonce": 0, "expiry": 0, "allowed": True}
    signed = key.sign_message(encode_typed_data(domain_of(token), types, said))
    return (*said.values(), signed.v, salt(signed.r), salt(signed.s))


def test_order_is_paid_by_allowance_when_the_token_knows_no_permits(
    list_terms, make_deal, coin, market, buyer, make_token, OddToken
):
    plain = make_token(OddToken, 18)
    deal = make_deal(terms=list_terms(currency=plain.address))
    buy(deal, permit_arguments(coin, signer(buyer), market, deal.total))
    assert deal.state == State.FUNDED
    assert plain.balanceOf(market) == deal.total


def test_permit_of_another_token_pays_nothing_when_it_is_played_here(market, coin, deal, buyer, PermitToken, owner):
    other = PermitToken.deploy({"from": owner})
    permit = permit_arguments(other, signer(buyer), market, deal.total)
    with refused("ERC20InsufficientAllowance", market, 0, deal.total):
        buy(deal, permit, call=True)
