"""Descriptions in a real browser: the picture loses what it told, the preview shows what will be read, and what was altered
on the server's disk is shown as such."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.people import Person
from tests.browser.town import Stall, Town


@pytest.fixture
def seller(visit: Callable[..., Person], stall: Stall) -> Person:
    person = visit(stall.seller.wallet)
    person.arrive_signed_in()
    return person


def photograph() -> bytes:
    """A picture as a telephone takes it: turned, and with the place in it."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "SecretPhone", 6
    exif.get_ifd(0x8825)[2] = (37.0, 33.0, 58.0)
    out = io.BytesIO()
    Image.effect_noise((1200, 900), 60).convert("RGB").save(out, "JPEG", exif=exif.tobytes())
    assert b"SecretPhone" in out.getvalue()
    return out.getvalue()


def test_uploaded_picture_has_no_metadata_when_the_form_shows_it(seller: Person, stall: Stall) -> None:
    page = seller.page
    seller.open(f"/listings/new?community={stall.community_id}")
    page.locator("#picture").set_input_files({"name": "IMG.HEIC", "mimeType": "x/y", "buffer": photograph()})
    shown = page.locator("[data-picture]")
    expect(shown).to_have_count(1)  # as soon as it is chosen
    page.locator("main form button[type=submit]").last.click()  # refused, since nothing else is filled in
    expect(page.locator("#problems")).to_be_visible()
    expect(shown.locator("img")).to_have_js_property("complete", True)
    answer = page.request.get(f"/content/{shown.get_attribute('data-picture')}")
    assert answer.headers["content-type"] == "image/webp"
    with Image.open(io.BytesIO(answer.body())) as found:
        assert found.size == (900, 1200)
        assert not found.getexif()
    assert b"SecretPhone" not in answer.body()


def test_preview_shows_what_will_be_read_when_asked_for_by_keyboard(seller: Person, stall: Stall) -> None:
    page = seller.page
    seller.open(f"/listings/new?community={stall.community_id}")
    page.locator("#text").fill(
        "# Jar\n\nIt is **glazed**.\n\n<img src=x onerror=ran=1>\n![far](https://far.example/p.png)"
    )
    button = page.locator("button[aria-controls='text-preview']")
    button.focus()
    page.keyboard.press("Enter")
    preview = page.locator("#text-preview .prose")
    expect(preview.locator("strong")).to_have_text("glazed")
    expect(preview.locator("img")).to_have_count(0)
    expect(preview.get_by_role("link", name="far")).to_have_attribute("rel", "nofollow noopener noreferrer")
    assert page.url.endswith(f"community={stall.community_id}"), "the form was not sent"
    expect(page.locator("#text")).to_have_value(
        "# Jar\n\nIt is **glazed**.\n\n<img src=x onerror=ran=1>\n![far](https://far.example/p.png)"
    )
    assert page.evaluate("typeof ran") == "undefined"
    assert seller.complaints == []


def test_altered_file_is_shown_as_such_and_brought_back_when_its_owner_has_it(
    town: Town, seller: Person, stall: Stall
) -> None:
    listing = stall.seller.list(stall.community_id, stall.arbiter, title="Jar with a history", price="0.1")
    found = town.queries.listing(listing)
    assert found is not None
    content_hash = found.terms["contentHash"]
    file = Path(town.market.env["CONTENT_DIR"], content_hash[2:4], content_hash)
    data = file.read_bytes()
    page = seller.page
    seller.open(f"/l/{listing}")
    expect(page.locator("h1")).to_have_text("Jar with a history")
    file.write_bytes(data.replace(b"history", b"mystery"))
    seller.open(f"/l/{listing}")
    expect(page.locator("[data-description=altered]")).to_be_visible()
    expect(page.get_by_text("mystery")).to_have_count(0)
    page.locator("[data-description] a[href*=restore]").click()
    page.locator("#file").set_input_files({"name": "copy.json", "mimeType": "text/plain", "buffer": data})
    page.locator("main form button[type=submit]").click()
    page.get_by_role("link", name="Jar with a history").click()
    expect(page.locator("h1")).to_have_text("Jar with a history")
    expect(page.locator("[data-description]")).to_have_count(0)
