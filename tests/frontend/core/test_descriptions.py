"""Descriptions as pages show them: compared with the hash on the chain, and brought back by whoever has the bytes."""

from __future__ import annotations

import io
import json
import re

import pytest
from PIL import Image

from frontend.content.documents import canonical, hash_of
from frontend.content.store import StoreDown
from frontend.extensions import bound
from frontend.store.models import AppContent
from tests.frontend.pages.conftest import make_app, sign_in
from tests.frontend.pages.page import Page
from tests.frontend.pages.story import BUYER, FOUNDER, SELLER, STRANGER, tell_all


@pytest.fixture
def contents(app):
    with app.test_request_context("/"):
        yield bound().services.contents


@pytest.fixture
def lamp(story):
    """The lamp's listing: its page, and the hash of its description."""
    listing, terms = story.listings["lamp"]
    return f"/l/{listing}", terms.content_hash


def text_of(answer):
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def state_on(client, path):
    """Give what a page says of its description: the state of its notice, None without one."""
    found = re.search(r'data-description="([a-z]+)"', text_of(client.get(path)))
    return found.group(1) if found else None


def upload(client, csrf, data, path="/descriptions/restore"):
    form = {"csrf_token": csrf, "file": (io.BytesIO(data), "any name.exe")}
    return client.post(path, data=form, content_type="multipart/form-data")


# ---- states


def test_description_is_shown_with_its_hash_when_it_matches(client, lamp):
    path, content_hash = lamp
    source = text_of(client.get(path))
    assert state_on(client, path) is None
    assert "푸른 불꽃이 나는 등잔" in source
    assert f'href="/content/{content_hash}"' in source
    served = client.get(f"/content/{content_hash}").data
    assert hash_of(served) == content_hash, "anybody can check"
    assert canonical(json.loads(served)) == served


@pytest.mark.parametrize(
    ("act", "state"),
    [
        (lambda path: path.unlink(), "missing"),
        (lambda path: path.write_bytes(path.read_bytes().replace("푸른".encode(), "붉은".encode())), "altered"),
        (lambda path: path.write_bytes(path.read_bytes() + b" "), "altered"),
        (lambda path: path.write_bytes(b""), "altered"),
    ],
    ids=["gone", "a word changed", "a space added", "emptied"],
)
def test_every_page_says_so_when_bytes_are_gone_or_altered(app, client, contents, story, lamp, act, state):
    path, content_hash = lamp
    text_of(client.get(path))  # it was seen and remembered before
    act(contents.store.path(content_hash))
    assert state_on(client, path) == state
    words = {"missing": "Description missing", "altered": "Description does not match"}[state]
    pages = ["/", "/explore", "/c/1"]
    for page in pages:
        source = text_of(client.get(page))
        assert words in source, page
        assert "도깨비불 등잔" not in source, page
    assert state_on(client, f"{path}/buy") == state
    seller = app.test_client()
    sign_in(app, seller, SELLER)
    assert words in text_of(seller.get("/listings"))
    buyer = app.test_client()
    sign_in(app, buyer, BUYER)
    assert words in text_of(buyer.get("/orders"))
    for order in ("funded", "disputed"):
        assert words in text_of(buyer.get(f"/o/{story.orders[order][0]}"))
    for page in (path, "/explore", f"{path}/buy"):
        source = text_of(client.get(page))
        assert "푸른 불꽃" not in source, page
        assert "붉은 불꽃" not in source, page
    answer = client.get(f"/content/{content_hash}")
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


def test_page_is_whole_again_when_the_right_bytes_are_back(client, contents, lamp):
    path, content_hash = lamp
    file = contents.store.path(content_hash)
    data = file.read_bytes()
    file.write_bytes(b"other")
    assert state_on(client, path) == "altered"
    file.write_bytes(data)
    assert state_on(client, path) is None


def test_community_says_so_when_its_description_is_altered(client, contents, story):
    with bound().db.reading() as session:
        content_hash = next(row.hash for row in session.query(AppContent) if row.rules)
    assert "불장난은 안 돼요" in text_of(client.get("/c/1"))
    contents.store.path(content_hash).write_bytes(b"{}")
    assert state_on(client, "/c/1") == "altered"
    source = text_of(client.get("/c/1"))
    assert "불장난은 안 돼요" not in source
    assert "Description does not match" in text_of(client.get("/c"))
    assert "도깨비불 공방" in source, "the name stands on the chain"


def test_pages_say_so_and_show_what_the_database_knows_when_the_store_is_away(client, contents, lamp, monkeypatch):
    def away(*_):
        raise StoreDown

    for name in ("get", "mark"):
        monkeypatch.setattr(contents.store, name, away)
    assert state_on(client, lamp[0]) == "unreachable"
    assert "푸른 불꽃" in text_of(client.get(lamp[0]))
    assert "Description not checked" in text_of(client.get("/explore"))
    answer = client.get(f"/content/{lamp[1]}")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]


MALFORMED = {
    "no json": b"hello",
    "no object": b'["title"]',
    "no title": b'{"text":"x"}',
    "empty title": b'{"title":" ","text":"x"}',
    "title is a list": b'{"title":["x"],"text":"x"}',
    "text is a number": b'{"title":"x","text":1}',
    "a name twice": b'{"title":"x","title":"y","text":"x"}',
    "not a number": b'{"title":"x","text":"x","n":NaN}',
    "picture is an address": b'{"title":"x","text":"x","picture":"https://evil.example/p.png"}',
    "tags are words": b'{"title":"x","text":"x","tags":"a,b"}',
    "deep": b'{"title":"x","text":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    "long": json.dumps({"title": "x", "text": "x" * 10_001}).encode(),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_description_is_told_unreadable_when_its_bytes_match_and_make_no_sense(tmp_path, name):
    data = MALFORMED[name]

    def tell(story):
        story.contents.store_description = lambda document: hash_of(data)
        tell_all(story)

    app, story = make_app(tmp_path, tell)
    client = app.test_client()
    path = f"/l/{story.listings['lamp'][0]}"
    assert state_on(client, path) == "missing"
    stranger = app.test_client()
    assert upload(stranger, sign_in(app, stranger, STRANGER), data).status_code == 200
    assert state_on(client, path) == "malformed"
    assert "Description unreadable" in text_of(client.get("/explore"))
    served = client.get(f"/content/{hash_of(data)}")
    assert served.data == data
    assert served.mimetype == "text/plain"


def test_description_of_another_market_is_shown_when_it_is_spelled_in_another_way(tmp_path):
    data = json.dumps({"text": "## Flat\n*spiced* pear", "title": "Pear", "made-by": {"x": 1}}, indent=2).encode()

    def tell(story):
        story.contents.store_description = lambda document: hash_of(data)
        tell_all(story)

    app, story = make_app(tmp_path, tell)
    client = app.test_client()
    upload(client, sign_in(app, client, STRANGER), data)
    source = text_of(client.get(f"/l/{story.listings['lamp'][0]}"))
    assert "<h1><bdi>Pear</bdi></h1>" in source
    assert "<h2>Flat</h2>" in source
    assert "<em>spiced</em>" in source


# ---- bringing back


def test_anybody_brings_a_description_back_when_they_have_the_very_bytes(app, client, contents, lamp):
    path, content_hash = lamp
    data = contents.store.path(content_hash).read_bytes()
    contents.store.path(content_hash).write_bytes(b"altered")
    link = re.search(r'href="(/descriptions/restore[^"]*)"', text_of(client.get(path))).group(1)
    assert content_hash in link
    stranger = app.test_client()
    csrf = sign_in(app, stranger, STRANGER)
    assert content_hash in text_of(stranger.get(link))
    answer = upload(stranger, csrf, data, link)
    assert "The file is back" in text_of(answer)
    assert path in text_of(answer)
    assert state_on(client, path) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda data: data + b"\n", "Nothing on the chain asks for this file"),
        (lambda data: b"<script>alert(1)</script>", "Nothing on the chain asks for this file"),
        (lambda data: b"", "Please choose a file|Nothing on the chain"),
    ],
)
def test_a_file_is_refused_with_its_hash_when_nobody_asks_for_it(app, contents, lamp, change, words):
    data = contents.store.path(lamp[1]).read_bytes()
    contents.store.path(lamp[1]).unlink()
    client = app.test_client()
    answer = upload(client, sign_in(app, client, STRANGER), change(data))
    assert answer.status_code == 422
    assert re.search(words, answer.get_data(as_text=True))
    assert contents.store.get(hash_of(change(data))) is None


def test_a_picture_comes_back_with_its_thumbnails_when_a_description_shows_it(app, contents):
    out = io.BytesIO()
    Image.new("RGB", (900, 300), "teal").save(out, "PNG")
    picture = contents.store_picture(out.getvalue())
    contents.store_description({"title": "t", "text": "", "lang": "en", "picture": picture})
    data = contents.store.path(picture).read_bytes()
    for name, _ in list(contents.store.marks()):
        if name != picture and hash_of(contents.store.get(name)) == name and contents.store.get(name)[:4] == b"RIFF":
            contents.store.delete(name)
    contents.store.delete(picture)
    client = app.test_client()
    csrf = sign_in(app, client, STRANGER)
    assert client.get(f"/content/{picture}/320").status_code == 404
    assert "A picture of a description" in text_of(upload(client, csrf, data))
    assert client.get(f"/content/{picture}").data == data
    assert client.get(f"/content/{picture}/320").status_code == 200


def test_a_picture_with_metadata_is_refused_when_it_is_asked_for(tmp_path):
    exif = Image.Exif()
    exif[0x010F] = "SecretCam"
    out = io.BytesIO()
    Image.new("RGB", (20, 20)).save(out, "WEBP", exif=exif.tobytes())
    data = out.getvalue()

    def tell(story):
        story.contents.store_description = lambda document: hash_of(data)
        tell_all(story)

    app, _story = make_app(tmp_path, tell)
    client = app.test_client()
    answer = upload(client, sign_in(app, client, STRANGER), data)
    assert answer.status_code == 422
    assert "neither a description, a text nor a picture without metadata" in answer.get_data(as_text=True)
    assert client.get(f"/content/{hash_of(data)}").status_code == 404


def test_a_statement_comes_back_when_an_arbiter_needs_it(app, contents, story):
    content_hash = hash_of(b"The flame is red, not blue.")
    contents.store.path(content_hash).write_bytes(b"The flame is blue.")
    client = app.test_client()
    csrf = sign_in(app, client, BUYER)
    order = f"/o/{story.orders['resolved'][0]}"
    assert "The flame is" not in text_of(client.get(order))
    assert "A statement to an arbiter" in text_of(upload(client, csrf, b"The flame is red, not blue."))
    assert "The flame is red, not blue." in text_of(client.get(order))


def test_bringing_back_needs_a_signed_in_account_and_the_forms_token(app, client):
    assert client.get("/descriptions/restore").status_code == 302
    assert upload(client, "", b"x").status_code in (400, 401)
    signed = app.test_client()
    sign_in(app, signed, STRANGER)
    assert upload(signed, "wrong", b"x").status_code == 400


# ---- preview


def test_preview_shows_the_text_as_it_will_be_read_and_keeps_nothing(app, contents):
    client = app.test_client()
    csrf = sign_in(app, client, SELLER)
    before = len(list(contents.store.marks()))
    typed = {"csrf_token": csrf, "describe-rules": "**No** fire.\n\n<script>alert(1)</script>", "text": "other field"}
    source = text_of(client.post("/descriptions/preview?field=describe-rules&level=3", data=typed))
    assert "<strong>No</strong> fire." in source
    assert "<script" not in source
    assert "other field" not in source
    assert "There is nothing to show yet" in text_of(client.post("/descriptions/preview", data={"csrf_token": csrf}))
    assert "The text is too long" in text_of(
        client.post("/descriptions/preview", data={"csrf_token": csrf, "text": "a " * 5_001})
    )
    assert len(list(contents.store.marks())) == before


def test_preview_needs_the_forms_token_and_an_account(app, client):
    assert client.post("/descriptions/preview", data={"text": "x"}).status_code in (400, 401)
    signed = app.test_client()
    sign_in(app, signed, SELLER)
    assert signed.post("/descriptions/preview", data={"text": "x"}).status_code == 400


def test_forms_for_long_texts_offer_a_preview(app):
    client = app.test_client()
    sign_in(app, client, FOUNDER)
    for path, wanted in (("/listings/new?community=1", 1), ("/c/new", 2), ("/c/1/desk", 2)):
        page = Page(text_of(client.get(path)))
        buttons = [attrs for attrs in page.all("button") if "/descriptions/preview" in str(attrs.get("hx-post"))]
        assert len(buttons) == wanted, path
        ids = {attrs.get("id") for _, attrs in page.tags}
        assert all(str(button["hx-target"]).removeprefix("#") in ids for button in buttons)


# ---- serving


def test_parts_are_served_when_asked_for(app, client, contents):
    found = contents.store_text("0123456789")
    for _ in range(2):  # the first time it is compared with its hash, then it is known to match
        answer = client.get(f"/content/{found}", headers={"Range": "bytes=2-5"})
        assert (answer.status_code, answer.data) == (206, b"2345")
        assert answer.headers["Content-Range"] == "bytes 2-5/10"
    assert client.get(f"/content/{found}", headers={"Range": "bytes=-3"}).data == b"789"
    assert client.get(f"/content/{found}", headers={"Range": "bytes=8-"}).data == b"89"
    assert client.get(f"/content/{found}", headers={"Range": "bytes=50-60"}).status_code == 416
    contents.store.path(found).write_bytes(b"abcdefghij")
    assert client.get(f"/content/{found}", headers={"Range": "bytes=2-5"}).status_code == 404


def test_everybody_may_read_descriptions_and_no_other_site_the_pictures(client, contents, lamp):
    headers = client.get(f"/content/{lamp[1]}").headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    out = io.BytesIO()
    Image.new("RGB", (20, 20)).save(out, "PNG")
    headers = client.get(f"/content/{contents.store_picture(out.getvalue())}").headers
    assert "Access-Control-Allow-Origin" not in headers
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "sandbox" in headers["Content-Security-Policy"]


# ---- limits of a day


def test_uploads_are_refused_with_429_when_the_days_bytes_are_spent(tmp_path):
    app, _story = make_app(tmp_path, content_bytes_a_day=100_000)
    client = app.test_client()
    csrf = sign_in(app, client, SELLER)
    out = io.BytesIO()
    Image.effect_noise((200, 200), 90).save(out, "PNG")
    size = len(out.getvalue())
    assert 25_000 < size < 50_000
    codes = []
    for _ in range(5):
        form = {"csrf_token": csrf, "title": "", "picture": (io.BytesIO(out.getvalue()), "a.png")}
        answer = client.post("/listings/new?community=1", data=form, content_type="multipart/form-data")
        codes.append(answer.status_code)
    assert codes == [422] * (100_000 // size) + [429] * (5 - 100_000 // size)
    assert "One account can upload 0 MB a day" in answer.get_data(as_text=True)
    assert int(answer.headers["Retry-After"]) > 0
    other = app.test_client()
    csrf = sign_in(app, other, BUYER)
    form = {"csrf_token": csrf, "title": "", "picture": (io.BytesIO(out.getvalue()), "a.png")}
    assert other.post("/listings/new?community=1", data=form, content_type="multipart/form-data").status_code == 422


def test_typed_words_stay_and_no_row_is_written_when_the_store_is_away(app, contents, monkeypatch):
    def away(*_):
        raise StoreDown

    client = app.test_client()
    csrf = sign_in(app, client, SELLER)
    monkeypatch.setattr(contents.store, "put", away)
    with contents.db.reading() as session:
        before = session.query(AppContent).count()
    out = io.BytesIO()
    Image.new("RGB", (20, 20)).save(out, "PNG")
    form = {"csrf_token": csrf, "title": "Half a lamp", "picture": (io.BytesIO(out.getvalue()), "a.png")}
    answer = client.post("/listings/new?community=1", data=form, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert "cannot be kept or read just now" in answer.get_data(as_text=True)
    assert "Half a lamp" in answer.get_data(as_text=True)
    with contents.db.reading() as session:
        assert session.query(AppContent).count() == before


# ---- nothing is fetched


def test_address_on_the_chain_is_words_and_never_opened(tmp_path):
    def tell(story):
        emit = story.emit

        def elsewhere(contract, address, name, **args):
            if name == "CommunityOpened":
                params = list(args["params"])
                params[7] = "https://evil.example/metadata.json?<b>"
                args["params"] = tuple(params)
            emit(contract, address, name, **args)

        story.emit = elsewhere
        tell_all(story)

    app, _story = make_app(tmp_path, tell)  # every connection of this test is refused by tests/frontend/conftest.py
    source = text_of(app.test_client().get("/c/1"))
    assert "https://evil.example/metadata.json?&lt;b&gt;" in source
    page = Page(source)
    assert not [attrs for _, attrs in page.tags if any("evil.example" in str(value) for value in attrs.values())]
