"""accept: the seller takes the order on."""

from tests.helpers.deal import State
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.terms import DAY


def test_accept_starts_the_delivery_clock_when_the_seller_takes_the_order(market, make_deal):
    deal = make_deal(State.FUNDED)
    before = deal.order
    tx = deal.accept()
    deliver_by = tx.timestamp + 7 * DAY
    assert deal.order == before._replace(state=State.ACCEPTED, clock=deliver_by)
    assert_events(tx, [market], ("OrderAccepted", {"key": deal.key, "deliverBy": deliver_by}))


def test_accept_reverts_when_the_buyer_calls(make_deal, buyer, seller):
    deal = make_deal(State.FUNDED)
    with refused("MarketNotParty", buyer, seller):
        deal.ask("accept", buyer)


def test_accept_reverts_when_it_was_accepted_before(make_deal, seller):
    deal = make_deal(State.ACCEPTED)
    with refused("MarketWrongState", deal.key, State.ACCEPTED):
        deal.ask("accept", seller)
