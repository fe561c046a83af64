"""Intents of reviews on a real chain: said once by each side, answered once, and refused in a sentence before anything is signed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from eth_utils.crypto import keccak

from tests.frontend.chain.conftest import new_key
from tests.frontend.chain.site import Site
from tests.frontend.chain.test_files import Stall
from tests.index.market import running_market

Prepare = Callable[[Any, str], Any]


@pytest.fixture(scope="module")
def stall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stall]:
    with running_market() as market:
        yield Stall(Site(tmp_path_factory.mktemp("reviews"), market))


def review(order: str, rating: int = 4, text: str = "") -> Prepare:
    return lambda s, who: s.reviews.prepare_review(who, order, rating, text, new_key())


def reply(order: str, text: str = "Thanks.") -> Prepare:
    return lambda s, who: s.reviews.prepare_reply(who, order, text, new_key())


def finished(stall: Stall) -> str:
    order = stall.delivered()
    stall.done(stall.buyer, lambda s, who: s.market.prepare_confirm(who, order, new_key()))
    return order


def test_both_sides_say_it_once_and_each_answers_once(stall: Stall):
    order = finished(stall)
    assert stall.refused(stall.seller, reply(order)).key == "nothing_said"
    said = stall.done(stall.buyer, review(order, 4, "  It opens.\r\nIt plays. "))
    assert said["action"] == "reviews.review"
    assert stall.refused(stall.buyer, review(order)).key == "said_before"
    stall.done(stall.seller, reply(order))
    assert stall.refused(stall.seller, reply(order)).key == "said_before"
    stall.done(stall.seller, review(order, 5))
    stall.done(stall.buyer, reply(order, "You too."))
    with stall.site.app.app_context():
        found = stall.site.bound.queries.reviews_of_order(order)
        kept = stall.site.bound.services.contents.text_of(found["seller"].hash)
    assert kept == "It opens.\nIt plays."
    assert found["seller"].hash == "0x" + keccak(text=kept).hex()
    assert (found["buyer"].rating, found["buyer"].hash) == (5, None)
    assert found["buyer"].reply_hash == "0x" + keccak(text="You too.").hex()


def test_who_is_no_side_an_open_order_and_another_rating_are_refused(stall: Stall):
    order = stall.delivered()
    assert stall.refused(stall.buyer, review(order)).key == "not_finished"
    stall.done(stall.buyer, lambda s, who: s.market.prepare_confirm(who, order, new_key()))
    for person in (stall.stranger, stall.arbiter):
        assert stall.refused(person, review(order)).key == "not_a_side"
        assert stall.refused(person, reply(order)).key == "not_a_side"
    for rating in (0, 6, 256):
        assert stall.refused(stall.buyer, review(order, rating)).key == "bad_rating"
    assert stall.refused(stall.seller, reply(order)).key == "nothing_said"
    stall.done(stall.buyer, review(order))
    assert stall.refused(stall.seller, reply(order, " ")).key == "empty_text"


def test_refusal_is_said_in_both_languages(stall: Stall):
    order = finished(stall)
    for language, words in (("en", "Only the buyer and the seller"), ("ko", "구매자와 판매자만")):
        with pytest.raises(Exception, match=words):
            stall.prepared(stall.stranger, review(order), language)
