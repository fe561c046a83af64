"""What single pages promise: commissions, vesting, banners, languages, receipts."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from frontend.extensions import queries
from frontend.pages.fees import fees_of, waiting_raise
from frontend.pages.vesting import drawing, milestones
from tests.frontend.pages.conftest import make_app, sign_in
from tests.frontend.pages.page import Page
from tests.frontend.pages.story import ARBITER, BUYER, DAY, FOUNDER, REGISTRY, SELLER, Story, tell_all

SignedIn = Callable[[str], tuple[FlaskClient, str]]


def words(client: FlaskClient, path: str) -> str:
    """Give a page's words in one line."""
    return " ".join(Page(client.get(path).get_data(as_text=True)).words.split())


def test_commission_counts_a_raise_when_it_has_come_due(app: Flask, story: Story) -> None:
    with app.app_context():
        platform, stars = queries.community(0), queries.community(2)
    assert stars is not None
    before = fees_of(platform, stars, stars.raise_at_ts - 1)
    assert (before.platform_bps, before.community_bps, before.coming_bps) == (100, 500, 1_000)
    assert waiting_raise(stars, stars.raise_at_ts - 1)
    after = fees_of(platform, stars, stars.raise_at_ts)
    assert (after.community_bps, after.total_bps) == (900, 1_000)
    assert not waiting_raise(stars, stars.raise_at_ts)


def test_commission_rounds_down_when_divided(app: Flask) -> None:
    with app.app_context():
        fees = fees_of(queries.community(0), queries.community(1), 0)
    assert fees.of(199) == (1, 4)


def test_waiting_raise_is_announced_when_community_is_opened(client: FlaskClient) -> None:
    assert "Raised to 9 % for new orders from:" in words(client, "/c/2")


def test_offered_steward_is_asked_when_signed_in(signed_in: SignedIn, client: FlaskClient) -> None:
    assert "Accept stewardship" in words(signed_in(SELLER)[0], "/c/2")
    assert "Accept stewardship" not in words(client, "/c/2")
    assert "You were offered the stewardship of: Star Chart Smugglers" in words(signed_in(SELLER)[0], "/c")


def test_platform_is_handed_over_when_its_next_steward_lists_communities(tmp_path: Path) -> None:
    def tell(story: Story) -> None:
        tell_all(story)
        story.emit("CommunityRegistry", REGISTRY, "StewardshipOffered", id=0, **{"from": FOUNDER, "to": BUYER})

    app, _ = make_app(tmp_path, tell)
    client = app.test_client()
    sign_in(app, client, BUYER)
    page = client.get("/c").get_data(as_text=True)
    assert 'action="/c/0/stewardship/accept"' in page
    assert "Accept stewardship" in page


def test_vesting_is_drawn_from_nothing_to_everything_when_there_is_a_share(app: Flask) -> None:
    with app.app_context():
        lamps, moss = queries.community(1), queries.community(3)
    assert lamps is not None
    steps = milestones(lamps)
    assert steps[0] == (lamps.vesting_start_ts, 0)
    assert steps[-1] == (lamps.vesting_start_ts + 365 * DAY, 100 * 10**18)
    assert [units for _, units in steps] == sorted(units for _, units in steps)
    assert drawing(lamps, lamps.vesting_start_ts + 400 * DAY).now_x == 580  # type: ignore[union-attr]
    assert drawing(moss, 0) is None


def test_unknown_currency_is_warned_of_when_listing_is_opened(client: FlaskClient, story: Story) -> None:
    assert "Nobody here knows this token." in words(client, f"/l/{story.listings['odd'][0]}")
    assert "Nobody here knows this token." not in words(client, f"/l/{story.listings['lamp'][0]}")


@pytest.mark.parametrize("name", ["paused", "gone", "ended"])
def test_buying_is_not_offered_when_listing_sells_no_more(client: FlaskClient, story: Story, name: str) -> None:
    page = words(client, f"/l/{story.listings[name][0]}")
    assert "It cannot be bought now." in page
    assert "To the checkout" not in page


def test_listing_says_every_clock_when_opened(client: FlaskClient, story: Story) -> None:
    page = words(client, f"/l/{story.listings['lamp'][0]}")
    for said in (
        "accepts within 2 days",
        "delivers within 7 days",
        "inspect within 10 days",
        "divides the money within 7 days",
    ):
        assert said in page
    instant = words(client, f"/l/{story.listings['chart'][0]}")
    assert "the order is accepted at once" in instant
    assert "accepts within" not in instant


def test_checkout_adds_up_when_several_are_bought(client: FlaskClient, story: Story) -> None:
    page = words(client, f"/l/{story.listings['lamp'][0]}/buy?quantity=3")
    assert "You pay 0.3 ETH" in page
    assert "0.003 ETH" in page
    assert "0.0075 ETH" in page
    assert "0.2895 ETH" in page


def test_order_says_where_the_money_went_when_resolved(client: FlaskClient, story: Story) -> None:
    page = words(client, f"/o/{story.orders['resolved'][0]}")
    assert "The arbiter has ruled: 30 % to the buyer." in page
    assert "0.03 ETH" in page
    assert "0.07 ETH" in page
    assert "그날 밤엔 푸른색이었어요." in page
    assert "The text is not stored here" in page


def test_commission_is_named_when_order_was_completed(client: FlaskClient, story: Story) -> None:
    page = words(client, f"/o/{story.orders['completed'][0]}")
    assert "the platform's commission" in page
    assert "commission of community 1" in page


def test_step_is_offered_to_the_arbiter_alone_when_disputed(
    signed_in: SignedIn, client: FlaskClient, story: Story
) -> None:
    path = f"/o/{story.orders['disputed'][0]}"
    assert "Your ruling is final." in words(signed_in(ARBITER)[0], path)
    assert "Your ruling is final." not in words(signed_in(BUYER)[0], path)
    assert "sign in to act on it" in words(client, path)


def test_urgent_order_comes_first_when_buyer_lists_orders(signed_in: SignedIn) -> None:
    page = words(signed_in(BUYER)[0], "/orders")
    assert page.index("Your turn") < page.index("The seller has to deliver.")


def test_page_speaks_korean_when_asked_by_address_cookie_or_browser(app: Flask) -> None:
    assert "도깨비 시장이 열렸어요" in words(app.test_client(), "/?lang=ko")
    asked = app.test_client()
    asked.get("/?lang=ko")
    assert "도깨비 시장이 열렸어요" in words(asked, "/")
    source = app.test_client().get("/", headers={"Accept-Language": "ko-KR,ko;q=0.9"}).get_data(as_text=True)
    assert "도깨비 시장이 열렸어요" in source


def test_theme_is_on_the_page_when_cookie_says_it(client: FlaskClient) -> None:
    client.set_cookie("theme", "dark", domain="127.0.0.1")
    assert '<html lang="en" data-theme="dark">' in client.get("/").get_data(as_text=True)
    client.set_cookie("theme", '"><script>', domain="127.0.0.1")
    assert '<html lang="en">' in client.get("/").get_data(as_text=True)


def test_banner_tells_when_node_is_away_or_page_is_behind(tmp_path: Path) -> None:
    app, story = make_app(tmp_path)
    client = app.test_client()
    assert "This page is behind" not in words(client, "/")
    story.heard(int(time.time()) - 600)
    assert "This page is behind: it shows block" in words(client, "/")
    story.heard(int(time.time()), node_ok=False)
    assert "The node does not answer." in words(client, "/")


def test_pages_say_so_when_nothing_was_read_yet(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, tell=None)
    client = app.test_client()
    for path in ("/", "/explore", "/c", "/help/escrow"):
        assert "The index is empty" in words(client, path)


def test_banner_tells_what_to_click_when_the_chain_was_reset(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, tell_all)
    client = app.test_client()
    assert "The local chain was started afresh." not in words(client, "/")
    client.set_cookie("chain_seen", "0x" + "12" * 8, domain="127.0.0.1")
    assert "The local chain was started afresh." in words(client, "/")
    assert "The local chain was started afresh." in words(client, "/explore")
    client.get("/?chain_reset_seen=1")
    assert "The local chain was started afresh." not in words(client, "/")


def test_disputes_stand_in_the_order_of_their_deadlines_when_the_arbiter_looks(
    signed_in: SignedIn, story: Story
) -> None:
    client, _ = signed_in(ARBITER)
    page = client.get("/arbitration").get_data(as_text=True)
    waiting = page[: page.index('id="done"')]
    keys = [story.orders[name][0] for name in ("contested", "disputed", "final")]
    shown = sorted(keys, key=lambda key: waiting.index(f"/o/{key}"))
    with client.application.app_context():
        assert shown == sorted(keys, key=lambda key: (queries.order(key).clock_ts, key))


def test_agreement_page_shows_both_offers_and_accepts_only_the_other_sides(signed_in: SignedIn, story: Story) -> None:
    path = f"/o/{story.orders['haggled'][0]}/settle"
    for account, to_holder in ((BUYER, 2 * 10**16), (SELLER, 6 * 10**16)):
        client, _ = signed_in(account)
        page = Page(client.get(path).get_data(as_text=True))
        assert page.values()["accept_offer-to_holder"] == str(to_holder)
        assert page.values()["offer-expected"] == str(8 * 10**16)
    seen = words(client, path)
    # 0.08 in escrow; the buyer's offer leaves the seller 0.02 less 3.5 %
    assert "0.06 ETH" in seen
    assert "0.0193 ETH" in seen


def test_dispute_page_shows_what_a_ruling_between_offers_would_do(signed_in: SignedIn, story: Story) -> None:
    client, _ = signed_in(ARBITER)
    path = f"/o/{story.orders['final'][0]}/dispute"
    shown = [
        attrs for attrs in Page(client.get(path).get_data(as_text=True)).all("img") if attrs.get("class") == "gallery"
    ]
    assert [attrs["alt"] for attrs in shown] == ["A picture shown to the arbiter"]
    assert client.get(str(shown[0]["src"])).mimetype == "image/webp"
    seen = words(client, path)
    assert "It is worth a third." in seen
    assert "nearest to 20 %" in seen
    assert "nearest to 70 %" in seen
    # the buyer's offer picked: 0.07 to the buyer, 7/10 of his stake back
    assert "0.007 ETH" in seen
    assert "Rule" in seen


def test_order_page_tells_of_parts_holders_and_gifts(signed_in: SignedIn, story: Story) -> None:
    client, _ = signed_in(BUYER)
    parts = words(client, f"/o/{story.orders['parts'][0]}")
    assert "Milestone 2 of 3." in parts
    assert "Paid next, before commissions: 0.03 ETH" in parts  # 3/8 of the 0.08 left
    assert "Seller's bond 0.005 ETH" in parts
    handed = words(client, f"/o/{story.orders['handed'][0]}")
    assert "First buyer" in handed
    assert "A gift, paid by" in handed
    assert "What you can do" not in handed  # it is somebody else's now
    haggled = words(client, f"/o/{story.orders['haggled'][0]}")
    for told in ("The buyer paid a part: 0.01 ETH", "The seller gave a part back: 0.01 ETH", "More time was given"):
        assert told in haggled
    assert "Ended by agreement. To the buyer: 0.03 ETH" in words(client, f"/o/{story.orders['settled'][0]}")
