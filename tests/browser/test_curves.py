"""A curve in the browser: bought from and sold to by clicks, changed into another token, opened; what counts is read from the chain."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.people import POINTS_OF, Person
from tests.browser.town import ETHER, Clerk, Town, community_form, eventually


@pytest.fixture(scope="module")
def steward(town: Town) -> Clerk:
    return town.clerk()


@pytest.fixture(scope="module")
def curve(steward: Clerk) -> int:
    """A community with a curve, on which its founder has bought 25 tokens and somebody else has traded."""
    found = steward.open_curve("Peat Cutters", "PEAT")
    steward.trade(found, "sell", "5")
    return found


def quote(person: Person, community_id: int, step: str, **typed: str) -> None:
    """Fill in a trade's form and ask for its price."""
    page = person.page
    person.open(f"/c/{community_id}/curve")
    if not page.locator(f"#{step} form").is_visible():
        page.locator(f"#{step} > summary").click()
    person.fill_in(page.locator(f"#{step} form"), **typed)
    page.locator(f"#{step} button[value='quote']").click()
    expect(page.locator("#quote")).to_be_visible()


def go(person: Person, step: str) -> str:
    """Go on with a quote, and sign."""
    person.page.locator(f"#{step} button[value='go']").click()
    person.page.wait_for_url("**/intents/*")
    return person.sign()


def test_tokens_are_bought_and_sold_as_they_were_quoted(visit: Callable[..., Person], town: Town, curve: int) -> None:
    person = visit()
    person.sign_in()
    found = town.queries.curve(curve)
    assert found is not None
    cost, fee = found.cost_of(40 * ETHER)
    wealth_wei = town.balance(person.address)
    quote(person, curve, "buy", amount="40")
    tx_hash = go(person, "buy")
    assert town.balance(person.address, found.token) == 40 * ETHER
    assert town.balance(person.address) == wealth_wei - cost - fee - town.fee_paid(tx_hash)

    found = eventually(
        lambda: ((now := town.queries.curve(curve)) is not None and now.trade_count == 3 and now) or None
    )
    proceeds, fee = found.proceeds_of(15 * ETHER)
    wealth_wei = town.balance(person.address)
    quote(person, curve, "sell", amount="15")
    tx_hash = go(person, "sell")
    assert person.wallet.asked["eth_signTypedData_v4"] == 1
    assert town.balance(person.address, found.token) == 25 * ETHER
    assert town.balance(person.address) == wealth_wei + proceeds - fee - town.fee_paid(tx_hash)
    person.page.locator("#go-on").click()
    expect(person.page.locator("#trades ~ .table-wrap tbody tr").first).to_contain_text("15")
    assert person.complaints == []


def test_money_is_spent_up_to_its_limit_and_no_further(visit: Callable[..., Person], town: Town, curve: int) -> None:
    person = visit()
    person.sign_in()
    wealth_wei = town.balance(person.address)
    quote(person, curve, "buy", **{"buy-by": "money", "buy-amount": "0.25"})
    tx_hash = go(person, "buy")
    spent_wei = wealth_wei - town.balance(person.address) - town.fee_paid(tx_hash)
    assert 0.24 * ETHER < spent_wei <= 0.25 * ETHER
    assert person.complaints == []


def test_tokens_are_changed_into_those_of_another_curve(
    visit: Callable[..., Person], town: Town, curve: int, steward: Clerk
) -> None:
    other = steward.open_curve("Reed Binders", "REED")
    person = visit()
    person.sign_in()
    quote(person, curve, "buy", amount="40")
    go(person, "buy")
    quote(person, curve, "swap", other=str(other), amount="30")
    person.page.locator("#swap button[value='go']").click()
    person.page.wait_for_url("**/intents/*")
    person.sign()  # the approval
    person.page.locator("#next-step").click()
    person.page.wait_for_url("**/intents/*")
    person.press_sign()
    person.expect_state("final")
    found = [town.queries.community(number) for number in (curve, other)]
    tokens = [community.token for community in found if community is not None]
    assert town.balance(person.address, str(tokens[0])) == 10 * ETHER
    assert town.balance(person.address, str(tokens[1])) > 10 * ETHER
    assert person.complaints == []


def test_curve_is_opened_with_the_reserve_that_was_previewed(visit: Callable[..., Person], town: Town) -> None:
    person = visit()
    person.sign_in()
    clerk = town.clerk(person.wallet)
    clerk.act("/c/new", "/c/new", **{**community_form("Sedge", "SEDGE"), "cap": "2000", "curve_allocation": "900"})
    community = eventually(lambda: next(iter(town.queries.communities_of(clerk.account)), None))
    clerk.act(f"/c/{community.id}/desk", f"/c/{community.id}/renounce", sure=True)
    person.open(f"/c/{community.id}/desk")
    person.page.locator(f"a[href='/c/{community.id}/curve/open']").click()
    form = person.page.locator("main form[method='post']")
    form.locator("[name='kind'][value='steps']").check()
    form.locator("[name='steps-0-up_to']").fill("1500")
    form.locator("[name='steps-0-price']").fill("0.001")
    form.get_by_role("button", name="step").click()
    form.locator("[name='steps-1-up_to']").fill("1900")
    form.locator("[name='steps-1-price']").fill("0.002")
    form.locator("[name='first_units']").fill("10")
    form.locator("button[value='preview']").click()
    expect(person.page.locator("#preview")).to_be_visible()
    person.page.locator("button[value='go']").click()
    person.page.wait_for_url("**/intents/*")
    person.sign()
    found = eventually(lambda: town.queries.curve(community.id))
    # 1 000 vest for the founder, and 10 were bought at once
    assert (found.backed_units, found.sold_units) == (1_000 * ETHER, 1_010 * ETHER)
    assert found.reserve_units == 1_010 * ETHER // 1_000
    assert person.complaints == []


@pytest.mark.parametrize("lang", ["en", "ko"])
def test_charts_are_drawn_and_a_quote_fits_a_phone(visit: Callable[..., Person], curve: int, lang: str) -> None:
    person = visit(size=PHONE)
    page = person.page
    person.open(f"/c/{curve}/curve?lang={lang}")
    for chart, colour in (
        ("data-curve-supply", "--accent"),
        ("data-curve-supply", "--teal"),
        ("data-curve-trades", "--accent"),
    ):
        page.locator(f"[{chart}]").scroll_into_view_if_needed()
        eventually(lambda c=chart, n=colour: page.evaluate(POINTS_OF, [f"[{c}] canvas", n]) > 40)
    quote(person, curve, "buy", amount="700")
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert person.violations() == []
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert person.violations() == []
    assert person.complaints == []
