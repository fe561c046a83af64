"""Several pictures of a description: what is written, what is read of files that others wrote, and that nobody throws them away."""

import io
import json

import pytest
from PIL import Image

from frontend.content.documents import canonical, clean_document, read_document
from frontend.content.gallery import MAX_ALT, MOST_PICTURES, Picture, gallery_of
from frontend.content.wanted import pictures_of, who_wants
from frontend.errors import Refused
from frontend.extensions import bound

ONE, TWO, THREE = ("0x" + f"{number:02x}" * 32 for number in (1, 2, 3))
BASE = {"title": "A jar", "text": "", "lang": "en", "tags": (), "kind": "goods"}


@pytest.fixture
def contents(app):
    with app.test_request_context("/"):
        yield bound().services.contents


def kept(contents, shade):
    out = io.BytesIO()
    Image.new("RGB", (900, 700), (shade, 90, 90)).save(out, "PNG")
    return contents.store_picture(out.getvalue())


def test_one_picture_without_words_is_written_as_it_always_was():
    before = canonical(clean_document({**BASE, "picture": ONE}))
    assert canonical(clean_document({**BASE, "pictures": [Picture(ONE)]})) == before
    assert canonical(clean_document({**BASE, "picture": None, "pictures": []})) == canonical(clean_document(BASE))


def test_several_pictures_are_written_in_their_order_and_the_first_is_the_cover():
    written = clean_document({**BASE, "pictures": [Picture(TWO, "the foot "), Picture(ONE)]})
    assert written["picture"] == TWO
    assert written["pictures"] == [{"hash": TWO, "alt": "the foot"}, {"hash": ONE, "alt": ""}]
    read = read_document("0x", canonical(written))
    assert (read.picture_hash, read.pictures) == (TWO, (Picture(TWO, "the foot"), Picture(ONE)))


def test_an_old_file_with_one_picture_is_read_with_a_gallery_of_one():
    read = read_document("0x", json.dumps({"title": "A jar", "picture": ONE}).encode())
    assert (read.picture_hash, read.pictures) == (ONE, (Picture(ONE),))
    assert read_document("0x", b'{"title": "A jar"}').pictures == ()


@pytest.mark.parametrize(
    ("pictures", "key"),
    [
        ([Picture(ONE), Picture(ONE, "again")], "picture_twice"),
        ([Picture(f"0x{number:064x}") for number in range(MOST_PICTURES + 1)], "too_many_pictures"),
        ([Picture(ONE, "x" * (MAX_ALT + 1))], "too_long"),
        ([Picture("0x12")], "no_picture"),
    ],
)
def test_pictures_are_refused_when_they_are_twice_too_many_or_none(pictures, key):
    with pytest.raises(Refused) as refused:
        clean_document({**BASE, "pictures": pictures})
    assert refused.value.key == key


@pytest.mark.parametrize(
    ("cover", "found", "read"),
    [
        (ONE, "many", (Picture(ONE),)),
        (ONE, [None, 7, {"hash": "javascript:alert(1)"}, {"alt": "x"}, {"hash": [TWO]}], (Picture(ONE),)),
        (ONE, [{"hash": TWO}, {"hash": ONE, "alt": "seen"}], (Picture(ONE, "seen"), Picture(TWO))),
        (None, [{"hash": TWO, "alt": 7}, {"hash": TWO, "alt": "later"}], (Picture(TWO),)),
        (None, [{"hash": TWO, "alt": "two\nlines\ud800"}], (Picture(TWO, "two lines?"),)),
        (None, [{"hash": f"0x{number:064x}"} for number in range(50)], tuple(Picture(f"0x{n:064x}") for n in range(8))),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_passed_over_when_somebody_else_wrote_the_file(cover, found, read):
    assert gallery_of(cover, found) == read


def test_description_is_refused_when_one_of_its_pictures_is_not_kept_here(contents):
    here = kept(contents, 10)
    with pytest.raises(Refused) as refused:
        contents.store_description({**BASE, "pictures": [Picture(here), Picture(TWO)]})
    assert (refused.value.key, refused.value.field) == ("no_picture", "picture")


def test_every_picture_stays_and_can_be_brought_back_as_long_as_its_description_does(contents):
    pictures = [kept(contents, shade) for shade in (20, 30, 40)]
    found = contents.store_description({**BASE, "pictures": [Picture(one) for one in pictures]})
    needed = pictures_of(contents.db.engine, {found})
    assert set(pictures) < needed
    assert len(needed) == 9, "each with its two thumbnails"
    for one in pictures:
        wanted = who_wants(contents.db.engine, one)
        assert (wanted.kind, wanted.id) == ("picture", found)
