"""/files: pieces go in under their SHA-256, files come out as bytes to be saved and as nothing else."""

from __future__ import annotations

import hashlib
import tracemalloc
from dataclasses import replace

import pytest

from frontend import create_app
from frontend.extensions import bound
from tests.frontend.pages.conftest import ORIGIN, Browser, sign_in
from tests.frontend.pages.story import BUYER, SELLER
from tests.helpers.sealed import PIECE, Cut, sealed

FILE = sealed(2 * PIECE + 777)
PAGE = b"<!doctype html><svg xmlns='http://www.w3.org/2000/svg'><script>alert(document.domain)</script></svg>"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF"


class Sender:
    """A signed-in browser that sends bytes as the scripts do."""

    def __init__(self, app, account=SELLER):
        self.client = app.test_client()
        self.headers = {"X-CSRFToken": sign_in(app, self.client, account)}

    def piece(self, name, data, **more):
        kind = more.pop("content_type", "application/octet-stream")
        return self.client.put(f"/files/pieces/{name}", data=data, content_type=kind, headers=self.headers | more)

    def post(self, path, data, **more):
        return self.client.post(path, data=data, content_type="application/octet-stream", headers=self.headers | more)

    def send(self, cut):
        for name, piece in zip(cut.names, cut.pieces, strict=True):
            assert self.piece(name, piece).status_code in (200, 201)
        return self.post("/files", cut.piece_list)


class Reader(Browser):
    """A client that takes answers whole, as a server's connection does, unless a test says otherwise."""

    def open(self, *args, **kwargs):
        kwargs.setdefault("buffered", True)
        return super().open(*args, **kwargs)


@pytest.fixture
def client(app):
    return Reader(app, app.response_class)


@pytest.fixture
def sender(app):
    return Sender(app)


def error(answer, status, key):
    assert (answer.status_code, answer.mimetype) == (status, "application/json"), answer.data[:200]
    found = answer.get_json()["error"]
    assert found["key"] == key
    return found["text"]


def stored(app):
    with app.test_request_context("/"):
        return [name for name, _ in bound().services.files.store.marks()]


def test_a_file_goes_in_piece_by_piece_and_comes_out_for_everybody(app, client, sender):
    name, piece = FILE.names[0], FILE.pieces[0]
    first = sender.piece(name, piece)
    assert (first.status_code, first.get_json()) == (201, {"hash": f"0x{name}", "size": PIECE})
    assert sender.piece(name, piece).status_code == 200
    assert sender.post("/files/missing", FILE.piece_list).get_json() == {"missing": [1, 2]}
    made = sender.send(FILE)
    assert (made.status_code, made.get_json()) == (201, {"hash": FILE.hash, "size": len(FILE.data)})
    answer = client.get(f"/files/{FILE.hash}")
    assert (answer.status_code, answer.data) == (200, FILE.data)
    assert client.get(f"/files/{FILE.hash}/pieces").data == FILE.piece_list
    with app.test_request_context("/"):
        assert bound().services.files.is_whole(FILE.hash)


def test_what_it_is_stays_unsaid_whatever_it_is(app, client, sender):
    hostile = Cut(FILE.pieces[0] + PAGE.ljust(PIECE) + JPEG + PAGE)
    for name, piece in zip(hostile.names, hostile.pieces, strict=True):
        for kind in ("text/html", "image/svg+xml", "image/jpeg", "multipart/mixed"):
            assert sender.piece(name, piece, content_type=kind).status_code in (200, 201)
    sender.post("/files", hostile.piece_list)
    for path, name in ((f"/files/{hostile.hash}", "age"), (f"/files/{hostile.hash}/pieces", "pieces")):
        for headers in ({}, {"Range": f"bytes={PIECE}-"}, {"Accept": "text/html"}):
            answer = client.get(path, headers=headers)
            assert answer.headers["Content-Type"] == "application/octet-stream"
            assert answer.headers["Content-Disposition"] == f'attachment; filename="{hostile.hash}.{name}"'
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "sandbox" in answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert answer.headers["ETag"] == f'"{hostile.hash}"'
            assert "Set-Cookie" not in answer.headers
    assert client.get(f"/files/{hostile.hash}", headers={"Range": f"bytes={PIECE}-"}).data.startswith(PAGE)


SIZE = len(FILE.data)
RANGES = {
    "bytes=0-0": (0, 0),
    "bytes=0-": (0, SIZE - 1),
    f"bytes={PIECE - 1}-{PIECE}": (PIECE - 1, PIECE),
    "bytes=-1": (SIZE - 1, SIZE - 1),
    f"bytes=-{PIECE + 5}": (SIZE - PIECE - 5, SIZE - 1),
    f"bytes=-{SIZE * 10}": (0, SIZE - 1),
    f"bytes=5-{10**30}": (5, SIZE - 1),
    f"BYTES={SIZE - 1}-": (SIZE - 1, SIZE - 1),
}
ALL = ["bytes=5-2", "bytes=-", "bytes=", "bytes=a-b", "bytes=0-1,5-6", "bytes=" + "0-," * 500, "items=0-1", "bytes=0x0-0x1",
       "bytes=--5", "bytes=-5-", "bytes= 0 - 1", "bytes=" + "9" * 5_000 + "-", "bytes=١-٢", "\x00"]  # fmt: skip
BEHIND = [f"bytes={SIZE}-", f"bytes={SIZE}-{SIZE + 5}", f"bytes={10**40}-", "bytes=-0"]


def test_one_range_is_given_and_hostile_ones_do_no_harm(client, sender):
    sender.send(FILE)
    for asked, (first, last) in RANGES.items():
        answer = client.get(f"/files/{FILE.hash}", headers={"Range": asked})
        assert (answer.status_code, answer.headers["Content-Range"]) == (206, f"bytes {first}-{last}/{SIZE}"), asked
        assert int(answer.headers["Content-Length"]) == last - first + 1
        assert answer.data == FILE.data[first : last + 1]
    for asked in ALL:
        try:
            answer = client.get(f"/files/{FILE.hash}", headers={"Range": asked})
        except UnicodeEncodeError:
            continue  # no header can hold it
        assert (answer.status_code, answer.data) == (200, FILE.data), asked
    for asked in BEHIND:
        answer = client.get(f"/files/{FILE.hash}", headers={"Range": asked})
        assert str(SIZE) in error(answer, 416, "no_such_range")
        assert answer.headers["Content-Range"] == f"bytes */{SIZE}"


def test_a_file_that_is_known_is_not_sent_again(client, sender):
    sender.send(FILE)
    path, tag = f"/files/{FILE.hash}", f'"{FILE.hash}"'
    head = client.head(path, headers={"Range": "bytes=0-5"})
    assert (head.status_code, head.headers["Content-Length"], head.data) == (200, str(SIZE), b"")
    assert (head.headers["Accept-Ranges"], head.headers["ETag"]) == ("bytes", tag)
    same = client.get(path, headers={"If-None-Match": tag, "Range": "bytes=0-5"})
    assert (same.status_code, same.data) == (304, b"")
    assert client.get(f"{path}/pieces", headers={"If-None-Match": tag}).status_code == 304
    assert client.get(path, headers={"If-Range": tag, "Range": "bytes=0-5"}).data == FILE.data[:6]
    assert client.get(path, headers={"If-Range": '"other"', "Range": "bytes=0-5"}).data == FILE.data
    assert client.get(path, headers={"If-Range": "nonsense", "Range": "bytes=0-5"}).status_code == 200
    assert client.get(path, headers={"If-Match": '"other"'}).status_code == 412


BAD_NAMES = ["", "x", "00", "..", "../../etc/passwd", "%2e%2e%2f" * 3, "..%2f..%2f..%2fetc%2fpasswd", "%00" * 64, "AB" * 32,
             "Ab" + "cd" * 31, "ab" * 31, "ab" * 33, "0x" + "ab" * 32, "ab" * 31 + "%2f", "ab" * 31 + "%0a", "ｆ" * 64]  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES)
def test_a_path_is_never_made_of_anything_but_a_hash(app, client, sender, name):
    for answer in (
        sender.piece(name, b"piece"),
        client.get(f"/files/{name}"),
        client.get(f"/files/{name}/pieces"),
        client.head(f"/files/{name}"),
    ):
        assert answer.status_code in (308, 404, 405), name
        if answer.status_code == 308:  # one slash too many
            assert answer.headers["Location"].startswith((f"{ORIGIN}/files", "/files"))
    assert stored(app) == []


def test_a_hash_needs_its_0x_where_a_file_is_meant(client, sender):
    sender.send(FILE)
    assert "64" in error(client.get(f"/files/{FILE.hash[2:]}"), 404, "bad_hash")
    error(client.get(f"/files/0x{FILE.hash[2:].upper()}"), 404, "bad_hash")
    error(client.get(f"/files/0x{FILE.names[0]}"), 404, "no_file")
    error(client.get(f"/files/0x{'12' * 32}/pieces"), 404, "no_file")


def test_what_is_wrong_is_said_in_both_languages_and_nothing_is_kept(app, sender):
    too_long = bytes(PIECE + 1)
    name_of_long = hashlib.sha256(too_long).hexdigest()
    unsealed = Cut(b"%PDF-1.7 not sealed")
    cases = [
        (lambda **h: sender.piece(FILE.names[0], FILE.pieces[1], **h), 422, "other_hash", "SHA-256", "손상"),
        (lambda **h: sender.piece(FILE.names[0], b"", **h), 422, "empty_piece", "empty", "빈 조각"),
        (lambda **h: sender.piece(name_of_long, too_long, **h), 413, "too_large", "1 MiB", "1 MiB"),
        (lambda **h: sender.post("/files/missing", b"x" * 33, **h), 422, "bad_piece_list", "33", "33"),
        (lambda **h: sender.post("/files", b"", **h), 422, "bad_piece_list", "32", "32"),
        (lambda **h: sender.post("/files", FILE.piece_list, **h), 422, "pieces_missing", "3", "3"),
        (lambda **h: sender.post("/files", bytes(32 * 1026), **h), 413, "too_large", "1 GiB", "1 GiB"),
        (lambda **h: sender.post("/files/missing", bytes(32 * 1026), **h), 413, "too_large", "1 GiB", "1 GiB"),
    ]
    for act, status, key, english, korean in cases:
        assert english in error(act(), status, key)
        assert korean in error(act(**{"Accept-Language": "ko"}), status, key)
    assert stored(app) == []
    sender.piece(unsealed.names[0], unsealed.data)
    assert "not sealed" in error(sender.post("/files", unsealed.piece_list), 422, "not_sealed")
    told = error(sender.post("/files", unsealed.piece_list, **{"Accept-Language": "ko"}), 422, "not_sealed")
    assert "봉하지 않은" in told


def test_a_list_of_ten_million_is_refused_without_being_read(sender):
    class Unread:
        def read(self, *_):
            raise AssertionError("it was read")

    for path in ("/files", "/files/missing"):
        coming = {"wsgi.input": Unread(), "CONTENT_LENGTH": "320000000", "CONTENT_TYPE": "application/octet-stream"}
        error(sender.client.post(path, headers=sender.headers, environ_overrides=coming), 413, "too_large")


@pytest.mark.parametrize(
    "kind", ["application/octet-stream", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded"]
)
def test_a_body_without_a_length_is_not_read(app, sender, kind):
    read = []

    class Endless:
        def read(self, size=-1):
            assert size >= 0, "all of it was asked for"
            read.append(size)
            return b"x" * size

        def readinto(self, buffer):
            read.append(len(buffer))
            buffer[:] = b"x" * len(buffer)
            return len(buffer)

    coming = {"wsgi.input": Endless(), "wsgi.input_terminated": True, "CONTENT_TYPE": kind}
    coming |= {"HTTP_TRANSFER_ENCODING": "chunked"}
    path = f"/files/pieces/{'ab' * 32}"
    answer = sender.client.put(path, headers=sender.headers, environ_overrides=coming)
    error(answer, 411, "length_needed")
    assert read == []
    assert stored(app) == []


def test_strangers_and_other_sites_send_nothing(app, client, sender):
    name, piece = FILE.names[0], FILE.pieces[0]
    token = client.get("/auth/session").get_json()["csrfToken"]
    for send in (client.put, client.post):
        path = f"/files/pieces/{name}" if send == client.put else "/files"
        error(send(path, data=piece[:999]), 400, "csrf")
        error(send(path, data=piece[:999], headers={"X-CSRFToken": token}), 401, "sign_in")
        error(send(path, data=b"", headers={"X-CSRFToken": token, "Sec-Fetch-Site": "cross-site"}), 403, "http_403")
    error(client.post("/files/missing", data=bytes(32), headers={"X-CSRFToken": token}), 401, "sign_in")
    error(sender.client.put(f"/files/pieces/{name}", data=piece), 400, "csrf")
    assert stored(app) == []


def test_pieces_come_as_fast_as_a_gigabyte_needs(app):
    with app.app_context():
        settings = bound().settings
    slow = create_app(replace(settings, writes_a_minute=3))
    slow.test_client_class = Browser
    sender = Sender(slow)
    name = hashlib.sha256(b"x").hexdigest()
    codes = [sender.piece(name, b"x").status_code for _ in range(20)]
    assert codes == [201, *[200] * 19]
    assert sender.post("/files/missing", bytes(32)).status_code == 200, "pieces do not use up other writes"


def test_only_so_many_download_at_once(app, client, sender):
    sender.send(FILE)
    with app.app_context():
        files = bound().services.files
    places = [client.get(f"/files/{FILE.hash}", buffered=False) for _ in range(2)]
    refused = client.get(f"/files/{FILE.hash}")
    error(refused, 503, "busy")
    assert int(refused.headers["Retry-After"]) > 0
    assert client.head(f"/files/{FILE.hash}").status_code == 200
    for place in places:
        place.close()
    with client.get(f"/files/{FILE.hash}", headers={"Range": "bytes=0-1"}) as answer:
        assert answer.status_code == 206
    with app.test_request_context("/"):
        for _ in range(2):
            files.begin_download()


def test_a_place_is_given_back_when_a_download_cannot_begin(app, client, sender):
    sender.send(FILE)
    with app.app_context():
        files = bound().services.files
    files.store.put("0x" + FILE.names[0], FILE.pieces[1])
    for _ in range(5):
        error(client.get(f"/files/{FILE.hash}"), 404, "file_not_whole")


def test_a_file_whose_pieces_vanish_from_the_disk_is_told_as_such(app, client, sender):
    sender.send(FILE)
    with app.app_context():
        files = bound().services.files
    files.store.path("0x" + FILE.names[2]).unlink()
    files._whole.put(FILE.hash, (True, 0.0), 1)  # what was believed is too old by now
    assert not files.is_whole(FILE.hash)
    for method in (client.get, client.head):
        assert method(f"/files/{FILE.hash}").status_code == 404
    error(client.get(f"/files/{FILE.hash}"), 404, "file_not_whole")
    assert sender.post("/files/missing", FILE.piece_list).get_json() == {"missing": [2]}
    assert sender.send(FILE).status_code == 201
    assert client.get(f"/files/{FILE.hash}").data == FILE.data


def test_memory_stays_flat_when_a_large_file_is_sent_out(app, client, sender):
    large = Cut(FILE.pieces[0] + bytes(PIECE) * 63)
    for name in dict.fromkeys(large.names):
        sender.piece(name, large.pieces[large.names.index(name)])
    path = f"/files/{sender.post('/files', large.piece_list).get_json()['hash']}"
    tracemalloc.start()
    try:
        answer = client.get(path, buffered=False)
        size = sum(len(part) for part in answer.iter_encoded())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        answer.close()
    assert size == 64 * PIECE
    assert peak < 6 * PIECE, f"{peak} bytes at once"


def test_the_other_account_may_send_what_the_first_has_sent(app, sender):
    sender.send(FILE)
    assert Sender(app, BUYER).send(FILE).status_code == 201
