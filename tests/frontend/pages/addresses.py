"""Every page of the market's own areas, with who may see it; tests go through this list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.frontend.pages.story import ARBITER, BUYER, FOUNDER, SELLER, Story

AREAS = ("explore", "communities", "tokens", "listings", "orders", "credits", "help")


@dataclass(frozen=True)
class Address:
    """One page: its endpoint, its path, and the account that opens it (None: nobody)."""

    endpoint: str
    path: str
    account: str | None = None


def all_pages(story: Story) -> Iterator[Address]:
    """List the pages of a told story."""
    yield Address("explore.home", "/")
    yield Address("explore.results", "/explore")
    yield Address("explore.results", "/explore?q=%EB%93%B1%EB%B6%88&kind=goods&min=0.01&max=1&stock=1&sort=price_up")
    yield Address("explore.results", "/explore?community=2&sort=sold&page=2")
    yield Address("communities.index", "/c")
    yield Address("communities.index", "/c?q=star&sort=holders")
    yield Address("communities.new", "/c/new", SELLER)
    for community_id in (1, 2, 3):
        yield Address("communities.show", f"/c/{community_id}", SELLER)
        yield Address("tokens.show", f"/c/{community_id}/token", BUYER)
        yield Address("tokens.transfers", f"/c/{community_id}/token/transfers")
    yield Address("communities.desk", "/c/1/desk", FOUNDER)
    yield Address("communities.desk", "/c/0/desk", FOUNDER)
    yield Address("listings.new", "/listings/new", SELLER)
    yield Address("listings.new", "/listings/new?community=2", SELLER)
    yield Address("listings.mine", "/listings", SELLER)
    yield Address("listings.mine", "/listings", BUYER)
    for listing, _ in story.listings.values():
        yield Address("listings.show", f"/l/{listing}", BUYER)
        yield Address("listings.buy", f"/l/{listing}/buy?quantity=2", BUYER)
    for key, _, _ in story.orders.values():
        for account in (None, BUYER, SELLER, ARBITER):
            yield Address("orders.show", f"/o/{key}", account)
    for role in ("buyer", "seller"):
        for state in ("open", "done"):
            yield Address("orders.mine", f"/orders?role={role}&state={state}", BUYER if role == "buyer" else SELLER)
    yield Address("orders.arbitration", "/arbitration", ARBITER)
    yield Address("credits.index", "/credits", FOUNDER)
    yield Address("credits.index", "/credits", BUYER)
    yield Address("help.escrow", "/help/escrow")
