"""A blueprint by clicks on a phone: listed, published, bought, claimed, made with the fee paid, handed on, and checked."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.people import Person
from tests.browser.town import ETH, Stall, Town, eventually, listing_form

FEE_WEI = 2 * 10**15


def list_blueprint(person: Person, stall: Stall) -> str:
    """Put a blueprint on sale by the form, and give the listing's id."""
    person.open(f"/listings/new?community={stall.community_id}")
    form = person.page.locator("main form[method='post']")
    expect(form.locator("[name='make_fee']")).to_be_hidden()
    words = {**listing_form(stall.arbiter.address), "title": "등불 설계도 Lamp", "kind": "blueprint"}
    del words["transit_for"]  # nothing is on its way
    person.fill_in(form, **words)
    person.fill_in(form, make_fee="0.002")
    assert person.violations() == []
    form.locator(".sticky-action button").click()
    person.page.wait_for_url("**/intents/*")
    person.expect_verified()
    person.sign()
    person.page.locator("#go-on").click()
    person.page.wait_for_url("**/l/0x*")
    return person.page.url.rsplit("/", 1)[1]


def send(person: Person, path: str, form_id: str, **typed: str | bool) -> None:
    """Fill in a part of a design's page, and sign what comes of it."""
    person.open(path)
    part = person.page.locator(f"#{form_id}")
    if part.get_attribute("open") is None:
        part.locator("summary").first.click()
    form = part.locator("form")
    person.fill_in(form, **{f"{form_id}-{name}": value for name, value in typed.items()})
    form.locator("button[type='submit']").click()
    person.page.wait_for_url("**/intents/*")
    person.expect_verified()
    person.sign()


def fits(person: Person) -> bool:
    """Tell whether nothing is wider than the window."""
    return bool(person.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.parametrize("locale", ["ko-KR", "en-US"])
def test_blueprint_goes_from_listing_to_a_piece_that_anybody_can_check(
    visit: Callable[..., Person], town: Town, stall: Stall, locale: str
) -> None:
    window = {"size": PHONE, "locale": locale}
    seller, buyer, reader = visit(stall.seller.wallet, **window), visit(**window), visit(**window)
    for person in (seller, buyer):
        person.arrive_signed_in()
    design = list_blueprint(seller, stall)

    buyer.open(f"/l/{design}")
    expect(buyer.page.locator("#buy-form")).to_have_count(0)
    assert buyer.violations() == []
    send(seller, f"/l/{design}/makes", "publish")
    eventually(lambda: town.queries.design(design))

    key = buyer.buy(design, 3)
    seller.take(key, "accept")
    seller.take(key, "deliver")
    buyer.take(key, "confirm")
    buyer.take(key, "claim_units")
    eventually(lambda: town.queries.units_held(buyer.address, design) == 3)
    buyer.open(f"/o/{key}")
    expect(buyer.page.locator("#act-claim_units")).to_have_count(0)

    buyer.open("/library")
    buyer.page.locator(f"main a[href='/l/{design}/makes']").click()
    buyer.page.wait_for_url(f"**/l/{design}/makes")
    assert buyer.violations() == []
    assert fits(buyer)
    send(buyer, f"/l/{design}/makes", "make", serials="LAMP-1\nlamp/2")
    assert town.call(town.contracts["Blueprints"], "creditOf(address,address)", seller.address, ETH) >= 2 * FEE_WEI
    send(buyer, f"/l/{design}/makes", "hand_on", to=reader.address, quantity="1")
    eventually(lambda: town.queries.units_held(reader.address, design) == 1)
    assert town.queries.units_held(buyer.address, design) == 0

    buyer.open(f"/l/{design}/label?serial=LAMP-1")
    assert fits(buyer)
    assert buyer.violations() == []
    expect(buyer.page.locator(".qr svg")).to_be_visible()
    printed = buyer.page.locator("main .whole a").get_attribute("href")
    assert printed is not None

    reader.open(re.sub(r"^https?://[^/]+", "", printed))  # not signed in
    expect(reader.page.locator("[data-verdict='registered']")).to_be_visible()
    assert reader.violations() == []
    assert fits(reader)
    reader.page.locator("#serial").fill("LAMP-I")
    reader.page.locator("main form button").click()
    expect(reader.page.locator("[data-verdict='unregistered']")).to_be_visible()
    expect(reader.page.locator("[data-verdict] ul a")).to_have_text("LAMP-1")
    assert reader.violations() == []
    assert fits(reader)
    reader.page.locator("#serial").fill("lamp/2")
    reader.page.locator("main form button").press("Enter")
    expect(reader.page.locator("[data-verdict='registered']")).to_be_visible()

    earned = town.call(town.contracts["Blueprints"], "creditOf(address,address)", seller.address, ETH)
    seller.open("/credits")
    form = seller.page.locator("form[action^='/credits/blueprints/']").first
    form.locator("xpath=ancestor::details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    form.locator("button[type='submit']").click()
    seller.page.wait_for_url("**/intents/*")
    seller.expect_verified()
    seller.sign()
    assert earned >= 2 * FEE_WEI
    assert town.call(town.contracts["Blueprints"], "creditOf(address,address)", seller.address, ETH) == 0
    assert buyer.complaints == seller.complaints == reader.complaints == []


def test_make_that_somebody_else_has_registered_is_refused_before_the_wallet_opens(
    visit: Callable[..., Person], town: Town, stall: Stall
) -> None:
    seller, buyer = visit(stall.seller.wallet), visit()
    for person in (seller, buyer):
        person.arrive_signed_in()
    design = list_blueprint(seller, stall)
    send(seller, f"/l/{design}/makes", "publish")
    eventually(lambda: town.queries.design(design))
    key = buyer.buy(design, 2)
    for who, step in ((seller, "accept"), (seller, "deliver"), (buyer, "confirm"), (buyer, "claim_units")):
        who.take(key, step)
    eventually(lambda: town.queries.units_held(buyer.address, design) == 2)
    send(buyer, f"/l/{design}/makes", "make", serials="ONE")
    eventually(lambda: town.queries.make(design, "ONE"))
    buyer.open(f"/l/{design}/makes")
    form = buyer.page.locator("#make form")
    buyer.fill_in(form, **{"make-serials": "ONE"})
    form.locator("button[type='submit']").click()
    expect(buyer.page.locator("#make [role='alert']")).to_contain_text("ONE")
    assert town.queries.units_held(buyer.address, design) == 1
    assert ["422" in line for line in buyer.complaints] == [True], "the console's word for a form that was refused"
