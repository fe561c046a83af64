"""A real market on a throw-away Anvil, driven by plain JSON-RPC: what the index is tested against."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from eth_abi.abi import decode, encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from sqlalchemy import func, select

from frontend.config import Settings
from frontend.contracts.registry import exported_hash, function_abi, selector
from frontend.index.follow import Follower
from frontend.index.models import STATE_TABLES, quarantine
from frontend.index.writer import dump
from frontend.merkle import leaf_of
from frontend.services.terms import (
    NO_POINT,
    ZERO_ADDRESS,
    Purchase,
    Terms,
    extras_abi,
    file_abi,
    listing_id,
    order_key,
    ref_of,
)
from frontend.store.database import create_engine
from scripts.lib.artifacts import artifact
from tests.helpers.receipts import receipt_of
from tests.helpers.tables import make_tables
from tests.helpers.terms import NO_RESERVES
from tests.index.assembly import Assembly
from tests.index.designs import Designs
from tests.index.files import Files
from tests.index.life import Life
from tests.index.voices import Voices
from tools.chain import ANVIL, Node, rpc, throw_away
from tools.places import ROOT

ETHER = 10**18
DAY_S = 86400
LOCK_TS = 2_000_000_000  # within ten years of the chain
HOUR_S = 3600
MINUTE_S = 60
RESERVED = 500 * ETHER
BACKED, CURVED = 50 * ETHER, 400 * ETHER
SELLERS_NAME, BUYERS_NAME = "한밤-라디오", "d0kkaebi"
CHAIN_ID = ANVIL.chain_id


@cache
def bytecode(name: str) -> str:
    """Give a compiled contract, read once; compiles when nobody has yet."""
    path = ROOT / "build" / "contracts" / f"{name}.json"
    if not path.exists():
        subprocess.run(["brownie", "compile"], cwd=ROOT, check=True, capture_output=True)
    return "0x" + json.loads(path.read_text(encoding="utf-8"))["bytecode"].removeprefix("0x")


@dataclass
class Sale:
    """An order with all that its calls need."""

    terms: Terms
    holder: str
    ref: str
    key: str

    @property
    def head(self) -> list[Any]:
        """The first arguments of every call about the order."""
        return [self.terms.to_abi(), self.holder, bytes.fromhex(self.ref[2:])]


def persona_id(nickname: str) -> bytes:
    """Give the id of the persona of this name."""
    return nickname.encode().ljust(32, b"\0")


@dataclass
class Market:
    """Contracts on a chain, and people with unlocked accounts."""

    url: str
    registry: str = ""
    market: str = ""
    splits: str = ""
    personas: str = ""
    claims: str = ""
    curves: str = ""
    memberships: str = ""
    governors: str = ""
    key_requests: str = ""
    reviews: str = ""
    blueprints: str = ""
    start_block: int = 0
    record: dict[str, Any] = field(default_factory=dict)
    salts: int = 0
    assembly: Assembly = field(init=False)

    def __post_init__(self) -> None:
        self.people = [to_checksum_address(account) for account in self.rpc("eth_accounts")]
        self.owner, self.seller, self.buyer, self.other, self.arbiter, self.backup, self.stranger = self.people[:7]

    def rpc(self, method: str, *params: Any) -> Any:
        """Ask the node."""
        return rpc(self.url, method, list(params))

    def deploy(self) -> Market:
        """Put all that the index follows on the chain, and make the record that a deploy script would write."""
        first = self.create("CommunityRegistry", encode(["address", "uint16"], [self.owner, 250]))
        self.registry = to_checksum_address(first["contractAddress"])
        second = self.create("Splits", b"")
        self.splits = to_checksum_address(second["contractAddress"])
        libraries = {name: self.create(name, b"")["contractAddress"] for name in artifact("Market").libraries}
        seventh = self.create("Memberships", encode(["address"], [self.registry]))
        self.memberships = to_checksum_address(seventh["contractAddress"])
        arguments = encode(["address"] * 3, [self.registry, self.splits, self.memberships])
        third = self.create("Market", arguments, artifact("Market").linked(libraries))
        self.market = to_checksum_address(third["contractAddress"])
        fourth = self.create("Personas", b"")
        self.personas = to_checksum_address(fourth["contractAddress"])
        fifth = self.create("Claims", encode(["address"], [self.registry]))
        self.claims = to_checksum_address(fifth["contractAddress"])
        sixth = self.create("Curves", encode(["address"], [self.registry]))
        self.curves = to_checksum_address(sixth["contractAddress"])
        eighth = self.create("Governors", encode(["address", "address"], [self.registry, self.memberships]))
        self.governors = to_checksum_address(eighth["contractAddress"])
        ninth = self.create("KeyRequests", b"")
        self.key_requests = to_checksum_address(ninth["contractAddress"])
        tenth = self.create("Reviews", encode(["address"], [self.market]))
        self.reviews = to_checksum_address(tenth["contractAddress"])
        eleventh = self.create("Blueprints", encode(["address"], [self.market]))
        self.blueprints = to_checksum_address(eleventh["contractAddress"])
        self.start_block = int(first["blockNumber"], 16)
        self.record = {
            "chainId": CHAIN_ID,
            "genesisHash": self.rpc("eth_getBlockByNumber", "0x0", False)["hash"],
            "contracts": {
                name: {
                    "address": to_checksum_address(receipt["contractAddress"]),
                    "block": int(receipt["blockNumber"], 16),
                    "tx": receipt["transactionHash"],
                    "args": [],
                    "abiHash": exported_hash(name),
                    "commit": None,
                }
                for name, receipt in (
                    ("CommunityRegistry", first),
                    ("Splits", second),
                    ("Market", third),
                    ("Personas", fourth),
                    ("Claims", fifth),
                    ("Curves", sixth),
                    ("Memberships", seventh),
                    ("Governors", eighth),
                    ("KeyRequests", ninth),
                    ("Reviews", tenth),
                    ("Blueprints", eleventh),
                )
            },
            "previous": [],
        }
        return self

    def create(self, name: str, args: bytes, code: str | None = None) -> dict[str, Any]:
        """Deploy a contract and give the receipt."""
        unsent = {"from": self.owner, "data": (code or bytecode(name)) + args.hex(), "gas": hex(12_000_000)}
        return self.mined(unsent)

    def mined(self, unsent: dict[str, Any]) -> dict[str, Any]:
        """Send a transaction and give its receipt, when it is in a block. Raises: AssertionError when it was refused."""
        receipt = receipt_of(self.rpc, self.rpc("eth_sendTransaction", unsent))
        assert receipt["status"] == "0x1", "the call was refused"
        return receipt

    def transaction(
        self, contract: str, to: str, function: str, args: list[Any], sender: str, value: int = 0
    ) -> dict[str, str]:
        """Give an unsent transaction."""
        abi = function_abi(contract, function)
        data = selector(abi) + encode([_type(part) for part in abi["inputs"]], args)
        return {"from": sender, "to": to, "data": "0x" + data.hex(), "value": hex(value), "gas": hex(3_000_000)}

    def send(
        self, contract: str, to: str, function: str, args: list[Any], sender: str, value: int = 0
    ) -> dict[str, Any]:
        """Call and give the receipt."""
        return self.mined(self.transaction(contract, to, function, args, sender, value))

    def ask(self, contract: str, to: str, function: str, *args: Any) -> tuple[Any, ...]:
        """Ask a contract."""
        abi = function_abi(contract, function)
        data = selector(abi) + encode([_type(part) for part in abi["inputs"]], args)
        answer = self.rpc("eth_call", {"to": to, "data": "0x" + data.hex()}, "latest")
        return decode([_type(part) for part in abi["outputs"]], bytes.fromhex(answer[2:]))

    def mine(self, count: int = 1) -> None:
        """Mine empty blocks."""
        self.rpc("anvil_mine", hex(count))

    def warp(self, seconds: int) -> None:
        """Move the clock and mine a block."""
        self.rpc("evm_increaseTime", hex(seconds))
        self.mine()

    def now(self) -> int:
        """Give the newest block's time."""
        return int(self.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)

    def head(self) -> int:
        """Give the newest block's number."""
        return int(self.rpc("eth_blockNumber"), 16)

    # what people do

    def open_community(
        self,
        founder: str,
        name: str = "귀신 나오는 라디오",
        allocation: int = 0,
        fee_bps: int = 300,
        claim_allocation: int = 0,
        curve_allocation: int = 0,
    ) -> int:
        """Open a community and give its id."""
        params = (name, "DKB", 10**24, allocation, DAY_S, 10 * DAY_S, fee_bps, "http://x/content", b"\x11" * 32)
        params += (self.claims, claim_allocation) if claim_allocation else NO_RESERVES[:2]
        params += (self.curves, curve_allocation) if curve_allocation else NO_RESERVES[2:]
        receipt = self.send("CommunityRegistry", self.registry, "openCommunity", [params], founder)
        return int(receipt["logs"][-1]["topics"][1], 16)

    def token(self, community_id: int) -> str:
        """Give a community's token."""
        return to_checksum_address(self.ask("CommunityRegistry", self.registry, "tokenOf", community_id)[0])

    def on_token(self, community_id: int, function: str, args: list[Any], sender: str) -> dict[str, Any]:
        """Call a community's token."""
        return self.send("CommunityToken", self.token(community_id), function, args, sender)

    def terms(self, community_id: int, **changes: Any) -> Terms:
        """Give new terms."""
        self.salts += 1
        values: dict[str, Any] = {
            "seller": self.seller,
            "currency": ZERO_ADDRESS,
            "unit_price_units": ETHER,
            "arbiter": self.arbiter,
            "content_hash": "0x" + keccak(text=f"content {self.salts}").hex(),
            "salt": "0x" + self.salts.to_bytes(32, "big").hex(),
            "community_id": community_id,
            "kind": "goods",
            "max_fee_bps": 2000,
            "accept_for_s": DAY_S,
            "deliver_for_s": 3 * DAY_S,
            "transit_for_s": DAY_S,
            "inspect_for_s": 2 * DAY_S,
            "rule_for_s": 4 * DAY_S,
            "arbiter_fee_units": ETHER // 10,
            "backup_arbiter": self.backup,
        }
        return Terms(**{**values, **changes})

    def list(self, terms: Terms, quantity: int = 10) -> str:
        """Put terms on sale and give the listing's id."""
        if terms.file is not None:
            args = [terms.to_abi(), quantity, file_abi(terms.file)]
            self.send("Market", self.market, "listFile", args, terms.seller)
        elif terms.extras is None:
            self.send("Market", self.market, "list", [terms.to_abi(), quantity], terms.seller)
        else:
            args = [terms.to_abi(), quantity, extras_abi(terms.extras)]
            self.send("Market", self.market, "listWithExtras", args, terms.seller)
        return listing_id(CHAIN_ID, self.market, terms.to_abi())

    def purchase_of(
        self,
        terms: Terms,
        quantity: int,
        holder: str,
        payer: str | None = None,
        referrer: str = ZERO_ADDRESS,
        point: tuple[str, str] = NO_POINT,
    ) -> tuple[dict[str, str], Sale]:
        """Give an unsent purchase and the order that it would make."""
        purchase, sale = self.order_of(terms, holder, payer, referrer, point)
        total = terms.unit_price_units * quantity
        args = [terms.to_abi(), quantity, total, 2000, 2**40, purchase.to_abi()]
        value = total if terms.currency == ZERO_ADDRESS else 0
        return self.transaction("Market", self.market, "buy", args, payer or holder, value), sale

    def order_of(
        self,
        terms: Terms,
        holder: str,
        payer: str | None = None,
        referrer: str = ZERO_ADDRESS,
        point: tuple[str, str] = NO_POINT,
    ) -> tuple[Purchase, Sale]:
        """Give a new purchase and the order that it would make."""
        self.salts += 1
        salt = "0x" + self.salts.to_bytes(32, "big").hex()
        purchase = Purchase(salt, payer or holder, holder, terms.arbiter, referrer=referrer, point=point)
        ref = ref_of(purchase.to_abi())
        key = order_key(listing_id(CHAIN_ID, self.market, terms.to_abi()), holder, ref)
        return purchase, Sale(terms, holder, ref, key)

    def buy(
        self,
        terms: Terms,
        quantity: int = 1,
        holder: str | None = None,
        payer: str | None = None,
        referrer: str = ZERO_ADDRESS,
        point: tuple[str, str] = NO_POINT,
    ) -> Sale:
        """Pay for an order."""
        unsent, sale = self.purchase_of(terms, quantity, holder or self.buyer, payer, referrer, point)
        self.mined(unsent)
        return sale

    def on_order(self, function: str, sale: Sale, sender: str, *more: Any, value: int = 0) -> dict[str, Any]:
        """Call the market about an order."""
        return self.send("Market", self.market, function, [*sale.head, *more], sender, value)

    def play(self) -> dict[str, Sale]:
        """Tell a story in which everything happens at least once; give orders by the state they end in, or what they are about."""
        radio = self.open_community(self.seller, allocation=10**20, claim_allocation=RESERVED)
        moss = self.open_community(
            self.other, name="이끼 Moss 클럽", allocation=BACKED, fee_bps=0, curve_allocation=CURVED
        )
        self.on_token(radio, "mint", [self.buyer, 5 * ETHER], self.seller)
        self.on_token(radio, "mint", [self.seller, 2 * ETHER], self.seller)
        self.on_token(radio, "mintBatch", [[self.other, self.stranger], [3 * ETHER, 7]], self.seller)
        self.on_token(radio, "transfer", [self.stranger, ETHER], self.buyer)
        self.on_token(radio, "transfer", [self.other, 7 + ETHER], self.stranger)
        self.on_token(radio, "transfer", [self.buyer, 0], self.buyer)
        self.on_token(radio, "burn", [ETHER], self.other)
        self.on_token(moss, "setContractURI", ["http://x/moss", b"\x22" * 32], self.other)
        self.on_token(moss, "freezeContractURI", [], self.other)
        self.on_token(moss, "renounceMint", [], self.other)
        self._commissions(radio, moss)
        self.warp(3 * DAY_S)
        self._claims()
        self.on_token(radio, "mintVested", [], self.stranger)
        orders = self._sales(radio, moss)
        self._withdrawals(radio)
        orders |= Life(self, radio).live()
        orders |= Files(self, radio).play()
        Voices(self).play(orders)
        orders |= Designs(self, radio).play()
        self._splits(radio)
        self._claim_phases(radio)
        self._curve(moss)
        self.on_personas("offer", [persona_id(SELLERS_NAME), self.backup], self.seller)
        self.warp(8 * DAY_S)  # moss's raise has come due; another one is announced on top of it
        self.send("CommunityRegistry", self.registry, "setFeeBps", [moss, 700], self.stranger)
        self.send("CommunityRegistry", self.registry, "setFeeBps", [radio, 300], self.seller)  # less waived is in force
        self._handovers()
        self.assembly = Assembly(self, radio)
        self.assembly.play(self.seller, self.buyer, self.other)
        return orders

    def on_claims(self, function: str, args: list[Any], sender: str, value: int = 0) -> None:
        """Call Claims."""
        self.send("Claims", self.claims, function, args, sender, value)

    def phase(
        self, community_id: int, number: int, supply: int, price: int = 0, root: bytes = bytes(32)
    ) -> tuple[Any, ...]:
        """Give a claim phase of a week, open at once, with a bound of 100 tokens."""
        start = int(self.rpc("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
        token = self.token(community_id)
        common = (token, community_id, number, start, start + 7 * DAY_S, supply, 100 * ETHER)
        return (*common, price, ZERO_ADDRESS, root)

    def _claim_phases(self, radio: int) -> None:
        """Two phases: one for money, in which two accounts claim, one of them twice; one with a list of one line, closed."""
        paid = self.phase(radio, 1, 300 * ETHER, price=ETHER // 7)
        self.on_claims("openPhase", [paid], self.seller)
        for account, tokens in ((self.buyer, 7), (self.other, 21), (self.buyer, 14)):
            value = tokens * (ETHER // 7)
            args = [paid, tokens * ETHER, 0, [], value, account]
            self.on_claims("claim", args, account, value)
        account = "0x" + keccak(text="dokkaebi.community.account")[:12].hex() + f"{radio:016x}"
        self.on_claims("withdrawFrom", [account, ZERO_ADDRESS, self.seller, ETHER], self.seller)
        leaf = leaf_of(self.token(radio), 2, self.stranger, 5 * ETHER)
        free = self.phase(radio, 2, 50 * ETHER, root=leaf)
        self.on_claims("openPhase", [free], self.seller)
        self.on_claims("claim", [free, 2 * ETHER, 5 * ETHER, [], 0, self.arbiter], self.stranger)
        self.on_claims("closePhase", [free], self.seller)

    def on_curves(self, function: str, args: list[Any], sender: str, value: int = 0) -> None:
        """Call Curves."""
        self.send("Curves", self.curves, function, args, sender, value)

    def _curve(self, moss: int) -> None:
        """The steward opens a curve and buys; others buy, one for a friend, and sell; fees are taken out."""
        token, late = self.token(moss), 2**40
        price = (ZERO_ADDRESS, 200, 10**15, 3 * 10**31, [])
        opening = [token, price, ETHER, 10 * ETHER, ETHER, late]
        self.on_curves("open", opening, self.stranger, 2 * ETHER)
        for buyer, receiver, units in (
            (self.buyer, self.buyer, 70 * ETHER + 3),
            (self.other, self.buyer, 7),
            (self.other, self.other, 20 * ETHER),
        ):
            self.on_curves("buy", [token, units, ETHER, late, receiver], buyer, ETHER)
        self.on_token(moss, "approve", [self.curves, 2**255], self.buyer)
        self.on_curves("sell", [token, 30 * ETHER + 1, 1, late, self.buyer], self.buyer)
        self.on_curves("sell", [token, ETHER // 3, 1, late, self.backup], self.buyer)
        account = "0x" + keccak(text="dokkaebi.community.account")[:12].hex() + f"{moss:016x}"
        self.on_curves("withdrawFrom", [account, ZERO_ADDRESS, self.stranger, 10**12], self.stranger)

    def _commissions(self, radio: int, moss: int) -> None:
        def on_registry(function: str, args: list[Any], sender: str) -> None:
            self.send("CommunityRegistry", self.registry, function, args, sender)

        on_registry("setFeeBps", [moss, 500], self.other)
        on_registry("setFeeBps", [0, 200], self.owner)
        on_registry("setFeeBps", [radio, 900], self.seller)
        on_registry("setFeeBps", [radio, 100], self.seller)
        on_registry("setWaivers", [radio, 40, 10], self.seller)
        on_registry("setWaivers", [radio, 20, 20], self.seller)
        on_registry("offerStewardship", [moss, self.stranger], self.other)
        on_registry("acceptStewardship", [moss], self.stranger)
        on_registry("offerStewardship", [moss, self.other], self.stranger)

    def _sales(self, radio: int, moss: int) -> dict[str, Sale]:
        goods = self.terms(radio)
        work = self.terms(radio, kind="service", instant=True, accept_for_s=0, deliver_for_s=DAY_S, transit_for_s=0)
        in_token = self.terms(radio, currency=self.token(radio), unit_price_units=ETHER, arbiter_fee_units=0)
        gift = self.terms(moss, only_buyer=self.other, valid_until_ts=2**39, backup_arbiter=ZERO_ADDRESS)
        for terms in (goods, work, in_token, gift):
            self.list(terms)
        self.send("Market", self.market, "setQuantityLimit", [gift.to_abi(), 10, 1], self.seller)
        self.send("Market", self.market, "setPaused", [work.to_abi(), True], self.seller)
        self.send("Market", self.market, "setPaused", [work.to_abi(), False], self.seller)
        self.on_token(radio, "approve", [self.market, ETHER], self.buyer)

        fee = ETHER // 10
        found = {"funded": self.buy(goods), "accepted": self.buy(work, 2), "cancelled": self.buy(goods, 3)}
        self.on_order("cancel", found["cancelled"], self.buyer)
        found["refunded"] = self.buy(gift, 1, self.other, payer=self.buyer)
        self.on_order("accept", found["refunded"], self.seller)
        self.on_order("refund", found["refunded"], self.seller)
        for state in ("delivered", "completed", "contested", "disputed", "resolved"):
            sale = found[state] = self.buy(goods)
            self.on_order("accept", sale, self.seller)
            self.on_order("deliver", sale, self.seller, keccak(text=state))
        self.on_order("confirm", found["completed"], self.buyer)
        for state in ("contested", "disputed", "resolved"):
            self.on_order("dispute", found[state], self.buyer, "http://x/e", b"\x33" * 32, value=fee)
        for state in ("disputed", "resolved"):
            self.on_order("stake", found[state], self.seller, value=fee)
        self.on_order("submitEvidence", found["resolved"], self.seller, "http://x/e2", b"\x44" * 32)
        self.on_order("rule", found["resolved"], self.arbiter, 3333)
        free = found["disputed_free"] = self.buy(in_token)
        self.on_order("accept", free, self.seller)
        self.on_order("deliver", free, self.seller, b"\0" * 32)
        self.on_order("dispute", free, self.buyer, "", b"\0" * 32)
        return found

    def _splits(self, radio: int) -> None:
        """Split 1: half, three tenths, a fifth; changed once, with income in ETH and tokens and a payee that moves."""

        def on_splits(function: str, args: list[Any], sender: str) -> None:
            self.send("Splits", self.splits, function, args, sender)

        payees, token = [self.seller, self.other, self.stranger], self.token(radio)
        on_splits("create", [payees, [(0, 5_000, 0), (1, 3_000, LOCK_TS), (2, 2_000, 0)]], self.buyer)
        on_splits("create", [[self.buyer], [(0, 10_000, 0)]], self.buyer)
        deposit = self.ask("Splits", self.splits, "depositOf", 1)[0]
        self._pay(deposit, 1_000_003)
        on_splits("sweep", [1, ZERO_ADDRESS], self.arbiter)
        on_splits("claim", [1, 1, 0, ZERO_ADDRESS, self.seller], self.seller)
        change = ([(0, 4_000, 0), (1, 3_000, LOCK_TS), (2, 2_000, 0), (3, 1_000, 0)], [self.arbiter], 2**39)
        on_splits("propose", [1, 1, change], self.other)
        on_splits("approve", [b"\x55" * 32, True], self.stranger)
        on_splits("approve", [b"\x55" * 32, False], self.stranger)
        on_splits("approve", [b"\x66" * 32, True], self.stranger)
        on_splits("change", [1, change, [b""]], self.seller)
        on_splits("propose", [1, 3, ([(0, 4_500, 0), (1, 3_000, LOCK_TS), (2, 2_500, 0)], [], 2**39)], self.arbiter)
        self.on_token(radio, "transfer", [deposit, 10_007], self.seller)
        on_splits("sweep", [1, token], self.arbiter)
        on_splits("movePayee", [1, 2, self.backup], self.stranger)
        on_splits("claim", [1, 2, 2, token, self.backup], self.arbiter)

    def on_personas(self, function: str, args: list[Any], sender: str) -> None:
        """Call Personas."""
        self.send("Personas", self.personas, function, args, sender)

    def claim(self, nickname: str, sender: str) -> None:
        """Claim a nickname, in two steps a minute apart."""
        packed = bytes.fromhex(sender[2:]) + bytes(32) + nickname.encode()
        self.on_personas("commit", [keccak(packed)], sender)
        self.warp(MINUTE_S)
        self.on_personas("claim", [nickname, bytes(32)], sender)

    def _claims(self) -> None:
        """Seller and buyer have names while they trade; somebody has only committed to one."""
        self.claim(SELLERS_NAME, self.seller)
        self.claim(BUYERS_NAME, self.buyer)
        self.on_personas("commit", [b"\x77" * 32], self.other)
        self.on_personas("setProfile", [persona_id(SELLERS_NAME), "http://x/profile", b"\x88" * 32], self.seller)

    def _handovers(self) -> None:
        """The seller's name goes to the backup, who offers it on; the buyer's is retired, and another one claimed."""
        self.on_personas("accept", [persona_id(SELLERS_NAME)], self.backup)
        self.on_personas("offer", [persona_id(SELLERS_NAME), self.other], self.backup)
        self.on_personas("offer", [persona_id(BUYERS_NAME), self.other], self.buyer)
        self.on_personas("offer", [persona_id(BUYERS_NAME), ZERO_ADDRESS], self.buyer)
        self.on_personas("retire", [persona_id(BUYERS_NAME)], self.buyer)
        self.claim("dokkaebi", self.buyer)

    def _pay(self, to: str, amount: int) -> None:
        self.mined({"from": self.buyer, "to": to, "value": hex(amount)})

    def _withdrawals(self, radio: int) -> None:
        def on_market(function: str, args: list[Any], sender: str) -> None:
            self.send("Market", self.market, function, args, sender)

        on_market("withdraw", [ZERO_ADDRESS, self.stranger, ETHER], self.buyer)
        on_market("push", [self.seller, ZERO_ADDRESS], self.stranger)
        account = "0x" + keccak(text="dokkaebi.community.account")[:12].hex() + f"{radio:016x}"
        on_market("withdrawFrom", [account, ZERO_ADDRESS, self.seller, ETHER // 100], self.seller)


@contextmanager
def running_market() -> Iterator[Market]:
    """Give a market on an Anvil of its own."""
    with throw_away(ANVIL) as node:
        yield market_on(node)


def market_on(node: Node) -> Market:
    """Deploy onto a node."""
    return Market(node.url).deploy()


class Index:
    """An index of its own in a folder, and its follower."""

    def __init__(
        self,
        folder: Path,
        market: Market,
        url: str | None = None,
        window: int = 256,
        **options: Any,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.settings = Settings.for_tests(folder, rpc_url=url or market.url, **options)
        self.write_record(market.record)
        make_tables(self.settings.database_url)
        self.engine = create_engine(self.settings.database_url)
        self.window = window
        self.follower = self.new_follower()
        self.folder = folder

    def remove(self) -> None:
        """Delete the folder with everything in it."""
        self.engine.dispose()
        shutil.rmtree(self.folder)

    def new_follower(self) -> Follower:
        """Give a follower that remembers nothing, as after a restart."""
        return Follower(self.settings, self.engine, window=self.window, shorter_for_s=0.0)

    def write_record(self, record: dict[str, Any]) -> None:
        """Write the deployment record that the follower reads."""
        self.settings.deployments_dir.mkdir(exist_ok=True)
        (self.settings.deployments_dir / f"{CHAIN_ID}.json").write_text(json.dumps(record), encoding="utf-8")

    def follow(self) -> list[str]:
        """Catch up, and give the dump."""
        self.follower.catch_up()
        return self.dump()

    def dump(self) -> list[str]:
        """Give the canonical text of all chain tables."""
        return list(dump(self.engine))

    def state(self) -> list[str]:
        """Catch up, and give all that the index keeps, but for the events themselves."""
        names = {table.name for table in STATE_TABLES}
        return [line for line in self.follow() if line.split(" ", 1)[0] in names]

    def quarantined(self) -> int:
        """Count the logs that were not understood."""
        with self.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(quarantine)).scalar_one()


@dataclass
class Told:
    """A market in which everything has happened; its chain stays as it is. And what an index of it says."""

    market: Market
    dump: list[str]


def fresh_dump(folder: Path, market: Market, window: int = 256) -> list[str]:
    """Give what a new index that has seen nothing but the chain as it is now says."""
    index = Index(folder, market, window=window)
    try:
        return index.follow()
    finally:
        index.engine.dispose()


def _type(part: dict[str, Any]) -> str:
    if not part["type"].startswith("tuple"):
        return str(part["type"])
    return "(" + ",".join(_type(inner) for inner in part["components"]) + ")" + part["type"][5:]
