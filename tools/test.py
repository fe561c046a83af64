"""Runs the test suites: `make test`, or one by name: `python -m tools.test anvil -k withdraw`.

Each suite is one pytest run of its own: the contract suites load brownie, the others must not. Two suites run side by side,
since each waits for nodes, servers and pages much of the time; what a suite says is shown when it is done. Every suite runs
even when one before it failed; the closing table and the exit code tell.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from tempfile import TemporaryFile
from typing import IO

from tools.chromium import known
from tools.compile import main as compile_contracts
from tools.places import ROOT, VENV, tool_env

CONTRACT_FOLDERS = ("tests/stateful", "tests/integration", "tests/unit")  # files that take longest come first
NO_BROWNIE = ("-p", "no:pytest-brownie")
NOTHING_COLLECTED = 5
LINE_LENGTH = 240


@dataclass(frozen=True)
class Suite:
    """One pytest run: its name on the command line, its heading, its folders and its options."""

    name: str
    title: str
    folders: tuple[str, ...]
    options: tuple[str, ...] = ()


# a worker keeps to a run of tests until others have nothing left to do
IN_RUNS = ("--dist", "worksteal")
# where what a file sets up takes long, a worker keeps to whole files, in the order in which they come
IN_FILES = ("--dist", "loadfile", "--no-loadscope-reorder")
BY_BROWNIE = ("-n", "2", "--no-loadscope-reorder")  # brownie's own way is whole files too

# those that wait for other processes much of the time run more at once than there are cores; the longest come first, so
# that both ends are near each other
SUITES = (
    Suite("browser", "browser", ("tests/browser",), (*NO_BROWNIE, "-n", "3", "--dist", "loadgroup")),
    Suite("ganache", "contracts on Ganache", CONTRACT_FOLDERS, ("--network", "test-ganache", *BY_BROWNIE)),
    Suite("index", "index on a real chain", ("tests/index",), (*NO_BROWNIE, "-n", "3", *IN_RUNS)),
    Suite("tools", "tools and scripts", ("tests/scripts", "tests/tools"), (*NO_BROWNIE, "-n", "3", *IN_FILES)),
    Suite("frontend", "frontend", ("tests/frontend", "tests/content"), (*NO_BROWNIE, "-n", "3", *IN_FILES)),
    Suite("anvil", "contracts on Anvil", CONTRACT_FOLDERS, ("--network", "test-anvil", *BY_BROWNIE)),
)
SIDE_BY_SIDE = 2


@dataclass(frozen=True)
class Result:
    """How a suite ended: pytest's exit code, how long it took, and its lines about what failed."""

    suite: Suite
    code: int
    took_s: float
    failed: tuple[str, ...] = ()


def environment() -> dict[str, str]:
    """Give the environment of the tests: the project's tools, and the browser that bootstrap found."""
    env = tool_env(os.environ)
    browser = known()
    if browser is not None:
        env["CHROMIUM"] = str(browser)
    return env


def run(suite: Suite, extra: list[str], out: IO[bytes] | None = None) -> Result:
    """Run one suite, its words going to a file or straight out; a suite without a single test counts as failed."""
    began = time.monotonic()
    folders = [folder for folder in suite.folders if (ROOT / folder).is_dir()]
    if not folders:
        print(f"✗ none of {', '.join(suite.folders)} exists", flush=True)
        return Result(suite, NOTHING_COLLECTED, 0)
    command = [str(VENV / "bin" / "python"), "-m", "pytest", *folders, *suite.options, *extra]
    code = subprocess.run(command, cwd=ROOT, env=environment(), stdout=out, stderr=out).returncode
    return Result(suite, code, time.monotonic() - began)


def run_and_show(suite: Suite, extra: list[str], turn: threading.Lock) -> Result:
    """Run one suite; show what it said as a whole, when it is done."""
    with turn:
        print(f"… {suite.title}", flush=True)
    with TemporaryFile() as said:
        result = run(suite, extra, said)
        said.seek(0)
        words = said.read()
    with turn:
        print(heading(suite), flush=True)
        sys.stdout.buffer.write(words)
        sys.stdout.flush()
    return replace(result, failed=failures(words.decode(errors="replace")))


def run_side_by_side(suites: Sequence[Suite], extra: list[str]) -> list[Result]:
    """Run suites in their order, a few at once; give how they ended, in the same order."""
    turn = threading.Lock()
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return list(pool.map(lambda suite: run_and_show(suite, extra, turn), suites))


def failures(said: str) -> tuple[str, ...]:
    """Give the lines of pytest's short summary that name what failed, cut to a readable length."""
    return tuple(line[:LINE_LENGTH] for line in said.splitlines() if line.startswith(("FAILED ", "ERROR ")))


def heading(suite: Suite) -> str:
    """Give the line above what a suite says."""
    return f"\n━━ {suite.title} ━━ {' '.join(suite.folders)}"


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
    if len(chosen) == 1:
        print(heading(chosen[0]), flush=True)
        results = [run(chosen[0], extra)]
    else:
        results = run_side_by_side(chosen, extra)
    print("\n━━ result ━━")
    for result in results:
        print(f"  {'passed' if result.code == 0 else 'FAILED'}  {result.suite.title} ({result.took_s:.0f} s)")
        for line in result.failed:
            print(f"    {line}")
    return 0 if all(result.code == 0 for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
