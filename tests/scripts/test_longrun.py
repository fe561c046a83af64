"""A run of hours is gone on with where it stopped, and only as the run that it was."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from bench.longrun import changed, hashes, resumed, write

SUBJECTS = ("bench/longrun.py",)


@dataclass
class Run:
    seed: int
    length: int
    sources: dict[str, str]
    done: int = 0


def new(**changes: object) -> Run:
    return replace(Run(7, 1_000, hashes(SUBJECTS)), **changes)


def test_run_goes_on_where_it_stopped_with_its_own_seed(tmp_path: Path):
    state = tmp_path / "run.json"
    write(state, new(done=500))
    assert resumed(state, new(), any_seed=False) == resumed(state, new(seed=8), any_seed=True) == new(done=500)


@pytest.mark.parametrize("asked", [{"seed": 8}, {"length": 2_000}, {"sources": {"bench/longrun.py": "another"}}])
def test_run_begins_anew_when_it_is_another(tmp_path: Path, asked: dict[str, object]):
    state = tmp_path / "run.json"
    write(state, new(done=500))
    assert resumed(state, new(**asked), any_seed=False) == new(**asked)


@pytest.mark.parametrize("text", ["", "{", '{"seed": 7}', "[]"])
def test_run_begins_anew_when_its_state_cannot_be_read(tmp_path: Path, text: str):
    state = tmp_path / "run.json"
    assert resumed(state, new(), any_seed=True) == new()
    state.write_text(text)
    assert resumed(state, new(), any_seed=True) == new()


def test_state_is_thrown_away_when_the_sources_were_changed_under_way(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    state = tmp_path / "run.json"
    write(state, new())
    assert not changed(new(), SUBJECTS, state)
    assert state.exists()
    assert changed(new(sources={"bench/longrun.py": "another"}), SUBJECTS, state)
    assert not state.exists()
    assert "Begin anew" in capsys.readouterr().err
