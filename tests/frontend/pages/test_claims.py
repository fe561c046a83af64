"""Claim phases on the token's page: each as it stands by the chain's clock, with what the reader has claimed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient

from frontend.pages.claims import standing
from tests.frontend.pages.page import Page
from tests.frontend.pages.story import BUYER

SignedIn = Callable[[str], tuple[FlaskClient, str]]
PAGE = "/c/2/token"


def words(client: FlaskClient, path: str) -> str:
    """Give a page's words in one line."""
    return " ".join(Page(client.get(path).get_data(as_text=True)).words.split())


@dataclass(frozen=True)
class Phase:
    """What matters for where a phase stands."""

    is_open: bool = True
    start_ts: int = 100
    end_ts: int = 200
    left_units: int = 1


@pytest.mark.parametrize(
    ("phase", "now_ts", "found"),
    [
        (Phase(), 99, "coming"),
        (Phase(), 100, "running"),
        (Phase(), 200, "running"),
        (Phase(), 201, "over"),
        (Phase(left_units=0), 150, "given"),
        (Phase(left_units=0), 201, "over"),
        (Phase(is_open=False), 150, "closed"),
    ],
)
def test_phase_stands_by_its_times_and_by_what_is_left(phase: Phase, now_ts: int, found: str) -> None:
    assert standing(phase, now_ts) == found


def test_page_lists_each_phase_with_price_bound_and_what_is_left(client: FlaskClient) -> None:
    said = words(client, PAGE)
    assert "Reserved for claims 300 STAR Left for new phases 140 STAR" in said
    rows = said.partition("Left over")[2]
    assert rows.index("4 Closed") < rows.index("3 Not yet") < rows.index("2 All is claimed") < rows.index("1 Running")
    assert "everybody at most 50 STAR 0.01 ETH 100 STAR 42 STAR 58 STAR" in rows
    assert "who is on a list free 30 STAR 30 STAR 0 STAR" in rows
    assert "Claimed by you" not in said


def test_page_tells_a_reader_what_he_has_claimed(signed_in: SignedIn) -> None:
    said = words(signed_in(BUYER)[0], PAGE)
    assert "Claimed by you" in said
    assert "42 STAR 58 STAR 42 STAR" in said
    assert "30 STAR 0 STAR nothing" in said


def test_page_says_nothing_of_claims_where_nothing_is_reserved(client: FlaskClient) -> None:
    assert "Claim phases" in words(client, PAGE)
    assert "Claim phases" not in words(client, "/c/1/token")


def test_page_speaks_korean(client: FlaskClient) -> None:
    said = words(client, PAGE + "?lang=ko")
    assert "토큰 배포 회차" in said
    assert "한 계정에 최대 50 STAR" in said
