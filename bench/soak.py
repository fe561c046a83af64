"""A thousand rounds of random reorganisations and killed followers: `make soak PART=index`.

    python -m bench.soak                                    go on with the run under way, or begin one with a new seed
    python -m bench.soak --rounds 200 --seed 7              another length, a chosen seed
    DATABASE_URL=postgresql+psycopg://... python -m bench.soak

Each round trades at random, reorganises the chain, kills two followers, and compares the index with one built from nothing;
tests/index/storm.py has the particulars. An era of 25 rounds may be repeated by its seed. After each era the run's state is
written to reports/soak.json, so that it can be stopped at any time. The result goes to bench/results/soak.json with the
hashes of the sources it is about; a run that was begun with other sources is not gone on with.

Without DATABASE_URL a SQLite file in memory (/dev/shm, if there is one) is the index. A PostgreSQL database must be empty
but for its tables (python -m frontend.index migrate): its chain tables are overwritten.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.longrun import changed, hashes, resumed, write
from tests.index.market import Index, running_market
from tests.index.nursery import running_nursery
from tests.index.storm import ERA, Difference, Storm
from tools.places import ROOT

ROUNDS = 1000
SUBJECTS = ("frontend/index", "contracts")
STATE = ROOT / "reports" / "soak.json"
RESULT = ROOT / "bench" / "results" / "soak.json"


@dataclass
class Run:
    """How far a run is."""

    seed: int
    rounds: int
    database: str
    sources: dict[str, str]
    done: int = 0
    took_s: int = 0
    counts: dict[str, int] = field(default_factory=dict)


def main(argv: list[str] | None = None) -> int:
    """Go through what is left of a run, and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"a multiple of {ERA}")
    parser.add_argument("--seed", type=int, help="begin anew with this seed")
    asked = parser.parse_args(argv)
    if asked.rounds < ERA or asked.rounds % ERA:
        parser.error(f"--rounds must be a multiple of {ERA}")
    url = os.environ.get("DATABASE_URL", "")
    run = _run(asked.rounds, asked.seed, "postgresql" if url.startswith("postgresql") else "sqlite")
    print(f"seed {run.seed}, {run.database}: round {run.done} of {run.rounds}", flush=True)
    try:
        _go_through(run, url)
    except Difference as problem:
        print(f"✗ {problem}", file=sys.stderr)
        return 1
    if changed(run, SUBJECTS, STATE):
        return 1
    write(RESULT, run)
    STATE.unlink(missing_ok=True)
    print(f"✓ {run.rounds} rounds, no difference; written to {RESULT.relative_to(ROOT)}")
    return 0


def _run(rounds: int, seed: int | None, database: str) -> Run:
    """Give the run under way, if that is what was asked for and its sources are these; else a new one."""
    new = Run(secrets.randbelow(10**9) if seed is None else seed, rounds, database, hashes(SUBJECTS))
    return resumed(STATE, new, any_seed=seed is None)


def _go_through(run: Run, url: str) -> None:
    memory = Path("/dev/shm")  # noqa: S108 the folder made in it has a name that nobody can guess
    options: dict[str, Any] = {"database_url": url} if url else {}
    with (
        tempfile.TemporaryDirectory(prefix="soak-", dir=memory if memory.is_dir() else None) as name,
        running_market() as market,
        running_nursery() as nursery,
    ):
        folder = Path(name)
        index = Index(folder / "index", market, **options)
        storm = Storm(market, index, nursery, folder, run.seed)
        while run.done < run.rounds:
            began, storm.counts = time.monotonic(), Counter()
            storm.rounds(run.done, run.done + ERA)
            run.done += ERA
            run.took_s += round(time.monotonic() - began)
            run.counts = dict(sorted((Counter(run.counts) + storm.counts).items()))
            write(STATE, run)
            print(f"round {run.done} of {run.rounds}, {run.took_s} s", flush=True)
        index.engine.dispose()


if __name__ == "__main__":
    sys.exit(main())
