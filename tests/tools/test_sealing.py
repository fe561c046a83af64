"""Sealing, hashing and opening on the seller's own machine, with stock age on the other side and flat memory."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pyrage
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.browser.shelf import PIECE, Shelf, pieces_hash
from tools.files import __main__ as command
from tools.files import download, keys
from tools.files import seal as sealing
from tools.files import wrap as curve
from tools.files.identity import identity_of
from tools.files.pieces import PiecesHash
from tools.files.problems import FileProblem, WrongContent
from tools.files.seal import open_sealed, seal
from tools.places import ROOT

SALT = bytes(range(32))
CONTENT = b"a goblin's song\n" * 100_000
MEBIBYTE = 1 << 20
STREAM = """
import resource, sys
from pathlib import Path
from tools.files.seal import open_sealed, seal
folder, identity = Path(sys.argv[1]), sys.argv[2]
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
said = seal(folder / "large", folder / "large.age", identity, bytes(32))
from tools.files.wrap import derive_sold_key
open_sealed(folder / "large.age", folder / "again", derive_sold_key(identity, bytes(32)), said.plaintext_hash)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.fixture
def identity() -> str:
    return str(pyrage.x25519.Identity.generate())


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "song"
    path.write_bytes(CONTENT)
    return path


@pytest.fixture
def key_file(tmp_path: Path, identity: str) -> Path:
    path = tmp_path / "keys.txt"
    path.touch(mode=0o600)
    path.write_text(f"# created: now\n# public key: age1\n{identity}\n{pyrage.x25519.Identity.generate()}\n")
    return path


@given(portions=st.lists(st.integers(1, 3 * PIECE // 2), min_size=1, max_size=4))
def test_pieces_hash_is_the_same_in_whatever_portions_bytes_come(portions):
    content = bytes(sum(portions))
    found, at = PiecesHash(), 0
    for portion in portions:
        found.add(content[at : at + portion])
        at += portion
    assert "0x" + found.hash().hex() == pieces_hash(content)
    assert found.size == len(content)


@pytest.mark.parametrize("size", [1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE])
def test_hash_command_says_what_standard_tools_say(tmp_path, capsys, size):
    path = tmp_path / "file"
    path.write_bytes(b"\7" * size)
    assert command.main(["hash", str(path)]) == 0
    said = json.loads(capsys.readouterr().out)
    script = "split -b 1048576 --filter='sha256sum | cut -c1-64' \"$1\" | tr -d '\\n'"
    listed = subprocess.run(["bash", "-c", script, "_", path], capture_output=True, text=True, check=True).stdout
    by_tools = subprocess.run(["sha256sum"], input=bytes.fromhex(listed), capture_output=True, check=True).stdout
    assert said == {"hash": "0x" + by_tools[:64].decode(), "size": size}


def test_sealed_file_is_what_the_listing_says(plain, key_file, identity, capsys):
    assert command.main(["seal", str(plain), "--keys", str(key_file), "--salt", "0x" + SALT.hex()]) == 0
    heard = capsys.readouterr()
    said = json.loads(heard.out)
    sold = curve.derive_sold_key(identity, SALT)  # the newest key of the file
    sealed = Path(said["file"])
    assert said == {
        "file": f"{plain}.age",
        "salt": "0x" + SALT.hex(),
        "keyHash": "0x" + curve.key_hash(SALT, sold).hex(),
        "ciphertextHash": pieces_hash(sealed.read_bytes()),
        "plaintextHash": pieces_hash(CONTENT),
        "size": len(CONTENT),
    }
    assert heard.err == ""
    assert pyrage.decrypt(sealed.read_bytes(), [pyrage.x25519.Identity.from_str(identity_of(sold))]) == CONTENT


@pytest.mark.skipif(shutil.which("age") is None, reason="the program age is missing (apt install age)")
def test_stock_age_opens_what_was_sealed_with_the_sold_key(plain, key_file, identity, tmp_path):
    assert command.main(["seal", str(plain), "--keys", str(key_file), "--salt", "0x" + SALT.hex()]) == 0
    bought = tmp_path / "bought.key"
    bought.write_text(identity_of(curve.derive_sold_key(identity, SALT)))
    done = subprocess.run(["age", "--decrypt", "--identity", bought, f"{plain}.age"], capture_output=True)
    assert (done.returncode, done.stdout) == (0, CONTENT), done.stderr


def test_salt_is_drawn_anew_each_time_when_none_is_given(plain, key_file, tmp_path, capsys):
    drawn = set()
    for name in ("one", "two"):
        assert command.main(["seal", str(plain), "--keys", str(key_file), "-o", str(tmp_path / name)]) == 0
        drawn.add(json.loads(capsys.readouterr().out)["salt"])
    assert len(drawn) == 2


def test_memory_stays_flat_when_a_large_file_is_sealed_and_opened(tmp_path, identity):
    with (tmp_path / "large").open("wb") as file:
        file.truncate(64 * MEBIBYTE)
    done = subprocess.run(
        [sys.executable, "-c", STREAM, tmp_path, identity], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 8 * 1024
    assert (tmp_path / "again").stat().st_size == 64 * MEBIBYTE


def test_nothing_is_overwritten_and_nothing_half_done_is_left(plain, identity, tmp_path):
    target = tmp_path / "there.age"
    target.write_bytes(b"mine")
    with pytest.raises(FileProblem, match="is there already"):
        seal(plain, target, identity, SALT)
    assert target.read_bytes() == b"mine"
    sealed = tmp_path / "sealed.age"
    said = seal(plain, sealed, identity, SALT)
    sold = curve.derive_sold_key(identity, SALT)
    content = bytearray(sealed.read_bytes())
    content[len(content) // 2] ^= 1
    sealed.write_bytes(content)
    before = sorted(tmp_path.iterdir())
    with pytest.raises(WrongContent, match="the key does not open"):
        open_sealed(sealed, tmp_path / "opened", sold, said.plaintext_hash)
    content[len(content) // 2] ^= 1
    sealed.write_bytes(content)
    with pytest.raises(WrongContent, match="is not the file that the listing promised"):
        open_sealed(sealed, tmp_path / "opened", sold, bytes(32))
    assert sorted(tmp_path.iterdir()) == before


def test_file_that_cannot_be_sold_is_refused(tmp_path, identity):
    (tmp_path / "empty").touch()
    with (tmp_path / "huge").open("wb") as file:
        file.truncate((1 << 30) + 1)
    for name, told in (("empty", "is empty"), ("huge", "holds at most 1,073,741,824"), ("gone", "cannot be read")):
        with pytest.raises(FileProblem, match=told):
            seal(tmp_path / name, tmp_path / "sealed", identity, SALT)
    assert not (tmp_path / "sealed").exists()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (b"", "there is no key in"),
        (b"# only words\n", "there is no key in"),
        (b"\n# x\nAGE-SECRET-KEY-1WRONG\n", "line 3 of .* is no key"),
        (b"\xff\xfe", "it is not text"),
        (b"#" * 100_001, "it is too long"),
    ],
)
def test_file_without_keys_is_refused_and_not_repeated(tmp_path, text, told):
    path = tmp_path / "keys"
    path.write_bytes(text)
    with pytest.raises(FileProblem, match=told) as caught:
        keys.read_identities(path)
    assert "WRONG" not in str(caught.value)


def test_key_file_that_others_can_read_is_warned_of(plain, key_file, capsys):
    key_file.chmod(0o604)
    assert command.main(["seal", str(plain), "--keys", str(key_file)]) == 0
    assert f"protect it: chmod 600 {key_file}" in capsys.readouterr().err


def test_command_says_what_there_is_when_it_is_given_nothing_or_something_else(capsys):
    assert command.main([]) == 2
    assert command.main(["bury"]) == 2
    assert "seal FILE --keys KEYS" in capsys.readouterr().err
    assert command.main(["hash", "/nowhere"]) == 1
    assert capsys.readouterr().err == "✗ /nowhere cannot be read (No such file or directory).\n"


@pytest.fixture
def shelf():
    found = Shelf()
    yield found
    found.close()


def test_download_goes_on_where_it_broke_off_and_believes_nothing_that_lies_there(shelf, tmp_path):
    content = bytes(range(256)) * (10 * PIECE // 1024)  # two pieces and a half
    name = bytes.fromhex(shelf.put(content)[2:])
    server, target = download.Server(shelf.origin, pause_s=0.01), tmp_path / "part"
    shelf.cuts = {1}
    with pytest.raises(FileProblem, match="What has come is kept"):
        download.fetch(server, name, target)
    assert target.read_bytes() == content[:PIECE]
    shelf.cuts = set()
    target.write_bytes(content[:PIECE] + b"rubbish" * PIECE)
    shelf.asked.clear()
    download.fetch(server, name, target)
    assert target.read_bytes() == content
    assert shelf.fetched() == [1, 2]


def test_download_refuses_a_server_that_does_not_have_or_alters_the_file(shelf, tmp_path):
    server, target = download.Server(shelf.origin, pause_s=0.01), tmp_path / "part"
    with pytest.raises(FileProblem, match="does not have this file"):
        download.fetch(server, bytes(32), target)
    name = bytes.fromhex(shelf.put(CONTENT)[2:])
    shelf.lists["0x" + name.hex()] = bytes(64)
    with pytest.raises(WrongContent, match="list of pieces is not that of the file"):
        download.fetch(server, name, target)
    with pytest.raises(FileProblem, match="takes the address of a market"):
        download.Server("ftp://market.example")
    assert not target.exists()


def test_full_disk_accuses_nobody_when_a_bought_file_is_opened(plain, key_file, identity, tmp_path, monkeypatch):
    assert command.main(["seal", str(plain), "--keys", str(key_file), "--salt", "0x" + SALT.hex()]) == 0
    # a device that takes nothing, in the place of a disk without room
    monkeypatch.setattr(sealing, "written_whole", lambda _path: io.FileIO("/dev/full", "w"))
    with pytest.raises(FileProblem, match="Is there room on the disk") as problem:
        open_sealed(Path(f"{plain}.age"), tmp_path / "opened", curve.derive_sold_key(identity, SALT), bytes(32))
    assert not isinstance(problem.value, WrongContent)
