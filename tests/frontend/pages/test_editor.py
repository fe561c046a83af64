"""The form of a listing: its pictures in order, its times and their sentences, hints in fiat money, and what buyers will see."""

from __future__ import annotations

import io
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.datastructures import MultiDict

from frontend import limits
from frontend.blueprints.listings.forms import FileListingForm, ListingForm
from frontend.blueprints.listings.kinds import KINDS, show_defaults
from frontend.content.gallery import MOST_PICTURES, Picture
from frontend.extensions import bound
from frontend.pages.fields import choices
from frontend.pages.qr import qr_code
from frontend.services.terms import KINDS_ON_SALE
from tests.frontend.pages.conftest import make_app, sign_in
from tests.frontend.pages.page import Page
from tests.frontend.pages.story import BUYER, ETH, FOUNDER, SELLER, Story
from tests.frontend.pages.test_forms import LIST, assert_asked, post
from tests.frontend.pages.test_selling import SERVICE
from tests.frontend.pages.test_selling import rows as milestones

SignedIn = Callable[[str], tuple[FlaskClient, str]]
NEW, NEW_FILE = "/listings/new?community=1", "/listings/new/file?community=1"
RATES = """
[[rate]]
currency = "ETH"
fiat = "KRW"
rate = "4512000"
source = "The bank's <noon> rate"
at = {at}
"""


def picture(shade: int) -> bytes:
    """Give a picture like no other."""
    out = io.BytesIO()
    Image.new("RGB", (60, 40), (shade * 4, 255 - shade * 4, shade * 37 % 256)).save(out, "PNG")
    return out.getvalue()


def upload(shade: int, name: str = "fog.png") -> tuple[io.BytesIO, str]:
    """Give a picture as a form sends it."""
    return io.BytesIO(picture(shade)), name


def hashes(app: Flask, *shades: int) -> list[str]:
    """Keep pictures, and give their hashes."""
    with app.test_request_context("/"):
        return [bound().services.contents.store_picture(picture(shade)) for shade in shades]


def rows(found: list[str], *alts: str) -> dict[str, str]:
    """Give pictures as the form's rows hold them."""
    told = {f"pictures-{place}-hash": name for place, name in enumerate(found)}
    return told | {f"pictures-{place}-alt": alt for place, alt in enumerate(alts)}


def order_of(answer: Any) -> list[str]:
    """Read which pictures a form holds, in which order."""
    values = Page(answer.get_data(as_text=True)).values()
    return [value for place in range(MOST_PICTURES) if (value := values[f"pictures-{place}-hash"])]


def words(answer: Any) -> str:
    """Give a page's words in one line."""
    return " ".join(Page(answer.get_data(as_text=True)).words.split())


# --- pictures ------------------------------------------------------------------------------------------------------------


def test_pictures_are_kept_behind_those_that_are_there_when_several_are_uploaded(
    app: Flask, signed_in: SignedIn
) -> None:
    client, csrf = signed_in(SELLER)
    before = hashes(app, 1)
    data = {
        **LIST,
        **rows(before, "The jar"),
        "picture": [upload(2), upload(3), upload(2, "again.png")],
        "do": "pictures",
    }
    answer = post(client, csrf, NEW, data)
    assert answer.status_code == 200
    assert order_of(answer) == [*before, *hashes(app, 2, 3)]
    values = Page(answer.get_data(as_text=True)).values()
    assert (values["pictures-0-alt"], values["title"], values["price"]) == ("The jar", "A jar of fog", "0.05")


@pytest.mark.parametrize("path", [NEW, NEW_FILE, "/listings/pictures"])
@pytest.mark.parametrize(
    ("step", "order"),
    [
        ("picture-earlier-2", [0, 2, 1]),
        ("picture-earlier-0", [0, 1, 2]),
        ("picture-later-0", [1, 0, 2]),
        ("picture-later-2", [0, 1, 2]),
        ("picture-remove-1", [0, 2]),
        ("picture-remove-7", [0, 1, 2]),
    ],
)
def test_pictures_change_their_order_when_a_button_says_so(
    app: Flask, signed_in: SignedIn, path: str, step: str, order: list[int]
) -> None:
    client, csrf = signed_in(SELLER)
    found, alts = hashes(app, 4, 5, 6), ["four", "five", "six"]
    answer = post(client, csrf, path, {**rows(found, *alts), "do": step})
    assert answer.status_code == 200
    assert order_of(answer) == [found[place] for place in order]
    values = Page(answer.get_data(as_text=True)).values()
    assert [values[f"pictures-{now}-alt"] for now in range(len(order))] == [alts[place] for place in order]


def test_cover_is_said_and_the_first_cannot_go_earlier_nor_the_last_later(app: Flask, signed_in: SignedIn) -> None:
    client, csrf = signed_in(SELLER)
    answer = post(client, csrf, "/listings/pictures", {**rows(hashes(app, 7, 8)), "do": "pictures"})
    page = answer.get_data(as_text=True)
    steps = [attrs["value"] for attrs in Page(page).all("button")]
    assert steps == ["picture-later-0", "picture-remove-0", "picture-earlier-1", "picture-remove-1", "pictures"]
    assert page.count(">Cover<") == 1


def test_ninth_picture_is_refused_and_eight_stay(app: Flask, signed_in: SignedIn) -> None:
    client, csrf = signed_in(SELLER)
    found = hashes(app, *range(10, 17))
    data = {**rows(found), "picture": [upload(17), upload(18)], "do": "pictures"}
    answer = post(client, csrf, "/listings/pictures", data)
    assert order_of(answer) == [*found, *hashes(app, 17)]
    assert "At most 8 pictures" in words(answer)
    assert not [attrs for attrs in Page(answer.get_data(as_text=True)).all("input") if attrs.get("type") == "file"]


def test_one_bad_picture_is_named_and_the_others_are_kept(app: Flask, signed_in: SignedIn) -> None:
    client, csrf = signed_in(SELLER)
    data = {"picture": [upload(20), (io.BytesIO(b"<svg/>"), "vector.svg"), upload(21)], "do": "pictures"}
    answer = post(client, csrf, "/listings/pictures", data)
    assert order_of(answer) == hashes(app, 20, 21)
    assert "vector.svg:" in words(answer)


def test_pictures_are_arranged_for_who_is_signed_in_alone_and_by_known_steps(
    signed_in: SignedIn, client: FlaskClient
) -> None:
    assert client.post("/listings/pictures", data={"do": "pictures"}).status_code in (302, 400, 401)
    browser, csrf = signed_in(SELLER)
    assert post(browser, csrf, "/listings/pictures", {"do": "picture-earlier-9"}).status_code == 400
    assert browser.post("/listings/pictures", data={"do": "pictures"}).status_code == 400, "without its token"


def test_listing_is_refused_when_one_of_its_pictures_is_not_here(signed_in: SignedIn, asked: list[str]) -> None:
    client, csrf = signed_in(SELLER)
    answer = post(client, csrf, NEW, {**LIST, **rows(["0x" + "12" * 32])})
    assert answer.status_code == 422
    assert asked == []
    assert "The picture is not here any more" in words(answer)


def test_listing_with_several_pictures_goes_to_the_chain(app: Flask, signed_in: SignedIn, asked: list[str]) -> None:
    client, csrf = signed_in(SELLER)
    assert_asked(asked, post(client, csrf, NEW, {**LIST, **rows(hashes(app, 30, 31), "a", "b")}))


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Flask, Story]:
    """A market with a listing of three pictures, one of one, and rates."""
    folder = tmp_path_factory.mktemp("shown")
    rates = folder / "rates.toml"
    rates.write_text(RATES.format(at=time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())), encoding="utf-8")

    def tell(story: Story) -> None:
        story.platform(FOUNDER, 100)
        story.community("Lamp makers", "LAMP", None)
        three = [
            Picture(story.contents.store_picture(picture(shade)), alt)
            for shade, alt in ((40, "front"), (41, ""), (42, "foot"))
        ]
        base = {"text": "Words.", "lang": "en", "tags": ()}
        story.list("three", {**base, "title": "Jar with three", "pictures": three, "kind": "goods"})
        story.list("one", {**base, "title": "Jar with one", "picture": three[0].hash, "kind": "goods"})

    return make_app(folder, tell, fiat_rates=rates)


def test_gallery_has_every_picture_with_its_words_and_a_small_one_to_reach_it(shown: tuple[Flask, Story]) -> None:
    app, story = shown
    page = app.test_client().get(f"/l/{story.listings['three'][0]}").get_data(as_text=True)
    strip = [attrs for attrs in Page(page).all("img") if attrs.get("class") == "gallery"]
    assert [attrs["alt"] for attrs in strip] == ["front", "Jar with three, picture 2", "foot"]
    links = [attrs["href"] for attrs in Page(page).all("a") if str(attrs.get("href")).startswith("#picture-")]
    assert links == ["#picture-1", "#picture-2", "#picture-3"]
    assert {"picture-1", "picture-2", "picture-3"} <= {str(attrs.get("id")) for attrs in Page(page).all("li")}
    single = app.test_client().get(f"/l/{story.listings['one'][0]}").get_data(as_text=True)
    assert "#picture-1" not in single
    assert single.count('class="gallery"') == 1


def test_card_shows_the_cover(shown: tuple[Flask, Story]) -> None:
    app, story = shown
    with app.app_context():
        found = bound().queries.listing(story.listings["three"][0])
        assert found is not None
        assert found.description is not None
        cover = found.description.picture_hash
    page = app.test_client().get("/explore").get_data(as_text=True)
    assert f"/content/{cover}/320" in page


def test_duplicate_brings_all_pictures_and_their_words(shown: tuple[Flask, Story]) -> None:
    app, story = shown
    client = app.test_client()
    sign_in(app, client, SELLER)
    answer = client.get(f"/listings/new?community=1&like={story.listings['three'][0]}")
    values = Page(answer.get_data(as_text=True)).values()
    assert len(order_of(answer)) == 3
    assert [values[f"pictures-{place}-alt"] for place in range(3)] == ["front", "", "foot"]


# --- fiat ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/l/{one}", "/l/{one}/buy", "/explore"])
def test_price_has_a_labelled_hint_when_the_operator_gives_a_rate(shown: tuple[Flask, Story], path: str) -> None:
    app, story = shown
    with app.app_context():
        listing = bound().queries.listing(story.listings["one"][0])
        assert listing is not None
    won = listing.unit_price_units * 4_512_000 // 10**18
    today = time.strftime("%Y-%m-%d", time.gmtime())
    answer = app.test_client().get(path.format(one=listing.id))
    assert f"≈ {won:,} KRW, rate of {today} by the operator" in words(answer)
    assert ("(The bank's <noon> rate)" in words(answer)) is path.startswith("/l/")
    assert "<noon>" not in answer.get_data(as_text=True)


def test_no_price_has_a_hint_when_the_operator_gives_no_rate(client: FlaskClient, story: Story) -> None:
    for path in (f"/l/{story.listings['lamp'][0]}", "/explore"):
        assert "by the operator" not in words(client.get(path))


def test_form_has_the_rates_as_texts_for_what_is_typed(shown: tuple[Flask, Story]) -> None:
    app, _story = shown
    client = app.test_client()
    sign_in(app, client, SELLER)
    hint = next(attrs for attrs in Page(client.get(NEW).get_data(as_text=True)).all("p") if "data-fiat" in attrs)
    rates = json.loads(str(hint["data-fiat"]))
    assert set(rates) == {ETH}
    assert (rates[ETH]["rate"], rates[ETH]["fiat"], rates[ETH]["places"]) == ("4512000", "KRW", 0)


# --- times ---------------------------------------------------------------------------------------------------------------


def test_every_kind_that_can_be_sold_has_a_row_of_times() -> None:
    assert set(KINDS) == set(KINDS_ON_SALE)


@pytest.mark.parametrize("kind", KINDS)
def test_usual_times_are_within_the_protocols_bounds(app: Flask, kind: str) -> None:
    with app.test_request_context("/", method="POST"):
        form = FileListingForm() if kind == "file" else ListingForm()
        show_defaults(form, kind)
        fields = {name: getattr(form, name) for name in KINDS[kind].times() if getattr(form, name) is not None}
        typed = {name: field.data for name, field in fields.items()}
        units = {field.unit_name: field.unit for field in fields.values()}
        instant = {"instant": "y"} if form.instant.data else {}
    with app.test_request_context("/", method="POST"):
        again = type(form)(MultiDict({**typed, **units, **instant, "kind": kind}))
        again.currency.choices = again.split.choices = choices([("", "")])
        again.validate()
        assert not set(again.errors) & {*fields, "instant"}


@pytest.mark.parametrize(("kind", "deliver", "sentence"), [
    ("goods", "7", "If you do not say within 7 days that you delivered, the buyer gets everything back."),
    ("service", "14", "If you do not say within 14 days that you delivered, the buyer gets everything back."),
    ("nonsense", "7", "If you do not accept within 2 days after the payment, the order ends"),
])  # fmt: skip
def test_link_with_a_kind_opens_its_form_with_its_times(
    signed_in: SignedIn, kind: str, deliver: str, sentence: str
) -> None:
    client, _ = signed_in(SELLER)
    answer = client.get(f"{NEW}&kind={kind}")
    assert Page(answer.get_data(as_text=True)).values()["deliver_for"] == deliver
    assert sentence in words(answer)


def test_file_says_what_happens_without_its_key_in_time(signed_in: SignedIn) -> None:
    client, _ = signed_in(SELLER)
    said = words(client.get(NEW_FILE))
    assert "If you do not deliver the key within 2 days, the buyer gets everything back." in said
    assert "Nothing is accepted: your time to deliver begins with the payment." in said


# --- what buyers will see ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["preview", "phone"])
def test_preview_is_the_listing_page_made_of_what_is_typed(
    app: Flask, signed_in: SignedIn, asked: list[str], step: str
) -> None:
    client, csrf = signed_in(SELLER)
    data = {**LIST, "text": "One **jar**.", **rows(hashes(app, 50, 51), "lid", ""), "tags": "fog, jar", "do": step}
    answer = post(client, csrf, NEW, data)
    assert answer.status_code == 200
    page, said = answer.get_data(as_text=True), words(answer)
    assert "<strong>jar</strong>" in page
    for wanted in (
        "A jar of fog", "0.05 ETH", "3 left", "The seller accepts within 2 days.", "The seller delivers within 7 days.",
        "You inspect within 10 days: 7 days on the way and 3 days to look at it.", "fog",
    ):  # fmt: skip
        assert wanted in said, wanted
    assert next(attrs["alt"] for attrs in Page(page).all("img") if attrs.get("class") == "gallery") == "lid"
    assert "data-lacks" not in page
    assert asked == [], "no node is asked, and nothing is kept for the wallet"


def test_preview_says_what_is_missing_and_shows_the_rest(signed_in: SignedIn) -> None:
    client, csrf = signed_in(SELLER)
    answer = post(client, csrf, NEW, {"title": "Half a jar", "kind": "goods", "currency": ETH, "do": "preview"})
    assert answer.status_code == 200
    said = words(answer)
    assert "Half a jar" in said
    assert "No price yet" in said
    assert "once the times and the arbiter are filled in" in said
    assert re.search(r"\d+ things are missing or wrong", said)
    assert "Price of one: Please fill this in." in said


def test_nothing_typed_is_enough_for_a_preview(signed_in: SignedIn) -> None:
    client, csrf = signed_in(SELLER)
    for path in (NEW, NEW_FILE):
        answer = post(client, csrf, path, {"do": "phone"})
        assert answer.status_code == 200
        assert "No title yet" in words(answer)


def test_preview_of_everything_rare_says_what_the_listing_page_says(signed_in: SignedIn) -> None:
    client, csrf = signed_in(SELLER)
    rare = {
        **SERVICE, **milestones(("25", "", ""), ("75", "2", "2")), "bond": "20", "referral": "5", "max_fee": "8.5",
        "per_buyer": "2", "final_offer": "y", "only_buyer": BUYER, "sell_for": "3", "do": "preview",
    }  # fmt: skip
    answer = post(client, csrf, NEW, rare)
    assert "data-lacks" not in answer.get_data(as_text=True)
    said = words(answer)
    for wanted in ("Seller's bond", "For a referrer", "Milestone", "Meant for one buyer only:", "On sale until"):
        assert wanted in said, wanted


def test_preview_for_the_frame_has_no_script_and_no_form(signed_in: SignedIn) -> None:
    client, csrf = signed_in(SELLER)
    page = Page(post(client, csrf, NEW, {**LIST, "do": "phone"}).get_data(as_text=True))
    assert page.all("script") == []
    assert page.all("form") == []
    assert page.all("base") == [{"target": "_blank"}]


def test_hostile_words_stay_words_in_a_preview(signed_in: SignedIn) -> None:
    client, csrf = signed_in(SELLER)
    data = {**LIST, "title": "<script>x</script>", "text": "<img src=x onerror=y>", "tags": "<b>", "do": "preview"}
    page = post(client, csrf, NEW, data).get_data(as_text=True)
    for tag in ("<script>x", "<img src=x", "<b>"):
        assert tag not in page


def test_preview_leads_back_with_all_that_was_typed_and_on_to_the_wallet(
    app: Flask, signed_in: SignedIn, asked: list[str]
) -> None:
    client, csrf = signed_in(SELLER)
    data = {**LIST, "title": 'A "jar" <of> fog', "picture": upload(60), "do": "preview"}
    page = Page(post(client, csrf, NEW, data).get_data(as_text=True))
    kept = {str(attrs["name"]): attrs["value"] for attrs in page.all("input") if attrs.get("type") == "hidden"}
    assert kept["pictures-0-hash"] == hashes(app, 60)[0], "the upload of the step before is not lost"
    assert "do" not in kept
    back = client.post(NEW, data={**kept, "do": "edit"})
    assert back.status_code == 200
    values = Page(back.get_data(as_text=True)).values()
    assert (values["title"], values["price"]) == ('A "jar" <of> fog', "0.05")
    assert order_of(back) == hashes(app, 60)
    assert_asked(asked, client.post(NEW, data=kept))


def test_preview_keeps_nothing_but_pictures(app: Flask, signed_in: SignedIn, told: tuple[Flask, Story]) -> None:
    client, csrf = signed_in(SELLER)
    folder = Path(app.extensions["dokkaebi"].settings.content_dir)
    before = sorted(folder.rglob("*"))
    assert post(client, csrf, NEW, {**LIST, "title": "Seen by nobody", "do": "preview"}).status_code == 200
    assert sorted(folder.rglob("*")) == before


def test_previews_are_counted(app: Flask, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    client, csrf = signed_in("0x" + "5e" * 20)
    now = time.time()
    monkeypatch.setattr(limits, "time", SimpleNamespace(time=lambda: now))  # no minute ends meanwhile
    answers = [post(client, csrf, NEW, {"do": "phone"}).status_code for _ in range(61)]
    assert answers[:60] == [200] * 60
    assert answers[60] == 429


# --- passing it on -------------------------------------------------------------------------------------------------------


def test_listing_is_shared_by_an_address_and_a_code_that_name_nobody(signed_in: SignedIn, story: Story) -> None:
    listing = story.listings["song"][0]
    client, _ = signed_in(BUYER)
    assert f'href="/l/{listing}/share"' in client.get(f"/l/{listing}").get_data(as_text=True)
    answer = client.get(f"/l/{listing}/share")
    address = f"http://127.0.0.1:8000/l/{listing}"
    assert address in words(answer)
    main = answer.get_data(as_text=True).partition("<main")[2].partition("</main>")[0]
    assert BUYER.lower() not in main.lower()
    assert str(qr_code(address)) in main
    assert client.get(f"/l/0x{'12' * 32}/share").status_code == 404
