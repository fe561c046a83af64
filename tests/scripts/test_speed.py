"""What bench/speed.py makes of its parts' measurements."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench import speed


def test_other_part_stays_in_the_file_when_one_is_measured_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(speed, "RESULTS", tmp_path / "speed.json")
    for part, figure, value in (("index", "decode_events_per_s", 1), ("pages", "listing_page_per_s", 2)):
        found = speed.merged(part, {"figures": {figure: value}, "runs": value})
        speed.RESULTS.write_text(json.dumps(found))
    found = speed.merged("index", {"figures": {"decode_events_per_s": 9}, "runs": 3})
    assert found["figures"] == {"decode_events_per_s": 9, "listing_page_per_s": 2}
    assert (found["index"], found["pages"]) == ({"runs": 3}, {"runs": 2})
    assert (found["targets"], found["limits"]) == (speed.TARGETS, speed.LIMITS)


def test_figure_is_told_when_it_misses_its_target():
    told = speed.missed({"decode_events_per_s": 49_999, "listing_page_per_s": 400})
    assert told == ["decode_events_per_s is 49,999, less than 50,000"]


def test_figure_is_told_when_it_is_above_its_limit():
    told = speed.missed({"seal_1gb_server_peak_mb": 301, "seal_1gb_tab_peak_mb": 400})
    assert told == ["seal_1gb_server_peak_mb is 301, more than 300"]
