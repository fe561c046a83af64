"""A seller's sales by day and currency, for a chart and a table. Days are those of UTC; amounts stay whole numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from frontend.index.desk_views import Sale
from frontend.index.views import Currency
from frontend.pages.amounts import say_units
from frontend.pages.history import DAY_S

SPANS = (30, 90, 365)  # days that may be asked for
SPAN = 30


@dataclass(frozen=True)
class SalesDay:
    """What was sold on one day in one currency."""

    day: int  # unix day
    currency: str
    orders: int
    quantity: int
    paid_units: int


@dataclass(frozen=True)
class SalesChart:
    """One currency's line: unix days, and what was paid as decimal texts, each joined by commas."""

    currency: Currency
    days: str
    paid: str
    orders: int
    total_units: int


@dataclass(frozen=True)
class Sales:
    """Sales as the desk shows them: a chart for each currency, the one with most orders first; rows the newest first."""

    span: int
    charts: list[SalesChart]
    rows: list[SalesDay]


def first_second(today: int, span: int) -> int:
    """Give when the first of so many days begins."""
    return (today - span + 1) * DAY_S


def span_of(text: str) -> int:
    """Give how many days an address asks for; what is not offered is the shortest."""
    return int(text) if text in {str(span) for span in SPANS} else SPAN


def sales_of(sales: Sequence[Sale], today: int, span: int, currencies: Mapping[str, Currency]) -> Sales:
    """Add sales up by day and currency. A day without a sale is drawn as nothing and has no row."""
    days: dict[tuple[int, str], SalesDay] = {}
    for sale in sales:
        key = (sale.at_ts // DAY_S, sale.currency)
        had = days.get(key) or SalesDay(*key, 0, 0, 0)
        days[key] = SalesDay(*key, had.orders + 1, had.quantity + sale.quantity, had.paid_units + sale.paid_units)
    rows = sorted(days.values(), key=lambda row: (-row.day, row.currency))
    charts = [_chart(rows, today, span, currencies[address]) for address in {row.currency for row in rows}]
    charts.sort(key=lambda chart: (-chart.orders, chart.currency.address))
    return Sales(span, charts, rows)


def _chart(rows: Sequence[SalesDay], today: int, span: int, currency: Currency) -> SalesChart:
    mine = [row for row in rows if row.currency == currency.address]
    paid = {row.day: row.paid_units for row in mine}
    days = range(today - span + 1, today + 1)
    return SalesChart(
        currency,
        ",".join(map(str, days)),
        ",".join(say_units(paid.get(day, 0), currency.decimals) for day in days),
        sum(row.orders for row in mine),
        sum(paid.values()),
    )
