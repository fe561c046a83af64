"""Arbiters and recognised communities in a description: what is read of anybody's, and what is written here."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from wtforms.validators import ValidationError

from frontend.content.documents import canonical, clean_document, hash_of, read_document
from frontend.content.relations import MOST_ARBITERS, MOST_RECOGNISED, Arbiter, arbiters_of, recognised_of
from frontend.errors import Refused
from frontend.pages.relations import description_values, read_arbiters, read_recognised
from tests.frontend.pages.story import ARBITER, BUYER, SELLER

OWL = {"address": ARBITER, "name": "Old Owl"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ([OWL], [Arbiter(ARBITER, "Old Owl")]),
        ([{"address": "0x" + "AB" * 20}], [Arbiter("0x" + "ab" * 20, "")]),
        ([OWL, {**OWL, "name": "Again"}], [Arbiter(ARBITER, "Old Owl")]),
        ([OWL, {"address": BUYER, "name": "B"}], [Arbiter(ARBITER, "Old Owl"), Arbiter(BUYER, "B")]),
        ([{**OWL, "name": "a\ud800\0"}], [Arbiter(ARBITER, "a?\ufffd")]),
        ([{"address": "0x" + "00" * 20}], []),
        ([{"address": ARBITER + "\n"}], []),
        ([{"address": "javascript:alert(1)"}], []),
        ([{**OWL, "name": "x" * 61}], []),
        ([{**OWL, "name": 5}], []),
        ([{"name": "nobody"}, "x", None, 3, [OWL]], []),
        ({"0": OWL}, []),
        ("0x", []),
        (None, []),
    ],
)
def test_what_is_no_arbiter_is_passed_over(written: Any, read: list[Arbiter]) -> None:
    assert list(arbiters_of(written)) == read


def test_only_the_first_arbiters_of_a_long_list_count() -> None:
    assert len(arbiters_of([{"address": f"0x{number:040x}"} for number in range(1, 1_000)])) == MOST_ARBITERS


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ([1, 2, 1], [1, 2]),
        ([0, -1, 2**63, True, 1.0, "1", None, [1]], []),
        ([2**63 - 1], [2**63 - 1]),
        ({"1": 1}, []),
        ("12", []),
    ],
)
def test_what_is_no_number_of_a_community_is_passed_over(written: Any, read: list[int]) -> None:
    assert list(recognised_of(written)) == read


def test_only_the_first_of_many_recognised_communities_count() -> None:
    assert len(recognised_of(list(range(1, 1_000)))) == MOST_RECOGNISED


def test_description_is_read_as_it_was_written(app: Flask) -> None:
    written = {
        "name": "K",
        "arbiters": [Arbiter(ARBITER, "Old Owl")],
        "recognised": [3, 1],
        "replaces": "0x" + "1" * 64,
    }
    data = canonical(clean_document(written))
    document = read_document(hash_of(data), data)
    assert document.arbiters == (Arbiter(ARBITER, "Old Owl"),)
    assert document.recognised == (3, 1)
    assert document.replaces == "0x" + "1" * 64
    assert canonical(clean_document(document.fields() | {"replaces": document.replaces})) == data


def test_description_without_them_is_spelled_as_before(app: Flask) -> None:
    plain = {"name": "K", "text": "t", "lang": "en", "picture": None, "tags": []}
    assert clean_document({**plain, "arbiters": (), "recognised": (), "replaces": None}) == plain


@pytest.mark.parametrize(
    "changes",
    [
        {"arbiters": [Arbiter(f"0x{number:040x}", "") for number in range(1, MOST_ARBITERS + 2)]},
        {"recognised": list(range(1, MOST_RECOGNISED + 2))},
    ],
)
def test_too_long_a_list_is_refused_by_its_field(app: Flask, changes: dict[str, Any]) -> None:
    with app.test_request_context(), pytest.raises(Refused) as refused:
        clean_document({"name": "K", **changes})
    assert refused.value.field == next(iter(changes))


def test_lines_of_arbiters_are_read_and_shown_again_alike(app: Flask) -> None:
    with app.test_request_context():
        found = read_arbiters(f"  {ARBITER}   Old Owl \n\n{BUYER}\n")
        assert found == (Arbiter(ARBITER, "Old Owl"), Arbiter(BUYER, ""))
        data = canonical(clean_document({"name": "K", "arbiters": found}))
        shown = description_values(read_document(hash_of(data), data))["arbiters"]
        assert read_arbiters(shown) == found


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (f"{ARBITER} Owl\n0x12 Fox", "Line 2: This is not an address"),
        (f"{ARBITER} Owl\n{ARBITER} Fox", "Line 2: this account stands in a line before"),
        ("0x" + "0" * 40, "Line 1: The zero address"),
        (f"{SELLER} {'x' * 61}", "Line 1: a name may have 60"),
        ("\n".join(f"0x{number:040x}" for number in range(1, 18)), "At most 16 arbiters"),
    ],
)
def test_line_that_is_no_arbiter_is_named(app: Flask, typed: str, said: str) -> None:
    with app.test_request_context(), pytest.raises(ValidationError, match=said):
        read_arbiters(typed)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("1, x", "Write numbers"),
        ("-1", "Write numbers"),
        ("１", "Write numbers"),
        ("0", "no community number 0"),
        ("2, 77", "no community number 77"),
        (", ".join(map(str, range(1, 34))), "At most 32"),
    ],
)
def test_number_of_no_community_is_refused(app: Flask, typed: str, said: str) -> None:
    with app.test_request_context(), pytest.raises(ValidationError, match=said):
        read_recognised(typed)


def test_numbers_of_communities_are_read_in_their_order(app: Flask) -> None:
    with app.test_request_context():
        assert read_recognised(" 2,1 2") == (2, 1)
        assert read_recognised("") == ()
