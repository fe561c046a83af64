"""Orders of sealed files: what is bought with which point, and the key that is delivered to it."""

import pytest

from tests.helpers.deal import ANY_FEE, ANY_TOTAL, FAR, OPEN, Deal, State
from tests.helpers.events import assert_events
from tests.helpers.files import point_words, word_hex
from tests.helpers.reverts import refused
from tests.helpers.terms import DAY, FILE, GOODS, HOUR, NONE, SERVICE
from tests.helpers.time import jump_to
from tools.files import wrap as curve

P, N = curve.FIELD, curve.ORDER
NO_POINTS = {
    "infinity": (0, 0),
    "off the curve": (1, 3),
    "x is p": (P, 2),
    "x is 1 and p": (P + 1, 2),
    "y is 2 and p": (1, P + 2),
    "y of another curve": (1, P - 1),
    "as large as can be": (2**256 - 1, 2**256 - 1),
}
POINTS = {"generator": (1, 2), "its negative": (1, P - 2), "of n - 2": None}
no_points = pytest.mark.parametrize("x, y", NO_POINTS.values(), ids=NO_POINTS)


@pytest.fixture(scope="module")
def listed_file(list_file):
    return list_file()


@pytest.fixture(scope="module")
def accepted(make_deal, listed_file):
    return make_deal(State.ACCEPTED, listed_file)


def with_point(deal: Deal, x: int, y: int) -> Deal:
    purchase = deal.purchase.but(encryption_key_x=word_hex(x), encryption_key_y=word_hex(y))
    return Deal(deal.market, deal.terms, purchase, deal.quantity, deal.parties)


# the point of a purchase


@pytest.mark.parametrize("point", POINTS)
def test_file_is_bought_when_the_purchase_carries_a_point(make_deal, listed_file, point):
    x, y = POINTS[point] or (int(word, 16) for word in point_words(N - 2))
    deal = with_point(make_deal(terms=listed_file), x, y)
    assert deal.ask_buy() == deal.key


@no_points
def test_file_is_not_bought_when_the_purchase_carries_no_point(make_deal, listed_file, x, y):
    deal = with_point(make_deal(terms=listed_file), x, y)
    with refused("MarketBadPoint", word_hex(x), word_hex(y)):
        deal.ask_buy()


def test_cart_takes_a_file_beside_goods_and_each_needs_its_own(market, make_deal, listed, listed_file, buyer):
    goods, file = make_deal(terms=listed), make_deal(terms=listed_file)

    def buys(*deals: Deal) -> None:
        items = [(deal.terms.words(), deal.quantity, ANY_TOTAL, ANY_FEE, deal.purchase.words()) for deal in deals]
        total = sum(deal.total for deal in deals)
        market.buyMany(items, FAR, [], {"from": buyer, "value": total})

    with refused("MarketBadPoint", NONE, NONE):
        buys(goods, with_point(file, 0, 0))
    with refused("MarketBadPoint", *point_words(1)):
        buys(with_point(goods, 1, 2), file)
    buys(goods, file)
    assert (goods.state, file.state) == (State.FUNDED, State.FUNDED)


# the key


def test_delivery_keeps_the_wraps_hash_and_shows_the_wrap_when_the_seller_brings_the_key(market, accepted, seller):
    before, wrap = accepted.order, accepted.wrap()
    tx = accepted.do("deliverFile", seller, wrap.words())
    inspect_by = tx.timestamp + 3 * DAY
    assert accepted.order == before._replace(state=State.DELIVERED, clock=inspect_by)
    delivered = {"key": accepted.key, "commitment": wrap.hash(), "inspectBy": inspect_by}
    shown = {"key": accepted.key, "wrap": wrap.words()}
    assert_events(tx, [market], ("OrderDelivered", delivered), ("OrderKeyWrapped", shown))


def test_instant_file_is_delivered_without_acceptance(list_file, make_deal):
    deal = make_deal(State.DELIVERED, list_file(instant=1, accept_for=0, deliver_for=HOUR))
    deal.confirm()
    assert deal.state == State.COMPLETED


@no_points
def test_wrap_is_refused_when_its_point_is_none(accepted, seller, x, y):
    wrap = accepted.wrap().but(point_x=word_hex(x), point_y=word_hex(y))
    with refused("MarketBadPoint", word_hex(x), word_hex(y)):
        accepted.ask("deliverFile", seller, wrap.words())


@pytest.mark.parametrize("role", ["holder", "arbiter", "backup", "stranger"])
def test_key_is_refused_when_it_is_not_the_sellers(accepted, role):
    account = getattr(accepted.parties, role)
    with refused("MarketNotParty", account, accepted.parties.seller):
        accepted.ask("deliverFile", account)


def test_key_is_refused_when_it_comes_a_second_late(accepted, seller):
    clock = accepted.order.clock
    jump_to(clock)
    accepted.ask("deliverFile", seller)
    jump_to(clock + 1)
    with refused("MarketTooLate", clock, clock + 1):
        accepted.ask("deliverFile", seller)


def test_key_is_delivered_once(accepted, seller):
    accepted.deliver()
    with refused("MarketWrongState", accepted.key, State.DELIVERED):
        accepted.ask("deliverFile", seller)


def test_file_is_not_delivered_by_the_call_for_anything_else(accepted, seller):
    with refused("MarketWrongKind", FILE):
        accepted.ask("deliver", seller)


@pytest.mark.parametrize("kind", [GOODS, SERVICE])
def test_anything_else_is_not_delivered_by_the_call_for_files(list_terms, make_deal, seller, kind):
    deal = make_deal(State.ACCEPTED, list_terms(kind=kind, transit_for=0))
    with refused("MarketWrongKind", kind):
        deal.ask("deliverFile", seller)


def test_file_has_no_milestones_when_somebody_shows_the_calls_of_some(accepted, seller):
    with refused("MarketWrongExtras", ..., accepted.terms.extras):
        accepted.ask("deliverMilestone", seller)


# what is as with anything else


@pytest.mark.parametrize("state", OPEN[:3], ids=lambda state: state.name.lower())
def test_order_of_a_file_is_not_handed_over(make_deal, listed_file, stranger, state):
    deal = make_deal(state, listed_file)
    with refused("MarketWrongKind", FILE):
        deal.ask("transferOrder", deal.parties.holder, stranger)


def test_seller_split_referrer_and_commissions_are_paid_when_the_buyer_confirms(
    market, list_file, make_deal, make_split, payer, stranger
):
    split = make_split((payer, 10_000))
    deal = make_deal(State.DELIVERED, list_file(split_id=split, split_version=1, referral_bps=211), referrer=stranger)
    before = deal.credits()
    deal.confirm()
    gained = {name: getattr(deal.credits(), name) - getattr(before, name) for name in deal.accounts}
    assert {name for name, amount in gained.items() if amount} == {"split", "referrer", "platform", "community"}
    assert sum(gained.values()) == deal.total


def test_buyer_disputes_what_is_in_the_file_when_the_key_is_right(make_deal, listed_file):
    deal = make_deal(State.RESOLVED, listed_file)
    assert deal.state == State.RESOLVED
