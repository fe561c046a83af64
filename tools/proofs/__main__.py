"""Proves what tests/proofs claims, for all inputs: `make proofs`. Fails when a claim is not proven, or a wrong one not refuted.

    python -m tools.proofs           the quick claims, and those that must be refuted
    python -m tools.proofs --slow    the claims in tests/proofs/slow, which take minutes

Halmos runs the compiled code on symbols instead of numbers and asks a solver whether any input breaks a claim. It does not fit
beside brownie (both pin python-dotenv), so it gets an environment of its own, .local/proofs/venv.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from tools.places import LOCAL, ROOT, VENV, installer_env, tool_env
from tools.problems import SetupProblem
from tools.proofs import build

HALMOS = "halmos==0.3.3"
FOLDER = LOCAL / "proofs"
HALMOS_VENV = FOLDER / "venv"
REFUTED = build.SPECS / "refuted"
SLOW = build.SPECS / "slow"
PROVEN, COUNTEREXAMPLE = 0, 1  # halmos's exit codes of one claim
OPTIONS = ["--loop", "8", "--solver-timeout-assertion", "0", "--no-status", "--function", "check_"]
PANICS = ["--panic-error-codes", "0x01,0x11,0x12"]  # a broken claim, an overflow, a division by zero
FORGE = "#!/bin/sh\nexit 0 # halmos asks forge to compile; tools/proofs/build.py has done so\n"


def install() -> None:
    """Make sure of halmos. Raises: SetupProblem."""
    stamp = HALMOS_VENV / ".dokkaebi-stamp"
    if not (stamp.is_file() and stamp.read_text() == HALMOS):
        print(f"• {HALMOS} into {HALMOS_VENV.relative_to(ROOT)} ...", flush=True)
        python = str(HALMOS_VENV / "bin" / "python")
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", HALMOS]
        for words in ([str(VENV / "bin" / "python"), "-m", "venv", "--clear", str(HALMOS_VENV)], pip):
            done = subprocess.run(words, env=installer_env(os.environ), capture_output=True, text=True)
            if done.returncode != 0:
                raise SetupProblem(f"halmos cannot be installed: {done.stderr[-500:]}")
        stamp.write_text(HALMOS)
    forge = FOLDER / "bin" / "forge"
    forge.parent.mkdir(parents=True, exist_ok=True)
    forge.write_text(FORGE)
    forge.chmod(0o755)


def results(folder: Path) -> dict[str, dict[str, Any]]:
    """Compile a folder's claims and give what halmos says of each."""
    build.build(folder)
    report = FOLDER / "report.json"
    report.unlink(missing_ok=True)
    env = tool_env(os.environ)
    env["PATH"] = os.pathsep.join([str(FOLDER / "bin"), str(HALMOS_VENV / "bin"), env["PATH"]])
    words = [str(HALMOS_VENV / "bin" / "halmos"), "--root", str(ROOT), *OPTIONS]
    words += ["--forge-build-out", str(build.OUT.relative_to(ROOT))]
    if folder is not SLOW:  # there nothing is multiplied that need be understood, and halmos's own solver is quicker
        python, decider = HALMOS_VENV / "bin" / "python", Path(__file__).with_name("integers.py")
        words += [*PANICS, "--solver-command", f"{python} {decider}"]
    done = subprocess.run([*words, "--json-output", str(report)], cwd=ROOT, env=env, capture_output=True, text=True)
    if not report.is_file():
        raise SetupProblem(f"halmos ended without a report: {(done.stdout + done.stderr)[-2000:]}")
    found = json.loads(report.read_text())["test_results"]
    return {claim["name"].partition("(")[0]: claim for claims in found.values() for claim in claims}


def prove(folder: Path, wanted: int, word: str) -> int:
    """Print what became of a folder's claims; give how many are not as they must be."""
    claims = results(folder)
    if not claims:
        raise SetupProblem(f"no claim in {folder.relative_to(ROOT)}")
    wrong = 0
    for name, claim in claims.items():
        is_right = claim["exitcode"] == wanted
        wrong += not is_right
        said = word if is_right else f"NOT {word}: halmos's exit code is {claim['exitcode']}"
        print(f"  {name}: {said} ({claim['num_paths'][0]} paths)", flush=True)
    return wrong


def main(argv: list[str]) -> int:
    """Prove what is quick, or with --slow what is not; give 1 when a claim is not as it must be."""
    try:
        install()
        if "--slow" in argv:
            wrong = prove(SLOW, PROVEN, "proven")
        else:
            python = str(HALMOS_VENV / "bin" / "python")
            wrong = subprocess.run([python, "-m", "tools.proofs.agreement"], cwd=ROOT).returncode
            wrong += prove(build.SPECS, PROVEN, "proven")
            wrong += prove(REFUTED, COUNTEREXAMPLE, "refuted, as it must be")
    except SetupProblem as problem:
        print(f"✗ {problem}", file=sys.stderr)
        return 1
    if wrong:
        print(f"✗ {wrong} claims are not as they must be", file=sys.stderr)
        return 1
    print("every claim is as it must be")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
