"""The token page's chart of supply and holders, and the table that says the same."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from frontend.formatters import day_text
from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.people import POINTS_OF, Person
from tests.browser.town import Stall, Town, eventually

DAY_S = 86_400
CANVAS = ".history canvas"


@pytest.fixture(scope="module")
def path(town: Town, stall: Stall) -> str:
    """The page of a token that moved on several days."""
    desk = f"/c/{stall.community_id}"
    for tokens in ("250", "1000.5"):
        town.pass_time(2 * DAY_S)
        stall.steward.act(
            f"{desk}/desk", f"{desk}/mint", to=town.wallet(wealth_wei=0).accounts[0].address, amount=tokens
        )
    return f"{desk}/token"


def drawn(page: Page, name: str) -> int:
    return int(page.evaluate(POINTS_OF, [CANVAS, name]))


def test_chart_is_drawn_in_the_colours_of_the_page_when_it_is_light_or_dark(
    visit: Callable[..., Person], path: str
) -> None:
    person = visit()
    page = person.page
    person.open(path)
    expect(page.locator(CANVAS)).to_be_visible()
    assert drawn(page, "--accent") > 300
    assert drawn(page, "--teal") > 100
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    eventually(lambda: drawn(page, "--accent") > 300)
    assert page.locator(CANVAS).count() == 1
    assert person.complaints == []


def test_table_says_what_the_index_knows_when_it_is_opened_by_keyboard(
    visit: Callable[..., Person], path: str, town: Town, stall: Stall
) -> None:
    person = visit()
    page = person.page
    person.open(path)
    page.locator("#days > summary").focus()
    page.keyboard.press("Enter")
    rows = page.locator("#days tbody tr")
    expect(rows.first).to_be_visible()
    days = town.queries.token_history(stall.community_id)
    assert len(days) >= 3
    said = [[cell.strip() for cell in row.locator("td").all_inner_texts()] for row in rows.all()]
    assert [row[0] for row in said] == [day_text(day.day) for day in reversed(days)]
    assert [(int(row[2]), int(row[3])) for row in said] == [
        (day.holder_count, day.transfer_count) for day in reversed(days)
    ]
    assert said[0][1].replace(",", "").split()[0] == str(days[-1].supply_units / 10**18).removesuffix(".0")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    text = download.value.path().read_text()
    assert len(text.splitlines()) == len(days) + 1
    assert person.violations() == []


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_chart_fits_when_the_window_changes(visit: Callable[..., Person], path: str, lang: str) -> None:
    person = visit(size=DESKTOP, scheme="dark")
    page = person.page
    person.open(f"{path}?lang={lang}")
    wide = page.locator(CANVAS).bounding_box()
    assert wide is not None
    page.set_viewport_size(PHONE)
    eventually(lambda: page.locator(CANVAS).evaluate("canvas => canvas.clientWidth") < 390)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    narrow = page.locator(CANVAS).bounding_box()
    assert narrow is not None
    assert narrow["width"] < wide["width"]
    page.locator("#days > summary").click()
    assert person.violations() == []
    assert person.complaints == []
