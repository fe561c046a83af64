"""buy and buyWithPermit: exact tokens for the exact integral, rounded up once, within the buyer's own bounds."""

import pytest
from brownie import web3

from tests.fixtures.curves import BESIDE_UNITS, CURVE_UNITS, LINE
from tests.helpers.accounts import community_account
from tests.helpers.curve_model import Refused
from tests.helpers.deal import FAR
from tests.helpers.events import assert_events
from tests.helpers.permits import permit_arguments, signer
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO

AMOUNT = 12_345 * 10**18 + 67
RICH = 10**18


def ask(curves, token, sender, amount=AMOUNT, max_total=RICH, deadline=FAR, to=None, value=RICH):
    curves.buy.call(token, amount, max_total, deadline, to or sender, {"from": sender, "value": value})


@pytest.mark.parametrize("amount", [1, 10**18, AMOUNT, 10**20 + 2, CURVE_UNITS - 1, CURVE_UNITS])
def test_buy_costs_the_integral_rounded_up_and_mints_exactly(curves, opened_curve, buyer, payer, said_by, amount):
    token, start = opened_curve
    book = start.__class__(**start.__dict__)
    cost, fee = book.cost(amount)
    total = cost + fee
    assert tuple(curves.quoteBuy(token, amount)) == (cost, fee, total)
    had = web3.eth.get_balance(curves.address)
    tx = curves.buy(token, amount, total, FAR, payer, {"from": buyer, "value": total})
    assert tx.return_value == total
    book.sold, book.reserve, book.credit = book.sold + amount, book.reserve + cost, fee
    said_by(token, book)
    assert web3.eth.get_balance(curves.address) == had + total
    assert token.balanceOf(payer) == amount
    said = {"token": token, "buyer": buyer, "to": payer, "amount": amount, "cost": cost, "fee": fee}
    payout = ((community_account(token.communityId()), fee),)
    source = "0x" + token.address[2:].lower().rjust(64, "0")
    assert_events(
        tx,
        [curves],
        ("CurveBought", {**said, "sold": book.sold, "reserve": book.reserve}),
        ("CreditsAdded", {"source": source, "currency": ZERO, "payouts": payout}),
    )


def test_buy_returns_what_is_too_much_of_eth(curves, line, buyer):
    token, book = line
    total = sum(book.cost(AMOUNT))
    had, held = web3.eth.get_balance(buyer.address), web3.eth.get_balance(curves.address)
    tx = curves.buy(token, AMOUNT, RICH, FAR, buyer, {"from": buyer, "value": RICH})
    paid_for_gas = tx.gas_used * tx.gas_price
    assert web3.eth.get_balance(buyer.address) == had - total - paid_for_gas
    assert web3.eth.get_balance(curves.address) == held + total


def test_buy_credits_nothing_when_the_community_takes_no_fee(curves, open_curve, buyer):
    token, book = open_curve(LINE.but(fee_bps=0))
    cost, fee = book.cost(AMOUNT)
    tx = curves.buy(token, AMOUNT, cost, FAR, buyer, {"from": buyer, "value": cost})
    assert fee == 0
    assert "CreditsAdded" not in tx.events


def test_buy_reverts_when_it_costs_more_than_the_bound_or_the_eth_sent(curves, line, buyer):
    token, book = line
    total = sum(book.cost(AMOUNT))
    with refused("CurvesCostTooHigh", total, total - 1):
        ask(curves, token, buyer, max_total=total - 1)
    with refused("CreditsWrongValue", total - 1, total):
        ask(curves, token, buyer, value=total - 1)


def test_buy_reverts_when_it_comes_too_late(curves, line, buyer, chain):
    with refused("CurvesExpired", chain[-1].timestamp - 1, ...):
        ask(curves, line[0], buyer, deadline=chain[-1].timestamp - 1)


def test_buy_reverts_when_there_is_no_curve(curves, token, buyer):
    with refused("CurvesNotOpen", token):
        ask(curves, token, buyer)
    with refused("CurvesNotOpen", token):
        curves.quoteBuy(token, 1)
    assert curves.curveOf(token)[1:] == (0, 0, 0, 0, 0)


@pytest.mark.parametrize("amount", [0, CURVE_UNITS + 1, 2**128, 2**256 - 1])
def test_buy_reverts_when_the_amount_is_nothing_or_more_than_is_left(curves, opened_curve, buyer, amount):
    token, book = opened_curve
    with pytest.raises(Refused) as expected:
        book.cost(amount)
    with refused(expected.value.error, *expected.value.arguments):
        ask(curves, token, buyer, amount)
    with refused(expected.value.error, *expected.value.arguments):
        curves.quoteBuy(token, amount)


def test_buy_reverts_when_the_tokens_would_be_lost(curves, line, buyer):
    for to in (ZERO, curves):
        with refused("CreditsBadRecipient", to):
            ask(curves, line[0], buyer, to=to)


def test_buy_reverts_when_eth_is_sent_for_a_token(curves, open_curve, coin, buyer):
    token, _ = open_curve(LINE.but(currency=str(coin)))
    with refused("CreditsWrongValue", 1, 0):
        ask(curves, token, buyer, value=1)


@pytest.fixture
def coin(PermitToken, curves, owner, buyer, seller, steward):
    """Give a currency with permits, of which both have plenty; the steward's and the seller's allowance stands."""
    made = PermitToken.deploy({"from": owner})
    for account in (buyer, seller, steward):
        made.mint(account, RICH, {"from": owner})
    for account in (seller, steward):
        made.approve(curves, RICH, {"from": account})
    return made


def test_buy_pulls_a_token_to_the_unit(curves, open_curve, coin, seller, said_by):
    token, book = open_curve(LINE.but(currency=str(coin)))
    cost, fee = book.cost(AMOUNT)
    had = coin.balanceOf(seller)
    curves.buy(token, AMOUNT, cost + fee, FAR, seller, {"from": seller})
    assert coin.balanceOf(seller) == had - cost - fee
    assert coin.balanceOf(curves) == book.reserve + cost + fee
    book.sold, book.reserve, book.credit = BESIDE_UNITS + AMOUNT, book.reserve + cost, fee
    said_by(token, book)


def test_buy_with_permit_needs_no_allowance_and_forgives_a_used_permit(curves, open_curve, coin, buyer, stranger):
    token, book = open_curve(LINE.but(currency=str(coin)))
    total = sum(book.cost(AMOUNT))
    permit = permit_arguments(coin, signer(buyer), curves, total)
    coin.permit(buyer, curves, *permit, {"from": stranger})
    tx = curves.buyWithPermit(token, AMOUNT, total, FAR, buyer, permit, {"from": buyer})
    assert tx.return_value == total
    assert token.balanceOf(buyer) == AMOUNT


def test_buy_with_permit_takes_the_allowance_itself(curves, open_curve, coin, buyer):
    token, book = open_curve(LINE.but(currency=str(coin)))
    total = sum(book.cost(AMOUNT))
    permit = permit_arguments(coin, signer(buyer), curves, total)
    curves.buyWithPermit(token, AMOUNT, total, FAR, buyer, permit, {"from": buyer})
    assert coin.allowance(buyer, curves) == 0


def test_buy_with_permit_reverts_when_bounds_are_passed_or_the_currency_is_eth(curves, line, open_curve, coin, buyer):
    permit = permit_arguments(coin, signer(buyer), curves, RICH)
    token, book = open_curve(LINE.but(currency=str(coin)))
    total = sum(book.cost(AMOUNT))
    with refused("CurvesCostTooHigh", total, total - 1):
        curves.buyWithPermit.call(token, AMOUNT, total - 1, FAR, buyer, permit, {"from": buyer})
    with refused("CurvesExpired", 1, ...):
        curves.buyWithPermit.call(token, AMOUNT, total, 1, buyer, permit, {"from": buyer})
    with refused("CreditsWrongValue", 0, sum(line[1].cost(AMOUNT))):
        curves.buyWithPermit.call(line[0], AMOUNT, RICH, FAR, buyer, permit, {"from": buyer})
