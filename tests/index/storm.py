"""Random trade, random reorganisations, followers killed at random; after each round the index must equal a fresh one.

Chance comes from a seed: an era (so many rounds from the same first blocks) makes the same calls each time. Only when a
kill hits depends on the machine.
"""

from __future__ import annotations

import os
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import select

from frontend.index.models import events
from frontend.index.writer import position_of
from frontend.services.terms import ZERO_ADDRESS
from tests.helpers.receipts import receipt_of
from tests.helpers.terms import NO_RESERVES
from tests.index.life import LAST_OFFER, STAGES, Life, extras_of
from tests.index.market import ETHER, Index, Market, Sale
from tests.index.nursery import AFTER_COMMIT, AT_STATEMENT, BEFORE_COMMIT, Nursery, Young
from tests.index.said import TRANSFERRED, differences
from tools.chain import NodeError

ERA = 25  # rounds between two returns to the first blocks
DEPTHS = (1, 1, 1, 2, 2, 3, 3, 5, 7, 12, 12, 30, 64)
MOMENTS = (BEFORE_COMMIT, AFTER_COMMIT, AT_STATEMENT)
PATIENCE_S = 2.0  # so long a follower may take to write something, or to come to the moment at which it kills itself
TRADERS = 5
NEWEST = 10  # orders that anything is done about

FUNDED, ACCEPTED, DELIVERED, CONTESTED, DISPUTED = range(1, 6)
BEFORE_DISPUTE = (FUNDED, ACCEPTED, DELIVERED)
OPEN = (*BEFORE_DISPUTE, CONTESTED, DISPUTED)

Transaction = dict[str, Any]


class Difference(AssertionError):
    """The index is not what a fresh one is."""


def environment(index: Index) -> dict[str, str]:
    """Give the environment of a follower process."""
    settings = index.settings
    return {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "RPC_URL": settings.rpc_url,
        "CHAIN_ID": str(settings.chain_id),
        "ORIGIN": settings.origin,
        "CONTENT_DIR": str(settings.content_dir),
        "SECRET_KEY": settings.secret_key,
        "DEPLOYMENTS_DIR": str(settings.deployments_dir),
    }


def calls(market: Market, chance: random.Random, sale: Sale) -> list[tuple[str, str, list[Any]]]:
    """Give calls that an order's state allows, with who makes them; now and then all calls. They know how the order is."""
    key = bytes.fromhex(sale.key[2:])

    def ask(function: str) -> Any:
        return market.ask("Market", market.market, function, key)[0]

    left, clock, *_rest, state, flags, milestone = ask("orderOf")
    holder = ask("asideOf")[0] if flags & TRANSFERRED else sale.holder
    side, other = chance.sample((holder, market.seller), 2)
    offer = ask("talksOf")[1 if other == holder else 2][1]
    part = chance.choice((1, left // 3, left))
    favoured = market.seller if state == DELIVERED else holder
    found: list[tuple[tuple[int, ...], str, str, list[Any]]] = [
        ((FUNDED,), "accept", market.seller, []),
        ((FUNDED,), "accept", market.seller, []),
        ((FUNDED,), "cancel", holder, []),
        (OPEN, "refund", market.seller, []),
        (OPEN, "release", holder, [left, part]),
        (OPEN, "refundPart", market.seller, [left, part]),
        (BEFORE_DISPUTE, "extend", favoured, [clock, clock + chance.choice((1, 3600))]),
        (BEFORE_DISPUTE, "transferOrder", holder, [chance.choice((market.buyer, market.other, market.stranger))]),
        (OPEN, "offerSettlement", side, [left, part]),
        (OPEN, "offerSettlement", side, [left, max(0, left - part)]),
        (OPEN, "withdrawSettlement", side, []),
        (OPEN, "acceptSettlement", side, [offer]),
        ((DELIVERED,), "dispute", holder, ["", b"\x56" * 32]),
        ((DISPUTED,), "rule", market.arbiter, [chance.randint(0, 10_000)]),
        ((DISPUTED,), "rule", market.arbiter, [chance.randint(0, 10_000)]),
    ]
    if sale.terms.extras is not None and sale.terms.extras.milestones:
        extras = extras_of(sale.terms)
        found += [((ACCEPTED,), "deliverMilestone", market.seller, [extras, milestone, b"\x57" * 32])] * 4
        found += [((DELIVERED,), "confirmMilestone", holder, [extras, milestone])] * 4
    else:
        found += [((ACCEPTED,), "deliver", market.seller, [b"\x55" * 32])] * 4
        found += [((DELIVERED,), "confirm", holder, [])]
    every = [(function, sender, more) for _, function, sender, more in found]
    allowed = [(function, sender, more) for states, function, sender, more in found if state in states]
    return allowed if allowed and chance.random() < 0.9 else every


class Storm:
    """One market under bad weather, and its index."""

    def __init__(self, market: Market, index: Index, nursery: Nursery, folder: Path, seed: int) -> None:
        self.market = market
        self.index = index
        self.nursery = nursery
        self.folder = folder
        self.seed = seed
        self.counts: Counter[str] = Counter()
        self.seen: set[str] = set()  # events that were in the index after a round
        self._prepare()

    def _prepare(self) -> None:
        """Make the first blocks, to which each era returns: a community, its token in some hands, listings, and orders that have begun."""
        market = self.market
        self._radio = market.open_community(market.seller, allocation=10**20)
        market.on_token(self._radio, "mintBatch", [market.people[:TRADERS], [ETHER] * TRADERS], market.seller)
        self._token = market.token(self._radio)
        self._terms = [
            market.terms(self._radio, unit_price_units=ETHER // 100 + n, arbiter_fee_units=0) for n in range(2)
        ]
        work = {"kind": "service", "instant": True, "accept_for_s": 0, "deliver_for_s": 86400, "transit_for_s": 0}
        self._terms.append(market.terms(self._radio, unit_price_units=ETHER // 100, arbiter_fee_units=0, **work))
        stages = {"kind": "service", "transit_for_s": 0, "extras": STAGES}
        late = {"bond_bps": 1000, "referral_bps": 100, "per_buyer_open_quantity": 40, "extras": LAST_OFFER}
        self._terms.append(market.terms(self._radio, unit_price_units=ETHER // 50, arbiter_fee_units=0, **stages))
        self._terms.append(
            market.terms(self._radio, unit_price_units=ETHER // 50, arbiter_fee_units=ETHER // 99, **late)
        )
        for terms in self._terms:
            market.list(terms, 1000)
        market.send("Market", market.market, "depositBond", [market.seller, ZERO_ADDRESS, ETHER], market.seller, ETHER)
        self._first_sales = self._begun_orders()
        self._sales: list[Sale] = []
        market.mine(2)
        self._first = market.head()
        self._salts = market.salts

    def _begun_orders(self) -> list[Sale]:
        """Give orders that are far enough for whatever an order's late life knows."""
        market = self.market
        goods, _, _, stages, late = self._terms
        found = [market.buy(terms, 2) for terms in (stages, stages, late, late, goods)]
        life = Life(market, self._radio)
        for sale in found:
            market.on_order("accept", sale, market.seller)
        for sale in found[:2]:
            market.on_order("deliverMilestone", sale, market.seller, extras_of(stages), 0, b"\x57" * 32)
        for sale in found[2:]:
            for side in (market.buyer, market.seller):
                life.offer(sale, side, ETHER // 100)
        for sale in found[2:4]:
            market.on_order("deliver", sale, market.seller, b"\x55" * 32)
        market.on_order("dispute", found[2], market.buyer, "", b"\x56" * 32, value=late.arbiter_fee_units)
        return found

    def rounds(self, first: int, last: int, told: Callable[[int], None] = lambda number: None) -> None:
        """Go through rounds; the first one should begin an era. Raises: Difference."""
        for number in range(first, last):
            if number % ERA == 0 and self.market.head() > self._first:
                self._begin_era()
            self._round(number)
            if number % ERA == ERA - 1:
                self._ask_the_market(number)
            told(number)

    def _ask_the_market(self, number: int) -> None:
        """Compare what the index shows of orders and bonds with what the contract says. Raises: Difference."""
        found = differences(self.market, self.index.engine)
        if found:
            raise Difference(f"seed {self.seed}, round {number}: {found[:3]}")

    def _begin_era(self) -> None:
        self.market.rpc("anvil_rollback", self.market.head() - self._first)
        self.market.salts = self._salts
        self._sales = []
        self.counts["returned to the first blocks"] += 1

    def _round(self, number: int) -> None:
        chance = random.Random(f"{self.seed}:{number}")
        acts = [self._trade, self._trade, self._reorganise, self._trade]
        chance.shuffle(acts)
        kill_after = chance.randrange(len(acts))
        young = self._follower(chance.choice(MOMENTS), chance.randint(1, 4))
        for place, act in enumerate(acts):
            act(chance)
            if place == kill_after:
                self._kill(young, PATIENCE_S)
                young = self._follower(None, 0)
        self._kill(young, chance.choice((chance.uniform(0, 0.4), PATIENCE_S)))
        self.counts["rounds"] += 1
        self._compare(number)

    def _follower(self, moment: str | None, count: int) -> Young:
        self._seen = self._position()
        return self.nursery.follower(environment(self.index), moment, count)

    def _kill(self, young: Young, after_s: float) -> None:
        """Kill a follower as soon as it has written, or after a while, unless it came to its chosen moment before."""
        until = time.monotonic() + after_s
        while young.is_alive() and time.monotonic() < until and self._position() == self._seen:
            time.sleep(0.005)
        self.counts["killed by the clock" if young.is_alive() else "killed at a chosen moment"] += 1
        young.kill()
        self.counts["had written when killed"] += self._position() != self._seen

    def _position(self) -> tuple[int, str] | None:
        with self.index.engine.connect() as connection:
            found = position_of(connection)
        return None if found is None else (found.number, found.hash)

    def _compare(self, number: int) -> None:
        """Let a follower that knows nothing but the database finish, and compare with an index built from nothing."""
        self.index.follower = self.index.new_follower()
        found = self.index.follow()
        fresh = Index(self.folder / f"fresh{number}", self.market)
        try:
            wanted = fresh.follow()
        finally:
            fresh.engine.dispose()
            fresh.remove()
        with self.index.engine.connect() as connection:
            self.seen |= set(connection.execute(select(events.c.name).distinct()).scalars())
        if found != wanted:
            extra, missing = sorted(set(found) - set(wanted))[:3], sorted(set(wanted) - set(found))[:3]
            raise Difference(
                f"seed {self.seed}, round {number}: the index differs from a fresh one.\ntoo much: {extra}\nmissing: {missing}"
            )

    # what people do

    def _trade(self, chance: random.Random) -> None:
        """Send some transactions, each in a block of its own or several in one; some of them will fail."""
        together = chance.random() < 0.4
        if together:
            self.market.rpc("evm_setAutomine", False)
        sent = []
        for _ in range(chance.randint(1, 4)):
            with suppress(NodeError):  # what a reorganisation has undone cannot be gone on with
                sent.append(self.market.rpc("eth_sendTransaction", self._transaction(chance)))
                self.counts["transactions"] += 1
        if together:
            self.market.mine()
            self.market.rpc("evm_setAutomine", True)
        for transaction in sent:
            receipt_of(self.market.rpc, transaction)
        if chance.random() < 0.3:
            self.market.mine(chance.choice((1, 3, 20)))

    def _transaction(self, chance: random.Random) -> Transaction:
        market, kind = self.market, chance.random()
        trader = chance.choice(market.people[:TRADERS])
        if kind < 0.3:
            referrer = chance.choice((ZERO_ADDRESS, market.owner))
            terms, quantity = chance.choice(self._terms), chance.randint(1, 3)
            unsent, sale = market.purchase_of(terms, quantity, market.buyer, referrer=referrer)
            self._sales.append(sale)
            return unsent
        if kind < 0.7:
            return self._about_an_order(chance, chance.choice([*self._first_sales, *self._sales[-NEWEST:]]))
        if kind < 0.9:
            units = chance.choice((0, 1, ETHER // 7, ETHER))
            to = chance.choice(market.people[:TRADERS])
            return market.transaction("CommunityToken", self._token, "transfer", [to, units], trader)
        if kind < 0.92:
            units = chance.choice((1, ETHER // 100))
            return market.transaction("Market", market.market, "withdrawBond", [ZERO_ADDRESS, units], market.seller)
        if kind < 0.95:
            terms = market.terms(self._radio)
            return market.transaction("Market", market.market, "list", [terms.to_abi(), 5], terms.seller)
        params = (f"club {market.salts}", "DKB", 10**24, 10**18, 86400, 864000, 300, "http://x/c", b"\x11" * 32)
        params += NO_RESERVES
        market.salts += 1
        return market.transaction("CommunityRegistry", market.registry, "openCommunity", [params], trader)

    def _about_an_order(self, chance: random.Random, sale: Sale) -> Transaction:
        function, sender, more = chance.choice(calls(self.market, chance, sale))
        value = sale.terms.arbiter_fee_units if function == "dispute" else 0
        return self.market.transaction("Market", self.market.market, function, [*sale.head, *more], sender, value)

    # what the chain does

    def _reorganise(self, chance: random.Random) -> None:
        room = self.market.head() - self._first
        depth = min(chance.choice(DEPTHS), room)
        if depth == 0:
            return
        if chance.random() < 0.2:
            self.market.rpc("anvil_rollback", depth)
            self.counts["shortened"] += 1
            if chance.random() < 0.8:  # else it stays shorter, which is believed only after a while
                self.market.mine(chance.randint(1, depth + 3))
            return
        for _ in range(1 if chance.random() < 0.8 else 2):
            again = self._moved(chance, depth)
            try:
                self.market.rpc("anvil_reorg", depth, again)
            except NodeError:  # the node takes no call that fails by now: then all of them vanish
                self.market.rpc("anvil_reorg", depth, [])
            self.counts[f"reorganised {depth} deep"] += 1
            self.counts["reorganised"] += 1
            self.market.mine(chance.randint(0, 2))

    def _moved(self, chance: random.Random, depth: int) -> list[tuple[Transaction, int]]:
        """Let some of the transactions of the newest blocks come again: in other blocks and in another order."""
        market, head = self.market, self.market.head()
        found: list[Transaction] = []
        for number in range(head - depth + 1, head + 1):
            found += market.rpc("eth_getBlockByNumber", hex(number), True)["transactions"]
        kept = [transaction for transaction in found if chance.random() < 0.6]
        if chance.random() < 0.5:
            chance.shuffle(kept)
        places = sorted(chance.randrange(depth) for _ in kept)
        nonces: dict[str, int] = {}
        again = []
        for transaction, place in zip(kept, places, strict=True):
            sender = transaction["from"]
            if sender not in nonces:
                nonces[sender] = int(market.rpc("eth_getTransactionCount", sender, hex(head - depth)), 16)
            unsent = {"from": sender, "to": transaction["to"], "data": transaction["input"],
                      "value": transaction["value"], "gas": transaction["gas"], "nonce": hex(nonces[sender])}  # fmt: skip
            nonces[sender] += 1
            again.append((unsent, place))
        return again
