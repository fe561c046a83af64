"""deliver: the seller says that it is shipped or done."""

import pytest

from tests.helpers.deal import State
from tests.helpers.events import assert_events
from tests.helpers.terms import DAY, NONE, SERVICE

COMMITMENT = "0x" + "7a" * 32


def test_deliver_starts_the_inspection_after_the_transit_when_goods_are_shipped(market, make_deal, seller):
    deal = make_deal(State.ACCEPTED)
    before = deal.order
    tx = deal.do("deliver", seller, COMMITMENT)
    inspect_by = tx.timestamp + 5 * DAY + 3 * DAY
    assert deal.order == before._replace(state=State.DELIVERED, clock=inspect_by)
    expected = {"key": deal.key, "commitment": COMMITMENT, "inspectBy": inspect_by}
    assert_events(tx, [market], ("OrderDelivered", expected))


@pytest.mark.parametrize("commitment", [NONE, COMMITMENT])
def test_deliver_starts_the_inspection_at_once_when_a_service_is_done(list_terms, make_deal, seller, commitment):
    deal = make_deal(State.ACCEPTED, list_terms(kind=SERVICE, transit_for=0))
    tx = deal.do("deliver", seller, commitment)
    assert deal.order.clock == tx.timestamp + 3 * DAY
