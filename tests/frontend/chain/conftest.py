"""One real market for all tests of this folder; each test works with things of its own on it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from tests.frontend.chain.site import Person, Site
from tests.index.market import running_market

ETH = "0x" + "0" * 40
DAYS = {"accept_for": "2", "deliver_for": "7", "transit_for": "7", "inspect_for": "3", "rule_for": "7"}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The market, with one community of the seller's."""
    with running_market() as market:
        found = Site(tmp_path_factory.mktemp("site"), market)
        seller = found.person(1)
        form = {
            "name": "밤 라디오",
            "symbol": "NITE",
            "cap": "1000000",
            "founder_allocation": "1000",
            "vesting_cliff": "1",
        }
        form |= {"vesting_duration": "10", "fee": "2.5", "text": "우리 동네 라디오", "lang": "ko"}
        seller.do("/c/new", {**form, "form_key": "community"})
        seller.do("/c/1/mint", {"mint-to": key_address(2), "mint-amount": "1000", "mint-form_key": "mint"})
        yield found


def key_address(index: int) -> str:
    from tests.frontend.chain.site import key_of

    return str(key_of(index).address)


@pytest.fixture
def seller(site: Site) -> Person:
    return site.person(1)


@pytest.fixture
def buyer(site: Site) -> Person:
    return site.person(2)


@pytest.fixture
def arbiter(site: Site) -> Person:
    return site.person(3)


@pytest.fixture
def stranger(site: Site) -> Person:
    return site.person(4)


def listing_form(arbiter: str, **changes: Any) -> dict[str, Any]:
    """Give a filled-in form for a new listing."""
    form = {
        "title": "진공관 라디오",
        "text": "Works, warm sound.",
        "lang": "ko",
        "kind": "goods",
        "currency": ETH,
        "price": "0.25",
    }
    form |= {"quantity": "50", "arbiter": arbiter, "arbiter_fee": "0.01", "max_fee": "10", "form_key": new_key()}
    return {**form, **DAYS, **changes}


def open_community(site: Site, founder: Person, symbol: str, **changes: str) -> int:
    """Open a community whose founder keeps nothing, and give its id."""
    form = {
        "name": symbol, "symbol": symbol, "cap": "1000", "founder_allocation": "0", "vesting_cliff": "0", "vesting_duration": "1",
        "fee": "1", "text": symbol, "lang": "en", "form_key": new_key(), **changes,
    }  # fmt: skip
    founder.do("/c/new", form)
    with site.app.app_context():
        return int(max(row.id for row in site.bound.queries.communities().items))


def buy_form(**changes: Any) -> dict[str, Any]:
    """Give a filled-in checkout form."""
    return {"quantity": "1", "recipient": "me", "fee_shown": "500", "form_key": new_key(), **changes}


def new_key() -> str:
    return secrets.token_hex(8)


@pytest.fixture
def listing(seller: Person, arbiter: Person) -> str:
    """A listing in ETH that nobody else uses."""
    return str(seller.do("/listings/new?community=1", listing_form(arbiter.address))["subject"])


@pytest.fixture
def token_listing(site: Site, seller: Person, arbiter: Person) -> str:
    """A listing in the community's own token."""
    token = site.bound.queries.community(1).token
    form = listing_form(arbiter.address, currency=token, price="3", arbiter_fee="1")
    return str(seller.do("/listings/new?community=1", form)["subject"])
