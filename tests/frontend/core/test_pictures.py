"""Uploaded pictures: whatever comes in, a clean WebP comes out, or a sentence that says what is wrong."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
import zipfile
import zlib
from functools import cache

import pytest
from flask_babel import force_locale
from PIL import Image, ImageCms

from frontend.content import pictures
from frontend.content.documents import hash_of
from frontend.errors import Refused
from frontend.extensions import bound
from tests.frontend.pages.conftest import sign_in
from tests.frontend.pages.story import SELLER

SVG = b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"


def picture(size=(30, 20), mode="RGB", kind="PNG", color=90, **options):
    out = io.BytesIO()
    Image.new(mode, size, color).save(out, kind, **options)
    return out.getvalue()


def chunk(name, body):
    """A part of a PNG."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def opened(data):
    found = Image.open(io.BytesIO(data))
    found.load()
    return found


@pytest.fixture
def contents(app):
    with app.test_request_context("/"):
        yield bound().services.contents


def laden(kind):
    """A picture with everything that tells of its maker: EXIF with a place, XMP, a colour profile, a comment."""
    exif = Image.Exif()
    exif[0x010F], exif[0x9C9D] = "SecretCam", "SecretAuthor".encode("utf-16le")
    exif.get_ifd(0x8825)[2] = (37.0, 33.0, 58.0)
    options = {
        "exif": exif.tobytes(),
        "icc_profile": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(),
    }
    if kind != "PNG":
        options["xmp"] = b"<x:xmpmeta>SecretXmp</x:xmpmeta>"
    if kind == "JPEG":
        options["comment"] = b"SecretComment"
    return picture((400, 300), kind=kind, **options)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_nothing_but_pixels_is_left_when_a_picture_tells_of_its_maker(kind):
    data = laden(kind)
    assert opened(data).getexif(), "the test's own picture must have what is to go"
    made = pictures.redrawn(data)
    found = opened(made)
    assert (found.format, found.size) == ("WEBP", (400, 300))
    assert not found.getexif()
    assert not {"exif", "xmp", "icc_profile", "comment"} & set(found.info)
    assert b"Secret" not in made
    assert pictures.is_plain_webp(made)
    assert not pictures.is_plain_webp(laden("WEBP"))


@pytest.mark.parametrize("turned", range(1, 9))
def test_a_picture_stands_upright_when_the_camera_was_turned(turned):
    exif = Image.Exif()
    exif[0x0112] = turned
    drawn = Image.new("RGB", (40, 20), "white")
    drawn.paste("red", (0, 0, 20, 10))  # the corner that tells
    out = io.BytesIO()
    drawn.save(out, "PNG", exif=exif.tobytes())
    found = opened(pictures.redrawn(out.getvalue()))
    assert found.size == ((40, 20) if turned <= 4 else (20, 40))
    left, top = turned in (1, 4, 5, 8), turned in (1, 2, 5, 6)
    corner = (2 if left else found.width - 3, 2 if top else found.height - 3)
    red, green, _blue = found.convert("RGB").getpixel(corner)
    assert red > 150 > green


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_the_first_frame_is_kept_when_a_picture_moves(kind):
    frames = [Image.new("RGB", (60, 40), color) for color in ("red", "blue", "green")]
    out = io.BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=100)
    found = opened(pictures.redrawn(out.getvalue()))
    assert getattr(found, "n_frames", 1) == 1
    red, _green, blue = found.convert("RGB").getpixel((30, 20))
    assert red > 200 > 60 > blue


@pytest.mark.parametrize("kind", ["GIF", "PNG", "JPEG"])
def test_a_page_hidden_in_a_picture_is_gone_when_it_is_kept(kind):
    page = b"<html><script>alert(document.domain)</script></html>"
    for data in (picture(kind=kind) + page, picture(kind=kind, comment=page) if kind != "PNG" else picture() + page):
        assert b"script" not in pictures.redrawn(data)
    gif = picture(kind="GIF")
    assert b"script" not in pictures.redrawn(gif[:-1] + b"!\xfe\x34" + page[:52] + b"\0" + gif[-1:])


@cache
def polyglots():
    """Files that are a picture to one reader, and a page, a drawing, a program or an archive to another."""
    page = b"<script>alert(document.domain)</script>"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as written:
        written.writestr("evil.html", page)
    gif = picture(kind="GIF")
    jpeg = picture(kind="JPEG")
    png = picture()
    return {
        "gif and script": b"GIF89a/*" + gif[8:] + b"*/=1;alert(1)//" + page,
        "jpeg and page": jpeg[:2] + b"\xff\xfe" + struct.pack(">H", 2 + len(page)) + page + jpeg[2:],
        "png and archive": png + archive.getvalue(),
        "jpeg and svg": jpeg + SVG,
        "png with a page in a text chunk": png[:33] + chunk(b"tEXt", b"Comment\0" + page) + png[33:],
        "png with a profile that is a page": png[:33] + chunk(b"iCCP", b"x\0\0" + zlib.compress(page)) + png[33:],
        "page before a picture": page + png,
        "pdf before a picture": b"%PDF-1.7\n" + jpeg,
        "svg with a picture inside": SVG.replace(b"</svg>", b"<image href='data:image/png;base64,AA'/></svg>"),
    }


NO_PICTURES = {
    "page before a picture": "bad_picture",
    "pdf before a picture": "bad_picture",
    "svg with a picture inside": "svg_picture",
}


@pytest.mark.parametrize("name", sorted(polyglots()))
def test_nothing_that_another_reader_would_run_is_left_when_a_file_is_two_things(contents, client, name):
    if name in NO_PICTURES:
        with pytest.raises(Refused) as refused:
            contents.store_picture(polyglots()[name])
        assert refused.value.key == NO_PICTURES[name]
        return
    found = contents.store_picture(polyglots()[name])
    answer = client.get(f"/content/{found}")
    assert (answer.mimetype, answer.data[:4], answer.data[8:12]) == ("image/webp", b"RIFF", b"WEBP")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert pictures.is_plain_webp(answer.data)
    for word in (b"script", b"alert", b"<svg", b"PK\x03\x04", b"%PDF"):
        assert word not in answer.data


def test_a_webp_is_not_plain_when_something_stands_behind_its_end():
    made = pictures.redrawn(picture())
    assert pictures.is_plain_webp(made)
    for other in (made + b"<html>", made[:-2], made[:30], b"", picture(), b"RIFF\x04\0\0\0WEBP"):
        assert not pictures.is_plain_webp(other)


def png_of(width, height, data=b""):
    """A PNG that says that it is so large, with whatever pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


REFUSED = {
    "no picture": (b"hello", "bad_picture", "no picture", "그림이 아니에요"),
    "nothing": (b"", "bad_picture", "no picture", "그림이 아니에요"),
    "a page": (b"<html><img src=x></html>", "bad_picture", "no picture", "그림이 아니에요"),
    "pdf": (b"%PDF-1.7 ...", "bad_picture", "no picture", "그림이 아니에요"),
    "bmp": (picture(kind="BMP"), "bad_picture", "no picture", "그림이 아니에요"),
    "tiff": (picture(kind="TIFF"), "bad_picture", "no picture", "그림이 아니에요"),
    "svg": (SVG, "svg_picture", "SVG", "PNG로"),
    "svg behind a mark": (b"\xef\xbb\xbf  \n<svg onload=x>", "svg_picture", "SVG", "PNG로"),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 99, "heic_picture", "HEIC", "동영상"),
    "avif": (b"\0\0\0\x1cftypavif" + b"\0" * 99, "heic_picture", "AVIF", "동영상"),
    "cut png": (picture((300, 300), color=(1, 2, 3))[:-40], "damaged_picture", "damaged", "손상"),
    "cut jpeg": (picture((300, 300), kind="JPEG")[:300], "damaged_picture", "damaged", "손상"),
    "cut webp": (picture((300, 300), kind="WEBP")[:60], "damaged_picture", "damaged", "손상"),
    "broken gif": (b"GIF89a" + b"\xff" * 20, "damaged_picture", "damaged", "손상"),
    "broken png": (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "damaged_picture", "damaged", "손상"),
    "bomb": (png_of(6_400, 6_400, b"\0" * 1_000), "picture_too_large", "pixels", "픽셀"),
    "bigger bomb": (png_of(60_000, 60_000, b"\0" * 1_000), "picture_too_large", "pixels", "픽셀"),
    "long line": (png_of(2**31 - 1, 1), "picture_too_large", "pixels", "픽셀"),
    "heavy": (b"\xff\xd8" + b"\0" * (8 * 1024 * 1024), "picture_too_large", "8 MB", "8 MB"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_wrong_is_said_in_both_languages_when_a_picture_is_refused(app, name):
    data, key, english, korean = REFUSED[name]
    for language, words in (("en", english), ("ko", korean)):
        with app.test_request_context("/"), force_locale(language), pytest.raises(Refused) as refused:
            pictures.redrawn(data)
        assert (refused.value.key, refused.value.field) == (key, "picture")
        assert words in refused.value.text


@cache
def bombs():
    """Small files that unpack to far more than they say, or say far more than they should."""
    flat = b"\0" * 100_000_000
    square = png_of(20_000, 20_000, flat)
    tiny = struct.pack(">IIBBBBB", 10, 10, 8, 2, 0, 0, 0)
    start, end = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", tiny), chunk(b"IEND", b"")
    row = chunk(b"IDAT", zlib.compress(b"\0" * 31 * 10))
    gif_head = b"GIF89a" + struct.pack("<HHBBB", 20_000, 20_000, 0x80, 0, 0) + b"\0" * 6
    return {
        "20,000 x 20,000 png": square,
        "20,000 x 20,000 gif": gif_head + b"," + struct.pack("<HHHHB", 0, 0, 20_000, 20_000, 0) + b"\x02\x01\x00\x00;",
        "20,000 x 20,000 webp": b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + (19_999).to_bytes(3, "little") * 2,
        "more pixels than told": start + chunk(b"IDAT", zlib.compress(flat)) + end,
        "a text that unpacks to 100 MB": start + chunk(b"zTXt", b"x\0\0" + zlib.compress(flat)) + row + end,
        "many texts that unpack to 100 MB": start
        + chunk(b"zTXt", b"x\0\0" + zlib.compress(flat[:900_000])) * 200
        + row
        + end,
        "a profile that unpacks to 100 MB": start + chunk(b"iCCP", b"x\0\0" + zlib.compress(flat)) + row + end,
    }


HARMLESS = ("more pixels than told",)


@pytest.mark.parametrize("name", sorted(bombs()))
def test_a_bomb_takes_neither_time_nor_memory(app, name):
    data = bombs()[name]
    assert len(data) < pictures.MAX_BYTES
    tracemalloc.start()
    began = time.monotonic()
    if name in HARMLESS:
        assert opened(pictures.redrawn(data)).size == (10, 10)
    else:
        with app.test_request_context("/"), pytest.raises(Refused) as refused:
            pictures.redrawn(data)
        assert refused.value.key == ("picture_too_large" if "20,000" in name else "damaged_picture")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert time.monotonic() - began < 3
    assert peak < 80 * 1024 * 1024


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "..%2f..%2fx.png", "a/b\\c.png", "x.svg", "x.html", "\u202egnp.exe", "CON", "x" * 3_000],
)
@pytest.mark.parametrize("kind", ["image/svg+xml", "text/html", "application/x-php", "image/png; charset=x", ""])
def test_name_and_declared_type_of_a_file_count_for_nothing(app, tmp_path, name, kind):
    client = app.test_client()
    token = sign_in(app, client, SELLER)
    folder = tmp_path / "content"

    def upload(data):
        before = {path for path in folder.rglob("*") if path.is_file()}
        form = {"csrf_token": token, "title": "", "picture": (io.BytesIO(data), name, kind)}
        answer = client.post("/listings/new?community=1", data=form, content_type="multipart/form-data")
        assert answer.status_code == 422, "it has no title"
        return {path for path in folder.rglob("*") if path.is_file()} - before

    assert upload(SVG) == set()
    kept = upload(picture())
    assert [path.name for path in kept] == [hash_of(path.read_bytes()) for path in kept]
    assert len(kept) == 1, "the picture, small enough to be its own thumbnail"
    assert not {
        path for path in tmp_path.rglob("*") if "passwd" in path.name or path.suffix in (".png", ".svg", ".html")
    }


def test_thumbnails_are_made_when_a_picture_is_kept(contents, client):
    drawn = Image.effect_noise((1600, 1200), 90).convert("RGB")
    out = io.BytesIO()
    drawn.save(out, "JPEG")
    found = contents.store_picture(out.getvalue())
    sizes = {}
    for width in (320, 640):
        answer = client.get(f"/content/{found}/{width}")
        assert (answer.status_code, answer.mimetype) == (200, "image/webp")
        assert opened(answer.data).size == (width, width * 3 // 4)
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["ETag"].strip('"') == hash_of(answer.data)
        sizes[width] = len(answer.data)
    assert sizes[320] < sizes[640] < len(client.get(f"/content/{found}").data)
    assert client.get(f"/content/{found}/321").status_code == 404
    assert client.get(f"/content/0x{'12' * 32}/320").status_code == 404


def test_a_thumbnail_is_made_anew_when_it_is_missing_or_altered(contents, client):
    found = contents.store_picture(picture((1000, 500), color=(200, 30, 30)))
    wanted = client.get(f"/content/{found}/320").data
    thumb = contents.store.path(hash_of(wanted))
    thumb.write_bytes(b"something else")
    assert client.get(f"/content/{found}/320").data == wanted
    thumb.unlink()
    assert client.get(f"/content/{found}/320").data == wanted


def test_a_small_picture_is_its_own_thumbnail(contents, client):
    found = contents.store_picture(picture((300, 900)))
    assert client.get(f"/content/{found}/320").data == client.get(f"/content/{found}").data
