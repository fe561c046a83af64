"""A market on a real chain with its index, and keepers at work in it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eth_utils.crypto import keccak
from web3 import HTTPProvider, Web3

from scripts.lib.abis import exported_abi
from scripts.lib.accounts import signer_for
from scripts.lib.keep import index as keeper_index
from scripts.lib.keep.journal import Owner, open_journal
from scripts.lib.keep.keeper import Keeper
from scripts.lib.keep.node import Node
from scripts.lib.keep.report import Report
from scripts.lib.keep.settle import Desk, Limits
from scripts.lib.params import load
from scripts.lib.registry import open_registry
from tests.index.market import CHAIN_ID, ETHER, Index, Market, Sale

GWEI = 10**9
CAP_WEI = 100 * GWEI
ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}(?![0-9a-fA-F])")
FEE = ETHER // 10
ACCEPTED = 2
FINAL = {"completed": 6, "cancelled": 7, "refunded": 8}
FAR_S = 60 * 86_400


@dataclass
class Working:
    """A keeper, what it has said, and the journal that it keeps."""

    keeper: Keeper
    lines: list[str]

    @property
    def desk(self) -> Desk:
        return self.keeper.desk

    @property
    def report(self) -> Report:
        return self.desk.report

    @property
    def said(self) -> str:
        return "\n".join(self.lines)

    def round(self) -> None:
        self.keeper.round()


@dataclass
class Bench:
    """A market whose chain goes back to where it was after each test, and a fresh index of it."""

    market: Market
    index: Index
    community: int
    folder: Path
    said: list[str] = field(default_factory=list)

    # what people do

    def order(self, state: str = "funded", **terms: Any) -> Sale:
        """Bring a new order into an open state."""
        made = self.market.terms(self.community, **terms)
        self.market.list(made)
        sale = self.market.buy(made)
        steps = ["funded", "accepted", "delivered", "contested", "disputed"]
        for step in steps[1 : steps.index(state) + 1]:
            self._step(step, sale)
        return sale

    def _step(self, step: str, sale: Sale) -> None:
        market = self.market
        if step == "accepted":
            market.on_order("accept", sale, market.seller)
        elif step == "delivered":
            market.on_order("deliver", sale, market.seller, keccak(text="sent"))
        elif step == "contested":
            market.on_order("dispute", sale, market.buyer, "", b"\0" * 32, value=FEE)
        else:
            market.on_order("stake", sale, market.seller, value=FEE)

    def overdue(self, state: str = "funded", count: int = 1) -> list[Sale]:
        """Give orders that are long overdue, and known to the index."""
        sales = [self.order(state) for _ in range(count)]
        self.market.warp(FAR_S)
        self.index.follower.catch_up()
        return sales

    # what stands there

    def rpc(self, method: str, *params: Any) -> Any:
        return self.market.rpc(method, *params)

    def state_of(self, sale: Sale) -> int:
        return self.order_of(sale)[0]

    def order_of(self, sale: Sale) -> tuple[int, int]:
        """Give an order's state and clock as the chain has them."""
        registry = open_registry(CHAIN_ID, self.genesis, self.records, may_start_over=False)
        bound = self.w3.eth.contract(
            address=Web3.to_checksum_address(registry.address("Market")), abi=exported_abi("Market")
        )
        order = bound.functions.orderOf(sale.key).call()
        return order[5], order[1]

    def set_time(self, at_ts: int) -> None:
        """Mine a block at a time of the chain."""
        self.rpc("evm_setNextBlockTimestamp", at_ts)
        self.rpc("evm_mine")

    def now_ts(self) -> int:
        return int(self.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)

    @property
    def w3(self) -> Web3:
        return self.w3_at("")

    def w3_at(self, url: str) -> Web3:
        return Web3(HTTPProvider(url or self.market.url, request_kwargs={"timeout": 30}))

    @property
    def genesis(self) -> str:
        return str(self.rpc("eth_getBlockByNumber", "0x0", False)["hash"])

    @property
    def records(self) -> Path:
        return self.index.settings.deployments_dir

    @property
    def env(self) -> dict[str, str]:
        """The settings of a keeper that is a process of its own."""
        return {
            "RPC_URL": self.market.url,
            "DATABASE_URL": self.index.settings.database_url,
            "CHAIN_ID": str(CHAIN_ID),
            "DEPLOYMENTS_DIR": str(self.records),
        }

    def sent_by(self, number: int, block: str = "latest") -> int:
        """How many transactions of a test account are mined ("pending": or waiting)."""
        return int(self.rpc("eth_getTransactionCount", self.market.people[number], block), 16)

    def tamper(self, statement: str) -> None:
        """Change the index behind its follower's back."""
        with sqlite3.connect(self.index.folder / "test.db") as connection:
            connection.execute(statement)
        connection.close()

    # keepers

    @contextmanager
    def keeper(
        self, number: int = 9, journal: str = "", cap_wei: int = CAP_WEI, url: str = "", **limits: Any
    ) -> Iterator[Working]:
        """Give a keeper in this process, on the real chain, index and journal."""
        registry = open_registry(CHAIN_ID, self.genesis, self.records, may_start_over=False)
        signer = signer_for(load(CHAIN_ID).network, str(number))
        owner = Owner(CHAIN_ID, self.genesis, self.market.market.lower(), signer.address.lower())
        index = keeper_index.Index(self.index.settings.database_url)
        with open_journal(self.journal(number, journal), owner) as kept:
            lines: list[str] = []
            desk = Desk(Node(self.w3_at(url), registry), kept, signer, Limits(cap_wei, **limits), Report(lines.append))
            yield Working(Keeper(desk, index), lines)
        index.close()
        self.said += lines

    def journal(self, number: int = 9, name: str = "") -> Path:
        return self.folder / (name or f"keeper-{number}.db")

    def stored(self, number: int = 9) -> list[tuple[str, int, str]]:
        """Give subject, nonce and state of every call in a journal."""
        with sqlite3.connect(self.journal(number)) as connection:
            found = connection.execute("SELECT subject, nonce, state FROM calls ORDER BY id").fetchall()
        connection.close()
        return found

    def stored_hashes(self, number: int = 9) -> list[str]:
        """Give the hashes of all transactions that a keeper has signed, in order."""
        with sqlite3.connect(self.journal(number)) as connection:
            found = connection.execute("SELECT hash FROM transactions ORDER BY rowid").fetchall()
        connection.close()
        return [row[0] for row in found]

    def waiting(self) -> int:
        return int(self.rpc("txpool_status")["pending"], 16)
