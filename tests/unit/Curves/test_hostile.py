"""Currencies, traders and receivers that tax, lie, call back or refuse: they harm only themselves."""

import pytest
from brownie import web3

from tests.fixtures.curves import ALL, GIVEN_UNITS, LINE
from tests.helpers.deal import FAR
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO

AMOUNT = 10**21 + 1
RICH = 10**18


@pytest.fixture
def coin_of(curves, owner, steward, buyer):
    """Give a factory of currencies of which steward and buyer have plenty, allowed to the curves."""

    def made(container, *args):
        coin = container.deploy(*args, {"from": owner})
        for account in (steward, buyer):
            coin.mint(account, RICH, {"from": owner})
            coin.approve(curves, ALL, {"from": account})
        return coin

    return made


@pytest.fixture
def curve_in(open_curve):
    return lambda coin: open_curve(LINE.but(currency=str(coin)))


@pytest.mark.parametrize("tax_bps", [1, -1])
def test_currency_that_delivers_another_amount_is_refused(curves, coin_of, curve_in, TaxedToken, owner, buyer, tax_bps):
    coin = coin_of(TaxedToken)
    token, book = curve_in(coin)
    total = sum(book.cost(AMOUNT))
    coin.setTaxBps(tax_bps, {"from": owner})
    with refused("CreditsTokenDeliveredLess", coin, ..., total):
        curves.buy.call(token, AMOUNT, total, FAR, buyer, {"from": buyer})


def test_curve_does_not_open_when_its_currency_delivers_less(
    curves, coin_of, reserved_token, TaxedToken, owner, steward
):
    coin = coin_of(TaxedToken)
    coin.setTaxBps(100, {"from": owner})
    token = reserved_token()
    with refused("CreditsTokenDeliveredLess", coin, ..., ...):
        curves.open.call(token, LINE.but(currency=str(coin)).words(), RICH, 0, 0, FAR, {"from": steward})


@pytest.mark.parametrize("name", ["NoReturnToken", "OddToken"])
def test_currency_without_an_answer_is_taken_and_paid_out(curves, coin_of, curve_in, request, name, buyer, stranger):
    container = request.getfixturevalue(name)
    coin = coin_of(container, *((6,) if name == "OddToken" else ()))
    token, book = curve_in(coin)
    total = sum(book.cost(AMOUNT))
    curves.buy(token, AMOUNT, total, FAR, buyer, {"from": buyer})
    proceeds = curves.quoteSell(token, GIVEN_UNITS)[2]
    curves.sell(token, GIVEN_UNITS, proceeds, FAR, stranger, {"from": stranger})
    assert coin.balanceOf(stranger) == proceeds


def test_currency_that_says_false_moves_nothing(
    curves, coin_of, curve_in, FalseReturningToken, owner, buyer, stranger, said_by
):
    coin = coin_of(FalseReturningToken)
    token, book = curve_in(coin)
    coin.setFails(True, {"from": owner})
    with refused("SafeERC20FailedOperation", coin):
        curves.buy.call(token, AMOUNT, RICH, FAR, buyer, {"from": buyer})
    with refused("SafeERC20FailedOperation", coin):
        curves.sell.call(token, 10**18, 0, FAR, stranger, {"from": stranger})
    said_by(token, book)


def test_seller_who_is_blocklisted_names_another_address(
    curves, coin_of, curve_in, BlocklistingToken, owner, stranger, accounts
):
    coin = coin_of(BlocklistingToken)
    token, _ = curve_in(coin)
    coin.setBlocked(stranger, True, {"from": owner})
    with refused("BlocklistingTokenBlocked", stranger):
        curves.sell.call(token, 10**18, 0, FAR, stranger, {"from": stranger})
    tx = curves.sell(token, 10**18, 0, FAR, accounts[9], {"from": stranger})
    assert coin.balanceOf(accounts[9]) == tx.return_value > 0


def test_seller_who_cannot_receive_eth_names_another_address(curves, line, HostileReceiver, owner, stranger, accounts):
    token, _ = line
    wallet = HostileReceiver.deploy(0, {"from": owner})
    token.transfer(wallet, 10**18, {"from": stranger})
    wallet.act(token, 0, token.approve.encode_input(curves, ALL), {"from": owner})
    proceeds = curves.quoteSell(token, 10**18)[2]
    with refused("CreditsEthRefused", wallet, proceeds):
        wallet.act.call(curves, 0, curves.sell.encode_input(token, 10**18, 0, FAR, wallet), {"from": owner})
    had = web3.eth.get_balance(accounts[9].address)
    wallet.act(curves, 0, curves.sell.encode_input(token, 10**18, 0, FAR, accounts[9]), {"from": owner})
    assert web3.eth.get_balance(accounts[9].address) == had + proceeds


def test_buyer_who_cannot_receive_eth_pays_to_the_wei(curves, line, HostileReceiver, owner):
    token, book = line
    wallet = HostileReceiver.deploy(0, {"from": owner, "value": RICH})
    total = sum(book.cost(AMOUNT))
    bought = curves.buy.encode_input(token, AMOUNT, total, FAR, wallet)
    with refused("CreditsEthRefused", wallet, 1):
        wallet.act.call(curves, total + 1, bought, {"from": owner})
    wallet.act(curves, total, bought, {"from": owner})
    assert token.balanceOf(wallet) == AMOUNT


@pytest.fixture
def party(ReentrantParty, owner):
    return ReentrantParty.deploy({"from": owner, "value": RICH})


def every_call(curves, token, coin, party) -> dict[str, tuple]:
    """Give an attempt at each function that moves anything, on a curve for ETH and on one for the token's currency."""
    permit = (1, FAR, 27, "0x" + "1" * 64, "0x" + "1" * 64)
    attempts = {
        "buy": (token, 1, RICH, FAR, party),
        "buyWithPermit": (token, 1, RICH, FAR, party, permit),
        "sell": (token, 10**18, 0, FAR, party),
        "sellWithPermit": (token, 10**18, 0, FAR, party, permit),
        "swap": (token, 10**18, token, 1, FAR),
        "open": (token, LINE.words(), RICH, 0, 0, FAR),
        "withdraw": (coin, party, 1),
        "withdrawFrom": (party, coin, party, 1),
        "push": (party, coin),
    }
    return {name: (curves.address, 0, getattr(curves, name).encode_input(*args)) for name, args in attempts.items()}


def test_every_function_of_curves_is_among_the_attempts(curves, line, party):
    tried = set(every_call(curves, line[0], ZERO, party))
    functions = [item for item in curves.abi if item["type"] == "function"]
    assert tried == {item["name"] for item in functions if item["stateMutability"] in ("nonpayable", "payable")}


def test_currency_that_calls_back_moves_no_money_twice(
    curves, coin_of, curve_in, HookToken, party, owner, buyer, stranger, state_of
):
    """While money in a token comes or goes, nothing else moves money in a token; at the end all is as if nobody had called."""
    coin = coin_of(HookToken)
    token, book = curve_in(coin)
    token.transfer(party, GIVEN_UNITS, {"from": stranger})
    coin.mint(party, RICH, {"from": owner})
    for allowed in (token, coin):
        party.act(allowed, 0, allowed.approve.encode_input(curves, ALL), {"from": owner})
    coin.hook(party, True, {"from": owner})
    attempts = every_call(curves, token, coin, party)
    party.arm(list(attempts.values()), {"from": owner})
    cost, fee = book.cost(AMOUNT)
    tx = party.act(curves, 0, curves.buy.encode_input(token, AMOUNT, RICH, FAR, party), {"from": owner})
    assert [event["succeeded"] for event in tx.events["Tried"]] == [False] * len(attempts)
    assert state_of(token, coin) == (book.sold + AMOUNT, book.reserve + cost, fee)
    assert coin.balanceOf(curves) == book.reserve + cost + fee
    held, expected = coin.balanceOf(curves), curves.quoteSell(token, AMOUNT)
    tx = party.act(curves, 0, curves.sell.encode_input(token, AMOUNT, 0, FAR, party), {"from": owner})
    assert [event["succeeded"] for event in tx.events["Tried"]] == [False] * len(attempts)
    assert coin.balanceOf(curves) == held - expected[2]


def test_receiver_of_eth_who_trades_on_is_served_at_the_new_price_and_leaves_the_reserve_whole(
    curves, line, party, owner, stranger, state_of
):
    """For ETH there is no lock: all is written before anybody is called, so who calls back is simply the next trader."""
    token, _ = line
    token.transfer(party, 10**20, {"from": stranger})
    party.act(token, 0, token.approve.encode_input(curves, ALL), {"from": owner})
    sold = curves.sell.encode_input(token, 10**18, 0, FAR, party)
    bought = curves.buy.encode_input(token, 10**18, RICH, FAR, party)
    had = web3.eth.get_balance(party.address)
    party.arm([(curves.address, 0, sold), (curves.address, RICH // 2, bought)], {"from": owner})
    tx = party.act(curves, 0, sold, {"from": owner})
    assert [event["succeeded"] for event in tx.events["Tried"]] == [True, True]
    _, reserve, credit = state_of(token)
    assert web3.eth.get_balance(curves.address) == reserve + credit
    prices = [event["proceeds"] for event in tx.events["CurveSold"]]
    assert prices[1] < prices[0]
    assert web3.eth.get_balance(party.address) - had == sum(
        event["proceeds"] - event["fee"] for event in tx.events["CurveSold"]
    ) - sum(event["cost"] + event["fee"] for event in tx.events["CurveBought"])


def test_currency_that_shrinks_harms_its_own_curves_and_no_other(
    curves, coin_of, curve_in, line, RebasingToken, owner, stranger
):
    coin = coin_of(RebasingToken)
    token, book = curve_in(coin)
    proceeds = curves.quoteSell(line[0], 10**18)[2]
    coin.rebase(curves, 1 - book.reserve, {"from": owner})
    with refused("ERC20InsufficientBalance", curves, 1, ...):
        curves.sell.call(token, GIVEN_UNITS, 0, FAR, stranger, {"from": stranger})
    assert curves.sell(line[0], 10**18, proceeds, FAR, stranger, {"from": stranger}).return_value == proceeds
