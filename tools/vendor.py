"""Copies what the pages ship from node_modules into frontend/static/vendor: `make vendor`.

The copies are committed, so that a market runs without Node; vendor.json says where each came from and its hash, and a
test compares. To take a new version: change package.json, npm install, make vendor, commit.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from tools.places import NODE_MODULES, ROOT

VENDOR = ROOT / "frontend" / "static" / "vendor"
RECORD = VENDOR / "vendor.json"

# package → file inside it → name that the pages use (the version is put in)
FILES = (
    ("htmx.org", "dist/htmx.min.js", "htmx", "js"),
    ("@picocss/pico", "css/pico.min.css", "pico", "css"),
)


@dataclass(frozen=True)
class Vendored:
    """One committed copy."""

    file: str
    package: str
    version: str
    licence: str
    source: str
    sha256: str


def sha256_of(path: Path) -> str:
    """Give the hex hash of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def describe(package: str, source: str, name: str, ending: str) -> Vendored:
    """Say what the copy of one file would be."""
    about = json.loads((NODE_MODULES / package / "package.json").read_text())
    version = about["version"]
    origin = NODE_MODULES / package / source
    return Vendored(f"{name}-{version}.{ending}", package, version, about["license"], source, sha256_of(origin))


def main() -> int:
    """Copy every file and write the record; files of older versions go."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    entries = [describe(*words) for words in FILES]
    for old in VENDOR.iterdir():
        if old != RECORD and old.name not in {entry.file for entry in entries}:
            old.unlink()
    for entry in entries:
        shutil.copyfile(NODE_MODULES / entry.package / entry.source, VENDOR / entry.file)
        print(f"  {entry.file}  {entry.licence}  {entry.sha256[:16]}…")
    made_by = {"made_by": "tools/vendor.py (make vendor)", "files": [asdict(entry) for entry in entries]}
    RECORD.write_text(json.dumps(made_by, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
