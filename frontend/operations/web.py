"""The web server: gunicorn with as many workers as the settings say. `python -m frontend.operations serve`.

SIGTERM ends it gently: nothing new is taken, what is under way is answered, at most GRACEFUL_S seconds long.
SIGHUP replaces the workers one by one with fresh ones, so that a new version takes over without a refused request.
"""

import os
import shutil
import tempfile
from collections.abc import Iterable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from sqlalchemy import Engine

from frontend import create_app
from frontend.config import Settings
from frontend.extensions import bound
from frontend.index.migrate import check
from frontend.operations import logs
from frontend.operations.balance import Connections
from frontend.operations.counts import MULTIPROC_DIR
from frontend.operations.watched import Environ, Wsgi
from frontend.store.database import create_engine

GRACEFUL_S = 6
SILENT_WORKER_S = 30
KEEP_ALIVE_S = 15
MAX_LINE_BYTES = 4094
MAX_HEADERS = 60
MAX_HEADER_BYTES = 8190
BACKLOG = 1024


class QuietLogger(Logger):
    """gunicorn's own lines through our formatter; what a client sent is never quoted."""

    def setup(self, cfg: Any) -> None:
        """Leave the handlers to `logs.set_up`."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Write a warning."""
        if msg.startswith("Invalid request"):
            msg, args = "A request could not be read and was refused.", ()
        super().warning(msg, *args, **kwargs)

    def exception(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Write an error with its stack."""
        if msg.startswith("Error handling request"):
            msg, args = "A request failed outside of the application.", ()
        super().exception(msg, *args, **kwargs)


class Web(BaseApplication):
    """The web server of one market."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.connections = Connections()
        super().__init__()

    def load_config(self) -> None:
        """Tell gunicorn what the settings say."""
        for name, value in options(self.settings).items():
            self.cfg.set(name, value)
        self.cfg.set("pre_fork", self.introduce)
        self.cfg.set("child_exit", self.forget)

    def introduce(self, _server: Any, worker: Any) -> None:
        """Let a new worker know its siblings."""
        worker.connections = self.connections

    def forget(self, _server: Any, worker: Any) -> None:
        """Count nothing more for a worker that is gone, however it went."""
        self.connections.leave(worker.age)
        if MULTIPROC_DIR in os.environ:
            from prometheus_client.multiprocess import mark_process_dead

            mark_process_dead(worker.pid)

    def load(self) -> Wsgi:
        """Make the app, in the worker: no connection is shared between processes."""
        logs.set_up(self.settings)
        app = create_app(self.settings)
        if self.settings.metrics_bind is None:
            return app.wsgi_app
        return MetricsDoor(app, port_of(self.settings.metrics_bind))


class MetricsDoor:
    """Answers with the figures whoever comes by the metrics' own port, and lets everybody else to the app."""

    def __init__(self, app: Flask, port: str) -> None:
        self._app = app.wsgi_app
        self._port = port
        with app.app_context():
            self._engine: Engine = bound().db.engine

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        if environ["SERVER_PORT"] != self._port:
            return self._app(environ, start_response)
        if environ.get("PATH_INFO") != "/metrics":
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [b"The figures are at /metrics.\n"]
        from frontend.operations.figures import exposition

        start_response("200 OK", [("Content-Type", "text/plain; version=0.0.4; charset=utf-8")])
        return [exposition(self._engine)]


def options(settings: Settings) -> dict[str, Any]:
    """Give gunicorn's settings."""
    binds = [settings.web_bind] + ([settings.metrics_bind] if settings.metrics_bind else [])
    return {
        "bind": binds,
        "workers": settings.web_workers,
        "threads": settings.web_threads,
        "worker_class": "frontend.operations.worker.PunctualWorker",
        "logger_class": "frontend.operations.web.QuietLogger",
        "accesslog": None,
        "graceful_timeout": GRACEFUL_S,
        "timeout": SILENT_WORKER_S,
        "keepalive": KEEP_ALIVE_S,
        "limit_request_line": MAX_LINE_BYTES,
        "limit_request_fields": MAX_HEADERS,
        "limit_request_field_size": MAX_HEADER_BYTES,
        "backlog": BACKLOG,
        "forwarded_allow_ips": "",  # who is a proxy is decided by TRUSTED_PROXIES alone
        "control_socket_disable": True,
    }


def port_of(bind: str) -> str:
    """Give the port of a host:port."""
    return bind.rpartition(":")[2]


def serve(settings: Settings) -> None:
    """Run the web server until a signal ends it. Raises: SetupError before anything listens."""
    made, master = None, os.getpid()
    if settings.metrics_bind is not None and not os.environ.get(MULTIPROC_DIR):
        made = os.environ[MULTIPROC_DIR] = tempfile.mkdtemp(prefix="dokkaebi-metrics-")
    try:
        try_out(settings)
        Web(settings).run()
    finally:
        if made is not None and os.getpid() == master:  # a worker that ends comes through here too
            shutil.rmtree(made, ignore_errors=True)


def try_out(settings: Settings) -> None:
    """Say once what is wrong, instead of letting every worker fail over it. Raises: SetupError."""
    engine = create_engine(settings.database_url)
    check(engine)
    engine.dispose()
    create_app(settings)
