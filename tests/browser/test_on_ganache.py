"""The core once more on Ganache, which answers, refuses and fails in other words than Anvil; at the end its node dies."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.market import RunningMarket, running_market
from tests.browser.people import Person
from tests.browser.test_happy_path import (
    test_purchase_in_eth_pays_the_seller_when_both_do_their_part,
    test_purchase_in_the_communitys_token_takes_one_transaction_when_the_approval_is_signed,
)
from tests.browser.test_wallet_sending import (
    test_page_tells_the_contracts_reason_when_the_transaction_reverts_on_the_chain,
    test_refused_purchase_says_why_when_the_listing_was_paused_meanwhile,
)
from tests.browser.town import Stall, Town, eventually

__all__ = [
    "test_page_tells_the_contracts_reason_when_the_transaction_reverts_on_the_chain",
    "test_purchase_in_eth_pays_the_seller_when_both_do_their_part",
    "test_purchase_in_the_communitys_token_takes_one_transaction_when_the_approval_is_signed",
    "test_refused_purchase_says_why_when_the_listing_was_paused_meanwhile",
]

pytestmark = pytest.mark.xdist_group("ganache")


@pytest.fixture(scope="module")
def market(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMarket]:
    """A second market, small and on the other chain."""
    other = "anvil" if os.environ.get("BROWSER_CHAIN") == "ganache" else "ganache"
    with running_market(other, tmp_path_factory.mktemp("small") / "data") as found:
        yield found


@pytest.fixture(scope="module")
def town(market: RunningMarket) -> Town:
    return Town(market)


@pytest.fixture(scope="module")
def stall(town: Town) -> Stall:
    return town.open_stall()


def test_pages_go_on_and_buying_waits_when_the_node_is_dead(
    visit: Callable[..., Person], market: RunningMarket, town: Town, stall: Stall
) -> None:
    buyer = visit()
    buyer.arrive_signed_in()
    buyer.check_out(stall.in_eth)
    intent = buyer.intent_path
    market.stop_node()
    eventually(lambda: (head := town.queries.head()) is not None and not head.node_ok, within_s=30)
    for path in (
        "/",
        "/explore",
        f"/c/{stall.community_id}",
        f"/c/{stall.community_id}/token",
        f"/l/{stall.in_eth}",
        "/orders",
        intent,
    ):
        assert buyer.open(path) == 200
        expect(buyer.page.locator(".banner[role='status']")).to_contain_text("The node does not answer.")
    buyer.open(f"/l/{stall.in_eth}/buy")
    with buyer.page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        buyer.send_checkout()
    assert answer.value.status == 503
    expect(buyer.page.locator("main [role='alert']")).to_be_visible()
    assert buyer.violations() == []
