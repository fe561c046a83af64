"""Measures a file of 1 GiB on its way through a browser: sealed and sent, fetched and opened, beside a plain copy.

A real market on Anvil, its web server with two workers, and a real Chromium that is driven from here; all on the same
machine. The market's settings are the ones it comes with. Memory is what the system counts as a process's peak.
"""

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.market import RunningMarket, running_market
from tests.browser.people import Person
from tests.browser.town import Town
from tools.chromium import known

MIB = 1 << 20
BYTES, QUICK_BYTES = 1 << 30, 64 * MIB
MB = 1_000_000
PATIENCE_MS = 30 * 60 * 1000
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
    peaks = Peaks(page)
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
    with running_market("anvil", folder) as market, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=known(), args=["--no-sandbox"])
        try:
            yield signed_in(browser, market)
        finally:
            browser.close()
    shutil.rmtree(folder)


def signed_in(browser: Browser, market: RunningMarket) -> Person:
    """Sign somebody in."""
    town = Town(market)
    wallet = town.wallet()
    context = browser.new_context(base_url=market.origin)
    context.set_default_timeout(PATIENCE_MS)
    wallet.attach(context)
    person = Person(context.new_page(), wallet, town)
    person.sign_in()
    person.open("/notes/keys")  # a page for the wallet has the token that writing needs
    return person


class Peaks:
    """The most memory that the browser's tabs and the web server's processes took since; the system keeps count."""

    def __init__(self, page: Page) -> None:
        browser = page.context.browser
        if browser is None:
            raise ValueError("the page has no browser of its own")
        processes = browser.new_browser_cdp_session().send("SystemInfo.getProcessInfo")["processInfo"]
        self.tabs = [Path("/proc") / str(process["id"]) for process in processes if process["type"] == "renderer"]
        self.servers = [place for place in descendants(os.getpid()) if b"frontend.operations" in words_of(place)]
        if not (self.tabs and self.servers):
            raise ValueError("found no tab, or no web server, to look at")
        for place in (*self.tabs, *self.servers):
            (place / "clear_refs").write_text("5")  # begins to count anew

    def of_tabs(self) -> int:
        """Give the largest tab's peak, bytes."""
        return max(peak(place) for place in self.tabs)

    def of_servers(self) -> int:
        """Give the sum of the peaks of the web server's processes, bytes."""
        return sum(peak(place) for place in self.servers)


def peak(process: Path) -> int:
    """Give a process's peak, bytes."""
    lines = (process / "status").read_text().splitlines()
    return 1024 * int(next(line for line in lines if line.startswith("VmHWM:")).split()[1])


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
