"""The documents name what there is."""

import re

from scripts import export_reference
from tools.places import ROOT


def test_contract_reference_is_fresh():
    assert export_reference.TARGET.read_text(encoding="utf-8") == export_reference.reference(), "run: make reference"


def test_readme_explains_every_setting_of_the_web_server():
    source = (ROOT / "frontend" / "config.py").read_text(encoding="utf-8")
    settings = set(re.findall(r'environ(?:, |\.get\()"([A-Z0-9_]+)"', source))
    explained = set(
        re.findall(r"^\| `([A-Z0-9_]+)` \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    )
    assert "DATABASE_URL" in settings
    assert settings == explained


def test_documents_link_only_to_what_exists():
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for target in re.findall(r"\]\(([^)#:\s]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"
