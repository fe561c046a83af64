"""Names and texts are whatever somebody typed or put on the chain: they are shown, and never run nor rearrange the page."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from eth_abi.abi import encode
from eth_utils.abi import function_abi_to_4byte_selector, get_abi_input_types
from playwright.sync_api import Page, Response, expect

from tests.browser.people import Person
from tests.browser.town import Stall, Town, eventually, listing_form
from tests.helpers.terms import NO_RESERVES

ABI = Path(__file__).resolve().parents[2] / "frontend" / "contracts" / "abi" / "CommunityRegistry.json"
SCRIPT = "<script>ran=1</script><img src=x onerror=ran=1>"
# right-to-left override, zero width space, a stack of accents
GHOSTLY = "\u202egnihton rof\u202c \u200bfree a" + "\u0301" * 12
SYMBOL = "\u202eHTE"
# somebody who does not use the page's own fields sends what they like
WITHOUT_LIMITS = "document.querySelectorAll('[maxlength]').forEach(field => field.removeAttribute('maxlength'))"


@pytest.fixture(scope="module")
def hostile_community(town: Town) -> int:
    """Open a community past the pages, with a name that no form would take."""
    founder = town.wallet()
    abi = next(part for part in json.loads(ABI.read_text())["abi"] if part.get("name") == "openCommunity")
    params = (GHOSTLY, SYMBOL, 10**24, 0, 0, 0, 0, "javascript:ran=1", b"\x11" * 32, *NO_RESERVES)
    data = function_abi_to_4byte_selector(abi) + encode(get_abi_input_types(abi), [params])
    sending = {
        "from": founder.accounts[0].address,
        "to": town.contracts["CommunityRegistry"],
        "data": "0x" + data.hex(),
    }
    founder.request("eth_sendTransaction", [{**sending, "gas": hex(2_000_000)}])
    account = founder.accounts[0].address.lower()
    return eventually(lambda: next((found.id for found in town.queries.communities_of(account)), None))


@pytest.fixture(scope="module")
def hostile_listing(town: Town, stall: Stall) -> str:
    """List something whose words are HTML."""
    text = f"{SCRIPT}\n</blockquote></main></body>\n{{{{ 7 * 7 }}}} שלום עולם"
    return stall.seller.list(stall.community_id, stall.arbiter, title=SCRIPT, text=text)


def test_scripts_in_a_listing_are_shown_as_text_wherever_it_appears(
    open_page: Callable[..., Page], visit: Callable[..., Person], hostile_listing: str, stall: Stall
) -> None:
    person = visit()
    for path in (
        f"/l/{hostile_listing}",
        "/explore?q=onerror",
        f"/c/{stall.community_id}",
        f"/l/{hostile_listing}/buy",
    ):
        person.open(path)
        expect(person.page.get_by_text(SCRIPT).first).to_be_visible()
        assert person.page.evaluate("'ran' in window") is False
        assert person.page.locator("main img[src='x'], main script").count() == 0
    person.open(f"/l/{hostile_listing}")
    assert "{{ 7 * 7 }} שלום עולם" in person.read()
    assert person.complaints == []


def test_scripts_in_a_listing_stay_text_on_the_page_that_leads_to_the_wallet(
    buyer: Person, hostile_listing: str
) -> None:
    buyer.check_out(hostile_listing)
    expect(buyer.page.locator("h1")).to_contain_text(SCRIPT)
    assert buyer.page.evaluate("'ran' in window") is False
    assert buyer.complaints == []


def test_unseen_characters_in_a_communitys_name_are_named_and_turn_nothing_around(
    visit: Callable[..., Person], hostile_community: int
) -> None:
    person = visit()
    for path in (f"/c/{hostile_community}", "/c", "/", f"/c/{hostile_community}/token"):
        person.open(path)
        words = person.page.content()
        assert not {"\u202e", "\u202c", "\u200b"} & set(words), path
        assert "\u0301" * 4 not in words
    person.open(f"/c/{hostile_community}")
    heading = person.page.locator("h1")
    expect(heading).to_contain_text("U+202Egnihton rofU+202C U+200Bfree")
    assert heading.locator("bdi").count() == 1
    assert person.page.locator("a[href^='javascript:']").count() == 0
    assert person.complaints == []


def test_form_names_the_unseen_characters_when_a_title_has_some(visit: Callable[..., Person], stall: Stall) -> None:
    seller = visit(stall.seller.wallet)
    seller.arrive_signed_in()
    answer = send_listing(seller, stall, title="Moon\u202ejar\u200b")
    assert answer == 422
    expect(seller.page.locator("main [role='alert']")).to_contain_text("U+202E, U+200B")


def test_form_says_too_long_and_keeps_the_rest_when_a_text_has_a_megabyte(
    visit: Callable[..., Person], stall: Stall
) -> None:
    seller = visit(stall.seller.wallet)
    seller.arrive_signed_in()
    seller.open(f"/listings/new?community={stall.community_id}")
    seller.page.evaluate(WITHOUT_LIMITS)
    answer = send_listing(seller, stall, opened=True, title="M" * 200_000)
    assert answer == 422
    expect(seller.page.locator("main [role='alert']")).to_contain_text("120 characters at most")
    expect(seller.page.locator("[name='price']")).to_have_value("0.5")
    seller.open(f"/listings/new?community={stall.community_id}")
    seller.page.evaluate(WITHOUT_LIMITS)
    answer = send_listing(seller, stall, opened=True, text="M" * 1_000_000)
    assert answer in (413, 422)
    expect(seller.page.locator("main [role='alert']")).to_be_visible()


def send_listing(seller: Person, stall: Stall, *, opened: bool = False, **changes: str) -> int:
    """Fill in the form of a new listing, send it, and give the answer's status."""
    if not opened:
        seller.open(f"/listings/new?community={stall.community_id}")
    form = seller.page.locator("main form[method='post']")
    seller.fill_in(form, **{**listing_form(stall.arbiter.address), **changes})

    def is_sent(answer: Response) -> bool:
        """Know the form's answer; the phone beside the form asks for its page too, which is no navigation."""
        return answer.request.method == "POST" and answer.request.is_navigation_request()

    with seller.page.expect_response(is_sent) as answer:
        form.locator(".sticky-action button").click()
    seller.page.wait_for_load_state()
    return answer.value.status
