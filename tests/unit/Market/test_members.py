"""What members get: a price of their own, listings for them alone, and a commission that is partly waived."""

from random import Random

import pytest

from tests.fixtures.market import COMMUNITY_FEE_BPS, PLATFORM_FEE_BPS, PRICE
from tests.helpers.deal import State
from tests.helpers.reverts import refused
from tests.helpers.terms import DAY
from tests.helpers.time import jump_to

TIERS = (100, 1_000)
LEVELS = {"no member": 0, "member": 1, "first tier": 2, "second tier": 3}
LOCKED = {0: 0, 1: 1, 2: 100, 3: 1_000}


@pytest.fixture(scope="module")
def tiers(membership, steward):
    membership.setTiers(TIERS, {"from": steward})


@pytest.fixture
def bring_to_level(tiers, join):
    """Have an account lock what a level takes."""

    def brought(account, level: int) -> None:
        if LOCKED[level]:
            join(account, LOCKED[level])

    return brought


def discounted(price: int, bps: int) -> int:
    """A member's price in plain Python: rounded up."""
    return -(-price * (10_000 - bps) // 10_000)


# the price


@pytest.mark.parametrize("level", LEVELS.values(), ids=LEVELS)
@pytest.mark.parametrize("asked", [1, 2, 3])
def test_member_pays_less_from_the_level_that_the_terms_name(
    market, list_terms, make_deal, bring_to_level, buyer, level, asked
):
    bring_to_level(buyer, level)
    deal = make_deal(terms=list_terms(member_level=asked, member_discount_bps=1_500))
    unit_price = discounted(PRICE, 1_500) if level >= asked else PRICE
    assert tuple(market.quoteFor(deal.terms.words(), buyer)) == (unit_price, PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)
    deal.ask_buy(max_total=3 * unit_price, value=3 * unit_price)
    with refused("MarketTotalTooHigh", 3 * unit_price, 3 * unit_price - 1):
        deal.ask_buy(max_total=3 * unit_price - 1, value=3 * unit_price)
    deal.buy(value=3 * unit_price)
    assert deal.order.amount == 3 * unit_price


def test_members_price_is_rounded_up_and_never_nothing(market, list_terms, bring_to_level, buyer):
    bring_to_level(buyer, 1)
    dice = Random(20261201)
    prices = [
        1,
        2,
        9_999,
        10_000,
        10_001,
        2**128 - 1,
        *(dice.randrange(1, 2 ** dice.randrange(1, 129)) for _ in range(24)),
    ]
    for price in prices:
        bps = dice.choice((1, 9_999, dice.randrange(1, 10_000)))
        terms = list_terms(unit_price=price, arbiter_fee=0, member_level=1, member_discount_bps=bps)
        assert market.quoteFor(terms.words(), buyer)[0] == discounted(price, bps) >= 1


def test_holder_is_the_member_when_somebody_else_pays(list_terms, make_deal, bring_to_level, buyer, payer):
    bring_to_level(payer, 1)
    terms = list_terms(member_level=1, member_discount_bps=1_500)
    full = make_deal(terms=terms, payer=payer).buy(value=3 * PRICE)
    assert full.events["OrderFunded"]["amount"] == 3 * PRICE
    bring_to_level(buyer, 1)
    less = 3 * discounted(PRICE, 1_500)
    assert make_deal(terms=terms, payer=payer).buy(value=less).events["OrderFunded"]["amount"] == less


def test_nothing_is_overpaid_when_the_price_fell_after_the_quote(list_terms, make_deal, bring_to_level, buyer):
    deal = make_deal(terms=list_terms(member_level=1, member_discount_bps=1_500))
    bring_to_level(buyer, 1)
    with refused("CreditsWrongValue", 3 * PRICE, 3 * discounted(PRICE, 1_500)):
        deal.ask_buy(max_total=3 * PRICE, value=3 * PRICE)


def test_what_was_paid_is_refunded_when_the_buyer_is_a_member_no_more(
    market, membership, list_terms, make_deal, bring_to_level, buyer
):
    bring_to_level(buyer, 1)
    less = 3 * discounted(PRICE, 1_500)
    deal = make_deal(terms=list_terms(member_level=1, member_discount_bps=1_500))
    deal.buy(value=less)
    membership.requestUnlock(1, {"from": buyer})
    before = market.creditOf(buyer, "0x" + "00" * 20)
    deal.cancel()
    assert market.creditOf(buyer, "0x" + "00" * 20) - before == less


def test_arbiters_fee_is_at_most_what_a_member_pays(list_terms):
    least = discounted(PRICE, 1_500)
    list_terms(member_level=1, member_discount_bps=1_500, arbiter_fee=least)
    with refused("MarketBadTerm", b"arbiterFee".ljust(32, b"\0"), least + 1, 0, least):
        list_terms(member_level=1, member_discount_bps=1_500, arbiter_fee=least + 1)


# listings for members alone


@pytest.mark.parametrize("level", LEVELS.values(), ids=LEVELS)
@pytest.mark.parametrize("asked", [1, 2, 3])
def test_only_members_of_a_level_buy_what_is_for_them(
    market, list_terms, make_deal, bring_to_level, buyer, level, asked
):
    bring_to_level(buyer, level)
    deal = make_deal(terms=list_terms(buyer_level=asked))
    if level >= asked:
        deal.buy()
        return
    for ask in (deal.ask_buy, lambda: market.quoteFor(deal.terms.words(), buyer)):
        with refused("MarketMembersOnly", buyer, level, asked):
            ask()


def test_nobody_buys_what_is_for_members_when_no_membership_is_open(list_terms, make_deal, buyer):
    with refused("MarketMembersOnly", buyer, 0, 1):
        make_deal(terms=list_terms(buyer_level=1)).ask_buy()


def test_membership_of_another_community_opens_nothing(
    open_community, open_membership, list_terms, make_deal, bring_to_level, buyer
):
    other, _ = open_community()
    open_membership(other)
    bring_to_level(buyer, 3)
    with refused("MarketMembersOnly", buyer, 0, 1):
        make_deal(terms=list_terms(buyer_level=1, community_id=other)).ask_buy()


def test_order_goes_on_when_the_buyer_is_a_member_no_more(membership, list_terms, make_deal, bring_to_level, buyer):
    bring_to_level(buyer, 1)
    deal = make_deal(State.DELIVERED, list_terms(buyer_level=1))
    membership.requestUnlock(1, {"from": buyer})
    deal.confirm()
    assert deal.order.state == State.COMPLETED


# the commission


@pytest.fixture
def in_token(list_terms, make_deal, token, market, steward, buyer):
    """An order in the community's own token, about to be paid."""
    token.mint(buyer, 30, {"from": steward})
    token.approve(market, 30, {"from": buyer})
    return make_deal(terms=list_terms(currency=token.address, unit_price=10, arbiter_fee=0))


def frozen(deal) -> tuple[int, int]:
    deal.buy()
    return deal.order.platform_fee_bps, deal.order.community_fee_bps


def left(percent: int) -> int:
    """The community's commission less a waiver, in plain Python: what is waived is rounded down."""
    return COMMUNITY_FEE_BPS - COMMUNITY_FEE_BPS * percent // 100


@pytest.mark.parametrize("percent", [1, 33, 50, 99, 100])
def test_less_commission_is_taken_when_the_community_s_token_is_paid(
    registry, community_id, steward, in_token, percent
):
    registry.setWaivers(community_id, percent, 0, {"from": steward})
    assert frozen(in_token) == (PLATFORM_FEE_BPS, left(percent))


def test_whole_commission_is_taken_when_another_currency_is_paid(
    registry, community_id, steward, make_deal, list_terms, make_token, WatchedToken
):
    registry.setWaivers(community_id, 100, 0, {"from": steward})
    assert frozen(make_deal()) == (PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)
    other = make_token(WatchedToken)
    foreign = make_deal(terms=list_terms(currency=other.address, unit_price=10, arbiter_fee=0))
    assert frozen(foreign) == (PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)


@pytest.mark.parametrize("level, percent", [(0, 0), (1, 40), (3, 40)])
def test_less_commission_is_taken_when_the_seller_is_a_member(
    registry, community_id, steward, make_deal, bring_to_level, seller, level, percent
):
    registry.setWaivers(community_id, 0, 40, {"from": steward})
    bring_to_level(seller, level)
    assert frozen(make_deal()) == (PLATFORM_FEE_BPS, left(percent))


def test_buyers_membership_waives_no_commission(registry, community_id, steward, make_deal, bring_to_level, buyer):
    registry.setWaivers(community_id, 0, 40, {"from": steward})
    bring_to_level(buyer, 1)
    assert frozen(make_deal()) == (PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)


@pytest.mark.parametrize("waivers, percent", [((30, 70), 70), ((70, 30), 70), ((70, 70), 70)])
def test_larger_waiver_counts_when_both_apply(
    registry, community_id, steward, in_token, bring_to_level, seller, waivers, percent
):
    registry.setWaivers(community_id, *waivers, {"from": steward})
    bring_to_level(seller, 1)
    assert frozen(in_token) == (PLATFORM_FEE_BPS, left(percent))


def test_commission_of_an_order_stays_when_its_waiver_ends(
    registry, membership, community_id, steward, make_deal, bring_to_level, seller
):
    registry.setWaivers(community_id, 0, 40, {"from": steward})
    bring_to_level(seller, 1)
    deal = make_deal(State.FUNDED)
    tx = registry.setWaivers(community_id, 0, 0, {"from": steward})
    membership.requestUnlock(1, {"from": seller})
    jump_to(tx.timestamp + 7 * DAY)
    assert deal.order.community_fee_bps == left(40)


def test_sellers_and_buyers_bounds_hold_for_what_is_taken_after_the_waiver(
    registry, community_id, steward, list_terms, make_deal, bring_to_level, seller
):
    registry.setWaivers(community_id, 0, 40, {"from": steward})
    most = PLATFORM_FEE_BPS + left(40)
    deal = make_deal(terms=list_terms(max_fee_bps=most))
    with refused("MarketFeeTooHigh", PLATFORM_FEE_BPS + COMMUNITY_FEE_BPS, most):
        deal.ask_buy()
    bring_to_level(seller, 1)
    with refused("MarketFeeTooHigh", most, most - 1):
        deal.ask_buy(max_fee_bps=most - 1)
    deal.ask_buy(max_fee_bps=most)
