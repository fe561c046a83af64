"""A small server of sealed files for browser tests: our scripts, and the routes of docs/files-in-the-browser.md, with what can go wrong."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from frontend.security import HEADERS

STATIC = Path(__file__).resolve().parents[2] / "frontend" / "static"
KINDS = {".js": "text/javascript", ".css": "text/css"}
PIECE = 1 << 20
TOKEN = "a-token"
PAGE = f"""<!doctype html><html lang="en"><title>Shelf</title>
<div id="wallet-texts" data-csrf="{TOKEN}" hidden></div><input id="file" type="file">"""


def piece_list(content: bytes) -> bytes:
    """Give the hashes of a file's pieces, one after the other."""
    return b"".join(sha256(content[at : at + PIECE]).digest() for at in range(0, len(content), PIECE))


def pieces_hash(content: bytes) -> str:
    """Give a file's pieces hash as 0x hex."""
    return "0x" + sha256(piece_list(content)).hexdigest()


class Shelf:
    """Keeps pieces and files in memory, notes what was asked, and fails as it is told."""

    def __init__(self) -> None:
        self.pieces: dict[str, bytes] = {}
        self.files: dict[str, bytes] = {}
        self.lists: dict[str, bytes] = {}
        self.asked: list[str] = []  # method and path, in order
        self.busy = 0  # so many writes are answered with 503
        self.cuts: set[int] = set()  # pieces that break off half-way, each time
        self.damaged: set[int] = set()  # pieces with a bit turned
        self.signed_in = True
        handler = type("Handler", (Answers,), {"shelf": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def put(self, content: bytes) -> str:
        """Keep a sealed file, and give its hash."""
        found = pieces_hash(content)
        self.files[found], self.lists[found] = content, piece_list(content)
        return found

    def fetched(self) -> list[int]:
        """Give the pieces that were asked for, in order."""
        return [int(words[2]) for words in (line.split() for line in self.asked) if words[0] == "PIECE"]

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


class Answers(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    shelf: Shelf

    def log_message(self, *words: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.shelf.asked.append(f"GET {path}")
        if path == "/":
            return self.answer(200, PAGE.encode(), "text/html")
        if path.startswith("/static/"):
            file = (STATIC / path.removeprefix("/static/")).resolve()
            if STATIC in file.parents and file.is_file():
                return self.answer(200, file.read_bytes(), KINDS.get(file.suffix, "application/octet-stream"))
        found = re.fullmatch(r"/files/(0x[0-9a-f]{64})(/pieces)?", path)
        if not found or found[1] not in self.shelf.files:
            return self.refuse(404)
        if found[2]:
            return self.answer(200, self.shelf.lists[found[1]])
        return self.send_range(self.shelf.files[found[1]], found[1])

    def send_range(self, content: bytes, name: str) -> None:
        wanted = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if not wanted:
            return self.answer(200, content)
        first, last = int(wanted[1]), min(int(wanted[2]), len(content) - 1)
        part, index = content[first : last + 1], first // PIECE
        self.shelf.asked.append(f"PIECE {name} {index}")
        if index in self.shelf.damaged:
            part = bytes([part[0] ^ 1]) + part[1:]
        length = len(part)
        if index in self.shelf.cuts:
            part = part[: length // 2]
        head = {"Content-Range": f"bytes {first}-{last}/{len(content)}", "Content-Length": str(length)}
        self.answer(206, part, headers=head)
        if len(part) < length:
            self.close_connection = True

    def do_POST(self) -> None:
        self.write()

    def do_PUT(self) -> None:
        self.write()

    def write(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.shelf.asked.append(f"{self.command} {self.path}")
        if not self.shelf.signed_in:
            return self.refuse(401)
        if self.headers.get("X-CSRFToken") != TOKEN:
            return self.refuse(400)
        if self.shelf.busy:
            self.shelf.busy -= 1
            return self.refuse(503)
        if self.path.startswith("/files/pieces/"):
            return self.take(body, self.path.rsplit("/", 1)[1])
        hashes = [body[at : at + 32].hex() for at in range(0, len(body), 32)]
        missing = [index for index, name in enumerate(hashes) if name not in self.shelf.pieces]
        if self.path == "/files/missing":
            return self.tell(200, {"missing": missing})
        content = b"".join(self.shelf.pieces.get(name, b"") for name in hashes)
        if missing or not content.startswith(b"age-encryption.org/v1\n"):
            return self.refuse(422)
        return self.tell(201, {"hash": self.shelf.put(content), "size": len(content)})

    def take(self, body: bytes, name: str) -> None:
        if len(body) > PIECE or sha256(body).hexdigest() != name:
            return self.refuse(422)
        is_new = name not in self.shelf.pieces
        self.shelf.pieces[name] = body
        return self.tell(201 if is_new else 200, {})

    def refuse(self, status: int) -> None:
        self.tell(status, {"error": {"key": "refused", "text": f"refused with {status}"}})

    def tell(self, status: int, told: dict[str, object]) -> None:
        self.answer(status, json.dumps(told).encode(), "application/json")

    def answer(
        self, status: int, body: bytes, kind: str = "application/octet-stream", headers: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Length": str(len(body)),
            "Content-Type": kind,
            **HEADERS,
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()


def wait_until(holds: Callable[[], object], patience_s: float = 20) -> None:
    """Wait for something that a callable says."""
    until = time.monotonic() + patience_s
    while not holds():
        assert time.monotonic() < until, "it did not come"
        time.sleep(0.02)
