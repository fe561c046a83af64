"""Hints of what a price comes to in the money of a country."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from frontend.extensions import services


@dataclass(frozen=True)
class Hint:
    """An amount in fiat money as text, and whose rate of which day that is."""

    text: str
    day: str
    source: str


def fiat_hint(amount_units: int, currency: Any) -> Hint | None:
    """Give what an amount comes to; None where the operator gives no rate that may still be shown."""
    rate = services.fiat.rate(currency.address)
    return None if rate is None else Hint(rate.text(amount_units, currency.decimals), rate.day, rate.source)


def rates_of(currencies: Iterable[str]) -> dict[str, dict[str, str | int]]:
    """Give the rates of currencies for a script that works out what somebody types, as texts and whole numbers."""
    found = {currency: services.fiat.rate(currency) for currency in currencies}
    return {
        currency: {
            "rate": f"{one.rate:f}",
            "fiat": one.fiat,
            "places": one.places,
            "day": one.day,
            "source": one.source,
        }
        for currency, one in found.items()
        if one is not None
    }
