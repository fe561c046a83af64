"""Texts made fit to be shown, and amounts read without a slip."""

from __future__ import annotations

import pytest
from flask import Flask

from frontend.pages.amounts import BadAmount, parse_bps, parse_units, say_units
from frontend.pages.text import ghosts_in, plain, shown


@pytest.fixture(autouse=True)
def _in_request(app: Flask) -> object:
    with app.test_request_context("/", base_url="http://127.0.0.1:8000"):
        yield


def test_text_is_escaped_when_shown() -> None:
    assert str(shown("<b>&\"'")) == "&lt;b&gt;&amp;&#34;&#39;"


def test_unseen_character_is_named_when_shown() -> None:
    assert str(shown("a\u202eb")) == 'a<span class="ghost-char">U+202E</span>b'
    assert plain("a\u202eb") == "aU+202Eb"


def test_joined_emoji_stays_whole_when_shown() -> None:
    family = "👩\u200d🌾 and 👁️\u200d🗨️"
    assert str(shown(family)) == family
    assert ghosts_in(family) == []


def test_joiner_is_named_when_it_joins_no_emoji() -> None:
    assert ghosts_in("pay\u200dpal") == ["U+200D"]


def test_text_is_clipped_when_longer_than_allowed() -> None:
    assert str(shown("가나다라", 2)) == "가나…"
    assert plain("가나", 2) == "가나"


def test_accents_are_limited_when_stacked() -> None:
    assert str(shown("z" + "\u0301" * 50)) == "z" + "\u0301" * 3


@pytest.mark.parametrize(
    ("text", "decimals", "units"),
    [
        ("1", 18, 10**18), ("0.5", 18, 5 * 10**17), ("0.000000000000000001", 18, 1), ("007", 0, 7), ("12.5000", 1, 125),
        ("115792089237316195423570985008687907853269984665640564039457584007913129639935", 0, 2**256 - 1),
        ("0.1", 18, 10**17), ("0.3", 18, 3 * 10**17), (" 2 ", 6, 2_000_000),
    ],
)  # fmt: skip
def test_amount_is_exact_when_read(text: str, decimals: int, units: int) -> None:
    assert parse_units(text, decimals) == units
    assert parse_units(say_units(units, decimals), decimals) == units


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "1.",
        ".5",
        "-1",
        "+1",
        "1e3",
        "0x10",
        "NaN",
        "Infinity",
        "1,5",
        "1 000",
        "１",
        "١",
        "1.2.3",
        "1_000",
        "\u200b1",
        "9" * 100,
    ],
)
def test_amount_is_refused_when_it_is_not_plain_digits(text: str) -> None:
    with pytest.raises(BadAmount):
        parse_units(text, 18)


def test_amount_is_refused_when_it_has_too_many_decimals() -> None:
    with pytest.raises(BadAmount, match="Too many decimals"):
        parse_units("0.1234567", 6)


def test_amount_is_refused_when_above_the_maximum() -> None:
    with pytest.raises(BadAmount, match="too large"):
        parse_units(str(2**256), 0)


@pytest.mark.parametrize(("text", "bps"), [("0", 0), ("2.5", 250), ("2.50%", 250), ("100", 10_000), ("0.01", 1)])
def test_percentage_is_exact_when_read(text: str, bps: int) -> None:
    assert parse_bps(text, 10_000) == bps


@pytest.mark.parametrize("text", ["0.001", "100.01", "-1", "half", "", "1,5"])
def test_percentage_is_refused_when_out_of_bounds(text: str) -> None:
    with pytest.raises(BadAmount):
        parse_bps(text, 10_000)
