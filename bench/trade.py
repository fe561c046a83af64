"""A real chain full of trade for measuring the index: about 100,000 events of our contracts on an Anvil of our own.

What happens, in events: half of them transfers of community tokens (a half of these in batches of 40), the rest orders:
seven in ten run their full life, some are cancelled, some are ruled on. Who does what is drawn from one seed, so the
chain is the same each time. Everybody's account is impersonated and gas is free: only logs matter here.

The chain is made once and kept under .local/bench until a contract, an ABI or this file changes; from then on a node loads
it.
"""

import hashlib
import json
import random
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import requests
from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from frontend.config import Settings
from frontend.contracts.registry import abi_hash, exported_abi, function_abi, selector
from frontend.services.terms import (
    DAY_S,
    PURCHASE_TYPE,
    TERMS_TYPE,
    ZERO_ADDRESS,
    Purchase,
    Terms,
    listing_id,
    order_key,
    ref_of,
)
from scripts.lib.artifacts import artifact
from tests.helpers.terms import NO_RESERVES
from tools import chain
from tools.compile import main as compile_contracts
from tools.places import LOCAL, ROOT
from tools.problems import SetupProblem

FOLDER = LOCAL / "bench" / "trade"
EVENTS = 100_000
QUICK_EVENTS = 4_000
SEED = 20_240_229
COMMUNITIES, PEOPLE, ARBITERS = 25, 1_500, 20
PER_BLOCK = 40  # transactions
PER_REQUEST = 100
BLOCK_S = 12
BATCH = 40  # transfers in one mintBatch
ORDERS_PER_LISTING = 3
ETHER = 10**18
PRICE = ETHER // 1000
GENESIS_S = 1_800_000_000
GAS = hex(4_000_000)
OPTIONS = ("--prune-history", "--base-fee", "0", "--gas-price", "0", "--order", "fifo")
WRITE_TIMEOUT_S = 600


@dataclass
class Trade:
    """The chain, its node and the record of its contracts."""

    node: chain.Node
    record: dict[str, Any]
    mix: dict[str, int]
    blocks: int

    def settings(self, folder: Path, **changes: Any) -> Settings:
        """Give settings of an index in a folder."""
        settings = Settings.for_tests(folder, rpc_url=self.node.url, **changes)
        settings = replace(settings, rpc_timeout_s=60)
        settings.deployments_dir.mkdir(parents=True, exist_ok=True)
        path = settings.deployments_dir / f"{settings.chain_id}.json"
        path.write_text(json.dumps(self.record), encoding="utf-8")
        return settings


@contextmanager
def running_trade(events: int) -> Iterator[Trade]:
    """Give a chain with at least so many events, for as long as the block runs; it is made first when it is not kept.

    Raises: SetupProblem when the node does not come up with the chain that was kept.
    """
    folder = FOLDER / f"{events}-{version_of()}"
    if not (folder / "trade.json").exists():
        for old in FOLDER.glob(f"{events}-*"):
            shutil.rmtree(old)
        make(folder, events)
    kept = json.loads((folder / "trade.json").read_text(encoding="utf-8"))
    with _node("--load-state", str(folder / "chain.json")) as node:
        head = Tale(node.url).head()
        if head != kept["head"]:
            raise SetupProblem(f"The node loaded {head} instead of {kept['head']}; delete {FOLDER} and measure again.")
        yield Trade(node, kept["record"], kept["mix"], head[0])


def version_of() -> str:
    """Give a name that changes when what the chain is made of does."""
    parts = [Path(__file__), ROOT / "frontend" / "services" / "terms.py", ROOT / "brownie-config.yaml"]
    parts += [ROOT / "package-lock.json", *sorted((ROOT / "contracts").rglob("*.sol"))]
    parts += sorted((ROOT / "frontend" / "contracts" / "abi").glob("*.json"))
    return hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()[:16]


def make(folder: Path, events: int) -> None:
    """Make the chain in a new folder; what is told of it is written last."""
    if compile_contracts() != 0:
        raise SetupProblem("the contracts do not compile")
    folder.mkdir(parents=True)
    with _node("--dump-state", str(folder / "chain.json"), "--state-interval", "86400") as node:
        story = Tale(node.url)
        story.tell(events)
        told = {"head": story.head(), "record": story.record, "mix": dict(sorted(story.mix.items()))}
    (folder / "trade.json").write_text(json.dumps(told), encoding="utf-8")


@contextmanager
def _node(*options: str) -> Iterator[chain.Node]:
    """Give a node of our own; it may take its time to write what it keeps."""
    port = chain.free_port()
    words = [*chain.command(chain.ANVIL, port, None, GENESIS_S, steps_tracing=False), *OPTIONS, *options]
    node = chain.Node(chain.ANVIL, port, chain.spawn(words, None))
    try:
        node.wait_until_ready()
        yield node
    finally:
        node.process.terminate()
        try:
            node.process.wait(WRITE_TIMEOUT_S)
        finally:
            node.stop()


class Tale:
    """Sends the transactions, a block's worth at a time."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Content-Type"] = "application/json"
        self._dice = random.Random(SEED)  # noqa: S311 no secret
        self._waiting: list[dict[str, str]] = []
        self._next_salt = 0
        self.people = [_account(f"person {number}") for number in range(PEOPLE)]
        self.arbiters = [_account(f"arbiter {number}") for number in range(ARBITERS)]
        self.founders = [_account(f"founder {number}") for number in range(COMMUNITIES)]
        self.owner = _account("owner")
        self.mix: Counter[str] = Counter()
        self.record: dict[str, Any] = {}

    def ask(self, *calls: tuple[str, list[Any]]) -> list[Any]:
        """Give the results of several requests."""
        results: list[Any] = []
        for start in range(0, len(calls), PER_REQUEST):
            part = enumerate(calls[start : start + PER_REQUEST])
            body = [{"jsonrpc": "2.0", "id": at, "method": name, "params": args} for at, (name, args) in part]
            found = orjson.loads(self._session.post(self._url, data=orjson.dumps(body), timeout=300).content)
            assert isinstance(found, list), found
            refused = [answer["error"] for answer in found if "error" in answer]
            if refused:
                raise RuntimeError(f"the node refused: {refused[0]}")
            results += [answer["result"] for answer in sorted(found, key=lambda answer: answer["id"])]
        return results

    def head(self) -> list[Any]:
        """Give the newest block's number and hash."""
        (found,) = self.ask(("eth_getBlockByNumber", ["latest", False]))
        return [int(found["number"], 16), found["hash"]]

    def tell(self, events: int) -> None:
        """Make the chain."""
        everybody = [*self.people, *self.arbiters, *self.founders, self.owner]
        self.ask(
            ("anvil_autoImpersonateAccount", [True]),
            ("evm_setAutomine", [False]),
            ("evm_setBlockGasLimit", [hex(10**9)]),
        )
        self.ask(*(("anvil_setBalance", [account, hex(10**6 * ETHER)]) for account in everybody))
        self._deploy()
        self._open_communities()
        while sum(self.mix.values()) < events:
            self._trade()
        self._mine()

    # contracts

    def _deploy(self) -> None:
        registry = self._create("CommunityRegistry", encode(["address", "uint16"], [self.owner, 250]))
        self.registry = to_checksum_address(registry["contractAddress"])
        splits = self._create("Splits", b"")
        libraries = {name: self._create(name, b"")["contractAddress"] for name in artifact("Market").libraries}
        memberships = self._create("Memberships", encode(["address"], [self.registry]))
        needed = (self.registry, splits["contractAddress"], memberships["contractAddress"])
        arguments = encode(["address"] * 3, needed)
        market = self._create("Market", arguments, libraries)
        self.market = to_checksum_address(market["contractAddress"])
        personas = self._create("Personas", b"")
        claims = self._create("Claims", encode(["address"], [self.registry]))
        curves = self._create("Curves", encode(["address"], [self.registry]))
        governors = self._create(
            "Governors", encode(["address", "address"], [self.registry, memberships["contractAddress"]])
        )
        key_requests = self._create("KeyRequests", b"")
        reviews = self._create("Reviews", encode(["address"], [self.market]))
        blueprints = self._create("Blueprints", encode(["address"], [self.market]))
        self.mix += Counter({"StewardshipMoved": 1, "FeeSet": 1})
        contracts = {
            name: {
                "address": to_checksum_address(receipt["contractAddress"]),
                "block": int(receipt["blockNumber"], 16),
                "tx": receipt["transactionHash"],
                "args": [],
                "abiHash": abi_hash(exported_abi(name)),
                "commit": None,
            }
            for name, receipt in (
                ("CommunityRegistry", registry),
                ("Splits", splits),
                ("Market", market),
                ("Personas", personas),
                ("Claims", claims),
                ("Curves", curves),
                ("Memberships", memberships),
                ("Governors", governors),
                ("KeyRequests", key_requests),
                ("Reviews", reviews),
                ("Blueprints", blueprints),
            )
        }
        genesis = self.ask(("eth_getBlockByNumber", ["0x0", False]))[0]["hash"]
        self.record = {"chainId": chain.ANVIL.chain_id, "genesisHash": genesis, "contracts": contracts, "previous": []}

    def _create(self, name: str, args: bytes, libraries: Mapping[str, str] | None = None) -> dict[str, Any]:
        code = artifact(name).linked(libraries or {})
        unsent = {"from": self.owner, "data": code + args.hex(), "gas": hex(15_000_000)}
        (tx_hash,) = self.ask(("eth_sendTransaction", [unsent]))
        self.ask(("anvil_mine", ["0x1", hex(BLOCK_S)]))
        return dict(self.ask(("eth_getTransactionReceipt", [tx_hash]))[0])

    def _open_communities(self) -> None:
        kind = "(string,string,uint112,uint112,uint32,uint32,uint16,string,bytes32,address,uint112,address,uint112)"
        for number, founder in enumerate(self.founders, 1):
            params = (
                f"시장 {number}",
                f"MK{number}",
                10**27,
                0,
                0,
                0,
                300,
                "http://x/content",
                b"\x11" * 32,
                *NO_RESERVES,
            )
            self._call(
                founder, self.registry, _call_of("CommunityRegistry", "openCommunity") + encode([kind], [params])
            )
        self._mine()
        self.mix["CommunityOpened"] += COMMUNITIES
        read = _call_of("CommunityRegistry", "tokenOf")
        asked = [
            ("eth_call", [{"to": self.registry, "data": "0x" + (read + _word(number)).hex()}, "latest"])
            for number in range(1, COMMUNITIES + 1)
        ]
        self.tokens = [to_checksum_address("0x" + answer[-40:]) for answer in self.ask(*asked)]
        self.holders: list[list[str]] = [[] for _ in self.tokens]

    # trade

    def _trade(self) -> None:
        """Tell of one listing with its orders, and of as many transfers as make up the other half."""
        before = sum(self.mix.values())
        self._listing()
        due = sum(self.mix.values()) - before
        community = int(self._dice.triangular(0, COMMUNITIES, 0))
        if due and (self._dice.random() < 1 / (2 * BATCH / due) or len(self.holders[community]) < BATCH):
            self._mint(community)
        for _ in range(due // 2):
            self._transfer(community)

    def _mint(self, community: int) -> None:
        to = self._dice.sample(self.people, BATCH)
        data = _call_of("CommunityToken", "mintBatch")
        data += encode(["address[]", "uint256[]"], [to, [self._dice.randrange(ETHER, 10**20) for _ in to]])
        self._call(self.founders[community], self.tokens[community], data)
        self.holders[community] += to
        self.mix["Transfer"] += BATCH

    def _transfer(self, community: int) -> None:
        sender, to = self._dice.choice(self.holders[community]), self._dice.choice(self.people)
        data = _call_of("CommunityToken", "transfer") + _padded(to) + _word(self._dice.randrange(1, 10**12))
        self._call(sender, self.tokens[community], data)
        self.mix["Transfer"] += 1

    def _listing(self) -> None:
        community = int(self._dice.triangular(0, COMMUNITIES, 0))
        arbiter = self._dice.choice(self.arbiters)
        terms = Terms(
            seller=self._dice.choice(self.people),
            currency=ZERO_ADDRESS,
            unit_price_units=PRICE,
            arbiter=arbiter,
            content_hash=self._salt(),
            salt=self._salt(),
            community_id=community + 1,
            max_fee_bps=2000,
            accept_for_s=30 * DAY_S,
            deliver_for_s=90 * DAY_S,
            transit_for_s=DAY_S,
            inspect_for_s=30 * DAY_S,
            rule_for_s=30 * DAY_S,
            backup_arbiter=_other(self.arbiters, arbiter, self._dice),
        )
        head = encode([TERMS_TYPE], [terms.to_abi()])
        listing = listing_id(chain.ANVIL.chain_id, self.market, terms.to_abi())
        self._call(terms.seller, self.market, _call_of("Market", "list") + head + _word(100))
        self.mix["ListingOpened"] += 1
        for _ in range(ORDERS_PER_LISTING):
            self._order(terms, head, listing)

    def _order(self, terms: Terms, head: bytes, listing: str) -> None:
        holder = _other(self.people, terms.seller, self._dice)
        purchase = Purchase(self._salt(), holder, holder, terms.arbiter).to_abi()
        bounds = _word(1) + _word(PRICE) + _word(2000) + _word(2**40)
        self._call(
            holder, self.market, _call_of("Market", "buy") + head + bounds + encode([PURCHASE_TYPE], [purchase]), PRICE
        )
        self.mix["OrderFunded"] += 1
        ref = ref_of(purchase)
        assert order_key(listing, holder, ref)
        call = head + _padded(holder) + bytes.fromhex(ref[2:])
        chance = self._dice.random()
        if chance < 0.15:
            self._call(holder, self.market, _call_of("Market", "cancel") + call)
            self.mix += Counter({"OrderCancelled": 1, "CreditsAdded": 1})
            return
        self._call(terms.seller, self.market, _call_of("Market", "accept") + call)
        self.mix["OrderAccepted"] += 1
        if chance < 0.25:
            return
        self._call(terms.seller, self.market, _call_of("Market", "deliver") + call + bytes.fromhex(self._salt()[2:]))
        self.mix["OrderDelivered"] += 1
        if chance < 0.3:
            self._ruling(terms, holder, ref)
            return
        self._call(holder, self.market, _call_of("Market", "confirm") + call)
        self.mix += Counter({"OrderCompleted": 1, "CreditsAdded": 1})
        if chance > 0.8:
            self._call(
                terms.seller,
                self.market,
                _call_of("Market", "withdraw") + _padded(ZERO_ADDRESS) + _padded(terms.seller) + _word(PRICE // 2),
            )
            self.mix["CreditWithdrawn"] += 1

    def _ruling(self, terms: Terms, holder: str, ref: str) -> None:
        head = [terms.to_abi(), holder, bytes.fromhex(ref[2:])]
        kinds = [TERMS_TYPE, "address", "bytes32"]
        evidence = encode([*kinds, "string", "bytes32"], [*head, "http://x/evidence", b"\x22" * 32])
        self._call(holder, self.market, _call_of("Market", "dispute") + evidence)
        ruling = encode([*kinds, "uint16"], [*head, 5000])
        self._call(terms.arbiter, self.market, _call_of("Market", "rule") + ruling)
        self.mix += Counter({"OrderDisputed": 1, "Evidence": 1, "OrderResolved": 1, "CreditsAdded": 1})

    # transactions

    def _salt(self) -> str:
        self._next_salt += 1
        return f"0x{self._next_salt:064x}"

    def _call(self, sender: str, to: str, data: bytes, value: int = 0) -> None:
        unsent = {"from": sender, "to": to, "data": "0x" + data.hex(), "gas": GAS, "value": hex(value)}
        self._waiting.append(unsent)
        if len(self._waiting) >= PER_BLOCK:
            self._mine()

    def _mine(self) -> None:
        calls: list[tuple[str, list[Any]]] = [("eth_sendTransaction", [unsent]) for unsent in self._waiting]
        self.ask(*calls)
        self.ask(("anvil_mine", ["0x1", hex(BLOCK_S)]))
        self._waiting.clear()


@cache
def _call_of(contract: str, function: str) -> bytes:
    return selector(function_abi(contract, function))


def _word(number: int) -> bytes:
    return number.to_bytes(32)


def _padded(account: str) -> bytes:
    return bytes.fromhex(account[2:]).rjust(32, b"\0")


def _account(name: str) -> str:
    return to_checksum_address(keccak(text=f"dokkaebi.bench.{name}")[:20])


def _other(accounts: list[str], taken: str, dice: random.Random) -> str:
    found = dice.choice(accounts)
    return found if found != taken else accounts[accounts.index(taken) - 1]
