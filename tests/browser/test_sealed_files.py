"""Files sealed and opened by the browser itself, piece by piece: with stock age on the other side, and with what can go wrong."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyrage
import pytest
from playwright.sync_api import Browser, Page, Route

from tests.browser.conftest import Visitors
from tests.browser.shelf import Shelf, pieces_hash, wait_until
from tools.files.identity import identity_of

FOLDER = Path(__file__).parents[1] / "vectors" / "age"
SEALED = json.loads((FOLDER / "sealed.json").read_text())
KEY = bytes(range(32))
OTHER_KEY = bytes(reversed(KEY))
MIB = 1 << 20
LARGE = 160 * MIB
MOST_GROWTH = (
    128 * MIB
)  # of the tab's process: less than the file that goes through it; most of it is what is collected late
WORKER = "**/static/js/seal-worker.js"

RUN = """async ([act, words]) => {
  const sealing = await import("/static/js/sealing.js");
  const progress = told => { (window.told ??= []).push(told); };
  const jobs = {
    seal: async ({ key, ...options }) => sealing.seal(document.getElementById("file").files[0], key, { progress, ...options }),
    sealAndStop: async ({ key }) => {
      const stop = new AbortController();
      return sealing.seal(document.getElementById("file").files[0], key, { signal: stop.signal, progress: () => stop.abort() });
    },
    send: ({ name }) => sealing.send(name, { progress }),
    forget: ({ name }) => sealing.forget(name),
    open: async about => {
      const opened = window.opened = await sealing.open(about, { progress });
      return { size: opened.file.size };
    },
    openAndStop: async ({ until = 2, ...about }) => {
      const stop = new AbortController();
      return sealing.open(about, { signal: stop.signal, progress: told => told.done === until && stop.abort() });
    },
    close: () => window.opened.close(),
    sweep: () => sealing.sweep(),
  };
  window.told = [];
  try { return await jobs[act](words) ?? null; } catch (error) { return { problem: error.key ?? String(error), detail: error.detail }; }
}"""

STORED = """async () => {
  const names = [];
  const walk = async (folder, path) => {
    for await (const [name, handle] of folder.entries()) {
      if (handle.kind === "directory") await walk(handle, `${path}${name}/`);
      else names.push(path + name);
    }
  };
  await walk(await navigator.storage.getDirectory(), "");
  return names.sort();
}"""

SAVE = """() => {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(window.opened.file);
  link.download = "opened";
  link.click();
}"""


class Desk:
    """Somebody's window at a shelf, who seals and opens there."""

    def __init__(self, page: Page, shelf: Shelf, folder: Path) -> None:
        self.page = page
        self.shelf = shelf
        self.folder = folder
        page.goto("/")

    def choose(self, content: bytes) -> Path:
        """Choose a file, as somebody would in a form."""
        file = self.folder / "chosen"
        file.write_bytes(content)
        self.page.locator("#file").set_input_files(file)
        return file

    def run(self, act: str, **words: object) -> Any:
        """Have sealing.js do something; gives what it gives, or its problem."""
        return self.page.evaluate(RUN, [act, words])

    def seal(self, key: bytes = KEY, **options: object) -> dict[str, Any]:
        """Seal what was chosen."""
        found = self.run("seal", key=hexed(key), **options)
        assert "problem" not in found, found
        return dict(found)

    def open(self, act: str = "open", key: bytes = KEY, **about: object) -> dict[str, Any]:
        """Fetch a file and open it."""
        return dict(self.run(act, key=hexed(key), **about))

    def problem(self, act: str, **words: object) -> str:
        """Give the problem that must come."""
        return str(self.run(act, **words)["problem"])

    def told(self, step: str) -> list[dict[str, Any]]:
        """Give what the last job told of a step."""
        return [told for told in self.page.evaluate("window.told") if told["step"] == step]

    def saved(self) -> bytes:
        """Save what is open, as a page does it."""
        with self.page.expect_download() as download:
            self.page.evaluate(SAVE)
        return bytes(download.value.path().read_bytes())

    def stored(self) -> list[str]:
        """Give the names of what lies in the browser's private files."""
        return list(self.page.evaluate(STORED))


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    found = Shelf()
    yield found
    found.close()


@pytest.fixture
def desk(browser: Browser, shelf: Shelf, tmp_path: Path) -> Iterator[Desk]:
    visitors = Visitors(browser, shelf.origin)
    page = visitors.open()
    page.set_default_timeout(120_000)
    yield Desk(page, shelf, tmp_path)
    visitors.close()


def hexed(value: bytes) -> str:
    return "0x" + value.hex()


def about(sealed: bytes, content: bytes) -> dict[str, object]:
    """Give what a listing says of a file."""
    return {"ciphertextHash": pieces_hash(sealed), "plaintextHash": pieces_hash(content), "size": len(content)}


def shelved(shelf: Shelf, size: int) -> dict[str, object]:
    """Put a file that another program has sealed on the shelf, and give what its listing says."""
    content = secrets.token_bytes(size)
    sealed = pyrage.encrypt(content, [pyrage.x25519.Identity.from_str(identity_of(KEY)).to_public()])
    shelf.put(sealed)
    return about(sealed, content)


# ---- with other programs


@pytest.mark.parametrize("size", [1, 64 * 1024, MIB, 3 * MIB + 12_345], ids=["a_byte", "a_chunk", "a_piece", "pieces"])
@pytest.mark.parametrize("ahead", [False, True], ids=["then_sent", "sent_ahead"])
def test_other_programs_open_what_the_browser_has_sealed_and_sent(desk: Desk, size: int, ahead: bool) -> None:
    content = secrets.token_bytes(size)
    desk.choose(content)
    sealed = desk.seal(ahead=ahead)
    assert (sealed["size"], sealed["plaintextHash"]) == (size, pieces_hash(content))
    assert desk.told("sealing")[-1] == {"step": "sealing", "done": size, "of": size}
    assert desk.run("send", name=sealed["name"]) == {"hash": sealed["ciphertextHash"], "size": sealed["ciphertextSize"]}
    there = desk.shelf.files[sealed["ciphertextHash"]]
    assert (len(there), pieces_hash(there)) == (sealed["ciphertextSize"], sealed["ciphertextHash"])
    assert pyrage.decrypt(there, [pyrage.x25519.Identity.from_str(identity_of(KEY))]) == content
    assert desk.stored() == []


@pytest.mark.skipif(shutil.which("age") is None, reason="the program age is missing (apt install age)")
def test_program_age_and_the_browser_open_each_others_files(desk: Desk, tmp_path: Path) -> None:
    content = secrets.token_bytes(2 * MIB + 7)
    key = tmp_path / "key.txt"
    key.write_text(identity_of(KEY) + "\n")
    desk.choose(content)
    sealed = desk.seal(ahead=True)
    desk.run("send", name=sealed["name"])
    by_browser = desk.shelf.files[sealed["ciphertextHash"]]
    opened = subprocess.run(["age", "-d", "-i", key], input=by_browser, capture_output=True, check=True)
    assert opened.stdout == content
    by_age = subprocess.run(["age", "-e", "-i", key], input=content, capture_output=True, check=True).stdout
    desk.shelf.put(by_age)
    assert desk.open(**about(by_age, content)) == {"size": len(content)}
    assert desk.saved() == content


def test_browser_opens_the_vector_and_nothing_stays_when_it_is_closed(desk: Desk) -> None:
    desk.shelf.put((FOLDER / "sealed.age").read_bytes())
    opened = desk.open(key=bytes.fromhex(SEALED["key"][2:]), **{name: SEALED[name] for name in about(b"1", b"1")})
    assert opened == {"size": SEALED["size"]}
    assert pieces_hash(desk.saved()) == SEALED["plaintextHash"]
    assert desk.stored() != []
    desk.run("close")
    assert desk.stored() == []


def test_browser_opens_what_another_program_has_sealed_in_pieces(desk: Desk) -> None:
    file = shelved(desk.shelf, 3 * MIB + 999)
    assert desk.open(**file) == {"size": 3 * MIB + 999}
    assert pieces_hash(desk.saved()) == file["plaintextHash"]
    assert desk.shelf.fetched() == [0, 1, 2, 3]
    assert [told["of"] for told in desk.told("fetching")] == [4] * 4


# ---- what can go wrong with the file and its key


@pytest.mark.parametrize(("index", "fetched"), [(0, {0}), (2, {0, 1, 2, 3})])
def test_damaged_piece_is_refused_by_its_hash_and_fetched_again_alone(
    desk: Desk, index: int, fetched: set[int]
) -> None:
    file = shelved(desk.shelf, 3 * MIB + 5)
    desk.shelf.damaged = {index}
    problem = desk.open(**file)
    assert problem == {"problem": "hash_differs", "detail": f"piece {index}"}
    assert set(desk.shelf.fetched()) == fetched
    desk.shelf.damaged, desk.shelf.asked = set(), []
    assert desk.open(**file) == {"size": file["size"]}
    assert index in desk.shelf.fetched()
    assert 1 not in desk.shelf.fetched() or index == 0, "what was right is not fetched again"


def test_piece_list_is_refused_when_it_is_not_the_one_on_the_chain(desk: Desk) -> None:
    file = shelved(desk.shelf, MIB + 5)
    name = str(file["ciphertextHash"])
    desk.shelf.lists[name] = desk.shelf.lists[name][32:]
    assert desk.open(**file)["problem"] == "hash_differs"
    assert desk.shelf.fetched() == []


def test_wrong_key_shows_after_the_first_piece(desk: Desk) -> None:
    file = shelved(desk.shelf, 3 * MIB)
    assert desk.open(key=OTHER_KEY, **file)["problem"] == "wrong_key"
    assert desk.shelf.fetched() == [0]


def test_damage_that_the_seller_has_sealed_in_is_told_from_a_wrong_key(desk: Desk) -> None:
    content = secrets.token_bytes(2 * MIB)
    sealed = bytearray(pyrage.encrypt(content, [pyrage.x25519.Identity.from_str(identity_of(KEY)).to_public()]))
    sealed[-1] ^= 1
    desk.shelf.put(bytes(sealed))
    assert desk.open(**about(bytes(sealed), content))["problem"] == "damaged"
    assert not [name for name in desk.stored() if "plaintext" in name]


@pytest.mark.parametrize("change", [{"plaintextHash": hexed(bytes(32))}, {"size": MIB}])
def test_content_is_refused_when_it_is_not_what_was_listed(desk: Desk, change: dict[str, object]) -> None:
    file = shelved(desk.shelf, MIB + 1)
    assert desk.open(**{**file, **change})["problem"] == "plaintext_differs"
    assert not [name for name in desk.stored() if "plaintext" in name]


@pytest.mark.parametrize(("size", "problem"), [(0, "empty"), ((1 << 30) + 1, "too_large")])
def test_file_is_refused_when_it_is_empty_or_too_large(desk: Desk, size: int, problem: str) -> None:
    file = desk.choose(b"")
    os.truncate(file, size)
    desk.page.locator("#file").set_input_files(file)
    assert desk.problem("seal", key=hexed(KEY)) == problem
    assert desk.stored() == []


def test_file_is_refused_when_it_changes_on_the_disk_after_it_was_chosen(desk: Desk) -> None:
    file = desk.choose(secrets.token_bytes(MIB))
    file.write_bytes(secrets.token_bytes(MIB - 1))
    assert desk.problem("seal", key=hexed(KEY)) == "unreadable"
    assert desk.stored() == []


# ---- what breaks off, and goes on


def test_download_goes_on_where_it_stopped_when_the_page_was_loaded_again(desk: Desk) -> None:
    file = shelved(desk.shelf, 5 * MIB + 5)
    desk.shelf.cuts = {3, 4, 5}
    desk.page.evaluate(f"words => {{ ({RUN})(['open', words]); }}", {**file, "key": hexed(KEY)})
    wait_until(lambda: desk.shelf.fetched().count(3) > 1)
    desk.page.reload()
    desk.shelf.cuts, desk.shelf.asked = set(), []
    assert desk.open(**file) == {"size": file["size"]}
    assert set(desk.shelf.fetched()) == {3, 4, 5}
    assert pieces_hash(desk.saved()) == file["plaintextHash"]


def test_download_goes_on_by_itself_when_a_piece_breaks_off(desk: Desk) -> None:
    file = shelved(desk.shelf, MIB + 5)
    desk.shelf.cuts = {1}
    desk.page.evaluate(f"words => {{ window.ended = ({RUN})(['open', words]); }}", {**file, "key": hexed(KEY)})
    wait_until(lambda: desk.shelf.fetched().count(1) > 1)
    desk.shelf.cuts = set()
    assert desk.page.evaluate("window.ended") == {"size": file["size"]}


def test_cancelled_download_keeps_its_pieces_and_cancelled_sealing_keeps_nothing(desk: Desk) -> None:
    desk.choose(secrets.token_bytes(8 * MIB))
    assert desk.problem("sealAndStop", key=hexed(KEY)) == "cancelled"
    assert desk.stored() == []
    file = shelved(desk.shelf, 8 * MIB)
    assert desk.open("openAndStop", **file)["problem"] == "cancelled"
    before, desk.shelf.asked = set(desk.shelf.fetched()), []
    assert desk.open(**file) == {"size": file["size"]}
    assert 0 in before
    assert 0 not in desk.shelf.fetched()


def test_upload_sends_only_what_is_missing_when_the_page_was_loaded_again(desk: Desk) -> None:
    desk.choose(secrets.token_bytes(4 * MIB))
    sealed = desk.seal()
    desk.page.reload()
    desk.shelf.signed_in = False
    assert desk.problem("send", name=sealed["name"]) == "signed_out"
    desk.shelf.signed_in = True
    desk.shelf.busy = 3
    assert desk.run("send", name=sealed["name"])["hash"] == sealed["ciphertextHash"]
    desk.choose(secrets.token_bytes(4 * MIB))
    ahead = desk.seal(ahead=True)
    desk.shelf.asked = []
    assert desk.run("send", name=ahead["name"])["hash"] == ahead["ciphertextHash"]
    writes = [line for line in desk.shelf.asked if not line.startswith("GET")]
    assert writes == ["POST /files/missing", "POST /files"], "all of it was there"
    assert desk.problem("send", name=ahead["name"]) == "gone"


def test_sealing_goes_on_when_what_is_sent_ahead_is_refused(desk: Desk) -> None:
    desk.choose(secrets.token_bytes(3 * MIB))
    desk.shelf.signed_in = False
    sealed = desk.seal(ahead=True)
    assert desk.shelf.pieces == {}
    desk.shelf.signed_in = True
    assert desk.run("send", name=sealed["name"])["hash"] == sealed["ciphertextHash"]


def test_nothing_stays_when_a_sealed_file_is_forgotten_or_swept(desk: Desk) -> None:
    desk.choose(secrets.token_bytes(MIB))
    sealed = desk.seal()
    desk.run("sweep")
    assert len(desk.stored()) == 2, "what was sealed today may still be sent"
    desk.run("forget", name=sealed["name"])
    assert desk.stored() == []
    file = shelved(desk.shelf, 2 * MIB)
    desk.open(**file)
    desk.run("sweep")
    assert len(desk.stored()) == 2, "it is open"
    assert desk.problem("open", key=hexed(KEY), **file) == "busy"
    desk.page.reload()
    wait_until(lambda: not desk.page.evaluate("navigator.locks.query().then(found => found.held.length)"))
    desk.run("sweep")
    assert [name.rsplit("/", 1)[1] for name in desk.stored()] == ["ciphertext"]


# ---- what a browser may lack


def test_full_disk_is_told_when_the_browser_writes_no_more(desk: Desk) -> None:
    desk.choose(secrets.token_bytes(4 * MIB))
    devtools = desk.page.context.new_cdp_session(desk.page)
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": desk.shelf.origin, "quotaSize": 2 * MIB})
    assert desk.problem("seal", key=hexed(KEY)) == "disk_full"
    assert desk.stored() == []
    file = shelved(desk.shelf, 4 * MIB)
    assert desk.open(**file)["problem"] == "disk_full"
    devtools.send("Storage.overrideQuotaForOrigin", {"origin": desk.shelf.origin})
    desk.shelf.asked = []
    assert desk.open(**file) == {"size": file["size"]}
    assert 0 not in desk.shelf.fetched(), "what had room is kept"


@pytest.mark.parametrize(
    ("lacking", "problem"),
    [
        ("StorageManager.prototype.estimate = async () => ({ quota: 3000000, usage: 2000000 });", "disk_full"),
        ("delete StorageManager.prototype.getDirectory;", "no_opfs"),
        ("delete FileSystemFileHandle.prototype.createSyncAccessHandle;", "no_opfs"),
        (
            "StorageManager.prototype.getDirectory = () => { throw new DOMException('no', 'SecurityError'); };",
            "no_opfs",
        ),
        (
            "const was = SubtleCrypto.prototype.importKey; SubtleCrypto.prototype.importKey = function (form, key, way, ...rest) {"
            " if (way.name === 'X25519') throw new DOMException('no', 'NotSupportedError');"
            " return was.call(this, form, key, way, ...rest); };",
            "no_x25519",
        ),
        ("throw new Error('no modules');", "no_worker"),
    ],
)
def test_what_the_browser_lacks_is_told(desk: Desk, lacking: str, problem: str) -> None:
    file = shelved(desk.shelf, MIB)
    desk.choose(secrets.token_bytes(MIB))
    in_worker(desk, lacking)
    assert desk.problem("seal", key=hexed(KEY)) == problem
    assert desk.open(**file)["problem"] == problem


def in_worker(desk: Desk, script: str) -> None:
    """Take something from the worker before it begins; no browser that can be had here lacks it."""

    def answer(route: Route) -> None:
        found = route.fetch()
        route.fulfill(response=found, body=f"{found.text()}\n{script}")

    desk.page.context.route(WORKER, answer)


# ---- memory


@pytest.mark.slow
def test_memory_of_the_tab_stays_flat_when_a_large_file_is_sealed_and_opened(desk: Desk) -> None:
    desk.choose(secrets.token_bytes(MIB))
    desk.run("send", name=desk.seal()["name"])  # all scripts are loaded, and warm
    desk.choose(secrets.token_bytes(LARGE))
    peak = Peak(desk)
    sealed = desk.seal()
    desk.run("send", name=sealed["name"])
    assert peak.growth() < MOST_GROWTH
    file = {name: sealed[name] for name in about(b"1", b"1")}
    # not while it is fetched: the tools that drive the browser here keep what comes over the network, up to 200 MB
    assert desk.open("openAndStop", **file, until=LARGE // MIB + 1)["problem"] == "cancelled"
    peak = Peak(desk)
    assert desk.open(**file) == {"size": LARGE}
    assert peak.growth() < MOST_GROWTH


class Peak:
    """The most memory that the tab's process had since; the system keeps count."""

    def __init__(self, desk: Desk) -> None:
        devtools = desk.page.context.browser.new_browser_cdp_session()
        found = devtools.send("SystemInfo.getProcessInfo")["processInfo"]
        self.renderers = [Path("/proc") / str(process["id"]) for process in found if process["type"] == "renderer"]
        self.before = [self.peak(process, "VmRSS") for process in self.renderers]
        for process in self.renderers:
            (process / "clear_refs").write_text("5")  # begins to count anew

    @staticmethod
    def peak(process: Path, name: str = "VmHWM") -> int:
        lines = (process / "status").read_text().splitlines()
        return 1024 * int(next(line for line in lines if line.startswith(name + ":")).split()[1])

    def growth(self) -> int:
        return max(self.peak(process) - before for process, before in zip(self.renderers, self.before, strict=True))
