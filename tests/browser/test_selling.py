"""A bond, a service in milestones, a referral and a cart, by clicks; money and terms are read from the chain and the index."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from frontend.index.views import Extras, Milestone
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.people import Person
from tests.browser.town import ETH, ETHER, Stall, Town, eventually, listing_form

DAY_S = 86_400


def bond_of(town: Town, account: str, currency: str = ETH) -> int:
    """Ask the chain for a free bond."""
    return town.call(town.contracts["Market"], "bondOf(address,address)", account, currency)


def deposit(person: Person, amount: str) -> None:
    """Put a bond aside."""
    person.open("/bonds")
    form = person.page.locator("form[action='/bonds/deposit']")
    person.fill_in(form, currency=ETH, amount=amount)
    form.locator("button").click()
    person.page.wait_for_url("**/intents/*")
    person.sign()


def fill_in_service(person: Person, stall: Stall, **more: str | bool) -> None:
    """Type a service with two milestones, a bond and a referral, all of it by the form's own buttons."""
    page = person.page
    person.open(f"/listings/new?community={stall.community_id}")
    form = page.locator("main form[method='post']")
    words = {**listing_form(stall.arbiter.address), "title": "A song in two nights", "kind": "service", "max_fee": "20"}
    del words["transit_for"]  # not asked of a service
    person.fill_in(form, **words)
    page.locator("#advanced > summary").click()
    person.fill_in(form, bond="20", referral="5", per_buyer="3", final_offer=True, **more)
    rows = page.locator("[data-row]")
    expect(rows.nth(1)).to_be_hidden()
    form.locator("[name='milestones-0-share']").fill("40")
    page.get_by_role("button", name="One more milestone").press("Enter")
    expect(form.locator("[name='milestones-1-share']")).to_be_focused()
    form.locator("[name='milestones-1-share']").fill("60")
    form.locator("[name='milestones-1-deliver_within']").fill("2")
    form.locator("[name='milestones-1-inspect_within']").fill("1")


def list_service(person: Person, stall: Stall) -> str:
    """Put the service on sale and give the listing's id."""
    fill_in_service(person, stall)
    person.page.locator("main form[method='post'] .sticky-action button").click()
    person.page.wait_for_url("**/intents/*")
    person.sign()
    person.page.locator("#go-on").click()
    expect(person.page).to_have_url(re.compile(r"/l/0x[0-9a-f]{64}$"))
    return person.page.url.rsplit("/", 1)[1]


def put_into_cart(person: Person, listing_id: str, quantity: int = 1, query: str = "") -> None:
    """Put a listing into the cart."""
    person.open(f"/l/{listing_id}{query}")
    person.page.locator("#quantity").fill(str(quantity))
    person.page.locator("[data-cart-add]").click()
    expect(person.page.locator("[data-cart-said]")).not_to_be_empty()


def kept(page: Page) -> dict[str, str]:
    """Give what this browser keeps of carts."""
    return dict(
        page.evaluate("Object.fromEntries(Object.entries(localStorage).filter(([name]) => name.startsWith('cart-')))")
    )


def total(person: Person) -> str:
    """Give what the cart says that is paid in all."""
    return person.page.locator(".plain-list").inner_text()


def readable(person: Person, name: str) -> list[str]:
    """Look at a page in both languages, schemes and sizes; give what is wrong."""
    wrong = []
    page = person.page
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for size in (PHONE, DESKTOP):
            page.set_viewport_size(size)
            here = f"{name} {scheme} {size['width']}"
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            wrong += [f"{here}: {wide} px wider than the window"] if wide > 0 else []
            wrong += [f"{here}: {finding}" for finding in person.violations()]
    page.set_viewport_size(DESKTOP)
    return wrong


@pytest.fixture(scope="module")
def song(town: Town, stall: Stall) -> str:
    """A service with a bond, a referral and two milestones, listed without a window."""
    typed = {
        "title": "A song in two nights", "kind": "service", "transit_for": "", "max_fee": "20", "bond": "20", "referral": "5",
        "per_buyer": "3", "final_offer": True, "milestones-0-share": "40", "milestones-1-share": "60",
        "milestones-1-deliver_within": "2", "milestones-1-inspect_within": "1",
    }  # fmt: skip
    return stall.seller.list(stall.community_id, stall.arbiter, **typed)


def test_service_with_a_bond_is_listed_and_accepted_when_the_bond_was_put_aside(
    visit: Callable[..., Person], town: Town, stall: Stall
) -> None:
    seller = visit()
    seller.arrive_signed_in()
    deposit(seller, "0.25")
    assert bond_of(town, seller.address) == ETHER // 4

    listing_id = list_service(seller, stall)
    listing = eventually(lambda: town.queries.listing(listing_id))
    assert listing.extras == Extras((Milestone(4_000, 5 * DAY_S, 4 * DAY_S), Milestone(6_000, 2 * DAY_S, DAY_S)), True)
    assert {name: listing.terms[name] for name in ("bondBps", "referralBps", "perBuyerOpenQuantity")} == {
        "bondBps": 2_000,
        "referralBps": 500,
        "perBuyerOpenQuantity": 3,
    }

    buyer = town.clerk()
    key, more = buyer.buy(listing_id, 2), buyer.buy(listing_id)
    seller.take(key, "accept")
    assert bond_of(town, seller.address) == ETHER // 4 - ETHER // 5
    seller.open(f"/o/{more}")
    seller.send_step(more, "accept")
    expect(seller.page.locator("main")).to_contain_text("0.05 ETH are missing")
    seller.open("/bonds")
    form = seller.page.locator("form[action$='/take-out']")
    form.locator("xpath=ancestor::details/summary").click()
    form.locator("button").click()
    seller.page.wait_for_url("**/intents/*")
    seller.sign()
    assert bond_of(town, seller.address) == 0
    assert town.credit(seller.address) == ETHER // 4 - ETHER // 5
    assert [line for line in seller.complaints if "422" not in line] == []


def test_cart_buys_two_listings_and_a_token_at_once_when_it_is_signed(
    visit: Callable[..., Person], town: Town, stall: Stall, song: str
) -> None:
    buyer, friend = visit(), town.clerk()
    path = f"/c/{stall.community_id}"
    stall.steward.act(f"{path}/desk", f"{path}/mint", to=buyer.address, amount="10")
    buyer.arrive_signed_in()
    put_into_cart(buyer, song, 2, query=f"?ref={friend.address}")
    put_into_cart(buyer, stall.in_eth)
    put_into_cart(buyer, stall.in_token)
    put_into_cart(buyer, stall.in_token, 2)
    put_into_cart(buyer, stall.with_stakes)
    assert list(kept(buyer.page)) == [f"cart-{buyer.address.lower()}"]

    buyer.open("/cart")
    expect(buyer.page.locator("[data-cart-row]")).to_have_count(4)
    assert total(buyer) == "1.7 ETH\n9 KILN"
    buyer.page.locator(f"[data-cart-row='{stall.with_stakes}'] [data-cart-remove]").click()
    expect(buyer.page.locator("[data-cart-row]")).to_have_count(3)
    field = buyer.page.locator(f"[data-cart-row='{song}'] [data-cart-quantity]")
    field.fill("1")
    field.press("Tab")
    expect(buyer.page.locator(".plain-list")).to_contain_text("1 ETH")
    assert json.loads(kept(buyer.page)[f"cart-{buyer.address.lower()}"])[0]["quantity"] == "1"

    wealth_wei = town.balance(buyer.address)
    buyer.page.locator("form[action='/cart/buy'] .sticky-action button").click()
    buyer.page.wait_for_url("**/intents/*")
    tx_hash = buyer.sign()
    assert buyer.wallet.asked["eth_signTypedData_v4"] == 1
    assert town.balance(buyer.address) == wealth_wei - ETHER - town.fee_paid(tx_hash)
    assert town.balance(buyer.address, stall.token) == ETHER
    assert town.call(stall.token, "allowance(address,address)", buyer.address, town.contracts["Market"]) == 0
    found = town.queries.orders(buyer.address.lower()).items
    assert {(order.listing_id, order.quantity) for order in found} == {
        (song, 1),
        (stall.in_eth, 1),
        (stall.in_token, 3),
    }
    assert {order.purchase["referrer"] for order in found if order.listing_id == song} == {friend.address.lower()}
    assert kept(buyer.page) == {}
    buyer.page.locator("#go-on").click()
    expect(buyer.page).to_have_url(re.compile(r"/orders$"))
    assert buyer.complaints == []


def test_cart_is_gone_when_its_account_signs_out_or_another_comes(buyer: Person, stall: Stall, town: Town) -> None:
    put_into_cart(buyer, stall.in_eth)
    other = town.clerk()
    cookie = other.browser.client.get_cookie("session", domain="127.0.0.1")
    assert cookie is not None
    buyer.page.context.add_cookies([{"name": "session", "value": cookie.value, "url": town.market.origin}])
    buyer.open("/cart")
    expect(buyer.page.locator("[data-cart-empty]")).to_be_visible()
    assert kept(buyer.page) == {}
    put_into_cart(buyer, stall.in_eth)
    assert list(kept(buyer.page)) == [f"cart-{other.account}"]
    buyer.sign_out()
    assert kept(buyer.page) == {}


def test_cart_tells_which_item_was_paused_when_it_is_opened_again(buyer: Person, town: Town, stall: Stall) -> None:
    listing_id = stall.seller.list(stall.community_id, stall.arbiter, title="A jar that is withdrawn")
    put_into_cart(buyer, listing_id)
    put_into_cart(buyer, stall.in_eth)
    stall.seller.act("/listings", f"/l/{listing_id}/paused", paused="1")
    buyer.open("/cart")
    expect(buyer.page.locator(f"[data-cart-row='{listing_id}'] .notice.bad")).to_be_visible()
    expect(buyer.page.locator(f"[data-cart-row='{stall.in_eth}'] .notice.bad")).to_have_count(0)
    expect(buyer.page.locator("form[action='/cart/buy'] .sticky-action button")).to_be_disabled()


def test_referrer_gets_the_part_when_the_link_was_followed(
    visit: Callable[..., Person], town: Town, stall: Stall, song: str
) -> None:
    buyer, friend = visit(), visit()
    friend.arrive_signed_in()
    friend.open(f"/l/{song}")
    friend.page.locator("#share > summary").click()
    link = friend.page.locator("#share code").inner_text()
    buyer.arrive_signed_in()
    buyer.page.goto(link)
    buyer.page.locator("#buy-form button").click()
    expect(buyer.page.locator("[name='referrer']")).to_have_value(friend.address)
    buyer.send_checkout()
    buyer.page.wait_for_url("**/intents/*")
    order = town.order_of(buyer.sign())
    assert order.purchase["referrer"] == friend.address.lower()
    stall.seller.act("/bonds", "/bonds/deposit", **{"deposit-currency": ETH, "deposit-amount": "0.1"})
    stall.seller.take(order.key, "accept")
    assert buyer.complaints == friend.complaints == []


def test_selling_pages_are_readable_in_each_language_scheme_and_size(
    visit: Callable[..., Person], stall: Stall, song: str, town: Town
) -> None:
    seller, buyer = visit(), visit()
    wrong = []
    for person in (seller, buyer):
        person.arrive_signed_in()
    put_into_cart(buyer, song, query=f"?ref={seller.address}")
    put_into_cart(buyer, stall.in_eth)
    for lang in ("en", "ko"):
        fill_in_service(seller, stall) if lang == "en" else seller.open(
            f"/listings/new?community={stall.community_id}&lang=ko"
        )
        seller.page.locator("#advanced").evaluate("part => { part.open = true; }")
        wrong += readable(seller, f"{lang} listing form")
        for name, path in (("listing", f"/l/{song}"), ("checkout", f"/l/{song}/buy"), ("cart", "/cart")):
            mark = "?lang=" + lang if path == "/cart" else f"?ref={seller.address}&lang={lang}"
            buyer.open(path + mark)
            if name == "cart":
                expect(buyer.page.locator("[data-cart-row]")).to_have_count(2)
            wrong += readable(buyer, f"{lang} {name}")
        seller.open(f"/bonds?lang={lang}")
        wrong += readable(seller, f"{lang} bonds")
    assert wrong == []
    assert seller.complaints == buyer.complaints == []
