"""What amounts come to in the money of a country, by rates that the operator has written down. A hint, never a price.

The rates stand in a TOML file; docs/running.md shows one. They are decimals from the file to the page, and nobody is asked for any.
"""

import re
import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from pathlib import Path
from typing import Any

from babel.numbers import get_currency_precision

from frontend.errors import BadSetting

ETH = "0x" + "0" * 40
HOUR_S = 3600
DEFAULT_AGE_HOURS, MOST_AGE_HOURS = 48, 24 * 31
MAX_SOURCE = 80
DIGITS = 120  # enough for the largest uint256 times the longest rate, exactly
CURRENCY = re.compile(r"0x[0-9a-f]{40}")
RATE = re.compile(r"[0-9]{1,20}(\.[0-9]{1,18})?", re.ASCII)
FIAT = re.compile(r"[A-Z]{3}", re.ASCII)


@dataclass(frozen=True)
class Rate:
    """What one whole unit of a currency comes to. rate: in whole units of the fiat money; at_ts: as the operator states it."""

    currency: str  # lower-case address; zeros for ETH
    fiat: str
    rate: Decimal
    source: str
    at_ts: int
    good_until_ts: int

    @property
    def places(self) -> int:
        """Give how many decimals the fiat money has."""
        return int(get_currency_precision(self.fiat))

    @property
    def day(self) -> str:
        """Give the day of the rate (UTC)."""
        return datetime.fromtimestamp(self.at_ts, UTC).date().isoformat()

    def is_good(self, now_ts: int) -> bool:
        """Tell whether the rate may still be shown."""
        return self.at_ts <= now_ts <= self.good_until_ts

    def text(self, amount_units: int, decimals: int) -> str:
        """Give an amount in fiat money, rounded half up: 12,300 KRW. What rounds to nothing is said to be less than the least."""
        with localcontext() as context:
            context.prec = DIGITS
            exact = Decimal(amount_units) * self.rate / Decimal(10) ** decimals
            least = Decimal(1).scaleb(-self.places)
            rounded = exact.quantize(least, ROUND_HALF_UP)
            if rounded == 0 and amount_units > 0:
                return f"< {least} {self.fiat}"
            return f"{rounded:,.{self.places}f} {self.fiat}"


def read_rates(path: Path) -> dict[str, Rate]:
    """Read a file of rates; give each by its currency's address. Raises: BadSetting, naming what is wrong in it."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        raise BadSetting("FIAT_RATES names a file that cannot be read.") from None
    except tomllib.TOMLDecodeError as problem:
        raise BadSetting(f"FIAT_RATES names a file that is no TOML: {problem}") from None
    hours, told = found.get("max_age_hours", DEFAULT_AGE_HOURS), found.get("rate", [])
    if type(hours) is not int or not 1 <= hours <= MOST_AGE_HOURS:
        raise BadSetting(f"FIAT_RATES: max_age_hours must be a whole number from 1 to {MOST_AGE_HOURS}.")
    if not isinstance(told, list) or not all(isinstance(entry, dict) for entry in told):
        raise BadSetting("FIAT_RATES: each rate is a table, [[rate]].")
    rates: dict[str, Rate] = {}
    for number, entry in enumerate(told, 1):
        rate = _rate(entry, f"FIAT_RATES: rate {number}: ", hours * HOUR_S)
        if rate.currency in rates:
            raise BadSetting(f"FIAT_RATES: rate {number}: its currency stands twice.")
        rates[rate.currency] = rate
    return rates


def _rate(entry: dict[str, Any], which: str, age_s: int) -> Rate:
    currency = ETH if entry.get("currency") == "ETH" else str(entry.get("currency", "")).lower()
    if not CURRENCY.fullmatch(currency):
        raise BadSetting(f"{which}currency must be ETH or a token's address.")
    fiat, rate, source, at = (entry.get(name) for name in ("fiat", "rate", "source", "at"))
    if not isinstance(fiat, str) or not FIAT.fullmatch(fiat):
        raise BadSetting(f"{which}fiat must be three capitals, like KRW.")
    if not isinstance(rate, str) or not RATE.fullmatch(rate) or not Decimal(rate):
        raise BadSetting(f'{which}rate must be a decimal in quotes, like "4512000.5", and more than 0.')
    if not isinstance(source, str) or not 0 < len(source.strip()) <= MAX_SOURCE or not source.isprintable():
        raise BadSetting(f"{which}source must be a text of 1 to {MAX_SOURCE} characters.")
    if not isinstance(at, datetime) or at.tzinfo is None:
        raise BadSetting(f"{which}at must be a moment with its zone, like 2026-12-01T09:00:00Z.")
    at_ts = int(at.timestamp())
    return Rate(currency, fiat, Decimal(rate), source.strip(), at_ts, at_ts + age_s)
