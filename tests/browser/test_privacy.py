"""What stays in the browser when somebody leaves or becomes somebody else: nothing that tells who they were."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.people import Person
from tests.browser.town import Stall, Town


def test_nothing_of_the_account_stays_in_the_browser_when_it_signs_out(
    visit: Callable[..., Person], town: Town, stall: Stall
) -> None:
    person = visit()
    person.sign_in()
    leave_traces(person, town, stall)
    person.sign_out()
    assert traces_of(person, person.address) == []


def test_nothing_of_the_first_account_stays_when_a_second_one_signs_in(
    visit: Callable[..., Person], town: Town, stall: Stall
) -> None:
    person = visit()
    person.sign_in()
    first = person.address
    cookies = {cookie["name"]: cookie["value"] for cookie in person.page.context.cookies()}
    intent = leave_traces(person, town, stall)
    second = town.wallet().accounts[0]
    person.wallet.accounts = [second]
    person.open("/auth/sign-in?switch=1&next=/")
    person.page.locator("#sign-in-button").click()
    expect(person.page.locator("#signed-in")).to_have_attribute("data-account", second.address)
    assert traces_of(person, first) == []
    after = {cookie["name"]: cookie["value"] for cookie in person.page.context.cookies()}
    assert after["session"] != cookies["session"]
    # what the first one did is not the second one's to read
    assert person.open(intent) == 404
    person.open("/tx")
    assert person.page.locator("main tbody tr").count() == 0


def test_session_cannot_be_read_by_scripts_nor_sent_by_other_sites(visit: Callable[..., Person]) -> None:
    person = visit()
    person.sign_in()
    kept = {cookie["name"]: cookie for cookie in person.page.context.cookies()}
    assert (kept["session"]["httpOnly"], kept["session"]["sameSite"]) == (True, "Lax")
    assert "session" not in person.page.evaluate("document.cookie")


def test_signed_out_session_is_worth_nothing_when_its_cookie_was_copied(
    visit: Callable[..., Person], town: Town
) -> None:
    person, thief = visit(), visit()
    person.sign_in()
    stolen = [cookie for cookie in person.page.context.cookies() if cookie["name"] == "session"]
    person.sign_out()
    thief.page.context.add_cookies(stolen)
    thief.open("/tx")
    expect(thief.page.locator("#sign-in-button")).to_be_visible()
    expect(thief.page.locator("#signed-in")).to_have_count(0)


def leave_traces(person: Person, town: Town, stall: Stall) -> str:
    """Do what leaves something behind: a form that names the account, and a purchase; give the intent's path."""
    person.open(f"/c/{stall.community_id}/token")
    form = person.page.locator("form[action$='/token/transfer']")
    person.page.locator("details:has(form[action$='/token/transfer']) > summary").click()
    person.fill_in(form, to=person.address, amount="1")
    form.locator("button").click()
    expect(person.page.locator("main [role='alert']")).to_be_visible()
    person.check_out(stall.in_eth)
    path = person.intent_path
    person.sign()
    return path


def traces_of(person: Person, account: str) -> list[str]:
    """Find what in the browser's stores tells of an account: its address, its forms, its transactions."""
    stored = person.page.evaluate(
        "() => [localStorage, sessionStorage].flatMap(store => Object.entries(store)).map(entry => entry.join('='))"
    )
    cookies = [f"{cookie['name']}={cookie['value']}" for cookie in person.page.context.cookies()]
    databases = person.page.evaluate("async () => (await indexedDB.databases()).map(database => database.name)")
    own = [account[2:].lower(), *(sent[2:].lower() for sent in person.wallet.sent)]
    found = [line for line in [*stored, *cookies] if any(part in line.lower() for part in own)]
    found += [line for line in stored if line.startswith(("form-", "hash-", "last-form"))]
    return [*found, *databases]
