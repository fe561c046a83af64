"""Listings that are made to order: what the seller asks is shown, and nothing is bought without a sealed answer."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from frontend.content.documents import MAX_ASK, canonical, clean_document, hash_of, read_document
from frontend.errors import Refused
from frontend.extensions import bound
from frontend.services.carts import Wanted
from frontend.services.notes import note_hash
from tests.frontend.notes.conftest import BUYER, SALT, SELLER, Market, identity, sealed_for, writer

ASK = "Which name,\nand in which script?"
SEALED = sealed_for(identity()[1])
FORM = {
    "form_key": "12" * 16, "title": "Your name, written", "text": "One name on paper.", "lang": "en", "tags": "", "kind": "service",
    "currency": "0x" + "0" * 40, "price": "0.1", "quantity": "3", "accept_for": "2", "deliver_for": "7", "transit_for": "",
    "inspect_for": "3", "rule_for": "7", "arbiter": "0x" + "A1" * 20, "arbiter_fee": "0", "max_fee": "10",
}  # fmt: skip


@pytest.fixture
def listing(market: Market, tell: Callable[[], None]) -> str:
    """Something of the seller's that is made to order."""
    about = {"title": "Your name, written", "text": "One name.", "lang": "en", "picture": None, "tags": [], "ask": ASK}
    found = market.story.list("name", about, seller=SELLER.address, kind="service", transit_for_s=0)
    tell()
    return found


def order(market: Market, listing: str, **data: Any) -> Any:
    buyer = market.person(BUYER)
    form = {"csrf_token": buyer.csrf, "form_key": "12" * 16, "quantity": "1", "recipient": "me", "fee_shown": "350"}
    return buyer.client.post(f"/l/{listing}/buy", data={**form, **data})


def test_nothing_is_bought_without_an_answer_when_the_seller_asks(market: Market, listing: str) -> None:
    writer(market, SELLER, 12)
    answer = order(market, listing)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "This is made to order. Please answer what the seller asks" in page
    assert 'href="#sealed"' in page
    assert 'id="asked"' in page


def test_purchase_goes_on_to_the_chain_when_the_answer_is_sealed(
    market: Market, listing: str, asked: list[str]
) -> None:
    writer(market, SELLER, 12)
    body = {"reader": SELLER.address, "salt": SALT, "sealed": base64.b64encode(SEALED).decode()}
    assert market.person(BUYER).post("/notes", body).status_code == 200
    asked.clear()
    answer = order(market, listing, sealed=note_hash(SALT, SEALED))
    assert answer.status_code == 503, "the node is away, and nothing else stands in the way"
    assert asked


def test_listing_without_a_question_is_bought_without_a_note(market: Market, asked: list[str]) -> None:
    asked.clear()
    answer = order(market, market.story.listings["jar"][0])
    assert answer.status_code == 503
    assert asked


def test_question_is_shown_before_anything_is_paid(market: Market, listing: str) -> None:
    buyer = market.person(BUYER)
    shown = buyer.client.get(f"/l/{listing}").get_data(as_text=True)
    assert "Which name,\nand in which script?" in shown
    assert "data-cart-add" not in shown
    page = buyer.client.get(f"/l/{listing}/buy").get_data(as_text=True)
    assert "The seller has published no key for private notes, so your answer cannot be sealed" in page
    writer(market, SELLER, 12)
    page = buyer.client.get(f"/l/{listing}/buy").get_data(as_text=True)
    assert "Your answer to the seller" in page
    assert "so your answer cannot be sealed" not in page


def test_cart_refuses_what_is_made_to_order_and_says_where_it_is_bought(market: Market, listing: str) -> None:
    wanted = [Wanted(listing, quantity=1, max_total_units=10**18, max_fee_bps=1_000)]
    with market.app.test_request_context(), pytest.raises(Refused) as refused:
        bound().services.carts.prepare_buy_many(BUYER.address, wanted, "12" * 16)
    assert refused.value.key == "made_to_order_in_cart"


@pytest.mark.parametrize(
    ("changes", "has_key", "field"),
    [
        ({"ask": ASK}, False, "ask"),
        ({"ask": "x" * (MAX_ASK + 1)}, True, "ask"),
        ({"ask": ASK, "instant": "y", "accept_for": "", "deliver_for": "1"}, True, "ask"),
        ({"ask": ASK}, True, None),
        ({"ask": ""}, False, None),
    ],
)
def test_question_is_listed_by_who_can_get_an_answer(
    market: Market, asked: list[str], changes: dict[str, str], has_key: bool, field: str | None
) -> None:
    if has_key:
        writer(market, SELLER, 12)
    asked.clear()
    seller = market.person(SELLER)
    answer = seller.client.post("/listings/new?community=1", data={"csrf_token": seller.csrf, **FORM, **changes})
    if field is None:
        assert answer.status_code == 503, answer.get_data(as_text=True)[:4000]
        assert asked
    else:
        assert answer.status_code == 422
        assert f'id="{field}-error"' in answer.get_data(as_text=True)


def test_form_is_filled_in_with_the_question_when_it_is_listed_again(market: Market, listing: str) -> None:
    page = market.person(SELLER).client.get(f"/listings/new?like={listing}").get_data(as_text=True)
    assert ASK.replace("\n", "\r\n") in page or ASK in page


def test_description_keeps_its_hash_when_nothing_is_asked() -> None:
    about = {"title": "Jar", "text": "Round.", "lang": "en", "picture": None, "tags": []}
    assert clean_document({**about, "ask": ""}) == clean_document(about)
    asked = canonical(clean_document({**about, "ask": ASK}))
    assert read_document(hash_of(asked), asked).ask == ASK
    with pytest.raises(Refused) as refused:
        clean_document({**about, "ask": "x" * (MAX_ASK + 1)})
    assert refused.value.field == "ask"
