"""docs/pages.md names a test for what each page must have; each of them is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PLACES = {
    "pages": "tests/frontend/pages",
    "chain": "tests/frontend/chain",
    "index": "tests/frontend/index",
    "notes": "tests/frontend/notes",
    "browser": "tests/browser",
}
NAMED = re.compile(r"`(\w+)/(test_\w+\.py)::(test_\w+)`")


def test_every_test_that_the_page_names_exists() -> None:
    named = NAMED.findall((ROOT / "docs/pages.md").read_text(encoding="utf-8"))
    assert len(named) > 40
    missing = [
        f"{place}/{file}::{test}"
        for place, file, test in named
        if f"def {test}(" not in (ROOT / PLACES[place] / file).read_text(encoding="utf-8")
    ]
    assert missing == []


def test_every_line_names_a_test_or_says_that_it_is_not_there_yet() -> None:
    lines = (ROOT / "docs/pages.md").read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("| ") and not line.startswith("| must have")]
    said = ("not yet", "the community's members page has one")
    assert [row for row in rows if "::test_" not in row and not any(word in row for word in said)] == []
