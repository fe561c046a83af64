"""Every page, in both languages, light and dark, on a phone and on a desk: readable, quiet, and light enough."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Response

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.people import Person
from tests.browser.town import Stall, Town

LANGUAGES = ("ko", "en")
SCHEMES = ("light", "dark")
SIZES = {"phone": PHONE, "desk": DESKTOP}
COLOUR_RULES = ["color-contrast", "link-in-text-block"]
MOST_GZIP_BYTES = 60 * 1024
# what answers with something else than a page of its own
NO_PAGES = {
    "static", "auth.state", "content.show", "contracts.addresses", "contracts.abi", "health.show", "identicon.show",
    "intents.document", "intents.panel", "orders.by_transaction",
}  # fmt: skip


@pytest.fixture(scope="module")
def things(town: Town, stall: Stall) -> dict[str, str]:
    """Ids that the pages of the seller show."""
    buyer = town.clerk()
    waiting = buyer.buy(stall.in_eth)
    disputed = buyer.buy(stall.with_stakes)
    stall.seller.take(disputed, "accept")
    stall.seller.take(disputed, "deliver")
    buyer.take(disputed, "dispute", text="The glaze is blue. 유약이 파래요.")
    done = buyer.buy(stall.in_eth)
    stall.seller.take(done, "decline")
    steward = stall.steward.account
    path = f"/l/{stall.in_eth}/buy"
    intent = stall.steward.browser.submit(path, path, {"quantity": "1"}).request.path
    return {"waiting": waiting, "disputed": disputed, "done": done, "steward": steward, "intent": intent}


# endpoint → path, as the seller (s), the steward (c) or nobody (-) sees it
PAGES: dict[str, tuple[str, str, Callable[[dict[str, str], Stall], str]]] = {
    "home": ("explore.home", "-", lambda t, s: "/"),
    "explore": ("explore.results", "-", lambda t, s: "/explore"),
    "explore-nothing-found": ("explore.results", "-", lambda t, s: "/explore?q=zzzzzz&min=5&max=1"),
    "communities": ("communities.index", "-", lambda t, s: "/c"),
    "community": ("communities.show", "-", lambda t, s: f"/c/{s.community_id}"),
    "open-a-community": ("communities.new", "s", lambda t, s: "/c/new"),
    "desk": ("communities.desk", "c", lambda t, s: f"/c/{s.community_id}/desk"),
    "token": ("tokens.show", "c", lambda t, s: f"/c/{s.community_id}/token"),
    "token-of-a-stranger": ("tokens.show", "-", lambda t, s: f"/c/{s.community_id}/token"),
    "transfers": ("tokens.transfers", "-", lambda t, s: f"/c/{s.community_id}/token/transfers"),
    "choose-a-community": ("listings.new", "s", lambda t, s: "/listings/new"),
    "new-listing": ("listings.new", "s", lambda t, s: f"/listings/new?community={s.community_id}"),
    "my-listings": ("listings.mine", "s", lambda t, s: "/listings"),
    "listing": ("listings.show", "-", lambda t, s: f"/l/{s.in_eth}"),
    "own-listing": ("listings.show", "s", lambda t, s: f"/l/{s.in_eth}"),
    "checkout": ("listings.buy", "c", lambda t, s: f"/l/{s.in_token}/buy"),
    "my-orders": ("orders.mine", "s", lambda t, s: "/orders?role=seller"),
    "order-that-waits": ("orders.show", "s", lambda t, s: f"/o/{t['waiting']}"),
    "order-in-dispute": ("orders.show", "s", lambda t, s: f"/o/{t['disputed']}"),
    "order-that-is-done": ("orders.show", "-", lambda t, s: f"/o/{t['done']}"),
    "arbitration": ("orders.arbitration", "s", lambda t, s: "/arbitration"),
    "credits": ("credits.index", "c", lambda t, s: "/credits"),
    "escrow": ("help.escrow", "-", lambda t, s: "/help/escrow"),
    "first-steps": ("start.index", "s", lambda t, s: "/start"),
    "sign-in": ("auth.sign_in", "-", lambda t, s: "/auth/sign-in"),
    "my-transactions": ("intents.index", "c", lambda t, s: "/intents"),
    "intent": ("intents.show", "c", lambda t, s: t["intent"]),
    "nothing-here": ("", "-", lambda t, s: "/l/0x" + "00" * 32),
    "please-sign-in": ("auth.sign_in", "-", lambda t, s: "/credits"),
}  # fmt: skip


@pytest.fixture
def looker(visit: Callable[..., Person], stall: Stall) -> Callable[[str], Person]:
    """Give somebody who looks at a page: the seller, the steward, or a stranger without a wallet's account."""

    def found(role: str) -> Person:
        person = visit({"s": stall.seller.wallet, "c": stall.steward.wallet}.get(role))
        if role != "-":
            person.arrive_signed_in()
        return person

    return found


@pytest.mark.parametrize("name", PAGES)
def test_page_is_readable_and_quiet_in_each_language_scheme_and_size(
    name: str, looker: Callable[[str], Person], things: dict[str, str], stall: Stall
) -> None:
    endpoint, role, path_of = PAGES[name]
    person = looker(role)
    page = person.page
    weights = Weights(page.context)
    path = path_of(things, stall)
    wrong: list[str] = []
    for lang in LANGUAGES:
        weights.begin()
        status = person.open(f"{path}{'&' if '?' in path else '?'}lang={lang}")
        assert (status < 400) == bool(endpoint), f"{path} was answered with {status}"
        page.wait_for_load_state("networkidle")
        if page.locator("html").get_attribute("lang") != lang:
            wrong.append(f"{lang}: the page says that its language is another")
        if page.locator("h1").count() != 1:
            wrong.append(f"{lang}: {page.locator('h1').count()} h1")
        if weights.total() > MOST_GZIP_BYTES:
            wrong.append(f"{lang}: {weights.total()} bytes of script and style")
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for size_name, size in SIZES.items():
                page.set_viewport_size(size)
                here = f"{lang} {scheme} {size_name}"
                wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                if wide > 0:
                    wrong.append(f"{here}: {wide} px wider than the window")
                # the elements are the same in the dark; only their colours are others
                findings = person.violations(COLOUR_RULES if scheme == "dark" else None)
                wrong += [f"{here}: {finding}" for finding in findings]
    expected = [
        line for line in person.complaints if endpoint or "the server responded with a status of 40" not in line
    ]
    wrong += [f"console: {line}" for line in expected]
    assert wrong == []


def test_every_page_is_looked_at(town: Town) -> None:
    looked_at = {endpoint for endpoint, _, _ in PAGES.values()}
    pages = {rule.endpoint for rule in town.app.url_map.iter_rules() if "GET" in (rule.methods or set())}
    assert pages - NO_PAGES - looked_at == set()


class Weights:
    """Adds up what a page loads of scripts and styles, as gzip makes it."""

    def __init__(self, context: BrowserContext) -> None:
        self._answers: list[Response] = []
        context.on("response", self._note)

    def _note(self, answer: Response) -> None:
        if answer.request.resource_type in ("script", "stylesheet"):
            self._answers.append(answer)

    def begin(self) -> None:
        """Forget what was loaded before."""
        self._answers.clear()

    def total(self) -> int:
        """Give the bytes."""
        bodies = {answer.url: answer.body() for answer in self._answers}
        return sum(len(gzip.compress(body)) for body in bodies.values())
