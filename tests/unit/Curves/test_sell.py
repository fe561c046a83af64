"""sell and sellWithPermit: everything that exists can be sold, down to the last unit, and the reserve pays for it."""

from dataclasses import replace

import pytest
from brownie import web3

from tests.fixtures.curves import BESIDE_UNITS, CAPACITY, CURVE_UNITS, GIVEN_UNITS, LINE
from tests.helpers.accounts import community_account
from tests.helpers.curve_model import Refused
from tests.helpers.deal import FAR
from tests.helpers.events import assert_events
from tests.helpers.permits import permit_arguments, signer
from tests.helpers.reverts import refused
from tests.helpers.terms import DAY, ZERO

RICH = 10**18


def ask(curves, token, sender, amount=GIVEN_UNITS, min_proceeds=0, deadline=FAR, to=None):
    curves.sell.call(token, amount, min_proceeds, deadline, to or sender, {"from": sender})


@pytest.mark.parametrize("amount", [1, 10**18, 10**20 + 2, GIVEN_UNITS])
def test_sell_brings_the_integral_rounded_down_and_burns_exactly(
    curves, opened_curve, stranger, accounts, said_by, amount
):
    token, start = opened_curve
    book = replace(start)
    proceeds, fee = book.proceeds(amount)
    net = proceeds - fee
    assert tuple(curves.quoteSell(token, amount)) == (proceeds, fee, net)
    had, supply = web3.eth.get_balance(accounts[9].address), token.totalSupply()
    tx = curves.sell(token, amount, net, FAR, accounts[9], {"from": stranger})
    assert tx.return_value == net
    book.sold, book.reserve, book.credit = book.sold - amount, book.reserve - proceeds, fee
    said_by(token, book)
    assert web3.eth.get_balance(accounts[9].address) == had + net
    assert token.totalSupply() == supply - amount
    said = {"token": token, "seller": stranger, "to": accounts[9], "amount": amount, "proceeds": proceeds, "fee": fee}
    payout = ((community_account(token.communityId()), fee),)
    source = "0x" + token.address[2:].lower().rjust(64, "0")
    credited = ("CreditsAdded", {"source": source, "currency": ZERO, "payouts": payout})
    sold = ("CurveSold", {**said, "sold": book.sold, "reserve": book.reserve})
    assert_events(tx, [curves], *((sold, credited) if fee else (sold,)))


def test_everything_is_sold_to_the_last_unit_when_all_of_it_exists(
    curves, opened_curve, stranger, buyer, steward, chain, state_of
):
    token, book = opened_curve
    total = sum(book.cost(CURVE_UNITS))
    curves.buy(token, CURVE_UNITS, total, FAR, buyer, {"from": buyer, "value": total})
    assert curves.curveOf(token)[4] == CAPACITY == curves.curveOf(token)[2]
    chain.sleep(366 * DAY)
    token.mintVested({"from": buyer})
    token.approve(curves, CAPACITY, {"from": steward})
    for account in (stranger, steward, buyer):
        curves.sell(token, token.balanceOf(account), 0, FAR, account, {"from": account})
    sold, reserve, credit = state_of(token)
    assert (sold, token.totalSupply()) == (0, 0)
    assert 0 <= reserve <= 5  # what five calls rounded
    assert web3.eth.get_balance(curves.address) >= reserve + credit


def test_sell_of_a_unit_that_is_worth_nothing_brings_nothing_and_harms_nobody(curves, open_curve, stranger):
    token, _ = open_curve(LINE.but(base_price=1, slope=0))
    tx = curves.sell(token, 1, 0, FAR, stranger, {"from": stranger})
    assert tx.return_value == 0
    assert "CreditsAdded" not in tx.events


def test_sell_reverts_when_it_brings_less_than_the_bound(curves, line, stranger):
    token, book = line
    proceeds, fee = book.proceeds(GIVEN_UNITS)
    with refused("CurvesProceedsTooLow", proceeds - fee, proceeds - fee + 1):
        ask(curves, token, stranger, min_proceeds=proceeds - fee + 1)


def test_sell_reverts_when_it_comes_too_late_or_to_nobody(curves, line, stranger):
    with refused("CurvesExpired", 1, ...):
        ask(curves, line[0], stranger, deadline=1)
    for to in (ZERO, curves):
        with refused("CreditsBadRecipient", to):
            ask(curves, line[0], stranger, to=to)


@pytest.mark.parametrize("amount", [0, BESIDE_UNITS + 1, 2**128 + 1, 2**256 - 1])
def test_sell_reverts_when_the_amount_is_nothing_or_more_than_was_ever_given_out(
    curves, opened_curve, stranger, amount
):
    token, book = opened_curve
    with pytest.raises(Refused) as expected:
        book.proceeds(amount)
    with refused(expected.value.error, *expected.value.arguments):
        ask(curves, token, stranger, amount)
    with refused(expected.value.error, *expected.value.arguments):
        curves.quoteSell(token, amount)


def test_sell_reverts_when_the_seller_has_less_or_allowed_less(curves, line, stranger, payer, buyer):
    token, _ = line
    with refused("ERC20InsufficientBalance", stranger, GIVEN_UNITS, GIVEN_UNITS + 1):
        ask(curves, token, stranger, GIVEN_UNITS + 1)
    token.transfer(payer, 5, {"from": stranger})
    with refused("ERC20InsufficientAllowance", curves, 0, 5):
        ask(curves, token, payer, 5)


def test_sell_reverts_when_there_is_no_curve(curves, token, stranger):
    with refused("CurvesNotOpen", token):
        ask(curves, token, stranger)
    with refused("CurvesNotOpen", token):
        curves.quoteSell(token, 1)


def test_sell_with_permit_needs_no_allowance_and_spends_the_one_it_takes(curves, line, stranger, payer):
    token, book = line
    token.transfer(payer, GIVEN_UNITS, {"from": stranger})
    proceeds, fee = book.proceeds(GIVEN_UNITS)
    permit = permit_arguments(token, signer(payer), curves, GIVEN_UNITS)
    bound = (token, GIVEN_UNITS, proceeds - fee, FAR, payer, permit)
    had = web3.eth.get_balance(curves.address)
    assert curves.sellWithPermit(*bound, {"from": payer}).return_value == proceeds - fee
    assert web3.eth.get_balance(curves.address) == had - (proceeds - fee)
    assert token.allowance(payer, curves) == 0


def test_sell_with_permit_forgives_a_used_permit_and_keeps_the_bounds(curves, line, stranger, payer, seller):
    token, book = line
    token.transfer(payer, GIVEN_UNITS, {"from": stranger})
    proceeds, fee = book.proceeds(GIVEN_UNITS)
    permit = permit_arguments(token, signer(payer), curves, GIVEN_UNITS)
    token.permit(payer, curves, *permit, {"from": seller})
    with refused("CurvesProceedsTooLow", proceeds - fee, proceeds):
        curves.sellWithPermit.call(token, GIVEN_UNITS, proceeds, FAR, payer, permit, {"from": payer})
    with refused("CurvesExpired", 1, ...):
        curves.sellWithPermit.call(token, GIVEN_UNITS, 0, 1, payer, permit, {"from": payer})
    curves.sellWithPermit(token, GIVEN_UNITS, 0, FAR, payer, permit, {"from": payer})
    assert token.balanceOf(payer) == 0


def test_sell_with_permit_calls_no_token_without_a_curve(curves, token, PermitToken, owner, payer):
    for unknown in (token, PermitToken.deploy({"from": owner})):
        permit = permit_arguments(unknown, signer(payer), curves, 1)
        with refused("CurvesNotOpen", unknown):
            curves.sellWithPermit.call(unknown, 1, 0, FAR, payer, permit, {"from": payer})


def test_tokens_that_holders_burn_leave_their_money_in_the_reserve(curves, line, stranger, state_of):
    token, _ = line
    before = state_of(token)
    token.burn(GIVEN_UNITS, {"from": stranger})
    assert state_of(token) == before
