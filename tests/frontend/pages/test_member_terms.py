"""What members get, on the pages: prices, listings for them alone, waived commissions. STAR has tiers at 10 and 30 tokens."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask, render_template_string
from flask.testing import FlaskClient

from frontend.extensions import queries, services
from frontend.formatters import short
from frontend.index.proposal_views import ProposedCall
from frontend.pages.fees import fees_on
from frontend.pages.standing import levels_to_choose
from frontend.services.intents import Call
from tests.frontend.pages.conftest import make_app, sign_in
from tests.frontend.pages.page import Page
from tests.frontend.pages.story import BUYER, DAY, FOUNDER, PAYER, REGISTRY, SELLER, STRANGER, Story, tell_all
from tests.frontend.pages.test_forms import LIST, assert_asked, post

STARS = 2
TITLE = {"text": "Brought by night.", "lang": "en", "picture": None, "kind": "goods", "tags": []}
SignedIn = Callable[[str], tuple[FlaskClient, str]]


def tell(story: Story) -> None:
    """Tell the whole story, and of what members get in its second community: no member, and one of each level."""
    tell_all(story)
    assert story.assembly is not None
    story.assembly.lock(PAYER, 5)
    common = {"community_id": STARS, "seller": FOUNDER}
    story.list(
        "cheaper", {**TITLE, "title": "Cheaper for members"}, **common, member_level=2, member_discount_bps=1_501
    )
    story.list("members", {**TITLE, "title": "For members"}, **common, buyer_level=1)
    story.list("inner", {**TITLE, "title": "For the inner circle"}, **common, buyer_level=3)
    story.list("nobody", {**TITLE, "title": "For a tier that is gone"}, **common, buyer_level=4)
    story.list("in_stars", {**TITLE, "title": "Paid in stars"}, **common, currency=story.token(STARS))
    story.list("by_member", {**TITLE, "title": "Sold by a member"}, community_id=STARS)
    story.emit("CommunityRegistry", REGISTRY, "WaiversSet", id=STARS, tokenWaiver=50, memberWaiver=25)
    story.emit(
        "CommunityRegistry", REGISTRY, "WaiverCutAnnounced", id=STARS, tokenWaiver=10, memberWaiver=25,
        raiseAt=story.at_ts + 300 * DAY,
    )  # fmt: skip


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Flask, Story]:
    return make_app(tmp_path_factory.mktemp("members"), tell)


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    with app.test_request_context():
        yield


def browser_of(app: Flask, account: str | None) -> FlaskClient:
    client = app.test_client()
    if account:
        sign_in(app, client, account)
    return client


def page_of(app: Flask, account: str | None, path: str) -> Page:
    answer = browser_of(app, account).get(path)
    assert answer.status_code == 200
    return Page(answer.get_data(as_text=True))


def words(page: Page) -> str:
    return " ".join(page.words.split())


# --- prices --------------------------------------------------------------------------------------------------------------

FULL, MEMBERS = "0.1 ETH", "0.08499 ETH"


@pytest.mark.parametrize(
    ("account", "units"),
    [(None, 10**17), (STRANGER, 10**17), (PAYER, 10**17), (BUYER, 8_499 * 10**13), (SELLER, 8_499 * 10**13)],
)
def test_checkout_shows_and_sends_the_price_of_whoever_looks(
    app: Flask, story: Story, account: str | None, units: int
) -> None:
    page = page_of(app, account, f"/l/{story.listings['cheaper'][0]}/buy?quantity=2")
    assert page.values()["price_shown"] == str(units)
    assert f"You pay {'0.16998' if units < 10**17 else '0.2'} ETH" in words(page)


def test_listing_says_both_prices_and_whose_the_lower_one_is(app: Flask, story: Story) -> None:
    path = f"/l/{story.listings['cheaper'][0]}"
    for account, mine in ((STRANGER, False), (BUYER, True)):
        page = page_of(app, account, path)
        said = words(page)
        assert f"{FULL} Members pay {MEMBERS}" in said
        assert "members of tier 1 and above" in said
        assert ("your price" in said) is mine
        (button,) = [attrs for attrs in page.all("button") if "data-cart-add" in attrs]
        assert button["data-price"] == str(8_499 * 10**13 if mine else 10**17)


def test_cards_say_the_members_price_and_whom_a_listing_is_for(app: Flask) -> None:
    said = words(page_of(app, None, f"/c/{STARS}"))
    assert f"Members pay {MEMBERS}" in said
    assert said.count("Members only") == 3


def test_cart_shows_what_its_account_pays_and_what_was_seen_before(app: Flask, story: Story) -> None:
    listing = story.listings["cheaper"][0]
    for account, shown in ((STRANGER, "0.1"), (BUYER, "0.08499")):
        client = browser_of(app, account)
        csrf = sign_in(app, client, account)
        line = {"listing": listing, "quantity": "3", "price": str(10**17), "fee": "600", "referrer": ""}
        data = {f"items-0-{name}": value for name, value in line.items()}
        page = Page(post(client, csrf, "/cart", data).get_data(as_text=True))
        assert f"Price of one {shown} ETH" in words(page)
        assert ("You saw another price: 0.1 ETH." in words(page)) is (account == BUYER)
        assert (post(client, csrf, "/cart/buy", data).status_code == 422) is (account == BUYER)


# --- who may buy ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "account", "text"),
    [
        ("members", None, "This is only for members of the community. Sign in to see whether your account is one."),
        ("members", STRANGER, "This is only for members of the community. Locked now: 0 STAR."),
        ("members", PAYER, "This is only for members of the community. 5 STAR are locked: that is enough."),
        (
            "inner",
            BUYER,
            "This is only for members of tier 2 and above. That takes 30 STAR, locked. Locked now: 20 STAR.",
        ),
        ("inner", SELLER, "35 STAR are locked: that is enough."),
        ("nobody", SELLER, "The community has no such members now."),
    ],
)
def test_listing_for_members_says_what_a_visitor_lacks(
    app: Flask, story: Story, name: str, account: str | None, text: str
) -> None:
    page = page_of(app, account, f"/l/{story.listings[name][0]}")
    assert text in words(page)
    lacks = "enough" not in text
    assert any(attrs.get("href") == f"/c/{STARS}/members" for attrs in page.all("a")) is lacks
    assert [attrs for attrs in page.all("button") if "data-cart-add" in attrs] == [] or not lacks


def test_cart_says_that_a_line_is_for_others(app: Flask, story: Story) -> None:
    client = browser_of(app, None)
    csrf = sign_in(app, client, BUYER)
    line = {
        "listing": story.listings["inner"][0],
        "quantity": "1",
        "price": str(10**17),
        "fee": "600",
        "referrer": "",
    }
    page = post(client, csrf, "/cart", {f"items-0-{name}": value for name, value in line.items()})
    said = words(Page(page.get_data(as_text=True)))
    assert f"This is only for members of tier 2 and above; {short(BUYER)} is a member of tier 1 now." in said


def test_purchase_is_refused_with_the_reason_unless_its_holder_is_a_member(
    app: Flask, story: Story, asked: list[str]
) -> None:
    path = f"/l/{story.listings['members'][0]}/buy"
    client = browser_of(app, None)
    csrf = sign_in(app, client, STRANGER)
    form = {"quantity": "1", "recipient": "me", "fee_shown": "600", "price_shown": str(10**17)}
    answer = post(client, csrf, path, form)
    assert answer.status_code == 422
    assert "is no member now. Lock tokens" in answer.get_data(as_text=True)
    assert_asked(asked, post(client, csrf, path, {**form, "recipient": "other", "holder": PAYER}))


def test_purchase_for_another_account_shows_what_that_account_pays(app: Flask, story: Story) -> None:
    path = f"/l/{story.listings['cheaper'][0]}/buy"
    client = browser_of(app, None)
    csrf = sign_in(app, client, BUYER)
    form = {"quantity": "1", "recipient": "other", "holder": STRANGER, "fee_shown": "600"}
    answer = post(client, csrf, path, {**form, "price_shown": str(8_499 * 10**13)})
    assert answer.status_code == 422
    page = Page(answer.get_data(as_text=True))
    assert f"The members' price does not hold for {short(STRANGER)} now: one costs 0.1 ETH." in words(page)
    assert (page.values()["price_shown"], page.values()["holder"]) == (str(10**17), STRANGER)


@pytest.mark.parametrize("shown", ["x", "-1", "1.5", str(2**128), "1" * 5_000, "１"])
def test_purchase_is_refused_when_the_price_it_was_shown_is_no_number(app: Flask, story: Story, shown: str) -> None:
    client = browser_of(app, None)
    csrf = sign_in(app, client, BUYER)
    form = {"quantity": "1", "recipient": "me", "fee_shown": "600", "price_shown": shown}
    assert post(client, csrf, f"/l/{story.listings['cheaper'][0]}/buy", form).status_code == 422


# --- the form of a listing -----------------------------------------------------------------------------------------------

BAD_TERMS = {
    "a level that does not exist": ({"buyer_level": "4"}, "buyer_level"),
    "a discount for nobody": ({"member_discount": "10"}, "member_level"),
    "members without a discount": ({"member_level": "1"}, "member_discount"),
    "a discount of nothing": ({"member_level": "1", "member_discount": "0"}, "member_discount"),
    "a discount of all": ({"member_level": "1", "member_discount": "100"}, "member_discount"),
    "a fee above the members' price": (
        {"member_level": "1", "member_discount": "50", "arbiter_fee": "0.0251"},
        "arbiter_fee",
    ),
}


@pytest.mark.parametrize("name", BAD_TERMS)
def test_listing_is_refused_when_what_members_get_is_wrong(app: Flask, name: str) -> None:
    changes, field = BAD_TERMS[name]
    client = browser_of(app, None)
    csrf = sign_in(app, client, FOUNDER)
    answer = post(client, csrf, f"/listings/new?community={STARS}", {**LIST, "max_fee": "10", **changes})
    assert answer.status_code == 422
    page = Page(answer.get_data(as_text=True))
    assert [attrs for attrs in page.all("p") if attrs.get("id") == f"{field}-error"], field
    assert page.values()["member_discount"] == changes.get("member_discount", "")


def test_listing_goes_to_the_chain_when_what_members_get_is_right(app: Flask, asked: list[str]) -> None:
    client = browser_of(app, None)
    csrf = sign_in(app, client, FOUNDER)
    data = {**LIST, "max_fee": "10", "buyer_level": "1", "member_level": "3", "member_discount": "99.99"}
    assert_asked(asked, post(client, csrf, f"/listings/new?community={STARS}", {**data, "arbiter_fee": "0.000005"}))


def test_form_offers_the_levels_that_the_community_has(app: Flask, context: None) -> None:
    assert levels_to_choose(STARS) == [
        ("1", "members of the community"),
        ("2", "members of tier 1 and above (10 STAR locked)"),
        ("3", "members of tier 2 and above (30 STAR locked)"),
    ]
    assert levels_to_choose(1) == []
    names = [attrs.get("name") for attrs in page_of(app, SELLER, "/listings/new?community=1").all("select")]
    assert "buyer_level" not in names
    names = [attrs.get("name") for attrs in page_of(app, SELLER, f"/listings/new?community={STARS}").all("select")]
    assert {"buyer_level", "member_level"} <= set(names)


# --- waivers -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "community_bps"),
    [("cheaper", 500), ("in_stars", 250), ("by_member", 375)],
)
def test_commission_of_a_sale_is_what_its_community_does_not_waive(
    app: Flask, story: Story, context: None, name: str, community_bps: int
) -> None:
    listing, community = queries.listing(story.listings[name][0]), queries.community(STARS)
    assert listing is not None
    fees = fees_on(listing, queries.community(0), community, story.at_ts)
    assert (fees.platform_bps, fees.community_bps) == (100, community_bps)
    page = page_of(app, STRANGER, f"/l/{listing.id}/buy")
    assert page.values()["fee_shown"] == str(100 + community_bps)
    assert f"to the community ({community_bps / 100:g} %)" in words(page)


def test_commission_page_shows_waivers_in_force_and_cuts_that_are_announced(app: Flask) -> None:
    said = words(page_of(app, None, f"/c/{STARS}/commission"))
    assert "of it not taken in sales in its own token 50 %" in said
    assert "of it not taken in members' sales 25 %" in said
    assert "Waived for new orders from then on: 10 % in sales in its own token, 25 % in members' sales:" in said
    assert "Waived of it: 50 % in sales in its own token, 25 % in members' sales" in said
    assert "(announced, in force from:)" in said


def test_desk_offers_the_waivers_in_force_to_the_steward_of_a_community_alone(app: Flask) -> None:
    values = page_of(app, FOUNDER, f"/c/{STARS}/desk").values()
    assert (values["waivers-token_waiver"], values["waivers-member_waiver"]) == ("50", "25")
    assert "waivers-token_waiver" not in page_of(app, FOUNDER, "/c/0/desk").values()


@pytest.mark.parametrize("typed", ["101", "-1", "2.5", "half", ""])
def test_waivers_are_refused_when_they_are_no_whole_percents(app: Flask, typed: str) -> None:
    client = browser_of(app, None)
    csrf = sign_in(app, client, FOUNDER)
    data = {"waivers-token_waiver": typed, "waivers-member_waiver": "0", "waivers-form_key": "k"}
    answer = post(client, csrf, f"/c/{STARS}/waivers", data)
    assert answer.status_code == 422
    page = Page(answer.get_data(as_text=True))
    assert page.values()["waivers-token_waiver"] == typed
    assert [attrs for attrs in page.all("p") if attrs.get("id") == "waivers-token_waiver-error"]


def test_waivers_go_to_the_chain_when_the_steward_sends_them(app: Flask, asked: list[str]) -> None:
    data = {"waivers-token_waiver": "100", "waivers-member_waiver": "0", "waivers-form_key": "k"}
    client = browser_of(app, None)
    assert post(client, sign_in(app, client, STRANGER), f"/c/{STARS}/waivers", data).status_code == 403
    assert_asked(asked, post(client, sign_in(app, client, FOUNDER), f"/c/{STARS}/waivers", data))


def test_a_proposed_waiver_is_told_in_words(app: Flask, context: None) -> None:
    source = "{% from 'proposals/macros.html' import sentence %}{{ sentence(read, {}, community) }}"
    data = Call("CommunityRegistry", REGISTRY, "setWaivers", (STARS, 40, 5)).data
    read = services.calls.decoded(ProposedCall(REGISTRY, 0, data))
    said = render_template_string(source, read=read, community=queries.community(STARS))
    assert "40 % of it in sales in its own token, 5 % in members" in said
