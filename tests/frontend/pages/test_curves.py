"""The curve's page: price, reserve and trades; a quote before each trade; what the form refuses; and the opening."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from frontend.curve import Shape, Step
from frontend.pages.curves import price_chart, price_points
from tests.frontend.pages.page import Page
from tests.frontend.pages.story import BUYER, ETH, FOUNDER, SELLER, STRANGER
from tests.frontend.pages.test_forms import assert_asked, post

SignedIn = Callable[[str], tuple[FlaskClient, str]]
PAGE = "/c/4/curve"
ETHER = 10**18
BUYING = {"buy-by": "tokens", "buy-amount": "10", "buy-slippage": "1", "buy-form_key": "k", "step": "quote"}
SELLING = {"sell-amount": "10", "sell-slippage": "1", "sell-form_key": "k", "step": "quote"}
OPENING = {
    "currency": ETH, "fee": "1", "kind": "line", "first_price": "0.001", "last_price": "0.005", "first_units": "20", "step": "preview",
}  # fmt: skip


def words_of(answer: Any) -> str:
    """Give a page's words in one line."""
    return " ".join(Page(answer.get_data(as_text=True)).words.split())


def words(client: FlaskClient, path: str) -> str:
    return words_of(client.get(path))


def hidden(answer: Any) -> dict[str, str]:
    """Give what a page's forms would send along unseen."""
    fields = Page(answer.get_data(as_text=True)).all("input")
    return {str(field["name"]): str(field.get("value") or "") for field in fields if field.get("type") == "hidden"}


# the story: 400 tokens from 0.001 to 0.005 ETH; 100 and 20 were bought, 30 sold, so 90 are out, at 0.001 + 90 * 0.00001


def test_page_tells_price_supply_reserve_and_trades(client: FlaskClient) -> None:
    said = words(client, PAGE)
    assert "Price of a token now 0.0019 ETH Sold of its allocation 90 TIDE Left to be sold 310 TIDE" in said
    assert "In its reserve 0.1305 ETH" in said
    assert "from 0.001 ETH for the first token to 0.005 ETH for the last one" in said
    rows = said.partition("Price afterwards")[2]
    assert rows.index("Sold") < rows.index("Bought")
    assert "30 TIDE ≈ 0.06088 ETH 0.000615 ETH 0.0019 ETH" in rows
    assert "100 TIDE 0.1515 ETH 0.0015 ETH 0.002 ETH" in rows


def test_charts_have_the_numbers_that_the_tables_tell(client: FlaskClient) -> None:
    page = Page(client.get(PAGE).get_data(as_text=True))
    supply, trades = (
        next(f for f in page.all("figure") if name in f) for name in ("data-curve-supply", "data-curve-trades")
    )
    assert (supply["data-xs"], supply["data-prices"], supply["data-now"]) == ("0,90,400", "0.001,0.0019,0.005", "90")
    assert str(trades["data-prices"]).split(",") == ["0.001", "0.002", "0.0022", "0.0019", "0.0019"]
    assert "400 TIDE 0.005 ETH 1.2 ETH" in page.words.replace("\n", " ").replace("  ", " ")


def test_token_page_says_how_the_curve_stands_and_where_there_is_none(client: FlaskClient) -> None:
    assert "Price of a token now 0.0019 ETH" in words(client, "/c/4/token")
    assert "Tokens are set aside for a curve that is not open yet: 200 STAR" in words(client, "/c/2/token")
    assert "This community has no curve." in words(client, "/c/1/token")


def test_page_of_a_community_without_a_curve_says_why(client: FlaskClient, signed_in: SignedIn) -> None:
    assert "It was opened without tokens for one" in words(client, "/c/1/curve")
    said = words(client, "/c/2/curve")
    assert "Tokens are set aside for one: 200 STAR" in said
    assert "Open the curve" not in said
    assert "Open the curve" in words(signed_in(FOUNDER)[0], "/c/2/curve")


def test_purchase_is_quoted_to_the_unit_with_fee_and_bound(signed_in: SignedIn, asked: list[str]) -> None:
    client, csrf = signed_in(BUYER)
    answer = post(client, csrf, f"{PAGE}/buy", BUYING)
    assert answer.status_code == 200
    said = words_of(answer)
    # 10 tokens from 90 on: 10 * 0.00195; 1 % on top; and 1 % of that on top as the bound
    assert "You get exactly 10 TIDE Price of the tokens 0.0195 ETH Fee of the community (1 %) 0.000195 ETH" in said
    assert "You pay now 0.019695 ETH You pay at most 0.01989195 ETH" in said
    assert "Average price of a token 0.00195 ETH Price before and after 0.0019 ETH → 0.002 ETH" in said
    assert "Your trade moves the price by 2.63 %" in said
    found = hidden(answer)
    assert (found["buy-units"], found["buy-bound"]) == (str(10 * ETHER), "19891950000000000")
    assert "Go on to the wallet" in said
    assert asked == []


def test_purchase_by_money_gives_the_most_tokens_that_fit(signed_in: SignedIn) -> None:
    client, csrf = signed_in(BUYER)
    answer = post(client, csrf, f"{PAGE}/buy", {**BUYING, "buy-by": "money", "buy-amount": "0.1"})
    found = hidden(answer)
    units, bound = int(found["buy-units"]), int(found["buy-bound"])
    assert bound == 10**17

    def total(tokens: int) -> int:
        cost = Shape(10**15, 10**31).cost_up(90 * ETHER, 90 * ETHER + tokens)
        return cost + -(-cost // 100)

    assert total(units) * 101 <= bound * 100 < total(units + 10**3) * 101


def test_quote_is_for_everybody_but_the_wallet_needs_an_account(app: Flask, client: FlaskClient) -> None:
    csrf = client.get("/auth/session").get_json()["csrfToken"]
    answer = post(client, csrf, f"{PAGE}/buy", BUYING)
    assert answer.status_code == 200
    assert "Sign in to trade" in words_of(answer)
    assert "Go on to the wallet" not in words_of(answer)
    assert (
        post(client, csrf, f"{PAGE}/buy", {**BUYING, **hidden(answer), "csrf_token": csrf, "step": "go"}).status_code
        == 401
    )


def test_quoted_trade_goes_to_the_chain(signed_in: SignedIn, asked: list[str]) -> None:
    client, csrf = signed_in(BUYER)
    for step, fields in (("buy", BUYING), ("sell", SELLING)):
        quoted = hidden(post(client, csrf, f"{PAGE}/{step}", fields))
        asked.clear()
        assert_asked(
            asked, post(client, csrf, f"{PAGE}/{step}", {**quoted, **fields, "csrf_token": csrf, "step": "go"})
        )


@pytest.mark.parametrize(
    "change", [{"buy-amount": "11"}, {"buy-slippage": "2"}, {"buy-by": "money"}, {"buy-bound": ""}]
)
def test_trade_that_was_changed_after_its_quote_is_quoted_again(
    signed_in: SignedIn, asked: list[str], change: dict[str, str]
) -> None:
    client, csrf = signed_in(BUYER)
    quoted = hidden(post(client, csrf, f"{PAGE}/buy", BUYING))
    answer = post(client, csrf, f"{PAGE}/buy", {**quoted, **BUYING, **change, "csrf_token": csrf, "step": "go"})
    assert answer.status_code == 200
    assert "What you would pay" in words_of(answer)
    assert asked == []


def test_sale_is_quoted_with_what_is_paid_out_at_least(signed_in: SignedIn) -> None:
    client, csrf = signed_in(BUYER)
    said = words_of(post(client, csrf, f"{PAGE}/sell", SELLING))
    # from 90 down to 80: 10 * 0.00185, less 1 %, and 1 % less as the bound
    assert "They bring 0.0185 ETH Fee of the community (1 %) 0.000185 ETH" in said
    assert "You get now 0.018315 ETH You get at least 0.01813185 ETH" in said


REFUSED = {
    "no amount": ("buy", {**BUYING, "buy-amount": ""}, "Please fill this in."),
    "words": ("buy", {**BUYING, "buy-amount": "many"}, "This is not an amount."),
    "nothing": ("buy", {**BUYING, "buy-amount": "0"}, "The amount must be more than 0."),
    "more than is left": ("buy", {**BUYING, "buy-amount": "310.000000000000000001"}, "The curve has 310 tokens left"),
    "too little money": ("buy", {**BUYING, "buy-by": "money", "buy-amount": "0.000000000000000001"}, "too little for even"),
    "a slippage of everything": ("buy", {**BUYING, "buy-slippage": "100"}, "At most 50 %"),
    "neither tokens nor money": ("buy", {**BUYING, "buy-by": "luck"}, "Please choose one from the list."),
    "more than is sold": ("sell", {**SELLING, "sell-amount": "91"}, "More tokens cannot be sold than exist: 90 at most."),
    "another curve that is not there": ("swap", {"swap-other": "1", "swap-amount": "1", "swap-slippage": "1"}, "Please choose one from the list."),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_trade_is_refused_in_words_and_stays_as_typed(signed_in: SignedIn, asked: list[str], name: str) -> None:
    step, fields, why = REFUSED[name]
    client, csrf = signed_in(BUYER)
    answer = post(client, csrf, f"{PAGE}/{step}", fields)
    assert answer.status_code == 422
    if step != "swap":  # with one curve there is no such form
        assert why in words_of(answer)
        assert Page(answer.get_data(as_text=True)).values()[f"{step}-amount"] == fields[f"{step}-amount"]
    assert asked == []


def test_address_of_a_quote_leads_back_to_the_curve(client: FlaskClient) -> None:
    answer = client.get(f"{PAGE}/buy?lang=ko&_external=1")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"{PAGE}?lang=ko")


def test_korean_reader_gets_a_korean_quote(signed_in: SignedIn) -> None:
    client, csrf = signed_in(BUYER)
    client.get(f"{PAGE}?lang=ko")
    said = words_of(post(client, csrf, f"{PAGE}/buy?lang=ko", {**BUYING, "buy-amount": "1000"}))
    assert "곡선에 남은 토큰은 310개로, 1,000개보다 적어요." in said


# --- the opening: 1 000 tokens at most, of which 100 vest for the founder, 300 are for claims, 200 for the curve ----------------


def test_opening_is_previewed_with_prices_costs_and_who_has_what(signed_in: SignedIn, asked: list[str]) -> None:
    client, csrf = signed_in(FOUNDER)
    said = words(client, "/c/2/curve/open")
    assert "Set aside for the curve 200 STAR" in said
    (beside,) = map(int, re.findall(r"you pay for these (\d+) STAR", said))
    answer = post(client, csrf, "/c/2/curve/open", OPENING)
    assert answer.status_code == 200
    said = words_of(answer)
    found = hidden(answer)
    shape = Shape(10**15, -(-4 * 10**15 * 10**36 // ((beside + 200) * ETHER)))
    assert found["backing"] == str(shape.cost_up(0, beside * ETHER))
    first = shape.cost_up(beside * ETHER, (beside + 20) * ETHER)
    assert found["first_total"] == str(first - -first // 100)
    assert "the founder, vesting 100 STAR" in said
    assert "you, by your first purchase 20 STAR" in said
    assert "the curve, for sale 180 STAR" in said
    assert asked == []
    answer = post(client, csrf, "/c/2/curve/open", {**found, **OPENING, "csrf_token": csrf, "step": "go"})
    assert_asked(asked, answer)


BAD_OPENINGS = {
    "no prices": ({"first_price": "", "last_price": ""}, "Name the first price and the last one."),
    "a falling price": ({"first_price": "0.006"}, "The price cannot fall"),
    "a price beyond all reserves": ({"last_price": str(10**18)}, "more than a reserve can hold"),
    "a fee of eleven percent": ({"fee": "11"}, "At most 10 %"),
    "too large a purchase": ({"first_units": "201"}, "That is more than the curve has to sell."),
    "no steps": ({"kind": "steps"}, "Name at least one step."),
    "half a step": ({"kind": "steps", "steps-0-up_to": "5"}, "Step 1 is incomplete."),
    "falling steps": (
        {"kind": "steps", "steps-0-up_to": "5", "steps-0-price": "2", "steps-1-up_to": "9999", "steps-1-price": "1"},
        "Step 2 does not fit",
    ),
    "steps that end too early": ({"kind": "steps", "steps-0-up_to": "5", "steps-0-price": "2"}, "must end at the whole supply"),
    "no currency": ({"currency": "other", "other_currency": ""}, "This is no address"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_OPENINGS)
def test_opening_is_refused_in_words(signed_in: SignedIn, asked: list[str], name: str) -> None:
    changes, why = BAD_OPENINGS[name]
    client, csrf = signed_in(FOUNDER)
    answer = post(client, csrf, "/c/2/curve/open", {**OPENING, **changes})
    assert answer.status_code == 422
    assert why in words_of(answer)
    assert asked == []


def test_opening_is_for_the_steward_of_a_community_that_can_have_a_curve(signed_in: SignedIn) -> None:
    assert signed_in(SELLER)[0].get("/c/2/curve/open").status_code == 403
    assert "It was opened without tokens for one" in words(signed_in(FOUNDER)[0], "/c/1/curve/open")
    assert signed_in(STRANGER)[0].get("/c/4/curve/open").headers["Location"] == "/c/4/curve"


def test_new_community_can_set_tokens_aside(signed_in: SignedIn, asked: list[str]) -> None:
    from tests.frontend.pages.test_forms import OPEN

    client, csrf = signed_in(SELLER)
    fields = {**OPEN, "claim_allocation": "300", "curve_allocation": "500"}
    said = words_of(post(client, csrf, "/c/new", {**fields, "step": "preview"}))
    assert "Set aside for claims 300 (30 %) Set aside for a curve 500 (50 %) You may mint as steward 100" in said
    answer = post(client, csrf, "/c/new", {**fields, "curve_allocation": "601"})
    assert answer.status_code == 422
    assert "All that is set aside is more than can exist: 1000 at most." in words_of(answer)
    assert asked == []
    assert_asked(asked, post(client, csrf, "/c/new", fields))


# --- what charts and tables are made of ---------------------------------------------------------------------------------------


def test_steps_are_drawn_with_their_corners_and_end_at_the_capacity() -> None:
    shape = Shape(steps=(Step(10 * ETHER, 5), Step(30 * ETHER, 8), Step(90 * ETHER, 9)))
    chart = price_chart(shape, 40 * ETHER, 20 * ETHER, 0)
    assert (chart.xs, chart.prices) == ("0,10,10,20,30,30,40", "5,5,8,8,8,9,9")
    points = price_points(shape, 40 * ETHER, 20 * ETHER)
    assert [(point.supply_units // ETHER, point.price_units, point.worth_units) for point in points] == [
        (0, 5, 0),
        (10, 8, 50),
        (20, 8, 130),
        (30, 9, 210),
        (40, 9, 300),
    ]
    assert [point.is_now for point in points] == [False, False, True, False, False]
