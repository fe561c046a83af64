"""Every page of the market's own areas, with who may see it; tests go through this list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from tests.frontend.pages.assembly import GOVERNOR
from tests.frontend.pages.story import (
    ARBITER,
    BUYER,
    FOUNDER,
    HANDED_NAME,
    RETIRED_NAME,
    SELLER,
    SELLERS_NAME,
    STRANGER,
    Story,
)

AREAS = (
    "explore",
    "communities",
    "tokens",
    "curves",
    "claims",
    "airdrops",
    "members",
    "members_only",
    "proposals",
    "listings",
    "orders",
    "credits",
    "bonds",
    "splits",
    "personas",
    "cart",
    "help",
    "desk",
    "library",
    "receipts",
    "notifications",
    "reviews",
    "designs",
)


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
    for community_id in (1, 2, 3, 4):
        yield Address("communities.show", f"/c/{community_id}", SELLER)
        yield Address("tokens.show", f"/c/{community_id}/token", BUYER)
        yield Address("tokens.transfers", f"/c/{community_id}/token/transfers")
        yield Address("curves.show", f"/c/{community_id}/curve", BUYER)
        for account in (None, BUYER, FOUNDER):
            yield Address("members.show", f"/c/{community_id}/members", account)
            yield Address("proposals.index", f"/c/{community_id}/proposals", account)
            yield Address("proposals.self_rule", f"/c/{community_id}/self-rule", account)
            yield Address("proposals.commission", f"/c/{community_id}/commission", account)
    for account in (None, BUYER, FOUNDER):
        yield Address("members_only.index", "/c/2/members-only", account)
    yield Address("members_only.index", "/c/1/members-only", FOUNDER)
    yield Address("members_only.new", "/c/2/members-only/new", FOUNDER)
    for number in (1, 2, 3, 4):
        for account in (None, FOUNDER):  # others are answered after a look at the chain
            yield Address("members_only.show", f"/c/2/members-only/{number}", account)
        yield Address("members_only.edit", f"/c/2/members-only/{number}/edit", FOUNDER)
    for account in (None, BUYER, FOUNDER):
        yield Address("claims.index", "/c/2/claims", account)
        for number in range(1, 6):
            yield Address("claims.show", f"/c/2/claims/{number}", account)
    yield Address("claims.index", "/c/1/claims")
    yield Address("claims.opening", "/c/2/claims/open", FOUNDER)
    yield Address("airdrops.new", "/c/1/airdrop", FOUNDER)
    yield Address("airdrops.new", "/c/2/airdrop", FOUNDER)
    yield Address("airdrops.show", f"/c/1/airdrop/{story.claim_list}", FOUNDER)
    yield Address("curves.show", "/c/4/curve")
    yield Address("curves.opening", "/c/2/curve/open", FOUNDER)
    assert story.assembly is not None
    for proposal in story.assembly.proposals.values():
        for account in (None, BUYER, SELLER, FOUNDER):
            yield Address("proposals.show", f"/c/2/proposals/{GOVERNOR}/{proposal}", account)
    for kind in ("pay", "fee", "waivers", "describe", "arbiter", "recognise", "accept", "call", "review"):
        yield Address("proposals.new", f"/c/2/proposals/new/{kind}", BUYER)
    yield Address("communities.desk", "/c/1/desk", FOUNDER)
    yield Address("communities.desk", "/c/0/desk", FOUNDER)
    yield Address("listings.new", "/listings/new", SELLER)
    yield Address("listings.new", "/listings/new?community=2", SELLER)
    yield Address("listings.new_file", "/listings/new/file", SELLER)
    yield Address("listings.new_file", "/listings/new/file?community=2", SELLER)
    yield Address("listings.mine", "/listings", SELLER)
    yield Address("listings.mine", "/listings", BUYER)
    for listing, _ in story.listings.values():
        yield Address("listings.show", f"/l/{listing}", BUYER)
        yield Address("listings.buy", f"/l/{listing}/buy?quantity=2", BUYER)
    yield Address("listings.share", f"/l/{story.listings['lamp'][0]}/share", BUYER)
    for key, _, _ in story.orders.values():
        for account in (None, BUYER, SELLER, ARBITER):
            yield Address("orders.show", f"/o/{key}", account)
            yield Address("orders.dispute", f"/o/{key}/dispute", account)
            yield Address("orders.settle", f"/o/{key}/settle", account)
    for role in ("buyer", "seller"):
        for state in ("open", "done"):
            yield Address("orders.mine", f"/orders?role={role}&state={state}", BUYER if role == "buyer" else SELLER)
    yield Address("orders.arbitration", "/arbitration", ARBITER)
    yield from _pages_of_a_desk(story)
    yield Address("credits.index", "/credits", FOUNDER)
    yield Address("credits.index", "/credits", BUYER)
    yield Address("bonds.index", "/bonds", SELLER)
    yield Address("bonds.index", f"/bonds?currency={story.token(1)}&amount=1.5", BUYER)
    for account in (SELLER, BUYER, STRANGER):
        yield Address("splits.index", "/splits", account)
        yield Address("splits.show", "/splits/2", account)
        yield Address("splits.agree", "/splits/2/agree", account)
    yield Address("splits.show", "/splits/1")
    yield Address("splits.agree", "/splits/1/agree")
    yield Address("splits.change", "/splits/1/change", SELLER)
    yield Address("splits.history", "/splits/2/history")
    yield Address("splits.new", "/splits/new", BUYER)
    for account in (SELLER, BUYER, STRANGER, ARBITER):
        yield Address("personas.desk", "/persona", account)
    for nickname in (SELLERS_NAME, HANDED_NAME, RETIRED_NAME):
        yield Address("personas.show", f"/p/{quote(nickname)}", SELLER)
    for account in (SELLER, BUYER, STRANGER):
        yield Address("reviews.show", f"/a/{account}/reviews")
        yield Address("reviews.show", f"/a/{account}/reviews?as=buyer&page=2", SELLER)
    for name in ("kite", "whistle", "mask"):
        listing = story.listings[name][0]
        for account in (None, STRANGER):
            yield Address("designs.show", f"/l/{listing}/makes", account)
    kite = story.listings["kite"][0]
    yield Address("designs.label", f"/l/{kite}/label?serial=KITE-1")
    yield Address("designs.check", f"/check/{kite}/KITE-1")
    yield Address("designs.check", f"/check/{kite}/kite-I")
    yield Address("designs.check_serial", f"/check/{kite}?serial=k/2")
    yield Address("designs.check_any", "/check")
    yield Address("cart.show", "/cart", BUYER)
    yield Address("help.escrow", "/help/escrow")


def _pages_of_a_desk(story: Story) -> Iterator[Address]:
    keys = {name: key for name, (key, _listing, _amount) in story.orders.items()}
    yield Address("library.show", "/library", STRANGER)
    for account in (SELLER, BUYER):
        yield Address("desk.show", "/desk?days=90", account)
        yield Address("library.show", "/library", account)
        yield Address("notifications.show", "/notifications", account)
    yield Address(
        "desk.ship", f"/desk/ship?order={keys['accepted']}&order={keys['sung']}&order={keys['completed']}", SELLER
    )
    yield Address("listings.new", f"/listings/new?like={story.listings['song'][0]}", SELLER)
    for name in ("completed", "cancelled", "refunded", "resolved", "settled"):
        yield Address("receipts.show", f"/o/{keys[name]}/receipt")
        yield Address("receipts.verify", f"/verify?order={keys[name]}&receipt=0x{'12' * 16}")
    yield Address("receipts.verify", "/verify")
    yield Address("receipts.verify", f"/verify?order={keys['funded']}&receipt=0x{'12' * 16}")
