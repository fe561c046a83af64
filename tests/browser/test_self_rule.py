"""Self-rule in the window: personas buy from a curve, lock and decide, and what they decide holds for new orders alone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, expect

from tests.browser.conftest import PHONE
from tests.browser.people import Person
from tests.browser.town import Clerk, Town

DAY_S = 86_400
GOVERNOR = {"quorum_floor": "10", "threshold": "1", "min_members": "2", "voting_delay": "1", "voting_period": "2"}


def send(person: Person, form: Locator, **typed: str | bool) -> str:
    """Fill in a form, send it and sign what comes of it; give the transaction's hash."""
    if not form.is_visible():
        form.locator("xpath=ancestor::details/summary").click()
    person.fill_in(form, **typed)
    form.locator("button[type='submit']").last.click()
    person.page.wait_for_url("**/intents/*")
    return person.sign()


def open_self_rule(steward: Clerk, members: dict[str, Clerk]) -> int:
    """Open a community with a curve, a membership and a governor, whose members are personas and buy their tokens; give its
    number."""
    community_id = steward.open_curve("Moot Hall", "MOOT")
    home = f"/c/{community_id}"
    for nickname, member in members.items():
        member.claim(nickname)
        member.trade(community_id, "buy", "100")
    steward.act(f"{home}/members", f"{home}/members/open")
    steward.act(f"{home}/self-rule", f"{home}/self-rule/open", **GOVERNOR)
    steward.act(f"{home}/self-rule", f"{home}/stewardship")
    return community_id


def decide(town: Town, proposer: Clerk, other: Clerk, community_id: int) -> None:
    """Carry the acceptance of the stewardship through all its steps, without a window."""
    home = f"/c/{community_id}"
    proposer.act(f"{home}/proposals/new/accept", f"{home}/proposals/new/accept", title="We take it over")
    place = newest(town, community_id)
    town.pass_time(DAY_S + 60)
    for member in (proposer, other):
        member.act(place, f"{place}/vote", choice="for")
    town.pass_time(2 * DAY_S + 60)  # a quorum that is reached late gives two days more
    other.act(place, f"{place}/queue")
    town.pass_time(2 * DAY_S + 60)
    other.act(place, f"{place}/execute")


def newest(town: Town, community_id: int) -> str:
    """Give where the newest proposal is."""
    one = town.queries.proposals(community_id).items[0]
    return f"/c/{community_id}/proposals/{one.governor}/{one.id}"


def draft_two_calls(member: Person, home: str, arbiter: str) -> None:
    """Write a proposal of two calls, with the keyboard where that is the shorter way, and look at what would come of it."""
    page, new = member.page, f"{home}/proposals/new"
    member.open(f"{new}/arbiter")
    form = page.locator(f"form[action='{new}/arbiter']")
    member.fill_in(form, title="Lower the commission", why="We have enough.", arbiter=arbiter, name="Old Owl")
    form.locator("button[value='add']").press("Enter")
    expect(page.locator("#preview + ol ins")).to_contain_text("Old Owl")
    assert member.violations() == []
    page.get_by_role("button", name="Set the commission").press("Enter")
    form = page.locator(f"form[action='{new}/fee']")
    member.fill_in(form, fee="1")
    form.locator("[name='fee']").press("Enter")  # the first button of the form: the preview
    expect(page.locator("#preview + ol > li").nth(1)).to_contain_text("1 %")
    expect(page.locator("#preview + ol .tag.good")).to_have_count(2)  # both would go through now
    expect(form.locator("[name='title']")).to_have_value("Lower the commission")
    form.locator("button[value='add']").click()
    page.locator("button[value='down-1']").press("Enter")
    expect(page.locator("#preview + ol > li").first).to_contain_text("1 %")
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert member.violations() == []


def test_commission_that_members_lower_holds_for_the_next_order_and_not_for_the_open_one(
    visit: Callable[..., Person], town: Town
) -> None:
    steward, other, seller, arbiter, buyer = (town.clerk() for _ in range(5))
    member = visit()
    member.arrive_signed_in()
    community_id = open_self_rule(steward, {"moot-owl": town.clerk(member.wallet), "달밤": other})
    home = f"/c/{community_id}"

    member.open(f"{home}/members")
    send(member, member.page.locator(f"form[action='{home}/members/lock']"), amount="60.5")
    other.act(f"{home}/members", f"{home}/members/lock", amount="30")
    town.pass_time(1)  # a proposer's votes are those of a second ago
    member.open(f"{home}/members")
    expect(member.page.locator("main")).to_contain_text("60.5 MOOT")

    decide(town, other, town.clerk(member.wallet), community_id)
    community = town.queries.community(community_id)
    assert community is not None
    (governor,) = town.queries.governors(community_id)
    assert community.steward == governor.timelock

    listing = seller.list(community_id, arbiter, title="Bench for the hall", price="0.5")
    open_order = buyer.buy(listing)
    draft_two_calls(member, home, arbiter.address)
    send(member, member.page.locator(f"form[action='{home}/proposals/new/review']"))
    place = newest(town, community_id)

    town.pass_time(DAY_S + 60)
    member.open(place)
    send(
        member,
        member.page.locator(f"form[action='{place}/vote']"),
        **{"vote-choice": "for", "reason": "Cheaper for all of us."},
    )
    town.pass_time(2 * DAY_S + 60)  # a quorum that is reached late gives two days more
    member.open(place)
    send(member, member.page.locator(f"form[action='{place}/queue']"))
    town.pass_time(2 * DAY_S + 60)
    member.open(place)
    member.page.get_by_role("button", name="Would it go through now?").click()
    expect(member.page.locator("#calls + ol .tag.good")).to_have_count(2)
    assert member.violations() == []
    send(member, member.page.locator(f"form[action='{place}/execute']"))

    member.open(place)
    expect(member.page.locator("main")).to_contain_text("moot-owl")

    next_order = buyer.buy(listing)
    assert town.order(open_order).community_fee_bps == 250
    assert town.order(next_order).community_fee_bps == 100
    member.open(f"{home}/commission")
    expect(member.page.locator("main .timeline")).to_contain_text("Lower the commission")
    member.open(home)
    expect(member.page.locator("[aria-labelledby='arbiters']")).to_contain_text("Old Owl")
    member.page.get_by_role("link", name="Sell here with this arbiter").click()
    expect(member.page.locator("[name='arbiter']")).to_have_value(arbiter.address)
    assert member.complaints == []
