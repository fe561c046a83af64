"""The tray of transactions in every page's head: by keyboard, by ear and on a small screen."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.test_wallet_sending import ANVIL_POOL, fill_the_gap, send_into_the_queue

pytestmark = pytest.mark.anvil_only(ANVIL_POOL)


def test_a_transaction_is_followed_from_every_page_by_keyboard(buyer, stall):
    send_into_the_queue(buyer, stall)
    expect(buyer.page.locator("#tray .count")).to_have_text("1")
    buyer.open("/help/escrow")
    summary = buyer.page.locator("#tray summary")
    expect(summary).to_contain_text("1 transaction is on its way")
    summary.focus()
    buyer.page.keyboard.press("Enter")
    link = buyer.page.locator("#tray .tray-list a")
    expect(link).to_be_visible()
    buyer.page.keyboard.press("Tab")
    assert link.evaluate("element => element === document.activeElement")
    assert buyer.violations() == []
    fill_the_gap(buyer)
    expect(buyer.page.locator("#tray-said")).to_contain_text("Buy: Done", timeout=20_000)
    # it was drawn anew: still open, the focus still on the same link
    expect(buyer.page.locator("#tray details")).to_have_attribute("open", "")
    assert buyer.page.locator("#tray .tray-list a").evaluate("element => element === document.activeElement")
    buyer.page.keyboard.press("Escape")
    expect(buyer.page.locator("#tray .tray-list")).not_to_be_visible()
    assert summary.evaluate("element => element === document.activeElement")


def test_nothing_is_asked_while_nothing_is_on_its_way(buyer, stall):
    asked = []
    buyer.page.on("request", lambda request: asked.append(request.url) if "/tx/tray" in request.url else None)
    buyer.open("/help/escrow")
    buyer.page.wait_for_timeout(5_000)
    assert asked == []
    expect(buyer.page.locator("#tray details")).to_have_count(0)


def test_the_tray_fits_a_small_screen_and_the_list_does_too(visit, stall):
    person = visit(size=PHONE)
    person.arrive_signed_in()
    send_into_the_queue(person, stall)
    person.open("/")
    person.page.locator("#tray summary").click()
    expect(person.page.locator("#tray .tray-list")).to_be_visible()
    for _ in range(2):
        assert person.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        box = person.page.locator("#tray .chip-menu, main").first.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
        assert person.violations() == []
        person.open("/tx")


def test_without_scripts_the_tray_opens_and_leads_to_the_list(browser, town, stall, visit):
    person = visit()
    person.arrive_signed_in()
    send_into_the_queue(person, stall)
    context = browser.new_context(java_script_enabled=False, base_url=town.market.origin)
    context.add_cookies([cookie for cookie in person.page.context.cookies() if cookie["name"] == "session"])
    page = context.new_page()
    page.goto("/help/escrow")
    page.locator("#tray summary").click()
    page.locator("#tray a", has_text="All my transactions").click()
    expect(page.locator("tr[data-state='submitted']")).to_have_count(1)
    context.close()
