"""A split in the window: a sale pays two people, and three agree by a link on how they share from then on."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import unquote_plus

import pytest
from playwright.sync_api import Locator, Request, expect

from frontend.services.splits import MARK
from tests.browser.people import Person
from tests.browser.town import ETH, ETHER, Stall, Town, listing_form

PRICE_WEI = ETHER // 2
SETTLED_S = 301  # a listing offers a split only when the chain will not forget it any more


@pytest.fixture
def people(visit: Callable[..., Person]) -> tuple[Person, Person]:
    """A potter and a glazer, each at a window of their own."""
    potter, glazer = visit(), visit()
    for person in (potter, glazer):
        person.arrive_signed_in()
    return potter, glazer


def send(person: Person, form: Locator, **typed: str | bool) -> str:
    """Fill in a form, send it and sign what comes of it; give the transaction's hash."""
    person.fill_in(form, **typed)
    form.locator("button[type='submit']").click()
    person.page.wait_for_url("**/intents/*")
    return person.sign()


def make_split(person: Person, *rows: dict[str, str]) -> int:
    """Make a split by its form, the maker on the first row, and give its number."""
    person.open("/splits/new")
    form = person.page.locator("main form[method='post']")
    for number, row in enumerate(rows):
        if number:
            person.page.get_by_role("button", name="One more payee").press("Enter")
        person.fill_in(form, **{f"payees-{number}-{name}": text for name, text in row.items()})
    send(person, form)
    return person.town.call(person.town.contracts["Splits"], "splitCount()")


def split_of(person: Person, other: Person) -> int:
    """Make a split without a window, three fifths for the maker, and give its number."""
    parts = {"payees-0-share": "60", "payees-1-payee": other.address, "payees-1-share": "40"}
    person.town.clerk(person.wallet).act("/splits/new", "/splits/new", **parts)
    return person.town.call(person.town.contracts["Splits"], "splitCount()")


def act_on(person: Person, split_id: int, ending: str) -> str:
    """Send the one form on a split's page whose address ends so."""
    person.open(f"/splits/{split_id}")
    form = person.page.locator(f"form[action^='/splits/{split_id}/'][action$='{ending}']")
    if not form.is_visible():
        form.locator("xpath=ancestor::details/summary").click()
    return send(person, form)


def test_sale_pays_both_payees_when_it_was_listed_with_their_split(
    buyer: Person, people: tuple[Person, Person], town: Town, stall: Stall
) -> None:
    potter, glazer = people
    split_id = make_split(potter, {"share": "60"}, {"payee": glazer.address, "share": "40", "locked": "2030-01-01"})
    town.pass_time(SETTLED_S)
    potter.open(f"/listings/new?community={stall.community_id}")
    form = potter.page.locator("main form[method='post']")
    potter.fill_in(form, **listing_form(stall.arbiter.address))
    potter.page.locator("#advanced > summary").click()
    potter.fill_in(form, split=f"{split_id}.1")
    form.locator(".sticky-action button").click()
    potter.page.wait_for_url("**/intents/*")
    potter.sign()
    potter.page.locator("#go-on").click()
    potter.page.wait_for_url("**/l/0x*")
    listing = potter.page.url.rsplit("/", 1)[1]

    buyer.open(f"/l/{listing}")
    assert f"split number {split_id}" in buyer.read()
    key = buyer.buy(listing)
    for step in ("accept", "deliver"):
        town.clerk(potter.wallet).take(key, step)
    buyer.take(key, "confirm")
    assert town.credit(potter.address) == 0
    (earned,) = paid_to_split(town, key)
    assert 0 < earned < PRICE_WEI

    act_on(glazer, split_id, "/collect")
    before = town.balance(glazer.address)
    claimed = act_on(glazer, split_id, f"/1/{ETH}/claim")
    assert town.balance(glazer.address) == before + earned * 4_000 // 10_000 - town.fee_paid(claimed)
    # the other part is sent to the potter by somebody who gets nothing of it
    before = town.balance(potter.address)
    act_on(glazer, split_id, f"/0/{ETH}/send")
    assert town.balance(potter.address) == before + earned * 6_000 // 10_000
    glazer.open(f"/splits/{split_id}")
    expect(glazer.page.locator(".timeline li")).to_have_count(4)
    assert [person.complaints for person in (buyer, potter, glazer)] == [[], [], []]


def paid_to_split(town: Town, key: str) -> list[int]:
    """Give what an order paid to the account of a split's version."""
    payouts = town.queries.payouts(key)
    return [row.amount_units for row in payouts if bytes.fromhex(row.account[2:]).startswith(MARK)]


def test_shares_change_when_everybody_who_gives_has_signed_the_link(
    visit: Callable[..., Person], people: tuple[Person, Person], town: Town
) -> None:
    potter, glazer = people
    painter = visit()
    painter.arrive_signed_in()
    split_id = split_of(potter, glazer)
    heard: list[Request] = []
    for person in (potter, glazer, painter):
        person.page.on("request", lambda request: heard.append(request))

    potter.open(f"/splits/{split_id}/change")
    form = potter.page.locator("main form[method='post']")
    potter.fill_in(form, **{"seats-0-share": "50", "seats-1-share": "30"})
    potter.fill_in(form, **{"payees-0-payee": painter.address, "payees-0-share": "20"})
    form.locator("button[type='submit']").click()
    potter.page.wait_for_url("**/agree#*")
    rows = potter.page.locator("#change tbody tr")
    expect(rows).to_have_count(3)
    expect(rows.nth(1)).to_contain_text("30 %")
    expect(rows.nth(2)).to_contain_text(painter.address.lower())
    assert [row.get_attribute("data-agreement") for row in rows.all()] == ["awaited", "awaited", "not_needed"]

    unsigned = potter.page.locator("#link-text").input_value()
    sent = [list(person.wallet.sent) for person in (potter, glazer)]
    apart = [sign_link(person, unsigned) for person in (potter, glazer)]
    assert [person.wallet.sent for person in (potter, glazer)] == sent  # a signature costs nothing
    glazer.page.locator("#join > summary").click()
    for other, said in (
        (apart[0][:-1], "not the whole link"),
        (apart[0].replace("0.5000", "0.5001"), "another change"),
        (apart[0], "Added"),
    ):
        glazer.page.locator("#join-link").fill(other)
        glazer.page.locator("#join button").click()
        expect(glazer.page.locator("#join-said")).to_contain_text(said)
    link = glazer.page.locator("#link-text").input_value()
    signed = re.findall(r"0x[0-9a-f]{130}", link)
    assert len(signed) == 2
    assert [request.url for request in heard if any(one in request.url for one in signed)] == []
    told = [unquote_plus(request.post_data or "") for request in heard]
    assert [text for text in told if any(one[2:] in text for one in signed)] == []

    painter.open(link)
    expect(painter.page.locator("#change")).to_have_attribute("data-awaited", "0")
    expect(painter.page.locator("#sign-change")).to_be_hidden()
    send(painter, painter.page.locator("#apply-form"))
    version = town.queries.split_version(split_id, 2)
    assert version is not None
    assert [(payee.account, payee.bps) for payee in version.payees] == [
        (potter.address.lower(), 5_000), (glazer.address.lower(), 3_000), (painter.address.lower(), 2_000),
    ]  # fmt: skip

    glazer.open("/splits")
    glazer.open(link)
    expect(glazer.page.locator("#change")).to_have_attribute("data-change", "change_void")
    assert [person.complaints for person in (potter, glazer, painter)] == [[], [], []]


def sign_link(person: Person, link: str) -> str:
    """Open a change's link, sign it, and give the link with the signature in it."""
    person.open("/splits")
    person.open(link)
    person.page.locator("#sign-change").click()
    expect(person.page.locator("#link-text")).to_have_value(re.compile(f"^{re.escape(link)}[0-9]"))
    return person.page.locator("#link-text").input_value()


def test_change_is_made_when_its_payee_agreed_on_the_chain(people: tuple[Person, Person], town: Town) -> None:
    potter, glazer = people
    split_id = split_of(potter, glazer)
    potter.open(f"/splits/{split_id}/change")
    form = potter.page.locator("main form[method='post']")
    potter.fill_in(form, **{"seats-0-share": "70", "seats-1-share": "30"})
    form.locator("button[type='submit']").click()
    potter.page.wait_for_url("**/agree#*")
    potter.page.locator("#on-chain > summary").click()
    send(potter, potter.page.locator("#propose-form"))

    glazer.open(f"/splits/{split_id}")
    glazer.page.locator("[data-proposal] a[role='button']").click()
    glazer.page.locator("#on-chain > summary").click()
    send(glazer, glazer.page.locator("#approve-form"))
    potter.open(f"/splits/{split_id}")
    potter.page.locator("[data-proposal] a[role='button']").click()
    expect(potter.page.locator("#change tbody tr").nth(1)).to_have_attribute("data-agreement", "approved")
    send(potter, potter.page.locator("#apply-form"))
    assert town.queries.split(split_id).version == 2
    assert (potter.complaints, glazer.complaints) == ([], [])
