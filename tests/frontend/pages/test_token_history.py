"""The token page's history: chart, table and file say the same, and stay small when it is long."""

from __future__ import annotations

import csv
import io
from itertools import pairwise

from flask.testing import FlaskClient

from frontend.index.views import TokenDay
from frontend.pages.history import MAX_POINTS, chart_of, file_of, past_of, thinned
from tests.frontend.pages.page import Page

UNIT = 10**18


def days_of(*numbers: int) -> list[TokenDay]:
    return [TokenDay(day, day * UNIT + 1, day % 7 + 1, count) for count, day in enumerate(numbers, start=1)]


def test_chart_holds_the_last_row_until_today_when_nothing_moved_since():
    chart = chart_of(days_of(20_000, 20_004), 20_009)
    assert chart.days == "20000,20004,20009"
    assert chart.supplies == "20000.000000000000000001,20004.000000000000000001,20004.000000000000000001"
    assert chart.holders == "2,6,6"


def test_chart_has_no_day_twice_when_the_token_moved_today():
    assert chart_of(days_of(20_000), 20_000).days == "20000"


def test_chart_keeps_both_ends_and_few_points_when_the_history_is_long():
    days = days_of(*range(10_000, 20_000))
    thin = thinned(days, MAX_POINTS)
    assert len(thin) <= MAX_POINTS
    assert (thin[0], thin[-1]) == (days[0], days[-1])
    assert [point.day for point in thin] == sorted({point.day for point in thin})
    assert max(after.day - before.day for before, after in pairwise(thin)) <= 60


def test_table_pages_through_all_days_when_there_are_many():
    days = days_of(*range(20_000, 20_065))
    pages = [past_of(days, 20_100, page) for page in (1, 2, 3, 99, 0)]
    assert [past.page for past in pages if past] == [1, 2, 3, 3, 1]
    shown = [row for past in pages[:3] if past for row in past.rows]
    assert shown == days[::-1]
    assert past_of([], 20_100, 1) is None


def test_file_has_exact_amounts_when_they_have_many_decimals():
    rows = list(csv.reader(io.StringIO(file_of([TokenDay(20_000, 2**256 - 1, 3, 9)]))))
    assert rows[1] == ["2024-10-04", f"{(2**256 - 1) // UNIT}.{(2**256 - 1) % UNIT:018d}", "3", "9"]


def test_page_has_chart_and_table_of_the_same_days_when_a_token_has_moved(client: FlaskClient):
    source = client.get("/c/1/token").get_data(as_text=True)
    page = Page(source)
    figure = next(attrs for attrs in page.all("figure") if "data-history" in attrs)
    assert "hidden" in figure  # until the script draws it
    assert str(figure["data-supplies"]).split(",")[0] == "219"
    assert str(figure["data-holders"]).split(",")[0] == "4"
    assert "219 LAMP" in page.words
    assert any(str(attrs.get("src", "")).endswith("token-chart.js") for attrs in page.all("script"))
    assert not any("htmx" in str(attrs.get("src", "")) for attrs in page.all("script"))
    assert "token-chart" not in client.get("/c/3/token").get_data(as_text=True)  # it has not moved


def test_file_is_given_to_anybody_when_it_is_asked_for(client: FlaskClient):
    answer = client.get("/c/1/token/history.csv")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True))))
    assert rows[0] == ["day", "supply_tokens", "holders", "transfers_so_far"]
    assert rows[-1][1:] == ["219", "4", "6"]
    assert client.get("/c/0/token/history.csv").status_code == 404
    assert client.get("/c/99/token/history.csv").status_code == 404
