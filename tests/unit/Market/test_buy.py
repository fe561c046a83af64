"""buy: money goes into escrow, commissions and the first clock are fixed."""

import pytest

from tests.fixtures.market import COMMUNITY_FEE_BPS, PLATFORM_FEE_BPS, PRICE
from tests.helpers.deal import Deal, State
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.terms import DAY, HOUR, NONE, ZERO, salt

FEES = PLATFORM_FEE_BPS + COMMUNITY_FEE_BPS


def funded(deal, clock):
    return (
        "OrderFunded",
        {
            "key": deal.key,
            "listingId": deal.listing_id,
            "holder": deal.purchase.holder,
            "purchase": deal.purchase.words(),
            "amount": deal.total,
            "quantity": deal.quantity,
            "clock": clock,
            "platformFeeBps": PLATFORM_FEE_BPS,
            "communityFeeBps": COMMUNITY_FEE_BPS,
        },
    )


@pytest.fixture
def deal(make_deal):
    return make_deal()


def but(deal: Deal, quantity=None, terms=None, **changes) -> Deal:
    """Give the same purchase with something changed."""
    quantity = deal.quantity if quantity is None else quantity
    return Deal(deal.market, terms or deal.terms, deal.purchase.but(**changes), quantity, deal.parties)


def test_buy_puts_the_price_into_escrow_when_the_buyer_pays(market, deal, buyer):
    held, owned, sold = market.balance(), buyer.balance(), deal.listing.quantity_sold
    tx = deal.buy()
    accept_by = tx.timestamp + 2 * DAY
    assert tx.return_value == deal.key
    assert deal.order == (3 * PRICE, accept_by, 3, PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS, State.FUNDED, 0, 0)
    assert deal.listing.quantity_sold == sold + 3
    assert market.balance() == held + 3 * PRICE
    assert buyer.balance() == owned - 3 * PRICE - tx.gas_used * tx.gas_price
    assert_events(tx, [market], funded(deal, accept_by))


def test_buy_skips_acceptance_when_the_terms_are_instant(market, list_terms, make_deal):
    deal = make_deal(terms=list_terms(instant=1, accept_for=0, deliver_for=48 * HOUR))
    tx = deal.buy()
    assert deal.order.state == State.ACCEPTED
    assert deal.order.clock == tx.timestamp + 48 * HOUR
    assert_events(tx, [market], funded(deal, deal.order.clock))


def test_order_cannot_be_cancelled_when_it_was_instant(list_terms, make_deal, buyer):
    deal = make_deal(State.ACCEPTED, list_terms(instant=1, accept_for=0, deliver_for=HOUR))
    with refused("MarketWrongState", deal.key, State.ACCEPTED):
        deal.ask("cancel", buyer)


def test_order_belongs_to_the_holder_when_somebody_else_pays(market, make_deal, payer, buyer):
    deal = make_deal(payer=payer)
    owned = buyer.balance()
    tx = deal.buy()
    assert tx.events["OrderFunded"]["holder"] == buyer
    assert buyer.balance() == owned


def test_buy_reverts_when_the_same_purchase_was_made_before(deal):
    deal.buy()
    with refused("MarketOrderExists", deal.key):
        deal.ask_buy()


@pytest.mark.parametrize("finish", ["cancel", "decline"])
def test_buy_reverts_for_ever_when_the_same_purchase_was_taken_back(deal, finish):
    deal.buy()
    getattr(deal, finish)()
    with refused("MarketOrderExists", deal.key):
        deal.ask_buy()


def test_another_order_is_made_when_only_the_quantity_differs_but_not_the_purchase(deal):
    deal.buy()
    with refused("MarketOrderExists", deal.key):
        but(deal, quantity=1).ask_buy()


def test_buy_reverts_when_the_caller_is_not_the_payer(deal, stranger, buyer):
    with refused("MarketNotParty", stranger, buyer):
        deal.ask_buy(**{"from": stranger})


@pytest.mark.parametrize("role", ["seller", "arbiter", "backup"])
def test_buy_reverts_when_the_holder_has_another_part_in_the_terms(deal, request, role):
    holder = request.getfixturevalue(role)
    with refused("MarketBadHolder", holder):
        but(deal, holder=str(holder)).ask_buy()


def test_buy_reverts_when_the_holder_is_nobody(deal):
    with refused("MarketBadHolder", ZERO):
        but(deal, holder=ZERO).ask_buy()


def test_buy_reverts_when_the_holder_is_nobody_and_there_is_no_backup(list_terms, make_deal):
    deal = make_deal(terms=list_terms(backup_arbiter=ZERO))
    with refused("MarketBadHolder", ZERO):
        but(deal, holder=ZERO).ask_buy()
    assert deal.ask_buy() == deal.key


def test_buy_reverts_when_the_listing_is_for_another_buyer(list_terms, make_deal, stranger, buyer):
    deal = make_deal(terms=list_terms(only_buyer=str(stranger)))
    with refused("MarketOnlyBuyer", buyer, stranger):
        deal.ask_buy()


def test_buy_works_for_the_only_buyer_when_somebody_else_pays(list_terms, make_deal, buyer, payer):
    deal = make_deal(terms=list_terms(only_buyer=str(buyer)), payer=payer)
    assert deal.ask_buy() == deal.key


@pytest.mark.parametrize("agreed", ["backup", "stranger"])
def test_buy_reverts_when_the_buyer_agreed_to_another_arbiter(deal, request, agreed, arbiter):
    account = request.getfixturevalue(agreed)
    with refused("MarketWrongArbiter", account, arbiter):
        but(deal, arbiter=str(account)).ask_buy()


@pytest.mark.parametrize("x, y", [(1, 0), (0, 1), (1, 2)])
def test_buy_reverts_when_there_is_a_point_and_no_file(deal, x, y):
    with refused("MarketBadPoint", salt(x), salt(y)):
        but(deal, encryption_key_x=salt(x), encryption_key_y=salt(y)).ask_buy()


def test_buy_reverts_when_the_terms_were_never_listed(deal):
    unlisted = but(deal, terms=deal.terms.but(salt=salt(987_654)))
    with refused("MarketUnknownListing", unlisted.listing_id):
        unlisted.ask_buy()


@pytest.mark.parametrize(
    "change",
    [{"unit_price": 1}, {"arbiter_fee": 0}, {"max_fee_bps": 10_000}, {"accept_for": DAY}, {"content_hash": NONE}],
    ids=lambda change: next(iter(change)),
)
def test_buy_reverts_when_one_term_was_changed(deal, change):
    forged = but(deal, terms=deal.terms.but(**change))
    with refused("MarketUnknownListing", forged.listing_id):
        forged.ask_buy()


def test_buy_reverts_when_the_listing_is_paused(market, deal, seller):
    market.setPaused(deal.terms.words(), True, {"from": seller})
    with refused("MarketListingPaused", deal.listing_id):
        deal.ask_buy()


@pytest.mark.parametrize("quantity, left", [(0, 10), (11, 10), (2**32 - 1, 10)])
def test_buy_reverts_when_so_many_units_are_not_left(list_terms, make_deal, quantity, left):
    deal = make_deal(terms=list_terms(limit=10), quantity=quantity)
    with refused("MarketOutOfStock", quantity, left):
        deal.ask_buy()


def test_buy_takes_the_last_unit_and_no_more_when_the_limit_is_reached(list_terms, make_deal):
    terms = list_terms(limit=10)
    make_deal(State.FUNDED, terms, quantity=7)
    make_deal(State.FUNDED, terms, quantity=3)
    with refused("MarketOutOfStock", 1, 0):
        make_deal(terms=terms, quantity=1).ask_buy()


@pytest.mark.parametrize("offset", [-1, 1])
def test_buy_reverts_when_the_eth_is_not_the_price(deal, offset):
    with refused("CreditsWrongValue", deal.total + offset, deal.total):
        deal.ask_buy(value=deal.total + offset)


def test_buy_reverts_when_the_price_is_above_the_buyers_bound(deal):
    assert deal.ask_buy(max_total=deal.total) == deal.key
    with refused("MarketTotalTooHigh", deal.total, deal.total - 1):
        deal.ask_buy(max_total=deal.total - 1)


def test_buy_reverts_when_the_price_is_more_than_an_order_can_hold(list_terms, make_deal):
    deal = make_deal(terms=list_terms(unit_price=2**127), quantity=2)
    with refused("MarketTotalTooHigh", 2**128, 2**128 - 1):
        deal.ask_buy(value=0)


def test_buy_reverts_when_commissions_are_above_the_buyers_bound(deal):
    assert deal.ask_buy(max_fee_bps=FEES) == deal.key
    with refused("MarketFeeTooHigh", FEES, FEES - 1):
        deal.ask_buy(max_fee_bps=FEES - 1)


def test_buy_reverts_when_commissions_are_above_the_sellers_bound(list_terms, make_deal):
    assert make_deal(terms=list_terms(max_fee_bps=FEES)).ask_buy()
    with refused("MarketFeeTooHigh", FEES, FEES - 1):
        make_deal(terms=list_terms(max_fee_bps=FEES - 1)).ask_buy()


def test_buy_reverts_when_eth_comes_along_with_a_token(list_terms, make_deal, make_token, OddToken):
    deal = make_deal(terms=list_terms(currency=make_token(OddToken, 18).address))
    with refused("CreditsWrongValue", 1, 0):
        deal.ask_buy(value=1)


def test_commissions_stay_when_rates_change_after_the_payment(registry, make_deal, community_id, steward, owner):
    deal = make_deal(State.DELIVERED)
    registry.setFeeBps(0, 0, {"from": owner})
    registry.setFeeBps(community_id, 0, {"from": steward})
    deal.confirm()
    assert deal.credits().platform == deal.total * PLATFORM_FEE_BPS // 10_000
    assert deal.credits().community == deal.total * COMMUNITY_FEE_BPS // 10_000
