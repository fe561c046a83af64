"""Runs the test suites in order: `make test`, or one by name: `python -m tools.test anvil -k withdraw`.

Each suite is one pytest run of its own: the contract suites load brownie, the others must not. Every suite runs even
when one before it failed; the closing table and the exit code tell.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass

from tools.chromium import known
from tools.compile import main as compile_contracts
from tools.places import ROOT, VENV, tool_env

CONTRACT_FOLDERS = ("tests/unit", "tests/integration", "tests/stateful")
NO_BROWNIE = ("-p", "no:pytest-brownie")
NOTHING_COLLECTED = 5


@dataclass(frozen=True)
class Suite:
    """One pytest run: its name on the command line, its heading, its folders and options."""

    name: str
    title: str
    folders: tuple[str, ...]
    options: tuple[str, ...] = ()


SUITES = (
    Suite("tools", "tools and scripts", ("tests/tools", "tests/scripts"), (*NO_BROWNIE, "-n", "2")),
    Suite("anvil", "contracts on Anvil", CONTRACT_FOLDERS, ("--network", "test-anvil", "-n", "2")),
    Suite("ganache", "contracts on Ganache", CONTRACT_FOLDERS, ("--network", "test-ganache", "-n", "2")),
    Suite("index", "index on a real chain", ("tests/index",), (*NO_BROWNIE, "-n", "2")),
    Suite("frontend", "frontend", ("tests/frontend",), (*NO_BROWNIE, "-n", "2")),
    Suite("browser", "browser", ("tests/browser",), NO_BROWNIE),
)


def environment() -> dict[str, str]:
    """Give the environment of the tests: the project's tools, and the browser that bootstrap found."""
    env = tool_env(os.environ)
    browser = known()
    if browser is not None:
        env["CHROMIUM"] = str(browser)
    return env


def run(suite: Suite, extra: list[str]) -> int:
    """Run one suite and give pytest's exit code; a suite without a single test counts as failed."""
    folders = [folder for folder in suite.folders if (ROOT / folder).is_dir()]
    print(f"\n━━ {suite.title} ━━ {' '.join(folders)}", flush=True)
    if not folders:
        print(f"✗ none of {', '.join(suite.folders)} exists", flush=True)
        return NOTHING_COLLECTED
    command = [str(VENV / "bin" / "python"), "-m", "pytest", *folders, *suite.options, *extra]
    return subprocess.run(command, cwd=ROOT, env=environment()).returncode


def main(argv: list[str]) -> int:
    """Run the suite named first, or all of them; further words go to pytest."""
    names = {suite.name for suite in SUITES}
    if argv and not argv[0].startswith("-") and argv[0] not in names:
        print(f"✗ no suite {argv[0]}; there are: {', '.join(suite.name for suite in SUITES)}", file=sys.stderr)
        return 2
    chosen = [suite for suite in SUITES if not argv or argv[0] not in names or suite.name == argv[0]]
    extra = argv[1:] if argv and argv[0] in names else argv
    if any("--network" in suite.options for suite in chosen):
        print("\n━━ compiling ━━", flush=True)
        if compile_contracts() != 0:
            return 1
    results = []
    for suite in chosen:
        began = time.monotonic()
        code = run(suite, extra)
        results.append((suite, code, time.monotonic() - began))
    print("\n━━ result ━━")
    for suite, code, took_s in results:
        print(f"  {'passed' if code == 0 else 'FAILED'}  {suite.title} ({took_s:.0f} s)")
    return 0 if all(code == 0 for _, code, _ in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
