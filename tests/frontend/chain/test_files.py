"""Intents of sealed files on a real chain: what the market refuses before anything is signed, and what it never keeps."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from frontend.errors import CallWouldRevert, Refused
from frontend.index.file_views import SealedFile, Wrap
from frontend.services.carts import Wanted
from frontend.services.market import NewListing
from frontend.store.models import AppIntent
from tests.frontend.chain.conftest import ETH, new_key
from tests.frontend.chain.site import Person, Site
from tests.index.files import SOLD_KEY, WRONG_KEY, words_of, wrapped
from tests.index.market import running_market
from tools.files.wrap import key_hash, point_of

DAY_S = 86400
SECRET = 0x5EC4E7 << 200  # of an order
SALT = "0x" + "5a" * 32
FILE = SealedFile("0x" + key_hash(bytes.fromhex(SALT[2:]), SOLD_KEY).hex(), "0x" + "c1" * 32, "0x" + "d1" * 32, 4_321)


class Stall:
    """A seller of one file, and people who come by."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.seller, self.buyer, self.arbiter, self.stranger = (site.person(n) for n in (1, 2, 3, 4))
        self.community_id = site.market.open_community(site.market.people[1])
        site.follow()
        self.listing = self.done(self.seller, lambda s, who: s.market.prepare_list(who, self.new(), 50))["subject"]

    def new(self, **changes: Any) -> NewListing:
        """Give the listing as its form gives it."""
        plain = NewListing(
            community_id=self.community_id, kind="file", instant=True, currency=ETH, unit_price_units=10**17,
            arbiter=self.arbiter.address, max_fee_bps=2_000, accept_for_s=0, deliver_for_s=DAY_S, transit_for_s=0,
            inspect_for_s=2 * DAY_S, rule_for_s=4 * DAY_S, description={"title": "Sheet music", "text": "", "lang": "en"},
            file=FILE, salt=SALT,
        )  # fmt: skip
        return replace(plain, **changes)

    def prepared(self, person: Person, prepare: Callable[[Any, str], Any], language: str = "en") -> Any:
        """Build an intent. Raises what the service raises."""
        with self.site.app.test_request_context(f"/?lang={language}"):
            return prepare(self.site.bound.services, person.address)

    def done(self, person: Person, prepare: Callable[[Any, str], Any]) -> dict[str, Any]:
        """Build an intent and send it."""
        found = person.intent(self.prepared(person, prepare).id)
        person.send(found)
        self.site.follow()
        assert person.intent(found["id"])["status"] == "final"
        return found

    def refused(self, person: Person, prepare: Callable[[Any, str], Any]) -> Refused:
        """Give what is said instead of an intent."""
        with pytest.raises(Refused) as caught:
            self.prepared(person, prepare)
        return caught.value

    def buy(self, **changes: Any) -> Callable[[Any, str], Any]:
        """Give what builds a purchase."""
        wanted = {"point": words_of(point_of(SECRET)), "salt": "0x" + new_key().rjust(64, "0"), "form_key": new_key()}
        return lambda s, who: s.market.prepare_buy(who, self.listing, 1, 10**30, 2000, **(wanted | changes))

    def bought(self) -> str:
        """Buy the file; the order's key comes back."""
        return str(self.done(self.buyer, self.buy())["subject"])

    def delivered(self, key: bytes = SOLD_KEY) -> str:
        """Buy the file and have a key delivered."""
        order = self.bought()
        wrap = wrapped(key, order, SECRET)
        self.done(self.seller, lambda s, who: s.file_keys.prepare_deliver_file(who, order, wrap))
        return order

    def order(self, key: str) -> Any:
        """Give an order as the index has it."""
        with self.site.app.app_context():
            return self.site.bound.queries.order(key)

    def kept(self) -> str:
        """Give all that is kept of all intents, as one text."""
        with self.site.app.app_context(), self.site.bound.services.intent_store.db.reading() as session:
            rows = session.execute(select(AppIntent.__table__)).mappings().all()
        return json.dumps([dict(row) for row in rows], default=str)


@pytest.fixture(scope="module")
def stall(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stall]:
    with running_market() as market:
        yield Stall(Site(tmp_path_factory.mktemp("files"), market))


def claim(order: str, secret: int = SECRET, **options: Any) -> Callable[[Any, str], Any]:
    wanted = {"understood": True, "form_key": new_key(), **options}
    return lambda s, who: s.file_keys.prepare_claim_bad_key(who, order, secret, **wanted)


def is_kept(stall: Stall, secret: int) -> bool:
    return f"{secret:064x}" in stall.kept() or str(secret) in stall.kept()


def test_wrong_key_is_refuted_and_everything_comes_back_when_the_buyer_claims(stall: Stall):
    order = stall.delivered(WRONG_KEY)
    stall.done(stall.buyer, claim(order))
    found = stall.order(order)
    assert (found.state, found.key_refuted) == ("refunded", True)


def test_claim_against_the_right_key_is_refused_and_its_secret_is_neither_kept_nor_logged(
    tmp_path_factory: pytest.TempPathFactory, caplog: pytest.LogCaptureFixture
):
    with running_market() as market:
        stall = Stall(Site(tmp_path_factory.mktemp("right"), market))
        order = stall.delivered()
        caplog.set_level(logging.DEBUG)
        said = stall.refused(stall.buyer, claim(order))
        assert (said.key, isinstance(said, CallWouldRevert)) == ("MarketKeyIsRight", True)
        assert not is_kept(stall, SECRET)
        logged = caplog.text + str(said) + repr(said)
        assert f"{SECRET:x}" not in logged
        assert str(SECRET) not in logged
        assert stall.order(order).state == "delivered"


def test_nothing_is_done_with_a_secret_before_the_buyer_says_that_he_understands(stall: Stall):
    order, secret = stall.delivered(WRONG_KEY), SECRET
    assert stall.refused(stall.buyer, claim(order, secret, understood=False)).key == "not_understood"
    assert stall.order(order).state == "delivered"


@pytest.mark.parametrize("secret", [0, -1, 2**256, 0x30644E72E131A029B85045B68181585D2833E84879B9709143E1F593F0000001])
def test_number_that_is_no_secret_is_refused_without_being_repeated(stall: Stall, secret: int):
    said = stall.refused(stall.buyer, claim(stall.delivered(WRONG_KEY), secret))
    assert (said.key, said.field) == ("bad_secret", "secret")
    assert str(secret) not in str(said)


def test_another_orders_secret_is_refused(stall: Stall):
    order = stall.delivered(WRONG_KEY)
    assert stall.refused(stall.buyer, claim(order, SECRET + 1)).key == "MarketWrongSecret"
    assert not is_kept(stall, SECRET + 1)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"point": None}, "no_point"),
        ({"salt": None}, "no_point"),
        ({"point": ("0x" + "00" * 31 + "01", "0x" + "00" * 31 + "01")}, "MarketBadPoint"),
        ({"point": ("0x" + "00" * 32, "0x" + "00" * 32)}, "MarketBadPoint"),
        ({"point": ("0x12", "0x34")}, "bad_hash"),
        ({"salt": "0x12"}, "bad_hash"),
        ({"holder": "0x" + "77" * 20}, "file_for_another"),
    ],
)
def test_purchase_of_a_file_is_refused_when_its_key_could_not_reach_the_buyer(stall: Stall, changes: dict, key: str):
    assert stall.refused(stall.buyer, stall.buy(**changes)).key == key


def test_purchase_carries_the_browsers_point_and_salt_and_a_second_click_is_the_same_one(stall: Stall):
    prepare = stall.buy()
    first, second = stall.prepared(stall.buyer, prepare), stall.prepared(stall.buyer, prepare)
    assert first.id == second.id
    assert tuple(first.values[5][5:7]) == words_of(point_of(SECRET))


def test_cart_refuses_a_file_and_says_where_it_is_bought(stall: Stall):
    wanted = [Wanted(stall.listing, 1, 10**30, 2000)]
    said = stall.refused(stall.buyer, lambda s, who: s.carts.prepare_buy_many(who, wanted, new_key()))
    assert said.key == "file_in_cart"
    assert "Sheet music" in str(said)


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"file": replace(FILE, size_bytes=0)}, "out_of_range"),
        ({"file": replace(FILE, size_bytes=2**30 + 1)}, "out_of_range"),
        ({"file": replace(FILE, key_hash="0x12")}, "bad_hash"),
        ({"file": replace(FILE, ciphertext_hash="")}, "bad_hash"),
        ({"salt": None}, "bad_hash"),
        ({"kind": "goods", "instant": False, "accept_for_s": DAY_S}, "MarketWrongKind"),
        ({"file": None}, "MarketWrongKind"),
    ],
)
def test_listing_of_a_file_is_refused_when_it_is_not_whole(stall: Stall, changes: dict, key: str):
    new = stall.new(**{"salt": "0x" + "5b" * 32} | changes)
    assert stall.refused(stall.seller, lambda s, who: s.market.prepare_list(who, new, 5)).key == key


def test_file_is_delivered_by_its_key_and_by_nothing_else(stall: Stall):
    order = stall.bought()
    said = stall.refused(stall.seller, lambda s, who: s.market.prepare_deliver(who, order))
    assert said.key == "MarketWrongKind"
    assert "Sealed file" in str(said)
    bad = Wrap("0x" + "00" * 31 + "01", "0x" + "00" * 31 + "01", "0x" + "00" * 32)

    def deliver(wrap: Wrap) -> Callable[[Any, str], Any]:
        return lambda s, who: s.file_keys.prepare_deliver_file(who, order, wrap)

    assert stall.refused(stall.seller, deliver(bad)).key == "MarketBadPoint"
    assert stall.refused(stall.stranger, deliver(wrapped(SOLD_KEY, order, SECRET))).key == "MarketNotParty"


def test_key_is_asked_for_by_its_holder_and_answered_by_its_seller_only(stall: Stall):
    early, order = stall.bought(), stall.delivered()
    point, wrap = words_of(point_of(9)), wrapped(SOLD_KEY, order, 9)

    def ask(key: str = order) -> Callable[[Any, str], Any]:
        return lambda s, who: s.file_keys.prepare_ask_key(who, key, point)

    def answer(found: tuple[str, str] = point, given: Wrap = wrap) -> Callable[[Any, str], Any]:
        return lambda s, who: s.file_keys.prepare_answer_key(who, order, found, given)

    assert stall.refused(stall.stranger, ask()).key == "not_the_holder"
    assert stall.refused(stall.buyer, ask(early)).key == "no_key_yet"
    assert stall.refused(stall.seller, answer()).key == "not_asked"
    stall.done(stall.buyer, ask())
    assert stall.refused(stall.stranger, answer()).key == "not_the_seller"
    assert stall.refused(stall.seller, answer(words_of(point_of(10)))).key == "not_asked"
    bad = Wrap("0x" + "00" * 31 + "01", "0x" + "00" * 31 + "01", "0x" + "00" * 32)
    assert stall.refused(stall.seller, answer(given=bad)).key == "KeyRequestsBadPoint"
    stall.done(stall.seller, answer())
    with stall.site.app.app_context():
        (found,) = stall.site.bound.queries.key_requests(order)
    assert (found.waiting, found.answers) == (False, (wrap,))


def test_key_cannot_be_asked_for_when_the_money_went_back(stall: Stall):
    order = stall.delivered(WRONG_KEY)
    stall.done(stall.buyer, claim(order))
    point = words_of(point_of(9))
    said = stall.refused(stall.buyer, lambda s, who: s.file_keys.prepare_ask_key(who, order, point))
    assert said.key == "paid_back"


def test_order_of_goods_has_no_key(stall: Stall):
    goods = stall.new(kind="goods", instant=False, accept_for_s=DAY_S, file=None, salt=None)
    listing = stall.done(stall.seller, lambda s, who: s.market.prepare_list(who, goods, 5))["subject"]
    order = stall.done(
        stall.buyer, lambda s, who: s.market.prepare_buy(who, listing, 1, 10**30, 2000, form_key=new_key())
    )["subject"]
    assert stall.refused(stall.buyer, claim(order)).key == "no_file"
