"""What is counted while things happen. No label ever holds a person, an address or a path, only route templates and kinds.

Each process counts for itself. Where PROMETHEUS_MULTIPROC_DIR is set before prometheus_client is first imported, the
processes of one web server keep their counts in files of that folder; so it is imported only when there is something to count.
"""

from functools import cache

MULTIPROC_DIR = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Counts:
    """What one process counts."""

    def __init__(self) -> None:
        from prometheus_client import CollectorRegistry, Counter, Histogram

        self.registry = CollectorRegistry()
        self.requests = Counter(
            "dokkaebi_requests",
            "Answers by route, method and status",
            ["route", "method", "status"],
            registry=self.registry,
        )
        self.request_seconds = Histogram(
            "dokkaebi_request_seconds",
            "Time until an answer begins",
            ["route"],
            buckets=SECONDS,
            registry=self.registry,
        )
        self.node_errors = Counter("dokkaebi_node_errors", "What the node did not do", ["kind"], registry=self.registry)
        self.database_errors = Counter(
            "dokkaebi_database_errors", "What the database did not do", registry=self.registry
        )
        self.refused_for_rate = Counter(
            "dokkaebi_rate_limited", "Requests refused because there were too many", registry=self.registry
        )
        self.follower_steps = Counter(
            "dokkaebi_follower_steps", "Steps of the follower that ended well", registry=self.registry
        )


@cache
def counts() -> Counts:
    """Give this process's counts, made when first needed."""
    return Counts()
