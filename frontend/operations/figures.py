"""The figures as Prometheus reads them: what the processes count, and what stands in the database.

To be imported late, like everything that imports prometheus_client: see frontend/operations/counts.py.
"""

import os
import time
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError

from frontend.index.models import quarantine
from frontend.index.queries import Queries
from frontend.operations.counts import MULTIPROC_DIR, counts
from frontend.store.models import AppContent, AppFilePiece, AppIntent


class FromDatabase(Collector):
    """Figures that stand in the database, read when they are asked for."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def collect(self) -> Iterator[Metric]:
        """Give the figures; when the database is away, only that it is."""
        try:
            found = list(self._read())
        except SQLAlchemyError:
            found = []
        yield _gauge("dokkaebi_database_up", "Whether the database could be read", int(bool(found)))
        yield from found

    def _read(self) -> Iterator[Metric]:
        head = Queries(self._engine).head()
        with self._engine.connect() as connection:
            by_state = connection.execute(select(AppIntent.status, func.count()).group_by(AppIntent.status)).all()
            files, size = connection.execute(select(func.count(), func.sum(AppContent.size_bytes))).one()
            pieces, pieces_size = connection.execute(select(func.count(), func.sum(AppFilePiece.size_bytes))).one()
            bad = connection.execute(select(func.count()).select_from(quarantine)).scalar_one()
        yield _gauge("dokkaebi_content_files", "Descriptions and pictures that are kept", files)
        yield _gauge("dokkaebi_content_bytes", "Their size", int(size or 0))
        yield _gauge("dokkaebi_sealed_pieces", "Pieces of sealed files that are kept", pieces)
        yield _gauge("dokkaebi_sealed_bytes", "Their size", int(pieces_size or 0))
        yield _gauge("dokkaebi_quarantined_logs", "Logs that could not be read", bad)
        intents = GaugeMetricFamily("dokkaebi_intents", "Transactions by state", labels=["state"])
        for state, count in by_state:
            intents.add_metric([state], count)
        yield intents
        if head is None:
            return
        silent_s = max(0, int(time.time()) - (head.seen_at_ts or 0))
        yield _gauge("dokkaebi_index_block", "Newest block of the index", head.number)
        yield _gauge("dokkaebi_index_lag_blocks", "Blocks that the node has and the index has not", head.behind)
        yield _gauge("dokkaebi_index_lag_seconds", "Since the follower last heard the node", silent_s)
        yield _gauge("dokkaebi_node_up", "Whether the node answered the follower", int(head.node_ok))


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def exposition(engine: Engine) -> bytes:
    """Give all figures in Prometheus' text format: of every process of this web server, and of the database."""
    return generate_latest(all_of(engine))


def all_of(engine: Engine) -> CollectorRegistry:
    """Give a registry of everything that this server can tell."""
    registry = CollectorRegistry()
    if MULTIPROC_DIR in os.environ:
        MultiProcessCollector(registry)
    else:
        registry.register(_Own())
    registry.register(FromDatabase(engine))
    return registry


class _Own(Collector):
    """What this process has counted."""

    def collect(self) -> Iterator[Metric]:
        yield from counts().registry.collect()
