"""A token's past by days, for a chart, a table and a file. Amounts stay whole numbers or exact decimal texts."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from frontend.formatters import day_text
from frontend.index.views import TokenDay
from frontend.pages.amounts import say_units

DAY_S = 86_400
MAX_POINTS = 400
PER_PAGE = 30
DECIMALS = 18


@dataclass(frozen=True)
class Chart:
    """What the chart is drawn from: days as unix days, supplies as decimal texts, holders, each joined by commas."""

    days: str
    supplies: str
    holders: str


@dataclass(frozen=True)
class Past:
    """A token's history as its page shows it: rows are those of one page of the table, the newest first."""

    chart: Chart
    rows: list[TokenDay]
    page: int
    pages: int
    first: TokenDay
    last: TokenDay


def past_of(days: Sequence[TokenDay], today: int, page: int) -> Past | None:
    """Give the history; None when the token has not moved yet. Args: days with a transfer, the oldest first."""
    if not days:
        return None
    pages = -(-len(days) // PER_PAGE)
    page = max(1, min(page, pages))
    newest_first = list(reversed(days))
    rows = newest_first[(page - 1) * PER_PAGE : page * PER_PAGE]
    return Past(chart_of(days, today), rows, page, pages, days[0], days[-1])


def chart_of(days: Sequence[TokenDay], today: int) -> Chart:
    """Give at most MAX_POINTS points. A day without a row is as the one before it, so the last row holds until today."""
    last = days[-1]
    points = [*days, *([TokenDay(today, last.supply_units, last.holder_count, 0)] if today > last.day else [])]
    thin = thinned(points, MAX_POINTS)
    return Chart(
        ",".join(str(point.day) for point in thin),
        ",".join(say_units(point.supply_units, DECIMALS) for point in thin),
        ",".join(str(point.holder_count) for point in thin),
    )


def thinned(points: Sequence[TokenDay], most: int) -> list[TokenDay]:
    """Keep the first point, and the last one of each of as many equal spans of time as may be shown besides."""
    if len(points) <= most:
        return list(points)
    first, last = points[0], points[-1]
    span = last.day - first.day
    kept = {(point.day - first.day) * (most - 2) // span: point for point in points[1:]}
    return [first, *kept.values()]


def file_of(days: Sequence[TokenDay]) -> str:
    """Give all days as CSV; amounts are exact decimal texts of whole tokens."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["day", "supply_tokens", "holders", "transfers_so_far"])
    for day in days:
        supply = say_units(day.supply_units, DECIMALS)
        writer.writerow([day_text(day.day), supply, day.holder_count, day.transfer_count])
    return out.getvalue()
