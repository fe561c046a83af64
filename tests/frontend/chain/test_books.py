"""A seller's files against the chain: their sums are what the contract owes, to the last wei; and receipts that stand."""

from __future__ import annotations

import csv
import io
import re
from functools import cache
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_account import Account
from eth_utils.crypto import keccak

from frontend.pages.layout import account_of_community
from tests.frontend.chain.conftest import ETH, buy_form, listing_form, new_key, open_community
from tests.frontend.chain.site import Person, Site

PRICE = "0.123456789012345677"  # so that every commission is rounded
DAY_S = 86_400


class Trade:
    """One seller's business of every kind, on a market where others trade too."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.seller, self.buyer, self.referrer, self.arbiter, self.founder = (self._newcomer() for _ in range(5))
        self.platform_before = self.credit(account_of_community(0), ETH)
        self.community_id = open_community(site, self.founder, "BOOK", fee="1.37")
        self.token = str(site.bound.queries.community(self.community_id).token)
        desk = f"/c/{self.community_id}"
        form = {"mint-to": self.buyer.address, "mint-amount": "100", "mint-form_key": new_key()}
        self.founder.do(f"{desk}/mint", form)
        self.finished: list[str] = []
        self.trade()

    def _newcomer(self) -> Person:
        person = Person(self.site, Account.create())
        self.site.rpc("anvil_setBalance", person.address, hex(10**21))
        person.sign_in()
        return person

    def list(self, **changes: Any) -> str:
        form = listing_form(self.arbiter.address, price=PRICE, max_fee="20", referral="5", **changes)
        return str(self.seller.do(f"/listings/new?community={self.community_id}", form)["subject"])

    def buy(self, listing: str, **changes: str) -> str:
        form = buy_form(fee_shown="1000", **changes)
        return str(self.buyer.do(f"/l/{listing}/buy", form)["subject"])

    def step(self, who: Person, key: str, step: str, **typed: str) -> None:
        named = {f"{step}-{name}": value for name, value in typed.items()}
        who.do(f"/o/{key}/{step}", {f"{step}-form_key": new_key(), **named})

    def deliver(self, key: str) -> None:
        self.step(self.seller, key, "accept")
        self.step(self.seller, key, "deliver")

    def trade(self) -> None:
        """Sell in two currencies: bought to the end, referred, given back, in parts, ruled on, and too late."""
        lamp, oil = self.list(bond="10"), self.list(currency=self.token, arbiter_fee="0")
        form = {"deposit-currency": ETH, "deposit-amount": "1", "deposit-form_key": new_key()}
        self.seller.do("/bonds/deposit", form)
        plain, referred, parts, ruled, late, back = (
            self.buy(lamp, quantity=quantity, **more)
            for quantity, more in (("3", {}), ("1", {"referrer": self.referrer.address}), ("2", {}), ("1", {}), ("1", {}), ("1", {}))
        )  # fmt: skip
        in_token = self.buy(oil, quantity="7", referrer=self.referrer.address)
        for key in (plain, referred, in_token):
            self.deliver(key)
            self.step(self.buyer, key, "confirm")
        self.deliver(parts)
        for amount in ("0.0333", "0.0111"):
            order = self.site.bound.queries.order(parts)
            self.step(self.buyer, parts, "release", amount=amount, expected=str(order.amount_units))
        self.step(self.buyer, parts, "confirm")
        self.deliver(ruled)
        self.step(self.buyer, ruled, "dispute", text="It hums.")  # the seller's stake comes out of his bond
        self.step(self.arbiter, ruled, "rule", share="33.33")
        self.step(self.seller, back, "decline")
        self.step(self.seller, late, "accept")
        self.site.rpc("evm_increaseTime", 8 * DAY_S)
        self.site.rpc("evm_mine")
        self.site.follow()
        self.step(self.buyer, late, "expire")
        self.finished = [plain, referred, in_token, parts, ruled, back, late]
        name = f"w{self.seller.address[-8:]}{ETH[2:10]}".lower()
        taken = {f"{name}-amount": "0.1", f"{name}-to": self.seller.address, f"{name}-form_key": new_key()}
        self.seller.do(f"/credits/{self.seller.address}/{ETH}/withdraw", taken)

    def credit(self, account: str, currency: str) -> int:
        """Ask the Market what it owes."""
        data = keccak(text="creditOf(address,address)")[:4] + encode(["address", "address"], [account, currency])
        market = self.site.bound.registry.address("Market")
        return int(self.site.rpc("eth_call", {"to": market, "data": "0x" + data.hex()}, "latest"), 16)


@pytest.fixture(scope="module")
def trade(site: Site) -> Trade:
    return Trade(site)


@cache  # nobody fetches one file twenty times a minute
def rows_of(person: Person, name: str) -> list[dict[str, str]]:
    """Read one of somebody's files."""
    answer = person.get(f"/desk/{name}.csv")
    assert answer.status_code == 200
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))


def total(person: Person, name: str, column: str, currency: str, **wanted: str) -> int:
    """Add up one column of one of somebody's files."""
    rows = [row for row in rows_of(person, name) if row["currency"] == currency.lower()]
    return sum(
        int(row[f"{column}_smallest_units"]) for row in rows if all(row[key] == value for key, value in wanted.items())
    )


def currencies(trade: Trade) -> tuple[str, str]:
    return ETH, trade.token


def test_what_sales_paid_less_what_was_taken_out_is_what_the_chain_owes_the_seller(trade: Trade) -> None:
    for currency in currencies(trade):
        paid = total(trade.seller, "payouts", "amount", currency, what="sale_to_seller")
        taken = total(trade.seller, "payouts", "amount", currency, what="taken_out")
        assert paid - taken == trade.credit(trade.seller.address, currency) > 0
        assert paid == total(trade.seller, "orders", "to_seller", currency)


def test_commissions_are_what_the_chain_owes_platform_and_community(trade: Trade) -> None:
    community = account_of_community(trade.community_id)
    for currency in currencies(trade):
        told = total(trade.seller, "fees", "fee", currency, to="community")
        assert told == trade.credit(community, currency) > 0
    platform = trade.credit(account_of_community(0), ETH) - trade.platform_before
    assert total(trade.seller, "fees", "fee", ETH, to="platform") == platform > 0
    in_token = total(trade.seller, "fees", "fee", trade.token, to="platform")
    assert in_token == trade.credit(account_of_community(0), trade.token) > 0


def test_referral_commissions_are_what_the_chain_owes_the_referrer(trade: Trade) -> None:
    for currency in currencies(trade):
        owed = trade.credit(trade.referrer.address, currency)
        assert total(trade.seller, "referrals", "commission", currency) == owed > 0
        assert total(trade.referrer, "referral-income", "commission", currency) == owed
        assert total(trade.seller, "referral-income", "commission", currency) == 0


def test_orders_file_has_all_that_was_paid_in_again(trade: Trade) -> None:
    roles = ("buyer", "seller", "split", "referrer", "platform", "community", "arbiter", "other")
    for currency in currencies(trade):
        out = sum(total(trade.seller, "orders", f"to_{role}", currency) for role in roles)
        stakes, bond = 2 * 10**16, 123456789012345677 // 10
        paid = total(trade.seller, "orders", "paid", currency)
        assert out == paid + (stakes + bond if currency == ETH else 0)
        assert total(trade.seller, "orders", "to_other", currency) == 0
    assert total(trade.seller, "orders", "to_arbiter", ETH) == trade.credit(trade.arbiter.address, ETH) == 10**16
    owed = trade.credit(trade.buyer.address, ETH)
    assert total(trade.seller, "orders", "to_buyer", ETH) == owed > 0


def test_every_finished_order_has_a_receipt_that_stands(trade: Trade) -> None:
    stranger = trade.site.app.test_client()
    for key in trade.finished:
        page = stranger.get(f"/o/{key}/receipt", base_url="http://127.0.0.1:8000").get_data(as_text=True)
        address = re.search(r'href="(/verify\?order=[^"]+)"', page)
        assert address, trade.site.bound.queries.order(key).state
        said = stranger.get(address[1].replace("&amp;", "&"), base_url="http://127.0.0.1:8000").get_data(as_text=True)
        assert 'data-verdict="stands"' in said, trade.site.bound.queries.order(key).state
