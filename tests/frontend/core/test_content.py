"""What people write and upload is kept by its hash, clean, and served as nothing but what it is."""

import io
import json

import pytest
from eth_utils.crypto import keccak
from PIL import Image

from frontend.errors import Refused
from frontend.extensions import bound
from frontend.services.content import canonical, hash_of


@pytest.fixture
def contents(app):
    with app.test_request_context("/"):
        yield bound().services.contents


def picture(size=(30, 20), mode="RGB", kind="PNG", **options):
    out = io.BytesIO()
    Image.new(mode, size, 90).save(out, kind, **options)
    return out.getvalue()


def test_a_description_is_kept_under_the_hash_of_its_one_spelling(contents, client):
    document = {
        "title": "진공관 라디오",
        "text": "Works.",
        "lang": "ko",
        "picture": None,
        "tags": ["radio", "radio", ""],
        "kind": "goods",
    }
    found = contents.store_description(document)
    wanted = '{"kind":"goods","lang":"ko","picture":null,"tags":["radio"],"text":"Works.","title":"진공관 라디오"}'
    assert found == "0x" + keccak(wanted.encode()).hex()
    answer = client.get(f"/content/{found}")
    assert answer.get_data(as_text=True) == wanted
    assert answer.mimetype == "application/json"
    assert contents.store_description(dict(reversed(document.items()))) == found


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 121}, "title"),
        ({"title": None}, "title"),
        ({"text": "x" * 10_001}, "text"),
        ({"text": ["x"]}, "text"),
        ({"picture": "0x" + "12" * 32}, "picture"),
        ({"picture": "javascript:alert(1)"}, "picture"),
        ({"tags": ["x"] * 11}, "tags"),
        ({"tags": ["x" * 41]}, "tags"),
    ],
)
def test_a_bad_description_is_refused_by_its_field(contents, change, field):
    with pytest.raises(Refused) as refused:
        contents.store_description({"title": "t", "text": "", "lang": "en", **change})
    assert refused.value.field == field


def test_texts_lose_what_no_database_and_no_reader_can_take(contents):
    found = contents.store_text("e\u0301 a\x00b \ud800 \r\nline")
    assert contents.text_of(found) == "é ab ? \nline"


def test_an_empty_statement_is_refused(contents):
    with pytest.raises(Refused):
        contents.store_text(" \n ")


def test_a_picture_loses_its_metadata_and_its_size(contents, client):
    exif = Image.Exif()
    exif[0x0110] = "Secret Camera"
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x0112] = 6  # turned by the camera
    found = contents.store_picture(picture((4000, 2000), kind="JPEG", exif=exif.tobytes()))
    answer = client.get(f"/content/{found}")
    assert answer.mimetype == "image/webp"
    with Image.open(io.BytesIO(answer.data)) as opened:
        assert (opened.format, opened.size) == ("WEBP", (800, 1600))
        assert not opened.getexif()
        assert "icc_profile" not in opened.info
    assert b"Secret" not in answer.data
    assert b"EXIF" not in answer.data


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "P", "1", "LA", "CMYK"])
def test_pictures_of_every_mode_are_taken(contents, mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert contents.media_type(contents.store_picture(picture(mode=mode, kind=kind))) == "image/webp"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"\x89PNG\r\n\x1a\n" + b"\0" * 50,
        picture()[:40],
        picture(kind="BMP"),
        b"GIF89a" + b"\xff" * 20,
    ],
    ids=["nothing", "text", "svg", "broken", "cut", "bmp", "broken gif"],
)
def test_what_is_no_picture_is_refused(contents, data):
    with pytest.raises(Refused) as refused:
        contents.store_picture(data)
    assert refused.value.field == "picture"


def test_a_picture_that_unpacks_too_large_is_refused(contents):
    with pytest.raises(Refused):
        contents.store_picture(picture((9000, 9000), mode="1"))


def test_a_picture_file_that_is_too_large_is_refused(contents):
    with pytest.raises(Refused):
        contents.store_picture(b"\xff" * (8 * 1024 * 1024 + 1))


def test_content_is_never_run_as_a_page(contents, client):
    found = contents.store_text("<script>alert(1)</script>")
    headers = client.get(f"/content/{found}").headers
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in headers["Cache-Control"]
    assert client.get(f"/content/{found}", headers={"If-None-Match": headers["ETag"]}).status_code == 304


@pytest.mark.parametrize("name", ["0x" + "00" * 32, "0x12", "..%2f..%2fetc%2fpasswd", "0x" + "AB" * 32, "x" * 5000])
def test_unknown_content_is_not_found(client, name):
    assert client.get(f"/content/{name}").status_code == 404


def test_a_row_without_its_bytes_is_not_found(contents, client):
    found = contents.store_text("gone")
    contents.store.path(found).unlink()
    assert client.get(f"/content/{found}").status_code == 404


def test_the_canonical_spelling_is_what_others_get():
    document = {"b": "한", "a": [1, None, "é"]}
    assert (
        canonical(document) == json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    )
    assert hash_of(b"") == "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
