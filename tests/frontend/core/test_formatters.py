"""Numbers, addresses and times as people read them."""

import pytest

from frontend import formatters
from frontend.index.views import Currency


@pytest.mark.parametrize(
    ("units", "decimals", "text"),
    [
        (0, 18, "0"),
        (1, 18, "0.000000000000000001"),
        (10**18, 18, "1"),
        (1234567 * 10**18 + 5 * 10**17, 18, "1,234,567.5"),
        (1234, 0, "1,234"),
        (123, 2, "1.23"),
        (-150, 2, "-1.5"),
        (2**256 - 1, 0, f"{2**256 - 1:,}"),
        (2**256 - 1, 77, "1.15792089237316195423570985008687907853269984665640564039457584007913129639935"),
    ],
)
def test_an_amount_is_written_exactly(units, decimals, text):
    assert formatters.decimal_text(units, decimals) == text


@pytest.mark.parametrize(
    ("units", "decimals", "text"),
    [
        (5 * 10**18, 18, "5 GEM"),
        (10**14, 18, "0.0001 GEM"),
        (10**14 - 1, 18, "≈ 0 GEM"),
        (2_739726027397260273, 18, "≈ 2.7397 GEM"),
        (1_999999999999999999, 18, "≈ 1.9999 GEM"),
        (12345, 2, "123.45 GEM"),
    ],
)
def test_an_amount_for_reading_is_cut_and_says_so(units, decimals, text):
    assert formatters.rounded_units(units, Currency("0x", "GEM", decimals, "", "unknown")) == text


@pytest.mark.parametrize(
    ("units", "decimals", "text"),
    [
        (5 * 10**18, 18, "5 GEM"),
        (9_876543, 18, "≈ 0.000000000009876 GEM"),
        (123, 18, "0.000000000000000123 GEM"),
        (0, 18, "0 GEM"),
        (2_739726027397260273, 18, "≈ 2.7397 GEM"),
        (123_456_739726027397260273, 18, "≈ 123,456.7397 GEM"),
        (12345, 2, "123.45 GEM"),
        (12345, 0, "12,345 GEM"),
    ],
)
def test_a_price_for_reading_keeps_its_first_digits(units, decimals, text):
    assert formatters.priced_units(units, Currency("0x", "GEM", decimals, "", "unknown")) == text


def test_short_addresses_keep_their_checksum():
    assert formatters.short("0x70997970c51812dc3a010c7d01b50e0d17dc79c8") == "0x7099…79C8"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 seconds"),
        (1, "1 second"),
        (60, "1 minute"),
        (3600, "1 hour"),
        (86400 * 2 + 3600, "2 days 1 hour"),
        (86400 * 60, "60 days"),
    ],
)
def test_a_length_of_time_is_written_in_its_largest_units(app, seconds, text):
    with app.test_request_context("/"):
        assert formatters.duration(seconds) == text


def test_a_moment_beyond_the_calendar_is_no_crash(app):
    with app.test_request_context("/"):
        assert "far in the future" in formatters.when(2**40 * 1000)
        assert 'datetime="2026-11-23T00:00:00+00:00"' in formatters.when(1795392000)


def test_commissions_are_written_in_per_cent():
    assert [formatters.bps(n) for n in (0, 1, 250, 10_000)] == ["0 %", "0.01 %", "2.5 %", "100 %"]


def test_a_persona_is_the_same_for_every_spelling_of_an_address_and_speaks_both_languages(app):
    address = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"
    with app.test_request_context("/?lang=en"):
        english = formatters.persona(address)
        assert english == formatters.persona(address.lower())
    with app.test_request_context("/?lang=ko"):
        korean = formatters.persona(address)
    assert english.isascii()
    assert not korean.isascii()
    assert english.split()[-1] == korean.split()[-1]


def test_hidden_signs_are_shown():
    assert formatters.visible("a\u202eb\u200bc\ufeffd\x00e\U000e0041") == "a�b�c�d�e�"
    assert formatters.visible("한글 emoji 🦊\nnew line") == "한글 emoji 🦊\nnew line"


def test_paragraphs_are_escaped():
    text = formatters.paragraphs("one <b>\ntwo\n\n<script>alert(1)</script>")
    assert text == "<p>one &lt;b&gt;<br>two</p><p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"
