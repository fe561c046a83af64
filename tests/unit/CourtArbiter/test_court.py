"""CourtArbiter: an ERC-792 court rules; one that is dead, dearer or reentrant harms nobody."""

import pytest
from brownie import web3

from tests.fixtures.market import COMMUNITY_FEE_BPS, PLATFORM_FEE_BPS
from tests.helpers.amounts import ruled
from tests.helpers.deal import State
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO
from tests.helpers.time import jump_to

PRICE = 41_000
CHOICES = 101  # from nothing to all, in steps of a hundredth


@pytest.fixture(scope="module")
def court(ToyCourt, owner):
    return ToyCourt.deploy(PRICE, {"from": owner})


@pytest.fixture(scope="module")
def judge(CourtArbiter, market, court, owner):
    return CourtArbiter.deploy(market, court, b"\x05", {"from": owner})


@pytest.fixture(scope="module")
def deal(list_terms, make_deal, judge):
    return make_deal(State.DISPUTED, list_terms(arbiter=str(judge)))


def escalate(judge, deal, sender, value=PRICE, call=False):
    function = judge.escalate.call if call else judge.escalate
    return function(*deal.arguments("escalate"), {"from": sender, "value": value})


def execute(judge, deal, sender, call=False):
    function = judge.execute.call if call else judge.execute
    return function(*deal.arguments("execute"), {"from": sender})


@pytest.mark.parametrize("ruling, bps", [(1, 0), (2, 100), (51, 5_000), (101, 10_000)])
def test_ruling_of_the_court_divides_the_money(market, court, judge, deal, stranger, payer, ruling, bps):
    tx = escalate(judge, deal, stranger)
    assert_events(
        tx, [judge], ("CourtEscalated", {"key": deal.key, "disputeId": 1, "payer": str(stranger), "cost": PRICE})
    )
    assert court.balance() == PRICE
    tx = court.give(judge, 1, ruling, {"from": payer})
    assert_events(tx, [judge], ("CourtRuled", {"key": deal.key, "disputeId": 1, "ruling": ruling}))
    execute(judge, deal, payer)
    assert deal.state == State.RESOLVED
    shares = ruled(deal.total, deal.fee, bps, PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)
    assert deal.credits() == shares
    # whoever paid the court gets the arbiter's fee
    assert judge.owedTo(stranger, ZERO) == deal.fee
    before = payer.balance()
    judge.withdraw(ZERO, payer, {"from": stranger})
    assert (payer.balance(), judge.owedTo(stranger, ZERO)) == (before + deal.fee, 0)
    with refused("CourtNothingOwed", stranger, ZERO):
        judge.withdraw.call(ZERO, payer, {"from": stranger})


def test_nothing_is_ruled_when_the_court_refuses(court, judge, deal, stranger):
    escalate(judge, deal, stranger)
    court.give(judge, 1, 0, {"from": stranger})
    with refused("CourtHasNotRuled", deal.key):
        execute(judge, deal, stranger, call=True)
    jump_to(deal.order.clock + 1)
    deal.rule(2_500, deal.parties.backup)
    assert deal.state == State.RESOLVED


@pytest.mark.parametrize("trouble", ["dead", "dearer", "late"])
def test_order_ends_as_if_nobody_had_ruled_when_the_court_is_no_use(court, judge, deal, stranger, owner, trouble):
    if trouble == "late":
        escalate(judge, deal, stranger)
    else:
        court.set(PRICE * 1_000 if trouble == "dearer" else PRICE, trouble == "dead", {"from": owner})
        if trouble == "dearer":
            with refused("CourtWrongCost", PRICE, PRICE * 1_000):
                escalate(judge, deal, stranger, call=True)
        else:
            with refused("dead"):
                escalate(judge, deal, stranger, call=True)
    before = deal.credits().holder
    jump_to(deal.overdue_at())
    if trouble == "late":
        court.give(judge, 1, 1, {"from": stranger})
        with refused("MarketTooLate", ..., ...):
            execute(judge, deal, stranger, call=True)
    deal.expire()
    assert deal.state == State.REFUNDED
    assert deal.credits().holder == before + deal.total + deal.fee


@pytest.mark.parametrize("name", ["escalate", "execute", "rule"])
def test_court_gains_nothing_when_it_calls_back(court, judge, deal, stranger, owner, name):
    arguments = (1, 1) if name == "rule" else deal.arguments(name)
    court.arm(judge, getattr(judge, name).encode_input(*arguments), {"from": owner})
    escalate(judge, deal, stranger)  # the court checks that its call-back failed
    court.give(judge, 1, 101, {"from": owner})
    execute(judge, deal, stranger)
    assert deal.state == State.RESOLVED


@pytest.mark.anvil_only("only Anvil tells which calls a call made")
def test_court_is_offered_as_many_choices_as_its_ruling_may_name(court, judge, deal, stranger):
    tx = escalate(judge, deal, stranger)
    traced = web3.provider.make_request("debug_traceTransaction", [tx.txid, {"tracer": "callTracer"}])["result"]
    asked = [call["input"] for call in traced["calls"] if call["to"] == court.address.lower() and "value" in call]
    assert asked == [court.createDispute.encode_input(CHOICES, b"\x05")]


def test_each_payer_gets_the_fee_of_his_own_dispute(court, judge, make_deal, list_terms, stranger, payer, owner):
    terms = list_terms(arbiter=str(judge))
    payers, deals = (stranger, payer), [make_deal(State.DISPUTED, terms, quantity) for quantity in (1, 2)]
    for number, (deal, account) in enumerate(zip(deals, payers, strict=True), 1):
        escalate(judge, deal, account)
        court.give(judge, number, 51, {"from": owner})
        execute(judge, deal, owner)
    fees = {account: deal.fee for account, deal in zip(payers, deals, strict=True)}
    assert {account: judge.owedTo(account, ZERO) for account in payers} == fees
    for account in payers:
        before = owner.balance()
        judge.withdraw(ZERO, owner, {"from": account})
        assert owner.balance() == before + fees[account]


def test_dispute_is_before_the_court_once(court, judge, deal, stranger, payer):
    escalate(judge, deal, stranger)
    with refused("CourtEscalatedBefore", deal.key):
        escalate(judge, deal, payer, call=True)


@pytest.mark.parametrize("difference", [-1, 1])
def test_court_is_paid_exactly(judge, deal, stranger, difference):
    with refused("CourtWrongCost", PRICE + difference, PRICE):
        escalate(judge, deal, stranger, PRICE + difference, call=True)


def test_court_is_asked_only_about_disputes_that_are_its_own(judge, deal, make_deal, stranger, arbiter):
    with refused("CourtNotArbiter", arbiter):
        escalate(judge, make_deal(State.NONE), stranger, call=True)
    with refused("CourtNotDisputed", ...):
        escalate(judge, make_deal(State.NONE, deal.terms), stranger, call=True)
    delivered = make_deal(State.DELIVERED, deal.terms)
    with refused("CourtNotDisputed", delivered.key):
        escalate(judge, delivered, stranger, call=True)
    jump_to(deal.order.clock)
    assert escalate(judge, deal, stranger, call=True) == 1
    jump_to(deal.order.clock + 1)
    with refused("CourtNotDisputed", deal.key):
        escalate(judge, deal, stranger, call=True)


def test_only_the_court_rules_and_only_on_what_is_open(court, judge, deal, stranger):
    escalate(judge, deal, stranger)
    with refused("CourtNoRuling", stranger, 1):
        judge.rule.call(1, 1, {"from": stranger})
    with refused("CourtNoRuling", court, 2):
        court.give.call(judge, 2, 1, {"from": stranger})
    with refused("CourtNoRuling", court, 1):
        court.give.call(judge, 1, 102, {"from": stranger})
    court.give(judge, 1, 3, {"from": stranger})
    with refused("CourtNoRuling", court, 1):
        court.give.call(judge, 1, 4, {"from": stranger})


def test_ruling_is_carried_out_once(court, judge, deal, stranger):
    escalate(judge, deal, stranger)
    court.give(judge, 1, 3, {"from": stranger})
    execute(judge, deal, stranger)
    with refused("CourtHasNotRuled", deal.key):
        execute(judge, deal, stranger, call=True)
    assert judge.owedTo(stranger, ZERO) == deal.fee


def test_payer_gets_nothing_when_the_parties_agreed_meanwhile(court, judge, deal, stranger):
    escalate(judge, deal, stranger)
    deal.refund()
    court.give(judge, 1, 3, {"from": stranger})
    execute(judge, deal, stranger)  # a ruling on a finished order does nothing
    assert judge.owedTo(stranger, ZERO) == 0
    assert deal.state == State.REFUNDED


@pytest.mark.parametrize("which", ["market", "court"])
def test_court_arbiter_is_not_made_without_contracts(CourtArbiter, market, court, owner, stranger, which):
    links = (stranger, court) if which == "market" else (market, stranger)
    with refused("CourtNoCode", stranger):
        CourtArbiter.deploy(*links, b"", {"from": owner})


def test_court_tells_what_it_costs(judge, court, market):
    assert (judge.cost(), judge.MARKET(), judge.COURT()) == (PRICE, market.address, court.address)


@pytest.mark.parametrize("disputes", [1, 2])
def test_payer_gets_his_fee_when_somebody_pushed_it_to_the_judge(
    market, court, judge, list_terms, make_deal, make_token, BlocklistingToken, stranger, payer, disputes
):
    coin = make_token(BlocklistingToken)
    terms = list_terms(arbiter=str(judge), currency=coin.address)
    for number in range(1, disputes + 1):
        deal = make_deal(State.DISPUTED, terms)
        escalate(judge, deal, stranger)
        court.give(judge, number, 51, {"from": payer})
        execute(judge, deal, payer)
        if number == 1:
            market.push(judge, coin, {"from": payer})  # the second fee stays a credit
    before = coin.balanceOf(payer)
    judge.withdraw(coin, payer, {"from": stranger})
    assert coin.balanceOf(payer) == before + disputes * deal.fee
    assert (coin.balanceOf(judge), market.creditOf(judge, coin)) == (0, 0)
