"""What is found, in which order, and what is not: the same on SQLite and PostgreSQL."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, select, update

from frontend.index.migrate import migrate
from frontend.index.models import communities, listings
from frontend.index.queries import Queries
from frontend.index.views import ListingFilter
from frontend.search import store
from frontend.search.store import community_name, description, fill, fill_names, put, rebuild
from frontend.store.database import create_engine, writing
from frontend.store.models import AppContent, AppSearch
from tests.frontend.index.test_queries import community_row, hash_of, listing_row

# number: title, text, tags, community
LISTINGS: dict[int, tuple[str, str, list[str], int]] = {
    1: ("달빛 도자기를 굽다", "가마에서 구운 찻잔", ["공예"], 1),
    2: ("도자기", "작은 접시", [], 1),
    3: ("접시 세트", "도자기로 만들었어요.", [], 1),
    4: ("찻잔", "손으로 빚음", ["도자기", "찻잔"], 1),
    5: ("자기 도자", "자기 자신의 도자", [], 1),
    6: ("백자기 항아리", "희다", [], 1),
    7: ("들꽃 다발", "여름꽃", [], 1),
    8: ("꽃병", "비었다", [], 1),
    9: ("Moss lamp", "Glows in the dark", ["light"], 2),
    10: ("Lamps of the Café Noir", "Three of them, 30 cm", [], 2),
    11: ("Lampshade", "Wi-Fi inside; a lamp fits", [], 2),
    12: ("Clamp", "Holds", [], 2),
    13: ("LED등 수리", "300 cm, ㅋㅋㅋ", ["３Ｄ프린터"], 2),
    14: ("👹 mask", "100% wood_and_hair", [], 2),
    15: ("Stories from the boxes", "東京の夜, 漢字", ["ﾄﾞｰﾙ"], 2),
    16: ("강아지와 고양이 집", "고양이가 좋아합니다", [], 1),
    17: ("고양시 지도", "종이", [], 1),
}
UNDESCRIBED = 18


def fill_market(engine: Engine) -> None:
    with writing(engine).begin() as connection:
        named = {1: ("이끼 클럽", "IKKI"), 2: ("Night Kiln", "KILN")}
        rows = [community_row(n, name=name, symbol=symbol) for n, (name, symbol) in named.items()]
        connection.execute(insert(communities), [row | {"metadata_hash": None} for row in rows])
        rows = [listing_row(n, community_id=words[3]) for n, words in LISTINGS.items()]
        connection.execute(insert(listings), [*rows, listing_row(UNDESCRIBED, community_id=1)])
        connection.execute(insert(AppContent), [content_row(n, *words[:3]) for n, words in LISTINGS.items()])


def content_row(number: int, title: str, text: str, tags: list[str]) -> dict[str, Any]:
    row = {"hash": hash_of(number), "media_type": "application/json", "size_bytes": 1, "created_at_ts": 1, "lang": "ko"}
    return row | {"title": title, "text": text, "tags": json.dumps(tags, ensure_ascii=False)}


def filled(url: str) -> Engine:
    made = create_engine(url)
    fill_market(made)
    fill(made)
    return made


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A market of the test's own, to be changed."""
    made = filled(database_url)
    yield made
    made.dispose()


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def market(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The same market for tests that only look."""
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        name = server.create("blank")
        url = server.url(name)
    else:
        url = f"sqlite:///{tmp_path_factory.mktemp('market') / 'test.db'}"
        migrate(create_engine(url))
    made = filled(url)
    yield made
    made.dispose()
    if request.param == "postgresql":
        server.drop(name)


def found(engine: Engine, q: str, sort: str = "best", **wanted: Any) -> list[int]:
    return [int(row.id, 16) for row in Queries(engine).listings(ListingFilter(q=q, **wanted), sort)]


# what is typed, and the listings that are found, the closest first and the newest first among equals
SEARCHES: dict[str, list[int]] = {
    # two syllables: whole, at the beginning or inside of a word, with and without particles
    "도자기": [2, 1, 4, 3],
    "자기": [5, 6, 2, 1, 4, 3],
    "도자": [5, 2, 1, 4, 3],
    "찻잔": [4, 1],
    "항아리": [6],
    # one syllable
    "꽃": [8, 7],
    "들꽃": [7],
    # typed with a particle
    "도자기를": [1, 2, 4, 3],
    "도자기는": [2, 1, 4, 3],
    "고양이와": [16],
    # 고양이 is no 고양시, and 이 no particle here
    "고양이": [16],
    "고양": [17, 16],
    # pairs that stand apart are no word, nor do words grow together
    "자기도자": [],
    "달빛도자기": [],
    "기도자": [],
    "기를 굽": [1],
    # every word must be there, in any place
    "접시 도자기": [2, 3],
    "접시 들꽃": [],
    # English: case, beginnings, singular and plural, but not the inside of a word
    "lamp": [9, 11, 10],
    "LAMP": [9, 11, 10],
    "Ｌａｍｐ": [9, 11, 10],
    "lamps": [10, 11, 9],
    "lam": [11, 10, 9],
    "amp": [],
    "story": [15],
    "stories": [15],
    "box": [15],
    "moss glows": [9],
    "light": [9],
    "NEAR": [],
    # accents, numbers, words of several parts
    "cafe": [10],
    "CAFÉ": [10],
    "30": [10],
    "30cm": [10],
    "300": [13],
    "3": [13],
    "wi-fi": [11],
    "wifi": [],
    "wood": [14],
    # two scripts in one word, other scripts, pictures
    "led등": [13],
    "3d 프린터": [13],
    "ㅋㅋ": [13],
    "👹": [14],
    "東京": [15],
    "漢": [15],
    "ドール": [15],
    # in the middle of typing a syllable
    "도자ㄱ": [5, 2, 1, 4, 3],
    # a community's name finds what is described of what is sold there, its symbol does not
    "night": [15, 14, 13, 12, 11, 10, 9],
    "클럽": [17, 16, 8, 7, 6, 5, 4, 3, 2, 1],
    "ikki": [],
}

HOSTILE = [
    "%", "\\", "'", '"', "*", "-", "^", ":", "()", "{title}", "!", "&|", "\u200b", "\ud800", "\u3164", "_", "__", "  !  ",
    "\u0301" * 100,
]  # fmt: skip
COMMANDS = [
    "' OR 1=1 --", '" OR "', "lamp*\" OR title:", "NEAR(a b)", "a AND", "{title} : x", "x:*A", "a <-> b", "!!a & (b", "__name",
    "_도", "'x':1A", "lamp\0moss", "a" * 10_000, "가" * 10_000, "a b " * 5_000, "가 a " * 5_000, "👹" * 5_000,
    "ㄱ" * 5_000, "\ufdfa" * 2_000, "٣ ๓", "ß", "İ", "ﬁ", "\U0001f468\u200d\U0001f469",
]  # fmt: skip


@pytest.mark.parametrize("q", SEARCHES)
def test_search_finds_the_closest_first_and_nothing_else_when_words_are_typed(market: Engine, q: str):
    assert found(market, q) == SEARCHES[q]


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_search_finds_the_same_when_letters_are_composed_or_not(market: Engine, form: str):
    for q in ("도자기", "café", "３Ｄ", "ﾄﾞｰﾙ"):
        assert found(market, unicodedata.normalize(form, q)) == found(market, q) != []


@pytest.mark.parametrize("q", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_is_found_when_only_signs_are_typed(market: Engine, q: str):
    assert found(market, q) == []


@pytest.mark.parametrize("q", COMMANDS, ids=range(len(COMMANDS)))
def test_search_answers_when_what_is_typed_looks_like_a_command(market: Engine, q: str):
    assert set(found(market, q)) <= set(LISTINGS)
    assert len(Queries(market).communities(q, "best").items) <= 2


def test_every_listing_is_found_when_nothing_is_typed(market: Engine):
    assert len(found(market, "")) == len(found(market, " \0 ")) == len(LISTINGS) + 1


@pytest.mark.parametrize("sort", ["best", "new", "price_up", "price_down", "sold"])
def test_same_listings_are_found_when_they_are_sorted_in_another_way(market: Engine, sort: str):
    rows = found(market, "도자기", sort)
    assert sorted(rows) == [1, 2, 3, 4]
    if sort in ("new", "price_down"):
        assert rows == [4, 3, 2, 1]


def test_search_keeps_to_the_filters_when_there_are_some(engine: Engine):
    with writing(engine).begin() as connection:
        connection.execute(update(listings).where(listings.c.id == hash_of(2)).values(kind="service", in_stock=False))
    assert found(engine, "도자기", kind="service") == [2]
    assert found(engine, "도자기", kind="goods") == [1, 4, 3]
    assert found(engine, "lamp", community_id=1) == []
    assert found(engine, "lamp", max_price_units=10 * 10**15) == [9]


def test_pages_hold_every_listing_once_when_they_are_turned(market: Engine):
    queries = Queries(market)
    for sort in ("best", "new"):
        pages = [queries.listings(ListingFilter(q="자기"), sort, page=n, per_page=2) for n in (1, 2, 3, 4)]
        assert [page.pages for page in pages] == [3, 3, 3, 3]
        assert [int(row.id, 16) for page in pages[:3] for row in page] == found(market, "자기", sort)
        assert pages[3].page == 3


def test_communities_are_found_by_name_symbol_and_description(engine: Engine):
    with writing(engine).begin() as connection:
        connection.execute(update(communities).where(communities.c.id == 2).values(metadata_hash=hash_of(1)))
    queries = Queries(engine)
    assert [row.id for row in queries.communities("이끼", "best")] == [1]
    assert [row.id for row in queries.communities("끼", "best")] == [1]
    assert [row.id for row in queries.communities("ikki", "best")] == [1]
    assert [row.id for row in queries.communities("도자기", "best")] == [2]
    assert [row.id for row in queries.communities("kiln", "best")] == [2]
    assert queries.communities("없는말", "best").total == 0
    for sort in ("new", "name", "holders"):
        assert [row.id for row in queries.communities("ikki", sort)] == [1]


def test_nothing_stale_is_found_when_the_chain_has_changed(engine: Engine):
    with writing(engine).begin() as connection:
        connection.execute(delete(listings).where(listings.c.id == hash_of(2)))
        connection.execute(update(communities).where(communities.c.id == 2).values(name="Day Kiln", symbol="DAY"))
    assert found(engine, "도자기") == [1, 4, 3]
    assert found(engine, "night") == []
    assert fill_names(engine) == 1
    assert [row.id for row in Queries(engine).communities("day")] == [2]
    assert fill_names(engine) == 0


def test_name_is_found_again_when_the_reorganisation_is_undone(engine: Engine):
    with writing(engine).begin() as connection:
        row = dict(connection.execute(select(communities).where(communities.c.id == 2)).mappings().one())
        connection.execute(delete(communities).where(communities.c.id == 2))
    assert Queries(engine).communities("night").total == 0
    with writing(engine).begin() as connection:
        connection.execute(insert(communities), [row])
    assert [one.id for one in Queries(engine).communities("night")] == [2]


def test_description_is_entered_once_when_it_is_put_again(engine: Engine):
    with writing(engine).begin() as connection:
        for _ in range(2):
            put(connection, description(hash_of(3), "접시", "", None))
        count = connection.execute(select(AppSearch.id).where(AppSearch.hash == hash_of(3))).all()
    assert len(count) == 1
    assert found(engine, "도자기") == [2, 1, 4]


def test_description_is_not_found_when_it_is_not_kept_any_more(engine: Engine):
    with writing(engine).begin() as connection:
        store.forget_content(connection, hash_of(2))
    assert found(engine, "도자기") == [1, 4, 3]


def test_rebuild_gives_the_same_when_entries_are_lost(engine: Engine):
    before = {q: found(engine, q) for q in SEARCHES}
    with writing(engine).begin() as connection:
        for entry in connection.execute(select(AppSearch.id)).scalars().all()[::2]:
            store.remove(connection, entry)
    assert found(engine, "도자기") != before["도자기"]
    assert rebuild(engine) == len(LISTINGS) + 2
    assert {q: found(engine, q) for q in SEARCHES} == before


def test_everything_is_entered_anew_when_the_words_of_entries_are_missing(engine: Engine):
    with writing(engine).begin() as connection:
        connection.exec_driver_sql("DELETE FROM app_search_words")
    assert found(engine, "도자기") == []
    assert fill(engine) == len(LISTINGS) + 2
    assert found(engine, "도자기") == SEARCHES["도자기"]


def test_everything_is_entered_anew_when_texts_are_cut_in_another_way(engine: Engine, monkeypatch: pytest.MonkeyPatch):
    assert fill(engine) == 0
    monkeypatch.setattr(store, "VERSION", store.VERSION + 1)
    assert fill(engine) == len(LISTINGS) + 2


def test_word_is_found_when_it_stands_behind_many_others_and_itself(engine: Engine):
    text = "도자기 가마 " * 600 + " 끝말 " + "z" * 5_000
    with writing(engine).begin() as connection:
        put(connection, description(hash_of(17), "긴 글", text, None))
        put(connection, community_name("가" * 21, "가 " * 10))
    assert 17 in found(engine, "도자기")
    assert 17 in found(engine, "끝말")
    assert 17 in found(engine, "z" * 70)
