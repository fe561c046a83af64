"""setPaused and setQuantityLimit: the two things about a listing that may change."""

import pytest

from tests.helpers.deal import Listing, State
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.terms import salt


@pytest.fixture(scope="module")
def listing_id(market, listed, chain):
    return listed.listing_id(chain.id, market.address)


def test_pause_stops_new_orders_and_resumes_when_the_seller_says_so(market, listed, listing_id, seller, make_deal):
    before = Listing(*market.listingOf(listing_id))
    tx = market.setPaused(listed.words(), True, {"from": seller})
    assert Listing(*market.listingOf(listing_id)) == before._replace(paused=True)
    assert_events(tx, [market], ("ListingPaused", {"listingId": listing_id, "paused": True}))
    tx = market.setPaused(listed.words(), False, {"from": seller})
    assert_events(tx, [market], ("ListingPaused", {"listingId": listing_id, "paused": False}))
    assert make_deal().ask_buy()


@pytest.mark.parametrize("state", [State.FUNDED, State.ACCEPTED, State.DELIVERED, State.DISPUTED])
def test_paid_orders_go_on_when_the_listing_is_paused(market, listed, seller, make_deal, state):
    deal = make_deal(state)
    market.setPaused(listed.words(), True, {"from": seller})
    deal.refund()
    assert deal.state in (State.CANCELLED, State.REFUNDED)


def test_limit_changes_when_the_seller_knows_the_old_one(market, listed, listing_id, seller):
    before = Listing(*market.listingOf(listing_id))
    tx = market.setQuantityLimit(listed.words(), before.quantity_limit, 7, {"from": seller})
    assert Listing(*market.listingOf(listing_id)) == before._replace(quantity_limit=7)
    assert_events(tx, [market], ("ListingQuantityLimitSet", {"listingId": listing_id, "quantityLimit": 7}))


@pytest.mark.parametrize("expected", [0, 999, 1_001])
def test_limit_stays_when_the_seller_expects_another_one(market, listed, seller, expected):
    with refused("MarketQuantityLimitChanged", 1_000, expected):
        market.setQuantityLimit.call(listed.words(), expected, 7, {"from": seller})


def test_nothing_is_left_when_the_limit_falls_below_what_was_sold(market, list_terms, seller, make_deal):
    terms = list_terms(limit=10)
    make_deal(State.FUNDED, terms, quantity=6)
    market.setQuantityLimit(terms.words(), 10, 5, {"from": seller})
    with refused("MarketOutOfStock", 1, 0):
        make_deal(terms=terms, quantity=1).ask_buy()


@pytest.mark.parametrize("name, arguments", [("setPaused", (True,)), ("setQuantityLimit", (1_000, 7))])
@pytest.mark.parametrize("role", ["buyer", "arbiter", "backup", "steward", "owner", "stranger"])
def test_listing_stays_when_the_caller_is_not_the_seller(market, listed, seller, request, name, arguments, role):
    account = request.getfixturevalue(role)
    with refused("MarketNotParty", account, seller):
        getattr(market, name).call(listed.words(), *arguments, {"from": account})


@pytest.mark.parametrize("name, arguments", [("setPaused", (True,)), ("setQuantityLimit", (0, 7))])
def test_listing_is_unknown_when_its_terms_were_never_listed(market, terms, seller, chain, name, arguments):
    unlisted = terms.but(salt=salt(123_456))
    with refused("MarketUnknownListing", unlisted.listing_id(chain.id, market.address)):
        getattr(market, name).call(unlisted.words(), *arguments, {"from": seller})
