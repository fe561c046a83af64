"""A hundred thousand random deals against the books kept in plain Python: `make soak PART=deals`.

    python -m bench.deals                          go on with the run under way, or begin one with a new seed
    python -m bench.deals --deals 2000 --seed 7    another length, a chosen seed
    python -m bench.deals --seed 7 --only 1234     play one deal of a seed again, and say what it was

Each deal goes from its listing to the last withdrawal on Anvil; in seven of eight, one call is first tried in a way in which it
must fail, each of tests/deals/mutations in turn. After every block all that can be asked is what the books say.

A deal follows from the run's seed and its own number alone. After each era of 500 the run's state is written to
reports/deals.json, so that it can be stopped at any time, and how far it has come to bench/results/deals.json with the hashes of
the sources that it is about; a run that was begun with other sources is not gone on with.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bench.longrun import changed, hashes, resumed, write
from tests.deals.course import NotApplied, planned
from tests.deals.mutations import MUTATIONS
from tests.deals.plan import Plan
from tests.deals.stage import Differs, Stage
from tests.deals.world import PLATFORM_FEE_BPS, World, make_world
from tests.helpers.draws import Draws, Seeded
from tests.index.market import running_market
from tools.places import ROOT

DEALS, ERA = 100_000, 500
WITHOUT_EVERY = 8
TRIES = 50
SUBJECTS = ("contracts", "tests/deals", "tests/helpers/books.py")
STATE = ROOT / "reports" / "deals.json"
RESULT = ROOT / "bench" / "results" / "deals.json"


@dataclass
class Run:
    """How far a run is."""

    seed: int
    deals: int
    sources: dict[str, str]
    done: int = 0
    took_s: int = 0
    blocks: int = 0
    ends: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    calls: dict[str, int] = field(default_factory=dict)


def main(argv: list[str] | None = None) -> int:
    """Go through what is left of a run, and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m bench.deals", description=__doc__.partition("\n")[0])
    parser.add_argument("--deals", type=int, default=DEALS, help=f"a multiple of {ERA}")
    parser.add_argument("--seed", type=int, help="begin anew with this seed")
    parser.add_argument("--only", type=int, help="play this deal of the seed alone")
    asked = parser.parse_args(argv)
    if asked.deals < ERA or asked.deals % ERA:
        parser.error(f"--deals must be a multiple of {ERA}")
    if asked.only is not None:
        return _play_one(asked.seed or 0, asked.only)
    run = _run(asked.deals, asked.seed)
    print(f"seed {run.seed}: deal {run.done} of {run.deals}", flush=True)
    while run.done < run.deals:
        if not _play_era(run):
            return 1
        if changed(run, SUBJECTS, STATE):
            return 1
        write(STATE, run)
        write(RESULT, run)
        print(f"deal {run.done} of {run.deals}, {run.took_s} s", flush=True)
    STATE.unlink(missing_ok=True)
    print(f"✓ {run.deals} deals, no difference; written to {RESULT.relative_to(ROOT)}")
    return 0


def _run(deals: int, seed: int | None) -> Run:
    """Give the run under way, if that is what was asked for and its sources are these; else a new one."""
    new = Run(secrets.randbelow(10**9) if seed is None else seed, deals, hashes(SUBJECTS))
    return resumed(STATE, new, any_seed=seed is None)


def _play_era(run: Run) -> bool:
    """Play the next deals on a node of their own, so that it never grows large; tell whether all was well."""
    began = time.monotonic()
    ends, refused, calls = Counter(run.ends), Counter(run.refused), Counter(run.calls)
    with _stage() as stage:
        for number in range(run.done, run.done + ERA):
            plan = deal_of(stage.world, run.seed, number)
            try:
                stage.play(plan)
            except Differs as problem:
                print(f"✗ deal {number} of seed {run.seed}, {plan.mutation}: {problem}", file=sys.stderr)
                return False
            ends.update(plan.ends)
            refused.update([plan.mutation] if plan.mutation else [])
            calls.update(act.name for step in plan.steps for act in step.acts)
            run.blocks += len(plan.steps)
    run.done += ERA
    run.took_s += round(time.monotonic() - began)
    run.ends, run.refused, run.calls = (dict(sorted(counter.items())) for counter in (ends, refused, calls))
    return True


def _play_one(seed: int, number: int) -> int:
    with _stage() as stage:
        plan = deal_of(stage.world, seed, number)
        for step in plan.steps:
            names = [act.name for act in step.acts] or [
                f"{step.refusal.act.name}: {step.refusal.error}" if step.refusal else ""
            ]
            print(step.timestamp, ", ".join(names))
        try:
            stage.play(plan)
        except Differs as problem:
            print(f"✗ {plan.mutation}: {problem}", file=sys.stderr)
            return 1
    print(f"✓ {plan.mutation or 'nothing fails'}: {', '.join(plan.ends)}")
    return 0


@contextmanager
def _stage() -> Iterator[Stage]:
    """Give a stage on an Anvil of its own."""
    with running_market() as market:
        market.send("CommunityRegistry", market.registry, "setFeeBps", [0, PLATFORM_FEE_BPS], market.owner)
        with Stage(*make_world(market.url, market.registry, market.splits, market.market)).open() as stage:
            yield stage


def deal_of(world: World, seed: int, number: int) -> Plan:
    """Plan a deal of a run. Ways to fail come by turns; where one cannot be found, nothing fails."""
    turn, without = divmod(number, WITHOUT_EVERY)
    mutation = list(MUTATIONS.values())[(number - turn - 1) % len(MUTATIONS)] if without else None
    draws = Draws(Seeded(f"{seed}/{number}"))
    try:
        return planned(world, draws, mutation, TRIES)
    except NotApplied:
        return planned(world, draws, None, 1)


if __name__ == "__main__":
    sys.exit(main())
