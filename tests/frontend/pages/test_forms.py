"""Forms: what is refused is said, with status 422 and everything typed still there; what is right goes on to the chain."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from eth_utils.address import to_checksum_address
from flask import Flask
from flask.testing import FlaskClient

from tests.frontend.pages.page import Page
from tests.frontend.pages.story import ARBITER, BUYER, ETH, FOUNDER, SELLER, STRANGER, Story, community_account

SignedIn = Callable[[str], tuple[FlaskClient, str]]
CHECKSUMMED = to_checksum_address("0x" + "ab" * 20)

OPEN = {
    "name": "Well of Whispers", "symbol": "WELL", "text": "We listen at wells.", "lang": "en", "cap": "1000", "founder_allocation": "100",
    "vesting_cliff": "30", "vesting_cliff_unit": "days", "vesting_duration": "365", "vesting_duration_unit": "days", "fee": "2.5", "tags": "wells, words",
}  # fmt: skip
LIST = {
    "title": "A jar of fog", "text": "One jar, well closed.", "lang": "en", "kind": "goods", "currency": ETH, "price": "0.05", "quantity": "3",
    "accept_for": "2", "accept_for_unit": "days", "deliver_for": "7", "deliver_for_unit": "days", "transit_for": "7", "transit_for_unit": "days",
    "inspect_for": "3", "inspect_for_unit": "days", "rule_for": "7", "rule_for_unit": "days", "arbiter": ARBITER, "arbiter_fee": "0", "max_fee": "3.5",
}  # fmt: skip


def post(client: FlaskClient, csrf: str, path: str, data: dict[str, Any]) -> Any:
    """Send a form with its token and a key."""
    return client.post(
        path, data={"csrf_token": csrf, "form_key": "0x" + "12" * 16, **data}, content_type="multipart/form-data"
    )


def assert_asked(asked: list[str], answer: Any) -> None:
    """Make sure that a form went as far as the node, and came back as typed since the node is away."""
    assert answer.status_code == 503
    assert asked
    assert answer.headers["Retry-After"]
    assert "What you typed is still here" in answer.get_data(as_text=True)


BAD_OPEN = {
    "name empty": ({"name": "  "}, "name"),
    "name too long in bytes": ({"name": "가" * 22}, "name"),
    "name of a megabyte": ({"name": "x" * 200_000}, "name"),
    "name with zero width": ({"name": "We\u200bll"}, "name"),
    "name turned around": ({"name": "We\u202ell"}, "name"),
    "name in two lines": ({"name": "We\nll"}, "name"),
    "symbol too long": ({"symbol": "TWELVELETTER"}, "symbol"),
    "symbol of a filler": ({"symbol": "\u3164"}, "symbol"),
    "cap not a number": ({"cap": "NaN"}, "cap"),
    "cap negative": ({"cap": "-5"}, "cap"),
    "cap zero": ({"cap": "0"}, "cap"),
    "cap over uint112": ({"cap": str(2**112)}, "cap"),
    "cap of 2^256": ({"cap": str(2**256)}, "cap"),
    "cap with comma": ({"cap": "1,000"}, "cap"),
    "cap with exponent": ({"cap": "1e3"}, "cap"),
    "cap with 19 decimals": ({"cap": "1.0000000000000000001"}, "cap"),
    "cap in other digits": ({"cap": "１２"}, "cap"),
    "reserved above cap": ({"founder_allocation": "1001"}, "founder_allocation"),
    "cliff after the end": ({"vesting_cliff": "400"}, "vesting_duration"),
    "vesting over ten years": ({"vesting_duration": "3651"}, "vesting_duration"),
    "vesting half a day": ({"vesting_duration": "0.5"}, "vesting_duration"),
    "fee over the maximum": ({"fee": "20.01"}, "fee"),
    "fee with three decimals": ({"fee": "1.234"}, "fee"),
    "fee negative": ({"fee": "-1"}, "fee"),
    "language unknown": ({"lang": "xx"}, "lang"),
    "nine tags": ({"tags": "a,b,c,d,e,f,g,h,i"}, "tags"),
    "text empty": ({"text": ""}, "text"),
    "text too long": ({"text": "x" * 10_001}, "text"),
}


@pytest.mark.parametrize("name", BAD_OPEN)
def test_community_is_refused_when_form_is_wrong(signed_in: SignedIn, name: str) -> None:
    changes, field = BAD_OPEN[name]
    client, csrf = signed_in(SELLER)
    answer = post(client, csrf, "/c/new", {**OPEN, **changes})
    assert answer.status_code == 422
    page = Page(answer.get_data(as_text=True))
    marked = [attrs for tag in ("input", "select", "textarea") for attrs in page.all(tag) if attrs.get("aria-invalid")]
    assert field in [attrs["name"] for attrs in marked]
    assert f"#{field}" in [attrs.get("href") for attrs in page.all("a")]
    if field != "symbol":
        assert page.values()["symbol"] == "WELL"


def test_form_is_answered_in_a_megabyte_at_most_when_a_field_is_huge(signed_in: SignedIn) -> None:
    client, csrf = signed_in(SELLER)
    answer = post(client, csrf, "/c/new", {**OPEN, "text": "x" * 250_000})
    assert answer.status_code == 422
    assert len(answer.data) < 100_000


def test_form_is_too_large_when_a_field_has_a_megabyte(signed_in: SignedIn) -> None:
    client, csrf = signed_in(SELLER)
    assert post(client, csrf, "/c/new", {**OPEN, "text": "x" * 1_000_000}).status_code == 413


def test_community_goes_to_the_chain_when_form_is_right(signed_in: SignedIn, asked: list[str]) -> None:
    client, csrf = signed_in(SELLER)
    assert_asked(asked, post(client, csrf, "/c/new", OPEN))


def test_community_is_shown_again_when_previewed(signed_in: SignedIn) -> None:
    client, csrf = signed_in(SELLER)
    answer = post(client, csrf, "/c/new", {**OPEN, "step": "preview"})
    assert answer.status_code == 200
    assert "This is what you are about to open" in answer.get_data(as_text=True)
    assert Page(answer.get_data(as_text=True)).values()["cap"] == "1000"


def test_form_is_refused_when_token_is_missing(signed_in: SignedIn) -> None:
    client, _ = signed_in(SELLER)
    assert client.post("/c/new", data=OPEN).status_code == 400


BAD_LIST = {
    "price not a number": ({"price": "inf"}, "price"),
    "price zero": ({"price": "0"}, "price"),
    "price over uint128": ({"price": str(2**128)}, "price"),
    "quantity not whole": ({"quantity": "1.5"}, "quantity"),
    "quantity over uint32": ({"quantity": str(2**32)}, "quantity"),
    "quantity none": ({"quantity": "0"}, "quantity"),
    "no time to accept": ({"accept_for": ""}, "accept_for"),
    "accept over 30 days": ({"accept_for": "31"}, "accept_for"),
    "deliver under an hour": ({"deliver_for": "0"}, "deliver_for"),
    "instant over 48 hours": ({"instant": "y"}, "deliver_for"),
    "inspect under a day": ({"inspect_for": "5", "inspect_for_unit": "hours"}, "inspect_for"),
    "rule under three days": ({"rule_for": "2"}, "rule_for"),
    "arbiter no address": ({"arbiter": "0x12"}, "arbiter"),
    "arbiter zero": ({"arbiter": ETH}, "arbiter"),
    "arbiter mistyped": ({"arbiter": CHECKSUMMED.swapcase().replace("X", "x")}, "arbiter"),
    "backup is the arbiter": ({"backup_arbiter": ARBITER}, "backup_arbiter"),
    "fee over everything": ({"max_fee": "100.01"}, "max_fee"),
    "fee of the arbiter above the price": ({"arbiter_fee": "0.051"}, "arbiter_fee"),
    "kind for later": ({"kind": "file"}, "kind"),
    "currency not offered": ({"currency": "0x" + "77" * 20}, "currency"),
    "other token no address": ({"currency": "other", "other_currency": "tea"}, "other_currency"),
    "title with nothing to see": ({"title": "\u200b"}, "title"),
}


@pytest.mark.parametrize("name", BAD_LIST)
def test_listing_is_refused_when_form_is_wrong(signed_in: SignedIn, name: str) -> None:
    changes, field = BAD_LIST[name]
    client, csrf = signed_in(SELLER)
    answer = post(client, csrf, "/listings/new?community=1", {**LIST, **changes})
    assert answer.status_code == 422
    page = Page(answer.get_data(as_text=True))
    assert [attrs for attrs in page.all("p") if attrs.get("id") == f"{field}-error"], field
    if field != "title":
        assert page.values()["title"] == "A jar of fog"


def test_listing_goes_to_the_chain_when_form_is_right(signed_in: SignedIn, asked: list[str]) -> None:
    client, csrf = signed_in(SELLER)
    assert_asked(asked, post(client, csrf, "/listings/new?community=1", LIST))


def test_listing_asks_the_token_when_another_currency_is_named(signed_in: SignedIn, asked: list[str]) -> None:
    client, csrf = signed_in(SELLER)
    assert_asked(
        asked,
        post(
            client, csrf, "/listings/new?community=1", {**LIST, "currency": "other", "other_currency": "0x" + "77" * 20}
        ),
    )


def test_picture_is_kept_when_form_is_refused(signed_in: SignedIn) -> None:
    from PIL import Image

    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "#b3361c").save(drawn, "PNG")
    client, csrf = signed_in(SELLER)
    answer = post(
        client,
        csrf,
        "/listings/new?community=1",
        {**LIST, "price": "", "picture": (io.BytesIO(drawn.getvalue()), "fog.png")},
    )
    assert answer.status_code == 422
    kept = Page(answer.get_data(as_text=True)).values()["pictures-0-hash"]
    assert re.fullmatch(r"0x[0-9a-f]{64}", kept)
    assert client.get(f"/content/{kept}").mimetype == "image/webp"


def test_picture_is_refused_when_it_is_none(signed_in: SignedIn) -> None:
    client, csrf = signed_in(SELLER)
    answer = post(client, csrf, "/listings/new?community=1", {**LIST, "picture": (io.BytesIO(b"<svg/>"), "fog.png")})
    assert answer.status_code == 422
    assert 'id="picture-error"' in answer.get_data(as_text=True)


def test_commission_of_the_platform_is_refused_when_above_five_percent(signed_in: SignedIn, asked: list[str]) -> None:
    client, csrf = signed_in(FOUNDER)
    assert post(client, csrf, "/c/0/fee", {"fee-fee": "5.01", "fee-form_key": "k"}).status_code == 422
    assert_asked(asked, post(client, csrf, "/c/0/fee", {"fee-fee": "5", "fee-form_key": "k"}))


@pytest.mark.parametrize("step", ["renounce", "freeze"])
def test_last_step_is_refused_when_it_is_not_ticked(signed_in: SignedIn, step: str, asked: list[str]) -> None:
    client, csrf = signed_in(FOUNDER)
    assert post(client, csrf, f"/c/1/{step}", {f"{step}-form_key": "k"}).status_code == 422
    assert_asked(asked, post(client, csrf, f"/c/1/{step}", {f"{step}-sure": "y", f"{step}-form_key": "k"}))


BAD_BUY = {
    "quantity zero": ({"quantity": "0"}, "quantity"),
    "quantity negative": ({"quantity": "-1"}, "quantity"),
    "quantity of 2^32": ({"quantity": str(2**32)}, "quantity"),
    "no recipient": ({"recipient": "other", "holder": ""}, "holder"),
    "recipient no address": ({"recipient": "other", "holder": "me"}, "holder"),
    "commission unreadable": ({"fee_shown": "lots"}, None),
}


@pytest.mark.parametrize("name", BAD_BUY)
def test_purchase_is_refused_when_form_is_wrong(signed_in: SignedIn, story: Story, name: str) -> None:
    changes, field = BAD_BUY[name]
    client, csrf = signed_in(BUYER)
    data = {"quantity": "1", "recipient": "me", "fee_shown": "350", **changes}
    answer = post(client, csrf, f"/l/{story.listings['lamp'][0]}/buy", data)
    assert answer.status_code == 422
    if field:
        assert f'id="{field}-error"' in answer.get_data(as_text=True)


def test_purchase_goes_to_the_chain_when_form_is_right(signed_in: SignedIn, story: Story, asked: list[str]) -> None:
    client, csrf = signed_in(BUYER)
    assert_asked(
        asked,
        post(
            client,
            csrf,
            f"/l/{story.listings['lamp'][0]}/buy",
            {"quantity": "1", "recipient": "me", "fee_shown": "350"},
        ),
    )


def test_purchase_asks_for_sign_in_when_nobody_is_signed_in(app: Flask, story: Story) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        answer = app.test_client().post(f"/l/{story.listings['lamp'][0]}/buy", data={"quantity": "1"})
    finally:
        app.config["WTF_CSRF_ENABLED"] = True
    assert answer.status_code in (302, 303, 401)


@pytest.mark.parametrize(
    ("step", "data"),
    [
        ("dispute", {"dispute-text": ""}),
        ("evidence", {"evidence-text": "x" * 10_001}),
        ("refund", {}),
        ("rule", {"rule-share": "100.5"}),
        ("rule", {"rule-share": "half"}),
        ("deliver", {"deliver-note": "\u202e"}),
    ],
)
def test_order_step_is_refused_when_form_is_wrong(
    signed_in: SignedIn, story: Story, step: str, data: dict[str, str]
) -> None:
    key = story.orders["disputed"][0]
    client, csrf = signed_in(ARBITER if step == "rule" else BUYER if step in ("dispute", "evidence") else SELLER)
    assert post(client, csrf, f"/o/{key}/{step}", {f"{step}-form_key": "k", **data}).status_code == 422


@pytest.mark.parametrize(
    ("step", "data"),
    [
        ("accept", {}), ("decline", {}), ("cancel", {}), ("confirm", {}), ("stake", {}), ("expire", {}),
        ("deliver", {"deliver-note": "송장 1234"}), ("dispute", {"dispute-text": "No."}), ("evidence", {"evidence-text": "Look."}),
        ("refund", {"refund-sure": "y"}), ("rule", {"rule-share": "62.5"}),
    ],
)  # fmt: skip
def test_order_step_goes_to_the_chain_when_form_is_right(
    signed_in: SignedIn, story: Story, step: str, data: dict[str, str], asked: list[str]
) -> None:
    client, csrf = signed_in(BUYER)
    assert_asked(
        asked, post(client, csrf, f"/o/{story.orders['disputed'][0]}/{step}", {f"{step}-form_key": "k", **data})
    )


@pytest.mark.parametrize("amount", ["0", "-1", "1.0000000000000000001", "abc", str(2**256)])
def test_withdrawal_is_refused_when_amount_is_wrong(signed_in: SignedIn, amount: str) -> None:
    client, csrf = signed_in(BUYER)
    page = Page(client.get("/credits").get_data(as_text=True))
    path = next(str(attrs["action"]) for attrs in page.all("form") if "withdraw" in str(attrs.get("action")))
    name = next(str(attrs["name"]) for attrs in page.all("input") if str(attrs.get("name")).endswith("-amount"))
    prefix = name.removesuffix("amount")
    answer = post(client, csrf, path, {name: amount, f"{prefix}to": BUYER, f"{prefix}form_key": "k"})
    assert answer.status_code == 422
    assert Page(answer.get_data(as_text=True)).values()[name] == amount


def test_withdrawal_goes_to_the_chain_when_form_is_right(signed_in: SignedIn, asked: list[str]) -> None:
    client, csrf = signed_in(FOUNDER)
    account = community_account(1)
    page = Page(client.get("/credits").get_data(as_text=True))
    path = next(str(attrs["action"]) for attrs in page.all("form") if account in str(attrs.get("action")))
    prefix = f"w{account[-8:]}00000000-"
    assert f"{prefix}amount" in page.values()
    assert_asked(
        asked,
        post(client, csrf, path, {f"{prefix}amount": "0.0001", f"{prefix}to": STRANGER, f"{prefix}form_key": "k"}),
    )


def test_form_is_refused_when_its_key_is_too_long(signed_in: SignedIn, story: Story) -> None:
    client, csrf = signed_in(BUYER)
    data = {"csrf_token": csrf, "accept-form_key": "x" * 500}
    assert client.post(f"/o/{story.orders['funded'][0]}/accept", data=data).status_code == 422


WHOLE = str(10**17)  # what is in escrow of the story's orders
BAD_CHANGES = {
    "a part of nothing": ("funded", BUYER, "release", {"amount": "0", "expected": WHOLE}, "amount"),
    "more than there is": ("funded", BUYER, "release", {"amount": "0.11", "expected": WHOLE}, "amount"),
    "more back than there is": ("accepted", SELLER, "refund_part", {"amount": "0.11", "expected": WHOLE}, "amount"),
    "a part that is no number": ("accepted", SELLER, "refund_part", {"amount": "half", "expected": WHOLE}, "amount"),
    "no more time": ("funded", BUYER, "extend", {"more": "0", "clock": "1"}, "more"),
    "too much time": ("funded", BUYER, "extend", {"more": "181", "clock": "1"}, "more"),
    "no new holder": ("funded", BUYER, "transfer", {"to": "me", "sure": "y"}, "to"),
    "a transfer that is not ticked": ("funded", BUYER, "transfer", {"to": "0x" + "ab" * 20}, "sure"),
    "an offer above all": ("funded", SELLER, "offer", {"amount": "0.2", "expected": WHOLE}, "amount"),
    "an offer without what was seen": ("funded", SELLER, "offer", {"amount": "0.05", "expected": ""}, None),
    "no link": ("funded", SELLER, "settle_signed", {"link": ""}, "link"),
    "a link of nothing": ("funded", SELLER, "settle_signed", {"link": "https://example.org/#to=1"}, "link"),
}


@pytest.mark.parametrize("name", BAD_CHANGES)
def test_change_of_an_order_is_refused_when_form_is_wrong(
    signed_in: SignedIn, story: Story, name: str, asked: list[str]
) -> None:
    order, account, step, data, field = BAD_CHANGES[name]
    client, csrf = signed_in(account)
    sent = {f"{step}-{part}": value for part, value in data.items()}
    answer = post(client, csrf, f"/o/{story.orders[order][0]}/{step}", sent)
    assert answer.status_code == 422
    page = Page(answer.get_data(as_text=True))
    assert 'role="alert"' in page.source
    if field:
        assert f'id="{step}-{field}-error"' in page.source
    assert asked == []


def test_change_of_an_order_goes_to_the_chain_when_form_is_right(
    signed_in: SignedIn, story: Story, asked: list[str]
) -> None:
    key = story.orders["funded"][0]
    client, csrf = signed_in(BUYER)
    for step, data in (
        ("release", {"amount": "0.04", "expected": WHOLE}),
        ("offer", {"amount": "0", "expected": WHOLE}),
        ("transfer", {"to": "0x" + "ab" * 20, "sure": "y"}),
    ):
        asked.clear()
        sent = {f"{step}-{part}": value for part, value in data.items()}
        assert_asked(asked, post(client, csrf, f"/o/{key}/{step}", sent))


def test_page_that_is_behind_is_told_so_when_a_part_is_paid(signed_in: SignedIn, story: Story) -> None:
    client, csrf = signed_in(BUYER)
    sent = {"release-amount": "0.01", "release-expected": str(2 * 10**17)}
    answer = post(client, csrf, f"/o/{story.orders['haggled'][0]}/release", sent)
    assert "What is in escrow has changed since you opened the page" in answer.get_data(as_text=True)


def test_nothing_is_given_to_sign_when_the_amount_is_wrong_or_the_account_a_stranger(
    signed_in: SignedIn, story: Story, asked: list[str]
) -> None:
    path = f"/o/{story.orders['funded'][0]}/settlement"
    data = {"sign-amount": "0.05", "sign-valid": "2", "sign-valid_unit": "days"}
    client, csrf = signed_in(BUYER)
    wrong = post(client, csrf, path, {**data, "sign-amount": "7"})
    assert wrong.status_code == 422
    assert "0.1" in wrong.get_json()["error"]["text"]
    stranger, its_csrf = signed_in(STRANGER)
    assert post(stranger, its_csrf, path, data).status_code == 403
    assert asked == []


def test_picture_for_the_arbiter_is_kept_and_goes_to_the_chain(
    signed_in: SignedIn, story: Story, asked: list[str]
) -> None:
    from PIL import Image

    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "#b3361c").save(drawn, "PNG")
    client, csrf = signed_in(BUYER)
    path = f"/o/{story.orders['disputed'][0]}/picture"
    assert post(client, csrf, path, {"picture-picture_hash": ""}).status_code == 422
    text = post(client, csrf, path, {"picture-picture": (io.BytesIO(b"no picture"), "note.txt")})
    assert 'id="picture-picture-error"' in text.get_data(as_text=True)
    assert asked == []
    answer = post(client, csrf, path, {"picture-picture": (io.BytesIO(drawn.getvalue()), "crack.png")})
    assert_asked(asked, answer)
    kept = Page(answer.get_data(as_text=True)).values()["picture-picture_hash"]
    assert client.get(f"/content/{kept}").mimetype == "image/webp"


def test_picture_for_the_arbiter_is_refused_when_it_is_not_kept_here(
    signed_in: SignedIn, story: Story, asked: list[str]
) -> None:
    client, csrf = signed_in(BUYER)
    path = f"/o/{story.orders['disputed'][0]}/picture"
    answer = post(client, csrf, path, {"picture-picture_hash": "0x" + "12" * 32})
    assert answer.status_code == 422
    assert asked == []
