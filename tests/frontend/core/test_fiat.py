"""Hints in fiat money: exact, by a rate that the operator states, and gone when it is old, wrong or not there."""

import logging
import time
from decimal import Decimal

import pytest

from frontend.config import Settings
from frontend.errors import BadSetting
from frontend.fiat import ETH, Rate, read_rates
from frontend.services.fiat import Fiat
from tests.frontend.core.test_settings import GOOD

TOKEN = "0x" + "ab" * 20
NOW = int(time.time())
FILE = """
max_age_hours = 24

[[rate]]
currency = "ETH"
fiat = "KRW"
rate = "4512000.5"
source = "The bank's noon rate"
at = {at}

[[rate]]
currency = "{token}"
fiat = "USD"
rate = "0.0123"
source = "Own guess"
at = {at}
"""


def said(at_ts: int = NOW - 60) -> str:
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at_ts))
    return FILE.format(at=at, token="0x" + "AB" * 20)


def rate(fiat: str, value: str) -> Rate:
    return Rate(ETH, fiat, Decimal(value), "test", NOW, NOW + 1)


def service(path, text: str) -> Fiat:
    path.write_text(text, encoding="utf-8")
    return Fiat(Settings.for_tests(path.parent, fiat_rates=path))


def test_rates_are_read_by_the_address_of_their_currency(tmp_path):
    found = service(tmp_path / "rates.toml", said())
    eth = found.rate(ETH)
    assert (eth.fiat, eth.rate, eth.source) == ("KRW", Decimal("4512000.5"), "The bank's noon rate")
    assert found.rate(TOKEN).fiat == "USD"
    assert found.rate("0x" + "cd" * 20) is None


@pytest.mark.parametrize(
    ("fiat", "value", "units", "decimals", "text"),
    [
        ("KRW", "4512000.5", 5 * 10**16, 18, "225,600 KRW"),  # 225,600.025
        ("KRW", "1", 5 * 10**17, 18, "1 KRW"),  # half up
        ("KRW", "1", 5 * 10**17 - 1, 18, "< 1 KRW"),
        ("USD", "0.0123", 1_000_000, 6, "0.01 USD"),
        ("USD", "3000", 1, 18, "< 0.01 USD"),
        ("USD", "3000", 0, 18, "0.00 USD"),
    ],
)
def test_amount_is_exact_until_it_is_rounded_half_up(fiat, value, units, decimals, text):
    assert rate(fiat, value).text(units, decimals) == text


def test_largest_amount_at_the_longest_rate_is_exact_to_the_last_digit():
    whole, part = "9" * 20, "9" * 18
    scaled = int(whole + part) * (2**256 - 1)  # the same with whole numbers alone
    assert rate("JPY", f"{whole}.{part}").text(2**256 - 1, 0) == f"{(scaled * 2 + 10**18) // (2 * 10**18):,} JPY"


def test_rate_is_shown_no_more_when_it_is_older_than_the_file_allows(tmp_path):
    found = service(tmp_path / "rates.toml", said(NOW - 12 * 3600))
    assert found.rate(ETH) is not None
    assert service(tmp_path / "old.toml", said(NOW - 24 * 3600 - 10)).rate(ETH) is None
    assert service(tmp_path / "early.toml", said(NOW + 3600)).rate(ETH) is None, "a rate of tomorrow is a mistake"


def test_new_rates_count_without_a_restart_and_a_broken_file_gives_none(tmp_path, caplog):
    path = tmp_path / "rates.toml"
    found = service(path, said())
    assert found.rate(ETH).rate == Decimal("4512000.5")
    path.write_text(said().replace("4512000.5", "5000000"), encoding="utf-8")
    assert found.rate(ETH).rate == Decimal(5_000_000)
    with caplog.at_level(logging.WARNING):
        path.write_text("[[rate", encoding="utf-8")
        assert found.rate(ETH) is None
        assert found.rate(ETH) is None
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    path.unlink()
    assert found.rate(ETH) is None


def test_there_are_no_hints_when_no_file_is_named(tmp_path):
    assert Fiat(Settings.for_tests(tmp_path)).rate(ETH) is None
    assert Settings.from_env(GOOD).fiat_rates is None


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('rate = "0.0123"', "rate = 0.0123", "rate 2: rate must be a decimal in quotes"),
        ('rate = "0.0123"', 'rate = "1e3"', "rate 2: rate"),
        ('rate = "0.0123"', 'rate = "-1"', "rate 2: rate"),
        ('rate = "0.0123"', 'rate = "0.0"', "rate 2: rate"),
        ('"ETH"', '"eth"', "rate 1: currency"),
        ('fiat = "USD"', 'fiat = "usd"', "rate 2: fiat"),
        ('source = "Own guess"', 'source = ""', "rate 2: source"),
        ("max_age_hours = 24", "max_age_hours = 0", "max_age_hours"),
        ("max_age_hours = 24", "max_age_hours = 1.5", "max_age_hours"),
        ('currency = "0x' + "AB" * 20, 'currency = "ETH', "twice"),
        ("[[rate]]", "[rate]", "no TOML|each rate is a table"),
        ("Z", "", "rate 1: at"),
    ],
)
def test_server_does_not_start_and_says_why_when_the_file_is_wrong(tmp_path, old, new, complaint):
    path = tmp_path / "rates.toml"
    assert old in said()
    path.write_text(said().replace(old, new), encoding="utf-8")
    with pytest.raises(BadSetting, match=complaint):
        Settings.from_env({**GOOD, "FIAT_RATES": str(path)})


def test_server_does_not_start_when_the_file_is_not_there(tmp_path):
    with pytest.raises(BadSetting, match="cannot be read"):
        Settings.from_env({**GOOD, "FIAT_RATES": str(tmp_path / "none.toml")})


def test_rates_are_given_whole_when_the_file_is_right(tmp_path):
    path = tmp_path / "rates.toml"
    path.write_text(said(), encoding="utf-8")
    assert Settings.from_env({**GOOD, "FIAT_RATES": str(path)}).fiat_rates == path
    assert set(read_rates(path)) == {ETH, TOKEN}
