"""KeyRequests: a holder who lost his order's secret asks once more, and the seller answers."""

import pytest
from brownie.exceptions import VirtualMachineError

from tests.helpers.deal import State
from tests.helpers.events import assert_events
from tests.helpers.files import point_words, sold_key, unwrapped, word_hex, wrapped
from tests.helpers.reverts import refused
from tests.helpers.terms import NONE, salt
from tools.files import wrap as curve

ORDER_KEY = "0x" + "0d" * 32
ASKED_SECRET = 987_654_321
POINT = point_words(ASKED_SECRET)
NO_POINTS = {
    "infinity": (NONE, NONE),
    "off the curve": (word_hex(1), word_hex(3)),
    "x is more than p": (word_hex(1 + curve.FIELD), word_hex(2)),
    "y is more than p": (word_hex(1), word_hex(2 + curve.FIELD)),
}
no_points = pytest.mark.parametrize("x, y", NO_POINTS.values(), ids=NO_POINTS)


@pytest.fixture(scope="module")
def requests(deployment, KeyRequests):
    return KeyRequests.at(deployment.address("KeyRequests"))


@pytest.fixture(scope="module")
def wrap():
    return wrapped(ORDER_KEY, ASKED_SECRET, sold_key(salt(1)))


def test_request_is_announced_with_who_asks(requests, buyer):
    tx = requests.ask(ORDER_KEY, *POINT, {"from": buyer})
    said = {"key": ORDER_KEY, "asker": str(buyer), "x": POINT[0], "y": POINT[1]}
    assert_events(tx, [requests], ("KeyAsked", said))


def test_answer_is_announced_with_who_answers_and_opens_to_the_key(requests, seller, wrap):
    tx = requests.answer(ORDER_KEY, *POINT, wrap.words(), {"from": seller})
    said = {"key": ORDER_KEY, "from": str(seller), "x": POINT[0], "y": POINT[1], "wrap": wrap.words()}
    assert_events(tx, [requests], ("KeyAnswered", said))
    assert unwrapped(ORDER_KEY, ASKED_SECRET, wrap) == sold_key(salt(1))


@no_points
def test_request_is_refused_when_its_point_is_none(requests, buyer, x, y):
    with refused("KeyRequestsBadPoint", x, y):
        requests.ask.call(ORDER_KEY, x, y, {"from": buyer})


@no_points
def test_answer_is_refused_when_one_of_its_points_is_none(requests, seller, wrap, x, y):
    with refused("KeyRequestsBadPoint", x, y):
        requests.answer.call(ORDER_KEY, x, y, wrap.words(), {"from": seller})
    with refused("KeyRequestsBadPoint", x, y):
        requests.answer.call(ORDER_KEY, *POINT, wrap.but(point_x=x, point_y=y).words(), {"from": seller})


def test_anybody_may_ask_and_answer_and_is_named(requests, stranger, wrap):
    """So nobody is taken for another: who reads counts the order's holder and seller alone."""
    asked = requests.ask(ORDER_KEY, *POINT, {"from": stranger})
    answered = requests.answer(ORDER_KEY, *POINT, wrap.words(), {"from": stranger})
    assert asked.events["KeyAsked"]["asker"] == stranger
    assert answered.events["KeyAnswered"]["from"] == stranger


def test_same_request_is_taken_again_and_nothing_is_kept(requests, buyer):
    for _ in range(2):
        requests.ask(ORDER_KEY, *POINT, {"from": buyer})
    assert [entry["name"] for entry in requests.abi if entry["type"] == "function"] == ["answer", "ask"]


def test_order_and_its_clock_stay_when_its_key_is_asked_for_and_answered(make_deal, list_file, requests):
    deal = make_deal(State.DELIVERED, list_file())
    before = deal.order
    requests.ask(deal.key, *POINT, {"from": deal.parties.holder})
    wrap = wrapped(deal.key, ASKED_SECRET, sold_key(deal.terms.salt))
    requests.answer(deal.key, *POINT, wrap.words(), {"from": deal.parties.seller})
    assert deal.order == before


def test_no_ether_is_taken(requests, buyer):
    with pytest.raises(VirtualMachineError):
        buyer.transfer(requests, 1)
    assert {entry["stateMutability"] for entry in requests.abi if entry["type"] == "function"} == {"nonpayable"}
