"""Tries the mutants of the files that changed since their last trial, and can be stopped and gone on with at any time."""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tools.mutation.operators import Mutant
from tools.mutation.workshop import CHECKOUT, TRIED_WITH, WORK, Workshop, copy
from tools.places import ROOT
from tools.problems import SetupProblem

ROOMS = (
    "Market",
    "Splits",
    "Curves",
    "Credits",
    "CourtArbiter",
    "TermsLib",
    "FileLib",
    "KeyRequests",
    "Reviews",
    "Blueprints",
)
SLOW = (
    "test_liveness.py",
    "test_odd_tokens.py",
    "test_order_states.py",
)  # each a thousand calls and more, for one mutant
MADE_BY = ("operators.py", "weaving.py", "workshop.py")
MOST_STARTS = 30


class Campaign:
    """One build of the checkout, and what was found out with it so far."""

    def __init__(self, files: list[str], percent: int = 100, seed: int = 0) -> None:
        self.shop = Workshop(files)
        self.percent = percent
        self.seed = seed
        self.chosen: set[int] = set()
        self.trials = WORK / "trials.jsonl"
        self.starts = WORK / "starts.jsonl"

    def run(self) -> None:
        """Build what is not built, and try what is not tried."""
        self._build()
        self.chosen = sampled(self.shop.mutants, self.percent, self.seed)
        self._try_all()
        self._try_constructors()

    def killers(self) -> dict[int, str]:
        """Give who killed which mutant."""
        killed = {}
        for line in lines_of(self.trials) + lines_of(self.starts):
            killed.update({int(number): line["test"] for number in line["killed"]})
        return killed

    def _build(self) -> None:
        """Make the checkout unless it was made from the same contracts; earlier findings go with it."""
        made_from, refused = WORK / "made-from", WORK / "refused.json"
        fingerprint = self._fingerprint()
        if made_from.is_file() and made_from.read_text() == fingerprint:
            self.shop.leave_out(json.loads(refused.read_text()))
            for name in TRIED_WITH:  # a test that was written to kill a survivor needs no new build
                copy(name)
            return
        for old in (made_from, self.trials, self.starts):
            old.unlink(missing_ok=True)
        refused.write_text(json.dumps(self.shop.build()))
        made_from.write_text(fingerprint)

    def _fingerprint(self) -> str:
        found = hashlib.sha256(" ".join(self.shop.files).encode())
        tools = [Path(__file__).with_name(name) for name in MADE_BY]
        for path in [*tools, *sorted((ROOT / "contracts").rglob("*.sol"))]:
            found.update(path.read_bytes())
        return found.hexdigest()

    def _try_all(self) -> None:
        """Run the tests until each has its line; a run that stops half-way is followed by another."""
        places = {
            n: (mutant.file, mutant.start, mutant.start + mutant.length) for n, mutant in self.shop.mutants.items()
        }
        for _ in range(MOST_STARTS):
            lines = lines_of(self.trials)
            killed = self.killers()
            plan = {
                "kind": "Trying",
                "report": str(self.trials),
                "done": [line["test"] for line in lines],
                "alive": [number for number in self.chosen if number not in killed],
                "survived": Counter(number for line in lines for number in line["passed"]),
                "places": places,
            }
            code = self._pytest(plan, *self._folders())
            now = lines_of(self.trials)
            if code in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
                return
            if len(now) == len(lines):
                break
        raise SetupProblem(f"the trials make no progress; see {WORK / 'pytest.log'}")

    def _try_constructors(self) -> None:
        """Try what only runs when a contract is made: those mutants must be on before the fixtures are."""
        killed = self.killers()
        tried = {line["number"] for line in lines_of(self.starts)}
        for number, mutant in self.shop.mutants.items():
            left = number in self.chosen and number not in killed and number not in tried
            if left and mutant.function.endswith(".constructor"):
                plan = {"kind": "FromTheStart", "report": str(self.starts), "done": [], "on": number}
                folder = ROOT / "tests" / "unit" / Path(mutant.file).stem
                words = [folder.relative_to(ROOT).as_posix()] if folder.is_dir() else self._folders()
                self._pytest(plan, "-x", *words)

    def _folders(self) -> list[str]:
        """Give what is run, in its order: what was written for the very contracts that are mutated kills soonest."""
        stems = {Path(file).stem for file in self.shop.files}
        rooms = sorted(ROOMS, key=lambda room: room not in stems)
        return [*(f"tests/unit/{room}" for room in rooms), "tests/integration"]

    def _pytest(self, plan: dict[str, Any], *words: str) -> int:
        """Run pytest in the checkout."""
        plan_file = WORK / "plan.json"
        plan_file.write_text(json.dumps(plan))
        # given as a word of its own, the plan's path would have pytest take the project's folder for its root
        options = ["-p", "tools.mutation.trials", f"--mutation-plan={plan_file}", "--network", "test-anvil"]
        options += [f"--ignore=tests/integration/{name}" for name in SLOW]
        options += ["--timeout", "0", "--failfast", "--hypothesis-seed", "0", "-p", "no:cacheprovider", "--tb", "no"]
        command = [str(CHECKOUT / ".venv" / "bin" / "python"), "-m", "tools.inside", "python", "-m", "pytest"]
        with (WORK / "pytest.log").open("ab") as log:
            return subprocess.run([*command, *words, *options], cwd=CHECKOUT, stdout=log, stderr=log).returncode


def sampled(mutants: dict[int, Mutant], percent: int, seed: int) -> set[int]:
    """Draw that share of each file's mutants, rounded up; the same seed draws the same ones."""
    dice = random.Random(seed)  # noqa: S311 a sample, no secret
    drawn: set[int] = set()
    for file in sorted({mutant.file for mutant in mutants.values()}):
        numbers = [number for number, mutant in mutants.items() if mutant.file == file]
        drawn.update(dice.sample(numbers, -(-len(numbers) * percent // 100)))
    return drawn


def lines_of(report: Path) -> list[dict[str, Any]]:
    """Give what was written so far; a last line that was cut off is left out."""
    if not report.is_file():
        return []
    found = []
    for line in report.read_text(encoding="utf-8").splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            break
    return found


def named(mutants: list[Mutant]) -> list[str]:
    """Give names that differ: a second mutant of the same name in a file is counted."""
    seen: Counter[str] = Counter()
    names = []
    for mutant in mutants:
        seen[mutant.name] += 1
        names.append(mutant.name if seen[mutant.name] == 1 else f"{mutant.name} ({seen[mutant.name]})")
    return names
