"""The rest of an order's life in the window: a part is paid early, two people agree by a link, work is paid in milestones."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from frontend.formatters import decimal_text
from tests.browser.people import Person
from tests.browser.town import ETHER, Stall, Town

PRICE_WEI = ETHER // 2


@pytest.fixture
def seller(visit: Callable[..., Person], stall: Stall) -> Person:
    """The stall's seller at a window."""
    person = visit(stall.seller.wallet)
    person.arrive_signed_in()
    return person


def signed_link(person: Person, key: str, to_buyer: str) -> str:
    """Sign an offer in the window, and give the link."""
    person.open(f"/o/{key}/settle")
    form = person.page.locator("#sign-form")
    person.fill_in(form, amount=to_buyer, valid="2")
    form.locator("button").click()
    expect(person.page.locator("#link-ready")).to_be_visible()
    return person.page.locator("#link-text").input_value()


def test_part_is_paid_early_and_a_part_given_back_when_both_want_it(
    buyer: Person, seller: Person, town: Town, stall: Stall
) -> None:
    key = buyer.buy(stall.in_eth)
    owed = {who: town.credit(who) for who in (buyer.address, seller.address)}
    buyer.start(key, "release", amount="0.2")
    said = buyer.page.locator("#intent-lines").inner_text()
    assert "0.2 ETH" in said
    assert "0.3 ETH" in said  # stays in escrow
    buyer.sign()
    got = town.credit(seller.address) - owed[seller.address]
    paid_out = {row.account: row.amount_units for row in town.queries.payouts(key)}
    assert paid_out[seller.address.lower()] == got
    assert sum(paid_out.values()) == ETHER // 5
    assert f"{decimal_text(got, 18)} ETH" in said

    seller.take(key, "refund_part", amount="0.1")
    assert town.credit(buyer.address) - owed[buyer.address] == ETHER // 10
    assert town.order(key).amount_units == ETHER // 5

    clock_ts = town.order(key).clock_ts
    buyer.take(key, "extend", more="3", more_unit="hours")
    assert town.order(key).clock_ts == clock_ts + 3 * 3600
    assert (buyer.complaints, seller.complaints) == ([], [])


def test_two_people_settle_by_a_link_when_one_signs_and_the_other_opens_it(
    buyer: Person, seller: Person, town: Town, stall: Stall
) -> None:
    key = town.clerk(buyer.wallet).buy(stall.in_eth)
    asked: list[str] = []
    buyer.page.on("request", lambda request: asked.append(request.url))
    owed = {who: town.credit(who) for who in (buyer.address, seller.address)}
    sent = list(seller.wallet.sent)
    link = signed_link(seller, key, "0.125")
    assert re.search(
        r"/o/0x[0-9a-f]{64}/settle#to=125000000000000000&until=\d+&mark=[0-9a-f]{16}&sig=0x[0-9a-f]{130}$", link
    )
    assert seller.wallet.sent == sent  # a signature costs nothing

    buyer.open(link)
    offer = buyer.page.locator("#signed-offer")
    expect(offer).to_have_attribute("data-offer", "good")
    expect(offer.locator("[data-to-buyer]")).to_have_text("0.125 ETH")
    expect(offer.locator("[data-to-seller]")).to_have_text("0.375 ETH")
    buyer.page.locator("#act-settle_signed button").click()
    buyer.page.wait_for_url("**/intents/*")
    buyer.sign()
    assert town.order(key).settled_units == ETHER // 8
    assert town.credit(buyer.address) - owed[buyer.address] == ETHER // 8
    paid_out = {row.account: row.amount_units for row in town.queries.payouts(key)}
    assert paid_out[seller.address.lower()] == town.credit(seller.address) - owed[seller.address]
    assert sum(paid_out.values()) == PRICE_WEI
    assert [url for url in asked if "sig=" in url.partition("#")[0]] == []

    buyer.open(f"/o/{key}")
    expect(buyer.page.locator(".timeline")).to_contain_text("Ended by agreement")
    assert (buyer.complaints, seller.complaints) == ([], [])


def test_link_is_void_and_the_page_says_so_when_the_order_has_changed(
    buyer: Person, seller: Person, town: Town, stall: Stall
) -> None:
    key = town.clerk(buyer.wallet).buy(stall.in_eth)
    link = signed_link(seller, key, "0.1")
    town.clerk(buyer.wallet).take(key, "extend", more="1")
    buyer.open(link)
    expect(buyer.page.locator("#signed-offer")).to_have_attribute("data-offer", "link_void")
    expect(buyer.page.locator("#signed-offer [role='alert']")).to_be_visible()
    buyer.fill_in(buyer.page.locator("#act-settle_signed form"), link=link)
    buyer.page.locator("#act-settle_signed button").click()
    expect(buyer.page.locator("#act-settle_signed .error")).to_contain_text("void")
    buyer.open("/orders")  # only the part behind the # would change: that loads no page
    buyer.open(re.sub(r"until=\d+", "until=10", link))
    expect(buyer.page.locator("#signed-offer")).to_have_attribute("data-offer", "link_expired")
    seller.open("/orders")
    seller.open(f"/o/{key}/settle#to=1&sig=0x12")
    expect(seller.page.locator("#signed-offer")).to_have_attribute("data-offer", "link_bad")


def test_offer_on_the_chain_ends_the_order_when_the_other_side_accepts(
    buyer: Person, seller: Person, town: Town, stall: Stall
) -> None:
    key = town.clerk(buyer.wallet).buy(stall.in_eth)
    seller.open(f"/o/{key}/settle")
    seller.send_step(key, "offer", amount="0.25")
    seller.page.wait_for_url("**/intents/*")
    seller.sign()
    buyer.open(f"/o/{key}/settle")
    assert "0.25 ETH" in buyer.read()
    buyer.send_step(key, "accept_offer")
    buyer.page.wait_for_url("**/intents/*")
    buyer.sign()
    assert town.order(key).settled_units == ETHER // 4
    assert town.credit(buyer.address) == ETHER // 4


def test_work_is_paid_by_milestones_when_it_was_listed_so(
    buyer: Person, seller: Person, town: Town, stall: Stall
) -> None:
    listing = stall.seller.list_work(stall.community_id, stall.arbiter)
    key = buyer.buy(listing)
    stall.seller.take(key, "accept")
    seller.open(f"/o/{key}")
    assert "Milestone 1 of 2." in seller.read()
    seller.send_step(key, "deliver")
    seller.page.wait_for_url("**/intents/*")
    seller.sign()
    before = town.credit(seller.address)
    buyer.take(key, "confirm")
    order = town.order(key)
    assert (order.state, order.milestone, order.amount_units) == ("accepted", 1, 6 * ETHER // 10)
    paid = town.credit(seller.address) - before
    assert 0 < paid < 4 * ETHER // 10
    seller.take(key, "deliver")
    seconds = town.order(key).clock_ts - town.now_ts() + 60
    town.pass_time(seconds)
    seller.take(key, "expire")
    assert town.order(key).state == "completed"
    buyer.open(f"/o/{key}")
    expect(buyer.page.locator("#parts + ol li .tag.good")).to_have_count(2)
    assert (buyer.complaints, seller.complaints) == ([], [])
