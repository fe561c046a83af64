"""Tries mutants of the contracts: `make mutation`. Only files that changed since their last trial are tried again.

    python -m tools.mutation                                   go on, or begin; results when all is tried
    python -m tools.mutation --percent 10 --seed 3             only a tenth of each file's mutants, drawn by this seed
    python -m tools.mutation --file contracts/market/Bonds.sol only this file (can be given several times)
    python -m tools.mutation --check                           compare the committed results with the contracts; fast

A run can be stopped at any time: the next one with the same contracts and options goes on. It needs Anvil, most of a core, and
several hours for all files. What it knows half-way lies in reports/mutation.
"""

from __future__ import annotations

import argparse
import sys

from tools.mutation import results
from tools.mutation.campaign import Campaign
from tools.mutation.workshop import mutated_files
from tools.problems import SetupProblem


def main(argv: list[str] | None = None) -> int:
    """Try, or check; give 1 when something is not as it must be."""
    parser = argparse.ArgumentParser(prog="python -m tools.mutation", description="Try mutants of the contracts.")
    parser.add_argument("--percent", type=int, default=100, choices=range(1, 101), metavar="1-100")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--file", action="append", dest="files", choices=mutated_files(), metavar="FILE")
    parser.add_argument("--check", action="store_true")
    asked = parser.parse_args(argv)
    if asked.check:
        return tell(results.check())
    files = results.to_try(asked.files or mutated_files(), asked.percent)
    if files:
        print(f"• {len(files)} files to try, {asked.percent} % of their mutants, seed {asked.seed}", flush=True)
        campaign = Campaign(files, asked.percent, asked.seed)
        try:
            campaign.run()
        except SetupProblem as problem:
            print(f"✗ {problem}", file=sys.stderr)
            return 1
        results.write(campaign)
    return tell(results.check())


def tell(complaints: list[str]) -> int:
    """Print what is wrong; give 1 when something is."""
    for complaint in complaints:
        print(f"✗ {complaint}", file=sys.stderr)
    if complaints:
        print("  run: make mutation", file=sys.stderr)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
