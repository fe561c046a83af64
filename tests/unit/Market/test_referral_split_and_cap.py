"""What terms may say besides: a referrer's commission, a split in the seller's place, units per buyer."""

import pytest

from tests.fixtures.market import COMMUNITY_FEE_BPS, PLATFORM_FEE_BPS
from tests.helpers.accounts import split_account
from tests.helpers.amounts import completed, ruled, to_split
from tests.helpers.deal import State
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO
from tests.helpers.time import jump_to

FEES = (PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)
REFERRAL_BPS = 333
ALL_BPS = sum(FEES) + REFERRAL_BPS
SPLIT, VERSION = 12, 3


# referral


@pytest.fixture(scope="module")
def referring(list_terms):
    return list_terms(referral_bps=REFERRAL_BPS)


def test_referrer_gets_his_part_when_the_buyer_names_one(market, make_deal, referring, stranger):
    deal = make_deal(State.DELIVERED, referring, referrer=stranger)
    assert (deal.order.flags, deal.aside.referrer) == (2, str(stranger))
    tx = deal.confirm()
    shares = completed(deal.total, *FEES, REFERRAL_BPS)
    assert (shares.total(), shares.referrer) == (deal.total, deal.total * REFERRAL_BPS // 10_000)
    assert deal.credits() == shares
    assert_events(tx, [market], ("OrderCompleted", {"key": deal.key, "by": str(tx.sender)}), deal.credits_added(shares))


def test_seller_keeps_the_discount_when_nobody_referred(market, make_deal, referring):
    deal = make_deal(State.DELIVERED, referring)
    assert deal.order.flags == 0
    deal.confirm()
    assert market.creditOf(deal.parties.seller, ZERO) == completed(deal.total, *FEES).seller


def test_seller_keeps_the_discount_when_the_order_was_handed_over_but_nobody_referred(
    market, make_deal, referring, stranger
):
    deal = make_deal(State.DELIVERED, referring)
    deal.do("transferOrder", deal.parties.holder, stranger)
    deal.do("confirm", stranger)
    assert market.creditOf(deal.parties.seller, ZERO) == completed(deal.total, *FEES).seller
    assert market.creditOf(ZERO, ZERO) == 0


def test_referrer_gets_nothing_when_the_terms_offer_nothing(market, make_deal, stranger):
    deal = make_deal(State.DELIVERED, referrer=stranger)
    assert (deal.order.flags, deal.aside.referrer) == (0, ZERO)
    deal.confirm()
    assert deal.credits() == completed(deal.total, *FEES)


def test_referrer_gets_his_part_of_the_sellers_part_alone_when_the_arbiter_divides(make_deal, referring, stranger):
    deal = make_deal(State.DISPUTED, referring, referrer=stranger)
    deal.rule(2_500)
    to_seller = deal.total - deal.total * 2_500 // 10_000
    assert deal.credits().referrer == to_seller * REFERRAL_BPS // 10_000
    assert deal.credits().total() == ruled(deal.total, deal.fee, 2_500, *FEES).total()


@pytest.mark.parametrize("max_fee_bps, works", [(ALL_BPS, True), (ALL_BPS - 1, False)])
def test_buyers_bound_holds_for_all_commissions_together(make_deal, referring, stranger, max_fee_bps, works):
    deal = make_deal(terms=referring, referrer=stranger)
    if works:
        assert deal.ask_buy(max_fee_bps=max_fee_bps) == deal.key
        return
    with refused("MarketFeeTooHigh", ALL_BPS, max_fee_bps):
        deal.ask_buy(max_fee_bps=max_fee_bps)


@pytest.mark.parametrize("max_fee_bps, works", [(ALL_BPS, True), (ALL_BPS - 1, False)])
def test_sellers_bound_holds_for_all_commissions_together(list_terms, make_deal, stranger, max_fee_bps, works):
    terms = list_terms(referral_bps=REFERRAL_BPS, max_fee_bps=max_fee_bps)
    if works:
        assert make_deal(terms=terms, referrer=stranger).ask_buy()
        return
    with refused("MarketFeeTooHigh", ALL_BPS, max_fee_bps):
        make_deal(terms=terms, referrer=stranger).ask_buy()
    make_deal(terms=terms).ask_buy()


# split


@pytest.fixture(scope="module")
def one_split(OneSplit, owner):
    return OneSplit.deploy(SPLIT, VERSION, {"from": owner})


@pytest.fixture(scope="module")
def split_deal(new_market, registry, memberships, one_split, terms, make_deal, seller):
    """Give an order on another Market, whose seller's part goes to a split."""
    market = new_market(registry, one_split, memberships)
    shared = terms.but(split_id=SPLIT, split_version=VERSION)
    market.list(shared.words(), 100, {"from": seller})

    def made(state):
        deal = make_deal(State.NONE, shared)
        return type(deal)(market, shared, deal.purchase, deal.quantity, deal.parties).bring_to(state)

    return made


def test_split_is_credited_in_the_sellers_place(split_deal):
    deal = split_deal(State.DELIVERED)
    tx = deal.confirm()
    shares = to_split(completed(deal.total, *FEES))
    assert deal.credits() == shares
    completed_ = ("OrderCompleted", {"key": deal.key, "by": str(tx.sender)})
    assert_events(tx, [deal.market], completed_, deal.credits_added(shares))


def test_sellers_stake_is_his_own_when_a_split_is_paid(split_deal):
    deal = split_deal(State.DISPUTED)
    deal.rule(2_500)
    stake_back = deal.fee - deal.fee * 2_500 // 10_000
    assert deal.credits().seller == stake_back
    assert deal.credits().split == ruled(deal.total, deal.fee, 2_500, *FEES).seller - stake_back


def test_only_splits_takes_out_what_a_split_earned(split_deal, one_split, stranger, seller, owner):
    deal = split_deal(State.DELIVERED)
    deal.confirm()
    market, account = deal.market, split_account(SPLIT, VERSION)
    owed = market.creditOf(account, ZERO)
    for caller in (seller, stranger, owner):
        with refused("CreditsNotOwner", caller, account):
            market.withdrawFrom.call(account, ZERO, caller, 1, {"from": caller})
    with refused("CreditsNoPush", account):
        market.push.call(account, ZERO, {"from": stranger})
    before = stranger.balance()
    one_split.take(market, account, ZERO, stranger, owed, {"from": owner})
    assert (market.creditOf(account, ZERO), stranger.balance()) == (0, before + owed)


def test_splits_takes_out_nobody_elses_credit(split_deal, one_split, owner):
    deal = split_deal(State.DELIVERED)
    deal.confirm()
    for account in (deal.accounts["platform"], deal.accounts["community"], str(deal.parties.seller)):
        with refused("CreditsNotOwner", one_split, account):
            one_split.take.call(deal.market, account, ZERO, owner, 1, {"from": owner})


@pytest.mark.parametrize("split_id, version", [(SPLIT, VERSION + 1), (SPLIT + 1, VERSION), (SPLIT, 0)])
def test_terms_are_refused_when_they_name_no_version_of_a_split(split_deal, seller, split_id, version):
    deal = split_deal(State.NONE)
    with refused("MarketUnknownSplit", split_id, version):
        other = deal.terms.but(split_id=split_id, split_version=version)
        deal.market.list.call(other.words(), 1, {"from": seller})


# units per buyer


@pytest.fixture(scope="module")
def capped(list_terms):
    return list_terms(per_buyer_open_quantity=4)


@pytest.mark.parametrize("quantity, works", [(1, True), (2, False)])
def test_buyer_may_not_have_more_units_in_open_orders_than_the_terms_allow(
    market, make_deal, capped, buyer, payer, quantity, works
):
    first = make_deal(State.FUNDED, capped, quantity=3)
    assert market.openQuantityOf(first.listing_id, buyer) == 3
    second = make_deal(State.NONE, capped, quantity=quantity, payer=payer)
    if works:
        assert second.ask_buy() == second.key
        return
    with refused("MarketBuyerHasEnough", buyer, 5, 4):
        second.ask_buy()
    assert make_deal(State.NONE, capped, quantity=4, holder=payer, payer=payer).ask_buy()


@pytest.mark.parametrize(
    "state, end",
    [
        (State.FUNDED, "cancel"),
        (State.FUNDED, "expire"),
        (State.ACCEPTED, "refund"),
        (State.ACCEPTED, "expire"),
        (State.DELIVERED, "confirm"),
        (State.DELIVERED, "expire"),
        (State.DISPUTED, "rule"),
        (State.DISPUTED, "expire"),
        (State.ACCEPTED, "settle"),
        (State.ACCEPTED, "release"),
    ],
)
def test_units_count_no_more_when_the_order_has_ended_in_any_way(market, make_deal, capped, buyer, state, end):
    deal = make_deal(state, capped, quantity=3)
    if end == "expire":
        jump_to(deal.overdue_at())
        deal.expire()
    elif end == "settle":
        deal.now_offer("seller", 7)
        deal.do("acceptSettlement", buyer, 7)
    elif end == "release":
        deal.do("release", buyer, deal.total, deal.total)
    elif end == "rule":
        deal.rule(1)
    else:
        getattr(deal, end)()
    assert market.openQuantityOf(deal.listing_id, buyer) == 0


def test_units_go_on_counting_for_the_first_holder_when_he_hands_the_order_over(
    market, make_deal, capped, buyer, payer
):
    deal = make_deal(State.FUNDED, capped, quantity=3)
    deal.do("transferOrder", buyer, payer)
    assert (market.openQuantityOf(deal.listing_id, buyer), market.openQuantityOf(deal.listing_id, payer)) == (3, 0)
    deal.do("cancel", payer)
    assert market.openQuantityOf(deal.listing_id, buyer) == 0


def test_nothing_is_counted_when_the_terms_have_no_cap(market, make_deal, buyer):
    deal = make_deal(State.FUNDED)
    assert market.openQuantityOf(deal.listing_id, buyer) == 0
