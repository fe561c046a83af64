"""Measures a file of 1 GiB on its way through a browser: sealed and sent, fetched and opened, beside a plain copy.

A real market on Anvil, its web server with two workers, and a real Chromium that is driven from here; all on the same
machine. The market's settings are the ones it comes with; the browser keeps its files on the disk, as it does for a user.
Memory of a tab is what the system counts as its peak; that of the web server's processes is what they have together, pages
that they share counted once, looked at ten times a second.
"""

import os
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import BrowserContext, sync_playwright

from tests.browser.market import RunningMarket, running_market
from tests.browser.people import Person
from tests.browser.town import Town
from tools.chromium import known

MIB = 1 << 20
BYTES, QUICK_BYTES = 1 << 30, 64 * MIB
MB = 1_000_000
PATIENCE_MS = 30 * 60 * 1000
LOOKS_EVERY_S = 0.1
KEY = "0x" + "2a" * 32

# what the pages of the market call, with what a person would choose
SEAL = """async key => {
  const { seal, send } = await import("/static/js/sealing.js");
  const sealed = await seal(document.getElementById("bench-file").files[0], key, { ahead: true });
  await send(sealed.name);
  return sealed;
}"""
OPEN = """async about => {
  const { open } = await import("/static/js/sealing.js");
  const { file, close } = await open(about);
  await close();
  return file.size;
}"""
FIELD = """() => {
  const field = document.createElement("input");
  Object.assign(field, { type: "file", id: "bench-file" });
  document.body.append(field);
}"""


def measure(runs: int, quick: bool) -> dict[str, Any]:
    """Give the part's results; the first run of each step warms nothing and counts like the others."""
    size = QUICK_BYTES if quick else BYTES
    found = []
    with tempfile.TemporaryDirectory(prefix="dokkaebi-sealing-") as folder:
        for number in range(runs):
            with market_and_person(Path(folder) / f"market-{number}") as person:
                found.append(one_run(person, Path(folder), size))
    figures = {
        "seal_1gb_mb_per_s": round(statistics.median(run["seal_and_send_mb_per_s"] for run in found), 1),
        "seal_1gb_server_peak_mb": round(max(run["server_peak_bytes"] for run in found) / MB),
        "seal_1gb_tab_peak_mb": round(max(run["tab_peak_bytes"] for run in found) / MB),
        "open_1gb_mb_per_s": round(statistics.median(run["fetch_and_open_mb_per_s"] for run in found), 1),
    }
    setting = (
        f"a file of {size:,} random bytes, {runs} runs, each in a new market; rates are medians, peaks the highest"
    )
    return {"figures": figures, "setting": setting, "each_run": found}


def one_run(person: Person, folder: Path, size: int) -> dict[str, Any]:
    """Send a file through once, and copy it plainly."""
    plain = folder / "plain"
    write_random(plain, size)
    page = person.page
    page.evaluate(FIELD)
    page.set_input_files("#bench-file", plain)
    with Peaks() as peaks:
        sealed, sealing_s = timed(lambda: page.evaluate(SEAL, KEY))
        about = {name: sealed[name] for name in ("ciphertextHash", "plaintextHash", "size")}
        opened, opening_s = timed(lambda: page.evaluate(OPEN, {**about, "key": KEY}))
    if opened != size:
        raise ValueError(f"{opened} bytes came out of {size}")
    _, copying_s = timed(lambda: copy(plain, folder / "copy"))
    return {
        "seal_and_send_mb_per_s": round(size / MB / sealing_s, 1),
        "fetch_and_open_mb_per_s": round(size / MB / opening_s, 1),
        "plain_copy_mb_per_s": round(size / MB / copying_s, 1),
        "server_peak_bytes": peaks.of_servers(),
        "tab_peak_bytes": peaks.of_tabs(),
    }


def write_random(path: Path, size: int) -> None:
    """Write so many random bytes, a piece at a time."""
    with path.open("wb") as file:
        for _ in range(size // MIB):
            file.write(os.urandom(MIB))


def copy(source: Path, target: Path) -> None:
    """Copy a file onto the disk itself."""
    shutil.copyfile(source, target)
    with target.open("rb") as file:
        os.fsync(file.fileno())
    target.unlink()


def timed(act: Callable[[], Any]) -> tuple[Any, float]:
    """Give what it gives, and the seconds that it took."""
    began = time.monotonic()
    return act(), time.monotonic() - began


@contextmanager
def market_and_person(folder: Path) -> Iterator[Person]:
    """Bring a market up, and somebody signed in with a window at it."""
    profile = folder.with_name(f"{folder.name}-profile")  # without one, files would lie in the browser's memory
    with running_market("anvil", folder) as market, sync_playwright() as driver:
        context = driver.chromium.launch_persistent_context(
            profile, executable_path=known(), args=["--no-sandbox"], base_url=market.origin
        )
        try:
            yield signed_in(context, market)
        finally:
            context.close()
    for done in (folder, profile):
        shutil.rmtree(done)


def signed_in(context: BrowserContext, market: RunningMarket) -> Person:
    """Sign somebody in."""
    town = Town(market)
    wallet = town.wallet()
    context.set_default_timeout(PATIENCE_MS)
    wallet.attach(context)
    person = Person(context.new_page(), wallet, town)
    person.sign_in()
    person.open("/notes/keys")  # a page for the wallet has the token that writing needs
    return person


class Peaks:
    """The most memory that the browser's tabs, and the web server's processes together, took while it was looked."""

    def __init__(self) -> None:
        started = {place: words_of(place) for place in descendants(os.getpid())}
        self.tabs = [place for place, words in started.items() if b"--type=renderer" in words]
        self.servers = [place for place, words in started.items() if b"frontend.operations" in words]
        if not (self.tabs and self.servers):
            raise ValueError("found no tab, or no web server, to look at")
        self._of_servers = 0
        self._done = threading.Event()
        self._looking = threading.Thread(target=self._look)

    def __enter__(self) -> Self:
        for place in self.tabs:
            (place / "clear_refs").write_text("5")  # begins to count anew
        self._looking.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._looking.join()

    def _look(self) -> None:
        while not self._done.wait(LOOKS_EVERY_S):
            self._of_servers = max(self._of_servers, sum(map(share, self.servers)))

    def of_tabs(self) -> int:
        """Give the largest tab's peak, bytes."""
        return max(bytes_of(place / "status", "VmHWM:") for place in self.tabs)

    def of_servers(self) -> int:
        """Give the most that the web server's processes took together, bytes."""
        return self._of_servers


def share(process: Path) -> int:
    """Give what a process takes, its part of what it shares with others, bytes."""
    return bytes_of(process / "smaps_rollup", "Pss:")


def bytes_of(table: Path, name: str) -> int:
    """Give a figure that the system tells in kB, bytes."""
    line = next(line for line in table.read_text().splitlines() if line.startswith(name))
    return 1024 * int(line.split()[1])


def words_of(process: Path) -> bytes:
    """Give a process's command line; nothing of one that has ended."""
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""


def descendants(pid: int) -> list[Path]:
    """Give the processes that a process started, and those that they started."""
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            found += [Path("/proc") / child, *descendants(int(child))]
    return found
