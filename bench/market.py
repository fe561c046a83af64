"""A market of 10,000 listings for measuring pages: made-up logs, read into an index by the index's own decoder and writer.

Everything is drawn from one seed, so that the same market comes out each time. It is made once and kept under .local/bench
until the tables or this file change.
"""

import hashlib
import io
import json
import os
import random
import secrets
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from eth_abi.abi import encode
from eth_utils.abi import collapse_if_tuple
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from PIL import Image
from sqlalchemy import Engine, delete, insert

from frontend import create_app
from frontend.auth.sessions import hash_of
from frontend.config import Settings
from frontend.content.documents import canonical, clean_document
from frontend.content.documents import hash_of as content_hash
from frontend.content.folder import Folder
from frontend.contracts.registry import Registry, abi_hash, exported_abi
from frontend.extensions import bound
from frontend.index.decode import Decoder, Log
from frontend.index.migrate import migrate
from frontend.index.node import Header
from frontend.index.place import place_of
from frontend.index.writer import Batch, Writer
from frontend.search.store import fill
from frontend.services.content import Contents
from frontend.services.terms import Purchase, Terms, listing_id, order_key, ref_of
from frontend.store.database import create_engine, writing
from frontend.store.models import AppContent, AppFollower, AppSession
from tools.places import LOCAL, ROOT

FOLDER = LOCAL / "bench" / "pages"
SEED = 20_240_229
COMMUNITIES, LISTINGS, ORDERS, PEOPLE, PICTURES = 60, 10_000, 4_000, 800, 24
TOKEN_SHARE, PICTURE_SHARE, UNKNOWN_SHARE = 0.25, 0.7, 0.02

CHAIN_ID = 31337
GENESIS = "0x" + "67" * 32
REGISTRY = "0x" + "aa" * 19 + "01"
SPLITS = "0x" + "aa" * 19 + "03"
PERSONAS = "0x" + "aa" * 19 + "04"
CLAIMS = "0x" + "aa" * 19 + "05"
CURVES = "0x" + "aa" * 19 + "06"
MEMBERSHIPS = "0x" + "aa" * 19 + "07"
GOVERNORS = "0x" + "aa" * 19 + "08"
KEY_REQUESTS = "0x" + "aa" * 19 + "09"
REVIEWS = "0x" + "aa" * 19 + "0a"
BLUEPRINTS = "0x" + "aa" * 19 + "0b"
MARKET = "0x" + "aa" * 19 + "02"
ETH = "0x" + "0" * 40
T0 = 1_790_000_000
DAY = 86_400
BATCH_BLOCKS = 1_000
CONTRACTS = {
    "Blueprints": BLUEPRINTS,
    "Claims": CLAIMS,
    "CommunityRegistry": REGISTRY,
    "Curves": CURVES,
    "Governors": GOVERNORS,
    "KeyRequests": KEY_REQUESTS,
    "Market": MARKET,
    "Memberships": MEMBERSHIPS,
    "Personas": PERSONAS,
    "Reviews": REVIEWS,
    "Splits": SPLITS,
}

MADE = (
    "lamp",
    "star chart",
    "moon jar",
    "moss terrarium",
    "paper fan",
    "clay whistle",
    "등잔",
    "달항아리",
    "한지 부채",
    "이끼 화분",
    "놋그릇",
    "나침반",
)
HOW = (
    "mended",
    "hand-drawn",
    "second-hand",
    "midnight blue",
    "crooked",
    "unfinished",
    "손으로 만든",
    "오래된",
    "조금 삐뚤어진",
    "밤에 빛나는",
)
SAID = (
    "Made at night, by one pair of hands, and looked over twice before it leaves the bench.",
    "It has a chip at the rim, which the picture shows; nobody has ever minded.",
    "Ships in straw within a week, or sooner when the moon is up.",
    "밤마다 조금씩 만들어서 하나하나 모양이 다릅니다.",
    "받아 보시고 마음에 들지 않으면 말씀해 주세요.",
    "작은 흠은 사진에서 볼 수 있고, 쓰는 데에는 문제가 없습니다.",
)  # fmt: skip


@dataclass(frozen=True)
class BigMarket:
    """Where the market lies, and what can be asked for."""

    folder: Path
    listings: list[str]
    communities: int
    reader: str  # an account that sells and buys

    @property
    def settings(self) -> Settings:
        """Give the settings of its web server. Nothing listens at its node."""
        return settings_of(self.folder)


def settings_of(folder: Path) -> Settings:
    """Give settings whose files all lie in one folder."""
    return replace(Settings.for_tests(folder), testing=False)


def big_market() -> BigMarket:
    """Give the market; it is made first when it is not there, or was made by another version."""
    version = version_of()
    kept = FOLDER / version / "market.json"
    if not kept.exists():
        shutil.rmtree(FOLDER, ignore_errors=True)
        make(FOLDER / version)
    found = json.loads(kept.read_text(encoding="utf-8"))
    return BigMarket(kept.parent, found["listings"], found["communities"], found["reader"])


def version_of() -> str:
    """Give a name that changes when the tables or this file do."""
    parts = [Path(__file__), ROOT / "frontend" / "index" / "models.py", ROOT / "frontend" / "store" / "models.py"]
    parts += sorted((ROOT / "frontend" / "migrations" / "versions").glob("*.py"))
    return hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()[:16]


def make(folder: Path) -> None:
    """Make the market in a new folder; its list of what is there is written last."""
    folder.mkdir(parents=True)
    record(folder)
    settings = settings_of(folder)
    engine = create_engine(settings.database_url)
    migrate(engine)
    app = create_app(settings)
    with app.app_context():
        story = LongStory(Shelf(settings, bound().services.contents), random.Random(SEED))  # noqa: S311  # no secret
        story.tell()
    read_in(engine, Registry.load(settings), story)
    with writing(engine).begin() as connection:
        connection.execute(insert(AppContent), story.shelf.rows)
    fill(engine)
    found = {"listings": list(story.listings), "communities": COMMUNITIES, "reader": story.people[0]}
    (folder / "market.json").write_text(json.dumps(found), encoding="utf-8")


def record(folder: Path) -> None:
    """Write down the deployment that the web server looks for."""
    contracts: dict[str, Any] = {
        name: {
            "address": to_checksum_address(address), "block": 1, "tx": "0x" + "00" * 32, "args": [],
            "abiHash": abi_hash(exported_abi(name)), "commit": None,
        }
        for name, address in CONTRACTS.items()
    }  # fmt: skip
    path = folder / "deployments" / f"{CHAIN_ID}.json"
    path.parent.mkdir()
    document = {"chainId": CHAIN_ID, "genesisHash": GENESIS, "contracts": contracts, "previous": []}
    path.write_text(json.dumps(document), encoding="utf-8")


def read_in(engine: Engine, registry: Registry, story: "LongStory") -> None:
    """Read the logs into the index, some hundred blocks at a time."""
    writer = Writer(place_of(registry), Decoder())
    with writing(engine).begin() as connection:
        writer.begin(connection, story.headers[1])
    first = 2
    while first <= story.number:
        last = min(first + BATCH_BLOCKS - 1, story.number)
        logs = story.logs[first - 2 : last - 1]  # one log a block, from block 2 on
        headers = {number: story.headers[number] for number in range(first, last + 1)}
        with writing(engine).begin() as connection:
            writer.advance(connection, Batch(first, last, headers, logs, keep_from=last, journal_from=last))
        first = last + 1


def heard_now(engine: Engine) -> None:
    """Note that the follower has just heard the node, so that pages do not say that they are behind."""
    with writing(engine).begin() as connection:
        connection.execute(delete(AppFollower))
        connection.execute(
            insert(AppFollower).values(
                id=1, seen_at_ts=int(time.time()), node_ok=True, node_number=0, status="following"
            )
        )


def sign_in(engine: Engine, account: str) -> str:
    """Give the cookie's value of a new session of an account."""
    secret, now = secrets.token_urlsafe(32), int(time.time())
    values = {"account": account, "csrf": secrets.token_hex(20), "created_at_ts": now, "last_seen_ts": now}
    with writing(engine).begin() as connection:
        connection.execute(
            insert(AppSession).values(id_hash=hash_of(secret), expires_at_ts=now + DAY, revoked=False, **values)
        )
    return secret


class Shelf:
    """Keeps descriptions as the content store does, only that ten thousand of them do not each wait for the disk."""

    def __init__(self, settings: Settings, contents: Contents) -> None:
        self._folder = Folder(settings.content_dir)
        self._origin = settings.origin
        self._contents = contents
        self.rows: list[dict[str, Any]] = []

    def store_picture(self, data: bytes) -> str:
        """Keep a picture, with its smaller ones, and give its hash."""
        return self._contents.store_picture(data)

    def store_description(self, document: dict[str, Any]) -> str:
        """Keep a description and give its hash."""
        clean = clean_document(document)
        data = canonical(clean)
        path = self._folder.path(content_hash(data))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.rows.append(
            {
                "hash": path.name, "media_type": "application/json", "size_bytes": len(data), "created_at_ts": T0,
                "title": clean.get("title") or clean["name"], "text": clean["text"], "lang": clean["lang"],
                "picture_hash": clean["picture"], "tags": json.dumps(clean["tags"], ensure_ascii=False),
                "rules": clean.get("rules"),
            }
        )  # fmt: skip
        return path.name

    def uri(self, kept: str) -> str:
        """Give the address of what is kept."""
        return f"{self._origin}/content/{kept}"


class LongStory:
    """Writes logs, one block each."""

    def __init__(self, shelf: Shelf, dice: random.Random) -> None:
        self.shelf = shelf
        self.dice = dice
        self.logs: list[Log] = []
        self.headers: dict[int, Header] = {}
        self.number = 0
        self.listings: dict[str, Terms] = {}
        self.people = [_address(f"person {at}") for at in range(PEOPLE)]
        self.pictures: list[str] = []
        self._block()

    def tell(self) -> None:
        """Tell everything: communities, what they sell, and orders in each state."""
        self.pictures = [self.shelf.store_picture(data) for data in pictures(self.dice)]
        self.emit("CommunityRegistry", REGISTRY, "StewardshipMoved", id=0, **{"from": ETH, "to": self.people[1]})
        self.emit("CommunityRegistry", REGISTRY, "FeeSet", id=0, feeBps=100)
        for number in range(1, COMMUNITIES + 1):
            self.community(number)
        for number in range(LISTINGS):
            self.listing(number)
        ids = list(self.listings)
        for number in range(ORDERS):
            self.order(number, ids[int(self.dice.triangular(0, LISTINGS, 0))])

    def community(self, number: int) -> None:
        """Open a community and give some people its token."""
        description = {
            "name": f"{self.dice.choice(HOW).title()} {self.dice.choice(MADE).title()} {number}", "lang": "ko",
            "text": " ".join(self.dice.sample(SAID, 3)), "tags": ["lamps", "등불"], "rules": SAID[2],
            "picture": self.dice.choice(self.pictures),
        }  # fmt: skip
        stored = self.shelf.store_description(description)
        params = (
            description["name"], f"TOK{number}", 10**27, 10**24, 30 * DAY, 365 * DAY, self.dice.randrange(0, 500),
            self.shelf.uri(stored), bytes.fromhex(stored[2:]),
        )  # fmt: skip
        steward = self.people[number]
        self.emit(
            "CommunityRegistry", REGISTRY, "CommunityOpened",
            id=number, steward=steward, token=_token(number), params=params,
        )  # fmt: skip
        for holder in self.dice.sample(self.people, 20):
            moved = {"from": ETH, "to": holder, "value": self.dice.randrange(1, 10**22)}
            self.emit("CommunityToken", _token(number), "Transfer", **moved)

    def listing(self, number: int) -> None:
        """Put something on sale."""
        dice, community = self.dice, int(self.dice.triangular(1, COMMUNITIES + 1, 1))
        stored = "0x" + keccak(text=f"nowhere {number}").hex()
        if dice.random() >= UNKNOWN_SHARE:
            stored = self.shelf.store_description(
                {
                    "title": f"{dice.choice(HOW)} {dice.choice(MADE)}, no. {number}",
                    "text": "\n\n".join(dice.choices(SAID, k=dice.randrange(2, 8))),
                    "lang": dice.choice(("ko", "en")),
                    "picture": dice.choice(self.pictures) if dice.random() < PICTURE_SHARE else None,
                    "tags": dice.sample(("lamps", "등불", "maps", "종이", "clay"), 2),
                }
            )
        terms = Terms(
            seller=dice.choice(self.people), currency=_token(community) if dice.random() < TOKEN_SHARE else ETH,
            unit_price_units=dice.randrange(1, 5_000) * 10**15, arbiter=self.people[community], content_hash=stored,
            salt="0x" + keccak(text=f"salt {number}").hex(), community_id=community,
            kind=dice.choice(("goods", "goods", "service")), max_fee_bps=1_000, accept_for_s=2 * DAY,
            deliver_for_s=7 * DAY, transit_for_s=7 * DAY, inspect_for_s=3 * DAY, rule_for_s=7 * DAY,
            valid_until_ts=T0 + dice.randrange(1, 400) * DAY if dice.random() < 0.3 else 0,
        )  # fmt: skip
        found = listing_id(CHAIN_ID, MARKET, terms.to_abi())
        self.listings[found] = terms
        self.emit(
            "Market", MARKET, "ListingOpened", listingId=bytes.fromhex(found[2:]), seller=terms.seller,
            communityId=community, terms=terms.to_abi(), quantityLimit=dice.randrange(3_000, 9_000),
        )  # fmt: skip

    def order(self, number: int, listing: str) -> None:
        """Let somebody buy; most orders are finished."""
        terms, holder = self.listings[listing], self.dice.choice(self.people)
        purchase = Purchase("0x" + keccak(text=f"order {number}").hex(), holder, holder, terms.arbiter)
        key = bytes.fromhex(order_key(listing, holder, ref_of(purchase.to_abi()))[2:])
        quantity = self.dice.randrange(1, 5)
        amount, now_ts = terms.unit_price_units * quantity, self.headers[self.number].timestamp_ts
        self.emit(
            "Market", MARKET, "OrderFunded", key=key, listingId=bytes.fromhex(listing[2:]), holder=holder,
            purchase=purchase.to_abi(), amount=amount, quantity=quantity, clock=now_ts + terms.accept_for_s,
            platformFeeBps=100, communityFeeBps=100,
        )  # fmt: skip
        if self.dice.random() < 0.2:
            return
        self.emit("Market", MARKET, "OrderAccepted", key=key, deliverBy=now_ts + terms.deliver_for_s)
        self.emit("Market", MARKET, "OrderDelivered", key=key, commitment=b"\0" * 32, inspectBy=now_ts + 10 * DAY)
        if self.dice.random() < 0.2:
            return
        self.emit("Market", MARKET, "OrderCompleted", key=key, by=holder)
        paid = [(terms.seller, amount)]
        self.emit("Market", MARKET, "CreditsAdded", source=key, currency=terms.currency, payouts=paid)

    def emit(self, contract: str, address: str, name: str, **args: Any) -> None:
        """Write one log in a block of its own."""
        topic, indexed, plain = _event(contract, name)
        topics = (topic, *("0x" + encode([kind], [args[part]]).hex() for part, kind in indexed))
        data = encode([kind for _, kind in plain], [args[part] for part, _ in plain])
        header = self._block()
        self.logs.append(Log(header.number, header.hash, 0, _hash(f"tx {header.number}"), address, topics, data))

    def _block(self) -> Header:
        parent = self.headers[self.number].hash if self.number else "0x" + "0" * 64
        self.number += 1
        header = Header(self.number, _hash(f"block {self.number}"), parent, T0 + self.number, 0)
        self.headers[self.number] = header
        return header


@cache
def _event(contract: str, name: str) -> tuple[str, list[tuple[str, str]], list[tuple[str, str]]]:
    """Give an event's topic, and its arguments with their types: indexed ones, and the others."""
    abi = next(part for part in exported_abi(contract) if part["type"] == "event" and part["name"] == name)
    parts: list[Any] = abi["inputs"]
    signature = f"{name}({','.join(collapse_if_tuple(part) for part in parts)})"
    indexed = [(part["name"], collapse_if_tuple(part)) for part in parts if part["indexed"]]
    plain = [(part["name"], collapse_if_tuple(part)) for part in parts if not part["indexed"]]
    return _hash(signature), indexed, plain


def pictures(dice: random.Random) -> Iterator[bytes]:
    """Give a few small pictures, each of its own colours."""
    for _ in range(PICTURES):
        found = io.BytesIO()
        Image.frombytes("RGB", (6, 4), dice.randbytes(6 * 4 * 3)).resize((480, 320)).save(found, "PNG")
        yield found.getvalue()


def environment(market: BigMarket) -> dict[str, str]:
    """Give the environment of the market's web server."""
    found = market.settings
    return {
        **os.environ,
        "DATABASE_URL": found.database_url,
        "RPC_URL": found.rpc_url,
        "CHAIN_ID": str(found.chain_id),
        "ORIGIN": found.origin,
        "CONTENT_DIR": str(found.content_dir),
        "SECRET_KEY": found.secret_key,
        "DEPLOYMENTS_DIR": str(found.deployments_dir),
    }


def _address(text: str) -> str:
    return "0x" + keccak(text=text)[-20:].hex()


def _token(community_id: int) -> str:
    return _address(f"token {community_id}")


def _hash(text: str) -> str:
    return "0x" + keccak(text=text).hex()
