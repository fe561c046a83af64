"""Sealed files on the web server as it runs in public: real gunicorn, real sockets on this machine."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir

import pytest
from flask import Flask

from frontend.config import ROOT
from frontend.content.pieces import MOST_PIECES
from frontend.extensions import bound
from frontend.operations.worker import TAKEN_S
from tests.frontend.pages.conftest import make_app, sign_in
from tests.frontend.pages.story import SELLER
from tests.helpers.sealed import PIECE, Cut, sealed
from tools.chain import HOST, free_port

FILE = sealed(2 * PIECE + 50)
PATIENCE_S = 60


@dataclass
class Server:
    """A running web server, and somebody who is signed in."""

    process: subprocess.Popen[bytes]
    port: int
    headers: dict[str, str]
    folder: Path

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE_S)
        try:
            connection.request(method, path, body, headers=self.headers | headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def send(self, cut: Cut) -> str:
        for name, piece in dict(zip(cut.names, cut.pieces, strict=True)).items():
            assert self.ask("PUT", f"/files/pieces/{name}", piece)[0] in (200, 201)
        status, body = self.ask("POST", "/files", cut.piece_list)
        assert status == 201, body
        return str(json.loads(body)["hash"])

    def opened(self, method: str, path: str, **headers: str) -> socket.socket:
        """Open a connection and send the head of a request."""
        found = socket.create_connection((HOST, self.port), timeout=PATIENCE_S)
        lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}:{self.port}"]
        lines += [f"{name}: {value}" for name, value in (self.headers | headers).items()]
        found.sendall("\r\n".join([*lines, "", ""]).encode())
        return found

    def on_disk(self) -> list[str]:
        return sorted(path.name for path in self.folder.rglob("*") if path.is_file())

    def workers(self) -> list[str]:
        return Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()

    def resident_kb(self) -> int:
        """Give the most memory that any worker holds."""
        texts = [Path(f"/proc/{pid}/status").read_text() for pid in self.workers()]
        return max(int(text.partition("VmRSS:")[2].split()[0]) for text in texts)

    def open_files(self) -> list[str]:
        """Give the paths of files that a worker holds open, those without a name as well."""
        links = [link for pid in self.workers() for link in Path(f"/proc/{pid}/fd").iterdir()]
        return [os.readlink(link) for link in links]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("sealed")
    bare, _ = make_app(folder, None)
    with bare.app_context():
        settings = bound().settings
    port = free_port()
    origin = f"http://{HOST}:{port}"
    # one worker, so that what it holds can be told
    environ = os.environ | {
        "DATABASE_URL": settings.database_url,
        "RPC_URL": settings.rpc_url,
        "CHAIN_ID": str(settings.chain_id),
        "ORIGIN": origin,
        "CONTENT_DIR": str(settings.content_dir),
        "SECRET_KEY": settings.secret_key,
        "DEPLOYMENTS_DIR": str(settings.deployments_dir),
        "WEB_BIND": f"{HOST}:{port}",
        "WEB_WORKERS": "1",
        "WEB_THREADS": "4",
        "WRITES_A_MINUTE": "10000",
    }
    with (folder / "web.log").open("wb") as out:
        command = [sys.executable, "-m", "frontend.operations", "serve"]
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stderr=out, stdout=out)
    try:
        deadline = time.monotonic() + PATIENCE_S
        while not _answers(port):
            assert process.poll() is None, (folder / "web.log").read_text()
            assert time.monotonic() < deadline, (folder / "web.log").read_text()
            time.sleep(0.1)
        yield Server(process, port, _session_of(bare, origin, port), settings.content_dir)
    finally:
        process.terminate()
        process.wait(40)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=1):
            return True
    except OSError:
        return False


def _session_of(bare: Flask, origin: str, port: int) -> dict[str, str]:
    """Sign somebody in, in the server's database, and give the headers that his browser sends."""
    client = bare.test_client()
    sign_in(bare, client, SELLER)
    cookie = client.get_cookie("session", domain="127.0.0.1")
    assert cookie is not None
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE_S)
    connection.request("GET", "/auth/session", headers={"Cookie": f"session={cookie.value}"})
    token = json.loads(connection.getresponse().read())["csrfToken"]
    connection.close()
    return {"Cookie": f"session={cookie.value}", "X-CSRFToken": token, "Origin": origin}


def test_a_file_goes_in_and_out_and_goes_on_with_ranges(server):
    found = server.send(FILE)
    assert found == FILE.hash
    assert server.ask("GET", f"/files/{found}") == (200, FILE.data)
    half = len(FILE.data) // 2
    first = server.ask("GET", f"/files/{found}", Range=f"bytes=0-{half - 1}")
    rest = server.ask("GET", f"/files/{found}", Range=f"bytes={half}-")
    assert (first[0], rest[0], first[1] + rest[1]) == (206, 206, FILE.data)


@pytest.mark.parametrize("sent", [0, 1, 500_000, PIECE - 1])
def test_nothing_is_left_behind_when_an_upload_is_cut_off(server, sent):
    piece = hashlib.shake_256(sent.to_bytes(4, "big")).digest(PIECE)
    name = hashlib.sha256(piece).hexdigest()
    before, held = server.on_disk(), server.open_files()
    opened = server.opened("PUT", f"/files/pieces/{name}", **{"Content-Length": str(PIECE)})
    opened.sendall(piece[:sent])
    time.sleep(0.3)
    assert server.on_disk() == before, "nothing is written before all of it is here"
    new = [path for path in server.open_files() if path not in held]
    assert not any("/" in path for path in new), f"nor into a file without a name: {new}"
    opened.close()
    deadline = time.monotonic() + PATIENCE_S
    while len(server.open_files()) > len(held):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert server.on_disk() == before
    status, body = server.ask("POST", "/files/missing", bytes.fromhex(name))
    assert (status, json.loads(body)) == (200, {"missing": [0]})
    assert server.ask("PUT", f"/files/pieces/{name}", piece)[0] == 201


@pytest.mark.parametrize("sent", [0, 200, 300_000, 3_000_000])
def test_nothing_is_left_behind_when_a_picture_is_cut_off(server, sent):
    before, held, temporary = server.on_disk(), server.open_files(), set(os.listdir(gettempdir()))
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="../a.png"\r\n\r\n\x89PNG\r\n\x1a\n'
    kind = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": "5000000"}
    opened = server.opened("POST", "/descriptions/restore", **kind)
    opened.sendall((head + bytes(sent))[:sent])
    time.sleep(0.3)
    opened.close()
    deadline = time.monotonic() + PATIENCE_S
    while len(server.open_files()) > len(held):
        assert time.monotonic() < deadline, server.open_files()
        time.sleep(0.1)
    assert server.on_disk() == before
    assert not {name for name in set(os.listdir(gettempdir())) - temporary if name.startswith("tmp")}


def test_a_body_that_says_it_is_huge_is_refused_before_it_comes(server):
    for method, path, size in (("PUT", f"/files/pieces/{'ab' * 32}", 2**40), ("POST", "/files", 320_000_000)):
        with server.opened(method, path, **{"Content-Length": str(size)}) as opened:
            assert opened.recv(12) == b"HTTP/1.1 413"


def test_a_body_in_chunks_is_refused_since_its_length_is_unknown(server):
    chunked = {"Transfer-Encoding": "chunked"}
    with server.opened("PUT", f"/files/pieces/{'ab' * 32}", **chunked) as opened:
        opened.sendall(b"5\r\nhello\r\n0\r\n\r\n")
        assert opened.recv(12) == b"HTTP/1.1 411"


@pytest.mark.parametrize("path", ["/files/..%2f..%2fetc%2fpasswd", "/files/../../etc/passwd", "/files/%2e%2e/%2e%2e/etc/passwd",
                                  "/files/pieces/..%2f..%2fx", "/files/0x" + "ab" * 31 + "%2f", "//files//etc/passwd"])  # fmt: skip
def test_no_path_of_this_machine_is_ever_given_when_asked_for_raw(server, path):
    before = server.on_disk()
    for method in ("GET", "PUT"):
        status, body = server.ask(method, path, b"x" if method == "PUT" else b"")
        assert status in (308, 404, 405)
        assert b"root:" not in body
    assert server.on_disk() == before


def test_memory_stays_flat_when_64_mib_go_out_and_when_they_come_in(server):
    large = Cut(FILE.pieces[0] + b"".join(bytes([number]) * PIECE for number in range(63)))
    data, found = large.data, server.send(large)
    server.ask("GET", f"/files/{found}")
    before, most = server.resident_kb(), 0
    connection = http.client.HTTPConnection(HOST, server.port, timeout=PATIENCE_S)
    connection.request("GET", f"/files/{found}")
    answer, digest = connection.getresponse(), hashlib.sha256()
    for _ in range(64):
        digest.update(answer.read(PIECE))
        most = max(most, server.resident_kb())
    connection.close()
    assert digest.digest() == hashlib.sha256(data).digest()
    assert most - before < 8 * 1024, f"{before} kB before, {most} kB while sending"
    before = server.resident_kb()
    server.send(large)
    assert server.resident_kb() - before < 8 * 1024


def test_pages_are_answered_while_readers_take_nothing(server):
    large = Cut(FILE.pieces[0] + b"".join(bytes([number]) * PIECE for number in range(63)))
    path = f"/files/{server.send(large)}"
    slow = [server.opened("GET", path) for _ in range(2)]
    try:
        assert all(opened.recv(12) == b"HTTP/1.1 200" for opened in slow)
        status, body = server.ask("GET", path)
        assert (status, json.loads(body)["error"]["key"]) == (503, "busy")
        assert server.ask("GET", "/health")[0] == 200
    finally:
        for opened in slow:
            opened.close()
    deadline = time.monotonic() + PATIENCE_S
    while server.ask("GET", path, Range="bytes=0-5")[0] != 206:
        assert time.monotonic() < deadline, "their places were not given back"
        time.sleep(0.2)


@pytest.mark.slow
def test_a_reader_who_takes_nothing_at_all_is_left(server):
    large = Cut(FILE.pieces[0] + b"".join(bytes([number]) * PIECE for number in range(63)))
    path = f"/files/{server.send(large)}"
    slow = [server.opened("GET", path) for _ in range(2)]
    try:
        assert all(opened.recv(12) == b"HTTP/1.1 200" for opened in slow)
        assert server.ask("GET", path)[0] == 503
        began = time.monotonic()
        while server.ask("GET", path, Range="bytes=0-5")[0] != 206:
            assert time.monotonic() - began < TAKEN_S + 15, "their places were not given back"
            time.sleep(0.5)
        assert time.monotonic() - began > TAKEN_S / 2
    finally:
        for opened in slow:
            opened.close()
    assert "Traceback" not in (server.folder.parent / "web.log").read_text()


def test_an_answer_is_broken_off_visibly_when_a_piece_vanishes_meanwhile(server):
    large = Cut(FILE.pieces[0] + b"".join(bytes([number]) * PIECE for number in range(1, 40)))
    path, last = f"/files/{server.send(large)}", server.folder / "sealed" / large.names[-1][:2] / f"0x{large.names[-1]}"
    connection = http.client.HTTPConnection(HOST, server.port, timeout=PATIENCE_S)
    connection.request("GET", path)
    answer = connection.getresponse()
    begun = answer.read(100)
    last.unlink()
    with pytest.raises(http.client.IncompleteRead) as problem:
        answer.read()
    connection.close()
    came = begun + problem.value.partial
    assert len(came) == 39 * PIECE
    assert came == large.data[: len(came)]
    assert server.ask("GET", path)[0] == 404


def test_a_gigabyte_is_looked_through_at_once(server):
    """One piece a thousand times over: each has to be there, and 1,025 looks take no time that anybody notices."""
    piece = FILE.pieces[0]
    name = hashlib.sha256(piece).digest()
    piece_list = name + b"".join(
        hashlib.sha256(bytes([number % 250]) * PIECE).digest() for number in range(1, MOST_PIECES)
    )
    began = time.monotonic()
    status, body = server.ask("POST", "/files/missing", piece_list)
    assert status == 200
    assert len(json.loads(body)["missing"]) > 700
    assert time.monotonic() - began < 5
