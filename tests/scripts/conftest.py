"""Chains of our own for the scripts, and `brownie run` as a person types it."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from web3 import HTTPProvider, Web3

from scripts.lib.params import load
from scripts.lib.registry import Registry
from scripts.lib.senders import NodeSender
from tests.scripts.warm import BROWNIE, Run, warm_brownie
from tools import chain
from tools import compile as compiling
from tools.places import ROOT, tool_env

if TYPE_CHECKING:
    from tests.index.market import Market
    from tests.scripts.keeping import Bench

RUN_TIMEOUT_S = 280


@pytest.fixture(scope="session", autouse=True)
def compiled() -> None:
    """Bring build/contracts up to date; half a minute when something has changed, and nothing to do for most workers."""
    if compiling.is_up_to_date():
        return
    done = subprocess.run([BROWNIE, "compile"], cwd=ROOT, env=tool_env(os.environ), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def node() -> Iterator[chain.Node]:
    """A fresh Anvil."""
    with chain.throw_away(chain.ANVIL) as running:
        yield running


@pytest.fixture
def w3(node: chain.Node) -> Web3:
    return Web3(HTTPProvider(node.url, request_kwargs={"timeout": 30}))


@pytest.fixture
def sender(w3: Web3) -> NodeSender:
    return NodeSender(w3, w3.eth.accounts[0])


@pytest.fixture
def registry(w3: Web3, tmp_path: Path) -> Registry:
    """An empty record of the fresh chain, in a file."""
    return Registry(31337, Web3.to_hex(w3.eth.get_block(0)["hash"]), tmp_path / "31337.json")


@pytest.fixture
def params():
    return load(31337)


@dataclass
class Runner:
    """Runs scripts by brownie's command line against one node, with records in a folder of the test's own."""

    url: str
    records: Path
    chain_id: str = "31337"
    extra: dict[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        return tool_env(os.environ) | {
            "RPC_URL": self.url,
            "RPC_CHAIN_ID": self.chain_id,
            "DEPLOYMENTS_DIR": str(self.records),
            **self.extra,
        }

    def words(self, script: str, *words: str, network: str = "rpc") -> list[str]:
        return ["run", f"scripts/{script}", "main", *words, "--network", network]

    def start(self, script: str, *words: str, network: str = "rpc") -> Run:
        return warm_brownie().start(self.words(script, *words, network=network), self.environment())

    def run(self, script: str, *words: str, network: str = "rpc") -> tuple[int | None, str]:
        process = self.start(script, *words, network=network)
        said, _ = process.communicate(timeout=RUN_TIMEOUT_S)
        return process.returncode, said

    def run_cold(self, script: str, *words: str) -> tuple[int, str]:
        """Run it by the command itself, in a process that begins with nothing."""
        done = subprocess.run(
            [BROWNIE, *self.words(script, *words)],
            cwd=ROOT,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=RUN_TIMEOUT_S,
            preexec_fn=chain.die_with_parent,
        )
        return done.returncode, done.stdout

    @property
    def record(self) -> Path:
        return self.records / f"{self.chain_id}.json"

    def recorded(self) -> dict:
        return json.loads(self.record.read_text())


@pytest.fixture
def runner(node: chain.Node, tmp_path: Path) -> Runner:
    return Runner(node.url, tmp_path)


@pytest.fixture(scope="module")
def market_with_community(compiled: None) -> Iterator[tuple[Market, int]]:
    """A market with one community, for keepers."""
    from tests.index.market import running_market

    with running_market() as found:
        yield found, found.open_community(found.seller)


@pytest.fixture
def bench(market_with_community: tuple[Market, int], tmp_path: Path) -> Iterator[Bench]:
    """The market as it was at first, with a new index; every line that keepers say is checked for addresses."""
    from tests.index.market import Index
    from tests.scripts.keeping import ADDRESS, Bench

    market, community = market_with_community
    snapshot = market.rpc("evm_snapshot")
    found = Bench(market, Index(tmp_path / "index", market), community, tmp_path)
    yield found
    found.index.engine.dispose()
    market.rpc("evm_setAutomine", True)
    assert market.rpc("evm_revert", snapshot)
    assert not [line for line in found.said if ADDRESS.search(line)]
