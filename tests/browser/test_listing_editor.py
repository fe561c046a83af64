"""The form of a listing in a real browser: pictures put into order by keyboard, times by kind, the phone beside it, drafts, and
the listing that comes of it.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from frontend.fiat import Rate
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.people import Person
from tests.browser.town import ETH, Stall, Town, eventually, listing_form

COLOURS = {"red.png": (220, 30, 30), "green.png": (30, 160, 60), "blue.png": (30, 60, 200)}


def painted(name: str) -> dict[str, Any]:
    """Give a picture of one colour as a file to choose."""
    out = io.BytesIO()
    Image.new("RGB", (640, 480), COLOURS[name]).save(out, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": out.getvalue()}


@pytest.fixture
def seller(visit: Callable[..., Person], stall: Stall) -> Person:
    person = visit(stall.seller.wallet, size=DESKTOP)
    person.arrive_signed_in()
    return person


def open_form(person: Person, stall: Stall, query: str = "") -> Locator:
    """Open the form of a new listing."""
    person.open(f"/listings/new?community={stall.community_id}{query}")
    return person.page.locator("form[data-editor]")


def add_pictures(person: Person, *names: str) -> None:
    """Choose pictures, and wait until they stand in the form."""
    page = person.page
    before = page.locator("[data-picture]").count()
    page.locator("#picture").set_input_files([painted(name) for name in names])
    expect(page.locator("[data-picture]")).to_have_count(before + len(names))


def order(person: Person) -> list[str]:
    """Give the pictures of the form in their order."""
    items = person.page.locator("[data-picture]")
    return [str(items.nth(place).get_attribute("data-picture")) for place in range(items.count())]


def on_the_phone(person: Person) -> Any:
    """Give what is in the frame beside the form."""
    return person.page.frame_locator("#phone iframe")


def wider_than_window(person: Person) -> int:
    """Give by how many pixels the page is wider than its window."""
    return int(person.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_pictures_are_put_into_order_by_keyboard_and_the_listing_shows_them_so(
    seller: Person, stall: Stall, town: Town
) -> None:
    form, page = open_form(seller, stall), seller.page
    seller.fill_in(form, **{**listing_form(stall.arbiter.address), "title": "Three jars"})
    add_pictures(seller, "red.png", "green.png", "blue.png")
    red, green, blue = order(seller)
    page.locator(f"[data-picture='{blue}'] [data-step='earlier']").focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-picture]").nth(1)).to_have_attribute("data-picture", blue)
    expect(page.locator(f"[data-picture='{blue}'] [data-step='earlier']")).to_be_focused()
    expect(page.locator("[data-pictures-said]")).to_have_text("Picture 2 of 3")
    page.keyboard.press("Enter")
    expect(page.locator("[data-picture]").first).to_have_attribute("data-picture", blue)
    expect(page.locator(f"[data-picture='{blue}'] [data-step='later']")).to_be_focused()
    assert order(seller) == [blue, red, green]
    page.locator(f"[data-picture='{blue}'] input[name$='-alt']").fill("The blue one, from above")
    remove = page.locator(f"[data-picture='{red}'] [data-step='remove']")
    remove.focus()
    page.keyboard.press("Space")
    expect(page.locator("[data-picture]")).to_have_count(2)
    expect(page.locator(f"[data-picture='{green}'] [data-step='remove']")).to_be_focused()
    assert seller.violations() == []

    form.locator(".sticky-action button").click()
    page.wait_for_url("**/intents/*")
    seller.sign()
    page.locator("#go-on").click()
    expect(page).to_have_url(re.compile(r"/l/0x[0-9a-f]{64}$"))
    strip = page.locator(".strip img")
    expect(strip).to_have_count(2)
    assert blue in str(strip.first.get_attribute("src"))
    expect(strip.first).to_have_attribute("alt", "The blue one, from above")
    page.set_viewport_size(PHONE)
    page.locator(".thumbs a").nth(1).focus()
    page.keyboard.press("Enter")
    expect(strip.nth(1)).to_be_in_viewport(ratio=0.5)
    assert wider_than_window(seller) == 0
    assert seller.violations() == []
    listing = page.url.split("/l/")[1].split("#")[0]
    found = eventually(lambda: town.queries.listing(listing))
    assert found.description is not None
    assert found.description.picture_hash == blue
    assert seller.complaints == []


def test_the_phone_shows_what_is_typed_in_light_and_dark_and_leads_nowhere(seller: Person, stall: Stall) -> None:
    form, page = open_form(seller, stall), seller.page
    frame = on_the_phone(seller)
    expect(frame.locator("h1")).to_have_text("No title yet")
    seller.fill_in(
        form, **{**listing_form(stall.arbiter.address), "title": "A jar on a phone", "text": "It is **round**."}
    )
    expect(frame.locator("h1")).to_have_text("A jar on a phone")
    expect(frame.locator(".prose strong")).to_have_text("round")
    expect(frame.locator(".clockwork")).to_contain_text("The seller delivers within 5 days.")
    add_pictures(seller, "red.png")
    picture = frame.locator("img.gallery")
    expect(picture).to_be_visible()
    assert picture.evaluate("async image => { await image.decode(); return image.naturalWidth }") > 0
    assert frame.locator("html").evaluate("() => [innerWidth, document.documentElement.scrollWidth]") == [390, 390]
    colours = set()
    for scheme in ("light", "dark"):
        page.locator("#phone-scheme").select_option(scheme)
        colours.add(frame.locator("html").evaluate("html => getComputedStyle(html).backgroundColor"))
    assert len(colours) == 2
    frame.locator(".prose").scroll_into_view_if_needed()
    where = page.url
    frame.get_by_role("link", name="All reviews of the seller").click()
    expect(frame.locator("h1")).to_have_text("A jar on a phone")
    assert page.url == where
    assert len(page.context.pages) == 1
    assert seller.violations() == []
    # the frame runs nothing: neither what this test reads there by script, nor the link's new window
    assert [line for line in seller.complaints if "sandboxed" not in line] == []


def test_kind_brings_its_usual_times_and_leaves_what_was_typed(seller: Person, stall: Stall) -> None:
    form, page = open_form(seller, stall), seller.page
    says = page.locator("[data-says='deliver_for']")
    expect(says).to_contain_text("7 days")
    form.locator("[name='inspect_for']").fill("9")
    page.locator("[name='kind'][value='service']").check()
    expect(form.locator("[name='deliver_for']")).to_have_value("14")
    expect(form.locator("[name='accept_for']")).to_have_value("3")
    expect(form.locator("[name='inspect_for']")).to_have_value("9")
    expect(says).to_contain_text("14 days")
    expect(page.locator("[data-says='inspect_for']")).to_contain_text("9 days")
    expect(page.locator("[data-says='transit_for']")).to_be_hidden()
    form.locator("[name='deliver_for_unit']").select_option("hours")
    form.locator("[name='deliver_for']").fill("30")
    expect(says).to_contain_text("1 day 6 hours")
    page.locator("[name='kind'][value='goods']").check()
    expect(form.locator("[name='deliver_for']")).to_have_value("30")
    expect(form.locator("[name='accept_for']")).to_have_value("2")
    expect(page.locator("[data-says='instant']")).to_be_hidden()
    form.locator("[name='instant']").check()
    expect(page.locator("[data-says='instant']")).to_be_visible()
    expect(page.locator("[data-says='accept_for']")).to_be_hidden()
    expect(page.locator("[data-says='endless']")).to_be_visible()
    form.locator("[name='sell_for']").fill("10")
    expect(page.locator("[data-says='sell_for']")).to_contain_text("10 days")


def test_browser_and_server_work_out_the_same_hint(seller: Person, stall: Stall) -> None:
    open_form(seller, stall)
    asked = [
        (price, rate, fiat)
        for price in ("0.05", "1", "0.000000000000000001", "123456789.987654321", "0.5", "1.005")
        for rate, fiat in (("4512000.5", "KRW"), ("1", "KRW"), ("0.0123", "USD"), ("3000", "USD"), ("1.000000000000000001", "KWD"))
    ]  # fmt: skip
    rates = [Rate(ETH, fiat, Decimal(rate), "", 0, 0) for _price, rate, fiat in asked]
    wanted = [
        rate.text(int(Decimal(price).scaleb(18)), 18) for (price, _rate, _fiat), rate in zip(asked, rates, strict=True)
    ]
    told = [
        {"price": price, "rate": {"rate": value, "fiat": fiat, "places": rate.places}}
        for (price, value, fiat), rate in zip(asked, rates, strict=True)
    ]
    found = seller.page.evaluate(
        """async told => {
            const { comesTo } = await import("/static/js/price-hint.js");
            return told.map(({ price, rate }) => comesTo(price, rate));
        }""",
        told,
    )
    assert found == wanted
    nothing = seller.page.evaluate(
        """async () => {
            const { comesTo } = await import("/static/js/price-hint.js");
            return ["", "x", "-1", "1e3", "0", "1,5"].map(price => comesTo(price, { rate: "2", fiat: "USD", places: 2 }));
        }"""
    )
    assert nothing == [None] * 6


def test_hint_follows_what_is_typed_in_the_currency_that_has_a_rate(seller: Person, stall: Stall) -> None:
    page = seller.page
    rates = {ETH: {"rate": "4512000", "fiat": "KRW", "places": 0, "day": "2026-12-01", "source": "the bank"}}
    spans = "".join(f"<span data-fiat-{part}></span>" for part in ("amount", "day", "source"))
    hint = f"<p hidden data-fiat='{json.dumps(rates)}'>{spans}</p>"

    def with_rates(route: Any) -> None:  # as a market whose operator gives rates draws it: pages/test_editor.py
        answer = route.fetch()
        route.fulfill(
            response=answer, body=answer.text().replace('<fieldset id="times"', f'{hint}<fieldset id="times"')
        )

    page.route("**/listings/new?*", with_rates)
    form = open_form(seller, stall)
    place = page.locator("[data-fiat]")
    expect(place).to_be_hidden()
    form.locator("[name='price']").fill("0.05")
    expect(place.locator("[data-fiat-amount]")).to_have_text("225,600 KRW")
    expect(place.locator("[data-fiat-day]")).to_have_text("2026-12-01")
    form.locator("[name='currency']").select_option("other")
    expect(place).to_be_hidden()


def test_pictures_and_words_come_back_after_a_reload(seller: Person, stall: Stall) -> None:
    form, page = open_form(seller, stall), seller.page
    form.locator("[name='title']").fill("Half a listing")
    add_pictures(seller, "green.png", "red.png")
    before = order(seller)
    page.locator("[name='pictures-1-alt']").fill("red")
    page.reload()
    expect(page.locator("[data-picture]")).to_have_count(2)
    assert order(seller) == before
    expect(page.locator("[name='pictures-1-alt']")).to_have_value("red")
    expect(form.locator("[name='title']")).to_have_value("Half a listing")
    expect(on_the_phone(seller).locator("h1")).to_have_text("Half a listing")
    assert seller.complaints == []


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_on_a_phone_the_preview_is_a_step_of_its_own(visit: Callable[..., Person], stall: Stall, lang: str) -> None:
    seller = visit(stall.seller.wallet, size=PHONE)
    seller.arrive_signed_in()
    form, page = open_form(seller, stall, f"&lang={lang}"), seller.page
    expect(page.locator("#phone")).to_be_hidden()
    seller.fill_in(form, **{**listing_form(stall.arbiter.address), "title": f"Jar {lang}"})
    add_pictures(seller, "blue.png", "red.png")
    form.locator("button[value='preview']").press("Enter")
    expect(page.locator("#again")).to_be_visible()
    expect(page.locator("h1")).to_have_text(f"Jar {lang}")
    expect(page.locator(".strip img")).to_have_count(2)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert wider_than_window(seller) == 0
        assert seller.violations() == []
    page.locator("#again button[value='edit']").press("Enter")
    expect(form.locator("[name='title']")).to_have_value(f"Jar {lang}")
    expect(page.locator("[data-picture]")).to_have_count(2)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert wider_than_window(seller) == 0
        assert seller.violations() == []
    form.locator("button[value='preview']").click()
    page.locator("#again button:not([value])").click()
    page.wait_for_url("**/intents/*")
    seller.sign()
    kept = page.evaluate("Object.keys(sessionStorage).filter(name => name.startsWith('draft-'))")
    assert kept == [], "what was listed is no draft any more"
    assert seller.complaints == []


def test_enter_in_a_field_sends_the_listing_and_no_picture_button(seller: Person, stall: Stall) -> None:
    form, page = open_form(seller, stall), seller.page
    add_pictures(seller, "blue.png")
    form.locator("[name='title']").press("Enter")
    expect(page.locator("#problems")).to_be_visible()
    expect(page.locator("[data-picture]")).to_have_count(1)


def test_without_scripts_pictures_are_uploaded_and_moved_by_the_same_buttons(
    seller: Person, stall: Stall, town: Town
) -> None:
    context = seller.page.context.browser.new_context(java_script_enabled=False, base_url=town.market.origin)
    context.add_cookies([cookie for cookie in seller.page.context.cookies() if cookie["name"] == "session"])
    page = context.new_page()
    page.goto(f"/listings/new?community={stall.community_id}")
    page.locator("[name='title']").fill("By hand alone")
    page.locator("#picture").set_input_files([painted("red.png"), painted("blue.png")])
    page.locator("button[value='pictures']").click()
    items = page.locator("[data-picture]")
    expect(items).to_have_count(2)
    second = str(items.nth(1).get_attribute("data-picture"))
    page.locator("button[value='picture-earlier-1']").click()
    expect(items.first).to_have_attribute("data-picture", second)
    expect(page.locator("[name='title']")).to_have_value("By hand alone")
    page.locator("button[value='preview']").click()
    expect(page.locator("h1")).to_have_text("By hand alone")
    context.close()


def test_what_is_begun_is_named_before_signing_out_and_gone_after_it(seller: Person, stall: Stall) -> None:
    form, page = open_form(seller, stall), seller.page
    form.locator("[name='title']").fill("Never listed")
    page.reload()
    page.locator("#signed-in > summary").click()
    button = page.locator("form[action='/auth/sign-out'] button")
    button.press("Enter")
    note = page.locator("[data-drafts-lost][role='alert']")
    expect(note).to_contain_text("Never listed")
    expect(page.locator("#signed-in")).to_have_count(1)
    assert seller.violations() == []
    button.press("Enter")
    expect(page.locator("#signed-in")).to_have_count(0)
    assert page.evaluate("Object.keys(sessionStorage).filter(name => name.startsWith('draft-'))") == []


def test_a_sealed_file_without_words_stands_among_the_drafts_and_is_named_before_signing_out(
    seller: Person, stall: Stall
) -> None:
    page = seller.page
    path = f"/listings/new/file?community={stall.community_id}"
    seller.open(path)
    page.locator("#sealed-file").set_input_files(
        {"name": "songs.txt", "mimeType": "text/plain", "buffer": b"la " * 999}
    )
    expect(page.locator("[data-file-sell]")).to_have_attribute("data-state", "ready")
    page.reload()
    expect(page.locator("[data-file-sell]")).to_have_attribute("data-state", "ready")
    seller.open("/desk")
    draft = page.locator("[data-draft-list] a", has_text="songs.txt")
    expect(draft).to_be_visible()
    draft.click()
    expect(page.locator("[data-file-sell]")).to_have_attribute("data-state", "ready")
    page.locator("form[data-editor] [name='title']").fill("Two songs")
    page.reload()
    expect(page.locator("form[data-editor] [name='title']")).to_have_value("Two songs")
    page.locator("#signed-in > summary").click()
    page.locator("form[action='/auth/sign-out'] button").click()
    note = page.locator("[data-drafts-lost][role='alert']")
    expect(note).to_contain_text("Two songs")
    expect(note).to_contain_text("has to be sealed and sent again")
    kept = json.dumps(page.evaluate("Object.fromEntries(Object.entries(sessionStorage))"))
    assert "AGE-SECRET-KEY" not in kept.upper(), "no key ever lies beside a draft"
