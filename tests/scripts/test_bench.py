"""The gas benchmark: equal on every run, and honest about targets."""

import json

from bench import gas as bench
from bench.peers import ROWS

ASKED = "list buy buy_permit accept deliver confirm withdraw happy_path happy_path_goods open_community token_transfer"


def test_gas_is_what_was_committed_and_within_its_targets():
    found = bench.measured()
    assert bench.differences(found) == [], "run: make bench-gas, if the change is meant"
    assert bench.missed(found) == []
    assert bench.PAGE.read_text(encoding="utf-8") == bench.table(found)


def test_results_hold_every_key_that_was_asked_for():
    assert set(ASKED.split()) <= set(json.loads(bench.RESULTS.read_text(encoding="utf-8")))


def test_a_target_is_missed_when_a_call_costs_one_more():
    at_most = {row.key: row.target if row.target is not None else 0 for row in ROWS}
    assert bench.missed(at_most) == []
    at_most["buy"] += 1
    assert bench.missed(at_most) == ["buy costs 80,001, more than 80,000"]
