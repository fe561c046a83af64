"""Writes the ABIs that the frontend reads, from what the compiler made.

    python -m scripts.export_abis            write frontend/contracts/abi/*.json
    python -m scripts.export_abis --check    write nothing; exit 1 when one is stale

Run it after `make compile`, when an interface has changed. Undo: git.
"""

import argparse
import json
import sys
from pathlib import Path

from scripts.lib.abis import ABI_FOLDER
from scripts.lib.artifacts import BUILD, ROOT, artifact
from scripts.lib.problems import told_in_a_sentence

TARGET = ABI_FOLDER
CONTRACTS = (
    "Blueprints",
    "Claims",
    "CommunityGovernor",
    "CommunityRegistry",
    "CommunityTimelock",
    "CommunityToken",
    "Curves",
    "Governors",
    "KeyRequests",
    "Market",
    "Membership",
    "Memberships",
    "Personas",
    "Reviews",
    "Splits",
)


def exported(name: str, build: Path = BUILD) -> str:
    """Give the text of a contract's exported ABI. Raises: MissingArtifact."""
    made = artifact(name, build)
    content = {
        "_generated": "by scripts/export_abis.py, do not edit",
        "contract": name,
        "abiHash": made.abi_hash,
        "abi": made.abi,
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def stale(target: Path = TARGET, build: Path = BUILD) -> list[str]:
    """Give the names whose exported ABI is missing or differs from the compiled one."""

    def is_stale(name: str) -> bool:
        path = target / f"{name}.json"
        return not path.exists() or path.read_text(encoding="utf-8") != exported(name, build)

    return [name for name in CONTRACTS if is_stale(name)]


def main(argv: list[str] | None = None) -> int:
    """Write or compare; give 1 when something is stale and only comparing was asked."""
    parser = argparse.ArgumentParser(prog="python -m scripts.export_abis", description="Export ABIs to the frontend.")
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 when one is stale")
    options = parser.parse_args(argv)
    with told_in_a_sentence():
        old = stale()
        if options.check:
            if old:
                print(f"✗ stale: {', '.join(old)}; run: make abi", file=sys.stderr)
            return 1 if old else 0
        TARGET.mkdir(parents=True, exist_ok=True)
        for name in old:
            path = TARGET / f"{name}.json"
            unfinished = path.with_suffix(".tmp")
            unfinished.write_text(exported(name), encoding="utf-8")
            unfinished.replace(path)
            print(f"  wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
