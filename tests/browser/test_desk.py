"""A day at the seller desk by clicks: two orders shipped, a listing paused, another one duplicated, the books; then the buyer's
library, a receipt, and a stranger who checks it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.people import Person
from tests.browser.town import Clerk, Stall, Town, eventually


@pytest.fixture
def seller(visit: Callable[..., Person]) -> Person:
    """Somebody new who sells, at a phone."""
    person = visit(size=PHONE)
    person.arrive_signed_in()
    return person


def buy_and_accept(buyer: Clerk, seller: Clerk, listing_id: str) -> str:
    """Have an order bought and accepted."""
    key = buyer.buy(listing_id)
    seller.take(key, "accept")
    return key


def ship_chosen(person: Person, keys: list[str]) -> None:
    """Choose orders on the desk and go through them, each with a note and a signature of its own."""
    page = person.page
    person.open("/desk")
    for key in keys:
        page.locator(f"input[name='order'][value='{key}']").check()
    page.get_by_role("button", name="Ship the chosen ones").click()
    for number in range(len(keys)):
        expect(page.locator("[role='status'] strong")).to_have_text(f"{number} of {len(keys)} shipped")
        form = page.locator("form[action*='/deliver']")
        expect(form).to_have_count(1)
        assert person.violations() == []
        person.fill_in(form, note=f"EMS {number}")
        form.locator("button[type='submit']").click()
        page.wait_for_url("**/intents/*")
        person.sign()
        page.locator("#go-on").click()
        page.wait_for_url("**/desk/ship?*")
    expect(page.locator("[data-state='done']")).to_have_count(len(keys))


def pause(person: Person, listing_id: str) -> None:
    """Pause a listing from the desk."""
    person.open("/desk")
    person.page.locator(f"form[action='/l/{listing_id}/paused'] button").click()
    person.page.wait_for_url("**/intents/*")
    person.sign()


def duplicate(person: Person, listing_id: str) -> str:
    """Open a listing's copy, change it, leave it half-written, find it among the drafts, and list it; give its id."""
    page = person.page
    person.open("/desk")
    page.locator(f"a[href*='like={listing_id}']").click()
    form = page.locator("form[data-draft]")
    expect(form.locator("[name='title']")).to_have_value("Night jar")
    expect(form.locator("[name='price']")).to_have_value("0.5")
    expect(form.locator("[name='deliver_for']")).to_have_value("5")
    person.fill_in(form, title="Night jar, larger", price="0.75")
    person.open("/desk")
    draft = page.locator("[data-draft-list] a", has_text="Night jar, larger")
    expect(draft).to_be_visible()
    draft.press("Enter")
    expect(form.locator("[name='title']")).to_have_value("Night jar, larger")
    form.locator(".sticky-action button").click()
    page.wait_for_url("**/intents/*")
    person.sign()
    person.open("/desk")
    expect(page.locator("[data-no-drafts]")).to_be_visible()
    link = page.locator("section.panel h3 a", has_text="Night jar, larger")
    return str(link.get_attribute("href")).rsplit("/", 1)[1]


def rows_of(page: Page, name: str) -> list[dict[str, str]]:
    """Download one of the desk's files by its link, and read it."""
    with page.expect_download() as waiting:
        page.locator(f"a[href='/desk/{name}.csv']").click()
    text = Path(waiting.value.path()).read_bytes().decode("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.DictReader(text.removeprefix("\ufeff").splitlines()))


def test_a_seller_ships_two_pauses_one_duplicates_one_and_the_buyers_receipt_is_checked_by_its_code(
    seller: Person, visit: Callable[..., Person], open_page: Callable[..., Page], town: Town, stall: Stall
) -> None:
    shop = town.clerk(seller.wallet)
    listing_id = shop.list(stall.community_id, stall.arbiter, title="Night jar", price="0.5")
    buyer = visit()
    buyer.arrive_signed_in()
    customer = town.clerk(buyer.wallet)
    keys = [buy_and_accept(customer, shop, listing_id) for _ in range(2)]

    ship_chosen(seller, keys)
    assert [town.order(key).state for key in keys] == ["delivered", "delivered"]
    assert town.order(keys[0]).commitment != town.order(keys[1]).commitment

    pause(seller, listing_id)
    again = duplicate(seller, listing_id)
    old, new = town.queries.listing(listing_id), town.queries.listing(again)
    assert old is not None
    assert new is not None
    assert (old.paused, new.paused) == (True, False)
    assert (old.unit_price_units, new.unit_price_units) == (5 * 10**17, 75 * 10**16)
    assert {name: old.terms[name] for name in ("arbiter", "rules", "onlyBuyer")} == {
        name: new.terms[name] for name in ("arbiter", "rules", "onlyBuyer")
    }

    customer.take(keys[0], "confirm")
    seller.open("/desk?days=90")
    expect(seller.page.locator("figure[data-sales] canvas")).to_be_visible()
    told = {row["order"]: row for row in rows_of(seller.page, "orders")}
    assert set(told) == set(keys)
    assert int(told[keys[0]]["to_seller_smallest_units"]) == town.credit(seller.address)
    assert seller.violations() == []

    buyer.open("/library")
    buyer.page.locator(f"a[href='/o/{keys[0]}/receipt']").press("Enter")
    buyer.page.wait_for_url("**/receipt")
    expect(buyer.page.locator(".qr svg")).to_be_visible()
    address = str(buyer.page.locator("aside a[href^='/verify']").text_content())
    assert address.startswith(town.market.origin)
    buyer.page.emulate_media(media="print")
    expect(buyer.page.locator(".qr svg")).to_be_visible()
    expect(buyer.page.locator(".site-head")).to_be_hidden()

    stranger = open_page(size=PHONE)
    stranger.goto(address)
    expect(stranger.locator("[data-verdict]")).to_have_attribute("data-verdict", "stands")
    assert re.search(keys[0], stranger.locator("main").inner_text())
    stranger.goto(address[:-1] + ("0" if address[-1] != "0" else "1"))
    expect(stranger.locator("[data-verdict]")).to_have_attribute("data-verdict", "differs")


def test_the_desk_works_by_keyboard_and_in_korean(seller: Person, town: Town, stall: Stall) -> None:
    shop = town.clerk(seller.wallet)
    key = buy_and_accept(town.clerk(), shop, shop.list(stall.community_id, stall.arbiter, title="밤 항아리"))
    seller.open("/desk?lang=ko")
    expect(seller.page.locator("h1")).to_have_text("판매 책상")
    box = seller.page.locator(f"input[value='{key}']")
    box.focus()
    seller.page.keyboard.press("Space")
    expect(box).to_be_checked()
    seller.page.keyboard.press("Enter")
    seller.page.wait_for_url("**/desk/ship?*")
    expect(seller.page.locator("form[action*='/deliver'] button[type='submit']")).to_be_visible()
    assert seller.violations() == []
    assert seller.complaints == []
    eventually(lambda: town.order(key).state == "accepted")  # nothing is sent by looking
