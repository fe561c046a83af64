"""The keeper as processes of its own: killed at the worst instants, started twice, told the wrong things."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from scripts.lib.accounts import signer_for
from scripts.lib.keep import run as run_rounds
from scripts.lib.keep import settings as keeper_settings
from scripts.lib.params import load
from scripts.lib.problems import BadSetting
from scripts.operate import keep
from tests.index.market import ETHER
from tests.index.proxy import Cut, Proxy, running_proxy
from tests.scripts.keeping import ADDRESS, FINAL, GWEI, Bench
from tests.scripts.sepolia import PASSWORD, Desk
from tools import chain
from tools.places import ROOT, tool_env

TIMEOUT_S = 90
SEND = b"eth_sendRawTransaction"


def start(bench: Bench, *words: str, **changed: str) -> subprocess.Popen[str]:
    env = tool_env(os.environ) | bench.env | changed
    command = [sys.executable, "-m", "scripts.operate.keep", "--journal", str(bench.journal()), *words]
    return subprocess.Popen(
        command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, preexec_fn=chain.die_with_parent,
    )  # fmt: skip


def run(bench: Bench, *words: str, **changed: str) -> tuple[int, str]:
    process = start(bench, "--once", *words, **changed)
    said, _ = process.communicate(timeout=TIMEOUT_S)
    assert not ADDRESS.search(said)
    return process.returncode, said


@contextmanager
def held(bench: Bench, method: bytes, *, passed_on: bool) -> Iterator[tuple[Proxy, threading.Event]]:
    """Give a proxy that keeps whoever calls a method waiting, and the event of such a call."""
    reached, over = threading.Event(), threading.Event()
    with running_proxy(bench.market.url) as proxy:
        plain = proxy.answer

        def answer(body: bytes) -> bytes:
            if method not in body:
                return plain(body)
            if passed_on:
                plain(body)
            reached.set()
            over.wait(TIMEOUT_S)
            raise Cut

        proxy.answer = answer  # type: ignore[method-assign]  # for this one test
        try:
            yield proxy, reached
        finally:
            over.set()


@pytest.fixture
def settings(bench, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The keeper's settings in this process's environment."""
    for name, value in bench.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(run_rounds.signal, "signal", lambda *_: None)  # pytest needs its own
    return monkeypatch


def command(bench: Bench, *words: str) -> int:
    try:
        return keep.main(["--journal", str(bench.journal()), "--once", "--wait-s", "1", *words])
    except SystemExit as ended:
        return int(ended.code or 0)


@pytest.mark.parametrize(
    ("method", "passed_on", "stored", "sent"),
    [
        (b"eth_estimateGas", False, 0, 0),
        (SEND, False, 1, 0),
        (SEND, True, 1, 1),
    ],
    ids=["before storing", "between storing and sending", "between sending and hearing of it"],
)
def test_nothing_is_sent_twice_or_lost_when_the_keeper_is_killed(bench, method, passed_on, stored, sent):
    [sale] = bench.overdue()
    bench.rpc("evm_setAutomine", False)
    with held(bench, method, passed_on=passed_on) as (proxy, reached):
        process = start(bench, "--once", RPC_URL=proxy.url)
        assert reached.wait(TIMEOUT_S)
        process.kill()
        process.communicate()
    before = bench.stored_hashes()
    assert (len(before), bench.waiting()) == (stored, sent)
    bench.rpc("evm_setAutomine", True)
    bench.rpc("evm_mine")
    with bench.keeper() as working:
        working.keeper.once(20)
    assert bench.state_of(sale) == FINAL["cancelled"]
    assert bench.stored() == [(sale.key, 0, "done")]
    assert bench.sent_by(9, "pending") == 1
    if before:
        assert bench.stored_hashes() == before


def test_call_is_found_by_the_next_process_when_the_keeper_was_killed_before_its_receipt(bench, settings, capsys):
    [sale] = bench.overdue()
    bench.rpc("evm_setAutomine", False)
    process = start(bench, "--interval-s", "1")
    assert process.stdout is not None
    assert process.stdout.readline().startswith(f"→ {sale.key}: not accepted in time")
    assert command(bench) == 1
    assert "✗ another keeper runs with this account and journal. Nothing was sent." in capsys.readouterr().err
    process.kill()
    process.communicate()
    [sent] = bench.stored_hashes()
    bench.rpc("evm_mine")
    bench.rpc("evm_setAutomine", True)
    bench.index.follower.catch_up()
    code, said = run(bench)
    assert code == 0, said
    assert f"✓ {sale.key}: not accepted in time: cancelled, all back to the buyer; block" in said
    assert said.endswith("ETH\n")
    assert "0 sent, 1 done, 0 done by somebody else, 0 failed, 0 left, gas paid: 0.00" in said
    assert bench.stored_hashes() == [sent]
    assert bench.sent_by(9, "pending") == 1


def test_watching_keeper_ends_gently_with_3_when_a_signal_comes_and_something_is_left(bench):
    [sale] = bench.overdue()
    bench.rpc("evm_setAutomine", False)
    process = start(bench, "--interval-s", "60")
    assert process.stdout is not None
    process.stdout.readline()
    process.terminate()
    said, _ = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 3
    assert "1 sent, 0 done, 0 done by somebody else, 0 failed, 1 left" in said
    assert bench.stored() == [(sale.key, 0, "sent")]


def test_dry_run_says_what_is_due_and_signs_nothing(bench, settings, capsys):
    [sale] = bench.overdue("delivered")
    assert command(bench, "--dry-run") == 0
    said = capsys.readouterr().out
    assert f"{sale.key}: the buyer was silent: the seller is paid; due for 56 d 23 h; would be sent\n" in said
    assert said.endswith("1 due and ready to send; this was a dry run\n")
    assert not bench.journal().exists()
    assert bench.sent_by(9) == 0


def test_exit_code_is_3_when_the_cap_leaves_something(bench, settings, capsys):
    bench.overdue()
    assert command(bench, "--max-gas-price-gwei", "0.000000001") == 3
    assert "0 sent, 0 done, 0 done by somebody else, 0 failed, 1 left" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("CHAIN_ID", "1337", "the node answers for chain 31337, but CHAIN_ID says 1337. Nothing was sent"),
        ("CHAIN_ID", "424242", "chain 424242 is unknown: there is no scripts/params/424242.toml"),
        ("CHAIN_ID", "", "CHAIN_ID must say which chain is meant, in digits."),
        ("RPC_URL", "", "RPC_URL is not set; it is the one that the follower has"),
        ("RPC_URL", "http://127.0.0.1:9/secret", "the node does not answer (ConnectionError)."),
        ("DATABASE_URL", "sqlite:////nowhere/at.db", "DATABASE_URL names a file that is not there"),
        ("DATABASE_URL", "nonsense", "DATABASE_URL is no database's URL"),
        ("DEPLOYMENTS_DIR", "/nowhere", "deployments/31337.json has no Market; deploy first"),
    ],
)
def test_keeper_stops_with_a_sentence_when_a_setting_is_wrong(bench, settings, capsys, name, value, said):
    bench.overdue()
    settings.setenv(name, value)
    assert command(bench) == 1
    told = capsys.readouterr().err
    assert told.startswith("✗ ")
    assert said in told
    assert "secret" not in told
    assert bench.sent_by(9) == 0


def test_keeper_stops_when_the_contract_is_another_version_or_not_there(bench, settings, capsys):
    bench.overdue()
    record = bench.records / "31337.json"
    whole = record.read_text()
    record.write_text(whole.replace(bench.market.record["contracts"]["Market"]["abiHash"], "0x" + "55" * 32))
    assert command(bench) == 1
    assert "tells of a Market with another ABI than this checkout has" in capsys.readouterr().err
    record.write_text(whole.replace(bench.market.market, bench.market.stranger))
    assert command(bench) == 1
    assert "says that Market is at" in capsys.readouterr().err
    record.write_text(whole.replace(bench.genesis, "0x" + "66" * 32))
    assert command(bench) == 1
    assert "was written for a chain with another first block" in capsys.readouterr().err
    assert bench.sent_by(9) == 0


def test_live_chain_asks_for_cap_account_and_chain_id(bench, settings, capsys):
    network = keep.load(11155111).network
    settings.setattr(keep, "load", lambda _: type("Found", (), {"network": network}))
    assert command(bench) == 1
    assert "say what gas may cost on Sepolia, as in --max-gas-price-gwei 20." in capsys.readouterr().err
    assert command(bench, "--max-gas-price-gwei", "20") == 1
    assert "Sepolia is a live network: name the account that sends with --account." in capsys.readouterr().err


def test_nothing_is_sent_to_a_live_chain_when_the_command_line_names_another(bench, settings, capsys):
    bench.overdue()
    network = keep.load(11155111).network
    settings.setattr(keep, "load", lambda _: type("Found", (), {"network": network}))
    settings.setattr(keep, "signer_for", lambda *_: signer_for(load(31337).network, "9"))
    words = ["--max-gas-price-gwei", "20", "--send-on"]
    assert command(bench, *words, "5") == 1
    assert "the answer was not 11155111, so nothing was sent to Sepolia" in capsys.readouterr().err
    assert bench.sent_by(9) == 0
    assert command(bench, *words, "11155111") == 3  # two confirmations, and nobody mines the second block
    assert bench.sent_by(9) == 1


def test_encrypted_account_signs_with_the_password_of_a_file(bench):
    [sale] = bench.overdue()
    desk = Desk(bench.folder, bench.market.url, "my-keeper")
    desk.give(ETHER)
    password = bench.folder / "password"
    password.write_text(f"{PASSWORD}\n")
    words = ["--account", "my-keeper", "--password-file", str(password)]
    code, said = run(bench, *words, HOME=str(bench.folder / "home"))
    assert (code, desk.sent()) == (0, 1), said
    assert bench.state_of(sale) == FINAL["cancelled"]
    assert PASSWORD not in said
    assert desk.key[2:] not in said


def test_settings_come_from_files_too(tmp_path):
    (tmp_path / "url").write_text("http://node.example/key\n")
    environ = {"RPC_URL_FILE": str(tmp_path / "url"), "DATABASE_URL": "sqlite:///x", "CHAIN_ID": "1337"}
    found = keeper_settings.settings_from(environ)
    assert (found.rpc_url, found.chain_id) == ("http://node.example/key", 1337)
    assert "key" not in repr(found)
    with pytest.raises(BadSetting, match="RPC_URL and RPC_URL_FILE are both set"):
        keeper_settings.settings_from(environ | {"RPC_URL": "http://other"})
    with pytest.raises(BadSetting, match="RPC_URL_FILE names a file that cannot be read"):
        keeper_settings.settings_from(environ | {"RPC_URL_FILE": str(tmp_path / "nothing")})


def test_cap_in_gwei_is_whole_wei(bench, settings):
    options = keep._parser().parse_args(["--max-gas-price-gwei", "1.5", "--balance-floor-eth", "0.25"])
    limits = keep._limits(options, keep.load(31337).network)
    assert (limits.gas_price_wei, limits.floor_wei) == (3 * GWEI // 2, 10**18 // 4)
