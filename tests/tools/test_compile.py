"""Compiling: what stands in the build folder comes from the sources as they are, and from nothing before."""

from __future__ import annotations

import pytest

from tools import compile as compiling


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of one contract, and a compiler that writes one artifact."""
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "Lamp.sol").write_text("contract Lamp {}")
    (tmp_path / "brownie-config.yaml").write_text("compiler: {}")
    build = tmp_path / "build"
    monkeypatch.setattr(compiling, "ROOT", tmp_path)
    monkeypatch.setattr(compiling, "SETTINGS", tmp_path / "brownie-config.yaml")
    monkeypatch.setattr(compiling, "BUILD", build / "contracts")
    monkeypatch.setattr(compiling, "INTERFACES", build / "interfaces")
    monkeypatch.setattr(compiling, "COMPILED_FROM", build / "compiled-from")
    loads: list[list[str]] = []

    def load() -> int:
        compiling.BUILD.mkdir(parents=True, exist_ok=True)
        loads.append(sorted(path.name for path in compiling.BUILD.iterdir()))
        lamp = compiling.BUILD / "Lamp.json"
        if not lamp.exists():
            lamp.write_text("{}")
        return 0

    monkeypatch.setattr(compiling, "load_project", load)
    return tmp_path, loads


def test_nothing_is_thrown_away_when_nothing_changed(project):
    _, loads = project
    assert compiling.main() == 0
    loads.clear()
    assert compiling.main() == 0
    assert loads == [["Lamp.json"]]


@pytest.mark.parametrize("changed", ["contracts/Lamp.sol", "brownie-config.yaml", "contracts/New.sol"])
def test_everything_is_compiled_anew_when_a_source_or_the_settings_changed(project, changed):
    folder, loads = project
    assert compiling.main() == 0
    loads.clear()
    (folder / changed).write_text("contract Other {}")
    assert compiling.main() == 0
    assert loads[0] == [], "an artifact of before was there to begin with"


def test_everything_is_compiled_anew_when_the_last_time_was_cut_off(project, monkeypatch):
    _, loads = project
    monkeypatch.setattr(compiling, "load_project", lambda: 1)
    assert compiling.main() == 1
    assert not compiling.COMPILED_FROM.exists()
    assert loads == []
