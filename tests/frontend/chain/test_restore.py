"""A whole market moved by a backup: its follower reads the chain anew, and every page says the same."""

from __future__ import annotations

import re

import pytest

from frontend import create_app
from frontend.index.currencies import MAX_AT_ONCE, Currencies
from frontend.operations import backup, restore
from tests.frontend.chain.conftest import buy_form
from tests.frontend.chain.site import ORIGIN
from tests.index.market import Index

MOVING = (
    r'name="([a-z-]*csrf_token|[a-z-]*form_key)" value="[^"]*"|request [0-9a-f]{12}|data-now="\d+"|\d+ seconds? ago'
)


def read(app, path):
    """Give a page without what differs each time it is asked for."""
    answer = app.test_client().get(path, base_url=ORIGIN)
    assert answer.status_code == 200, path
    return re.sub(MOVING, "", answer.get_data(as_text=True))


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
def test_a_market_restored_elsewhere_shows_the_same_once_its_follower_has_read_the_chain(
    request, site, buyer, listing, tmp_path, target
):
    order = buyer.do(f"/l/{listing}/buy", buy_form())["subject"]
    backup.write(site.index.settings, tmp_path / "market.tar")
    url = {"database_url": request.getfixturevalue("new_postgres")("template1")} if target == "postgresql" else {}
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    settings = site.index.settings.for_tests(folder, rpc_url=site.market.url, **url)
    restore.read(settings, tmp_path / "market.tar")
    moved = Index(folder, site.market, **url)
    assert moved.follow() == site.index.dump()
    moved.follower.step()
    site.follow()
    for index in (site.index, moved):
        while Currencies(index.settings, index.engine).look_up() == MAX_AT_ONCE:
            pass  # there are more tokens to be asked what they are called
    app = create_app(settings)
    pages = [f"/l/{listing}", "/c/1", f"/o/{order}", "/c/1/token", "/explore"]
    assert "진공관 라디오" in read(app, pages[0])
    for path in pages:
        assert read(app, path) == read(site.app, path), path
