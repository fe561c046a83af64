"""Compiles the contracts until brownie's build folder stands still: `make compile`.

After a compilation brownie's next start throws away every artifact that no contract of ours uses directly. Two test
workers that start at that moment see different builds and stop; so the second start happens here.

After a change everything is compiled anew. Brownie would compile the changed files alone, and through the IR pipeline a
contract's bytes can depend on what is compiled with it: sizes, gas and code on a chain must not depend on what came before.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys

from tools.places import ROOT, VENV, tool_env

BUILD = ROOT / "build" / "contracts"
INTERFACES = ROOT / "build" / "interfaces"
COMPILED_FROM = ROOT / "build" / "compiled-from"
SETTINGS = ROOT / "brownie-config.yaml"
MOST_ROUNDS = 4


def artifacts() -> dict[str, int]:
    """Give each artifact with the time of its last change."""
    return {path.name: path.stat().st_mtime_ns for path in BUILD.glob("*.json")}


def fingerprint() -> str:
    """Give the hash of all that the build is made from."""
    found = hashlib.sha256()
    for path in [SETTINGS, *sorted((ROOT / "contracts").rglob("*.sol"))]:
        found.update(f"{path.relative_to(ROOT)} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return found.hexdigest()


def is_up_to_date() -> bool:
    """Tell whether the build was made from the sources as they are."""
    return COMPILED_FROM.is_file() and COMPILED_FROM.read_text(encoding="utf-8") == fingerprint()


def begin_anew_after_a_change() -> None:
    """Throw the build away unless it was made from the sources as they are."""
    if is_up_to_date():
        return
    for folder in (BUILD, INTERFACES):
        shutil.rmtree(folder, ignore_errors=True)


def load_project() -> int:
    """Let brownie load, and where needed compile, the project in a process of its own."""
    words = [str(VENV / "bin" / "python"), "-c", "from brownie import project; project.load('.')"]
    return subprocess.run(words, cwd=ROOT, env=tool_env(os.environ)).returncode


def main() -> int:
    """Load until nothing changes; give brownie's exit code."""
    begin_anew_after_a_change()
    made_from = fingerprint()
    for _ in range(MOST_ROUNDS):
        before = artifacts()
        code = load_project()
        if code != 0:
            return code
        if before and artifacts() == before:
            COMPILED_FROM.write_text(made_from, encoding="utf-8")
            return 0
    print("✗ brownie's build folder does not come to rest; is somebody else compiling here?", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
