"""A page for members in the window: its steward writes it, a member reads it until tokens are asked back, a stranger sees why not."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.people import Person
from tests.browser.test_self_rule import send
from tests.browser.town import Town, community_form, eventually

SECRET = "the well behind the mill"


def test_member_reads_what_the_steward_wrote_until_the_tokens_are_asked_back(
    visit: Callable[..., Person], town: Town
) -> None:
    steward, member, stranger = visit(size=PHONE), visit(size=PHONE), visit(size=PHONE)
    for person in (steward, member, stranger):
        person.arrive_signed_in()
    clerk = town.clerk(steward.wallet)
    clerk.act("/c/new", "/c/new", **community_form("Well Keepers", "WELL"))
    home = f"/c/{eventually(lambda: next(iter(town.queries.communities_of(clerk.account)), None)).id}"
    clerk.act(f"{home}/desk", f"{home}/mint", to=member.address, amount="700")
    clerk.act(f"{home}/members", f"{home}/members/open")
    clerk.act(f"{home}/members", f"{home}/members/tiers", tiers="10\n500")

    page = write(steward, home)
    expect(steward.page.locator("main .prose strong")).to_have_text(SECRET)

    stranger.open(page)
    expect(stranger.page.locator("#closed")).to_contain_text("You have nothing locked: lock 500 WELL.")
    assert SECRET not in stranger.page.content()
    assert stranger.violations() == []

    member.open(page)
    member.page.locator("#closed a").click()
    member.page.wait_for_url(f"**{home}/members")
    send(member, member.page.locator(f"form[action='{home}/members/lock']"), amount="120")
    member.open(page)
    expect(member.page.locator("#closed")).to_contain_text("You have 120 WELL locked: lock 380 WELL more.")
    member.open(f"{home}/members")
    send(member, member.page.locator(f"form[action='{home}/members/lock']"), amount="380")
    member.open(home)
    member.page.get_by_role("link", name="1 page").click()
    member.page.get_by_role("link", name="Where it is").click()
    expect(member.page.locator("main .prose strong")).to_have_text(SECRET)
    assert member.violations() == []

    member.open(f"{home}/members")
    send(member, member.page.locator(f"form[action='{home}/members/unlock']"), amount="1")
    member.page.go_back()
    member.page.go_back()  # to the page itself, of which the browser has kept no copy
    assert member.page.url.endswith(page)
    expect(member.page.locator("#closed")).to_contain_text("You have 499 WELL locked: lock 1 WELL more.")
    assert SECRET not in member.page.content()

    stranger.sign_out()
    stranger.open(page)
    expect(stranger.page.locator("#closed").get_by_role("button", name="Sign in")).to_be_visible()
    assert SECRET not in stranger.page.content()
    assert steward.complaints == member.complaints == stranger.complaints == []


def write(steward: Person, home: str) -> str:
    """Write a page with the keyboard alone, over a reload in the middle; give its address."""
    page = steward.page
    steward.open(f"{home}/members-only")
    page.get_by_role("button", name="Write a page").press("Enter")
    page.wait_for_url("**/members-only/new")
    page.locator("#title").focus()
    page.keyboard.type("Where it is")
    page.keyboard.press("Tab")
    page.keyboard.type(f"Look into **{SECRET}**.")
    page.wait_for_timeout(500)  # what is typed is kept a moment later
    page.reload()
    expect(page.locator("#text")).to_have_value(f"Look into **{SECRET}**.")
    page.locator("#tier").select_option("2")
    assert steward.violations() == []
    page.get_by_role("button", name="Save").press("Enter")
    page.wait_for_url("**/members-only/1?saved=1")
    steward.open(f"{home}/members-only/new")
    expect(page.locator("#text")).to_have_value("")  # what became a page is no draft any more
    steward.open(f"{home}/members-only/1")
    return f"{home}/members-only/1"
