"""The doctor, before real markets in real states of disrepair."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.index.market import Index, Market, running_market
from tools import chain
from tools.doctor import __main__ as doctor
from tools.doctor import contracts, machine, store
from tools.doctor.target import Target, from_environment
from tools.places import ROOT, VENV

SECRET = "a secret of forty characters, not to be shown"


@dataclass
class Patient:
    """A market with an index that is up to date, and what the doctor says of it."""

    market: Market
    index: Index
    target: Target

    def says(self, **changes: object) -> list[str]:
        """Give the lines that are not well."""
        found = replace(self.target, **changes) if changes else self.target
        lines = [*contracts.look(found), *store.look(found)]
        return [finding.line() for finding in lines if finding.is_well is not True]


@pytest.fixture(scope="module")
def market() -> Iterator[Market]:
    with running_market() as found:
        yield found


@pytest.fixture
def patient(market: Market, tmp_path: Path) -> Patient:
    index = Index(tmp_path, market)
    index.follow()
    index.follower.step()
    (tmp_path / "content").mkdir()
    environ = {
        "RPC_URL": market.url,
        "CHAIN_ID": "31337",
        "DATABASE_URL": index.settings.database_url,
        "CONTENT_DIR": str(tmp_path / "content"),
        "SECRET_KEY": SECRET,
        "DEPLOYMENTS_DIR": str(index.settings.deployments_dir),
    }
    return Patient(market, index, from_environment(environ))


def test_nothing_is_wrong_with_a_market_that_is_well(patient):
    assert patient.says() == []
    assert patient.target.missing == ()


def test_another_chain_than_the_one_meant_is_told(patient):
    said = patient.says(chain_id=11155111)
    assert any("node: chain 31337: chain 11155111 is meant" in line for line in said), said


def test_a_chain_that_began_anew_is_told(patient):
    with chain.throw_away(chain.ANVIL) as anew:
        said = patient.says(rpc_url=anew.url)
    assert any(line.startswith("✗   first block: it is not the recorded one") for line in said), said


def test_a_contract_without_code_or_with_other_code_is_told(patient):
    for code, what in (("0x", "there is no code"), ("0x6001", "it is not what the sources here make")):
        before = patient.market.rpc("evm_snapshot")
        patient.market.rpc("anvil_setCode", patient.market.market, code)
        said = patient.says()
        patient.market.rpc("evm_revert", before)
        assert len(said) == 1, said
        assert f"Market at {patient.market.market}" in said[0]
        assert what in said[0]


def test_an_index_that_is_far_behind_is_told(patient):
    patient.market.mine(30)
    said = patient.says()
    assert len(said) == 1
    assert "30 behind the node: the follower is slow or stopped" in said[0]


def altered(patient: Patient, sql: str) -> None:
    with sqlite3.connect(patient.target.database_url.removeprefix("sqlite:///")) as connection:
        connection.execute(sql)


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("UPDATE alembic_version SET version_num = '0001'", "tables of revision 0001: revision "),
        ("UPDATE app_follower SET seen_at_ts = 1", "follower: it has not reached the node for"),
        ("UPDATE app_follower SET node_ok = 0", "the node does not answer it"),
        ("DELETE FROM app_follower", "follower: it has never run"),
        ("DELETE FROM chain_cursor", "index: nothing is indexed yet"),
        ("UPDATE chain_cursor SET chain_id = 1", "index: it is about chain 1"),
        ("UPDATE chain_cursor SET genesis_hash = '0x11'", "index: it is about a chain that is gone"),
    ],
)
def test_a_database_in_disorder_is_told(patient, sql, what):
    altered(patient, sql)
    said = patient.says()
    assert len(said) == 1, said
    assert what in said[0]


def test_a_damaged_or_missing_database_is_told(patient, tmp_path):
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"no database at all, but long enough to be looked at" * 50)
    assert any("is it damaged?" in line for line in patient.says(database_url=f"sqlite:///{broken}"))
    nowhere = tmp_path / "nowhere.db"
    assert any("no database file yet" in line for line in patient.says(database_url=f"sqlite:///{nowhere}"))
    assert not nowhere.exists(), "looking made a file"
    (line,) = patient.says(database_url="postgresql+psycopg://someone:hidden-word@127.0.0.1:9/nothing")
    assert "PostgreSQL does not let us in" in line
    assert "hidden-word" not in line


def test_an_altered_abi_is_told(patient, tmp_path):
    folder = tmp_path / "abi"
    shutil.copytree(contracts.ABIS, folder)
    found = json.loads((folder / "Market.json").read_text())
    found["abi"][-1]["name"] += "x"
    (folder / "Market.json").write_text(json.dumps(found))
    said = [finding.line() for finding in contracts.look(patient.target, abis=folder)]
    assert any("ABI of Market: the exported file was changed by hand" in line for line in said), said


def test_a_record_of_another_abi_or_of_an_interrupted_deployment_is_told(patient):
    record = json.loads(patient.target.record.read_text())
    record["contracts"]["Market"]["abiHash"] = "0x" + "11" * 32
    record["pending"] = {"contract": "Market", "sender": "0x", "nonce": 1, "args": []}
    patient.target.record.write_text(json.dumps(record))
    said = "\n".join(patient.says())
    assert "ABI of Market: the ABI here is another one than was deployed" in said
    assert "a deployment of Market was interrupted" in said


def test_uploads_that_cannot_be_written_and_a_short_secret_are_told(patient, tmp_path):
    said = patient.says(content_dir=str(tmp_path / "missing"), secret_key="short")
    assert [line.partition(":")[0] for line in said] == ["✗   uploads", "✗   SECRET_KEY"]


def test_a_secret_that_others_may_read_is_told(patient, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text(SECRET)
    for mode, is_well in ((0o600, True), (0o644, False)):
        secret.chmod(mode)
        said = [line for line in patient.says(folder=tmp_path) if "secret" in line]
        assert (said == []) is is_well, said


def test_accounts_that_others_may_read_are_told(tmp_path):
    for name, mode in (("mine.json", 0o600), ("loose.json", 0o640)):
        (tmp_path / name).write_text("{}")
        (tmp_path / name).chmod(mode)
    (line,) = [finding.line() for finding in machine.keystores(tmp_path)]
    assert line == "✗   encrypted accounts (2): others may read loose.json: chmod 600 them"


def test_a_missing_package_and_a_wrong_version_are_told(tmp_path):
    wanted = tmp_path / "requirements.txt"
    wanted.write_text("# a comment\nFlask==0.1\nno-such-package==1.0\nweb3==7.16.0  # right\n")
    first, second = (finding.line() for finding in machine._packages(wanted, VENV / "bin" / "python"))
    assert first.startswith("✗   Python packages (3 pinned")
    assert "Flask 3" in first
    assert "instead of 0.1; no-such-package missing instead of 1.0; run: make bootstrap" in first
    assert second == "ok  brownie runs interpreted"


def test_a_missing_node_package_is_told(tmp_path):
    (tmp_path / "package.json").write_text(json.dumps({"dependencies": {"ganache": "0.0.1"}, "devDependencies": {}}))
    (line,) = [f.line() for f in machine._node(tmp_path / "package.json", ROOT / "node_modules") if "pinned" in f.what]
    assert "ganache 7.9.2 instead of 0.0.1; run: make bootstrap" in line


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run the command as `make doctor` does on a machine where nothing is installed."""

    def doctor_in(folder: Path, *words: str, **environ: str) -> subprocess.CompletedProcess[str]:
        bare = {"PATH": os.defpath, "HOME": str(tmp_path), **environ}
        command = [sys.executable, "-S", "-m", "tools.doctor", *words]
        return subprocess.run(command, cwd=folder, env=bare, capture_output=True, text=True, timeout=120)

    return doctor_in


def test_a_fresh_clone_is_told_to_bootstrap_when_nothing_is_installed(run, tmp_path):
    clone = tmp_path / "clone"
    shutil.copytree(ROOT / "tools", clone / "tools")
    shutil.copytree(ROOT / "frontend" / "contracts", clone / "frontend" / "contracts")
    shutil.copytree(ROOT / "frontend" / "migrations", clone / "frontend" / "migrations")
    for name in ("requirements.txt", "package.json"):
        shutil.copy(ROOT / name, clone / name)
    done = run(clone, "--chain", "anvil")
    assert done.returncode == 1
    assert done.stderr == ""
    assert "✗   Python packages: there is no .venv; run: make bootstrap" in done.stdout
    assert "✗   Solidity compiler 0.8.30: run: make bootstrap" in done.stdout
    assert "ok  ABI of Market" not in done.stdout  # nothing is compiled to compare it with ...
    assert "–   ABI of Market against the sources: nothing is compiled here: make compile" in done.stdout
    assert not (clone / "data").exists()


def test_no_key_and_no_password_is_shown_whatever_is_wrong(run):
    done = run(
        ROOT,
        RPC_URL="http://127.0.0.1:9/v3/rpc-key-1234",
        CHAIN_ID="11155111",
        DATABASE_URL="postgresql+psycopg://someone:hidden-word@127.0.0.1:9/nothing",
        CONTENT_DIR="/nowhere",
        SECRET_KEY=SECRET,
    )
    assert done.returncode == 1
    for hidden in ("rpc-key-1234", "hidden-word", SECRET):
        assert hidden not in done.stdout + done.stderr
    assert "the node does not answer eth_chainId" in done.stdout


def test_settings_that_are_missing_are_named(run):
    done = run(ROOT, RPC_URL="http://127.0.0.1:9", CHAIN_ID="sepolia")
    assert "✗   settings: not set: DATABASE_URL, CONTENT_DIR, SECRET_KEY, CHAIN_ID (digits)" in done.stdout


def test_the_other_parts_are_looked_at_when_one_breaks(patient, monkeypatch):
    def broken(*_: object) -> Iterator[object]:
        raise RuntimeError("with a secret in it")
        yield

    monkeypatch.setattr(contracts, "look", broken)
    said = [finding.line() for finding in doctor.look(patient.target, 8000)]
    assert "✗   contracts: it could not be looked at (RuntimeError)" in said
    assert any(line.startswith("ok  index") for line in said)


def test_the_clock_of_a_public_chain_is_compared(patient):
    node = contracts.Node(patient.market.url)
    patient.market.rpc("evm_setNextBlockTimestamp", int(time.time()) + 40 * 86400)
    patient.market.mine()
    finding = contracts._pace(node, replace(patient.target, chain_id=11155111))
    assert "this machine's clock is behind" in finding.line()
    assert contracts._pace(node, patient.target).is_well, "a local chain's clock may be anywhere"


def test_the_newest_revision_is_the_one_that_the_database_gets(patient):
    with sqlite3.connect(patient.target.database_url.removeprefix("sqlite:///")) as connection:
        (version,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    assert store.newest_revision(store.REVISIONS) == version


def test_an_index_in_postgresql_is_looked_at_too(patient, market, tmp_path, new_postgres):
    index = Index(tmp_path / "postgresql", market, database_url=new_postgres())
    index.follow()
    index.follower.step()
    assert patient.says(database_url=index.settings.database_url) == []
    market.mine(30)
    (line,) = patient.says(database_url=index.settings.database_url)
    assert "30 behind the node" in line
    index.engine.dispose()
