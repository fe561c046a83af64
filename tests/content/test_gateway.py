"""An IPFS gateway is asked for what is missing, believed nothing, and never leads anywhere else. Real servers on this machine."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from frontend.config import Settings
from frontend.content import gateway as module
from frontend.content.gateway import Gateway
from frontend.content.pieces import PIECE_BYTES, cid_of
from frontend.errors import NotFound
from frontend.services.files import SealedFiles
from frontend.store.database import Database, create_engine
from tests.helpers.sealed import PIECE, sealed
from tests.helpers.tables import make_tables

PIECE_DATA = b"a piece"
NAME = "0x" + hashlib.sha256(PIECE_DATA).hexdigest()
WHO = {"account": "0x" + "a1" * 20, "network": "203.0.113.7"}


class Place:
    """A web server that answers as it is told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str | None]] = []
        self.blocks: dict[str, bytes] = {}
        self.answer = self.block
        place = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                place.asked.append((self.path, self.headers["Accept"]))
                place.answer(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def block(self, handler: BaseHTTPRequestHandler) -> None:
        """Answer as a gateway does."""
        found = self.blocks.get(handler.path)
        handler.send_response(404 if found is None else 200)
        handler.send_header("Content-Length", str(len(found or b"")))
        handler.end_headers()
        handler.wfile.write(found or b"")

    def has(self, *pieces: bytes) -> None:
        for piece in pieces:
            name = "0x" + hashlib.sha256(piece).hexdigest()
            self.blocks[f"/ipfs/{cid_of(name)}?format=raw"] = piece


@pytest.fixture
def place() -> Iterator[Place]:
    made = Place()
    yield made
    made.server.shutdown()
    made.server.server_close()


def test_a_piece_is_asked_for_as_a_raw_block_by_its_cid(place):
    place.has(PIECE_DATA)
    assert Gateway(place.address).piece(NAME) == PIECE_DATA
    assert place.asked == [(f"/ipfs/{cid_of(NAME)}?format=raw", "application/vnd.ipld.raw")]


def test_a_path_in_the_address_stands_before(place):
    place.blocks[f"/under/here/ipfs/{cid_of(NAME)}?format=raw"] = PIECE_DATA
    assert Gateway(f"{place.address}/under/here").piece(NAME) == PIECE_DATA


def test_other_bytes_are_never_taken(place):
    place.blocks[f"/ipfs/{cid_of(NAME)}?format=raw"] = b"another piece"
    assert Gateway(place.address).piece(NAME) is None


def test_a_piece_the_gateway_has_not_is_none_and_the_gateway_is_asked_again(place):
    found = Gateway(place.address)
    assert found.piece(NAME) is None
    place.has(PIECE_DATA)
    assert found.piece(NAME) == PIECE_DATA


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(place, status):
    other = Place()
    other.has(PIECE_DATA)

    def lead_away(handler):
        handler.send_response(status)
        handler.send_header("Location", f"{other.address}/ipfs/{cid_of(NAME)}?format=raw")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    place.answer = lead_away
    assert Gateway(place.address).piece(NAME) is None
    assert (len(place.asked), other.asked) == (1, [])
    other.server.shutdown()
    other.server.server_close()


def test_no_proxy_of_the_environment_is_asked(place, monkeypatch):
    other = Place()
    place.has(PIECE_DATA)
    monkeypatch.setenv("http_proxy", other.address)
    monkeypatch.setenv("HTTP_PROXY", other.address)
    assert Gateway(place.address).piece(NAME) == PIECE_DATA
    assert other.asked == []
    other.server.shutdown()
    other.server.server_close()


def test_an_endless_answer_is_read_no_further_than_a_piece(place):
    sent = []

    def flood(handler):
        handler.send_response(200)
        handler.end_headers()
        try:
            while sum(sent) < 64 * PIECE_BYTES:
                sent.append(handler.wfile.write(bytes(PIECE_BYTES)))
        except OSError:
            pass

    place.answer = flood
    assert Gateway(place.address).piece(NAME) is None
    assert sum(sent) < 32 * PIECE_BYTES


def test_a_gateway_that_drips_or_hangs_is_left_in_time_and_alone_for_a_while(place, monkeypatch):
    monkeypatch.setattr(module, "STEP_S", 0.5)
    monkeypatch.setattr(module, "WHOLE_S", 1)
    ends = threading.Event()

    def drip(handler):
        handler.send_response(200)
        handler.end_headers()
        while not ends.wait(0.1):
            handler.wfile.write(b"x")

    for answer in (drip, lambda _handler: ends.wait(20)):
        place.answer = answer
        gateway, began = Gateway(place.address), time.monotonic()
        assert gateway.piece(NAME) is None
        assert time.monotonic() - began < 5
        before = len(place.asked)
        assert gateway.piece(NAME) is None
        assert len(place.asked) == before, "it is not asked again at once"
    ends.set()


def test_a_gateway_that_is_not_there_is_no_error():
    closed = Place()
    closed.server.shutdown()
    closed.server.server_close()
    assert Gateway(closed.address).piece(NAME) is None


def test_a_download_is_whole_when_the_gateway_has_what_is_missing_here(place, tmp_path):
    cut = sealed(2 * PIECE + 100)
    settings = Settings.for_tests(tmp_path, files_gateway=place.address)
    make_tables(settings.database_url)
    files = SealedFiles(settings, Database(create_engine(settings.database_url)))
    for name, piece in zip(cut.names, cut.pieces, strict=True):
        files.keep_piece("0x" + name, piece, **WHO)
    file = files.keep(cut.piece_list, **WHO)
    assert b"".join(files.read(file, 0, file.size_bytes - 1)) == cut.data
    assert place.asked == [], "what lies here is not asked for"
    files.store.delete("0x" + cut.names[1])
    files.store.put("0x" + cut.names[2], b"altered")
    files.store.delete(cut.hash)
    place.has(cut.pieces[1], cut.pieces[2], cut.piece_list)
    assert files.find(cut.hash) == file
    assert files.piece_list(cut.hash) == cut.piece_list
    assert b"".join(files.read(file, 0, file.size_bytes - 1)) == cut.data
    place.blocks.clear()
    with pytest.raises(NotFound):
        next(files.read(file, PIECE, PIECE))
    asked = len(place.asked)
    with pytest.raises(NotFound):
        files.find("0x" + "12" * 32)
    assert len(place.asked) == asked, "nobody makes the server ask for what never was here"
