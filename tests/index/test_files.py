"""Sealed files in the index: what was sold, delivered, refuted and asked again, whoever else speaks and whatever is undone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from frontend.content.wanted import files_named
from frontend.index.queries import Queries
from frontend.services.terms import listing_id, wrap_hash
from scripts.lib.keep import index as keeper_index
from scripts.lib.keep.due import overdue_orders
from tests.index.files import SOLD_KEY, WRONG_KEY, Files, FileSale, opened, words_of, wrapped
from tests.index.market import CHAIN_ID, DAY_S, Index, Market
from tests.index.said import differences
from tools.files.wrap import point_of

LOST = 4242  # the secret of a point that is asked with


class Shop:
    """A seller's files on a market, and an index of it."""

    def __init__(self, market: Market, index: Index) -> None:
        self.market, self.index = market, index
        self.files = Files(market, market.open_community(market.seller))
        self.queries = Queries(index.engine)

    def order(self, sale: FileSale) -> Any:
        """Give an order as the index has it now."""
        self.index.follow()
        found = self.queries.order(sale.key)
        assert found is not None
        assert differences(self.market, self.index.engine) == []
        return found


@pytest.fixture
def shop(market: Market, index: Index) -> Shop:
    return Shop(market, index)


def test_listing_says_its_sealed_file_when_one_is_listed(shop: Shop):
    terms = shop.files.listed()
    shop.index.follow()
    found = shop.queries.listing(listing_id(CHAIN_ID, shop.market.market, terms.to_abi()))
    assert found is not None
    assert (found.kind, found.file) == ("file", terms.file)
    assert terms.file is not None
    others = [f"0x{number:064x}" for number in range(2_500)]
    assert files_named(shop.index.engine, [*others, terms.file.ciphertext_hash]) == {terms.file.ciphertext_hash}
    of_it = (terms.file.key_hash, terms.file.plaintext_hash)
    assert files_named(shop.index.engine, of_it) == set(), "what is no ciphertext's hash keeps no file"


def test_listing_of_goods_has_no_file(shop: Shop):
    listing = shop.market.list(shop.market.terms(shop.files.community_id))
    shop.index.follow()
    found = shop.queries.listing(listing)
    assert found is not None
    assert found.file is None


def test_order_of_a_file_keeps_what_a_claim_needs_and_waits_for_its_seller(shop: Shop):
    sale = shop.files.bought(shop.files.listed())
    order = shop.order(sale)
    x, y = words_of(point_of(sale.secret))
    assert (order.purchase["encryptionKeyX"], order.purchase["encryptionKeyY"]) == (x, y)
    assert order.purchase["salt"] == sale.purchase.salt
    assert (order.state, order.wrap, order.key_refuted) == ("accepted", None, False)
    assert [one.key for one in shop.queries.file_orders_to_deliver(shop.market.seller)] == [sale.key]
    assert list(shop.queries.file_orders_to_deliver(shop.market.buyer)) == []


def test_only_files_that_can_still_be_delivered_wait_for_their_seller_and_the_first_due_stands_first(shop: Shop):
    market = shop.market
    late = shop.files.bought(shop.files.listed(deliver_for_s=2 * 3600))
    slow, fast = (shop.files.bought(shop.files.listed(deliver_for_s=hours * 3600)) for hours in (40, 30))
    asked_first = shop.files.bought(shop.files.listed(instant=False, accept_for_s=DAY_S))
    goods = market.terms(
        shop.files.community_id, kind="service", instant=True, accept_for_s=0, deliver_for_s=DAY_S, transit_for_s=0
    )
    market.list(goods)
    market.buy(goods)
    market.warp(3 * 3600)
    shop.index.follow()
    assert [one.key for one in shop.queries.file_orders_to_deliver(market.seller)] == [fast.key, slow.key]
    market.on_order("accept", asked_first.sale, market.seller)
    shop.files.deliver(fast)
    shop.index.follow()
    found = [one.key for one in shop.queries.file_orders_to_deliver(market.seller)]
    assert found == [asked_first.key, slow.key]
    assert late.key not in found


def test_buyer_finds_the_key_in_the_index_when_it_was_delivered(shop: Shop):
    sale = shop.files.bought(shop.files.listed())
    wrap = shop.files.deliver(sale)
    order = shop.order(sale)
    assert (order.state, order.wrap, order.commitment) == ("delivered", wrap, wrap_hash(wrap))
    assert opened(order.wrap, sale.key, sale.secret) == SOLD_KEY
    shop.market.on_order("confirm", sale.sale, shop.market.buyer)
    order = shop.order(sale)
    assert (order.state, order.wrap, order.key_refuted) == ("completed", wrap, False)


def test_order_is_refunded_and_its_key_refuted_when_a_wrong_one_was_delivered(shop: Shop):
    sale = shop.files.bought(shop.files.listed())
    shop.files.refute(sale, shop.files.deliver(sale, WRONG_KEY))
    order = shop.order(sale)
    assert (order.state, order.key_refuted) == ("refunded", True)
    names = [step.name for step in shop.queries.timeline(sale.key) if step.name != "paid_out"]
    assert names == ["funded", "delivered", "key_refuted", "refunded"]


def test_delivered_file_completes_when_its_buyer_is_silent(shop: Shop):
    sale = shop.files.bought(shop.files.listed())
    shop.files.deliver(sale)
    shop.market.warp(60 * DAY_S)
    shop.market.on_order("expire", sale.sale, shop.market.stranger)
    assert shop.order(sale).state == "completed"


def test_keeper_ends_files_that_nobody_delivered_or_complained_about(shop: Shop):
    market, terms = shop.market, shop.files.listed()
    silent_seller, silent_buyer = shop.files.bought(terms), shop.files.bought(terms)
    shop.files.deliver(silent_buyer)
    market.warp(60 * DAY_S)
    shop.index.follow()
    found = keeper_index.Index(shop.index.settings.database_url)
    due = {call.subject: call for call in overdue_orders(found, market.now())}
    found.close()
    for sale, state in ((silent_seller, "refunded"), (silent_buyer, "completed")):
        call = due[sale.key]
        market.send(call.contract, market.market, call.function, list(call.args), market.stranger)
        assert shop.order(sale).state == state


def test_lost_key_comes_again_when_the_holder_asks_and_the_seller_answers(shop: Shop):
    market, sale = shop.market, shop.files.bought(shop.files.listed())
    shop.files.deliver(sale)
    shop.files.ask(sale.key, LOST, market.buyer)
    shop.index.follow()
    (asked,) = shop.queries.key_requests_waiting(market.seller)
    assert (asked.order_key, asked.x, asked.y, asked.waiting) == (sale.key, *words_of(point_of(LOST)), True)
    shop.files.answer(sale.key, LOST, wrapped(SOLD_KEY, sale.key, LOST), market.seller)
    shop.index.follow()
    assert list(shop.queries.key_requests_waiting(market.seller)) == []
    (answered,) = shop.queries.key_requests(sale.key)
    assert not answered.waiting
    assert opened(answered.answers[0], sale.key, LOST) == SOLD_KEY
    names = [step.name for step in shop.queries.timeline(sale.key) if step.name != "paid_out"]
    assert names == ["funded", "delivered", "key_asked", "key_answered"]


def test_same_point_waits_again_when_it_is_asked_after_a_wrong_answer_and_both_answers_stay(shop: Shop):
    market, sale = shop.market, shop.files.bought(shop.files.listed())
    shop.files.deliver(sale)
    for key in (WRONG_KEY, SOLD_KEY):
        shop.files.ask(sale.key, LOST, market.buyer)
        shop.index.follow()
        assert len(shop.queries.key_requests_waiting(market.seller)) == 1
        shop.files.answer(sale.key, LOST, wrapped(key, sale.key, LOST), market.seller)
    shop.index.follow()
    (found,) = shop.queries.key_requests(sale.key)
    assert [opened(wrap, sale.key, LOST) for wrap in found.answers] == [SOLD_KEY, WRONG_KEY]
    assert list(shop.queries.key_requests_waiting(market.seller)) == []


def test_request_does_not_wait_for_the_seller_when_no_key_was_delivered_or_the_money_went_back(shop: Shop):
    market, terms = shop.market, shop.files.listed()
    early, refunded = shop.files.bought(terms), shop.files.bought(terms)
    shop.files.refute(refunded, shop.files.deliver(refunded, WRONG_KEY))
    for sale in (early, refunded):
        shop.files.ask(sale.key, LOST, market.buyer)
    shop.index.follow()
    assert list(shop.queries.key_requests_waiting(market.seller)) == []
    assert shop.queries.key_requests(early.key)[0].waiting
    shop.files.deliver(early)
    shop.index.follow()
    assert [one.order_key for one in shop.queries.key_requests_waiting(market.seller)] == [early.key]


def test_strangers_words_change_nothing_when_they_speak_of_an_order_or_of_none(shop: Shop):
    market, sale = shop.market, shop.files.bought(shop.files.listed())
    goods = market.terms(shop.files.community_id)
    market.list(goods)
    plain = market.buy(goods)
    shop.files.deliver(sale)
    shop.files.ask(sale.key, LOST, market.buyer)
    before, timeline = shop.index.state(), shop.queries.timeline(sale.key)
    wrap = wrapped(WRONG_KEY, sale.key, LOST)
    nothing = "0x" + "77" * 32
    shop.files.ask(sale.key, LOST, market.stranger)  # the holder's own point
    shop.files.ask(sale.key, 99, market.seller)
    shop.files.ask(nothing, 99, market.buyer)
    shop.files.ask(plain.key, 99, market.buyer)  # no file
    shop.files.answer(sale.key, LOST, wrap, market.stranger)
    shop.files.answer(sale.key, LOST, wrap, market.buyer)
    shop.files.answer(sale.key, 99, wrap, market.seller)  # nobody who counts asked with this point
    shop.files.answer(nothing, LOST, wrap, market.seller)
    assert shop.index.state() == before
    assert shop.queries.timeline(sale.key) == timeline
    assert shop.index.quarantined() == 0


def test_request_does_not_count_when_it_came_before_its_order(shop: Shop):
    market, terms = shop.market, shop.files.listed()
    point = words_of(point_of(5))
    unsent, sale = market.purchase_of(terms, 1, market.buyer, point=point)
    shop.files.ask(sale.key, LOST, market.buyer)
    market.mined(unsent)
    shop.index.follow()
    assert shop.queries.order(sale.key) is not None
    assert shop.queries.key_requests(sale.key) == []


@pytest.mark.timeout(300)
def test_index_is_what_a_fresh_one_is_after_each_call_and_again_when_each_is_undone(
    shop: Shop, fresh: Callable[..., list[str]], monkeypatch: pytest.MonkeyPatch
):
    market, index = shop.market, shop.index
    told: dict[int, list[str]] = {market.head(): index.follow()}
    mined = Market.mined

    def watched(self: Market, unsent: dict[str, Any]) -> dict[str, Any]:
        receipt = mined(self, unsent)
        told[market.head()] = index.follow()
        return receipt

    monkeypatch.setattr(Market, "mined", watched)
    shop.files.play()
    monkeypatch.undo()
    assert index.dump() == fresh()
    assert len(told) >= 12
    for number in sorted(told, reverse=True)[1:]:
        market.rpc("anvil_rollback", market.head() - number)
        assert index.follow() == told[number]


def test_both_databases_say_the_same_of_files(
    tmp_path: Path, market: Market, index: Index, new_postgres: Callable[..., str]
):
    sales = Files(market, market.open_community(market.seller)).play()
    other = Index(tmp_path / "postgres", market, database_url=new_postgres())
    assert other.follow() == index.follow()
    on_sqlite, on_postgres = Queries(index.engine), Queries(other.engine)
    for sale in sales.values():
        assert on_postgres.order(sale.key) == on_sqlite.order(sale.key)
        assert on_postgres.key_requests(sale.key) == on_sqlite.key_requests(sale.key)
    assert list(on_postgres.file_orders_to_deliver(market.seller)) == list(
        on_sqlite.file_orders_to_deliver(market.seller)
    )
    assert list(on_postgres.key_requests_waiting(market.seller)) == list(on_sqlite.key_requests_waiting(market.seller))
    other.engine.dispose()
