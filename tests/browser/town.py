"""What a test needs before it begins: people with money, a community and its stalls, orders that are under way.

All of it comes about through the real routes and real transactions, only without a window (the demo's own browser does the
same): the tests themselves then open the window.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

from eth_abi.abi import encode
from eth_account import Account
from eth_utils.crypto import keccak
from flask import Flask

from frontend import create_app
from frontend.config import Settings
from frontend.demo.browser import Browser
from frontend.index.queries import Queries
from frontend.index.views import Extras, Milestone, Order
from frontend.services.intents import Call
from frontend.services.terms import DAY_S, Terms, extras_abi, listing_id
from tests.browser.market import RunningMarket
from tests.browser.wallet import Wallet
from tests.helpers.nicknames import commitment
from tests.helpers.receipts import receipt_of

ETH = "0x" + "0" * 40
ETHER = 10**18
PATIENCE_S = 20
MINUTE_S = 60
TWO_PARTS = Extras((Milestone(4_000, 3 * DAY_S, DAY_S), Milestone(6_000, 2 * DAY_S, DAY_S)), False)
T = TypeVar("T")


@dataclass(frozen=True)
class Stall:
    """The tests' own community with one listing in ETH, one in its token and one with a staked arbiter's fee."""

    community_id: int
    token: str
    seller: Clerk
    steward: Clerk
    arbiter: Clerk
    in_eth: str
    in_token: str
    with_stakes: str


class Opened(NamedTuple):
    """A community that was opened through the pages."""

    id: int
    token: str


class Town:
    """A running market as its operator sees it: database, contracts, and people to be invited."""

    def __init__(self, market: RunningMarket) -> None:
        self.market = market
        settings = Settings.from_env(market.env)
        self.app: Flask = create_app(settings)
        self.queries: Queries = self.app.extensions["dokkaebi"].queries
        record = json.loads(Path(market.env["DEPLOYMENTS_DIR"], f"{market.chain_id}.json").read_text())
        self.contracts: dict[str, str] = {name: entry["address"] for name, entry in record["contracts"].items()}

    def wallet(self, *, wealth_wei: int = 50 * ETHER, **options: Any) -> Wallet:
        """Give a wallet with one new account, and ETH in it."""
        found = Wallet(self.market.rpc_url, self.market.chain_id, [Account.create()], **options)
        if wealth_wei:
            self.set_wealth(found.accounts[0].address, wealth_wei)
        return found

    def clerk(self, wallet: Wallet | None = None) -> Clerk:
        """Give somebody who works without a window."""
        return Clerk(self, wallet or self.wallet())

    def set_wealth(self, address: str, wei: int) -> None:
        """Set an account's ETH."""
        method = "anvil_setBalance" if self.market.chain_id == 31337 else "evm_setAccountBalance"
        self.market.rpc(method, [address, hex(wei)])

    # ---- what the chain itself says

    def call(self, address: str, signature: str, *values: Any) -> int:
        """Ask a contract for one number."""
        kinds = [kind for kind in signature.partition("(")[2].rstrip(")").split(",") if kind]
        data = keccak(text=signature)[:4] + encode(kinds, values)
        return int(self.market.rpc("eth_call", [{"to": address, "data": "0x" + data.hex()}, "latest"]), 16)

    def balance(self, account: str, token: str = ETH) -> int:
        """Give what an account holds on the chain."""
        if token == ETH:
            return int(self.market.rpc("eth_getBalance", [account, "latest"]), 16)
        return self.call(token, "balanceOf(address)", account)

    def credit(self, account: str, currency: str = ETH) -> int:
        """Give what the market owes to an account on the chain."""
        return self.call(self.contracts["Market"], "creditOf(address,address)", account, currency)

    def ask(self, method: str, *params: Any) -> Any:
        """Ask the node."""
        return self.market.rpc(method, list(params))

    def fee_paid(self, tx_hash: str) -> int:
        """Give what a transaction cost its sender beside its value."""
        receipt = receipt_of(self.ask, tx_hash)
        return int(receipt["gasUsed"], 16) * int(receipt["effectiveGasPrice"], 16)

    def now_ts(self) -> int:
        """Give the time of the newest block."""
        return int(self.market.rpc("eth_getBlockByNumber", ["latest", False])["timestamp"], 16)

    def minute_in(self, days: int) -> str:
        """Give the minute in so many days of the chain's time, as forms take it."""
        return datetime.fromtimestamp(self.now_ts() + days * DAY_S, UTC).strftime("%Y-%m-%dT%H:%M")

    def pass_time(self, seconds: int) -> None:
        """Move the chain's clock on, and wait until the index has seen it."""
        self.market.rpc("evm_increaseTime", [seconds])
        self.market.rpc("evm_mine")
        then_ts = self.now_ts()
        eventually(lambda: (head := self.queries.head()) is not None and head.timestamp_ts >= then_ts)

    # ---- what the index says

    def order(self, key: str) -> Order:
        """Give an order that is there."""
        found = self.queries.order(key)
        assert found is not None
        return found

    def order_of(self, tx_hash: str) -> Order:
        """Give the order that a purchase made, once the index has it."""
        return eventually(lambda: self.queries.order_by_tx(tx_hash.lower()))

    def sold(self, listing_id: str) -> int:
        """Give how many of a listing were sold."""
        found = self.queries.listing(listing_id)
        assert found is not None
        return found.quantity_sold

    # ---- what tests share

    def open_stall(self) -> Stall:
        """Open a community with three listings."""
        steward, seller, arbiter = self.clerk(), self.clerk(), self.clerk()
        founding = steward.act("/c/new", "/c/new", **community_form("Night Kiln", "KILN"))
        founded = eventually(lambda: next((c for c in self.queries.communities_of(steward.account)), None))
        assert founded.token is not None, founding
        desk = f"/c/{founded.id}"
        steward.act(f"{desk}/desk", f"{desk}/mint", to=seller.address, amount="100000")
        return Stall(
            community_id=founded.id,
            token=founded.token,
            seller=seller,
            steward=steward,
            arbiter=arbiter,
            in_eth=seller.list(founded.id, arbiter, title="Moon jar, second firing", price="0.5"),
            in_token=seller.list(founded.id, arbiter, title="Glaze by the cup", price="3", currency=founded.token),
            with_stakes=seller.list(founded.id, arbiter, title="Cracked bowl, mended", price="0.2", arbiter_fee="0.05"),
        )


class Clerk:
    """One person at work without a window: reads forms from the pages, fills them in, signs, sends."""

    def __init__(self, town: Town, wallet: Wallet) -> None:
        self.town = town
        self.wallet = wallet
        self._browser: Browser | None = None

    @property
    def address(self) -> str:
        """The account, with checksum."""
        return self.wallet.accounts[0].address

    @property
    def account(self) -> str:
        """The account as the index writes it."""
        return self.address.lower()

    @property
    def browser(self) -> Browser:
        """A browser without a window, signed in."""
        if self._browser is None:
            self._browser = browser = Browser(self.town.app, self.town.market.origin)
            message = browser.ask("/auth/message", {"account": self.address}, self._csrf())["message"]
            signature = self.wallet.request("personal_sign", ["0x" + message.encode().hex(), self.address])
            browser.ask("/auth/verify", {"message": message, "signature": signature}, self._csrf())
        return self._browser

    def _csrf(self) -> str:
        assert self._browser is not None
        return str(self._browser.read("/auth/session")["csrfToken"])

    def act(self, path: str, action: str, then: Mapping[str, str] | None = None, **typed: str | bool | bytes) -> str:
        """Fill in a form, sign and send what comes of it; give the transaction's hash once the index has it.

        Args: then is what is pressed behind a preview or a quote.
        """
        answer = self.browser.submit(path, action, typed, then)
        place = urlsplit(answer.request.path).path
        assert place.startswith("/intents/"), f"the form to {action} led to {place}"
        intent = self.browser.read(f"{place}.json")
        if intent["permit"]:
            signature = self.wallet.request("eth_signTypedData_v4", [self.address, json.dumps(intent["permit"])])
            intent = self.browser.ask(f"{place}/permit", {"signature": signature}, self._csrf())
        sending = {name: intent[name] for name in ("from", "to", "data", "value", "gas")}
        tx_hash = str(self.wallet.request("eth_sendTransaction", [sending]))
        self.browser.ask(f"{place}/wallet", {"hash": tx_hash}, self._csrf())
        eventually(lambda: self.town.queries.transaction_events(tx_hash.lower()))
        return tx_hash

    def list(self, community_id: int, arbiter: Clerk, *, currency: str = ETH, **changes: str | bool) -> str:
        """Put something on sale and give the listing's id."""
        path = f"/listings/new?community={community_id}"
        tx_hash = self.act(path, "/listings/new", **{**listing_form(arbiter.address), "currency": currency, **changes})
        receipt = receipt_of(self.town.ask, tx_hash)
        market = self.town.contracts["Market"].lower()
        ids = [log["topics"][1] for log in receipt["logs"] if log["address"].lower() == market]
        found = next(listing for one in ids if (listing := self.town.queries.listing(one)) is not None)
        return found.id

    def list_work(self, community_id: int, arbiter: Clerk, extras: Extras = TWO_PARTS, **changes: Any) -> str:
        """Put a service with optional terms on sale from a program of one's own, and give the listing's id."""
        first = extras.milestones[0] if extras.milestones else Milestone(10_000, 3 * DAY_S, DAY_S)
        terms = Terms(
            seller=self.address, currency=ETH, unit_price_units=ETHER, arbiter=arbiter.address, content_hash="0x" + "77" * 32,
            salt="0x" + secrets.token_hex(32), community_id=community_id, kind="service", max_fee_bps=1_000, accept_for_s=DAY_S,
            deliver_for_s=first.deliver_for_s, inspect_for_s=first.inspect_for_s, rule_for_s=3 * DAY_S, extras=extras, **changes,
        )  # fmt: skip
        market, chain_id = self.town.contracts["Market"], self.town.market.chain_id
        call = Call("Market", market, "listWithExtras", (terms.to_abi(), 500, extras_abi(extras)))
        sending = {"from": self.address, "to": market, "data": call.data, "gas": hex(1_500_000)}
        self.wallet.request("eth_sendTransaction", [sending])
        found = listing_id(chain_id, market, terms.to_abi())
        eventually(lambda: self.town.queries.listing(found))
        return found

    def buy(self, listing_id: str, quantity: int = 1) -> str:
        """Buy and give the order's key."""
        path = f"/l/{listing_id}/buy"
        return self.town.order_of(self.act(f"{path}?quantity={quantity}", path, quantity=str(quantity))).key

    def claim(self, nickname: str) -> None:
        """Claim a nickname, in two steps a minute apart."""
        salt = "0x" + secrets.token_hex(32)
        hidden = commitment(self.address, nickname, salt)
        self.act("/persona", "/persona/commit", **{"commit-nickname": nickname, "commit-commitment": hidden})
        self.town.pass_time(MINUTE_S)
        self.act("/persona", "/persona/claim", **{"claim-nickname": nickname, "claim-salt": salt})

    def open_curve(self, name: str, symbol: str, **changes: str) -> int:
        """Open a community whose token is sold along a curve, and the curve; give the community's id."""
        reserves = {"cap": "2000", "founder_allocation": "100", "curve_allocation": "1000"}
        found = self._open(name, symbol, **reserves)
        page = f"/c/{found.id}"
        self.act(f"{page}/desk", f"{page}/renounce", sure=True)
        price = {
            "kind": "line",
            "first_price": "0.001",
            "last_price": "0.004",
            "first_units": "25",
            "step": "preview",
            **changes,
        }
        self.act(f"{page}/curve/open", f"{page}/curve/open", then={"step": "go"}, **price)
        eventually(lambda: self.town.queries.curve(found.id))
        return found.id

    def open_with_claims(self, name: str, symbol: str) -> Opened:
        """Open a community that reserves 1 000 tokens for claims."""
        return self._open(name, symbol, claim_allocation="1000")

    def _open(self, name: str, symbol: str, **reserves: str) -> Opened:
        self.act("/c/new", "/c/new", **{**community_form(name, symbol), **reserves})
        found = eventually(
            lambda: next((c for c in self.town.queries.communities_of(self.account) if c.symbol == symbol), None)
        )
        return Opened(found.id, found.token)

    def open_phase(self, community_id: int, number: int, **changes: str) -> None:
        """Open a claim phase of a month, for a thousandth of an ether a token."""
        page = f"/c/{community_id}/claims"
        phase = {"end": self.town.minute_in(30), "supply": "100", "price": "0.001", "step": "preview", **changes}
        self.act(f"{page}/open", f"{page}/open", then={"step": "go"}, **phase)
        eventually(lambda: self.town.queries.claim_phase(community_id, number))

    def write_for_members(self, community_id: int, title: str, text: str, tier: int) -> None:
        """Write a page for members of a tier, as the steward."""
        path = f"/c/{community_id}/members-only/new"
        answer = self.browser.submit(path, path, {"title": title, "text": text, "tier": str(tier)})
        assert answer.status_code == 200, f"the form to {path} was answered with {answer.status_code}"

    def trade(self, community_id: int, step: str, amount: str) -> str:
        """Buy tokens from a curve, or sell some to it."""
        page = f"/c/{community_id}/curve"
        return self.act(page, f"{page}/{step}", then={"step": "go"}, amount=amount, step="quote")

    def take(self, key: str, step: str, **typed: str | bool) -> str:
        """Take a step of an order."""
        return self.act(f"/o/{key}", f"/o/{key}/{step}", **typed)


def community_form(name: str, symbol: str) -> dict[str, str]:
    """Give what is typed to open a community."""
    return {
        "name": name,
        "symbol": symbol,
        "text": "We fire at night, when the wind has gone to bed.",
        "rules": "No mass ware.",
        "lang": "en",
        "tags": "clay, night",
        "cap": "21000000000",
        "founder_allocation": "1000",
        "vesting_cliff": "30",
        "vesting_duration": "365",
        "fee": "2.5",
    }


def listing_form(arbiter: str) -> dict[str, str]:
    """Give what is typed to list goods."""
    return {
        "title": "Moon jar",
        "text": "A round white jar, 20 cm. One small ash mark near the foot.",
        "lang": "en",
        "tags": "jar",
        "kind": "goods",
        "price": "0.5",
        "quantity": "500",
        "accept_for": "2",
        "deliver_for": "5",
        "transit_for": "3",
        "inspect_for": "4",
        "rule_for": "7",
        "arbiter": arbiter,
        "arbiter_fee": "0",
        "max_fee": "10",
    }


def eventually(look: Callable[[], T | None], within_s: float = PATIENCE_S) -> T:
    """Wait until something is there."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"it did not happen within {within_s:.0f} s")
