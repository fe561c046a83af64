"""A hundred thousand random courses of trades on curves against their exact model: `make soak PART=curves`.

    python -m bench.trades                             go on with the run under way, or begin one with a new seed
    python -m bench.trades --courses 2000 --seed 7     another length, a chosen seed

Each course is one run of tests/stateful/test_curves.py: up to twelve trades on three curves, each compared to the unit. After
each era of 500 the run's state is written to reports/trades.json, so that it can be stopped at any time, and how far it has
come to bench/results/trades.json with the hashes of the sources that it is about; a run that was begun with other sources is
not gone on with. An era follows from the run's seed and its own place; Hypothesis prints the shortest course that differs.
"""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys
import time
from dataclasses import dataclass

from bench.longrun import changed, hashes, resumed, write
from tools.places import ROOT, VENV, tool_env

COURSES, ERA = 100_000, 500
TEST = "tests/stateful/test_curves.py"
SUBJECTS = ("contracts", TEST, "tests/fixtures/curves.py", "tests/helpers/curve_model.py")
STATE = ROOT / "reports" / "trades.json"
RESULT = ROOT / "bench" / "results" / "trades.json"


@dataclass
class Run:
    """How far a run is."""

    seed: int
    courses: int
    sources: dict[str, str]
    done: int = 0
    took_s: int = 0


def main(argv: list[str] | None = None) -> int:
    """Go through what is left of a run, and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.trades", description=__doc__.partition("\n")[0])
    parser.add_argument("--courses", type=int, default=COURSES, help=f"a multiple of {ERA}")
    parser.add_argument("--seed", type=int, help="begin anew with this seed")
    asked = parser.parse_args(argv)
    if asked.courses < ERA or asked.courses % ERA:
        parser.error(f"--courses must be a multiple of {ERA}")
    new = Run(secrets.randbelow(10**9) if asked.seed is None else asked.seed, asked.courses, hashes(SUBJECTS))
    run = resumed(STATE, new, any_seed=asked.seed is None)
    print(f"seed {run.seed}: course {run.done} of {run.courses}", flush=True)
    while run.done < run.courses:
        began = time.monotonic()
        said = _trade(run.seed + run.done)
        if said:
            print(f"✗ a course after {run.done} of seed {run.seed}:\n{said}", file=sys.stderr)
            return 1
        if changed(run, SUBJECTS, STATE):
            return 1
        run.done += ERA
        run.took_s += round(time.monotonic() - began)
        write(STATE, run)
        write(RESULT, run)
        print(f"course {run.done} of {run.courses}, {run.took_s} s", flush=True)
    STATE.unlink(missing_ok=True)
    print(f"✓ {run.courses} courses, no difference; written to {RESULT.relative_to(ROOT)}")
    return 0


def _trade(seed: int) -> str:
    """Play an era; give what the test said when something differed, else nothing."""
    words = [str(VENV / "bin" / "python"), "-m", "pytest", "--network", "test-anvil", TEST, f"--hypothesis-seed={seed}"]
    env = tool_env(os.environ) | {"CURVE_RUNS": str(ERA), "CI": ""}  # in CI the same courses come each time
    done = subprocess.run(words, cwd=ROOT, env=env, capture_output=True, text=True)
    return "" if done.returncode == 0 else (done.stdout + done.stderr)[-4_000:] or "the test did not run"


if __name__ == "__main__":
    sys.exit(main())
