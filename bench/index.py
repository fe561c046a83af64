"""Measures the index: decoding, following into SQLite and into PostgreSQL, and building it anew.

The chain is real (see trade.py), and so are node and databases: Anvil, a SQLite file, a PostgreSQL with its ordinary care
for power cuts, all on this machine, where the node takes its share of the processors.

decode_events_per_s              eth_getLogs over the whole chain: the node's answer read and decoded, the node's own time left out
follow_sqlite_events_per_s       an empty index follows from the first block to the head, everything included
follow_postgres_events_per_s     the same on PostgreSQL
rebuild_100k_events_s            a full index in SQLite is thrown away and built anew
"""

import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson
import psycopg
from sqlalchemy import Engine, func, select

from bench.trade import EVENTS, QUICK_EVENTS, Trade, running_trade
from frontend.config import Settings
from frontend.index.bulk import Rows, uncollected
from frontend.index.decode import Decoder
from frontend.index.follow import Follower
from frontend.index.migrate import migrate
from frontend.index.models import events, quarantine
from frontend.index.node import Node, logs_of
from frontend.index.place import Deployments
from frontend.index.prefetch import Prefetch
from frontend.store.database import create_engine
from tools.postgres import Server, throw_away

RANGE_BLOCKS = 500

Seconds = dict[str, float]


def measure(runs: int, quick: bool = False) -> dict[str, Any]:
    """Give the figures, the time that each part takes, and what was read."""
    began = time.perf_counter()
    with running_trade(QUICK_EVENTS if quick else EVENTS) as trade, throw_away(careful=True) as server:
        about = {
            "events": sum(trade.mix.values()),
            "blocks": trade.blocks,
            "mix": trade.mix,
            "ready_in_s": round(time.perf_counter() - began, 1),
            "runs": runs,
            "versions": _versions(trade, server),
        }
        with tempfile.TemporaryDirectory(prefix="bench-index-") as folder:
            place = Path(folder)
            decoded = [_decode(trade, place) for _ in range(runs)]
            in_sqlite = [_follow(trade, place / f"sqlite{run}", None) for run in range(runs)]
            in_postgres = [_follow(trade, place / f"postgres{run}", server) for run in range(runs)]
            rebuilt = [_rebuild(trade, place / f"rebuilt{run}") for run in range(runs)]
    count = sum(trade.mix.values())
    return {
        "figures": {
            "decode_events_per_s": round(count / _median(decoded, "decode")),
            "follow_sqlite_events_per_s": round(count / _median(in_sqlite, "all")),
            "follow_postgres_events_per_s": round(count / _median(in_postgres, "all")),
            "rebuild_100k_events_s": round(_median(rebuilt, "all") * EVENTS / count, 2),
        },
        **about,
        "where_the_time_goes_s": {
            "decode": _medians(decoded),
            "follow_sqlite": _medians(in_sqlite),
            "follow_postgres": _medians(in_postgres),
            "rebuild": _medians(rebuilt),
        },
        "all_runs_s": {
            "decode": [one["decode"] for one in decoded],
            "follow_sqlite": [one["all"] for one in in_sqlite],
            "follow_postgres": [one["all"] for one in in_postgres],
            "rebuild": [one["all"] for one in rebuilt],
        },
    }


def _decode(trade: Trade, folder: Path) -> Seconds:
    """Ask for all logs, a range at a time, and decode them."""
    settings = trade.settings(folder)
    place, decoder, node = Deployments(settings).place(), Decoder(), Node(settings.rpc_url, 60)
    contracts = {place.registry: "CommunityRegistry", place.market: "Market"}
    asked_s = decode_s = 0.0
    found = 0
    for first in range(0, trade.blocks + 1, RANGE_BLOCKS):
        wanted = {
            "fromBlock": hex(first),
            "toBlock": hex(min(trade.blocks, first + RANGE_BLOCKS - 1)),
            "topics": [decoder.topics],
        }
        began = time.perf_counter()
        body = orjson.dumps(node.ask("eth_getLogs", wanted))  # back to what came over the wire: reading it is counted
        middle = time.perf_counter()
        with uncollected():  # as in the follower
            for log in logs_of(orjson.loads(body)):
                decoder.read(contracts.get(log.address, "CommunityToken"), log)
                found += 1
        asked_s += middle - began
        decode_s += time.perf_counter() - middle
    _require(found, trade)
    return _rounded({"node": asked_s, "decode": decode_s})


def _follow(trade: Trade, folder: Path, server: Server | None) -> Seconds:
    """Let a new index catch up."""
    with _index(trade, folder, server) as (settings, engine):
        follower = Follower(settings, engine)
        with Clocks() as clocks:
            follower.catch_up()
        _require(_count(engine), trade)
        return clocks.seconds()


def _rebuild(trade: Trade, folder: Path) -> Seconds:
    """Throw a full index away and build it anew."""
    with _index(trade, folder, None) as (settings, engine):
        Follower(settings, engine).catch_up()
        with Clocks() as clocks:
            Follower(settings, engine).rebuild()
        _require(_count(engine), trade)
        return clocks.seconds()


@contextmanager
def _index(trade: Trade, folder: Path, server: Server | None) -> Iterator[tuple[Settings, Engine]]:
    """Give an empty index."""
    name = None if server is None else server.create()
    settings = trade.settings(folder) if server is None else trade.settings(folder, database_url=server.url(str(name)))
    engine = create_engine(settings.database_url)
    try:
        migrate(engine)
        yield settings, engine
    finally:
        engine.dispose()
        if server is not None and name is not None:
            server.drop(name)


class Clocks:
    """Measures where the follower's time goes: waiting for the node, decoding, in the database, and the rest.

    The functions that do these things are wrapped as long as the block runs. What one does within another counts for the
    inner one. What is read ahead in another thread counts only as far as it is waited for. Beside that stands what all
    threads together had of the processors.
    """

    def __init__(self) -> None:
        self._spent: Seconds = {"node": 0.0, "decode": 0.0, "database": 0.0}
        self._inner = [0.0]
        self._undo: list[Callable[[], None]] = []
        self._thread = threading.get_ident()
        self._began = self._all = self._cpu = 0.0

    def __enter__(self) -> "Clocks":
        from sqlalchemy import Connection

        import frontend.index.node as node

        self._wrap(node.Node, "_post", "node")
        self._wrap(Prefetch, "wait", "node")
        self._wrap(node, "logs_of", "decode")
        self._wrap(Decoder, "read", "decode")
        for name in ("execute", "exec_driver_sql", "commit"):
            self._wrap(Connection, name, "database")
        self._wrap(Connection, "_commit_impl", "database")
        self._wrap(Rows, "_copy_in", "database")
        self._began, self._cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        self._all, self._cpu = time.perf_counter() - self._began, time.process_time() - self._cpu
        for undo in self._undo:
            undo()

    def seconds(self) -> Seconds:
        """Give the seconds by part."""
        rest = self._all - sum(self._spent.values())
        return _rounded({"all": self._all, **self._spent, "rows_in_python": rest, "processor": self._cpu})

    def _wrap(self, owner: Any, name: str, part: str) -> None:
        inner = getattr(owner, name)

        def timed(*args: Any, **options: Any) -> Any:
            if threading.get_ident() != self._thread:
                return inner(*args, **options)
            began = time.perf_counter()
            self._inner.append(0.0)
            try:
                return inner(*args, **options)
            finally:
                took = time.perf_counter() - began
                self._spent[part] += took - self._inner.pop()
                self._inner[-1] += took

        setattr(owner, name, timed)
        self._undo.append(lambda: setattr(owner, name, inner))


def _versions(trade: Trade, server: Server) -> dict[str, str]:
    import sqlite3

    from psycopg import sql

    return {
        "node": str(Node(trade.node.url).ask("web3_clientVersion")),
        "sqlite": sqlite3.sqlite_version,
        "postgres": str(server.run(sql.SQL("SHOW server_version"))[0][0]),
        "psycopg": psycopg.__version__,
    }


def _count(engine: Engine) -> int:
    with engine.connect() as connection:
        bad = connection.execute(select(func.count()).select_from(quarantine)).scalar_one()
        assert bad == 0, "the index has put real events into quarantine"
        return int(connection.execute(select(func.count()).select_from(events)).scalar_one())


def _require(found: int, trade: Trade) -> None:
    wanted = sum(trade.mix.values())
    if found != wanted:
        raise RuntimeError(f"{found} events were read, {wanted} had been sent; the measurement is worth nothing.")


def _median(found: Sequence[Mapping[str, float]], name: str) -> float:
    return statistics.median(one[name] for one in found)


def _medians(found: Sequence[Mapping[str, float]]) -> Seconds:
    return _rounded({name: _median(found, name) for name in found[0]})


def _rounded(found: Mapping[str, float]) -> Seconds:
    return {name: round(value, 3) for name, value in found.items()}
