"""Compiles the contracts until brownie's build folder stands still: `make compile`.

After a compilation brownie's next start throws away every artifact that no contract of ours uses directly. Two test
workers that start at that moment see different builds and stop; so the second start happens here.
"""

from __future__ import annotations

import os
import subprocess
import sys

from tools.places import ROOT, VENV, tool_env

BUILD = ROOT / "build" / "contracts"
MOST_ROUNDS = 4


def artifacts() -> dict[str, int]:
    """Give each artifact with the time of its last change."""
    return {path.name: path.stat().st_mtime_ns for path in BUILD.glob("*.json")}


def load_project() -> int:
    """Let brownie load, and where needed compile, the project in a process of its own."""
    words = [str(VENV / "bin" / "python"), "-c", "from brownie import project; project.load('.')"]
    return subprocess.run(words, cwd=ROOT, env=tool_env(os.environ)).returncode


def main() -> int:
    """Load until nothing changes; give brownie's exit code."""
    for _ in range(MOST_ROUNDS):
        before = artifacts()
        code = load_project()
        if code != 0:
            return code
        if before and artifacts() == before:
            return 0
    print("✗ brownie's build folder does not come to rest; is somebody else compiling here?", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
