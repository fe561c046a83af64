"""A gunicorn worker that does not wait for ever for a slow client, and leaves new ones to a sibling that has fewer.

gunicorn's threads read a request for as long as it takes to come, so that a few clients that send a byte now and then hold
all of them. Here a request has a time for its head and another for the rest; then the reading end of its connection is shut.
A client that does not read its answer is left after a while, too: sealed files are far larger than what a connection holds.
"""

import contextlib
import errno
import socket
import struct
import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

from frontend.operations.balance import Connections

HEAD_S = 10.0
WHOLE_S = 60.0
TAKEN_S = 30  # a reader who takes nothing at all for so long is left
STAND_BACK_S, STAND_BACK_TIMES = 0.0005, 40  # a sibling that hangs keeps nobody waiting longer than 20 ms
TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class PunctualWorker(ThreadWorker):
    """Threads, with an end to every wait."""

    connections: Connections  # given by `pre_fork`

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._stood_back = 0
        self._ends: dict[Any, tuple[float, bool]] = {}  # by connection: until when, and whether its head is there

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Do what has become due, and tell the siblings how many connections there are now."""
        stood_back = self._stood_back
        super().wait_for_and_dispatch_events(timeout)
        if self._stood_back == stood_back:
            self._stood_back = 0
        if self.alive:
            self.connections.tell(self.age, self.nr_conns)
        else:
            self.connections.leave(self.age)

    def accept(self, listener: Any) -> None:
        """Take a new connection, unless a sibling has fewer: it was woken for the same one."""
        if self._stood_back < STAND_BACK_TIMES and self.connections.fewest() < self.nr_conns:
            self._stood_back += 1
            time.sleep(STAND_BACK_S)
            return
        super().accept(listener)
        self.connections.tell(self.age, self.nr_conns)

    def handle(self, conn: Any) -> Any:
        """Read one request and answer it, in a thread."""
        self._ends[conn] = (time.monotonic() + HEAD_S, False)
        try:
            return super().handle(conn)
        finally:
            self._ends.pop(conn, None)

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request whose head is there; its body may still be coming."""
        self._ends[conn] = (time.monotonic() + WHOLE_S, True)
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", TAKEN_S, 0))
        try:
            return super().handle_request(req, conn)
        except BlockingIOError:
            raise ConnectionResetError(errno.ECONNRESET, "a reader who takes nothing") from None

    def murder_pending(self) -> None:
        """Close what is overdue; called about once a second, in the main thread."""
        super().murder_pending()
        now = time.monotonic()
        for conn, (ends, has_head) in list(self._ends.items()):
            if now <= ends:
                continue
            self._ends.pop(conn, None)
            with contextlib.suppress(OSError):
                if not has_head:
                    conn.sock.settimeout(0)
                    conn.sock.send(TOO_SLOW)
                conn.sock.shutdown(socket.SHUT_RD)
