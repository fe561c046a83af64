"""Measures how many pages a second the web server gives, from a market of 10,000 listings.

The server is the one that `make run` starts, with two workers; the load comes from the same machine and takes its share of
it. No page is kept anywhere: each is made from the index when it is asked for. What to ask for is drawn from a seed.
"""

import random
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch
from urllib.parse import quote

from flask import Flask
from jinja2 import Template
from sqlalchemy import event

from bench import market as made
from bench.load import Ask, Load, run
from frontend import create_app
from frontend.auth.sessions import ServerSessions
from frontend.extensions import bound
from frontend.store.database import create_engine
from tools import chain

WORKERS = 2
SECONDS, QUICK_SECONDS, WARM_SECONDS = 6.0, 3.0, 10.0
READY_S = 60.0
LOOKED_AT = 300  # pages, for telling where the time goes
DEEPEST_PAGE = 100
SORTS = ("new", "price_up", "price_down", "sold")
KINDS = {
    "listing_page_per_s": "GET /l/<one of 10,000 ids>, English, nobody signed in",
    "listing_page_korean_per_s": "the same in Korean",
    "listing_page_signed_in_per_s": "the same in English for a signed-in account",
    "explore_10k_page_per_s": "GET /explore?sort=<one of 4>&page=<1 to 100>, 24 listings each, English, nobody signed in",
    "explore_10k_page_korean_per_s": "the same in Korean",
    "explore_10k_page_signed_in_per_s": "the same in English for a signed-in account",
    "explore_10k_filtered_per_s": "GET /explore with a community, a kind, a price range or only what is in stock",
    "explore_10k_searched_per_s": "GET /explore?q=<a word, Korean or English>",
}
WORDS = ("lamp", "달항아리", "fan", "부채", "mended", "오래된", "moss", "이끼", "jar", "나침반")
TARGETED = ("listing_page_per_s", "explore_10k_page_per_s")


class Visitor:
    """Draws what to ask for."""

    def __init__(self, found: made.BigMarket, seed: int) -> None:
        self.found = found
        self.dice = random.Random(seed)  # noqa: S311  # no secret

    def asks(self, figure: str, cookie: str) -> Iterator[Ask]:
        """Give what one figure asks for, without an end."""
        headers = {"Accept-Language": "ko" if "korean" in figure else "en", "Cookie": f"chain_seen={made.GENESIS[:18]}"}
        if "signed_in" in figure:
            headers["Cookie"] += f"; session={cookie}"
        draw = self.listing if figure.startswith("listing") else self.page_of(figure)
        while True:
            path, marker = draw()
            yield Ask(path, marker, headers)

    def page_of(self, figure: str) -> Callable[[], tuple[str, bytes]]:
        """Give what draws a page of the list."""
        if "searched" in figure:
            return self.searched
        return self.filtered if "filtered" in figure else self.explored

    def listing(self) -> tuple[str, bytes]:
        """Draw a listing."""
        listing = self.dice.choice(self.found.listings)
        return f"/l/{listing}", f"<code>{listing}</code>".encode()

    def explored(self) -> tuple[str, bytes]:
        """Draw a page of all listings; only a page of its number has both neighbours."""
        page, sort = self.dice.randrange(2, DEEPEST_PAGE), self.dice.choice(SORTS)
        return f"/explore?page={page}&sort={sort}", f"page={page + 1}".encode()

    def filtered(self) -> tuple[str, bytes]:
        """Draw a filter."""
        least = self.dice.randrange(1, 400) / 100
        chosen = self.dice.choice(
            (
                f"community={self.dice.randrange(1, self.found.communities // 2)}",
                f"kind={self.dice.choice(('goods', 'service'))}",
                f"min={least}&max={least + 1:.2f}",
                "stock=1",
            )
        )
        return f"/explore?{chosen}&sort={self.dice.choice(SORTS)}", b'<article class="stall'

    def searched(self) -> tuple[str, bytes]:
        """Draw a word."""
        return f"/explore?q={quote(self.dice.choice(WORDS))}", b'<article class="stall'


@contextmanager
def server(found: made.BigMarket) -> Iterator[int]:
    """Run the web server on a free port, and end it. Raises: RuntimeError when it does not get ready."""
    port = chain.free_port()
    binding = {"WEB_BIND": f"{chain.HOST}:{port}", "WEB_WORKERS": str(WORKERS)}
    with open(found.folder / "web.log", "wb") as log:
        web = subprocess.Popen(
            [sys.executable, "-m", "frontend.operations", "serve"],
            env=made.environment(found) | binding,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(found, port)
            yield port
        finally:
            web.terminate()
            web.wait(30)


def _wait_for(found: made.BigMarket, port: int) -> None:
    end = time.monotonic() + READY_S
    asks = iter(Visitor(found, 1).asks("explore", ""))
    while True:
        try:
            run(port, found.settings.host, asks, 0.01)
            return
        except OSError:
            if time.monotonic() > end:
                raise RuntimeError(f"The web server does not answer; see {found.folder / 'web.log'}.") from None
            time.sleep(0.2)


def measure(runs: int, quick: bool) -> dict[str, Any]:
    """Measure every figure. Returns: the figures with a target, all of them with what was asked, and where the time goes."""
    found = made.big_market()
    engine = create_engine(found.settings.database_url)
    made.heard_now(engine)
    cookie = made.sign_in(engine, found.reader)
    seconds = QUICK_SECONDS if quick else SECONDS
    loads: dict[str, list[Load]] = defaultdict(list)
    with server(found) as port:
        for figure in TARGETED:
            run(port, found.settings.host, Visitor(found, 2).asks(figure, cookie), 1.0 if quick else WARM_SECONDS)
        for number in range(runs):
            for figure in KINDS:
                asks = Visitor(found, 1_000 + number).asks(figure, cookie)
                loads[figure].append(run(port, found.settings.host, asks, seconds))
    middle = {figure: round(statistics.median(one.pages_per_s for one in those), 1) for figure, those in loads.items()}
    return {
        "figures": {figure: middle[figure] for figure in TARGETED},
        "setting": f"{WORKERS} workers, load from the same machine, {seconds:g} s a run, {runs} runs, median; no page is kept",
        "market": f"{made.LISTINGS:,} listings, {made.COMMUNITIES} communities, {made.ORDERS:,} orders, SQLite",
        "pages": {figure: _told(figure, those) for figure, those in loads.items()},
        "where_the_time_goes": {name: shares_of(found, name, cookie) for name in TARGETED},
    }


def _told(figure: str, loads: list[Load]) -> dict[str, Any]:
    return {
        "asked": KINDS[figure],
        "pages_per_s": round(statistics.median(one.pages_per_s for one in loads), 1),
        "each_run": [round(one.pages_per_s, 1) for one in loads],
        "median_ms": round(statistics.median(one.middle_ms for one in loads), 1),
        "bytes": loads[0].bytes_a_page,
    }


class Shares:
    """Adds up the time that parts of a page take, one page at a time in one process."""

    def __init__(self, app: Flask) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._since = 0.0
        with app.app_context():
            engine = bound().db.engine
        event.listen(engine, "before_cursor_execute", self._begin)
        event.listen(engine, "after_cursor_execute", self._end)
        self.queries = 0

    def _begin(self, *_: Any) -> None:
        self._since = time.perf_counter()

    def _end(self, *_: Any) -> None:
        self.seconds["database"] += time.perf_counter() - self._since
        self.queries += 1

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Measure templates and sessions too; what the database takes meanwhile counts as the database's."""
        with (
            patch.object(Template, "render", self._timed("template", Template.render)),
            patch.object(ServerSessions, "open_session", self._timed("session", ServerSessions.open_session)),
        ):
            yield

    def _timed(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **named: Any) -> Any:
            began, before = time.perf_counter(), self.seconds["database"]
            try:
                return work(*args, **named)
            finally:
                self.seconds[name] += time.perf_counter() - began - (self.seconds["database"] - before)

        return timed


def shares_of(found: made.BigMarket, figure: str, cookie: str) -> dict[str, Any]:
    """Tell where the time of a page goes, without server and network: milliseconds a page."""
    app = create_app(found.settings)
    client = app.test_client()
    asks = Visitor(found, 3).asks(figure, cookie)

    def look() -> None:
        ask = next(asks)
        answer = client.get(ask.path, base_url=found.settings.origin, headers=ask.headers)
        assert answer.status_code == 200, ask.path
        assert ask.marker in answer.data, ask.path

    for _ in range(LOOKED_AT):
        look()
    shares = Shares(app)
    with shares.watching():
        began = time.perf_counter()
        for _ in range(LOOKED_AT):
            look()
        whole = time.perf_counter() - began
    parts = {name: took * 1000 / LOOKED_AT for name, took in shares.seconds.items()}
    parts["rest"] = whole * 1000 / LOOKED_AT - sum(parts.values())
    told = {f"{name}_ms": round(parts.get(name, 0.0), 2) for name in ("database", "template", "session", "rest")}
    return {**told, "statements": round(shares.queries / LOOKED_AT, 1)}
