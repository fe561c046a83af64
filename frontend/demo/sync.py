"""Keeps the index at the chain's head while the demo is made."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Engine

from frontend.config import Settings
from frontend.demo.browser import SeedProblem
from frontend.demo.wallet import Node
from frontend.index.fetch import Moved
from frontend.index.follow import Follower
from frontend.index.lock import FollowerRuns, only_writer
from frontend.index.queries import Queries
from frontend.store.database import create_engine

PATIENCE_S = 60


@contextmanager
def following(settings: Settings) -> Iterator[Callable[[], None]]:
    """Give a function that returns when the index shows everything that is mined.

    It follows by itself, or waits for the follower that runs already.
    """
    engine = create_engine(settings.database_url)
    try:
        try:
            lock = only_writer(engine)
            lock.__enter__()
        except FollowerRuns:
            yield lambda: _wait_for_follower(engine, Node(settings.rpc_url))
            return
        try:
            follower = Follower(settings, engine)
            yield lambda: _catch_up(follower)
        finally:
            lock.__exit__(None, None, None)
    finally:
        engine.dispose()


def _catch_up(follower: Follower) -> None:
    for _ in range(5):
        try:
            follower.catch_up()
        except Moved:
            continue  # a block came while it was looking
        return
    raise SeedProblem("the chain changes faster than the index can read it; stop what else writes to it.")


def _wait_for_follower(engine: Engine, node: Node) -> None:
    wanted = int(node.ask("eth_blockNumber"), 16)
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        head = Queries(engine).head()
        if head is not None and head.number >= wanted:
            return
        time.sleep(0.1)
    raise SeedProblem(f"the running follower did not reach block {wanted} within {PATIENCE_S} s; see its log.")
