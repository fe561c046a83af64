"""Two nodes that agree on the first blocks and then go their own ways, as two forks of one chain do."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests.index.market import CHAIN_ID, ROOT, Market
from tools.chain import ANVIL, Node, free_port, spawn


def kept_node(state: Path, port: int | None = None) -> Node:
    """Start a node that keeps its chain in a file."""
    chosen = port or free_port()
    words = ["--port", str(chosen), "--chain-id", str(CHAIN_ID), "--hardfork", "shanghai", "--state", str(state)]
    process = spawn([str(ROOT / "node_modules" / ".bin" / "anvil"), *words, "--silent"], None)
    node = Node(ANVIL, chosen, process)
    node.wait_until_ready()
    return node


@contextmanager
def twins(folder: Path, before: Callable[[Market], None]) -> Iterator[tuple[Market, Market]]:
    """Give two nodes with one past, which `before` makes on a freshly deployed market."""
    folder.mkdir(parents=True, exist_ok=True)
    node = kept_node(folder / "one.json")
    try:
        past = Market(node.url).deploy()
        before(past)
    finally:
        node.stop()
    shutil.copy(folder / "one.json", folder / "other.json")
    nodes: list[Node] = []
    try:
        nodes.extend(kept_node(folder / f"{name}.json") for name in ("one", "other"))
        yield replace(past, url=nodes[0].url), replace(past, url=nodes[1].url)
    finally:
        for node in nodes:
            node.stop()
