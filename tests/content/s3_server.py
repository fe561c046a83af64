"""moto as a server that handles one request at a time: `python -m tests.content.s3_server FD`, a socket that is bound.

S3 handles each request as a whole. moto on threads does not: a key that is written over while its tag is being computed
is closed meanwhile, and the answer is 500.
"""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable
from typing import Any

from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server

BACKLOG = 128


def one_at_a_time(app: Callable[..., Any]) -> Callable[..., list[bytes]]:
    """Give the same application, with each answer made as a whole before the next is begun."""
    turn = threading.Lock()

    def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        with turn:
            return list(app(environ, start_response))

    return answer


def main(descriptor: int) -> None:
    """Serve until we are ended."""
    listening = socket.socket(fileno=descriptor)
    listening.listen(BACKLOG)
    host, port = listening.getsockname()
    app = one_at_a_time(DomainDispatcherApplication(create_backend_app))
    make_server(host, port, app, threaded=True, fd=descriptor).serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
