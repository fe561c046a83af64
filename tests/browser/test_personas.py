"""A nickname's life on a phone: claimed in two steps, kept from the next account, handed over with open eyes."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.people import Person
from tests.browser.town import MINUTE_S, Town

DAY_S = 86_400


def send(person: Person, action: str, **typed: str | bool) -> None:
    """Open a part of the desk, fill it in, and sign what comes of it."""
    person.open("/persona")
    form = person.page.locator(f"form[action='{action}']")
    if not form.is_visible():
        form.locator("xpath=ancestor::details/summary").click()
    person.fill_in(form, **typed)
    person.page.wait_for_load_state()
    form.locator("button[type='submit']").click()
    person.page.wait_for_url("**/intents/*")
    person.sign()


def kept_names(person: Person) -> list[str]:
    """Give what the browser remembers of nicknames, by its keys."""
    return person.page.evaluate("Object.keys(localStorage).filter(name => name.startsWith('nickname-'))")


def test_nickname_is_claimed_in_two_steps_and_stands_beside_the_address(
    visit: Callable[..., Person], town: Town
) -> None:
    person = visit(size=PHONE)
    person.arrive_signed_in()
    send(person, "/persona/commit", nickname="Night-Lamp")
    assert kept_names(person) == [f"nickname-{person.address.lower()}"]
    person.open("/persona")
    expect(person.page.locator("#name-to-claim")).to_have_text("night-lamp")
    expect(person.page.locator("[data-countdown]")).to_be_visible()
    assert person.violations() == []
    town.pass_time(MINUTE_S)
    send(person, "/persona/claim")
    assert town.call(town.contracts["Personas"], "heldBy(address)", person.address) == int.from_bytes(
        b"night-lamp".ljust(32, b"\0"), "big"
    )
    person.open("/persona")
    assert kept_names(person) == [], "the secret is told, and forgotten"
    assert person.violations() == []
    person.page.locator("main a[href='/p/night-lamp']").first.click()
    expect(person.page.locator("h1")).to_have_text("night-lamp")
    assert person.address in person.read()
    assert person.violations() == []
    expect(person.page.locator("#signed-in .name").first).to_have_text("night-lamp")
    assert person.complaints == []


def test_secret_of_a_claim_is_gone_when_another_account_signs_in(visit: Callable[..., Person], town: Town) -> None:
    person = visit(size=PHONE)
    person.sign_in()
    send(person, "/persona/commit", nickname="등불-하나")
    assert len(kept_names(person)) == 1
    person.wallet.accounts = [town.wallet().accounts[0]]
    person.open("/auth/sign-in?switch=1&next=/persona")
    person.page.locator("#sign-in-button").click()
    expect(person.page.locator("#nickname")).to_have_attribute("data-account", person.address)
    assert kept_names(person) == []
    assert "등불-하나" not in person.page.content()
    expect(person.page.locator("#claim-form")).to_have_count(0)


def test_nickname_is_handed_over_after_a_warning_and_three_days(visit: Callable[..., Person], town: Town) -> None:
    giver, taker = visit(size=PHONE), visit(size=PHONE)
    giver.arrive_signed_in()
    taker.arrive_signed_in()
    town.clerk(giver.wallet).claim("파란-등불")

    giver.open("/persona")
    giver.page.locator("#offer > summary").click()
    form = giver.page.locator("form[action='/persona/offer']")
    expect(form).to_contain_text("If the other account is yours too, this links the two for everyone to see.")
    giver.fill_in(form, to=taker.address)
    form.locator("button").click()
    expect(giver.page.locator("main [role='alert']")).to_contain_text("Please tick this to go on.")
    giver.complaints.clear()  # Chromium notes that the form was answered with 422
    send(giver, "/persona/offer", to=taker.address, linked=True)

    taker.open("/persona")
    expect(taker.page.locator("#offers")).to_be_visible()
    expect(taker.page.locator("form[action$='/accept']")).to_have_count(0)
    town.pass_time(3 * DAY_S)
    taker.open("/persona")
    accept = taker.page.locator("form[action$='/accept']")
    assert taker.violations() == []
    taker.fill_in(accept, linked=True)
    accept.locator("button").click()
    taker.page.wait_for_url("**/intents/*")
    taker.sign()

    giver.open("/p/파란-등불")
    assert "This nickname has changed hands." in giver.read()
    expect(giver.page.locator("table.cards tbody tr")).to_have_count(2)
    persona = town.queries.persona_held_by(taker.address)
    assert persona is not None
    assert persona.nickname == "파란-등불"
    assert [giver.complaints, taker.complaints] == [[], []]


def test_domain_is_proved_by_a_signature_and_its_record_is_named(visit: Callable[..., Person], town: Town) -> None:
    person = visit(size=PHONE)
    person.arrive_signed_in()
    town.clerk(person.wallet).claim("blue-kiln")
    person.open("/persona")
    person.page.locator("#proof > summary").click()
    form = person.page.locator("form[action='/persona/proof']")
    person.fill_in(form, kind="domain", of="example.com")
    person.page.wait_for_load_state()
    form.locator("button[type='submit']").click()
    expect(person.page.locator("#statement")).to_contain_text("The persona blue-kiln is also the domain example.com.")
    person.page.locator("#sign-statement").click()
    expect(person.page.locator("#proof-signature")).to_have_value(re.compile("0x[0-9a-f]{130}"))
    assert person.violations() == []
    form.locator("button[type='submit']").click()
    person.page.wait_for_url("**/intents/*")
    person.sign()
    person.open("/p/blue-kiln")
    person.page.locator("main li details > summary").first.click()
    assert "dig +short TXT _dokkaebi.example.com" in person.read()
    assert person.violations() == []
    assert person.complaints == []
