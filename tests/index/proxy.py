"""A node that misbehaves: passes requests on to a real one, and lets a rule spoil the answers."""

from __future__ import annotations

import json
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Rule = Callable[[str, list[Any], dict[str, Any]], dict[str, Any]]


class Spoiled(Exception):
    """Instead of the answer, these raw bytes with this status."""

    def __init__(self, body: bytes, status: int = 200, headers: dict[str, str] | None = None) -> None:
        super().__init__(status)
        self.body = body
        self.status = status
        self.headers = headers or {}


class Cut(Exception):
    """Instead of the answer, a connection that ends; after some bytes of a long answer, one every so many seconds."""

    def __init__(self, drops: int = 0, every_s: float = 0.0) -> None:
        super().__init__(drops)
        self.drops = drops
        self.every_s = every_s


class Proxy:
    """Where to reach the bad node, and how it is bad just now."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.url = ""
        self.rule: Rule | None = None
        self.asked: list[tuple[str, list[Any]]] = []

    def answer(self, body: bytes) -> bytes:
        """Give the bytes that go back."""
        request = urllib.request.Request(self.target, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as found:
            answers = json.load(found)
        calls = json.loads(body)
        if not isinstance(calls, list):
            return json.dumps(self._spoil(calls, answers)).encode()
        by_id = {answer["id"]: answer for answer in answers}
        return json.dumps([self._spoil(call, by_id[call["id"]]) for call in calls]).encode()

    def _spoil(self, call: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        self.asked.append((call["method"], call["params"]))
        return answer if self.rule is None else self.rule(call["method"], call["params"], answer)


def on(method: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Rule:
    """Spoil the answers of one method."""
    return lambda asked, params, answer: change(answer) if asked == method else answer


def changed_logs(change: Callable[[list[Any]], list[Any]]) -> Rule:
    """Spoil lists of logs."""
    return on("eth_getLogs", lambda answer: {**answer, "result": change(answer["result"])})


def raw(body: bytes, status: int = 200, **headers: str) -> Rule:
    """Answer everything with the same bytes."""

    def rule(method: str, params: list[Any], answer: dict[str, Any]) -> dict[str, Any]:
        raise Spoiled(body, status, headers)

    return rule


def hanging(seconds: float) -> Rule:
    """Answer late."""

    def rule(method: str, params: list[Any], answer: dict[str, Any]) -> dict[str, Any]:
        time.sleep(seconds)
        return answer

    return rule


def cut(drops: int = 0, every_s: float = 0.0) -> Rule:
    """Break every connection."""

    def rule(method: str, params: list[Any], answer: dict[str, Any]) -> dict[str, Any]:
        raise Cut(drops, every_s)

    return rule


@contextmanager
def running_proxy(target: str) -> Iterator[Proxy]:
    """Give a proxy on a port of its own."""
    proxy = Proxy(target)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                content, status, headers = proxy.answer(body), 200, {}
            except Spoiled as spoiled:
                content, status, headers = spoiled.body, spoiled.status, spoiled.headers
            except Cut as cut:
                self._cut(cut)
                return
            except OSError:
                content, status, headers = b"the node behind is away", 502, {}
            try:
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                for name, value in headers.items():
                    self.send_header(name.replace("_", "-"), value)
                self.end_headers()
                self.wfile.write(content)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True  # whoever asked has given up

        def _cut(self, cut: Cut) -> None:
            self.close_connection = True
            if not cut.drops:
                return
            self.send_response(200)
            self.send_header("Content-Length", str(10**6))
            self.end_headers()
            try:
                for _ in range(cut.drops):
                    self.wfile.write(b" ")
                    self.wfile.flush()
                    time.sleep(cut.every_s)
            except (BrokenPipeError, ConnectionResetError):
                pass  # whoever asked has given up

        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    proxy.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
