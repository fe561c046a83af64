"""Pages that tests write: they say what was found, and a test fails when it is another than what is committed."""

import os
from pathlib import Path

WRITE = "WRITE_PAGES"  # set by the make targets that write pages anew


def keep_fresh(page: Path, found: str, command: str) -> None:
    """Compare a committed page with what was found, or write it."""
    if os.environ.get(WRITE):
        page.write_text(found, encoding="utf-8")
    assert page.exists(), f"{page.name} is missing; run: {command}"
    assert page.read_text(encoding="utf-8") == found, f"{page.name} is stale; if the change is meant, run: {command}"
