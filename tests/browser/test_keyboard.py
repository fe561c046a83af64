"""A purchase by Tab, Enter and Space alone: from the list of all listings to the signed transaction."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.conftest import PHONE
from tests.browser.people import Person
from tests.browser.town import Stall, Town

MOST_TABS = 120
# where the focus is: shown by an outline or a shadow, inside the window, and under nothing else
FOCUS = """() => {
    const found = document.activeElement;
    if (!found || found === document.body) return {lost: true};
    const style = getComputedStyle(found), box = found.getBoundingClientRect();
    const middle = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return {
        lost: false, name: found.outerHTML.slice(0, 120),
        shown: (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none",
        covered: !(middle && (found.contains(middle) || middle.contains(found))),
        inside: box.bottom > 0 && box.top < innerHeight && box.width > 0,
    };
}"""


@pytest.mark.parametrize("size", [None, PHONE], ids=["desk", "phone"])
def test_purchase_finishes_when_only_the_keyboard_is_used(
    size: dict | None, visit: Callable[..., Person], town: Town, stall: Stall
) -> None:
    buyer = visit(**({"size": size} if size else {}))
    buyer.arrive_signed_in()
    keyboard = buyer.page.keyboard
    buyer.open(f"/explore?community={stall.community_id}&sort=price_up")
    tab_to(buyer, "#f-stock")
    with buyer.page.expect_response("**/explore?*stock=1*"):
        keyboard.press("Space")
    buyer.page.locator("#results:not(.htmx-request)").wait_for()
    assert_focus_is_seen(buyer, "#f-stock")
    tab_to(buyer, f"#results a[href='/l/{stall.in_eth}']")
    keyboard.press("Enter")
    buyer.page.wait_for_url(f"**/l/{stall.in_eth}")
    tab_to(buyer, f"form[action$='{stall.in_eth}/buy'] button")
    keyboard.press("Enter")
    buyer.page.wait_for_url("**/buy?quantity=1")
    tab_to(buyer, "main form[method='post'] button[type='submit']")
    keyboard.press("Enter")
    buyer.page.wait_for_url("**/intents/*")
    buyer.expect_verified()
    tab_to(buyer, "#sign-button")
    keyboard.press("Enter")
    buyer.expect_state("final")
    assert town.order_of(buyer.wallet.sent[-1]).quantity == 1
    assert_focus_is_seen(buyer)
    tab_to(buyer, "#go-on")
    keyboard.press("Enter")
    buyer.page.wait_for_url("**/o/*")


def tab_to(person: Person, selector: str) -> None:
    """Press Tab until an element has the focus; wherever it comes by, it must be seen."""
    for _ in range(MOST_TABS):
        person.page.keyboard.press("Tab")
        if not person.page.evaluate("document.activeElement === document.body"):
            assert_focus_is_seen(person)
        if person.page.evaluate("selector => document.activeElement?.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached by Tab")


def assert_focus_is_seen(person: Person, selector: str | None = None) -> None:
    """Make sure that the focus is somewhere, and that it can be seen there."""
    person.page.wait_for_timeout(50)  # a page that scrolls to the focus may still be on its way
    found = person.page.evaluate(FOCUS)
    assert not found["lost"], "the focus is nowhere"
    assert (found["shown"], found["inside"], found["covered"]) == (True, True, False), found
    if selector is not None:
        assert person.page.evaluate("selector => document.activeElement.matches(selector)", selector), found
