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


@contextlib.contextmanager
def running_market(kind_name: str, folder: Path, *, with_demo: bool = True) -> Iterator[RunningMarket]:
    """Bring a market up in a folder of its own, on free ports, and take it down again."""
    known = chain.KINDS[kind_name]
    kind = chain.Kind(known.name, known.chain_id, chain.free_port())
    market = run.Market(kind, chain.free_port(), folder, folder / "deployments" / f"{kind.chain_id}.json")
    market.logs.mkdir(parents=True)
    market.record.parent.mkdir()
    parts = run.Parts()
    node = chain.start(kind, kind.port, folder / "chain", log=market.log(kind.name))
    parts.add(kind.name, node.process)
    heartbeat = chain.Heartbeat(node.url, chain.ClockFile(folder / "chain" / "clock.json"), every_s=1)
    heartbeat.start()
    try:
        env = run.settings_of(market, os.environ) | {"DEPLOYMENTS_DIR": str(market.record.parent)}
        brownie = [str(VENV / "bin" / "brownie"), "run", "scripts/deploy/everything.py", "main", "--network", "rpc"]
        run.do_step(market, "deploy", brownie, tool_env(env) | {"RPC_CHAIN_ID": str(kind.chain_id)})
        run.do_step(market, "migrate", run.python("-m", "frontend.index", "migrate"), env)
        if with_demo:
            run.do_step(market, "demo", run.python("-m", "frontend.demo", "seed"), env)
        run.start_part(market, parts, "follower", run.python("-m", "frontend.index", "follow"), env)
        gunicorn = run.python("-m", "gunicorn", "--workers", "2", "--bind", f"{chain.HOST}:{market.port}")
        run.start_part(market, parts, "web", [*gunicorn, "frontend:create_app_from_env()"], env)
        run.wait_until_healthy(market, parts)
        yield RunningMarket(market.origin, node.url, kind.chain_id, folder, env, node)
    finally:
        heartbeat.stop()
        parts.stop_all()
