"""Every fault that docs/faults.md speaks of has a test, and the document names it."""

from __future__ import annotations

import re

from tools.places import ROOT

PAGE = ROOT / "docs" / "faults.md"


def rows() -> list[list[str]]:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if re.match(r"\| \d+ \|", line)]


def defined() -> set[str]:
    return {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)\(", path.read_text(encoding="utf-8"), re.M)
    }


def test_every_fault_has_a_number_of_its_own_and_no_cell_is_empty():
    found = rows()
    assert [int(row[0]) for row in found] == list(range(1, len(found) + 1))
    assert len(found) >= 28
    assert all(len(row) == 6 and all(row) for row in found)


def test_every_test_that_the_page_names_exists():
    known = defined()
    for row in rows():
        named = re.findall(r"`(test_\w+)`", row[-1])
        assert named, f"fault {row[0]} names no test"
        assert set(named) <= known, f"fault {row[0]} names {set(named) - known}"
