"""A web worker that is killed in the middle of a request leaves nothing half done, and the next one takes the request again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import func, select

from frontend.store.models import AppIntent
from tests.frontend.chain.site import ORIGIN, Person, Site
from tests.index.market import ROOT, Market
from tests.index.proxy import Proxy, running_proxy
from tests.index.storm import environment
from tests.index.waiting import wait_for
from tools.chain import free_port


@pytest.fixture
def proxy(market_alone: Market) -> Iterator[Proxy]:
    with running_proxy(market_alone.url) as found:
        yield found


@pytest.fixture
def market_alone() -> Iterator[Market]:
    from tests.index.market import running_market

    with running_market() as found:
        yield found


@pytest.fixture
def alone(tmp_path: Path, market_alone: Market) -> Site:
    """A market of this test's own, with one community of person 1."""
    site = Site(tmp_path, market_alone)
    market_alone.open_community(site.person(1).address)
    site.follow()
    return site


@pytest.fixture
def server(alone: Site, proxy: Proxy) -> Iterator[str]:
    """A real web server with two workers, on a node that can be made slow; its URL."""
    port = free_port()
    words = ["-m", "gunicorn", "--workers", "2", "--bind", f"127.0.0.1:{port}", "frontend:create_app_from_env()"]
    process = subprocess.Popen(
        [sys.executable, *words],
        cwd=ROOT,
        env=environment(alone.index) | {"RPC_URL": proxy.url},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: answers(url), 120)
        yield f"{url} {process.pid}"
    finally:
        process.terminate()
        process.wait(120)


def answers(url: str) -> bool:
    try:
        return requests.get(f"{url}/healthz", headers={"Host": ORIGIN[7:]}, timeout=5).status_code in (200, 503)
    except requests.RequestException:
        return False


def posted(url: str, person: Person, form: dict[str, Any]) -> requests.Response:
    """Post a form as the person's browser would, to the real server."""
    cookies = {cookie.key: cookie.value for cookie in person.browser._cookies.values()}
    return requests.post(
        f"{url}/c/1/mint",
        data={"csrf_token": person.token(), **form},
        cookies=cookies,
        headers={"Host": ORIGIN[7:], "Origin": ORIGIN, "Referer": ORIGIN + "/c/1/mint"},
        allow_redirects=False,
        timeout=60,
    )


def intents(site: Site) -> int:
    with site.index.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(AppIntent)).scalar_one()


def test_intent_is_whole_or_absent_and_made_once_when_the_worker_is_killed_in_the_middle_of_its_request(
    alone: Site, server: str, proxy: Proxy
):
    url, master = server.split()
    seller = alone.person(1)
    form = {"mint-to": seller.address, "mint-amount": "5", "mint-form_key": "one form"}
    assert intents(alone) == 0
    asked, killed = threading.Event(), threading.Event()

    def slow(method: str, params: list[Any], answer: dict[str, Any]) -> dict[str, Any]:
        asked.set()
        killed.wait(60)
        return answer

    proxy.rule = slow
    broken: list[Exception] = []

    def post() -> None:
        try:
            posted(url, seller, form)
        except requests.RequestException as problem:
            broken.append(problem)

    thread = threading.Thread(target=post)
    thread.start()
    assert asked.wait(60)  # the worker stands in the middle of its request, before the node
    for worker in Path(f"/proc/{master}/task/{master}/children").read_text(encoding="utf-8").split():
        os.kill(int(worker), signal.SIGKILL)
    killed.set()
    thread.join(30)
    assert len(broken) == 1  # the browser is told nothing, and may send the form again
    assert intents(alone) == 0

    proxy.rule = None
    wait_for(lambda: answers(url), 30)
    again = [posted(url, seller, form) for _ in range(2)]
    assert [answer.status_code for answer in again] == [303, 303]
    assert len({answer.headers["Location"] for answer in again}) == 1
    assert intents(alone) == 1
    intent = seller.intent(again[0].headers["Location"].rsplit("/", 1)[1])
    assert seller.send(intent)
