"""Asks a server for pages as fast as it gives them: a few connections that stay open, one thread, no more work than needed.

Every answer is looked at: a status other than 200, or a page without the words that only the right page has, ends the run.
"""

import selectors
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

CONNECTIONS = 8
TIMEOUT_S = 30.0
CHUNK_BYTES = 262_144


class WrongPage(Exception):
    """The server gave something else than the page that was asked for."""


@dataclass(frozen=True)
class Ask:
    """One page: its request, and what stands in the right answer and nowhere else."""

    path: str
    marker: bytes
    headers: dict[str, str] = field(default_factory=dict)

    def request(self, host: str) -> bytes:
        """Give the request's bytes."""
        lines = [
            f"GET {self.path} HTTP/1.1",
            f"Host: {host}",
            *(f"{name}: {said}" for name, said in self.headers.items()),
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


@dataclass(frozen=True)
class Load:
    """What one run found out."""

    pages: int
    seconds: float
    slowest_ms: float
    middle_ms: float
    bytes_a_page: int

    @property
    def pages_per_s(self) -> float:
        """How many pages came a second."""
        return self.pages / self.seconds


class Line:
    """One open connection with one request on its way."""

    def __init__(self, port: int, host: str) -> None:
        self.host = host
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT_S)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.got = bytearray()
        self.length = -1
        self.asked_at = 0.0

    def send(self, ask: Ask) -> None:
        """Ask for a page."""
        self.ask, self.length, self.asked_at = ask, -1, time.perf_counter()
        self.got.clear()
        self.socket.sendall(ask.request(self.host))

    def receive(self) -> bool:
        """Take what has come; tell whether the page is complete. Raises: WrongPage."""
        part = self.socket.recv(CHUNK_BYTES)
        if not part:
            raise WrongPage(f"{self.ask.path}: the server closed the connection")
        self.got += part
        if self.length < 0:
            end = self.got.find(b"\r\n\r\n")
            if end < 0:
                return False
            self.length = end + 4 + _length_of(bytes(self.got[:end]), self.ask.path)
        if len(self.got) < self.length:
            return False
        if len(self.got) > self.length or self.ask.marker not in self.got:
            raise WrongPage(f"{self.ask.path}: {self.ask.marker.decode()!r} is not in the answer")
        return True


def _length_of(head: bytes, path: str) -> int:
    lines = head.split(b"\r\n")
    if not lines[0].startswith(b"HTTP/1.1 200 "):
        raise WrongPage(f"{path}: {lines[0].decode(errors='replace')}")
    for line in lines:
        if line.lower().startswith(b"content-length:"):
            return int(line[15:])
    raise WrongPage(f"{path}: no length is given")


def run(port: int, host: str, asks: Iterator[Ask], seconds: float, began: Callable[[], None] = lambda: None) -> Load:
    """Ask for pages for some seconds over several connections. Raises: WrongPage."""
    waiting = selectors.DefaultSelector()
    lines = [Line(port, host) for _ in range(CONNECTIONS)]
    took: list[float] = []
    size = 0
    try:
        for line in lines:
            waiting.register(line.socket, selectors.EVENT_READ, line)
        began()
        start = time.perf_counter()
        for line in lines:
            line.send(next(asks))
        end = start + seconds
        while (now := time.perf_counter()) < end:
            if not (ready := waiting.select(TIMEOUT_S)):
                raise WrongPage(f"no answer in {TIMEOUT_S:.0f} s")
            for key, _ in ready:
                found: Line = key.data
                if found.receive():
                    took.append(time.perf_counter() - found.asked_at)
                    size += found.length
                    found.send(next(asks))
    finally:
        for line in lines:
            line.socket.close()
        waiting.close()
    if not took:
        raise WrongPage(f"no page came within {seconds} s, the first of them {lines[0].ask.path}")
    took.sort()
    return Load(len(took), now - start, took[-1] * 1000, took[len(took) // 2] * 1000, size // len(took))
