"""A small market's life as logs, read into the index by the index's own decoder and writer. No chain is needed."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from copy import copy
from typing import Any

from eth_abi.abi import encode
from eth_utils.abi import collapse_if_tuple
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from PIL import Image
from sqlalchemy import Engine, delete, insert

from frontend.content.relations import Arbiter
from frontend.contracts.registry import exported_abi
from frontend.curve import Shape, fee_up
from frontend.index.decode import Decoder, Log
from frontend.index.file_views import Wrap
from frontend.index.node import Header
from frontend.index.queries import Queries
from frontend.index.views import Extras, Milestone
from frontend.index.writer import Batch, Place, Writer
from frontend.search.store import fill as fill_search
from frontend.serials import serial_word
from frontend.services.claim_lists import ClaimLists
from frontend.services.content import Contents
from frontend.services.make_conditions import conditions_json
from frontend.services.members_only import MembersOnly, Words
from frontend.services.terms import (
    NO_POINT,
    Conditions,
    Purchase,
    Terms,
    conditions_abi,
    conditions_hash,
    extras_abi,
    file_abi,
    listing_id,
    order_key,
    ref_of,
    wrap_abi,
    wrap_hash,
)
from frontend.store.database import writing
from frontend.store.models import AppFollower
from tests.frontend.pages.assembly import Assembly

CHAIN_ID = 31337
GENESIS = "0x" + "67" * 32
SECRET = "crooked-pine"  # stands in every text for members, and nowhere else
REGISTRY = "0x" + "aa" * 19 + "01"
MARKET = "0x" + "aa" * 19 + "02"
SPLITS = "0x" + "aa" * 19 + "03"
PERSONAS = "0x" + "aa" * 19 + "04"
CLAIMS = "0x" + "aa" * 19 + "05"
CURVES = "0x" + "aa" * 19 + "06"
MEMBERSHIPS = "0x" + "aa" * 19 + "07"
GOVERNORS = "0x" + "aa" * 19 + "08"
KEY_REQUESTS = "0x" + "aa" * 19 + "09"
REVIEWS = "0x" + "aa" * 19 + "0a"
BLUEPRINTS = "0x" + "aa" * 19 + "0b"
ETH = "0x" + "0" * 40
T0 = 1_790_000_000
HOUR, DAY = 3_600, 86_400
SPLIT_MARK = keccak(text="dokkaebi.split.account")[:8]
COMMUNITY_MARK = keccak(text="dokkaebi.community.account")[:12]

FOUNDER = "0x" + "f0" * 20
SELLER = "0x" + "51" * 20
BUYER = "0x" + "b1" * 20
PAYER = "0x" + "b2" * 20
ARBITER = "0x" + "a1" * 20
BACKUP = "0x" + "a2" * 20
STRANGER = "0x" + "5e" * 20
SELLERS_NAME, HANDED_NAME, RETIRED_NAME = "등불-장수", "night-owl", "old-owl"


def community_account(community_id: int) -> str:
    """Give the account of a community's commission."""
    return "0x" + (COMMUNITY_MARK + community_id.to_bytes(8)).hex()


def persona_id(nickname: str) -> bytes:
    """Give the id of the persona of this name."""
    return nickname.encode().ljust(32, b"\0")


class Story:
    """Writes logs, one block each; `tell` brings them into the database."""

    def __init__(self, engine: Engine, contents: Contents) -> None:
        self.engine = engine
        self.contents = contents
        contracts = (REGISTRY, MARKET, SPLITS, PERSONAS, CLAIMS, CURVES, MEMBERSHIPS, GOVERNORS, KEY_REQUESTS, REVIEWS)
        self.place = Place(CHAIN_ID, GENESIS, *contracts, BLUEPRINTS, 1, "0x" + "dd" * 32)
        self.logs: list[Log] = []
        self.headers: dict[int, Header] = {}
        self.at_ts = T0
        self.number = 0
        self.listings: dict[str, tuple[str, Terms]] = {}
        self.orders: dict[str, tuple[str, str, int]] = {}  # name -> key, listing's name, amount
        self.communities = 0
        self.curves: dict[int, tuple[Shape, int, str, int, int]] = {}  # shape, fee, currency, supply, reserve
        self.assembly: Assembly | None = None
        self.worded: Callable[[str], str] = str  # what becomes of a proposal's words
        self.claim_list = ""  # hash of the list of the claim phase that has one
        self._block()

    def in_database(self, engine: Engine, contents: Contents) -> Story:
        """Give the same story in a copy of its database; either can go on without the other."""
        twin = copy(self)
        twin.engine, twin.contents = engine, contents
        twin.logs, twin.headers = list(self.logs), dict(self.headers)
        twin.listings, twin.orders, twin.curves = dict(self.listings), dict(self.orders), dict(self.curves)
        return twin

    def wait(self, seconds: int) -> None:
        """Let time pass on the chain."""
        self.at_ts += seconds

    def emit(self, contract: str, address: str, name: str, **args: Any) -> None:
        """Write one log in a block of its own."""
        abi = next(part for part in exported_abi(contract) if part["type"] == "event" and part["name"] == name)
        indexed = [part for part in abi["inputs"] if part["indexed"]]
        plain = [part for part in abi["inputs"] if not part["indexed"]]
        kinds = [collapse_if_tuple(part) for part in abi["inputs"]]
        topics = ["0x" + keccak(text=f"{name}({','.join(kinds)})").hex()]
        topics += ["0x" + encode([part["type"]], [args[part["name"]]]).hex() for part in indexed]
        data = encode([collapse_if_tuple(part) for part in plain], [args[part["name"]] for part in plain])
        header = self._block()
        self.logs.append(Log(header.number, header.hash, 0, _hash(f"tx {header.number}"), address, tuple(topics), data))

    def market(self, name: str, **args: Any) -> None:
        """Write a log of the Market."""
        self.emit("Market", MARKET, name, **args)

    def split(self, split_id: int, sender: str, *parts: tuple[str, int], version: int = 1) -> None:
        """Open a split of payees with their basis points."""
        shares = [(seat, bps, 0) for seat, (_, bps) in enumerate(parts)]
        self.emit(
            "Splits", SPLITS, "SplitVersionOpened",
            splitId=split_id, version=version, sender=sender, shares=shares, newPayees=[payee for payee, _ in parts],
        )  # fmt: skip

    def propose(
        self, split_id: int, proposer: str, version: int, deadline_ts: int, *shares: tuple[int, int, int]
    ) -> None:
        """Let a payee propose new shares (seat, basis points, lock), and agree to them."""
        change_hash = keccak(text=f"change {self.number}")
        self.emit(
            "Splits", SPLITS, "SplitChangeProposed",
            splitId=split_id, version=version, changeHash=change_hash, proposer=proposer, change=(shares, (), deadline_ts),
        )  # fmt: skip
        self.emit("Splits", SPLITS, "SplitChangeApproved", changeHash=change_hash, payee=proposer, approved=True)

    def earn(self, split_id: int, units: int, version: int = 1, currency: str = ETH) -> None:
        """Let a version of a split have income."""
        self.emit(
            "Splits", SPLITS, "SplitReceived", splitId=split_id, version=version, currency=currency, source=MARKET, amount=units
        )  # fmt: skip

    def owe_split(self, split_id: int, version: int, units: int) -> None:
        """Let the Market credit a version of a split."""
        account = "0x" + (SPLIT_MARK + split_id.to_bytes(8) + version.to_bytes(4)).hex()
        self.market("CreditsAdded", source=b"\x77" * 32, currency=ETH, payouts=[(account, units)])

    def persona(self, name: str, **args: Any) -> None:
        """Write a log of Personas."""
        self.emit("Personas", PERSONAS, name, **args)

    def claim(self, nickname: str, account: str) -> None:
        """Let an account claim a nickname."""
        self.persona("NicknameCommitted", account=account, commitment=b"\x5a" * 32)
        self.persona("PersonaClaimed", persona=persona_id(nickname), holder=account)

    def profile(self, nickname: str, account: str, text: str, picture: str | None) -> None:
        """Let a persona publish a profile."""
        document = {"name": nickname, "text": text, "lang": "en", "picture": picture}
        content_hash = self.contents.store_description(document)
        self.persona(
            "PersonaProfileSet", persona=persona_id(nickname), holder=account,
            uri=self.contents.uri(content_hash), contentHash=bytes.fromhex(content_hash[2:]),
        )  # fmt: skip

    def hand_over(self, nickname: str, account: str, to: str, *, done: bool) -> None:
        """Offer a persona, which can be taken from now on; take it."""
        sides = {"persona": persona_id(nickname), "from": account, "to": to}
        self.persona("PersonaOffered", **sides, acceptFrom=self.at_ts)
        if done:
            self.persona("PersonaHandedOver", **sides)

    def tell(self) -> None:
        """Bring everything so far into an empty index, whose follower has just heard the node."""
        writer = Writer(self.place, Decoder())
        with writing(self.engine).begin() as connection:
            writer.begin(connection, self.headers[1])
            batch = Batch(2, self.number, self.headers, self.logs, keep_from=1, journal_from=1)
            writer.advance(connection, batch)
        fill_search(self.engine)

    def write_for_members(self, pages: MembersOnly, queries: Queries) -> None:
        """Have the steward write pages for members, one for each tier and one for a tier that is not set."""
        if self.assembly is None:
            return
        community = queries.community(self.assembly.community_id)
        assert community is not None
        for tier in (0, 1, 2, 3):
            title, text = self.worded(f"Where map {tier} lies")[:120], self.worded(f"Under the {SECRET} **{tier}**.")
            pages.write(community, community.steward, Words(title, text[:10_000], "en", tier), f"key {tier}")

    def heard(self, at_ts: int, node_ok: bool = True) -> None:
        """Note when the follower heard the node."""
        with writing(self.engine).begin() as connection:
            connection.execute(delete(AppFollower))
            connection.execute(
                insert(AppFollower).values(
                    id=1, seen_at_ts=at_ts, node_ok=node_ok, node_number=self.number, status="following"
                )
            )

    def platform(self, steward: str, fee_bps: int) -> None:
        """Let the registry begin."""
        self.emit("CommunityRegistry", REGISTRY, "StewardshipMoved", id=0, **{"from": ETH, "to": steward})
        self.emit("CommunityRegistry", REGISTRY, "FeeSet", id=0, feeBps=fee_bps)

    def community(
        self,
        name: str,
        symbol: str,
        description: Mapping[str, Any] | None,
        fee_bps: int = 250,
        founder: str = FOUNDER,
        share: int = 100,
        reserve: int = 0,
        curve: int = 0,
    ) -> int:
        """Open a community; its id comes back. Its token has 1 000 tokens at most."""
        self.communities += 1
        stored = "0x" + "99" * 32
        if description is not None:
            stored = self.contents.store_description({**description, "name": name})
        params = (
            name, symbol, 1_000 * 10**18, share * 10**18, 30 * DAY, 365 * DAY, fee_bps,
            self.contents.uri(stored), bytes.fromhex(stored[2:]),
            CLAIMS if reserve else ETH, reserve * 10**18, CURVES if curve else ETH, curve * 10**18,
        )  # fmt: skip
        self.emit(
            "CommunityRegistry", REGISTRY, "CommunityOpened",
            id=self.communities, steward=founder, token=self.token(self.communities), params=params,
        )  # fmt: skip
        return self.communities

    def open_phase(
        self, community_id: int, number: int, start_ts: int, tokens: int, price_wei: int = 0, root: bytes = bytes(32)
    ) -> str:
        """Open a claim phase of 10 days; its key comes back."""
        key = keccak(text=f"phase {community_id} {number}")
        limit = 50 * 10**18 if price_wei else 0
        phase = (
            self.token(community_id), community_id, number, start_ts, start_ts + 10 * DAY, tokens * 10**18, limit,
            price_wei, ETH, root,
        )  # fmt: skip
        self.emit(
            "Claims", CLAIMS, "ClaimPhaseOpened", key=key, token=self.token(community_id), steward=FOUNDER, phase=phase
        )
        return "0x" + key.hex()

    def claim_tokens(self, community_id: int, key: str, account: str, units: int, cost_wei: int = 0) -> None:
        """Let an account claim in a phase."""
        raw = bytes.fromhex(key[2:])
        self.mint(community_id, account, units)
        self.emit("Claims", CLAIMS, "TokensClaimed", key=raw, account=account, to=account, amount=units, cost=cost_wei)
        if cost_wei:
            payouts = [(community_account(community_id), cost_wei)]
            self.emit("Claims", CLAIMS, "CreditsAdded", source=raw, currency=ETH, payouts=payouts)

    def renounce(self, community_id: int) -> None:
        """Let the steward give up minting."""
        self.emit("CommunityToken", self.token(community_id), "MintRenounced")

    def open_curve(
        self,
        community_id: int,
        steward: str,
        tokens: int,
        beside: int,
        shape: Shape,
        fee_bps: int = 100,
        currency: str = ETH,
    ) -> None:
        """Open a curve; trades go on from there."""
        reserve = shape.cost_up(0, beside * 10**18)
        steps = [(step.up_to_units, step.price_units) for step in shape.steps]
        params = (currency, fee_bps, shape.base_price_units, shape.slope_wad, steps)
        self.curves[community_id] = (shape, fee_bps, currency, beside * 10**18, reserve)
        self.emit(
            "Curves", CURVES, "CurveOpened",
            token=self.token(community_id), steward=steward, params=params,
            capacity=(beside + tokens) * 10**18, backed=beside * 10**18, reserve=reserve,
        )  # fmt: skip

    def trade(self, community_id: int, account: str, units: int) -> None:
        """Buy from a curve, or sell to it what is below 0."""
        shape, fee_bps, currency, sold, reserve = self.curves[community_id]
        money = shape.cost_up(sold, sold + units) if units > 0 else shape.proceeds_down(sold + units, sold)
        fee, way = fee_up(money, fee_bps), 1 if units > 0 else -1
        self.curves[community_id] = (shape, fee_bps, currency, sold + units, reserve + way * money)
        names = ("CurveBought", "buyer", "cost") if units > 0 else ("CurveSold", "seller", "proceeds")
        self.emit(
            "Curves", CURVES, names[0], token=self.token(community_id), to=account, amount=abs(units), fee=fee,
            sold=sold + units, reserve=reserve + way * money, **{names[1]: account, names[2]: money},
        )  # fmt: skip
        payouts = [(community_account(community_id), fee)]
        source = bytes.fromhex(self.token(community_id)[2:]).rjust(32, b"\0")
        self.emit("Curves", CURVES, "CreditsAdded", source=source, currency=currency, payouts=payouts)
        self.move(community_id, ETH if units > 0 else account, account if units > 0 else ETH, abs(units))

    def token(self, community_id: int) -> str:
        """Give a community's token."""
        return "0x" + "cc" * 19 + f"{community_id:02x}"

    def mint(self, community_id: int, to: str, units: int) -> None:
        """Mint tokens."""
        self.move(community_id, ETH, to, units)

    def move(self, community_id: int, sender: str, to: str, units: int) -> None:
        """Move tokens."""
        self.emit("CommunityToken", self.token(community_id), "Transfer", **{"from": sender, "to": to, "value": units})

    def list(self, name: str, description: Mapping[str, Any] | None, quantity: int = 5, **terms: Any) -> str:
        """Put something on sale under a name of this story; the listing's id comes back."""
        stored = "0x" + "98" * 32 if description is None else self.contents.store_description(description)
        values: dict[str, Any] = {
            "seller": SELLER, "currency": ETH, "unit_price_units": 10**17, "arbiter": ARBITER, "community_id": 1,
            "max_fee_bps": 1_000, "accept_for_s": 2 * DAY, "deliver_for_s": 7 * DAY, "transit_for_s": 7 * DAY,
            "inspect_for_s": 3 * DAY, "rule_for_s": 7 * DAY, **terms,
        }  # fmt: skip
        found = Terms(**{"content_hash": stored, "salt": _hash(name)} | values)
        listing = listing_id(CHAIN_ID, MARKET, found.to_abi())
        self.market(
            "ListingOpened", listingId=bytes.fromhex(listing[2:]), seller=found.seller, communityId=found.community_id,
            terms=found.to_abi(), quantityLimit=quantity,
        )  # fmt: skip
        if found.extras is not None:
            self.market("ListingExtras", listingId=bytes.fromhex(listing[2:]), extras=extras_abi(found.extras))
        if found.file is not None:
            self.market("ListingFile", listingId=bytes.fromhex(listing[2:]), file=file_abi(found.file))
        self.listings[name] = (listing, found)
        return listing

    def buy(
        self,
        name: str,
        listing_name: str,
        quantity: int = 1,
        holder: str = BUYER,
        payer: str = BUYER,
        specification: str = "0x" + "0" * 64,
        referrer: str = ETH,
        point: tuple[str, str] = NO_POINT,
    ) -> str:
        """Buy under a name of this story; the order's key comes back."""
        listing, terms = self.listings[listing_name]
        purchase = Purchase(
            salt=_hash(name),
            payer=payer,
            holder=holder,
            arbiter=terms.arbiter,
            specification=specification,
            referrer=referrer,
            point=point,
        )
        key = order_key(listing, holder, ref_of(purchase.to_abi()))
        amount = terms.unit_price_units * quantity
        self.market(
            "OrderFunded", key=bytes.fromhex(key[2:]), listingId=bytes.fromhex(listing[2:]), holder=holder,
            purchase=purchase.to_abi(), amount=amount, quantity=quantity,
            clock=self.at_ts + (terms.deliver_for_s if terms.instant else terms.accept_for_s),
            platformFeeBps=100, communityFeeBps=250,
        )  # fmt: skip
        self.orders[name] = (key, listing_name, amount)
        return key

    def accept(self, name: str) -> None:
        """Let the seller accept."""
        key, terms, _ = self._order(name)
        self.market("OrderAccepted", key=key, deliverBy=self.at_ts + terms.deliver_for_s)

    def deliver(self, name: str, commitment: bytes = b"\0" * 32) -> None:
        """Let the seller deliver."""
        key, terms, _ = self._order(name)
        self.market(
            "OrderDelivered",
            key=key,
            commitment=commitment,
            inspectBy=self.at_ts + terms.transit_for_s + terms.inspect_for_s,
        )

    def deliver_key(self, name: str, wrap: Wrap) -> None:
        """Let the seller of a file deliver its key."""
        self.deliver(name, bytes.fromhex(wrap_hash(wrap)[2:]))
        self.market("OrderKeyWrapped", key=self._order(name)[0], wrap=wrap_abi(wrap))

    def ask_key(self, name: str, x: str, y: str, asker: str = BUYER) -> None:
        """Let somebody ask for a key once more."""
        words = {"x": bytes.fromhex(x[2:]), "y": bytes.fromhex(y[2:])}
        self.emit("KeyRequests", KEY_REQUESTS, "KeyAsked", key=self._order(name)[0], asker=asker, **words)

    def say(self, name: str, party: str, text: str, store: bool = True) -> None:
        """Let a party say something to the arbiter."""
        key, terms, _ = self._order(name)
        stored = self.contents.store_text(text) if store else "0x" + "97" * 32
        self.market(
            "Evidence", arbitrator=terms.arbiter, evidenceGroupID=int.from_bytes(key), party=party,
            uri=self.contents.uri(stored) if store else text, hash=bytes.fromhex(stored[2:]),
        )  # fmt: skip

    def show(self, name: str, party: str, picture: bytes) -> None:
        """Let a party show a picture to the arbiter."""
        key, terms, _ = self._order(name)
        stored = self.contents.store_picture(picture)
        self.market(
            "Evidence", arbitrator=terms.arbiter, evidenceGroupID=int.from_bytes(key), party=party,
            uri=self.contents.uri(stored), hash=bytes.fromhex(stored[2:]),
        )  # fmt: skip

    def design(self, name: str, community_id: int, fee_units: int, *, publish: bool = True) -> None:
        """Put a blueprint on sale, and make its conditions known."""
        said = Conditions(_hash(f"{name} makes"), ETH, fee_units, PAYER if fee_units else ETH)
        words = {"title": f"{name} 설계도", "text": f"How to make a {name}.", "lang": "en", "kind": "blueprint"}
        terms = {"seller": PAYER, "community_id": community_id, "kind": "blueprint", "salt": conditions_hash(said)}
        listing = self.list(name, {**words, "make": conditions_json(said)}, transit_for_s=0, **terms)
        if publish:
            self.emit(
                "Blueprints", BLUEPRINTS, "DesignPublished", listingId=bytes.fromhex(listing[2:]), seller=PAYER,
                conditions=conditions_abi(said),
            )  # fmt: skip

    def claim_units(self, name: str, quantity: int) -> None:
        """Give an order's units to its holder."""
        key, _, _ = self._order(name)
        listing = self.listings[self.orders[name][1]][0]
        self.emit(
            "Blueprints", BLUEPRINTS, "UnitsClaimed", key=key, listingId=bytes.fromhex(listing[2:]), to=STRANGER,
            quantity=quantity,
        )  # fmt: skip
        self._units(listing, ETH, STRANGER, quantity)

    def make(self, name: str, maker: str, number: int, serial: str) -> None:
        """Let somebody burn a unit for a serial."""
        listing = self.listings[name][0]
        self._units(listing, maker, ETH, 1)
        self.emit(
            "Blueprints", BLUEPRINTS, "UnitMade", listingId=bytes.fromhex(listing[2:]), serial=serial_word(serial),
            maker=maker, number=number,
        )  # fmt: skip

    def _units(self, listing: str, sender: str, to: str, count: int) -> None:
        self.emit(
            "Blueprints", BLUEPRINTS, "TransferSingle", operator=STRANGER, id=int(listing, 16), value=count,
            **{"from": sender, "to": to},
        )  # fmt: skip

    def review(self, name: str, by: str, about: str, rating: int, text: str = "", *, store: bool = True) -> None:
        """Let one side of a finished order say what it thinks of the other."""
        key, terms, _ = self._order(name)
        words = (self.contents.store_text(text) if store else _hash(text)) if text else "0x" + "00" * 32
        self.emit(
            "Reviews", REVIEWS, "Reviewed", key=key, by=by, about=about, bySeller=by == terms.seller, rating=rating,
            hash=bytes.fromhex(words[2:]), weightWei=0,
        )  # fmt: skip

    def reply(self, name: str, by: str, text: str) -> None:
        """Let the one who was reviewed answer."""
        words = self.contents.store_text(text)
        self.emit("Reviews", REVIEWS, "Replied", key=self._order(name)[0], by=by, hash=bytes.fromhex(words[2:]))

    def contest(self, name: str, text: str) -> None:
        """Let the buyer dispute, with the fee staked."""
        key, _, _ = self._order(name)
        self.say(name, BUYER, text)
        self.market("OrderContested", key=key, stakeBy=self.at_ts + 3 * DAY)

    def dispute(self, name: str) -> None:
        """Bring the dispute before the arbiter."""
        key, terms, _ = self._order(name)
        self.market("OrderDisputed", key=key, ruleBy=self.at_ts + terms.rule_for_s)

    def complete(self, name: str) -> None:
        """Let the buyer confirm."""
        key, terms, amount = self._order(name)
        self.market("OrderCompleted", key=key, by=BUYER)
        platform, community = amount * 100 // 10_000, amount * 250 // 10_000
        shares = [
            (terms.seller, amount - platform - community),
            (community_account(0), platform),
            (community_account(terms.community_id), community),
        ]
        self.market("CreditsAdded", source=key, currency=terms.currency, payouts=shares)

    def change(self, name: str, event: str, **args: Any) -> None:
        """Write one event of an order, by its own names."""
        self.market(event, key=self._order(name)[0], **args)

    def pay_milestone(self, name: str, milestone: int, units: int, left: int, deliver_for_s: int) -> None:
        """Let the buyer confirm a milestone that is not the last."""
        key, terms, _ = self._order(name)
        self.market(
            "MilestonePaid", key=key, milestone=milestone, by=BUYER, amount=units, left=left,
            deliverBy=self.at_ts + deliver_for_s,
        )  # fmt: skip
        self.market("CreditsAdded", source=key, currency=terms.currency, payouts=[(terms.seller, units)])

    def give_back(self, name: str, event: str) -> None:
        """Cancel or refund."""
        key, terms, amount = self._order(name)
        self.market(event, key=key, by=BUYER if event == "OrderCancelled" else terms.seller)
        self.market("CreditsAdded", source=key, currency=terms.currency, payouts=[(BUYER, amount)])

    def rule(self, name: str, bps_to_buyer: int) -> None:
        """Let the arbiter rule."""
        key, terms, amount = self._order(name)
        self.market("OrderResolved", key=key, by=terms.arbiter, bpsToBuyer=bps_to_buyer)
        part = amount * bps_to_buyer // 10_000
        shares = [(BUYER, part), (terms.seller, amount - part)]
        self.market(
            "CreditsAdded", source=key, currency=terms.currency, payouts=[share for share in shares if share[1]]
        )

    def bond(self, account: str, free_units: int, currency: str = ETH, source: str = "0x" + "0" * 64) -> None:
        """Let a free bond become what is said."""
        self.market(
            "BondChanged", account=account, currency=currency, source=bytes.fromhex(source[2:]), free=free_units
        )

    def withdraw(self, account: str, units: int, to: str | None = None) -> None:
        """Let an account take ETH out."""
        self.market("CreditWithdrawn", account=account, currency=ETH, to=to or account, amount=units)

    def _order(self, name: str) -> tuple[bytes, Terms, int]:
        key, listing_name, amount = self.orders[name]
        return bytes.fromhex(key[2:]), self.listings[listing_name][1], amount

    def _block(self) -> Header:
        parent = self.headers[self.number].hash if self.number else "0x" + "0" * 64
        self.number += 1
        self.at_ts += 12
        header = Header(self.number, _hash(f"block {self.number}"), parent, self.at_ts, 0)
        self.headers[self.number] = header
        return header


def _hash(text: str) -> str:
    return "0x" + keccak(text=text).hex()


def tell_all(story: Story, picture: str | None = None) -> None:
    """Tell a story in which every page has something to show: each state of an order, each kind of listing."""
    story.platform(FOUNDER, 100)
    story.claim(SELLERS_NAME, SELLER)
    story.profile(SELLERS_NAME, SELLER, "I mend **lamps**.", picture)
    story.claim(HANDED_NAME, STRANGER)
    lamps = story.community(
        "도깨비불 공방", "LAMP",
        {"text": "한밤에 등불을 고치고 만드는 모임이에요.\n\nWe mend lamps at midnight.", "lang": "ko", "picture": picture,
         "tags": ["등불", "lamps"], "rules": "불장난은 안 돼요.", "recognised": [2]},
    )  # fmt: skip
    stars = story.community(
        "Star Chart Smugglers",
        "STAR",
        {"text": "Maps of skies that nobody has seen.", "lang": "en", "picture": None, "tags": ["maps"],
         "arbiters": [Arbiter(ARBITER, "Old Owl")], "recognised": [1, 3]},
        fee_bps=500,
        reserve=300,
        curve=200,
    )  # fmt: skip
    story.community("Moss Library", "MOSS", None, fee_bps=0, founder=STRANGER, share=0)
    for account, tokens in ((FOUNDER, 120), (SELLER, 60), (BUYER, 33), (PAYER, 7)):
        story.mint(lamps, account, tokens * 10**18)
    story.move(lamps, BUYER, SELLER, 3 * 10**18)
    story.move(lamps, SELLER, ETH, 10**18)
    story.emit(
        "CommunityRegistry", REGISTRY, "FeeRaiseAnnounced", id=stars, feeBps=900, raiseAt=story.at_ts + 400 * DAY
    )
    story.emit("CommunityRegistry", REGISTRY, "StewardshipOffered", id=stars, **{"from": FOUNDER, "to": SELLER})

    def said(
        title: str, text: str, kind: str = "goods", lang: str = "en", tags: tuple[str, ...] = ()
    ) -> dict[str, Any]:
        return {"title": title, "text": text, "lang": lang, "picture": picture, "kind": kind, "tags": list(tags)}

    parts = tuple(Milestone(share, 7 * DAY, 3 * DAY) for share in (2_000, 3_000, 5_000))
    tell_designs(story, 3)
    story.list(
        "mural",
        said("Mural in three nights", "Sketch, ground, colours.", "service"),
        kind="service",
        transit_for_s=0,
        bond_bps=500,
        extras=Extras(parts, False),
    )
    story.list(
        "bowl",
        said("Bowl, priced by feel", "What is it worth?"),
        arbiter_fee_units=10**16,
        extras=Extras((), True),
        quantity=9,
    )
    story.list(
        "lamp",
        said("도깨비불 등잔", "푸른 불꽃이 나는 등잔. 높이 30 cm, 기름은 따로예요.", lang="ko", tags=("등불",)),
        quantity=9,
        arbiter_fee_units=10**16,
        backup_arbiter=BACKUP,
    )
    story.list(
        "mend",
        said("Lamp mending by moonlight", "I mend one lamp. Bring it to the well.", "service"),
        kind="service",
        transit_for_s=0,
        currency=story.token(lamps),
        unit_price_units=4 * 10**18,
    )
    story.list(
        "chart",
        said("Star chart of the third sky", "Ink on mulberry paper, 60 × 40 cm."),
        community_id=stars,
        instant=True,
        accept_for_s=0,
        deliver_for_s=2 * DAY,
        unit_price_units=25 * 10**15,
    )
    story.list(
        "odd",
        said("Moss, priced in a strange coin", "One jar."),
        community_id=3,
        currency="0x" + "ee" * 20,
        unit_price_units=777,
    )
    story.list("only", said("For one friend", "A secret."), only_buyer=BUYER, valid_until_ts=story.at_ts + 300 * DAY)
    story.list("ended", said("Last winter's lanterns", "Gone."), valid_until_ts=story.at_ts + 60)
    story.list("gone", said("Sold out tea", "Tea."), quantity=0)
    story.list("undescribed", None)
    story.list(
        "song",
        said("A song in three nights", "A sketch, a rehearsal, a song.", "service"),
        kind="service",
        transit_for_s=0,
        bond_bps=2_000,
        referral_bps=500,
        per_buyer_open_quantity=2,
        extras=Extras(
            (Milestone(2_500, 7 * DAY, 3 * DAY), Milestone(2_500, 3 * DAY, 2 * DAY), Milestone(5_000, DAY, DAY)), True
        ),
    )
    story.list("paused", said("Paused pickles", "Pickles."))
    story.market("ListingPaused", listingId=bytes.fromhex(story.listings["paused"][0][2:]), paused=True)

    for name in ("cancelled", "refunded", "completed", "resolved"):
        story.buy(name, "lamp")
    story.give_back("cancelled", "OrderCancelled")
    for name in ("refunded", "completed", "resolved"):
        story.accept(name)
    story.give_back("refunded", "OrderRefunded")
    story.deliver("completed", b"\x11" * 32)
    story.complete("completed")
    story.deliver("resolved")
    story.contest("resolved", "The flame is red, not blue.")
    story.say("resolved", SELLER, "그날 밤엔 푸른색이었어요.")
    story.say("resolved", SELLER, "ipfs://somewhere", store=False)
    story.dispute("resolved")
    story.rule("resolved", 3_000)
    story.withdraw(BUYER, 10**16)

    story.buy("late", "lamp")
    story.wait(3 * DAY)
    story.buy("funded", "lamp")
    story.buy("accepted", "lamp", holder=BUYER, payer=PAYER)
    story.accept("accepted")
    story.buy("instant", "chart", quantity=2)
    story.buy("delivered", "mend")
    story.accept("delivered")
    story.deliver("delivered")
    for name in ("contested", "disputed"):
        story.buy(name, "lamp")
        story.accept(name)
        story.deliver(name)
        story.contest(name, "It never came.")
    story.dispute("disputed")
    story.renounce(stars)
    tell_of_a_curve(story)
    story.split(1, SELLER, (SELLER, 6_000), (STRANGER, 4_000))
    story.bond(SELLER, 3 * 10**16)
    story.buy("sung", "song", referrer=STRANGER)
    story.accept("sung")
    story.bond(SELLER, 10**16, source=story.orders["sung"][0])
    story.buy("unsung", "song")
    tell_of_changes(story)
    story.assembly = Assembly(story, stars, REGISTRY, (MEMBERSHIPS, GOVERNORS))
    story.assembly.tell(FOUNDER, BUYER, SELLER)
    story.split(2, SELLER, (SELLER, 5_000), (BUYER, 5_000))
    story.earn(2, 10**17)
    story.owe_split(2, 1, 3 * 10**16)
    story.propose(2, SELLER, 2, story.at_ts + 30 * DAY, (0, 4_000, 0), (1, 6_000, story.at_ts + 90 * DAY))
    tell_claims(story, stars)
    story.review("completed", BUYER, SELLER, 4, "It hums a little. 조금 웅웅거려요.")
    story.reply("completed", SELLER, "Give it a rest at noon.")
    story.review("completed", SELLER, BUYER, 5)
    story.review("resolved", BUYER, SELLER, 1, "These words are lost.", store=False)


def tell_designs(story: Story, community_id: int) -> None:
    """Tell of a blueprint whose units are held and of which a piece was made, of one that costs nothing, and of one unpublished."""
    story.design("kite", community_id, 10**16)
    story.design("whistle", community_id, 0)
    story.design("mask", community_id, 10**15, publish=False)
    for name, listing, claimed in (("flown", "kite", True), ("blown", "whistle", False)):
        story.buy(name, listing, quantity=3, holder=STRANGER, payer=STRANGER)
        story.accept(name)
        story.deliver(name)
        story.complete(name)
        if claimed:
            story.claim_units(name, 3)
    story.make("kite", STRANGER, 1, "KITE-1")
    story.make("kite", STRANGER, 2, "k/2")


def tell_of_changes(story: Story) -> None:
    """Tell of orders that do not go straight on: parts, offers, another holder, an agreement, a ruling between offers."""
    story.buy("parts", "mural")
    story.accept("parts")
    story.deliver("parts")
    story.pay_milestone("parts", 0, 2 * 10**16, 8 * 10**16, 7 * DAY)
    story.deliver("parts")
    for name in ("haggled", "settled", "final"):
        story.buy(name, "bowl")
        story.accept(name)
    story.change("haggled", "OrderReleased", amount=10**16, left=9 * 10**16)
    story.change("haggled", "OrderPartRefunded", amount=10**16, left=8 * 10**16)
    story.change("haggled", "OrderExtended", clock=story.at_ts + 20 * DAY)
    story.change("haggled", "SettlementOffered", by=BUYER, toHolder=6 * 10**16, sequence=1)
    story.change("haggled", "SettlementOffered", by=SELLER, toHolder=2 * 10**16, sequence=2)
    story.change("settled", "SettlementOffered", by=BUYER, toHolder=4 * 10**16, sequence=1)
    story.change("settled", "SettlementWithdrawn", by=BUYER, sequence=2)
    story.change("settled", "OrderSettled", by=SELLER, toHolder=3 * 10**16)
    story.buy("handed", "bowl", holder=BUYER, payer=PAYER)
    story.change("handed", "OrderTransferred", **{"from": BUYER, "to": STRANGER})
    story.deliver("final")
    story.contest("final", "It is worth a third.")
    story.change("final", "FinalOffersFrozen", holdersOffer=7 * 10**16, sellersOffer=2 * 10**16)
    story.dispute("final")
    drawn = io.BytesIO()
    Image.new("RGB", (40, 30), "#b3361c").save(drawn, "PNG")
    story.show("final", SELLER, drawn.getvalue())
    story.hand_over(HANDED_NAME, STRANGER, PAYER, done=True)
    story.claim(RETIRED_NAME, STRANGER)
    story.persona("PersonaRetired", persona=persona_id(RETIRED_NAME), holder=STRANGER)
    story.hand_over(SELLERS_NAME, SELLER, STRANGER, done=False)
    story.persona("NicknameCommitted", account=BUYER, commitment=b"\x5b" * 32)


CLAIM_LIST = tuple((to_checksum_address(account), units) for account, units in ((BUYER, 12 * 10**18), (PAYER, 1)))


def tell_claims(story: Story, community_id: int) -> None:
    """Open a phase of each kind, the first one over, and claim in two of them."""
    paid = story.open_phase(community_id, 1, story.at_ts, 100, price_wei=10**16)
    story.claim_tokens(community_id, paid, BUYER, 40 * 10**18, 4 * 10**17)
    story.claim_tokens(community_id, paid, BUYER, 2 * 10**18, 2 * 10**16)
    listed = story.open_phase(community_id, 2, story.at_ts, 30, root=b"\x1f" * 32)
    story.claim_tokens(community_id, listed, SELLER, 30 * 10**18)
    story.open_phase(community_id, 3, story.at_ts + 5 * DAY, 10)
    closed = story.open_phase(community_id, 4, story.at_ts, 20)
    raw = bytes.fromhex(closed[2:])
    story.emit("Claims", CLAIMS, "ClaimPhaseClosed", key=raw, caller=FOUNDER, left=20 * 10**18)
    root, story.claim_list = ClaimLists(story.contents).keep(CLAIM_LIST, story.token(community_id), 5, None)
    story.open_phase(community_id, 5, story.at_ts, 20, price_wei=10**16 + 1, root=bytes.fromhex(root[2:]))


def tell_of_a_curve(story: Story) -> None:
    """Open a community with a curve along a line, of 400 tokens from 0.001 to 0.005 ETH, and let some trade on it."""
    community_id = story.community("Tide Pool", "TIDE", None, fee_bps=0, founder=STRANGER, share=0, curve=400)
    story.renounce(community_id)
    story.open_curve(community_id, STRANGER, 400, 0, Shape(10**15, 10**31))
    story.trade(community_id, BUYER, 100 * 10**18)
    story.trade(community_id, SELLER, 20 * 10**18)
    story.trade(community_id, BUYER, -30 * 10**18)
