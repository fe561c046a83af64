"""Local chains really started: their clocks, their restarts, their heartbeat."""

import json
import subprocess
import time
from contextlib import contextmanager
from itertools import pairwise

import pytest

from tools import chain

DAY_S = 86400
NOISE_S = chain.LEAD_NOISE_S + 1  # and whole seconds
PATIENCE_S = 60
KINDS = pytest.mark.parametrize("kind", [chain.GANACHE, chain.ANVIL], ids=lambda kind: kind.name)


@pytest.fixture
def started():
    """Give a starter of kept chains that stops what it started."""
    nodes = []

    def start(kind, folder):
        nodes.append(chain.start(kind, chain.free_port(), folder))
        return nodes[-1]

    yield start
    for node in nodes:
        node.stop()


@contextmanager
def leads_by(seconds, url, started_in_s=0.0):
    """Make sure that the block mined in here is so far ahead of the wall, whenever in here that was.

    A clock that was given on the command line goes on only when the node is up.
    """
    before = time.time()
    yield
    at_s = chain.head(url).timestamp_s - seconds
    assert before - NOISE_S - started_in_s <= at_s <= time.time() + NOISE_S


def block_times(url):
    newest = chain.head(url).number
    blocks = [chain.rpc(url, "eth_getBlockByNumber", [hex(number), False]) for number in range(newest + 1)]
    return [int(block["timestamp"], 16) for block in blocks]


@KINDS
def test_chain_has_its_ids_and_accounts_when_started(kind):
    with chain.throw_away(kind) as node:
        assert int(chain.rpc(node.url, "eth_chainId"), 16) == kind.chain_id
        assert chain.rpc(node.url, "net_version") == str(kind.chain_id)
        accounts = chain.rpc(node.url, "eth_accounts")
        assert len(accounts) == chain.ACCOUNTS
        assert accounts[5].lower() == "0x9965507d1a55bcc2695c58ba16fb37d819b0a4dc"
        assert int(chain.rpc(node.url, "eth_getBlockByNumber", ["latest", False])["gasLimit"], 16) == 30_000_000


@KINDS
def test_chain_understands_shanghai_and_not_cancun_when_started(kind):
    push0_then_stop, mcopy = "0x5f00", "0x5f5f5f5e"
    with chain.throw_away(kind) as node:
        sender = chain.rpc(node.url, "eth_accounts")[0]
        assert chain.rpc(node.url, "eth_call", [{"from": sender, "data": push0_then_stop}, "latest"]) == "0x"
        with pytest.raises(chain.NodeError):
            chain.rpc(node.url, "eth_call", [{"from": sender, "data": mcopy, "gas": "0xfffff"}, "latest"])


@KINDS
def test_warp_moves_the_clock_when_asked(kind):
    with chain.throw_away(kind) as node:
        before = chain.head(node.url)
        with leads_by(8 * DAY_S, node.url):
            after = chain.warp(node.url, 8 * DAY_S)
        assert after.number == before.number + 1
        assert after.timestamp_s - before.timestamp_s >= 8 * DAY_S


@KINDS
def test_chain_keeps_blocks_and_lead_when_restarted(kind, tmp_path, started):
    first = started(kind, tmp_path)
    heartbeat = chain.Heartbeat(first.url, chain.ClockFile(tmp_path / "clock.json"), every_s=0.4)
    heartbeat.start()
    chain.warp(first.url, 8 * DAY_S)
    time.sleep(1.5)
    heartbeat.stop()
    genesis, before = chain.genesis_hash(first.url), chain.head(first.url)
    first.stop()
    time.sleep(3)

    began = time.monotonic()
    second = started(kind, tmp_path)
    started_in_s = time.monotonic() - began
    assert chain.genesis_hash(second.url) == genesis
    assert chain.head(second.url) == before
    with leads_by(8 * DAY_S, second.url, started_in_s):
        chain.mine(second.url)
    times = block_times(second.url)
    assert times == sorted(times)
    # and goes on at wall speed
    time.sleep(2)
    with leads_by(8 * DAY_S, second.url, started_in_s):
        chain.mine(second.url)
    assert chain.head(second.url).timestamp_s > times[-1]


@KINDS
def test_block_time_never_goes_back_when_the_clock_file_is_lost(kind, tmp_path, started):
    first = started(kind, tmp_path)
    ahead = chain.warp(first.url, 3 * DAY_S)
    first.stop()
    (tmp_path / "clock.json").unlink(missing_ok=True)

    second = started(kind, tmp_path)
    chain.mine(second.url)
    assert chain.head(second.url).timestamp_s > ahead.timestamp_s


@KINDS
def test_blocks_survive_when_the_node_is_ended_by_its_parents_death(kind, tmp_path):
    port = chain.free_port()
    program = (
        "import sys, time; from pathlib import Path; from tools import chain;"
        f"node = chain.start(chain.KINDS[{kind.name!r}], {port}, Path({str(tmp_path)!r}));"
        "chain.mine(node.url); print(node.process.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen(["python3", "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        pid = int(parent.stdout.readline())
        parent.kill()
    deadline = time.monotonic() + 10
    while not chain.port_is_free(port) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert chain.port_is_free(port), f"node {pid} outlived its parent"

    again = chain.start(kind, chain.free_port(), tmp_path)
    try:
        assert chain.head(again.url).number == 1
    finally:
        again.stop()


@KINDS
def test_heartbeat_mines_with_rising_times_when_the_chain_is_idle(kind, tmp_path):
    with chain.throw_away(kind) as node:
        heartbeat = chain.Heartbeat(node.url, chain.ClockFile(tmp_path / "clock.json"), every_s=0.4)
        began = time.monotonic()
        heartbeat.start()
        while chain.head(node.url).number < 4:
            assert time.monotonic() - began < PATIENCE_S, "the heart does not beat"
            time.sleep(0.1)
        heartbeat.stop()
        mined = chain.head(node.url).number
        assert mined <= 1 + (time.monotonic() - began) / 0.4, "it beats too fast"
        times = block_times(node.url)
        assert times == sorted(times)
        time.sleep(0.8)
        assert chain.head(node.url).number == mined


def test_heartbeat_waits_when_the_chain_moves_by_itself(tmp_path):
    with chain.throw_away(chain.ANVIL) as node:
        heartbeat = chain.Heartbeat(node.url, chain.ClockFile(tmp_path / "clock.json"), every_s=2)
        heartbeat.start()
        beats = [time.monotonic()]
        for _ in range(12):
            time.sleep(0.25)
            chain.mine(node.url)
            beats.append(time.monotonic())
        heartbeat.stop()
        # on a machine that is busy the chain may really have stood still
        still = sum(int((after - before) / 1.5) for before, after in pairwise(beats))
        assert chain.head(node.url).number <= 12 + 1 + still


def test_clock_file_holds_the_lead_when_the_chain_is_warped(tmp_path):
    clock = chain.ClockFile(tmp_path / "clock.json")
    before = time.time()
    clock.observe(chain.Head(7, int(before) + 5000))
    late_s = time.time() - before
    assert -1 <= 5000 - json.loads((tmp_path / "clock.json").read_text())["lead_s"] <= late_s + 1
    start_s = chain.ClockFile(tmp_path / "clock.json").start_s()
    assert before - NOISE_S <= start_s - 5000 <= time.time() + NOISE_S


def test_clock_file_starts_at_wall_time_when_it_is_broken(tmp_path):
    (tmp_path / "clock.json").write_text('{"lead_s": "soon"')
    assert chain.ClockFile(tmp_path / "clock.json").start_s() is None


def test_start_says_what_to_do_when_the_node_cannot_listen(tmp_path):
    with chain.throw_away(chain.ANVIL) as other, pytest.raises(chain.SetupProblem):
        chain.start(chain.GANACHE, other.port, tmp_path)


def test_warp_says_what_to_do_when_no_chain_runs(monkeypatch, capsys):
    nowhere = chain.Kind("ganache", 1337, chain.free_port())
    monkeypatch.setitem(chain.KINDS, "ganache", nowhere)
    assert chain.main(["warp", "--days", "8"]) == 1
    assert "make run CHAIN=ganache" in capsys.readouterr().err


@pytest.mark.parametrize("days", ["0", "-1", "99999"])
def test_warp_is_refused_when_the_distance_makes_no_sense(days, monkeypatch, capsys):
    with chain.throw_away(chain.ANVIL) as node:
        monkeypatch.setitem(chain.KINDS, "anvil", chain.Kind("anvil", 31337, node.port))
        assert chain.main(["warp", "--chain", "anvil", f"--days={days}"]) == 1
        assert "make warp DAYS=8" in capsys.readouterr().err
        assert chain.head(node.url).number == 0


def test_warp_command_moves_a_running_chain_when_told_days_and_hours(monkeypatch, capsys):
    with chain.throw_away(chain.ANVIL) as node:
        monkeypatch.setitem(chain.KINDS, "anvil", chain.Kind("anvil", 31337, node.port))
        with leads_by(8 * DAY_S + 7200, node.url):
            assert chain.main(["warp", "--chain", "anvil", "--days", "8", "--hours", "2"]) == 0
        assert "ahead of the wall" in capsys.readouterr().out
