"""Reviews on pages: who may speak, what is shown of it, and what it adds up to."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import pytest
from eth_utils.crypto import keccak
from flask.testing import FlaskClient

from frontend.content.wanted import Wanted, everything_named, who_wants
from frontend.formatters import mean
from tests.frontend.pages.story import BUYER, PAYER, SELLER, SELLERS_NAME, STRANGER, Story

SignedIn = Callable[[str], tuple[FlaskClient, str]]


def text_of(client: FlaskClient, path: str) -> str:
    return client.get(path).get_data(as_text=True)


def key_of(story: Story, name: str) -> str:
    return story.orders[name][0]


def test_review_and_reply_stand_on_the_orders_page_and_on_the_sellers(client: FlaskClient, story: Story):
    for path in (f"/o/{key_of(story, 'completed')}", f"/a/{SELLER}/reviews"):
        page = text_of(client, path)
        assert "It hums a little. 조금 웅웅거려요." in page
        assert "Give it a rest at noon." in page
        assert "4 of 5" in page


def test_text_that_is_not_kept_is_named_by_its_hash_and_not_made_up(client: FlaskClient, story: Story):
    page = text_of(client, f"/a/{SELLER}/reviews")
    assert "The text is not stored here, or does not match its hash:" in page
    assert "These words are lost." not in page


def test_figures_are_whole_numbers_and_a_pair_alone_weighs_nothing(client: FlaskClient, story: Story):
    found = client.get(f"/a/{SELLER}/reputation.json").get_json()
    seller = found["asSeller"]
    assert found["account"] == SELLER
    assert (seller["reviews"], seller["ratingsSum"], seller["replies"], seller["reviewers"]) == (2, 5, 1, 1)
    assert (seller["weighing"], seller["weightWei"], seller["weightedSum"]) == (0, "0", "0")
    assert seller["orders"]["completed"] >= 1
    assert client.get("/a/0x12/reviews").status_code == 404


@pytest.mark.parametrize(
    ("account", "name", "offered"),
    [
        (BUYER, "completed", ["reply"]),
        (SELLER, "completed", []),
        (STRANGER, "completed", []),
        (BUYER, "funded", []),
        (BUYER, "cancelled", []),
        (BUYER, "refunded", ["review"]),
        (SELLER, "refunded", ["review"]),
        (BUYER, "resolved", []),
        (SELLER, "resolved", ["review", "reply"]),
    ],
)
def test_forms_are_offered_to_who_may_still_speak(
    signed_in: SignedIn, story: Story, account: str, name: str, offered: list[str]
):
    client, _token = signed_in(account)
    page = text_of(client, f"/o/{key_of(story, name)}")
    for step in ("review", "reply"):
        assert (f'/{step}"' in page) is (step in offered), step


def test_listing_and_nickname_show_how_the_seller_is_rated(client: FlaskClient, story: Story):
    listing = story.listings["lamp"][0]
    assert f'href="/a/{SELLER}/reviews"' in text_of(client, f"/l/{listing}")
    assert "2.5 of 5" in text_of(client, f"/l/{listing}")
    assert "2.5 of 5" in text_of(client, f"/p/{quote(SELLERS_NAME)}")


@pytest.mark.parametrize(
    ("total", "count", "text"), [(5, 1, "5.0"), (5, 2, "2.5"), (14, 3, "4.6"), (10**30 + 1, 10**30, "1.0")]
)
def test_mean_is_cut_after_one_digit(total: int, count: int, text: str):
    assert mean(total, count) == text


def test_nobody_is_a_page_that_says_so(client: FlaskClient, story: Story):
    assert "Nobody has said anything yet." in text_of(client, f"/a/{PAYER}/reviews")


def test_lost_text_is_asked_for_by_its_review(client: FlaskClient, story: Story):
    lost = "0x" + keccak(text="These words are lost.").hex()
    assert who_wants(story.engine, lost) == Wanted("review", key_of(story, "resolved"))
    assert lost in everything_named(story.engine)
