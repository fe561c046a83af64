"""buyMany: several purchases, all or none, each within its own bounds, each currency paid once."""

import pytest

from tests.helpers.deal import ANY_FEE, ANY_TOTAL, FAR, State
from tests.helpers.events import events_of
from tests.helpers.permits import permit_arguments, signer
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO, salt
from tests.helpers.time import now


@pytest.fixture(scope="module")
def coin(PermitToken, owner, buyer):
    made = PermitToken.deploy({"from": owner})
    made.mint(buyer, 10**12, {"from": buyer})
    return made


@pytest.fixture(scope="module")
def other_coin(make_token, BlocklistingToken):
    return make_token(BlocklistingToken)


@pytest.fixture(scope="module")
def deals(list_terms, make_deal, coin, other_coin):
    """Two orders in ETH, two in a token with permits, one in a token that is approved."""
    currencies = (ZERO, coin.address, ZERO, coin.address, other_coin.address)
    return [make_deal(terms=list_terms(currency=str(currency), unit_price=1_000_003 + number))
            for number, currency in enumerate(currencies)]  # fmt: skip


def item(deal, max_total=ANY_TOTAL, max_fee_bps=ANY_FEE) -> tuple:
    return (deal.terms.words(), deal.quantity, max_total, max_fee_bps, deal.purchase.words())


def due(deals, currency) -> int:
    return sum(deal.total for deal in deals if deal.terms.currency == str(currency))


def permit(market, coin, buyer, value):
    return (coin.address, permit_arguments(coin, signer(buyer), market, value))


def cart(market, buyer, items, value, permits=(), deadline=FAR, call=False):
    function = market.buyMany.call if call else market.buyMany
    return function(list(items), deadline, list(permits), {"from": buyer, "value": value})


def test_every_order_is_paid_when_a_cart_is_bought(market, deals, buyer, coin, other_coin):
    owned = {unit: unit.balanceOf(buyer) for unit in (coin, other_coin)}
    held = market.balance()
    permits = [permit(market, coin, buyer, due(deals, coin))]
    tx = cart(market, buyer, map(item, deals), due(deals, ZERO), permits)
    assert [str(key) for key in tx.return_value] == [deal.key for deal in deals]
    for deal in deals:
        assert (deal.state, deal.order.amount, deal.listing.quantity_sold) == (State.FUNDED, deal.total, deal.quantity)
    assert market.balance() == held + due(deals, ZERO)
    for unit in (coin, other_coin):
        assert unit.balanceOf(buyer) == owned[unit] - due(deals, unit)
        assert unit.balanceOf(market) == due(deals, unit)
    funded = [values["key"] for name, values in events_of(tx, market) if name == "OrderFunded"]
    assert funded == [deal.key for deal in deals]
    assert [name for name, _ in events_of(tx, coin)].count("Transfer") == 1


def test_order_of_a_cart_is_the_same_as_if_it_was_bought_alone(market, deals, make_deal, list_terms, buyer):
    alone, among = (make_deal(terms=deals[0].terms) for _ in range(2))
    alone.buy()
    tx = cart(market, buyer, [item(among)], among.total)
    assert among.order == alone.order._replace(clock=among.order.clock)
    assert among.order.clock == tx.timestamp + among.terms.clock("accept_for")
    among.cancel()
    assert among.state == State.CANCELLED


@pytest.mark.parametrize("difference", [-1, 1])
def test_nothing_is_bought_when_the_eth_is_not_the_sum(market, deals, buyer, difference):
    eth = [deal for deal in deals if deal.terms.currency == ZERO]
    sent = due(eth, ZERO) + difference
    with refused("CreditsWrongValue", sent, due(eth, ZERO)):
        cart(market, buyer, map(item, eth), sent, call=True)


def test_one_value_does_not_pay_two_orders(market, deals, buyer):
    eth = [deal for deal in deals if deal.terms.currency == ZERO]
    with refused("CreditsWrongValue", eth[0].total, due(eth, ZERO)):
        cart(market, buyer, map(item, eth), eth[0].total, call=True)


def test_one_permit_does_not_pay_two_orders(market, deals, buyer, coin):
    tokens = [deal for deal in deals if deal.terms.currency == coin.address]
    twice = [permit(market, coin, buyer, tokens[0].total)] * 2
    with refused("ERC20InsufficientAllowance", market, tokens[0].total, due(tokens, coin)):
        cart(market, buyer, map(item, tokens), 0, twice, call=True)


def test_same_purchase_is_not_made_twice_in_a_cart(market, deals, buyer):
    with refused("MarketOrderExists", deals[0].key):
        cart(market, buyer, [item(deals[0])] * 2, 2 * deals[0].total, call=True)


@pytest.mark.parametrize("place", [0, 1])
def test_nothing_is_bought_when_one_item_is_beyond_its_own_bound(market, deals, buyer, place):
    eth = [deal for deal in deals if deal.terms.currency == ZERO]
    items = [item(deal) for deal in eth]
    items[place] = item(eth[place], max_total=eth[place].total - 1)
    with refused("MarketTotalTooHigh", eth[place].total, eth[place].total - 1):
        cart(market, buyer, items, due(eth, ZERO), call=True)
    items[place] = item(eth[place], max_fee_bps=901)
    with refused("MarketFeeTooHigh", 902, 901):
        cart(market, buyer, items, due(eth, ZERO), call=True)


def test_stock_is_counted_over_the_whole_cart(market, list_terms, make_deal, buyer):
    terms = list_terms(limit=5)
    two = [make_deal(terms=terms) for _ in range(2)]
    with refused("MarketOutOfStock", 3, 2):
        cart(market, buyer, map(item, two), sum(deal.total for deal in two), call=True)


def test_units_per_buyer_are_counted_over_the_whole_cart(market, list_terms, make_deal, buyer):
    terms = list_terms(per_buyer_open_quantity=5)
    two = [make_deal(terms=terms) for _ in range(2)]
    with refused("MarketBuyerHasEnough", buyer, 6, 5):
        cart(market, buyer, map(item, two), sum(deal.total for deal in two), call=True)


def test_each_item_pays_the_commission_of_its_own_community(market, open_community, list_terms, make_deal, buyer):
    dear, _ = open_community(fee_bps=1_111)
    two = [
        make_deal(terms=list_terms(**changes)) for changes in ({}, {"community_id": dear}, {}, {"community_id": dear})
    ]
    cart(market, buyer, map(item, two), sum(deal.total for deal in two))
    assert [deal.order.community_fee_bps for deal in two] == [777, 1_111, 777, 1_111]


def test_nothing_is_bought_when_terms_were_never_listed(market, deals, buyer, chain):
    strange = deals[0].terms.but(salt=salt(31_337))
    words = (strange.words(), *item(deals[0])[1:])
    with refused("MarketUnknownListing", strange.listing_id(chain.id, market.address)):
        cart(market, buyer, [words], deals[0].total, call=True)


def test_nothing_is_bought_in_anybody_elses_name(market, deals, stranger, buyer):
    with refused("MarketNotParty", stranger, buyer):
        cart(market, stranger, [item(deals[0])], deals[0].total, call=True)


def test_nothing_is_bought_when_the_cart_is_too_old(market, deals, buyer):
    with refused("MarketPurchaseExpired", now() - 1, now()):
        cart(market, buyer, [item(deals[0])], deals[0].total, deadline=now() - 1, call=True)
    assert cart(market, buyer, [item(deals[0])], deals[0].total, deadline=now(), call=True)


def test_permit_is_not_looked_at_when_nothing_is_due_in_its_currency(market, deals, buyer, coin):
    before = coin.nonces(buyer)
    cart(market, buyer, [item(deals[0])], deals[0].total, [permit(market, coin, buyer, 7)])
    assert coin.nonces(buyer) == before
