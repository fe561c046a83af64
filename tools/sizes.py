"""Prints the runtime size of every deployable contract from build/contracts; fails above a limit: `make sizes`."""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path

from tools.places import ROOT

BUILD = ROOT / "build" / "contracts"
PROTOCOL_LIMIT_BYTES = 24_576  # EIP-170
OWN_LIMITS_BYTES = {"Market": 24_064}  # what is left is for a mend
UNLIMITED_FOLDER = "contracts/mocks/"
LINK = re.compile(r"__([A-Za-z0-9]+)_+")  # brownie's mark for the address of a library


def runtime_bytes(build: Path) -> dict[str, int]:
    """Give name and runtime size of the project's own contracts and libraries, largest first."""
    sizes = {}
    artifacts = [json.loads(path.read_text()) for path in build.glob("*.json")]
    linked = {name for artifact in artifacts for name in LINK.findall(artifact.get("bytecode", ""))}
    for artifact in artifacts:
        source = artifact.get("sourcePath", "")
        if not source.startswith("contracts/") or source.startswith(UNLIMITED_FOLDER):
            continue
        callable_ = any(entry["type"] == "function" for entry in artifact["abi"])
        if not callable_ and artifact["contractName"] not in linked:
            continue  # a library that is compiled into its users and never deployed
        size = len(artifact.get("deployedBytecode", "")) // 2
        if size > 0:
            sizes[artifact["contractName"]] = size
    return dict(sorted(sizes.items(), key=lambda pair: -pair[1]))


def main() -> int:
    """Print the table; give 1 when a contract is too large or there is none."""
    sizes = runtime_bytes(BUILD)
    if not sizes:
        print("✗ build/contracts holds no contract of ours; run: make compile", file=sys.stderr)
        return 1
    too_large = []
    for name, size in sizes.items():
        limit = OWN_LIMITS_BYTES.get(name, PROTOCOL_LIMIT_BYTES)
        print(f"  {name:<28} {size:>7} of {limit} bytes")
        if size > limit:
            too_large.append(name)
    if too_large:
        print(f"✗ too large: {', '.join(too_large)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
