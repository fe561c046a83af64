"""One intent of every kind that the services can build, on a real chain, as /intents/<id>.json gives it."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from PIL import Image

from frontend.curve import Shape, Step
from frontend.errors import Refused
from frontend.index.file_views import SealedFile
from frontend.index.proposal_views import GovernorRules
from frontend.pages.curves import beside_units, outlook
from frontend.pages.layout import account_of_community
from frontend.services.carts import Wanted
from frontend.services.claims import NewPhase
from frontend.services.curves import NewCurve
from frontend.services.market import NewListing
from frontend.services.split_changes import Change, Share, link_of
from frontend.services.splits import Part, account_of_version
from frontend.services.terms import Conditions
from tests.frontend.chain.agreeing import list_work, send_call, signature_of, signed_link
from tests.frontend.chain.conftest import ETH, listing_form, new_key
from tests.frontend.chain.site import Person, Site
from tests.helpers.nicknames import commitment
from tests.index.files import SOLD_KEY, WRONG_KEY, words_of, wrapped
from tools.files.wrap import key_hash as wraps_key_hash
from tools.files.wrap import point_of

ETHER = 10**18
DAY_S = 86400


class Tour:
    """Goes once through everything that a market does, and keeps the documents by name."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.seller, self.buyer, self.arbiter, self.stranger = (site.person(n) for n in (1, 2, 3, 4))
        self.documents: dict[str, dict[str, Any]] = {}

    def built(self, name: str, person: Person, prepare: Callable[[Any, str], Any]) -> dict[str, Any]:
        """Build an intent, and keep its document."""
        with self.site.app.test_request_context():
            intent = prepare(self.site.bound.services, person.address)
        self.documents[name] = person.intent(intent.id)
        return self.documents[name]

    def done(self, name: str, person: Person, prepare: Callable[[Any, str], Any]) -> dict[str, Any]:
        """Build an intent, keep its document, send it."""
        found = self.built(name, person, prepare)
        person.send(found)
        self.site.follow()
        status = person.intent(found["id"])["status"]
        assert status == "final", f"{name} is {status}"
        return found

    def go(self) -> dict[str, dict[str, Any]]:
        """Do everything."""
        self.communities()
        self.sales()
        self.disputes()
        self.changes()
        self.agreements()
        self.milestones()
        self.token_sales()
        self.advanced_sales()
        self.files()
        self.designs()
        self.splits()
        self.personas()
        self.curves()
        self.claims()
        self.money()
        self.members()
        self.decisions()
        self.farewell()
        return self.documents

    def communities(self) -> None:
        values = ("버섯 Club", "MUSH", 10**24, 10**21, 0, 10 * DAY_S, 250, {"text": "버섯", "lang": "ko"})
        self.done("open", self.seller, lambda s, who: s.communities.prepare_open(who, *values, new_key()))
        with self.site.app.app_context():
            self.id = max(row.id for row in self.site.bound.queries.communities().items)
        self.done("set_fee", self.seller, lambda s, who: s.communities.prepare_set_fee(who, self.id, 200, 0))
        for name, percents in (("set_waivers", (40, 30)), ("cut_waivers", (10, 30))):
            waivers = (self.id, *percents, self.site.market.now())
            self.done(
                name, self.seller, lambda s, who, waivers=waivers: s.communities.prepare_set_waivers(who, *waivers)
            )
        self.done(
            "mint", self.seller, lambda s, who: s.tokens.prepare_mint(who, self.id, self.buyer.address, 50 * ETHER)
        )
        pairs = [(self.buyer.address, 7), (self.stranger.address, 5 * ETHER)]
        self.done("mint_batch", self.seller, lambda s, who: s.tokens.prepare_mint_batch(who, self.id, pairs))
        self.done(
            "transfer", self.buyer, lambda s, who: s.tokens.prepare_transfer(who, self.id, self.seller.address, 3)
        )
        self.done("burn", self.buyer, lambda s, who: s.tokens.prepare_burn(who, self.id, 4))
        self.site.market.warp(DAY_S)
        self.site.follow()
        self.done("mint_vested", self.stranger, lambda s, who: s.tokens.prepare_mint_vested(who, self.id))
        words = {"text": "더 많은 버섯", "lang": "ko"}
        self.done("set_uri", self.seller, lambda s, who: s.tokens.prepare_set_contract_uri(who, self.id, words))

    def sales(self) -> None:
        form = listing_form(self.arbiter.address, backup_arbiter=self.stranger.address)
        found = self.seller.built(self.seller.post_form(f"/listings/new?community={self.id}", form))
        self.documents["list"] = found
        self.seller.send(found)
        self.site.follow()
        self.listing = found["subject"]
        self.plain = str(
            self.seller.do(f"/listings/new?community={self.id}", listing_form(self.arbiter.address))["subject"]
        )
        self.done("pause", self.seller, lambda s, who: s.market.prepare_set_paused(who, self.listing, True))
        self.done("resume", self.seller, lambda s, who: s.market.prepare_set_paused(who, self.listing, False))
        self.done(
            "quantity", self.seller, lambda s, who: s.market.prepare_set_quantity_limit(who, self.listing, 50, 60)
        )
        first = self.buy("buy", self.listing, 2)
        gift = self.buy("gift", self.listing, 1, holder=self.site.person(5).address)
        self.order("decline", self.seller, gift)
        self.order("cancel", self.buyer, self.buy("buy_2", self.listing, 1))
        self.order("accept", self.seller, first)
        self.order("deliver", self.seller, first, "0x" + "5e" * 32)
        self.order("confirm", self.buyer, first)
        again = self.buy("buy_3", self.listing, 1)
        self.order("accept_2", self.seller, again)
        self.order("refund", self.seller, again)

    def buy(
        self, name: str, listing: str, quantity: int, holder: str | None = None, referrer: str | None = None
    ) -> str:
        def prepare(services: Any, who: str) -> Any:
            return services.market.prepare_buy(who, listing, quantity, 10**30, 2000, holder, None, new_key(), referrer)

        return str(self.done(name, self.buyer, prepare)["subject"])

    def order(self, name: str, person: Person, key: str, *more: Any) -> None:
        method = "prepare_" + name.partition("_")[0]
        self.done(name, person, lambda s, who: getattr(s.market, method)(who, key, *more))

    def disputes(self) -> None:
        key = self.buy("buy_4", self.listing, 1)
        self.order("accept_3", self.seller, key)
        self.order("deliver_2", self.seller, key)
        self.order("dispute", self.buyer, key, "고장 났어요.")
        self.order("stake", self.seller, key)
        self.done(
            "picture",
            self.buyer,
            lambda s, who: s.market.prepare_submit_picture(who, key, s.contents.store_picture(drawn())),
        )
        self.done("evidence", self.seller, lambda s, who: s.market.prepare_submit_evidence(who, key, "아니에요."))
        self.order("rule", self.arbiter, key, 3333)

    def changes(self) -> None:
        """Parts, more time, another holder, a stake out of the bond."""
        key = self.buy("buy_5", self.listing, 2)
        clock_ts = self.found(key).clock_ts
        self.done("extend", self.buyer, lambda s, who: s.changes.prepare_extend(who, key, clock_ts, DAY_S))
        self.order("accept_5", self.seller, key)
        left = self.found(key).amount_units
        self.done("release", self.buyer, lambda s, who: s.changes.prepare_release(who, key, left, left // 3))
        left = self.found(key).amount_units
        self.done("refund_part", self.seller, lambda s, who: s.changes.prepare_refund_part(who, key, left, 12345))
        heir = self.stranger.address
        self.raw(self.buyer, "depositBond", self.buyer.address, ETH, ETHER, value_wei=ETHER)
        self.order("deliver_5", self.seller, key)
        self.done(
            "dispute_from_bond",
            self.buyer,
            lambda s, who: s.market.prepare_dispute(who, key, "아니요.", from_bond=True),
        )
        self.raw(self.seller, "depositBond", self.seller.address, ETH, ETHER, value_wei=ETHER)
        self.done("stake_from_bond", self.seller, lambda s, who: s.market.prepare_stake(who, key, from_bond=True))
        other = self.buy("buy_6", self.plain, 1)
        self.done("transfer_order", self.buyer, lambda s, who: s.changes.prepare_transfer(who, other, heir))
        left_other = self.found(other).amount_units
        self.done(
            "release_all", self.stranger, lambda s, who: s.changes.prepare_release(who, other, left_other, left_other)
        )

    def agreements(self) -> None:
        """Offers on the chain, and one by a link."""
        key = self.buy("buy_7", self.listing, 1)
        amount = self.found(key).amount_units
        self.done("offer", self.buyer, lambda s, who: s.settlements.prepare_offer(who, key, amount, amount // 2))
        self.done("withdraw_offer", self.buyer, lambda s, who: s.settlements.prepare_withdraw_offer(who, key))
        self.done("offer_2", self.seller, lambda s, who: s.settlements.prepare_offer(who, key, amount, amount // 3))
        self.done("accept_offer", self.buyer, lambda s, who: s.settlements.prepare_accept_offer(who, key, amount // 3))
        signed = self.buy("buy_8", self.listing, 1)
        link = signed_link(self.site, self.seller, signed, amount // 4)
        self.done("settle_signed", self.buyer, lambda s, who: s.settlements.prepare_settle_signed(who, signed, link))

    def milestones(self) -> None:
        """A service in two parts."""
        listing = list_work(self.site, self.seller, self.arbiter, self.id)
        key = self.buy("buy_work", listing, 1)
        self.order("accept_work", self.seller, key)
        self.order("deliver_first", self.seller, key, "0x" + "5f" * 32)
        self.order("confirm_first", self.buyer, key)
        self.order("deliver_second", self.seller, key)
        self.site.market.warp(2 * DAY_S)
        self.site.follow()
        self.order("expire_second", self.stranger, key)

    def found(self, key: str) -> Any:
        """Give an order as the index has it."""
        with self.site.app.app_context():
            return self.site.bound.queries.order(key)

    def raw(self, person: Person, function: str, *args: Any, value_wei: int = 0) -> None:
        """Send a call of the Market that no page makes."""
        send_call(self.site, person, function, *args, value_wei=value_wei)

    def token_sales(self) -> None:
        with self.site.app.app_context():
            token = self.site.bound.queries.community(self.id).token
        form = listing_form(self.arbiter.address, currency=token, price="3", arbiter_fee="1")
        self.token_listing = listing = str(self.seller.do(f"/listings/new?community={self.id}", form)["subject"])
        key = self.buy("buy_with_permit", listing, 2)
        signed = self.buyer.intent(self.documents["buy_with_permit"]["id"])
        self.documents["buy_with_permit_signed"] = signed
        self.order("accept_4", self.seller, key)
        self.order("deliver_3", self.seller, key)
        first = self.done("approve", self.buyer, lambda s, who: s.market.prepare_dispute(who, key, "No."))
        self.documents["dispute_in_tokens"] = second = self.buyer.built(
            self.buyer.post_form(f"/intents/{first['id']}/next", {})
        )
        self.buyer.send(second)
        self.site.follow()
        self.built("approve_the_stake", self.seller, lambda s, who: s.market.prepare_stake(who, key))
        self.site.market.warp(4 * DAY_S)
        self.site.follow()
        self.order("expire", self.stranger, key)

    def advanced_sales(self) -> None:
        self.done("deposit_bond", self.seller, lambda s, who: s.bonds.prepare_deposit(who, ETH, ETHER))
        form = listing_form(
            self.arbiter.address, kind="service", transit_for="", bond="20", referral="5", max_fee="20", per_buyer="3", final_offer="y",
            **{"milestones-0-share": "40", "milestones-1-share": "60", "milestones-1-deliver_within": "2", "milestones-1-inspect_within": "2"},
        )  # fmt: skip
        found = self.seller.built(self.seller.post_form(f"/listings/new?community={self.id}", form))
        self.documents["list_with_extras"] = found
        self.seller.send(found)
        self.site.follow()
        self.song = found["subject"]
        key = self.buy("buy_referred", self.song, 1, referrer=self.stranger.address)
        self.order("accept_5", self.seller, key)
        self.done("withdraw_bond", self.seller, lambda s, who: s.bonds.prepare_withdraw(who, ETH, 10**17))
        self.cart("buy_many", {self.song: 1, self.listing: 2})
        self.cart("buy_many_with_permit", {self.song: 1, self.token_listing: 1, self.listing: 1})
        self.documents["buy_many_signed"] = self.buyer.intent(self.documents["buy_many_with_permit"]["id"])

    def cart(self, name: str, quantities: dict[str, int]) -> None:
        def prepare(services: Any, who: str) -> Any:
            wanted = [Wanted(listing, quantity, 10**30, 2000) for listing, quantity in quantities.items()]
            return services.carts.prepare_buy_many(who, wanted, new_key())

        self.done(name, self.buyer, prepare)

    def files(self) -> None:
        """Sealed files: one kept, its key asked for again; one whose key was wrong."""
        found = self.done("list_file", self.seller, lambda s, who: s.market.prepare_list(who, self.new_file(), 9))
        self.file = str(found["subject"])
        kept, lost = self.buy_file("buy_file", 501), self.buy_file("buy_file_2", 502)
        self.done(
            "deliver_file",
            self.seller,
            lambda s, who: s.file_keys.prepare_deliver_file(who, kept, wrapped(SOLD_KEY, kept, 501)),
        )
        wrong = wrapped(WRONG_KEY, lost, 502)
        self.done("deliver_wrong", self.seller, lambda s, who: s.file_keys.prepare_deliver_file(who, lost, wrong))
        self.done(
            "claim_bad_key",
            self.buyer,
            lambda s, who: s.file_keys.prepare_claim_bad_key(who, lost, 502, understood=True),
        )
        self.order("confirm_file", self.buyer, kept)
        self.done("review", self.buyer, lambda s, who: s.reviews.prepare_review(who, kept, 4, "잘 열려요."))
        self.done("review_buyer", self.seller, lambda s, who: s.reviews.prepare_review(who, kept, 5, ""))
        self.done("reply", self.seller, lambda s, who: s.reviews.prepare_reply(who, kept, "고마워요."))
        point = words_of(point_of(503))
        self.done("ask_key", self.buyer, lambda s, who: s.file_keys.prepare_ask_key(who, kept, point))
        again = wrapped(SOLD_KEY, kept, 503)
        self.done("answer_key", self.seller, lambda s, who: s.file_keys.prepare_answer_key(who, kept, point, again))

    def designs(self) -> None:
        """A blueprint: published, claimed, made with its fee in ETH and in a token, handed on, and its fees taken out."""
        with self.site.app.app_context():
            token = to_checksum_address(self.site.bound.queries.community(self.id).token)
        self.drawing, self.token_drawing = self.drawn("list_blueprint", ETH), self.drawn("list_blueprint_2", token)
        for name, listing in (("publish", self.drawing), ("publish_2", self.token_drawing)):
            self.done(
                name, self.seller, lambda s, who, listing=listing: s.designs.prepare_publish(who, listing, new_key())
            )
        for name, listing in (("of_drawing", self.drawing), ("of_token_drawing", self.token_drawing)):
            key = self.buy(f"buy_{name}", listing, 2)
            for step, person in (("accept", self.seller), ("deliver", self.seller), ("confirm", self.buyer)):
                self.order(f"{step}_{name}", person, key)
            self.done(
                f"claim_{name}", self.buyer, lambda s, who, key=key: s.designs.prepare_claim(who, key, None, new_key())
            )
        self.done(
            "make", self.buyer, lambda s, who: s.designs.prepare_make(who, self.drawing, ["DKB-1", "%/2"], new_key())
        )
        first = self.done(
            "approve_the_make",
            self.buyer,
            lambda s, who: s.designs.prepare_make(who, self.token_drawing, ["T-1"], new_key()),
        )
        self.documents["make_in_tokens"] = second = self.buyer.built(
            self.buyer.post_form(f"/intents/{first['id']}/next", {})
        )
        self.buyer.send(second)
        self.site.follow()
        to = self.stranger.address
        self.done(
            "hand_on", self.buyer, lambda s, who: s.designs.prepare_hand_on(who, self.token_drawing, to, 1, new_key())
        )
        self.done(
            "withdraw_makes",
            self.seller,
            lambda s, who: s.credits.prepare_withdraw(who, who, ETH, who, 7, new_key(), ledger="Blueprints"),
        )

    def drawn(self, name: str, currency: str, split_id: int = 0) -> str:
        """List a blueprint, its price and its fee in a currency; the fee goes to the seller or a split."""
        payee = (ETH, split_id, 1) if split_id else (self.seller.address, 0, 0)
        new = NewListing(
            community_id=self.id, kind="blueprint", instant=False, currency=currency, unit_price_units=10**15,
            arbiter=self.arbiter.address, max_fee_bps=2_000, accept_for_s=DAY_S, deliver_for_s=DAY_S, transit_for_s=0,
            inspect_for_s=2 * DAY_S, rule_for_s=4 * DAY_S, description={"title": "설계도", "text": "등불 설계도", "lang": "ko"},
            make=Conditions("0x" + new_key() * 4, currency, 10**14 + 3, *payee),
        )  # fmt: skip
        return str(self.done(name, self.seller, lambda s, who: s.market.prepare_list(who, new, 9))["subject"])

    def makes_for(self, split_id: int) -> None:
        """Make a piece whose fee goes to a split, and take it into the split's books."""
        design = self.drawn("list_blueprint_3", ETH, split_id)
        self.done("publish_3", self.seller, lambda s, who: s.designs.prepare_publish(who, design, new_key()))
        key = self.buy("buy_of_split", design, 1)
        for step, person in (("accept", self.seller), ("deliver", self.seller), ("confirm", self.buyer)):
            self.order(f"{step}_of_split", person, key)
        self.done("claim_of_split", self.buyer, lambda s, who: s.designs.prepare_claim(who, key, None, new_key()))
        self.done("make_of_split", self.buyer, lambda s, who: s.designs.prepare_make(who, design, ["S-1"], new_key()))
        page = self.stranger.get(f"/splits/{split_id}").get_data(as_text=True)
        assert f"/splits/{split_id}/1/{ETH}/collect_makes" in page
        form = {"c-form_key": new_key()}
        found = self.stranger.built(self.stranger.post_form(f"/splits/{split_id}/1/{ETH}/collect_makes", form))
        self.documents["collect_makes"] = found
        self.stranger.send(found)
        self.site.follow()
        assert "collect_makes" not in self.stranger.get(f"/splits/{split_id}").get_data(as_text=True)

    def new_file(self) -> NewListing:
        """Give a listing of a file as its form gives it."""
        salt = "0x" + "5a" * 32
        key_hash = "0x" + wraps_key_hash(bytes.fromhex(salt[2:]), SOLD_KEY).hex()
        file = SealedFile(key_hash, "0x" + "c1" * 32, "0x" + "d1" * 32, 4_321)
        return NewListing(
            community_id=self.id, kind="file", instant=True, currency=ETH, unit_price_units=10**17,
            arbiter=self.arbiter.address, max_fee_bps=2_000, accept_for_s=0, deliver_for_s=DAY_S, transit_for_s=0,
            inspect_for_s=2 * DAY_S, rule_for_s=4 * DAY_S, description={"title": "악보", "text": "봉인된 악보", "lang": "ko"},
            file=file, salt=salt,
        )  # fmt: skip

    def buy_file(self, name: str, secret: int) -> str:
        """Buy the file with the point of a secret."""
        drawn_salt = f"0x{secret:064x}"

        def prepare(services: Any, who: str) -> Any:
            bought = {"point": words_of(point_of(secret)), "salt": drawn_salt, "form_key": new_key()}
            return services.market.prepare_buy(who, self.file, 1, 10**30, 2000, **bought)

        return str(self.done(name, self.buyer, prepare)["subject"])

    def splits(self) -> None:
        """A split that earns by its deposit address and by the Market, and pays its payees."""
        seller, buyer = self.seller.address, self.buyer.address
        locked_ts = self.site.market.now() + DAY_S // 2
        parts = [Part(seller, 6_000), Part(buyer, 4_000, locked_ts)]
        self.done("create_split", self.seller, lambda s, who: s.splits.prepare_create(who, parts))
        with self.site.app.app_context():
            split_id = self.site.bound.queries.splits_known_to(seller).items[0].id
            deposit = self.site.bound.services.splits.ask_deposit(split_id, [ETH])
        assert deposit.holdings == [(ETH, 0)]
        plain = {"permit": None, "chainId": 31337, "data": "0x", "gas": hex(60_000)}
        self.buyer.send({**plain, "to": deposit.address, "value": hex(ETHER)}, report=False)
        with self.site.app.app_context():
            assert self.site.bound.services.splits.ask_deposit(split_id, [ETH]).holdings == [(ETH, ETHER)]
        page = self.buyer.get(f"/splits/{split_id}/deposit").get_data(as_text=True)
        assert f"<code>{deposit.address}</code>" in page
        assert "<bdi>1 ETH</bdi>" in page
        self.done("sweep", self.stranger, lambda s, who: s.splits.prepare_sweep(who, split_id, ETH))
        due = (split_id, 1, 0, ETH, seller, 6 * 10**17)
        self.done("send_share", self.stranger, lambda s, who: s.splits.prepare_send(who, *due))
        claim = (split_id, 1, 1, ETH, buyer, 4 * 10**17)
        self.done("claim", self.buyer, lambda s, who: s.splits.prepare_claim(who, *claim))
        self.done(
            "move_seat", self.buyer, lambda s, who: s.splits.prepare_move(who, split_id, 1, self.stranger.address)
        )
        with self.site.app.app_context():
            dues = self.site.bound.queries.split_version(split_id, 1).books[0].dues
        assert [(due.account, due.claimed_units, due.claimable_units) for due in dues] == [
            (seller.lower(), 6 * 10**17, 0),
            (self.stranger.address.lower(), 4 * 10**17, 0),
        ]
        self.split_sale(split_id)

    def split_sale(self, split_id: int) -> None:
        """Sell something whose seller's part goes to the split, and take that into its books."""
        self.site.market.warp(DAY_S)
        self.site.follow()
        form = listing_form(self.arbiter.address, split=f"{split_id}.1")
        listing = str(self.seller.do(f"/listings/new?community={self.id}", form)["subject"])
        key = self.buy("buy_split", listing, 1)
        self.order("accept_6", self.seller, key)
        self.order("deliver_6", self.seller, key)
        self.order("confirm_6", self.buyer, key)
        account = account_of_version(split_id, 1)
        with self.site.app.app_context():
            owed = self.site.bound.queries.credits(account)[0].amount_units
        self.done("collect", self.stranger, lambda s, who: s.splits.prepare_collect(who, split_id, 1, ETH, owed))
        self.split_changes(split_id)
        with self.site.app.app_context():
            assert self.site.bound.queries.credits(account) == []
            assert self.site.bound.queries.split_version(split_id, 1).books[0].received_units == ETHER + owed
        self.makes_for(split_id)

    def split_changes(self, split_id: int) -> None:
        """Change a split by a signature and by approvals on the chain."""
        until = self.site.market.now() + DAY_S
        shares = (Share(0, 4_000), Share(1, 5_000, until + DAY_S), Share(2, 1_000))
        change = Change(2, shares, (self.arbiter.address.lower(),), until)
        link = link_of(change)
        self.done("propose", self.seller, lambda s, who: s.split_changes.prepare_propose(who, split_id, link))
        self.done("disapprove", self.seller, lambda s, who: s.split_changes.prepare_approve(who, split_id, link, False))
        with self.site.app.app_context():
            document = self.site.bound.services.split_changes.document(split_id, change)
            assert self.site.bound.queries.split_changes(split_id)[0].hash == (
                self.site.bound.services.split_changes.hash_of(split_id, change)
            )
        signed = link_of(change, {1: signature_of(self.stranger, document)})
        apply = partial(
            self.done,
            "change_split",
            self.arbiter,
            lambda s, who: s.split_changes.prepare_change(who, split_id, signed),
        )
        with pytest.raises(Refused, match="has not agreed yet"):
            apply()
        self.done("approve_change", self.seller, lambda s, who: s.split_changes.prepare_approve(who, split_id, link))
        wrong = link_of(change, {1: signature_of(self.seller, document)})
        with pytest.raises(Refused, match="does not fit this change"):
            self.built("wrong", self.arbiter, lambda s, who: s.split_changes.prepare_change(who, split_id, wrong))
        apply()
        with self.site.app.app_context():
            version = self.site.bound.queries.split_version(split_id, 2)
        assert [(payee.seat, payee.bps, payee.locked_until_ts) for payee in version.payees] == [
            (share.seat, share.bps, share.locked_until_ts) for share in shares
        ]
        with pytest.raises(Refused, match="This change is void"):
            apply()

    def personas(self) -> None:
        """A nickname is claimed, described, offered, kept after all, handed over, and retired by its next holder."""
        name, salt, heir = "버섯-공방", "0x" + "5a" * 32, self.arbiter
        hidden = commitment(self.seller.address, name, salt)
        self.done("commit", self.seller, lambda s, who: s.personas.prepare_commit(who, name, hidden))
        self.site.market.warp(60)
        self.site.follow()
        self.done("claim_name", self.seller, lambda s, who: s.personas.prepare_claim(who, name, salt))
        words = {"text": "버섯을 말린다.", "lang": "ko", "picture": None}
        self.done("profile", self.seller, lambda s, who: s.personas.prepare_profile(who, words))
        self.done("offer_name", self.seller, lambda s, who: s.personas.prepare_offer(who, heir.address))
        self.done("keep_name", self.seller, lambda s, who: s.personas.prepare_offer(who, ""))
        self.done("offer_again", self.seller, lambda s, who: s.personas.prepare_offer(who, heir.address, new_key()))
        self.site.market.warp(3 * DAY_S)
        self.site.follow()
        with self.site.app.app_context():
            persona = self.site.bound.queries.persona_held_by(self.seller.address)
        self.done("accept_name", heir, lambda s, who: s.personas.prepare_accept(who, persona))
        page = self.buyer.get(f"/p/{name}").get_data(as_text=True)
        assert heir.address in page
        assert self.documents["profile"]["call"]["values"][2] in page
        self.done("retire", heir, lambda s, who: s.personas.prepare_retire(who))

    def curves(self) -> None:
        """A curve in ETH, one in steps for a community's token, and one for ETH again to change into."""
        with self.site.app.app_context():
            token = str(self.site.bound.queries.community(self.id).token)
        line, steps = Shape(10**15, 10**31), Shape(steps=(Step(150 * ETHER, 10**16), Step(10**24, 2 * 10**16)))
        moss = self.opened("MOSS", 10**20, NewCurve(ETH, 100, line, 3 * ETHER), "open_curve")
        self.curve_with_fees = moss
        fern = self.opened("FERN", 0, NewCurve(ETH, 0, line), "open_curve_of_nothing")
        in_tokens = self.opened(
            "ROOT", 10**20, NewCurve(to_checksum_address(token), 250, steps), "open_curve_in_tokens"
        )

        def buying(community_id: int, units: int) -> Callable[[Any, str], Any]:
            return lambda s, who: s.curves.prepare_purchase(who, community_id, units, 10**18, new_key())

        self.done("curve_buy", self.buyer, buying(moss, 5 * ETHER))
        self.done("curve_buy_with_permit", self.buyer, buying(in_tokens, 2 * ETHER))
        self.documents["curve_buy_signed"] = self.buyer.intent(self.documents["curve_buy_with_permit"]["id"])

        def selling(community_id: int, units: int) -> Callable[[Any, str], Any]:
            return lambda s, who: s.curves.prepare_sale(who, community_id, units, 1, new_key())

        self.done("curve_sell", self.buyer, selling(moss, ETHER))
        self.built("curve_sell_for_tokens", self.buyer, selling(in_tokens, ETHER))

        def swapping(services: Any, who: str) -> Any:
            return services.curves.prepare_swap(who, moss, ETHER, fern, ETHER, new_key())

        first = self.done("curve_swap_approval", self.buyer, swapping)
        second = self.buyer.built(self.buyer.post_form(f"/intents/{first['id']}/next", {}))
        self.documents["curve_swap"] = second
        self.buyer.send(second)
        self.site.follow()
        assert self.buyer.intent(second["id"])["status"] == "final"
        self.built("curve_sell_allowed", self.buyer, selling(fern, ETHER // 2))

    def claims(self) -> None:
        """A phase with a list in ETH, one for everybody in a community's token, and what both have earned."""
        values = ("PEAT", "PEAT", 10**24, 0, 0, 10 * DAY_S, 250, {"text": "PEAT", "lang": "en"})
        self.done(
            "open_with_claims",
            self.seller,
            lambda s, who: s.communities.prepare_open(who, *values, new_key(), claim_allocation_units=100 * ETHER),
        )
        with self.site.app.app_context():
            peat: int = max(row.id for row in self.site.bound.queries.communities().items)
            token = to_checksum_address(str(self.site.bound.queries.community(self.id).token))
        now_ts, buyer = self.site.market.now(), self.buyer.address
        entries = ((buyer, 7 * ETHER), (self.stranger.address, 5))
        listed = NewPhase(now_ts, now_ts + DAY_S, 20 * ETHER, 6 * ETHER, 3 * 10**15, ETH, entries)
        in_tokens = NewPhase(now_ts, now_ts + DAY_S, ETHER, 0, 10**18, token)
        self.done("open_phase", self.seller, lambda s, who: s.claims.prepare_open(who, peat, 1, listed))
        self.done("open_phase_in_tokens", self.seller, lambda s, who: s.claims.prepare_open(who, peat, 2, in_tokens))
        self.done("claim_tokens", self.buyer, lambda s, who: s.claims.prepare_claim(who, peat, 1, ETHER + 1))
        first = self.done("claim_approval", self.buyer, lambda s, who: s.claims.prepare_claim(who, peat, 2, 99))
        self.documents["claim_for_tokens"] = second = self.buyer.built(
            self.buyer.post_form(f"/intents/{first['id']}/next", {})
        )
        self.buyer.send(second)
        self.site.follow()
        self.done("close_phase", self.seller, lambda s, who: s.claims.prepare_close(who, peat, 1))
        account = account_of_community(peat)
        self.done(
            "withdraw_claims",
            self.seller,
            lambda s, who: s.credits.prepare_withdraw(who, account, ETH, who, 3 * 10**15 + 1, ledger="Claims"),
        )
        curve = account_of_community(self.curve_with_fees)
        self.done(
            "withdraw_curves",
            self.seller,
            lambda s, who: s.credits.prepare_withdraw(who, curve, ETH, who, 10**12, ledger="Curves"),
        )

    def opened(self, symbol: str, founder_units: int, new: NewCurve, name: str) -> int:
        """Open a community with tokens for a curve, give up minting, and open the curve; give the community's id."""
        values = (symbol, symbol, 10**24, founder_units, 0, 10 * DAY_S, 250, {"text": symbol, "lang": "en"})
        more = {"claim_allocation_units": 10**20 if founder_units else 0, "curve_allocation_units": 10**21}
        seller = self.seller
        self.done(
            f"{name}_community", seller, lambda s, who: s.communities.prepare_open(who, *values, new_key(), **more)
        )
        with self.site.app.app_context():
            queries = self.site.bound.queries
            community_id: int = max(row.id for row in queries.communities().items)
        self.done(
            f"{name}_renounce", seller, lambda s, who: s.tokens.prepare_renounce_mint(who, community_id, new_key())
        )
        with self.site.app.app_context():
            beside = beside_units(queries.community(community_id), 0)
        seen = outlook(new.shape, beside + 10**21, beside, new.first_units, new.fee_bps)
        bounds = (seen.backing_units, seen.first_total_units)

        def opening(services: Any, who: str) -> Any:
            return services.curves.prepare_opening(who, community_id, new, *bounds, new_key())

        first = self.done(name, seller, opening)
        if first["action"] == "token.approve":
            self.documents[f"{name}_itself"] = found = seller.built(
                seller.post_form(f"/intents/{first['id']}/next", {})
            )
            seller.send(found)
            self.site.follow()
            assert seller.intent(found["id"])["status"] == "final"
        return community_id

    def money(self) -> None:
        owner, other = self.seller.address, "0xeEEEEEeEEEEeeeEeeeEEEEeeEeeeeeEEEeEEEEEE"
        account = to_checksum_address("0x" + keccak(text="dokkaebi.community.account")[:12].hex() + f"{self.id:016x}")

        def taking(source: str, to: str, units: int) -> Callable[[Any, str], Any]:
            return lambda services, who: services.credits.prepare_withdraw(who, source, ETH, to, units)

        self.done("withdraw", self.seller, taking(owner, owner, 10**16))
        self.built("withdraw_to_another", self.seller, taking(owner, to_checksum_address(other.lower()), 10**16))
        self.done("withdraw_from", self.seller, taking(account, owner, 10**10))
        self.built("push", self.stranger, lambda s, who: s.credits.prepare_push(who, owner, ETH))

    def members(self) -> None:
        """Two members lock tokens; one of them unlocks some, and takes it back or out."""
        self.on_members("open_membership", "open", self.seller)
        self.on_members("tiers", "set_tiers", self.seller, [ETHER, 5 * ETHER])
        locked = self.on_members("lock", "lock", self.buyer, 4 * ETHER)
        self.documents["lock_signed"] = self.buyer.intent(locked["id"])
        assert self.documents["lock_signed"]["call"]["function"] == "lockWithPermit"
        self.on_members("lock_2", "lock", self.stranger, 2 * ETHER)
        self.on_members("unlock", "request_unlock", self.stranger, ETHER)
        self.on_members("unlock_2", "request_unlock", self.stranger, ETHER // 2)
        self.on_members("cancel_unlock", "cancel_unlock", self.stranger, 1)
        self.on_members("delegate", "delegate", self.stranger, self.buyer.address)
        self.wait(30)
        self.on_members("take_unlocked", "withdraw", self.stranger, 0)
        self.sales_to_members()

    def sales_to_members(self) -> None:
        """A listing for members with a lower price from tier 1 on, and one for tier 1; bought alone and in a cart."""
        for name, changes in (
            ("list_for_members", {"buyer_level": "1", "member_level": "2", "member_discount": "15.01"}),
            ("list_for_tiers", {"buyer_level": "2", "member_level": "1", "member_discount": "50"}),
        ):
            form = listing_form(self.arbiter.address, **changes)
            found = self.seller.built(self.seller.post_form(f"/listings/new?community={self.id}", form))
            self.documents[name] = found
            self.seller.send(found)
            self.site.follow()
        first, second = (self.documents[name]["subject"] for name in ("list_for_members", "list_for_tiers"))
        self.buy("buy_as_member", first, 2)
        wanted = [Wanted(listing, 1, 10**30, 2000) for listing in (first, second)]
        self.done("cart_as_member", self.buyer, lambda s, who: s.carts.prepare_buy_many(who, wanted))

    def on_members(self, name: str, deed: str, person: Person, *args: Any) -> dict[str, Any]:
        """Do something with the membership."""
        return self.done(name, person, lambda s, who: getattr(s.members, f"prepare_{deed}")(who, self.id, *args))

    def wait(self, days: int) -> None:
        """Let time pass."""
        self.site.market.warp(days * DAY_S + 60)
        self.site.follow()

    def decisions(self) -> None:
        """A payment is carried through all its steps; another proposal is taken back."""
        rules = GovernorRules(DAY_S, 2 * DAY_S, DAY_S, 2_000, ETHER, ETHER, 2, self.site.market.now() + 30 * DAY_S)
        self.done("governor", self.seller, lambda s, who: s.proposals.prepare_open_governor(who, self.id, rules))
        with self.site.app.app_context():
            (governor,) = self.site.bound.queries.governors(self.id)
        plain = {"permit": None, "chainId": 31337, "data": "0x", "gas": hex(60_000)}
        self.buyer.send({**plain, "to": to_checksum_address(governor.timelock), "value": hex(ETHER)}, report=False)
        self.propose_payment("propose_calls", governor, "부품을 사요")
        first = self.newest()
        self.propose_payment("propose_calls_2", governor, "실수예요")
        second = self.newest()
        self.done("take_back", self.buyer, lambda s, who: s.proposals.prepare_cancel(who, governor, second))
        self.wait(1)
        self.done(
            "vote", self.buyer, lambda s, who: s.proposals.prepare_vote(who, governor, first, "for", "꼭 필요해요")
        )
        self.built(
            "vote_silent", self.stranger, lambda s, who: s.proposals.prepare_vote(who, governor, first, "abstain", "")
        )
        self.wait(4)
        self.done("queue", self.stranger, lambda s, who: s.proposals.prepare_queue(who, governor, first))
        self.wait(1)
        held = int(self.site.market.rpc("eth_getBalance", self.arbiter.address, "latest"), 16)
        self.done("execute", self.stranger, lambda s, who: s.proposals.prepare_execute(who, governor, first))
        assert int(self.site.market.rpc("eth_getBalance", self.arbiter.address, "latest"), 16) == held + ETHER // 4

    def propose_payment(self, name: str, governor: Any, words: str) -> None:
        """Propose to pay a quarter of an ether to the arbiter."""
        with self.site.app.app_context():
            call = self.site.bound.services.calls.pay(ETH, self.arbiter.address, ETHER // 4)
        self.done(name, self.buyer, lambda s, who: s.proposals.prepare_propose(who, governor, [call], words))

    def newest(self) -> Any:
        """Give the proposal that was made last."""
        with self.site.app.app_context():
            return self.site.bound.queries.proposals(self.id).items[0]

    def farewell(self) -> None:
        self.done("freeze", self.seller, lambda s, who: s.tokens.prepare_freeze_contract_uri(who, self.id))
        self.done("renounce", self.seller, lambda s, who: s.tokens.prepare_renounce_mint(who, self.id))
        heir = self.stranger.address
        self.done("offer", self.seller, lambda s, who: s.communities.prepare_offer_stewardship(who, self.id, heir))
        self.done("accept_office", self.stranger, lambda s, who: s.communities.prepare_accept_stewardship(who, self.id))


def drawn() -> bytes:
    """Give a small picture."""
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "#b3361c").save(out, "PNG")
    return out.getvalue()
