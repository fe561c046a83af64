"""Addresses that lead nowhere, and filters that make no sense."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.frontend.pages.page import Page
from tests.frontend.pages.story import BUYER, FOUNDER, SELLER, Story

SignedIn = Callable[[str], tuple[FlaskClient, str]]

NOWHERE = (
    "/c/0", "/c/999", "/c/99999999999999999999999999", "/c/-1", "/c/1.5", "/c/999/token", "/c/0/token", "/c/0/token/transfers",
    "/l/0x", "/l/nonsense", "/l/0x" + "00" * 32, "/l/0x" + "zz" * 32, "/l/" + "a" * 5000, "/l/0x" + "00" * 32 + "/buy",
    "/o/0x" + "00" * 32, "/o/%00", "/o/by-tx/0x" + "00" * 32, "/o/by-tx/x", "/help/nothing",
)  # fmt: skip

NONSENSE = (
    "q=" + "가" * 3000, "q=%00%00", "q=%25_%5C", "q=%27%3B+DROP+TABLE", "page=0", "page=-1", "page=abc", "page=" + "9" * 40, "page=99999",
    "min=NaN", "min=-1", "min=1e9", "max=" + "9" * 300, "min=5&max=1", "kind=file", "sort=sideways", "currency=0x", "currency=0x" + "e" * 40,
    "community=" + "9" * 30, "community=x", "stock=maybe", "min=%EF%BC%91",
)  # fmt: skip


@pytest.mark.parametrize("path", NOWHERE, ids=range(len(NOWHERE)))
def test_page_is_not_found_when_address_leads_nowhere(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("query", NONSENSE, ids=range(len(NONSENSE)))
def test_explore_answers_when_filter_makes_no_sense(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/explore?{query}")
    assert answer.status_code == 200
    assert Page(answer.get_data(as_text=True)).title


def test_explore_says_why_when_price_cannot_be_read(client: FlaskClient) -> None:
    assert "This is not an amount" in client.get("/explore?min=NaN").get_data(as_text=True)


def test_explore_finds_korean_when_asked_for_two_syllables(client: FlaskClient, story: Story) -> None:
    found = client.get("/explore?q=등불").get_data(as_text=True)
    assert story.listings["lamp"][0] in found or "도깨비불" in found


def test_explore_leaves_out_what_cannot_be_bought_when_asked_for_stock(client: FlaskClient, story: Story) -> None:
    found = client.get("/explore?stock=1").get_data(as_text=True)
    assert story.listings["lamp"][0] in found
    assert story.listings["paused"][0] not in found
    assert story.listings["gone"][0] not in found


@pytest.mark.parametrize(
    "path", ["/c/new", "/c/1/desk", "/listings", "/listings/new", "/orders", "/arbitration", "/credits"]
)
def test_page_asks_for_sign_in_when_nobody_is_signed_in(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code in (302, 303, 401)


def test_desk_is_refused_when_account_is_not_steward(signed_in: SignedIn) -> None:
    client, _ = signed_in(BUYER)
    assert client.get("/c/1/desk").status_code == 403


@pytest.mark.parametrize(
    "path",
    [
        "/c/1/mint", "/c/1/fee", "/c/1/renounce", "/c/1/freeze", "/c/1/description", "/c/1/airdrop", "/c/2/claims/open", "/c/1/stewardship",
    ],
)  # fmt: skip
def test_steward_step_is_refused_when_account_is_not_steward(signed_in: SignedIn, path: str) -> None:
    client, csrf = signed_in(SELLER)
    assert client.post(path, data={"csrf_token": csrf}).status_code == 403


@pytest.mark.parametrize("step", ["paused", "quantity"])
def test_listing_step_is_refused_when_account_is_not_seller(signed_in: SignedIn, story: Story, step: str) -> None:
    client, csrf = signed_in(FOUNDER)
    assert client.post(f"/l/{story.listings['lamp'][0]}/{step}", data={"csrf_token": csrf}).status_code == 403


def test_order_step_is_not_found_when_nobody_knows_it(signed_in: SignedIn, story: Story) -> None:
    client, csrf = signed_in(BUYER)
    assert client.post(f"/o/{story.orders['funded'][0]}/steal", data={"csrf_token": csrf}).status_code == 404


def test_order_is_reached_when_only_its_transaction_is_known(client: FlaskClient, story: Story, app: object) -> None:
    page = client.get(f"/o/{story.orders['funded'][0]}").get_data(as_text=True)
    log = next(log for log in story.logs if log.topics[1:2] == (story.orders["funded"][0],))
    assert log.tx_hash in page
    answer = client.get(f"/o/by-tx/{log.tx_hash}")
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith(story.orders["funded"][0])
