"""Two windows, one order: each side is told what the other does, and is told no more when it has read."""

from __future__ import annotations

import re
from collections.abc import Callable

import feedparser
from icalendar import Calendar
from playwright.sync_api import expect

from tests.browser.people import Person
from tests.browser.town import Stall, Town


def test_unread_count_rises_and_falls_for_both_sides_of_a_dispute(
    visit: Callable[..., Person], town: Town, stall: Stall
) -> None:
    buyer, seller = visit(), visit(stall.seller.wallet)
    for person in (buyer, seller):
        person.arrive_signed_in()
    read_all(seller)  # the stall has others' orders too
    assert (unread(buyer), unread(seller)) == (0, 0)

    key = town.clerk(buyer.wallet).buy(stall.with_stakes)
    assert (unread(buyer), unread(seller)) == (0, 1)
    seller.open("/notifications")
    expect(seller.page.locator("ol.timeline li").first).to_contain_text("Somebody has paid for an order of yours.")
    expect(seller.page.locator(f"[aria-labelledby='turns'] a[href='/o/{key}']")).to_be_visible()
    read_all(seller)
    assert unread(seller) == 0

    stall.seller.take(key, "accept")
    stall.seller.take(key, "deliver")
    assert (unread(buyer), unread(seller)) == (2, 0)
    buyer.page.locator("#notifications").press("Enter")
    buyer.page.wait_for_url("**/notifications")
    expect(buyer.page.locator(f"[aria-labelledby='turns'] a[href='/o/{key}']")).to_be_visible()
    buyer.page.locator(f"[aria-labelledby='turns'] a[href='/o/{key}']").click()
    buyer.take(key, "dispute", text="The crack runs through.")
    assert unread(seller) == 2, "the dispute, and what was said in it"
    seller.open("/notifications")
    seller.page.get_by_label("Disputes, evidence and rulings").uncheck()
    seller.page.get_by_role("button", name="Save").click()
    assert unread(seller) == 0
    read_all(buyer)
    assert unread(buyer) == 0
    assert [person.complaints for person in (buyer, seller)] == [[], []]


def test_feed_and_calendar_are_read_without_signing_in_until_they_are_made_void(
    visit: Callable[..., Person], town: Town, stall: Stall
) -> None:
    seller = visit(stall.seller.wallet)
    seller.arrive_signed_in()
    key = town.clerk().buy(stall.in_eth)
    seller.open("/notifications")
    seller.page.get_by_role("button", name=re.compile("Make an? (new )?address")).click()
    addresses = [
        seller.page.get_by_label(re.compile(name)).input_value() for name in ("Feed of notif", "Calendar of dead")
    ]
    assert seller.violations() == []
    reader = visit().page.request
    feed = feedparser.parse(reader.get(addresses[0]).body())
    assert feed.entries[0].link == f"{town.market.origin}/o/{key}"
    events = Calendar.from_ical(reader.get(addresses[1]).body()).walk("VEVENT")
    assert any(str(event["UID"]).startswith(key) for event in events)
    seller.open("/notifications")
    assert addresses[0].partition("/feeds/")[2][:43] not in seller.page.content()
    seller.page.get_by_role("button", name="Make it void", exact=True).click()
    expect(seller.page.get_by_role("button", name="Make an address")).to_be_visible()
    assert [reader.get(address).status for address in addresses] == [404, 404]


def read_all(person: Person) -> None:
    """Mark all as read, if anything is not."""
    person.open("/notifications")
    button = person.page.get_by_role("button", name="Mark all as read")
    if button.count():
        button.click()
        expect(button).to_have_count(0)


def unread(person: Person) -> int:
    """Give the count in the head of a page."""
    person.open("/help/escrow")
    text = person.page.locator("#notifications .visually-hidden").inner_text()
    return int("".join(re.findall(r"\d+", text)) or "0")
