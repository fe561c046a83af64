"""What members get, by clicks: the steward waives and lists at two prices, a member pays the lower one, a guest reads why not."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from frontend.index.views import ListingFilter
from tests.browser.people import Person
from tests.browser.test_self_rule import send
from tests.browser.test_selling import readable
from tests.browser.town import ETHER, Town, community_form, eventually, listing_form

TIER_1 = "2"  # its level: 1 is any member's


def open_bakery(town: Town, steward: Person, member: Person) -> int:
    """Open a community with a membership and one tier at 50 tokens, without a window; the member has 100 tokens."""
    clerk = town.clerk(steward.wallet)
    clerk.act("/c/new", "/c/new", **community_form("Night Bakery", "BREAD"))
    founded = eventually(lambda: next(iter(town.queries.communities_of(clerk.account)), None))
    home = f"/c/{founded.id}"
    clerk.act(f"{home}/desk", f"{home}/mint", to=member.address, amount="100")
    clerk.act(f"{home}/members", f"{home}/members/open")
    clerk.act(f"{home}/members", f"{home}/members/tiers", tiers="50")
    return founded.id


def test_member_pays_the_lower_price_and_a_guest_reads_what_is_missing(
    visit: Callable[..., Person], town: Town
) -> None:
    steward, member, guest = visit(), visit(), visit()
    for person in (steward, member, guest):
        person.arrive_signed_in()
    community_id = open_bakery(town, steward, member)
    home, arbiter = f"/c/{community_id}", town.clerk()

    steward.open(f"{home}/desk")
    waivers = steward.page.locator(f"form[action='{home}/waivers']")
    send(steward, waivers, token_waiver="100", member_waiver="40")
    steward.open(f"{home}/commission")
    expect(steward.page.locator("main .timeline")).to_contain_text("100 %")
    wrong = readable(steward, "commission")

    steward.open(f"/listings/new?community={community_id}")
    form = steward.page.locator("main form[method='post']")
    steward.fill_in(form, **{**listing_form(arbiter.address), "title": "Sourdough"})
    steward.page.locator("#advanced > summary").click()
    levels = {"buyer_level": TIER_1, "member_level": TIER_1, "member_discount": "15"}
    steward.fill_in(form, **levels)
    wrong += readable(steward, "listing form")
    form.locator(".sticky-action button").click()
    steward.page.wait_for_url("**/intents/*")
    steward.sign()
    wanted = ListingFilter(community_id=community_id)
    listing = eventually(lambda: next(iter(town.queries.listings(wanted).items), None))
    assert [listing.terms[name] for name in ("buyerLevel", "memberLevel", "memberDiscountBps")] == [2, 2, 1_500]

    guest.open(f"/l/{listing.id}")
    expect(guest.page.locator("main .notice.warn")).to_contain_text("50 BREAD")
    expect(guest.page.locator("[data-cart-add]")).to_have_count(0)
    wrong += readable(guest, "listing for members")
    guest.page.locator(f".notice a[href='{home}/members']").click()
    expect(guest.page).to_have_url(f"{town.market.origin}{home}/members")

    member.open(f"{home}/members")
    send(member, member.page.locator(f"form[action='{home}/members/lock']"), amount="60")
    member.open(f"/l/{listing.id}/buy?lang=ko")
    wrong += readable(member, "ko checkout")
    wealth_wei = town.balance(member.address)
    order = town.order(member.buy(listing.id, 2))
    assert order.paid_units == 2 * (ETHER // 2) * 85 // 100
    assert town.balance(member.address) == wealth_wei - order.paid_units - town.fee_paid(order.tx_hash)
    assert wrong == []
    assert [line for person in (steward, member, guest) for line in person.complaints] == []
