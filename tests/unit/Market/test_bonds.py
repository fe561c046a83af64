"""Bonds: put aside before, locked at acceptance, lost only by not delivering in time; and stakes taken from them."""

import pytest

from tests.fixtures.market import COMMUNITY_FEE_BPS, PLATFORM_FEE_BPS
from tests.helpers.amounts import Shares
from tests.helpers.deal import OPEN, State
from tests.helpers.events import assert_events, events_of, plain
from tests.helpers.reverts import refused
from tests.helpers.terms import DAY, HOUR, NONE, SERVICE, ZERO
from tests.helpers.time import jump_to

BOND_BPS = 2_001
DEPOSIT = 10_000_000


def changed(account, source, free, currency=ZERO) -> tuple:
    values = {"account": str(account), "currency": str(currency), "source": source, "free": free}
    return ("BondChanged", values)


def empty_bond(market, account) -> None:
    """Take an account's free bond in ETH back, if it has one."""
    free = market.bondOf(account, ZERO)
    if free:
        market.withdrawBond(ZERO, free, {"from": account})


def locked(deal) -> int:
    return deal.total * BOND_BPS // 10_000


@pytest.fixture(scope="module")
def bonded(list_terms, market, seller, stranger):
    """Terms that ask for a bond, and a seller who has one."""
    market.depositBond(seller, ZERO, DEPOSIT, {"from": seller, "value": DEPOSIT})
    return list_terms(bond_bps=BOND_BPS)


@pytest.fixture(scope="module")
def deals(make_deal, bonded):
    return {state: make_deal(state, bonded) for state in (*OPEN[:2], State.DELIVERED)}


def test_deposit_is_free_and_comes_out_again_as_a_credit(market, stranger, payer):
    held = market.balance()
    tx = market.depositBond(stranger, ZERO, 700, {"from": payer, "value": 700})
    assert market.bondOf(stranger, ZERO) == 700
    assert market.balance() == held + 700
    assert_events(tx, [market], changed(stranger, NONE, 700))
    tx = market.withdrawBond(ZERO, 300, {"from": stranger})
    assert market.bondOf(stranger, ZERO) == 400
    assert market.creditOf(stranger, ZERO) == 300
    credit = {"source": NONE, "currency": ZERO, "payouts": ((str(stranger), 300),)}
    assert_events(tx, [market], changed(stranger, NONE, 400), ("CreditsAdded", credit))
    assert market.balance() == held + 700


def test_deposit_in_a_token_is_taken_to_the_unit(market, make_token, BlocklistingToken, payer, stranger):
    coin = make_token(BlocklistingToken)
    owned = coin.balanceOf(payer)
    market.depositBond(stranger, coin, 700, {"from": payer})
    assert (market.bondOf(stranger, coin), coin.balanceOf(market)) == (700, 700)
    assert coin.balanceOf(payer) == owned - 700
    market.depositBond(stranger, coin, 11, {"from": payer})  # beside what is there already
    assert (market.bondOf(stranger, coin), coin.balanceOf(market)) == (711, 711)
    with refused("CreditsWrongValue", 1, 0):
        market.depositBond.call(stranger, coin, 700, {"from": payer, "value": 1})


@pytest.mark.parametrize("value", [699, 701])
def test_deposit_is_refused_when_the_eth_is_not_the_amount(market, payer, value):
    with refused("CreditsWrongValue", value, 700):
        market.depositBond.call(payer, ZERO, 700, {"from": payer, "value": value})


def test_deposit_is_refused_when_it_is_for_nobody(market, payer):
    with refused("CreditsBadRecipient", ZERO):
        market.depositBond.call(ZERO, ZERO, 1, {"from": payer, "value": 1})


def test_withdrawal_is_refused_when_it_is_nothing_or_more_than_is_free(market, bonded, seller, stranger):
    with refused("MarketBondTooLow", seller, DEPOSIT, DEPOSIT + 1):
        market.withdrawBond.call(ZERO, DEPOSIT + 1, {"from": seller})
    with refused("MarketBadAmount", 0, DEPOSIT):
        market.withdrawBond.call(ZERO, 0, {"from": seller})
    with refused("MarketBondTooLow", stranger, 0, 1):
        market.withdrawBond.call(ZERO, 1, {"from": stranger})


def test_bond_is_locked_when_the_seller_accepts(market, deals, seller):
    deal = deals[State.FUNDED]
    free = market.bondOf(seller, ZERO)
    tx = deal.accept()
    left = free - locked(deal)
    assert market.bondOf(seller, ZERO) == left
    deliver_by = tx.timestamp + 7 * DAY
    accepted = ("OrderAccepted", {"key": deal.key, "deliverBy": deliver_by})
    assert_events(tx, [market], accepted, changed(seller, deal.key, left))


@pytest.mark.parametrize("missing", [1, 0])
def test_seller_cannot_accept_when_a_unit_of_the_bond_is_missing(market, deals, seller, missing):
    deal = deals[State.FUNDED]
    free = market.bondOf(seller, ZERO)
    market.withdrawBond(ZERO, free - locked(deal) + missing, {"from": seller})
    if missing:
        with refused("MarketBondTooLow", seller, locked(deal) - 1, locked(deal)):
            deal.ask("accept", seller)
        return
    deal.accept()
    assert market.bondOf(seller, ZERO) == 0


# a transaction is mined a moment after the jump
@pytest.mark.parametrize("seconds_late, name", [(-60, "refund"), (1, "refund"), (1, "refundPart")])
def test_seller_cannot_save_his_bond_by_a_refund_when_he_is_late(market, deals, seller, seconds_late, name):
    deal = deals[State.ACCEPTED]
    free = market.bondOf(seller, ZERO)
    jump_to(deal.order.clock + seconds_late)
    deal.do(name, seller, *([deal.total, deal.total] if name == "refundPart" else []))
    lost = locked(deal) if seconds_late > 0 else 0
    assert (deal.state, deal.credits()) == (State.REFUNDED, Shares(holder=deal.total + lost))
    assert market.bondOf(seller, ZERO) == free + locked(deal) - lost


@pytest.mark.anvil_only("a transaction is mined in a second of our choice")
def test_bond_is_not_lost_when_the_seller_refunds_in_his_last_second(market, deals, seller, web3):
    deal = deals[State.ACCEPTED]
    free, last = market.bondOf(seller, ZERO), deal.order.clock
    web3.provider.make_request("evm_setNextBlockTimestamp", [last])
    tx = deal.refund()
    assert (tx.timestamp, market.bondOf(seller, ZERO)) == (last, free + locked(deal))


def test_bond_goes_to_the_buyer_when_the_seller_does_not_deliver_in_time(market, deals, seller, stranger):
    deal = deals[State.ACCEPTED]
    free, held = market.bondOf(seller, ZERO), market.balance()
    jump_to(deal.overdue_at())
    tx = deal.expire()
    shares = Shares(holder=deal.total + locked(deal))
    assert deal.state == State.REFUNDED
    assert deal.credits() == shares
    assert (market.bondOf(seller, ZERO), market.balance()) == (free, held)
    refunded = ("OrderRefunded", {"key": deal.key, "by": str(stranger)})
    assert_events(tx, [market], refunded, deal.credits_added(shares))


@pytest.mark.parametrize(
    "state, name, role",
    [
        (State.ACCEPTED, "refund", "seller"),
        (State.DELIVERED, "refund", "seller"),
        (State.DELIVERED, "confirm", "holder"),
        (State.DELIVERED, "expire", "stranger"),
    ],
)
def test_bond_is_free_again_when_the_order_ends_in_any_other_way(market, deals, seller, state, name, role):
    deal = deals[state]
    free = market.bondOf(seller, ZERO)
    if name == "expire":
        jump_to(deal.overdue_at())
    tx = deal.do(name, getattr(deal.parties, role))
    assert market.bondOf(seller, ZERO) == free + locked(deal)
    (event,) = [event for event in events_of(tx, market) if event[0] == "BondChanged"]
    assert event == (
        "BondChanged",
        {key: plain(value) for key, value in changed(seller, deal.key, free + locked(deal))[1].items()},
    )


@pytest.mark.parametrize("end", ["rule", "refund", "expire", "settle", "release"])
def test_bond_is_free_again_when_a_dispute_ends(market, deals, seller, end):
    deal = deals[State.DELIVERED]
    free = market.bondOf(seller, ZERO)
    deal.dispute()  # the seller's stake comes from his free bond by itself
    assert deal.state == State.DISPUTED
    assert market.bondOf(seller, ZERO) == free - deal.fee
    if end == "expire":
        jump_to(deal.overdue_at())
        deal.expire()
    elif end == "settle":
        deal.now_offer("seller", 1)
        deal.do("acceptSettlement", deal.parties.holder, 1)
    elif end == "release":
        deal.do("release", deal.parties.holder, deal.total, deal.total)
    else:
        deal.do(end, deal.parties.arbiter if end == "rule" else seller)
    assert market.bondOf(seller, ZERO) == free - deal.fee + locked(deal)
    assert deal.credits().total() == deal.total + 2 * deal.fee


@pytest.mark.parametrize("name, role", [("cancel", "holder"), ("decline", "seller"), ("expire", "stranger")])
def test_nothing_is_given_back_when_no_bond_was_locked_yet(market, deals, seller, name, role):
    deal = deals[State.FUNDED]
    free = market.bondOf(seller, ZERO)
    if name == "expire":
        jump_to(deal.overdue_at())
    deal.do(name, getattr(deal.parties, role))
    assert market.bondOf(seller, ZERO) == free
    assert deal.credits() == Shares(holder=deal.total)


def test_nothing_is_locked_twice_when_a_part_is_paid_before_acceptance(market, deals, seller):
    deal = deals[State.FUNDED]
    free = market.bondOf(seller, ZERO)
    deal.do("release", deal.parties.holder, deal.total, deal.total)
    assert deal.state == State.COMPLETED
    assert market.bondOf(seller, ZERO) == free


@pytest.mark.parametrize("short", [0, 1])
def test_sellers_stake_is_taken_from_his_bond_only_when_it_is_enough(market, make_deal, seller, buyer, short):
    deal = make_deal(State.DELIVERED)
    free = deal.fee - short
    empty_bond(market, seller)
    market.depositBond(seller, ZERO, free, {"from": buyer, "value": free})
    tx = deal.dispute()
    if short:
        assert (deal.state, market.bondOf(seller, ZERO)) == (State.CONTESTED, free)
        return
    assert (deal.state, market.bondOf(seller, ZERO)) == (State.DISPUTED, 0)
    assert [event.name for event in tx.events] == ["Evidence", "BondChanged", "OrderDisputed"]
    assert deal.order.clock == tx.timestamp + 4 * DAY


@pytest.mark.parametrize("currency", ["eth", "token"])
def test_buyers_stake_is_taken_from_his_bond_when_somebody_put_it_there(
    market, make_deal, list_terms, make_token, BlocklistingToken, buyer, payer, owner, currency
):
    """A friend can pay for a buyer whom the currency has blocked since."""
    coin = make_token(BlocklistingToken) if currency == "token" else None
    deal = make_deal(State.DELIVERED, list_terms(currency=str(coin.address)) if coin else None)
    unit = deal.terms.currency
    market.depositBond(buyer, unit, deal.fee, {"from": payer, "value": deal.value(deal.fee)})
    if coin:
        coin.blockAllBut(payer, market, {"from": owner})
    deal.do("dispute", buyer, value=0)
    # the seller's own stake comes from his bond, where he has one
    assert deal.state == (State.CONTESTED if coin else State.DISPUTED)
    assert market.bondOf(buyer, unit) == 0
    deal.refund()
    assert market.creditOf(buyer, unit) == deal.total + deal.fee


def test_eth_that_is_sent_pays_the_stake_though_there_is_a_bond(market, make_deal, buyer):
    deal = make_deal(State.DELIVERED)
    market.depositBond(buyer, ZERO, deal.fee, {"from": buyer, "value": deal.fee})
    deal.dispute()
    assert market.bondOf(buyer, ZERO) == deal.fee


@pytest.mark.parametrize("currency", ["eth", "token"])
def test_seller_answers_out_of_a_bond_that_came_free_after_the_dispute(
    market, make_deal, list_terms, make_token, BlocklistingToken, seller, payer, owner, currency
):
    """A token that has blocked everybody since the purchase does not make him lose."""
    empty_bond(market, seller)
    coin = make_token(BlocklistingToken) if currency == "token" else None
    deal = make_deal(State.CONTESTED, list_terms(currency=str(coin.address)) if coin else None)
    unit = deal.terms.currency
    market.depositBond(seller, unit, deal.fee + 1, {"from": payer, "value": deal.value(deal.fee + 1)})
    if coin:
        coin.blockAllBut(payer, market, {"from": owner})
    tx = deal.do("stake", seller, value=0)
    assert (deal.state, market.bondOf(seller, unit)) == (State.DISPUTED, 1)
    assert [event.name for event in tx.events] == ["BondChanged", "OrderDisputed"]
    deal.rule(0)
    assert market.creditOf(seller, unit) >= deal.fee  # the stake came back


@pytest.mark.parametrize("short", [0, 1])
def test_nobody_else_answers_out_of_the_sellers_bond(market, make_deal, seller, stranger, short):
    empty_bond(market, seller)
    deal = make_deal(State.CONTESTED)
    market.depositBond(seller, ZERO, deal.fee - short, {"from": seller, "value": deal.fee - short})
    caller = seller if short else stranger
    with refused("CreditsWrongValue", 0, deal.fee):
        deal.do("stake", caller, value=0)
    deal.do("stake", caller)
    assert (deal.state, market.bondOf(seller, ZERO)) == (State.DISPUTED, deal.fee - short)


def test_sellers_eth_pays_his_stake_though_his_bond_would_do(market, make_deal, seller):
    empty_bond(market, seller)  # else the dispute would have taken it
    deal = make_deal(State.CONTESTED)
    market.depositBond(seller, ZERO, deal.fee, {"from": seller, "value": deal.fee})
    free = market.bondOf(seller, ZERO)
    deal.do("stake", seller, value=deal.fee)
    assert deal.state == State.DISPUTED
    assert market.bondOf(seller, ZERO) == free


def test_smallest_bond_of_all_is_locked_and_comes_back(market, make_deal, list_terms, seller):
    market.depositBond(seller, ZERO, DEPOSIT, {"from": seller, "value": DEPOSIT})
    free = market.bondOf(seller, ZERO)
    deal = make_deal(State.ACCEPTED, list_terms(bond_bps=1))
    assert market.bondOf(seller, ZERO) == free - deal.total // 10_000 < free
    deal.refund()
    assert market.bondOf(seller, ZERO) == free


def test_instant_terms_ask_for_no_bond(list_terms, market, seller):
    with refused("MarketBadTerm", ..., 1, 0, 0):
        list_terms(bond_bps=1, kind=SERVICE, transit_for=0, instant=1, accept_for=0, deliver_for=48 * HOUR)


def test_fees_are_not_taken_from_a_bond(market, deals, seller):
    deal = deals[State.DELIVERED]
    deal.confirm()
    fees = deal.total * PLATFORM_FEE_BPS // 10_000 + deal.total * COMMUNITY_FEE_BPS // 10_000
    assert deal.credits().seller == deal.total - fees
