"""What surrounds every request: its id, one line in the log, and its place in the figures."""

import contextlib
import logging
import secrets
import time
from collections.abc import Callable, Iterable
from typing import Any

from frontend.operations.counts import counts

log = logging.getLogger("frontend.access")

ID = "dokkaebi.request_id"
ROUTE = "dokkaebi.route"  # the route's template, told by the app once it knows it
METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))

Environ = dict[str, Any]
Wsgi = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class Watched:
    """The app, with every request counted and logged. Nothing of a request is written down but its route's template."""

    def __init__(self, app: Wsgi) -> None:
        self._app = app

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Let the app answer. The id is ours: one that comes from outside is not looked at."""
        began = time.perf_counter()
        environ[ID] = secrets.token_hex(6)
        environ[ROUTE] = "-"
        status = [500]

        def started(line: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            status[0] = int(line[:3])
            return start_response(line, headers, exc_info)

        try:
            return self._app(environ, started)
        finally:
            _note(environ, status[0], time.perf_counter() - began)


def _note(environ: Environ, status: int, took_s: float) -> None:
    route = environ[ROUTE]
    method = environ.get("REQUEST_METHOD", "")
    method = method if method in METHODS else "OTHER"
    # a full disk, or a folder that was cleaned away, is no reason to refuse an answer
    with contextlib.suppress(OSError):
        counts().requests.labels(route, method, str(status)).inc()
        counts().request_seconds.labels(route).observe(took_s)
    fields = {
        "request_id": environ[ID],
        "method": method,
        "route": route,
        "status": status,
        "duration_ms": round(took_s * 1000, 1),
    }
    log.info("request", extra={"fields": fields})
