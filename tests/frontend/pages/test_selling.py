"""Bonds, the advanced terms of a listing, referral, and the cart: what the pages say, and what they refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from eth_utils.address import to_checksum_address
from flask import Flask
from flask.testing import FlaskClient

from frontend.blueprints.listings.forms import ListingForm
from frontend.index.views import Extras, Milestone
from frontend.pages.bonds import BondState, bonds_of
from frontend.pages.fields import choices
from tests.frontend.pages.page import Page
from tests.frontend.pages.story import BUYER, DAY, ETH, SELLER, STRANGER, Story
from tests.frontend.pages.test_forms import LIST, assert_asked, post

SignedIn = Callable[[str], tuple[FlaskClient, str]]
REFERRER = to_checksum_address(STRANGER)


def words(client: FlaskClient, path: str) -> str:
    """Give a page's words in one line."""
    return " ".join(Page(client.get(path).get_data(as_text=True)).words.split())


# --- bonds ---------------------------------------------------------------------------------------------------------------


def test_bond_counts_what_is_free_locked_and_wanted_when_orders_are_open(app: Flask) -> None:
    with app.app_context():
        # 20 % of "sung" and 5 % of "parts" are locked; "unsung" waits
        assert bonds_of(SELLER) == [BondState(ETH, 10**16, 25 * 10**15, 2 * 10**16)]
        assert bonds_of(SELLER)[0].missing_units == 10**16
        assert bonds_of(BUYER) == []


def test_bond_page_says_what_is_missing_when_an_order_waits(signed_in: SignedIn) -> None:
    client, _ = signed_in(SELLER)
    said = words(client, "/bonds")
    assert "To accept them all, this is missing: 0.01 ETH" in said
    page = Page(client.get("/bonds").get_data(as_text=True))
    assert page.values()["deposit-amount"] == "0.01"


def test_bond_page_is_filled_in_when_a_link_asks_for_a_deposit(signed_in: SignedIn, story: Story) -> None:
    client, _ = signed_in(BUYER)
    page = client.get(f"/bonds?currency={story.token(1)}&amount=1.5").get_data(as_text=True)
    assert Page(page).values()["deposit-amount"] == "1.5"
    nonsense = client.get("/bonds?currency=<script>&amount=lots").get_data(as_text=True)
    assert Page(nonsense).values()["deposit-amount"] == ""


@pytest.mark.parametrize("amount", ["0", "-1", "abc", "1.0000000000000000001", ""])
def test_deposit_is_refused_when_amount_is_wrong(signed_in: SignedIn, amount: str) -> None:
    client, csrf = signed_in(SELLER)
    data = {"deposit-currency": ETH, "deposit-amount": amount, "deposit-form_key": "k"}
    answer = post(client, csrf, "/bonds/deposit", data)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert 'id="deposit-amount-error"' in page
    assert Page(page).values()["deposit-amount"] == amount


def test_deposit_is_refused_when_currency_was_not_offered(signed_in: SignedIn) -> None:
    client, csrf = signed_in(SELLER)
    data = {"deposit-currency": "0x" + "77" * 20, "deposit-amount": "1", "deposit-form_key": "k"}
    assert post(client, csrf, "/bonds/deposit", data).status_code == 422


def test_deposit_goes_to_the_chain_when_form_is_right(signed_in: SignedIn, asked: list[str]) -> None:
    client, csrf = signed_in(SELLER)
    data = {"deposit-currency": ETH, "deposit-amount": "0.5", "deposit-form_key": "k"}
    assert_asked(asked, post(client, csrf, "/bonds/deposit", data))


def test_bond_is_taken_out_only_with_an_amount_when_form_is_sent(signed_in: SignedIn, asked: list[str]) -> None:
    client, csrf = signed_in(SELLER)
    path, name = f"/bonds/{ETH}/take-out", "b0000000000-"
    assert post(client, csrf, path, {f"{name}amount": "x", f"{name}form_key": "k"}).status_code == 422
    assert_asked(asked, post(client, csrf, path, {f"{name}amount": "0.01", f"{name}form_key": "k"}))
    assert post(client, csrf, "/bonds/nothing/take-out", {}).status_code == 404


# --- the advanced terms of a listing -------------------------------------------------------------------------------------

SERVICE = {**LIST, "kind": "service", "transit_for": ""}


def rows(*found: tuple[str, str, str]) -> dict[str, str]:
    """Give milestones as the form sends them: share in percent, days to deliver, days to inspect."""
    data = {}
    for number in range(10):
        share, deliver, inspect = found[number] if number < len(found) else ("", "", "")
        row = f"milestones-{number}"
        data |= {f"{row}-share": share, f"{row}-deliver_within": deliver, f"{row}-inspect_within": inspect}
        data |= {f"{row}-deliver_within_unit": "days", f"{row}-inspect_within_unit": "days"}
    return data


BAD_ADVANCED = {
    "bond over everything": ({**LIST, "bond": "100.01"}, "bond"),
    "bond of an instant sale": ({**LIST, "instant": "y", "deliver_for": "1", "bond": "5"}, "bond"),
    "referral above what is accepted": ({**LIST, "referral": "1"}, "max_fee"),
    "units of one buyer zero": ({**LIST, "per_buyer": "0"}, "per_buyer"),
    "milestones of goods": ({**LIST, **rows(("100", "", ""))}, "milestones"),
    "milestones of an instant service": (
        {**SERVICE, "instant": "y", "deliver_for": "1", **rows(("100", "", ""))},
        "milestones",
    ),
    "shares below everything": ({**SERVICE, **rows(("50", "", ""), ("49.99", "2", "2"))}, "milestones"),
    "shares above everything": ({**SERVICE, **rows(("50", "", ""), ("51", "2", "2"))}, "milestones"),
    "row without a share": ({**SERVICE, **rows(("100", "", ""), ("", "2", "2"))}, "milestones-1-share"),
    "row without a time": ({**SERVICE, **rows(("50", "", ""), ("50", "2", ""))}, "milestones-1-inspect_within"),
    "row with too long a time": (
        {**SERVICE, **rows(("50", "", ""), ("50", "181", "2"))},
        "milestones-1-deliver_within",
    ),
    "share in words": ({**SERVICE, **rows(("half", "", ""), ("50", "2", "2"))}, "milestones-0-share"),
}


@pytest.mark.parametrize("name", BAD_ADVANCED)
def test_listing_is_refused_when_an_advanced_term_is_wrong(signed_in: SignedIn, name: str) -> None:
    data, field = BAD_ADVANCED[name]
    client, csrf = signed_in(SELLER)
    answer = post(client, csrf, "/listings/new?community=1", data)
    assert answer.status_code == 422
    page = Page(answer.get_data(as_text=True))
    assert [attrs for attrs in page.all("p") if attrs.get("id") == f"{field}-error"], field
    for typed in ("bond", "referral", "milestones-0-share", "milestones-1-deliver_within"):
        assert page.values()[typed] == data.get(typed, "")


def test_listing_goes_to_the_chain_when_its_advanced_terms_are_right(signed_in: SignedIn, asked: list[str]) -> None:
    client, csrf = signed_in(SELLER)
    data = {
        **SERVICE, **rows(("25", "", ""), ("75", "2", "2")), "bond": "20", "referral": "5", "max_fee": "8.5",
        "per_buyer": "2", "final_offer": "y",
    }  # fmt: skip
    assert_asked(asked, post(client, csrf, "/listings/new?community=1", data))


def test_first_milestone_keeps_the_listings_times_when_extras_are_read(app: Flask) -> None:
    data = {**SERVICE, **rows(("25", "9", "9"), ("75", "2", "4")), "final_offer": "y"}
    with app.test_request_context("/listings/new", method="POST", data=data):
        form = ListingForm(meta={"csrf": False})
        form.currency.choices = choices([(ETH, "ETH")])
        form.split.choices = choices([("", "me"), ("1.1", "a split")])
        assert form.validate(), form.errors
        assert form.extras() == Extras((Milestone(2_500, 7 * DAY, 3 * DAY), Milestone(7_500, 2 * DAY, 4 * DAY)), True)


def test_listing_has_no_extras_when_nothing_was_asked_for(app: Flask) -> None:
    with app.test_request_context("/listings/new", method="POST", data=LIST):
        form = ListingForm(meta={"csrf": False})
        form.currency.choices = choices([(ETH, "ETH")])
        form.split.choices = choices([("", "me"), ("1.1", "a split")])
        assert form.validate(), form.errors
        assert form.extras() is None
        assert form.split_and_version == (0, 0)


def test_split_is_offered_to_its_payees_when_it_has_settled(signed_in: SignedIn) -> None:
    offered = [attrs.get("value") for attrs in selects(signed_in(SELLER)[0])]
    assert "1.1" in offered
    assert "2.1" not in offered  # opened a moment ago
    assert "1.1" not in [attrs.get("value") for attrs in selects(signed_in(BUYER)[0])]


def selects(client: FlaskClient) -> list[dict[str, str | None]]:
    """Give the options of the form for a new listing."""
    return Page(client.get("/listings/new?community=1").get_data(as_text=True)).all("option")


def test_listing_with_a_split_goes_to_the_chain_when_it_is_ones_own(signed_in: SignedIn, asked: list[str]) -> None:
    client, csrf = signed_in(SELLER)
    assert_asked(asked, post(client, csrf, "/listings/new?community=1", {**LIST, "split": "1.1"}))
    for split in ("1.2", "2.1", "9.1", "x"):
        answer = post(client, csrf, "/listings/new?community=1", {**LIST, "split": split})
        assert answer.status_code == 422
        assert 'id="split-error"' in answer.get_data(as_text=True)


@pytest.mark.parametrize("page", ["", "/buy"])
def test_every_advanced_term_is_told_when_listing_or_checkout_is_opened(
    signed_in: SignedIn, story: Story, page: str
) -> None:
    said = words(signed_in(BUYER)[0], f"/l/{story.listings['song'][0]}{page}")
    for text in (
        "3 milestones, each delivered, inspected and paid by itself",
        "1 25 % 7 days 3 days 2 25 % 3 days 2 days 3 50 % 1 day 1 day",
        "The seller also loses a bond to you, 20 % of the price",
        "Seller's bond 20 %",
        "Most for one buyer 2",
        "For a referrer 5 %",
        "Final offers:",
    ):
        assert text in said, text


def test_advanced_terms_are_not_spoken_of_when_a_listing_has_none(client: FlaskClient, story: Story) -> None:
    said = words(client, f"/l/{story.listings['lamp'][0]}")
    for text in ("bond", "milestone", "referrer", "Final offers"):
        assert text not in said


# --- referral ------------------------------------------------------------------------------------------------------------


def test_referrer_goes_from_the_link_to_the_checkout_when_listing_pays_one(signed_in: SignedIn, story: Story) -> None:
    client, _ = signed_in(BUYER)
    path = f"/l/{story.listings['song'][0]}"
    shown = Page(client.get(f"{path}?ref={STRANGER}").get_data(as_text=True))
    assert shown.values()["ref"] == REFERRER
    said = words(client, f"{path}/buy?ref={STRANGER}")
    assert "to the referrer (5 %) 0.005 ETH" in said
    assert Page(client.get(f"{path}/buy?ref={STRANGER}").get_data(as_text=True)).values()["referrer"] == REFERRER
    assert "to the referrer" not in words(client, f"{path}/buy")


@pytest.mark.parametrize("name", ["song", "lamp"])
@pytest.mark.parametrize("ref", ["me", ETH, "0x12", "<script>", "a" * 5_000])
def test_referrer_is_dropped_when_the_link_names_no_account(
    signed_in: SignedIn, story: Story, name: str, ref: str
) -> None:
    client, _ = signed_in(BUYER)
    page = Page(client.get(f"/l/{story.listings[name][0]}/buy?ref={ref}").get_data(as_text=True))
    assert page.values().get("referrer", "") == ""


def test_referrer_is_ignored_when_listing_pays_none(signed_in: SignedIn, story: Story) -> None:
    page = signed_in(BUYER)[0].get(f"/l/{story.listings['lamp'][0]}/buy?ref={STRANGER}").get_data(as_text=True)
    assert "referrer" not in Page(page).values()


def test_share_link_names_the_account_when_signed_in(signed_in: SignedIn, client: FlaskClient, story: Story) -> None:
    path = f"/l/{story.listings['song'][0]}"
    said = words(signed_in(BUYER)[0], path)
    assert f"http://127.0.0.1:8000{path}?ref={to_checksum_address(BUYER)}" in said
    assert "The link shows your account" in said
    assert "?ref=" not in words(client, path)
    assert "?ref=" not in words(signed_in(BUYER)[0], f"/l/{story.listings['lamp'][0]}")


def test_purchase_is_refused_when_referrer_is_no_address(signed_in: SignedIn, story: Story) -> None:
    client, csrf = signed_in(BUYER)
    data = {"quantity": "1", "recipient": "me", "fee_shown": "350", "referrer": "0x12"}
    answer = post(client, csrf, f"/l/{story.listings['song'][0]}/buy", data)
    assert answer.status_code == 422
    assert 'id="referrer-error"' in answer.get_data(as_text=True)


# --- cart ----------------------------------------------------------------------------------------------------------------


def line(story: Story, name: str, quantity: str = "1", **changes: str) -> dict[str, str]:
    """Give a line as the browser keeps it, with what its buyer saw."""
    listing, terms = story.listings[name]
    fee = {1: 350, 2: 600, 3: 100}[terms.community_id]
    seen = {"listing": listing, "quantity": quantity, "price": str(terms.unit_price_units), "fee": str(fee)}
    return {**seen, "referrer": "", **changes}


def cart(*lines: dict[str, str]) -> dict[str, Any]:
    """Give a cart as it is posted."""
    return {f"items-{number}-{name}": value for number, row in enumerate(lines) for name, value in row.items()}


def said_of(client: FlaskClient, csrf: str, *lines: dict[str, str], path: str = "/cart") -> tuple[int, str]:
    """Post a cart; give the status and the page's words."""
    answer = post(client, csrf, path, cart(*lines))
    return answer.status_code, " ".join(Page(answer.get_data(as_text=True)).words.split())


def test_cart_adds_up_each_currency_when_looked_at(signed_in: SignedIn, story: Story) -> None:
    client, csrf = signed_in(BUYER)
    lines = (line(story, "lamp", "2"), line(story, "chart", "4"), line(story, "mend"))
    status, said = said_of(client, csrf, *lines)
    assert status == 200
    assert "You pay in all 0.3 ETH 4 LAMP" in said
    assert "All or nothing:" in said


CART_PROBLEMS = {
    "paused": ("paused", "1", "The seller has paused it."),
    "ended": ("ended", "1", "Its time is over."),
    "sold out": ("gone", "1", "It is sold out."),
    "fewer left": ("lamp", "99", "are left."),
    "too many for one": ("song", "2", "One buyer may have 2 units in open orders."),
    "no quantity": ("lamp", "0", "Between 1 and"),
}


@pytest.mark.parametrize("name", CART_PROBLEMS)
def test_cart_tells_what_stands_in_the_way_when_an_item_cannot_be_bought(
    signed_in: SignedIn, story: Story, asked: list[str], name: str
) -> None:
    listing, quantity, text = CART_PROBLEMS[name]
    client, csrf = signed_in(BUYER)
    for path in ("/cart", "/cart/buy"):
        status, said = said_of(client, csrf, line(story, "chart"), line(story, listing, quantity), path=path)
        assert text in said
        assert status == (200 if path == "/cart" else 422)
    assert asked == []


def test_cart_tells_of_other_people_and_listings_that_are_not_there(signed_in: SignedIn, story: Story) -> None:
    client, csrf = signed_in(SELLER)
    assert "This is your own listing" in said_of(client, csrf, line(story, "lamp"))[1]
    gone = line(story, "lamp", listing="0x" + "12" * 32)
    assert "There is no such listing." in said_of(client, csrf, gone)[1]
    assert "There is no such listing." in said_of(client, csrf, line(story, "lamp", listing="<script>"))[1]
    client, csrf = signed_in(STRANGER)
    assert "It is meant for another buyer." in said_of(client, csrf, line(story, "only"))[1]


@pytest.mark.parametrize(
    ("changes", "text"),
    [({"price": "5"}, "You saw another price: 0.000000000000000005 ETH."), ({"fee": "100"}, "The commission was 1 %")],
)
def test_cart_is_refused_and_shows_what_is_now_when_it_was_seen_otherwise(
    signed_in: SignedIn, story: Story, asked: list[str], changes: dict[str, str], text: str
) -> None:
    client, csrf = signed_in(BUYER)
    answer = post(client, csrf, "/cart/buy", cart(line(story, "lamp", **changes)))
    assert answer.status_code == 422
    page = Page(answer.get_data(as_text=True))
    assert text in " ".join(page.words.split())
    assert page.values()["items-0-price"] == str(10**17)
    assert page.values()["items-0-fee"] == "350"
    assert asked == []


def test_cart_counts_the_referrers_part_when_one_is_named(signed_in: SignedIn, story: Story) -> None:
    client, csrf = signed_in(STRANGER)
    named = line(story, "song", referrer=REFERRER)
    assert "The commission was 3.5 % when you put it in; it is 8.5 % now." in said_of(client, csrf, named)[1]
    assert "The commission was" not in said_of(client, csrf, {**named, "fee": "850"})[1]


def test_cart_goes_to_the_chain_when_every_item_is_as_it_was_seen(
    signed_in: SignedIn, story: Story, asked: list[str]
) -> None:
    client, csrf = signed_in(BUYER)
    assert_asked(asked, post(client, csrf, "/cart/buy", cart(line(story, "only", "2"), line(story, "chart"))))


def test_cart_is_refused_when_it_is_empty_or_holds_one_listing_twice(
    signed_in: SignedIn, story: Story, asked: list[str]
) -> None:
    client, csrf = signed_in(BUYER)
    assert post(client, csrf, "/cart/buy", {}).status_code == 422
    status, said = said_of(client, csrf, line(story, "lamp"), line(story, "lamp"), path="/cart/buy")
    assert status in (422, 503)
    assert "One listing stands twice in the cart." in said
    assert asked == []


def test_item_is_left_out_when_it_is_removed(signed_in: SignedIn, story: Story) -> None:
    client, csrf = signed_in(BUYER)
    answer = post(client, csrf, "/cart", {**cart(line(story, "lamp"), line(story, "chart")), "remove": "0"})
    page = answer.get_data(as_text=True)
    assert re.findall(r'name="items-\d+-listing" value="([^"]*)"', page) == [story.listings["chart"][0]]


def test_cart_asks_for_sign_in_when_nobody_is_signed_in(client: FlaskClient) -> None:
    assert client.get("/cart").status_code in (302, 303, 401)


# --- what a bond lacks -----------------------------------------------------------------------------------------------------


def test_seller_is_led_to_the_bond_that_is_missing_when_an_order_waits_or_his_listing_is_opened(
    signed_in: SignedIn, story: Story
) -> None:
    link = f'href="/bonds?currency={ETH}&amp;amount=0.01#deposit"'
    paths = (f"/o/{story.orders['unsung'][0]}", f"/l/{story.listings['song'][0]}")
    for path in paths:
        page = signed_in(SELLER)[0].get(path).get_data(as_text=True)
        assert link in page, path
        assert "Your free bond is too small to accept an order. This is missing: 0.01 ETH" in words(
            signed_in(SELLER)[0], path
        )
        assert link not in signed_in(BUYER)[0].get(path).get_data(as_text=True), path
    values = Page(signed_in(SELLER)[0].get(f"/bonds?currency={ETH}&amount=0.01").get_data(as_text=True)).values()
    assert values["deposit-amount"] == "0.01"


@pytest.mark.parametrize("name", ["lamp", "mural"])
def test_seller_is_not_warned_when_his_bond_is_enough_or_none_is_asked_for(
    signed_in: SignedIn, story: Story, name: str
) -> None:
    assert "too small" not in words(signed_in(SELLER)[0], f"/l/{story.listings[name][0]}")
