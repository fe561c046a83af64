"""A finished order is reviewed by clicks alone: once, answered once, and read by whoever thinks of buying."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.people import Person
from tests.browser.town import Stall, Town, eventually

PRAISE, ANSWER = "It hums when it rains.\n비가 오면 흥얼거려요.", "It likes the rain. 비를 좋아하거든요."


def test_order_is_reviewed_once_and_answered_when_it_is_finished_and_its_sellers_pages_show_both(
    visit: Callable[..., Person], town: Town, stall: Stall
) -> None:
    buyer, seller = visit(), visit(stall.seller.wallet)
    buyer.sign_in()
    seller.sign_in()
    key = buyer.buy(stall.in_eth)
    buyer.open(f"/o/{key}")
    expect(buyer.page.locator("#act-review")).to_have_count(0)
    seller.take(key, "accept")
    seller.take(key, "deliver")
    buyer.take(key, "confirm")

    buyer.open(f"/o/{key}")
    form = buyer.page.locator("#act-review form")
    form.locator("button").click()
    expect(buyer.page.locator("#act-review [role='alert']")).to_be_visible()  # without a rating nothing is sent
    assert ["422" in line for line in buyer.complaints] == [True], "the console's word for a form that was refused"
    buyer.complaints.clear()
    buyer.take(key, "review", **{"review-rating": "4", "text": PRAISE})
    said = eventually(lambda: town.queries.reviews_of_order(key).get("seller"))
    assert (said.rating, said.reviewer, said.about) == (4, buyer.address.lower(), seller.address.lower())
    buyer.open(f"/o/{key}")
    expect(buyer.page.locator("#act-review")).to_have_count(0)

    seller.take(key, "reply", text=ANSWER)
    eventually(lambda: town.queries.reviews_of_order(key)["seller"].replied_at_ts)
    seller.open(f"/o/{key}")
    expect(seller.page.locator("#act-reply")).to_have_count(0)
    expect(seller.page.locator("#act-review")).to_have_count(1)

    reader = visit()
    reader.open(f"/l/{stall.in_eth}")
    expect(reader.page.locator("aside .facts", has_text="4.0 of 5")).to_be_visible()
    reader.page.locator("a[href$='/reviews']").click()
    expect(reader.page.locator("article blockquote").first).to_contain_text("It hums when it rains.")
    expect(reader.page.locator("article .notice blockquote")).to_contain_text(ANSWER)
    assert buyer.complaints == seller.complaints == reader.complaints == []
