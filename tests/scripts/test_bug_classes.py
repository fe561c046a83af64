"""docs/bug-classes.md has a row for every class, and each names tests that exist, or says why there is nothing to test."""

import re
from functools import cache

from tools.places import ROOT

PAGE = ROOT / "docs" / "bug-classes.md"
CLASSES = 83
ABSENT = "No such feature"


def rows() -> list[list[str]]:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if re.match(r"\| \d+ \|", line)]


@cache
def defined_in(file: str) -> set[str]:
    path = ROOT / file
    source = path.read_text(encoding="utf-8") if path.exists() else ""
    return set(re.findall(r"^def (test_\w+)\(", source, re.MULTILINE))


def test_every_class_has_a_row_of_its_own():
    found = rows()
    assert [int(row[0]) for row in found] == list(range(1, CLASSES + 1))
    assert all(len(row) == 3 and all(row) for row in found)
    assert len({row[1] for row in found}) == CLASSES


def test_every_row_names_tests_or_says_that_there_is_no_such_feature():
    for number, _, shown in rows():
        assert "::test_" in shown or shown.startswith(ABSENT), number


def test_every_test_that_the_page_names_exists():
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE.read_text(encoding="utf-8"))
    missing = {f"{file}::{name}" for file, name in named if name not in defined_in(file)}
    assert missing == set()
    assert len(named) > CLASSES
