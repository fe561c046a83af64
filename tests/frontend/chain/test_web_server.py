"""The web server as it runs in public: real gunicorn, several workers, real sockets on this machine."""

from __future__ import annotations

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from frontend.config import ROOT
from frontend.operations.worker import HEAD_S
from tests.frontend.chain.site import Site
from tools.chain import HOST, free_port

PAGES = ("/", "/explore", "/health", "/help/escrow")
TRIES = 3  # to find a port


@dataclass
class Server:
    """A running web server."""

    process: subprocess.Popen[bytes]
    port: int
    metrics_port: int
    log: Path

    def get(self, path: str, port: int | None = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(HOST, port or self.port, timeout=60)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def raw(self, data: bytes, timeout_s: float = 120) -> bytes:
        """Send bytes and give all that comes back until the server closes."""
        with socket.create_connection((HOST, self.port), timeout=timeout_s) as opened:
            try:
                opened.sendall(data)
            except (BrokenPipeError, ConnectionResetError):
                pass
            return drained(opened)

    def worked_s(self) -> float:
        """Give the processor's time that its workers have used until now."""
        workers = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        ticks = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13] for pid in workers]
        return sum(int(part) for pair in ticks for part in pair) / os.sysconf("SC_CLK_TCK")

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def end(self) -> float:
        """Ask it to end; give how long it took until nothing was under way any more, by its own log."""
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(40) == 0
        at = {line["message"]: datetime.fromisoformat(line["time"]) for line in self.lines()}
        return (at["Shutting down: Master"] - at["Handling signal: term"]).total_seconds()


def drained(opened: socket.socket) -> bytes:
    found = b""
    try:
        while part := opened.recv(65536):
            found += part
    except ConnectionResetError:
        pass
    return found


@pytest.fixture
def server(site: Site, tmp_path: Path) -> Iterator[Server]:
    """A server of one test's own."""
    with serving(site, tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def lasting(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server for tests after which it goes on as before."""
    with serving(site, tmp_path_factory.mktemp("web")) as found:
        yield found


@contextmanager
def serving(site: Site, folder: Path) -> Iterator[Server]:
    found = None
    for number in range(TRIES):  # somebody else may take a free port before the server does
        found = started(site, folder / f"web{number}.log")
        if found is not None:
            break
    assert found is not None, (folder / f"web{TRIES - 1}.log").read_text()
    try:
        yield found
    finally:
        ended(found.process)


def started(site: Site, log: Path) -> Server | None:
    """Start a server and wait until both its workers are there; None when its port was taken."""
    port, metrics_port = free_port(), free_port()
    settings = site.index.settings
    environ = os.environ | {
        "DATABASE_URL": settings.database_url,
        "RPC_URL": settings.rpc_url,
        "CHAIN_ID": str(settings.chain_id),
        "ORIGIN": f"http://{HOST}:{port}",
        "CONTENT_DIR": str(settings.content_dir),
        "SECRET_KEY": "k" * 40,
        "DEPLOYMENTS_DIR": str(settings.deployments_dir),
        "WEB_BIND": f"{HOST}:{port}",
        "METRICS_BIND": f"{HOST}:{metrics_port}",
        "WEB_WORKERS": "2",
        "WEB_THREADS": "2",
        "LOG_FORMAT": "json",
    }
    with log.open("wb") as out:
        command = [sys.executable, "-m", "frontend.operations", "serve"]
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stderr=out, stdout=out)
    found = Server(process, port, metrics_port, log)
    try:
        wait_for(lambda: booted(found) >= 2, process)
    except AssertionError:
        ended(process)
        if "Address already in use" in log.read_text():
            return None
        raise
    return found


def ended(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.kill()
    process.wait()


def booted(server: Server) -> int:
    """Give how many workers have begun, once the server answers."""
    try:
        server.get("/health")
    except OSError:
        return 0
    return sum("Booting worker" in line["message"] for line in server.lines())


def wait_for(happened: Any, process: subprocess.Popen[bytes], timeout_s: float = 120) -> None:
    deadline = time.monotonic() + timeout_s
    while not happened():
        assert process.poll() is None, "the server has ended"
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.1)


@dataclass
class Load:
    """People who read pages over kept connections, one after another."""

    server: Server
    statuses: list[int] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._read, args=(n,)) for n in range(3)]

    def _read(self, number: int) -> None:
        connection = http.client.HTTPConnection(HOST, self.server.port, timeout=20)
        while not self._stop.is_set():
            for attempt in (1, 2):
                try:
                    connection.request("GET", PAGES[(number + len(self.statuses)) % len(PAGES)])
                    answer = connection.getresponse()
                    answer.read()
                    self.statuses.append(answer.status)
                    break
                except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError) as problem:
                    # a kept connection may be closed between two requests, and every browser then asks once more
                    connection.close()
                    if attempt == 2:
                        self.broken.append(repr(problem))
                except OSError as problem:
                    self.broken.append(repr(problem))
                    connection.close()
                    break
        connection.close()

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()


def who_answered(server: Server) -> set[int]:
    return {line["worker"] for line in server.lines() if line["logger"] == "frontend.access"}


def test_replacing_the_workers_under_load_refuses_nobody(server):
    with Load(server) as load:
        for _ in range(2):
            time.sleep(1)
            before = who_answered(server)
            server.process.send_signal(signal.SIGHUP)
            wait_for(lambda before=before: who_answered(server) - before, server.process, 120)
            time.sleep(2)
    assert load.broken == []
    assert set(load.statuses) == {200}
    assert len(who_answered(server)) >= 3


def test_kept_connections_are_shared_out_evenly_among_the_workers(server):
    wait_for(lambda: server.get("/health") and len(who_answered(server)) == 2, server.process)
    kept = [http.client.HTTPConnection(HOST, server.port, timeout=60) for _ in range(12)]
    by_request: dict[str | None, int] = {}
    try:
        for number, connection in enumerate(kept):
            connection.request("GET", "/health")
            answer = connection.getresponse()
            answer.read()
            by_request[answer.getheader("X-Request-Id")] = number
    finally:
        for connection in kept:
            connection.close()
    wait_for(lambda: len(answered_by(server, by_request)) == len(kept), server.process)
    shares = Counter(answered_by(server, by_request).values())
    assert len(shares) == 2, shares
    assert min(shares.values()) >= 5, shares


def answered_by(server: Server, requests: Collection[str | None]) -> dict[str, int]:
    """Give the worker of each of some requests, as far as the log has them."""
    return {line["request_id"]: line["worker"] for line in server.lines() if line.get("request_id") in requests}


def test_ending_answers_what_is_under_way_and_takes_less_than_ten_seconds(server):
    body = b"x" * 2000
    head = f"POST /auth/message HTTP/1.1\r\nHost: {HOST}:{server.port}\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection((HOST, server.port), timeout=20) as opened:
        opened.sendall(head.encode() + body[:1000])
        time.sleep(0.5)
        ended: list[float] = []
        ending = threading.Thread(target=lambda: ended.append(server.end()))
        ending.start()
        time.sleep(1)
        opened.sendall(body[1000:])
        answer = drained(opened)
        ending.join()
    assert answer.startswith(b"HTTP/1.1 4"), answer[:200]
    assert b"requestId" in answer or b"<h1>" in answer
    assert ended[0] < 10


def test_ending_does_not_wait_for_those_who_never_finish(server):
    with socket.create_connection((HOST, server.port), timeout=20) as opened:
        opened.sendall(b"GET / HTTP/1.1\r\nHost: x")
        time.sleep(0.5)
        assert server.end() < 10


def test_slow_clients_do_not_keep_others_waiting_for_ever(server):
    """More of them than there are threads; each sends a byte now and then, so that no read ever times out."""
    slow = [socket.create_connection((HOST, server.port), timeout=30) for _ in range(5)]
    try:
        for opened in slow:
            opened.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n")
        stop = threading.Event()

        def drip() -> None:
            while not stop.wait(1):
                for opened in slow:
                    try:
                        opened.sendall(b"X-A: b\r\n")
                    except OSError:
                        pass

        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            began = time.monotonic()
            assert server.get("/health")[0] == 200
            took_s = time.monotonic() - began
        finally:
            stop.set()
            dripping.join()
        # at worst all of them are with the worker that we came to, two at a time
        assert took_s < 4 * HEAD_S
        assert b" 408 " in drained(slow[0])
    finally:
        for opened in slow:
            opened.close()


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    ids=["body", "line", "many-headers", "long-header", "no-http", "host", "two-lengths"],
    argvalues=[
        (b"POST /auth/message HTTP/1.1\r\nHost: {host}\r\nContent-Length: 104857600\r\n\r\n" + b"x" * 200_000, 413),
        (b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: {host}\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: {host}\r\n" + b"X-Y: z\r\n" * 200 + b"\r\n", 431),
        (b"GET / HTTP/1.1\r\nHost: {host}\r\nX-Y: " + b"z" * 20_000 + b"\r\n\r\n", 431),
        (b"NOTHING AT ALL\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: elsewhere.example\r\nConnection: close\r\n\r\n", 421),
        (b"POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    ],
)
def test_what_is_too_large_or_malformed_is_refused_and_the_server_goes_on(lasting, request_bytes, status):
    answer = lasting.raw(request_bytes.replace(b"{host}", f"{HOST}:{lasting.port}".encode()))
    assert answer.split(b"\r\n", 1)[0].split(b" ")[1] == str(status).encode(), answer[:200]
    assert lasting.get("/health")[0] == 200


def post(server: Server, body: bytes, kind: str) -> int:
    head = f"POST /auth/message HTTP/1.1\r\nHost: {HOST}:{server.port}\r\nConnection: close\r\n"
    head += f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    return int(server.raw(head.encode() + body).split(b" ")[1])


def test_deep_json_and_a_million_fields_are_refused_with_little_work(lasting):
    before_s = lasting.worked_s()
    assert post(lasting, b"[" * 200_000, "application/json") in (400, 413, 422)
    form = b"&".join(b"a%d=1" % n for n in range(1_000_000))
    assert post(lasting, form, "application/x-www-form-urlencoded") in (400, 413)
    parts = b"".join(b'--b\r\nContent-Disposition: form-data; name="a%d"\r\n\r\n1\r\n' % n for n in range(20_000))
    assert post(lasting, parts + b"--b--\r\n", "multipart/form-data; boundary=b") in (400, 413)
    assert lasting.worked_s() - before_s < 20
    assert lasting.get("/health")[0] == 200


def test_any_worker_gives_the_figures_of_all_and_only_on_their_own_port(lasting):
    asked = 0
    deadline = time.monotonic() + 60
    while asked < 40 or len(who_answered(lasting)) < 2:  # a worker that begins later has not answered yet
        assert lasting.get("/health")[0] == 200
        asked += 1
        assert time.monotonic() < deadline, "only one worker has answered, so nothing was tested"
    status, told = lasting.get("/metrics", lasting.metrics_port)
    assert status == 200
    line = next(
        line
        for line in told.decode().splitlines()
        if line.startswith("dokkaebi_requests_total") and '"/health"' in line
    )
    assert float(line.rpartition(" ")[2]) >= asked
    assert b"dokkaebi_index_block" in told
    assert lasting.get("/", lasting.metrics_port)[0] == 404
    assert lasting.get("/metrics")[0] == 404
    assert len(who_answered(lasting)) == 2


def test_the_log_has_one_json_line_a_request_and_no_address_of_anybody(server):
    server.get("/o/0x" + "c0" * 32)
    server.raw(b"GET /canary@example.com NOTHTTP\r\n\r\n")
    wait_for(lambda: any(line.get("route") == "/o/<key>" for line in server.lines()), server.process)
    assert server.end() < 10
    text = server.log.read_text()
    assert all(line.startswith("{") for line in text.splitlines())
    for canary in ("c0c0c0", "canary", HOST):
        assert canary not in text


def test_a_server_that_cannot_run_says_why_and_ends(site, tmp_path):
    environ = os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path}/none.db", "RPC_URL": "http://127.0.0.1:9"}
    environ |= {
        "CHAIN_ID": "31337",
        "ORIGIN": "http://127.0.0.1:9",
        "CONTENT_DIR": str(tmp_path),
        "SECRET_KEY": "k" * 40,
    }
    command = [sys.executable, "-m", "frontend.operations", "serve"]
    done = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, timeout=150)
    assert done.returncode == 1
    assert "✗ The database's tables are not up to date." in done.stderr
