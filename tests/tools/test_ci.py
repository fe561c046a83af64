"""The script that CI calls, with a `make` that only notes what it was asked for."""

import os
import shutil
import subprocess

import pytest

from tools.places import ROOT

MAKE = """#!/bin/sh
echo "make $* CI=$CI" >> "$CALLS"
echo "make $1 was here"
[ "$1" != "$BROKEN" ]
"""


@pytest.fixture
def checkout(tmp_path):
    (tmp_path / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "run", tmp_path / ".ci" / "run")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "make").write_text(MAKE)
    (tmp_path / "bin" / "age").write_text("#!/bin/sh\n")  # is there, so that nothing is installed
    for name in ("make", "age"):
        (tmp_path / "bin" / name).chmod(0o755)
    return tmp_path


def run(checkout, broken):
    settings = {"PATH": f"{checkout / 'bin'}:{os.environ['PATH']}", "CALLS": str(checkout / "calls"), "BROKEN": broken}
    done = subprocess.run(
        [str(checkout / ".ci" / "run")],
        env=os.environ | settings,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    return done, (checkout / "calls").read_text().splitlines()


def test_ci_runs_every_check_when_all_is_well(checkout):
    done, calls = run(checkout, broken="")
    assert done.returncode == 0, done.stderr
    beside = ["make lint CI=true", "make slither CI=true"]
    in_order = ["bootstrap-tests", "sizes", "proofs", "mutation ARGS=--check", "test"]
    assert [call for call in calls if call not in beside] == [f"make {words} CI=true" for words in in_order]
    assert [call for call in calls if call in beside] == beside, "they run beside the compiler, at whatever place"
    assert "✓ all of it passed" in done.stdout.splitlines()[-1]


@pytest.mark.parametrize("broken", ["lint", "sizes", "slither", "proofs", "mutation", "test"])
def test_ci_fails_and_goes_on_when_one_check_fails(checkout, broken):
    done, calls = run(checkout, broken)
    assert done.returncode == 1
    assert len(calls) == 7
    assert f"✗ failed: make {broken}" in done.stdout
    assert "✓" not in done.stdout


@pytest.mark.parametrize("check", ["lint", "slither"])
def test_ci_shows_what_ran_beside_the_rest_when_that_is_done(checkout, check):
    done, _ = run(checkout, broken=check)
    shown = done.stdout.splitlines()
    assert (
        shown.index("════ make mutation ARGS=--check")
        < shown.index(f"════ make {check}")
        < shown.index("════ make test")
    )
    assert shown[shown.index(f"════ make {check}") + 1] == f"make {check} was here"


def test_ci_stops_when_nothing_can_be_installed(checkout):
    done, calls = run(checkout, broken="bootstrap-tests")
    assert done.returncode == 1
    assert len(calls) == 1
