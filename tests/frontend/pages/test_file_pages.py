"""Pages and forms of sealed files without a browser: what they say, what they refuse before the chain is asked, and what they never show."""

from __future__ import annotations

import secrets
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient

from frontend.content.pieces import AGE_MAGIC
from frontend.extensions import bound
from frontend.index.file_views import SealedFile, Wrap
from tests.frontend.pages.conftest import make_app, sign_in
from tests.frontend.pages.page import Page
from tests.frontend.pages.story import ARBITER, BUYER, DAY, FOUNDER, SELLER, STRANGER, Story
from tests.frontend.pages.test_forms import LIST, assert_asked, post
from tests.index.files import words_of
from tools.files.wrap import point_of

SIZE = 100_000
HEADER, NONCE, TAG = 168, 16, 16
SEALED = AGE_MAGIC + b"-" * (HEADER - len(AGE_MAGIC) + NONCE) + secrets.token_bytes(SIZE + 2 * TAG)
HASH = "0x" + sha256(sha256(SEALED).digest()).hexdigest()
HERE = SealedFile("0x" + "a1" * 32, HASH, "0x" + "a3" * 32, SIZE)
GONE = SealedFile("0x" + "b1" * 32, "0x" + "b2" * 32, "0x" + "b3" * 32, SIZE)
POINT, ASKED = words_of(point_of(7)), words_of(point_of(8))
WRAP = Wrap(*words_of(point_of(9)), "0x" + "c4" * 32)
SECRET = f"0x{0x5EC4E7:064x}"
FORM = {
    **{name: LIST[name] for name in LIST if name not in ("kind", "transit_for", "transit_for_unit", "deliver_for", "deliver_for_unit")},
    "instant": "y", "deliver_for": "48", "deliver_for_unit": "hours", "quantity": "1000000", "key_hash": HERE.key_hash,
    "ciphertext_hash": HASH, "plaintext_hash": HERE.plaintext_hash, "size": str(SIZE), "salt": "0x" + "5a" * 32,
}  # fmt: skip
ORDERS = ("due", "open", "asked", "back")


class Town(NamedTuple):
    app: Flask
    story: Story

    def visitor(self, account: str) -> tuple[FlaskClient, str]:
        client = self.app.test_client()
        return client, sign_in(self.app, client, account)

    def page(self, account: str | None, path: str, **query: str) -> str:
        client = self.app.test_client() if account is None else self.visitor(account)[0]
        answer = client.get(path, query_string=query)
        assert answer.status_code == 200, path
        return answer.get_data(as_text=True)

    def order(self, name: str) -> str:
        return f"/o/{self.story.orders[name][0]}"

    def listing(self, name: str) -> str:
        return f"/l/{self.story.listings[name][0]}"


def tell(story: Story) -> None:
    story.platform(FOUNDER, 100)
    story.community("Bakery", "BREAD", None, fee_bps=500)
    common = {"kind": "file", "transit_for_s": 0, "instant": True, "accept_for_s": 0, "deliver_for_s": DAY}
    words = {"text": "", "lang": "en", "picture": None, "tags": []}
    story.list("here", {"title": "Recipes", **words}, 50, **common, file=HERE)
    story.list("gone", {"title": "Lost songs", **words}, 50, **common, file=GONE)
    for name in ORDERS:
        story.buy(name, "here", point=POINT)
    for name in ("open", "asked"):
        story.deliver_key(name, WRAP)
    story.ask_key("asked", *ASKED)
    story.give_back("back", "OrderRefunded")


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Town:
    folder: Path = tmp_path_factory.mktemp("files")
    app, story = make_app(folder, tell)
    with app.test_request_context():
        files = bound().services.files
        who = {"account": SELLER, "network": "test"}
        files.keep_piece("0x" + sha256(SEALED).hexdigest(), SEALED, **who)
        assert files.keep(sha256(SEALED).digest(), **who).hash == HASH
    return Town(app, story)


def forms_on(source: str) -> list[str]:
    return [
        str(form["action"]).rpartition("/")[2] for form in Page(source).all("form") if "/o/" in str(form.get("action"))
    ]


# --- selling


def test_listing_goes_to_the_chain_when_the_sealed_file_is_here(town: Town, asked: list[str]) -> None:
    client, csrf = town.visitor(SELLER)
    assert_asked(asked, post(client, csrf, "/listings/new/file?community=1", FORM))


BAD: dict[str, dict[str, Any]] = {
    "nothing was sealed": dict.fromkeys(("key_hash", "ciphertext_hash", "plaintext_hash", "salt", "size"), ""),
    "no salt": {"salt": ""},
    "a hash that is none": {"key_hash": "0x12"},
    "a file that never was here": {"ciphertext_hash": GONE.ciphertext_hash},
    "a size that is none": {"size": "1e5"},
    "a size of 0": {"size": "0"},
    "more than a gibibyte": {"size": str(2**30 + 1)},
    "larger than what was sealed": {"size": str(len(SEALED))},
    "much smaller than what was sealed": {"size": str(SIZE - 70_000)},
}


@pytest.mark.parametrize("name", BAD)
def test_listing_is_refused_without_asking_the_chain_when_the_file_is_not_as_it_says(
    town: Town, asked: list[str], name: str
) -> None:
    client, csrf = town.visitor(SELLER)
    answer = post(client, csrf, "/listings/new/file?community=1", {**FORM, **BAD[name]})
    assert answer.status_code == 422
    assert asked == []
    page = Page(answer.get_data(as_text=True))
    assert page.values()["title"] == FORM["title"], "what was typed is still there"
    assert "Sealed file" in page.words


def test_instant_delivery_within_48_hours_and_a_large_number_are_what_the_form_begins_with(town: Town) -> None:
    page = Page(town.page(SELLER, "/listings/new/file", community="1"))
    values = page.values()
    assert (values["deliver_for"], values["inspect_for"], values["quantity"]) == ("48", "3", "1000000")
    (instant,) = [attrs for attrs in page.all("input") if attrs.get("name") == "instant"]
    assert "checked" in instant
    assert "transit_for" not in values


def test_listing_of_a_file_is_duplicated_in_the_form_of_files(town: Town) -> None:
    client, _ = town.visitor(SELLER)
    listing = town.story.listings["here"][0]
    answer = client.get("/listings/new", query_string={"like": listing})
    assert (answer.status_code, answer.headers["Location"].startswith("/listings/new/file?")) == (302, True)
    values = Page(client.get(answer.headers["Location"]).get_data(as_text=True)).values()
    assert (values["title"], values["salt"]) == ("Recipes", ""), "it is sealed anew"


# --- buying


def test_listing_says_whether_its_file_can_be_fetched_and_is_not_for_the_cart(town: Town) -> None:
    here, gone = town.page(BUYER, town.listing("here")), town.page(BUYER, town.listing("gone"))
    assert f'href="/files/{HASH}"' in here
    assert "It is here" in here
    assert "cannot be bought" in gone
    assert "data-cart-add" not in here
    assert "not with the cart" in here


def test_checkout_is_refused_without_asking_the_chain_when_the_sealed_file_is_gone(
    town: Town, asked: list[str]
) -> None:
    client, csrf = town.visitor(BUYER)
    form = {
        "quantity": "1",
        "fee_shown": "600",
        "purchase_salt": "0x" + "11" * 32,
        "key_x": POINT[0],
        "key_y": POINT[1],
    }
    answer = post(client, csrf, f"{town.listing('gone')}/buy", form)
    assert answer.status_code == 422
    assert "cannot be fetched" in answer.get_data(as_text=True)
    assert asked == []
    assert_asked(asked, post(client, csrf, f"{town.listing('here')}/buy", form))


@pytest.mark.parametrize("lacks", ["purchase_salt", "key_x", "key_y"])
def test_checkout_is_refused_when_the_browser_has_not_made_the_secret(town: Town, asked: list[str], lacks: str) -> None:
    client, csrf = town.visitor(BUYER)
    form = {
        "quantity": "1",
        "fee_shown": "600",
        "purchase_salt": "0x" + "11" * 32,
        "key_x": POINT[0],
        "key_y": POINT[1],
    }
    answer = post(client, csrf, f"{town.listing('here')}/buy", {**form, lacks: ""})
    assert answer.status_code == 422
    assert "Your browser has not made the secret" in answer.get_data(as_text=True)


def test_checkout_offers_no_gift_of_a_file_and_refuses_one(town: Town, asked: list[str]) -> None:
    source = town.page(BUYER, f"{town.listing('here')}/buy")
    assert 'name="recipient"' not in source
    client, csrf = town.visitor(BUYER)
    form = {
        "quantity": "1",
        "fee_shown": "600",
        "purchase_salt": "0x" + "11" * 32,
        "key_x": POINT[0],
        "key_y": POINT[1],
    }
    answer = post(client, csrf, f"{town.listing('here')}/buy", {**form, "recipient": "other", "holder": STRANGER})
    assert answer.status_code == 422
    assert "cannot be bought for somebody else" in answer.get_data(as_text=True)


# --- the order


@pytest.mark.parametrize(
    ("order", "who", "steps"),
    [
        ("due", SELLER, {"deliver_file"}),
        ("due", BUYER, set()),
        ("open", BUYER, {"claim_bad_key", "ask_key"}),
        ("open", SELLER, set()),
        ("asked", SELLER, {"answer_key"}),
        ("asked", STRANGER, set()),
        ("back", BUYER, set()),
        ("back", SELLER, set()),
    ],
)
def test_order_offers_about_its_key_what_the_contracts_allow(town: Town, order: str, who: str, steps: set[str]) -> None:
    found = set(forms_on(town.page(who, town.order(order))))
    assert found & {"deliver_file", "claim_bad_key", "ask_key", "answer_key"} == steps
    assert not found & {"deliver", "transfer"}, "a file is delivered by its key, and not handed over"


@pytest.mark.parametrize("who", [None, SELLER, BUYER, ARBITER, STRANGER])
@pytest.mark.parametrize("order", ORDERS)
def test_order_of_a_file_is_shown_to_everybody_with_its_size_and_hashes(
    town: Town, order: str, who: str | None
) -> None:
    source = town.page(who, town.order(order))
    assert HERE.plaintext_hash in source
    assert "100,000 bytes" in source


def test_claim_is_refused_without_asking_the_chain_and_its_secret_is_not_on_the_page(
    town: Town, asked: list[str]
) -> None:
    client, csrf = town.visitor(BUYER)
    path = f"{town.order('open')}/claim_bad_key"
    form = {"claim_bad_key-form_key": "0x" + "12" * 16, "claim_bad_key-secret": SECRET}
    answer = client.post(path, data={"claim_bad_key-csrf_token": csrf, "csrf_token": csrf, **form})
    source = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "becomes public" in source
    assert SECRET[2:] not in source
    assert SECRET.lstrip("0x") not in source
    assert asked == []


@pytest.mark.parametrize(
    ("order", "who", "step", "text"),
    [
        ("due", SELLER, "deliver_file", "Your browser has not wrapped the key"),
        ("open", BUYER, "ask_key", "Your browser has not made the secret"),
        ("asked", SELLER, "answer_key", "Your browser has not wrapped the key"),
    ],
)
def test_step_is_refused_when_the_browser_has_made_nothing_for_it(
    town: Town, asked: list[str], order: str, who: str, step: str, text: str
) -> None:
    client, csrf = town.visitor(who)
    answer = client.post(f"{town.order(order)}/{step}", data={"csrf_token": csrf})
    assert answer.status_code == 422
    assert text in answer.get_data(as_text=True)
    assert asked == []


def test_step_goes_to_the_chain_when_it_carries_what_the_browser_made(town: Town, asked: list[str]) -> None:
    wrapped = {"point_x": WRAP.point_x, "point_y": WRAP.point_y, "masked": WRAP.masked}
    point = {"key_x": ASKED[0], "key_y": ASKED[1]}
    sent: list[tuple[str, str, str, dict[str, str]]] = [
        ("due", SELLER, "deliver_file", wrapped),
        ("open", BUYER, "ask_key", point),
        ("asked", SELLER, "answer_key", {**point, **wrapped}),
        ("open", BUYER, "claim_bad_key", {"secret": SECRET, "understood": "y"}),
    ]
    for order, who, step, fields in sent:
        client, csrf = town.visitor(who)
        asked.clear()
        named = {f"{step}-{name}": value for name, value in fields.items()}
        answer = client.post(f"{town.order(order)}/{step}", data={"csrf_token": csrf, **named})
        assert_asked(asked, answer)
        assert SECRET[2:] not in answer.get_data(as_text=True)


# --- desk and library


def test_desk_leads_to_each_order_whose_key_waits(town: Town) -> None:
    source = town.page(SELLER, "/desk")
    for order in ("due", "asked"):
        assert f'href="{town.order(order)}#file"' in source
    assert f'href="{town.order("open")}#file"' not in source
    assert "deliver --watch" in source
    assert "Keys to deliver" not in town.page(BUYER, "/desk")


def test_library_opens_what_has_a_key_and_says_of_the_rest_that_it_waits(town: Town) -> None:
    source = town.page(BUYER, "/library", kind="file")
    places = [attrs["data-order-key"] for attrs in Page(source).all("div") if "data-file-order" in attrs]
    assert set(places) == {town.story.orders[name][0] for name in ("open", "asked")}
    assert "has not been delivered yet" in source


def test_pages_of_files_speak_korean(town: Town) -> None:
    for who, path in ((SELLER, "/listings/new/file"), (BUYER, town.order("open")), (BUYER, town.listing("here"))):
        words = Page(town.page(who, path, lang="ko", community="1")).words
        assert "봉인된 파일" in words
        assert "sealed file" not in words
