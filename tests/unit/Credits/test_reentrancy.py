"""A contract wallet that calls back whenever money moves: it can do what it could do anyway, and nothing twice."""

import pytest
from brownie import web3

from tests.helpers.deal import ANY_FEE, ANY_TOTAL, FAR, Order, State
from tests.helpers.files import file_of
from tests.helpers.terms import FILE, ZERO, Extras, key_of, salt


@pytest.fixture
def party(ReentrantParty, owner):
    return ReentrantParty.deploy({"from": owner, "value": 10**12})


@pytest.fixture
def act(party, owner):
    """Let the wallet call as itself."""
    return lambda contract, name, *arguments, value=0: party.act(
        contract, value, getattr(contract, name).encode_input(*arguments), {"from": owner, "gas_limit": 20_000_000}
    )


def every_call(market, deal, party, currency, amount, value):
    """Give an attempt at each function of the Market, about an order and a credit of the wallet."""
    attempts = [
        ("withdraw", (currency, party, amount), 0),
        ("withdraw", (currency, party, 1), 0),
        ("withdrawFrom", (party, currency, party, amount), 0),
        ("push", (party, currency), 0),
        ("list", (deal.terms.but(seller=str(party), salt=salt(4_242)).words(), 5), 0),
        ("setPaused", (deal.terms.words(), True), 0),
        ("setQuantityLimit", (deal.terms.words(), 1_000, 5), 0),
        ("buy", deal.buy_arguments(), value),
        ("buyWithPermit", (*deal.buy_arguments(ANY_TOTAL, ANY_FEE, FAR), (1, FAR, 27, salt(1), salt(1))), 0),
        ("buyMany", ([cart_item(deal)], FAR, []), value),
        ("listWithExtras", (final_terms(deal, party).words(), 5, FINAL.words()), 0),
        ("listFile", (file_terms(deal, party).words(), 5, file_of(FILE_SALT).words()), 0),
        ("depositBond", (party, currency, deal.fee), value and deal.fee),
        ("withdrawBond", (currency, 1), 0),
        *((name, deal.arguments(name, *deal.default_rest(name)), 0) for name in ORDER_CALLS),
        *((name, deal.arguments(name, *deal.default_rest(name)), deal.fee) for name in ("dispute", "stake")),
    ]
    return [(market.address, value, getattr(market, name).encode_input(*args)) for name, args, value in attempts]


FINAL = Extras(final_offer=True)


def final_terms(deal, party):
    return deal.terms.but(seller=str(party), salt=salt(4_243), extras=FINAL.hash())


FILE_SALT = salt(4_245)


def file_terms(deal, party):
    changes = {"kind": FILE, "transit_for": 0, "extras": file_of(FILE_SALT).hash()}
    return deal.terms.but(seller=str(party), salt=FILE_SALT, **changes)


def cart_item(deal) -> tuple:
    purchase = deal.purchase.but(salt=salt(4_244))
    return (deal.terms.words(), deal.quantity, ANY_TOTAL, ANY_FEE, purchase.words())


ORDER_CALLS = (
    "release",
    "refundPart",
    "extend",
    "transferOrder",
    "offerSettlement",
    "withdrawSettlement",
    "acceptSettlement",
    "settleBySignature",
    "deliverMilestone",
    "confirmMilestone",
    "expireMilestone",
    "deliverFile",
    "claimBadKey",
    "accept",
    "decline",
    "cancel",
    "deliver",
    "confirm",
    "refund",
    "dispute",
    "stake",
    "submitEvidence",
    "rule",
    "expire",
)


def test_every_function_of_the_market_is_among_the_attempts(market, make_deal, party):
    tried = {data[:10] for _, _, data in every_call(market, make_deal(), party, ZERO, 1, 0)}
    writing = {
        market.get_method_object(market.signatures[item["name"]]).signature
        for item in market.abi
        if item["type"] == "function" and item["stateMutability"] in ("nonpayable", "payable")
    }
    assert tried == writing


def owed_and_open(market, deals, accounts, currency):
    credits = sum(market.creditOf(account, currency) for account in accounts)
    stakes = sum(
        (deal.state >= State.CONTESTED) * deal.fee + (deal.state == State.DISPUTED) * deal.fee
        for deal in deals
        if deal.state < State.COMPLETED
    )
    bonds = sum(market.bondOf(account, currency) for account in accounts)
    return credits + stakes + bonds + sum(deal.order.amount for deal in deals) + cart_orders(market, deals)


def cart_orders(market, deals):
    """Give what lies in orders that were bought by a cart on the way."""
    bought = {deal.key: deal.purchase.but(salt=salt(4_244)) for deal in deals}
    keys = {key_of(deal.listing_id, deal.purchase.holder, bought[deal.key].ref()) for deal in deals}
    return sum(Order(*market.orderOf(key)).amount for key in keys)


def everybody(market, deals, party):
    accounts = {account for deal in deals for account in deal.accounts.values()}
    return {*accounts, str(party), *(str(deal.parties.payer) for deal in deals)}


@pytest.mark.parametrize("state", [State.FUNDED, State.ACCEPTED, State.DELIVERED, State.CONTESTED, State.DISPUTED])
def test_books_balance_when_a_buyer_calls_everything_while_he_withdraws_eth(
    market, make_deal, party, act, payer, state
):
    paid_back = make_deal(State.FUNDED, holder=party, payer=payer)
    paid_back.decline()
    other = make_deal(State.FUNDED, holder=party, payer=payer)
    if state >= State.ACCEPTED:
        other.accept()
    if state >= State.DELIVERED:
        other.deliver()
    if state >= State.CONTESTED:
        act(market, "dispute", *other.arguments("dispute", *other.default_rest("dispute")), value=other.fee)
    if state >= State.DISPUTED:
        other.stake()
    deals = (paid_back, other)
    amount = market.creditOf(party, ZERO)
    party.arm(every_call(market, other, party, ZERO, amount, other.total), {"from": payer})
    tx = act(market, "withdraw", ZERO, party, amount // 2)
    assert len(tx.events["Tried"]) == len(every_call(market, other, party, ZERO, 1, 0))
    held = web3.eth.get_balance(market.address)
    assert held == owed_and_open(market, deals, everybody(market, deals, party), ZERO)


def test_credit_is_paid_once_when_the_wallet_asks_for_it_again_while_it_arrives(market, make_deal, party, act, payer):
    deal = make_deal(State.FUNDED, holder=party, payer=payer)
    deal.decline()
    make_deal(State.FUNDED)  # other people's money, to steal
    again = market.withdraw.encode_input(ZERO, party, deal.total)
    party.arm([(market, 0, again), (market, 0, market.push.encode_input(party, ZERO))], {"from": payer})
    had = web3.eth.get_balance(party.address)
    tx = act(market, "withdraw", ZERO, party, deal.total)
    assert [event["succeeded"] for event in tx.events["Tried"]] == [False, False]
    assert web3.eth.get_balance(party.address) == had + deal.total


@pytest.fixture
def hooked(HookToken, party, owner, market, make_token, act):
    """Give a token that tells the wallet about each transfer, before or after it."""
    coin = make_token(HookToken)
    coin.mint(party, 10**12, {"from": owner})
    act(coin, "approve", market, 2**256 - 1)
    coin.hook(party, True, {"from": owner})
    return coin


def test_books_balance_when_a_buyer_calls_everything_while_his_tokens_are_taken(
    market, list_terms, make_deal, party, act, hooked, payer, owner
):
    terms = list_terms(currency=hooked.address)
    first = make_deal(State.FUNDED, terms, holder=party, payer=payer)
    first.decline()
    amount = market.creditOf(party, hooked)
    deal = make_deal(State.NONE, terms, holder=party, payer=party)
    party.arm(every_call(market, deal, party, hooked.address, amount, 0), {"from": owner})
    tx = act(market, "buy", *deal.buy_arguments())
    # the order was written before its money came, so he cancels it in the same breath: the money stays owed to him
    assert any(event["succeeded"] for event in tx.events["Tried"])
    deals = (first, deal)
    assert hooked.balanceOf(market) == owed_and_open(market, deals, everybody(market, deals, party), hooked)


def test_arrival_is_not_counted_twice_when_the_wallet_buys_again_while_it_pays(
    market, list_terms, make_deal, party, act, hooked, owner
):
    terms = list_terms(currency=hooked.address)
    first, second = (make_deal(State.NONE, terms, holder=party, payer=party) for _ in range(2))
    party.arm([(market, 0, market.buy.encode_input(*second.buy_arguments()))], {"from": owner})
    tx = act(market, "buy", *first.buy_arguments())
    assert [event["succeeded"] for event in tx.events["Tried"]] == [False]
    assert (first.state, second.state) == (State.FUNDED, State.NONE)
    assert hooked.balanceOf(market) == first.total


def test_credit_in_a_token_is_paid_once_when_the_wallet_asks_again_while_it_arrives(
    market, list_terms, make_deal, party, act, hooked, payer, owner
):
    terms = list_terms(currency=hooked.address)
    deal = make_deal(State.FUNDED, terms, holder=party, payer=payer)
    deal.decline()
    make_deal(State.FUNDED, terms)
    again = [market.withdraw.encode_input(hooked, party, 1), market.push.encode_input(party, hooked)]
    party.arm([(market, 0, data) for data in again], {"from": owner})
    had = hooked.balanceOf(party)
    tx = act(market, "withdraw", hooked, party, deal.total - 1)
    assert [event["succeeded"] for event in tx.events["Tried"]] == [False, False]
    assert hooked.balanceOf(party) == had + deal.total - 1
    assert market.creditOf(party, hooked) == 1


@pytest.mark.parametrize("moment", ["buy", "withdraw"])
def test_views_say_what_was_or_what_will_be_when_they_are_asked_while_tokens_move(
    market, list_terms, make_deal, party, act, hooked, payer, owner, moment
):
    terms = list_terms(currency=hooked.address)
    deal = make_deal(State.NONE, terms, holder=party, payer=party if moment == "buy" else payer)
    if moment == "withdraw":
        deal.buy()
        deal.decline()
    views = [
        market.orderOf.encode_input(deal.key),
        market.listingOf.encode_input(deal.listing_id),
        market.creditOf.encode_input(party, hooked),
        market.basisOf.encode_input(*deal.arguments("basisOf")),
    ]
    party.arm([(market, 0, data) for data in views], {"from": owner})
    arguments = deal.buy_arguments() if moment == "buy" else (hooked, party, deal.total)
    before = answers(market, views)
    tx = act(market, moment, *arguments)
    found = [bytes.fromhex(str(event["answer"])[2:]) for event in tx.events["Tried"]]
    after = answers(market, views)
    assert before != after
    assert found in (before, after)


def answers(market, views) -> list[bytes]:
    return [bytes(web3.eth.call({"to": market.address, "data": data})) for data in views]


def test_seller_gains_nothing_when_he_calls_everything_while_his_share_arrives(
    market, list_terms, make_deal, party, act
):
    terms = list_terms_of(market, act, list_terms, party)
    paid, other = (make_deal(State.FUNDED, terms, seller=party) for _ in range(2))
    act(market, "accept", *paid.arguments("accept"))
    act(market, "deliver", *paid.arguments("deliver", salt(1)))
    paid.confirm()
    deals = (paid, other)
    amount = market.creditOf(party, ZERO)
    party.arm(every_call(market, other, party, ZERO, amount, other.total), {"from": paid.parties.stranger})
    act(market, "withdraw", ZERO, party, amount)
    assert web3.eth.get_balance(market.address) == owed_and_open(market, deals, everybody(market, deals, party), ZERO)


def list_terms_of(market, act, list_terms, party):
    """List terms whose seller is the wallet itself."""
    terms = list_terms().but(seller=str(party), salt=salt(9_001))
    act(market, "list", terms.words(), 100)
    return terms
