"""People in front of the page: what they click and read. Elements are found by what they are for, not by their words."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.browser.town import Town
from tests.browser.wallet import Wallet

FINAL_WITHIN_MS = 20_000
AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
# how many points of a chart's canvas have the colour of a CSS variable
POINTS_OF = """([chart, name]) => {
  const canvas = document.querySelector(chart);
  if (!canvas) return 0;
  const probe = document.createElement("i");
  probe.style.color = getComputedStyle(document.documentElement).getPropertyValue(name);
  document.body.append(probe);
  const wanted = getComputedStyle(probe).color.match(/\\d+/g).map(Number);
  probe.remove();
  const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] === 255 && wanted.every((part, which) => data[at + which] === part)) count++;
  }
  return count;
}"""
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
STICK = "position => document.querySelectorAll('.sticky-action, .site-nav').forEach(bar => { bar.style.position = position; })"


class Person:
    """One person, one browser profile, one wallet."""

    def __init__(self, page: Page, wallet: Wallet, town: Town) -> None:
        self.page = page
        self.wallet = wallet
        self.town = town
        self.complaints: list[str] = []  # what the console and the page's scripts complained about
        page.on("console", lambda line: self.complaints.append(line.text) if line.type == "error" else None)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    @property
    def address(self) -> str:
        """The account that the wallet shows first, with checksum."""
        return self.wallet.accounts[0].address

    def open(self, path: str) -> int:
        """Open a page and give its status."""
        answer = self.page.goto(path)
        assert answer is not None
        return answer.status

    # ---- signing in

    def arrive_signed_in(self) -> None:
        """Begin with a session that was made without a window; for tests in which signing in is not the point."""
        clerk = self.town.clerk(self.wallet)
        cookie = clerk.browser.client.get_cookie("session", domain=urlsplit(self.town.market.origin).hostname or "")
        assert cookie is not None
        self.wallet.connected = True
        self.page.context.add_cookies([{"name": "session", "value": cookie.value, "url": self.town.market.origin}])

    def start_sign_in(self, then: str = "/") -> None:
        """Press the sign-in button."""
        self.open(f"/auth/sign-in?next={then}")
        self.page.locator("#sign-in-button").click()

    def sign_in(self, then: str = "/") -> None:
        """Sign in with the wallet and land on a page."""
        self.start_sign_in(then)
        expect(self.page.locator("#signed-in")).to_have_attribute("data-account", self.address)
        assert urlsplit(self.page.url).path == then

    def sign_out(self) -> None:
        """Sign out by the menu."""
        self.page.locator("#signed-in > summary").click()
        self.page.locator("form[action='/auth/sign-out'] button").click()
        if self.page.locator("[data-drafts-lost][role='alert']").count():  # what is begun is lost: said once
            self.page.locator("form[action='/auth/sign-out'] button").click()
        expect(self.page.locator("#signed-in")).to_have_count(0)

    def until(self, happened: Callable[[], object]) -> None:
        """Wait until something has happened; the window, and with it the wallet, goes on meanwhile."""
        deadline = time.monotonic() + FINAL_WITHIN_MS / 1000
        while not happened():
            assert time.monotonic() < deadline, "it did not happen in time"
            self.page.wait_for_timeout(100)

    # ---- the intent page

    @property
    def panel(self) -> Locator:
        """The part that follows the transaction."""
        return self.page.locator("#intent-panel")

    @property
    def intent_path(self) -> str:
        """Where the intent's page is."""
        path = urlsplit(self.page.url).path
        assert path.startswith("/intents/"), path
        return path

    def intent(self) -> dict[str, Any]:
        """Read the intent as a program would."""
        return self.page.request.get(f"{self.intent_path}.json", headers={"Accept": "application/json"}).json()

    def press_sign(self) -> None:
        """Press the button that opens the wallet."""
        self.page.locator("#sign-button").click()

    def expect_state(self, state: str) -> None:
        """Wait until the panel shows a state."""
        expect(self.panel).to_have_attribute("data-state", state, timeout=FINAL_WITHIN_MS)

    def expect_problem(self, key: str) -> Locator:
        """Wait for what the wallet's trouble is called, and give its box."""
        box = self.page.locator(f"#wallet-error [data-problem='{key}']")
        expect(box).to_be_visible(timeout=FINAL_WITHIN_MS)
        return box

    def expect_verified(self) -> None:
        """Make sure that the page itself has recomputed the call, from the form that was filled in."""
        expect(self.page.locator("#intent-verified")).to_have_attribute("data-verified", "with-form")

    def sign(self) -> str:
        """Sign, and wait until the market shows it; give the transaction's hash."""
        self.expect_verified()
        self.press_sign()
        self.expect_state("final")
        return self.wallet.sent[-1]

    # ---- the market

    def check_out(self, listing_id: str, quantity: int = 1) -> None:
        """Go from the listing to the page of the purchase, nothing signed."""
        self.open(f"/l/{listing_id}")
        self.page.locator("#quantity").fill(str(quantity))
        self.page.locator(f"form[action$='{listing_id}/buy'] button").click()
        self.send_checkout()
        self.page.wait_for_url("**/intents/*")

    def send_checkout(self) -> None:
        """Send the checkout's form, once the page's scripts keep what is sent."""
        self.page.wait_for_load_state()
        self.page.locator("main form[method='post'] button[type='submit']").last.click()

    def buy(self, listing_id: str, quantity: int = 1) -> str:
        """Buy by clicking, and give the order's key."""
        self.check_out(listing_id, quantity)
        return self.town.order_of(self.sign()).key

    def fill_in(self, form: Locator, **typed: str | bool) -> None:
        """Fill in fields by their name; what stands before a dash may be left out."""
        for name, value in typed.items():
            field = form.locator(f"[name='{name}'], [name$='-{name}']")
            if isinstance(value, bool):
                field.set_checked(value)
            elif field.first.get_attribute("type") == "radio":
                form.locator(f"[name='{name}'][value='{value}']").check()
            elif field.evaluate("element => element.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def start(self, key: str, step: str, **typed: str | bool) -> None:
        """Send the form of an order's step."""
        self.open(f"/o/{key}")
        self.send_step(key, step, **typed)
        self.page.wait_for_url("**/intents/*")

    def send_step(self, key: str, step: str, **typed: str | bool) -> None:
        """Open a step's part of the order's page, fill it in and send it."""
        form = self.page.locator(f"form[action='/o/{key}/{step}']")
        if not form.is_visible():
            self.page.locator(f"#act-{step} > summary").click()
        self.fill_in(form, **typed)
        form.locator("button").click()

    def take(self, key: str, step: str, **typed: str | bool) -> str:
        """Take an order's step by clicking, and give the transaction's hash."""
        self.start(key, step, **typed)
        return self.sign()

    def withdraw(self, currency: str) -> str:
        """Take out all that is owed in a currency."""
        self.open("/credits")
        form = self.page.locator(f"form[action='/credits/{self.address.lower()}/{currency.lower()}/withdraw']")
        if not form.is_visible():
            form.locator("xpath=ancestor::details/summary").click()
        form.locator("button").click()
        self.page.wait_for_url("**/intents/*")
        return self.sign()

    # ---- what a page must be

    def read(self) -> str:
        """Give the words of the page's main part."""
        return self.page.locator("main").inner_text()

    def violations(self) -> list[str]:
        """Run axe over the page; each finding as one line.

        Bars that stick to the window lie in their places meanwhile: what one covers can be scrolled out from under it.
        """
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text() + "\n;0")
        self.page.evaluate(STICK, "static")
        found = self.page.evaluate(
            "async tags => (await axe.run(document, {runOnly: tags, resultTypes: ['violations'], elementRef: false})).violations"
            ".map(({id, nodes}) => ({id, nodes: nodes.slice(0, 3).map(({html, failureSummary}) => ({html, failureSummary}))}))",
            AXE_TAGS,
        )
        self.page.evaluate(STICK, "")
        return [
            f"{finding['id']}: {node['html'][:160]} {node['failureSummary'].splitlines()[-1].strip()[:200]}"
            for finding in found
            for node in finding["nodes"]
        ]
