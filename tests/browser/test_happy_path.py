"""From a first visit to the money in the seller's account, by clicks alone; what counts is read from the chain."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.people import Person
from tests.browser.town import ETH, ETHER, Stall, Town, community_form, eventually, listing_form

PLATFORM_FEE_BPS = 100
COMMUNITY_FEE_BPS = 250


def test_purchase_in_eth_pays_the_seller_when_both_do_their_part(
    visit: Callable[..., Person], town: Town, stall: Stall
) -> None:
    buyer, seller = visit(), visit(stall.seller.wallet)
    buyer.sign_in()
    seller.sign_in()
    wealth_wei, price_wei = town.balance(buyer.address), ETHER // 2
    owed_wei = town.credit(seller.address)

    key = buyer.buy(stall.in_eth, 2)
    assert town.balance(buyer.address) == wealth_wei - 2 * price_wei - town.fee_paid(buyer.wallet.sent[-1])
    assert town.order(key).amount_units == 2 * price_wei
    buyer.page.locator("#go-on").click()

    seller.take(key, "accept")
    seller.take(key, "deliver", note="Parcel 12-345, packed in straw")
    buyer.take(key, "confirm")
    fees_wei = 2 * price_wei * (PLATFORM_FEE_BPS + COMMUNITY_FEE_BPS) // 10_000
    assert town.credit(seller.address) - owed_wei == 2 * price_wei - fees_wei
    assert town.order(key).state == "completed"

    wealth_wei, owed_wei = town.balance(seller.address), town.credit(seller.address)
    tx_hash = seller.withdraw(ETH)
    assert town.credit(seller.address) == 0
    assert town.balance(seller.address) == wealth_wei + owed_wei - town.fee_paid(tx_hash)
    assert buyer.complaints == seller.complaints == []


def test_purchase_in_the_communitys_token_takes_one_transaction_when_the_approval_is_signed(
    visit: Callable[..., Person], town: Town, stall: Stall
) -> None:
    buyer, seller = visit(), visit(stall.seller.wallet)
    path = f"/c/{stall.community_id}"
    stall.steward.act(f"{path}/desk", f"{path}/mint", to=buyer.address, amount="10")
    buyer.sign_in()
    seller.sign_in()
    owed_units = town.credit(seller.address, stall.token)

    key = buyer.buy(stall.in_token, 3)
    assert (buyer.wallet.asked["eth_signTypedData_v4"], len(buyer.wallet.sent)) == (1, 1)
    assert town.balance(buyer.address, stall.token) == 1 * ETHER
    assert town.call(stall.token, "allowance(address,address)", buyer.address, town.contracts["Market"]) == 0

    seller.take(key, "accept")
    seller.take(key, "deliver")
    buyer.take(key, "confirm")
    earned_units = town.credit(seller.address, stall.token)
    fees_units = 9 * ETHER * (PLATFORM_FEE_BPS + COMMUNITY_FEE_BPS) // 10_000
    assert earned_units - owed_units == 9 * ETHER - fees_units
    held_units = town.balance(seller.address, stall.token)
    seller.withdraw(stall.token)
    assert town.balance(seller.address, stall.token) == held_units + earned_units


def test_community_with_token_and_listing_opens_when_its_forms_are_filled_in(
    visit: Callable[..., Person], town: Town, stall: Stall
) -> None:
    founder = visit()
    founder.sign_in("/c/new")
    founder.fill_in(founder.page.locator("main form[method='post']"), **community_form("소금 다락 · Salt Loft", "SALT"))
    founder.page.locator("button[value='preview']").click()
    expect(founder.page.locator("#preview")).to_be_visible()
    founder.page.locator("button[value='open']").click()
    founder.page.wait_for_url("**/intents/*")
    founder.sign()
    opened = town.queries.communities_of(founder.address.lower())[0]
    assert (opened.name, opened.symbol, opened.cap_units, opened.fee_bps) == (
        "소금 다락 · Salt Loft",
        "SALT",
        21 * 10**27,
        250,
    )

    founder.open(f"/c/{opened.id}/desk")
    founder.page.locator("#mint > summary").click()
    form = founder.page.locator(f"form[action='/c/{opened.id}/mint']")
    founder.fill_in(form, to=founder.address, amount="12.5")
    form.locator("button").click()
    founder.page.wait_for_url("**/intents/*")
    founder.sign()
    assert opened.token is not None
    assert town.balance(founder.address, opened.token) == 25 * ETHER // 2

    founder.open(f"/listings/new?community={opened.id}")
    words = {**listing_form(stall.arbiter.address), "title": "굵은소금 한 되 · Coarse salt", "price": "0.013"}
    founder.fill_in(founder.page.locator("main form[method='post']"), **words)
    founder.page.locator("main form[method='post'] .sticky-action button").click()
    founder.page.wait_for_url("**/intents/*")
    founder.sign()
    founder.page.locator("#go-on").click()
    expect(founder.page).to_have_url(re.compile(r"/l/0x[0-9a-f]{64}$"))
    expect(founder.page.locator("h1")).to_have_text("굵은소금 한 되 · Coarse salt")
    listed = eventually(lambda: town.queries.listing(founder.page.url.rsplit("/", 1)[1]))
    assert (listed.unit_price_units, listed.community_id) == (13 * ETHER // 1000, opened.id)
    assert founder.complaints == []
