"""Searching on the pages: what was typed stays, what was found is marked, and words of strangers stay words."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from frontend.pages.found import Marker
from frontend.search.keyboard import other_layout
from tests.frontend.pages.page import Page


def opened(client: FlaskClient, path: str, **query: str) -> tuple[str, Page]:
    answer = client.get(path, query_string={"lang": "en", **query})
    assert answer.status_code == 200
    source = answer.get_data(as_text=True)
    return source, Page(source)


def test_search_marks_what_was_found_and_keeps_the_words_in_the_box(client: FlaskClient):
    source, page = opened(client, "/explore", q="lamp")
    assert next(attrs for attrs in page.all("input") if attrs.get("name") == "q")["value"] == "lamp"
    assert "<mark>Lamp</mark> mending by moonlight" in source
    assert page.all("search")
    assert 'role="status"' in source
    assert source.count("<mark>Lamp</mark> mending") == 1


def test_two_syllables_are_found_inside_of_a_word_when_typed(client: FlaskClient):
    source, _ = opened(client, "/explore", q="비불")
    assert "도깨<mark>비불</mark> 등잔" in source


def test_communities_are_shown_beside_listings_when_their_names_fit(client: FlaskClient):
    source, page = opened(client, "/explore", q="star")
    assert "1 community" in page.words
    assert "<mark>Star</mark> Chart Smugglers" in source
    assert "found-communities" in source
    assert "found-communities" not in opened(client, "/explore", q="star", page="2")[0]
    assert "found-communities" not in opened(client, "/explore", q="lamp zzzz")[0]


def test_best_match_is_the_order_of_a_search_and_newest_that_of_a_list(client: FlaskClient):
    def chosen(source: str) -> str:
        return next(part for part in source.split("<option")[1:] if " selected" in part and 'value="' in part[:12])

    assert "Best match" in opened(client, "/explore", q="lamp")[0]
    assert "Best match" not in opened(client, "/explore")[0]
    assert "Newest" in chosen(opened(client, "/explore", q="lamp", sort="new")[0].partition('name="sort"')[2])


@pytest.mark.parametrize(
    ("q", "query", "offered"),
    [
        ("lamp", {"kind": "goods", "community": "2"}, "/explore?q=lamp"),
        ("lamp zzzz", {}, "/explore?q=lamp"),
        ("emdwks", {}, "등잔"),  # 등잔 on a keyboard that was set to English
        ("ㅣ므ㅔ", {}, "/explore?q=lamp"),
    ],
)
def test_another_search_is_offered_when_nothing_is_found(
    client: FlaskClient, q: str, query: dict[str, str], offered: str
):
    source, page = opened(client, "/explore", q=q, **query)
    assert "0 listings" in page.words
    assert "Perhaps one of these:" in page.words
    assert offered in source


def test_page_says_that_signs_cannot_be_searched_for_when_only_signs_are_typed(client: FlaskClient):
    assert "Signs alone cannot be searched for" in opened(client, "/explore", q="%%")[1].words


@pytest.mark.parametrize(
    "q", ["<script>alert(1)</script>", "\"' OR lamp --", "\x00lamp", "lamp" + "x" * 10_000, "\u202elamp"]
)
def test_page_answers_and_stays_whole_when_words_are_hostile(client: FlaskClient, q: str):
    for path in ("/explore", "/c"):
        source, page = opened(client, path, q=q)
        assert "<script>alert" not in source
        assert not any(text.strip() for text in page.scripts)


def test_marks_are_escaped_when_a_text_has_markup_of_its_own():
    marker = Marker("lamp <b>")
    assert (
        marker.title("<b>lamp</b> & more", 80)
        == "&lt;<mark>b</mark>&gt;<mark>lamp</mark>&lt;/<mark>b</mark>&gt; &amp; more"
    )
    assert marker.title("a \u202elamp", 80) == 'a <span class="ghost-char">U+202E</span><mark>lamp</mark>'


def test_snippet_shows_what_stands_around_the_word_when_the_text_is_long():
    found = Marker("도자기를").snippet("앞말 " * 60 + "이 도자기는 **손으로** 빚었어요. " + "뒷말 " * 60)
    assert found.startswith("…")
    assert found.endswith("…")
    assert "<mark>도자기</mark>는 손으로 빚었어요." in found
    assert len(found) < 200
    assert Marker("없는").snippet("아무 말") == ""


def test_mark_stands_on_the_right_letters_when_folding_changes_their_number():
    assert Marker("lamp").title("ﬃ Ｌａｍｐ ﷺ lamp", 80) == "ﬃ <mark>Ｌａｍｐ</mark> ﷺ <mark>lamp</mark>"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ehwkrl", "도자기"), ("dkssud gktpdy", "안녕 하세요"), ("rkqt", "값"), ("Eoddl", "땡이"), ("dnlwjs", "위전"), ("ㅣ므ㅔ", "lamp"),
        ("ㅡㅐㄴㄴ", "moss"), ("lamp", None), ("12", None), ("", None), ("a b", None), ("x" * 500, None), ("漢字", None),
    ],
)  # fmt: skip
def test_other_layout_gives_what_was_meant_when_that_makes_sense(typed: str, meant: str | None):
    assert other_layout(typed) == meant
