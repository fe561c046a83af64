"""Nicknames as pages know them: what can be claimed, and what looks like another one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from frontend.nicknames import is_nickname, nickname_of, normalised, persona_of, skeleton
from tests.helpers.nicknames import SYLLABLES, refusal

PIECES = st.one_of(
    st.sampled_from(["a", "z", "0", "9", "-", "A", "_", "é", "ㄱ", "漢", "\ud7a4", "\n"]),
    st.sampled_from([syllable.decode() for syllable in SYLLABLES]),
    st.characters(blacklist_categories=("Cs",)),
)


@given(st.lists(PIECES, max_size=14).map("".join))
@settings(max_examples=400, deadline=None, derandomize=True, database=None)
def test_page_and_contract_agree_on_what_a_nickname_is(text):
    assert is_nickname(text) == (refusal(text.encode()) is None)
    if is_nickname(text):
        assert nickname_of(persona_of(text)) == text
        assert normalised(text) == text


@pytest.mark.parametrize("text", ["ab\udc80", "\ud800\ud800", "abc\n", "", "a" * 33])
def test_text_is_no_nickname_when_it_is_none_for_the_chain(text):
    assert not is_nickname(text)


@pytest.mark.parametrize(
    "persona", ["0x" + "00" * 32, "0x" + "ff" * 32, "0x61620063" + "00" * 28, "0x6162", "0xzz", "0x" + "61" * 33]
)
def test_id_holds_no_nickname_when_its_bytes_are_none(persona):
    assert nickname_of(persona) is None


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("Dokkaebi", "dokkaebi"),
        (" 도깨비 ", "도깨비"),
        ("\u1103\u1169", "도"),
        ("\uff41bc", "abc"),
        ("STRAẞE", "strasse"),
    ],
)
def test_what_is_typed_is_brought_into_the_one_spelling(typed, meant):
    assert normalised(typed) == meant


@pytest.mark.parametrize(
    ("one", "other"),
    [
        *(("dokkaebi", "d0kkaebi"), ("dokkaebi", "dokkaeb1"), ("dokkaebi", "dokkaebl"), ("night-owl", "nightowl")),
        *(("modern", "modem"), ("club", "dub"), ("club", "c1ub"), ("wave", "vvave"), ("s5s", "sss"), ("가게", "가개")),
        *(("외출", "왜출"), ("왜출", "웨출"), ("예술", "얘술"), ("b8b", "bbb"), ("night-0wl", "n1ght-owl")),
    ],
)
def test_nicknames_look_alike_when_only_a_detail_differs(one, other):
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"), [("dokkaebi", "dokkaeby"), ("도깨비", "도까비"), ("가나", "가니"), ("owl", "owner")]
)
def test_nicknames_do_not_look_alike_when_they_read_differently(one, other):
    assert skeleton(one) != skeleton(other)
