"""Real Chromium, real chain, real server; only the wallet's window is played by the test."""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.market import RunningMarket, make_seeded, running_market
from tests.browser.people import Person
from tests.browser.town import Stall, Town
from tests.browser.wallet import Wallet

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
PATIENCE_MS = 15_000


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
    quiet += ["--disable-component-update", "--disable-sync", "--no-first-run"]
    return {**browser_type_launch_args, "executable_path": os.environ.get("CHROMIUM"), "args": quiet}


@pytest.fixture(scope="session")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMarket]:
    """A market of this worker's own, with the demo in it."""
    kind, folder = os.environ.get("BROWSER_CHAIN", "anvil"), tmp_path_factory.mktemp("market") / "data"
    shutil.copytree(seeded(kind, tmp_path_factory), folder)
    with running_market(kind, folder) as found:
        yield found


def seeded(kind: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of a market with the demo: the first worker makes it, the others wait."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / f"seeded-{kind}"
    with shared.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not shared.exists():
            unfinished = shared.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)  # of a worker that failed
            make_seeded(kind, unfinished)
            unfinished.rename(shared)
    return shared


@pytest.fixture(scope="session")
def town(market: RunningMarket) -> Town:
    return Town(market)


@pytest.fixture(scope="session")
def stall(town: Town) -> Stall:
    """A community of the tests' own, with listings that hardly sell out."""
    return town.open_stall()


@pytest.fixture
def wallet(town: Town) -> Wallet:
    """A new account with some ETH."""
    return town.wallet()


def pytest_configure() -> None:
    expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # those that stay together take longest, so they begin; a worker that has them makes no market with the demo first
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)
    if os.environ.get("BROWSER_CHAIN", "anvil") == "anvil":
        return
    here = Path(__file__).parent
    left = [item for item in items if here in item.path.parents and item.get_closest_marker("anvil_only")]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


class Visitors:
    """Opens windows: each a fresh browser profile. Remembers whatever left the market's origin."""

    def __init__(self, browser: Browser, origin: str) -> None:
        self.browser = browser
        self.origin = origin
        self.contexts: list[BrowserContext] = []
        self.strangers: list[str] = []

    def open(
        self, person: Wallet | None = None, size: dict = DESKTOP, locale: str = "en-US", scheme: str = "light"
    ) -> Page:
        """Open a window for somebody with, or without, a wallet."""
        context = self.browser.new_context(base_url=self.origin, viewport=size, locale=locale, color_scheme=scheme)
        context.set_default_timeout(PATIENCE_MS)
        context.on("request", lambda request: self.note(request.url))
        if person is not None:
            person.attach(context)
        self.contexts.append(context)
        return context.new_page()

    def note(self, url: str) -> None:
        if not url.startswith((self.origin + "/", "data:", "blob:", "about:")):
            self.strangers.append(url)

    def close(self) -> None:
        for context in self.contexts:
            for page in context.pages:
                page.unroute_all(
                    behavior="ignoreErrors"
                )  # a page asks until it is closed, and its handler may be half-way
            context.close()
        assert self.strangers == [], "no request may leave the page's own origin"


@pytest.fixture
def open_page(browser: Browser, market: RunningMarket) -> Iterator[Callable[..., Page]]:
    """Open pages as different people: each call is a fresh browser profile."""
    visitors = Visitors(browser, market.origin)
    yield visitors.open
    visitors.close()


@pytest.fixture
def visit(open_page: Callable[..., Page], town: Town) -> Callable[..., Person]:
    """Let somebody come to the market; without a wallet of their own they get a new one."""

    def visited(wallet: Wallet | None = None, **window: object) -> Person:
        used = wallet or town.wallet()
        return Person(open_page(used, **window), used, town)

    return visited


@pytest.fixture
def buyer(visit: Callable[..., Person]) -> Person:
    """Somebody with ETH who is signed in."""
    person = visit()
    person.arrive_signed_in()
    return person
