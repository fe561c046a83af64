"""A whole market for the browser tests: a throw-away chain, the contracts as they are shipped, the demo, follower and web."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tools import chain, run
from tools.places import VENV, tool_env


@dataclass
class RunningMarket:
    """Where it is, and what a test may do to it from outside."""

    origin: str
    rpc_url: str
    chain_id: int
    folder: Path
    env: dict[str, str]
    node: chain.Node

    def rpc(self, method: str, params: list[Any] | None = None) -> Any:
        return chain.rpc(self.rpc_url, method, params or [])

    def stop_node(self) -> None:
        """End the chain's process while everything else goes on."""
        self.node.stop()


def make_seeded(kind_name: str, folder: Path) -> None:
    """Make a market with the demo in a folder, and leave it at rest: whoever copies the folder has a market of their own."""
    with _chain_of(kind_name, folder) as (market, _, env):
        _deploy(market, env)
        run.do_step(market, "demo", run.python("-m", "frontend.demo", "seed"), env)


@contextlib.contextmanager
def running_market(kind_name: str, folder: Path) -> Iterator[RunningMarket]:
    """Bring a market up in a folder, on free ports, and take it down again; a new folder gets a market without the demo."""
    with _chain_of(kind_name, folder) as (market, node, env):
        if not run.is_deployed(market):
            _deploy(market, env)
        parts = run.Parts([(kind_name, node.process)])
        try:
            run.start_part(market, parts, "follower", run.python("-m", "frontend.index", "follow"), env)
            run.start_part(market, parts, "web", run.python("-m", "frontend.operations", "serve"), env)
            run.wait_until_healthy(market, parts)
            yield RunningMarket(market.origin, node.url, market.kind.chain_id, folder, env, node)
        finally:
            parts.stop_all()


@contextlib.contextmanager
def _chain_of(kind_name: str, folder: Path) -> Iterator[tuple[run.Market, chain.Node, dict[str, str]]]:
    """Start a market's chain alone; its clock never stands still for long."""
    known = chain.KINDS[kind_name]
    kind = chain.Kind(known.name, known.chain_id, chain.free_port())
    market = run.Market(kind, chain.free_port(), folder, folder / "deployments" / f"{kind.chain_id}.json")
    for place in (market.logs, market.record.parent):
        place.mkdir(parents=True, exist_ok=True)
    node = chain.start(kind, kind.port, folder / "chain", log=market.log(kind.name))
    heartbeat = chain.Heartbeat(node.url, chain.ClockFile(folder / "chain" / "clock.json"), every_s=1)
    heartbeat.start()
    try:
        yield market, node, run.settings_of(market, os.environ) | {"DEPLOYMENTS_DIR": str(market.record.parent)}
    finally:
        heartbeat.stop()
        node.stop()


def _deploy(market: run.Market, env: dict[str, str]) -> None:
    brownie = [str(VENV / "bin" / "brownie"), "run", "scripts/deploy/everything.py", "main", "--network", "rpc"]
    run.do_step(market, "deploy", brownie, tool_env(env) | {"RPC_CHAIN_ID": str(market.kind.chain_id)})
    run.do_step(market, "migrate", run.python("-m", "frontend.index", "migrate"), env)
