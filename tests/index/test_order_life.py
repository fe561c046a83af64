"""The rest of an order's life: the index says what the Market's getters say after each call, and a reorganisation undoes it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from frontend.index.changes import Changes
from frontend.index.decode import Event, Log, Malformed
from frontend.index.queries import Queries
from frontend.index.state import State
from frontend.index.views import Bond, Extras, ListingFilter, Order
from frontend.services.terms import DAY_S, HOUR_S, ZERO_ADDRESS, bond_of_price, listing_id
from tests.index.life import FEE, LAST_OFFER, PRICE, STAGES, Life
from tests.index.market import CHAIN_ID, Index, Market, running_market
from tests.index.said import differences

HASH = "0x" + "12" * 32


class Lived:
    """A market on which an order's late life was told, its orders by what they are about, and an index of it."""

    def __init__(self, market: Market, folder: Path) -> None:
        self.market = market
        self.life = Life(market, market.open_community(market.seller))
        self.sales = self.life.live()
        self.index = Index(folder, market)
        self.index.follow()
        self.queries = Queries(self.index.engine)

    def order(self, about: str) -> Order:
        """Give an order as the index has it."""
        found = self.queries.order(self.sales[about].key)
        assert found is not None
        return found

    def steps(self, about: str) -> list[tuple[str, dict[str, Any]]]:
        """Give an order's timeline, without what went where."""
        found = self.queries.timeline(self.sales[about].key)
        return [(step.name, step.data) for step in found if step.name != "paid_out"]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory):
    with running_market() as market:
        found = Lived(market, tmp_path_factory.mktemp("lived"))
        yield found
        found.index.engine.dispose()


@pytest.mark.timeout(300)
def test_index_says_what_the_market_says_after_each_call_and_again_when_each_is_undone(
    market: Market, index: Index, monkeypatch: pytest.MonkeyPatch
):
    life = Life(market, market.open_community(market.seller))
    told: dict[int, list[str]] = {market.head(): index.follow()}
    mined = Market.mined

    def watched(self: Market, unsent: dict[str, Any]) -> dict[str, Any]:
        receipt = mined(self, unsent)
        told[market.head()] = index.follow()
        assert differences(market, index.engine) == []
        return receipt

    monkeypatch.setattr(Market, "mined", watched)
    life.live()
    monkeypatch.undo()
    assert len(told) > 50
    follower = index.follower
    for number in sorted(told, reverse=True)[1:]:
        market.rpc("anvil_rollback", market.head() - number)
        assert index.follow() == told[number]
    assert index.follower is follower


def test_reorganisation_that_brings_the_calls_in_other_blocks_gives_what_a_fresh_index_says(
    market: Market, index: Index, fresh: Callable[..., list[str]]
):
    life = Life(market, market.open_community(market.seller))
    before = market.head()
    life.live()
    index.follow()
    depth = market.head() - before
    market.rpc("anvil_reorg", depth, [])
    assert index.follow() == fresh()
    life.live()
    after = index.follow()
    assert after == fresh()
    assert differences(market, index.engine) == []


def test_offers_stand_until_anything_about_the_order_changes(market: Market, index: Index):
    life = Life(market, market.open_community(market.seller))
    market.list(life.goods)
    sale = market.buy(life.goods, 3)
    market.send("Market", market.market, "depositBond", [market.seller, ZERO_ADDRESS, PRICE], market.seller, PRICE)

    def both(units: int) -> tuple[int | None, int | None]:
        for person in (market.buyer, market.seller):
            life.offer(sale, person, units)
        index.follow()
        assert offers() == (units, units)
        return units, units

    def offers() -> tuple[int | None, int | None]:
        index.follow()
        order = Queries(index.engine).order(sale.key)
        assert order is not None
        assert differences(market, index.engine) == []
        return order.holders_offer_units, order.sellers_offer_units

    changes: list[Callable[[], Any]] = [
        lambda: life.extend(sale, market.buyer, 60),
        lambda: market.on_order("accept", sale, market.seller),
        lambda: market.on_order("release", sale, market.buyer, life.left(sale), PRICE),
        lambda: market.on_order("refundPart", sale, market.seller, life.left(sale), PRICE),
        lambda: market.on_order("deliver", sale, market.seller, b"\0" * 32),
        lambda: market.on_order(
            "dispute", sale, market.buyer, "", b"\0" * 32, value=FEE
        ),  # the seller's bond answers it
        lambda: market.on_order("refund", sale, market.seller),
    ]
    for units, change in enumerate(changes):
        both(units)
        change()
        assert offers() == (None, None)
    other = market.buy(life.goods)
    sale = other
    both(9)
    market.on_order("withdrawSettlement", sale, market.buyer)
    assert offers() == (None, 9)
    market.send("Market", market.market, "setPaused", [life.goods.to_abi(), True], market.seller)
    assert offers() == (None, 9)  # the listing is not the order
    market.on_order("transferOrder", sale, market.buyer, market.other)
    assert offers() == (None, None)


def test_timeline_tells_each_step_with_its_data(lived: Lived):
    market, key = lived.market, lived.sales["parts"].key
    clock = lived.steps("parts")[0][1]["clock"]
    buyer, seller = market.buyer.lower(), market.seller.lower()
    steps = lived.steps("parts")
    assert [name for name, _ in steps] == [
        "funded", "extended", "accepted", "extended", "settlement_offered", "released", "part_refunded", "delivered",
        "extended", "settlement_offered", "settlement_offered", "settlement_offered", "settlement_withdrawn", "settled",
    ]  # fmt: skip
    left = 2 * PRICE - PRICE // 3
    assert [steps[place] for place in (1, 4, 5, 6, 12, 13)] == [
        ("extended", {"key": key, "clock": clock + HOUR_S}),
        ("settlement_offered", {"key": key, "by": seller, "toHolder": PRICE // 2, "sequence": 1}),
        ("released", {"key": key, "amount": PRICE // 3, "left": left}),
        ("part_refunded", {"key": key, "amount": PRICE // 7, "left": left - PRICE // 7}),
        ("settlement_withdrawn", {"key": key, "by": seller, "sequence": 5}),
        ("settled", {"key": key, "by": seller, "toHolder": PRICE}),
    ]
    handed = lived.steps("handed over")
    stranger, other = market.stranger.lower(), market.other.lower()
    assert [(step["from"], step["to"]) for name, step in handed if name == "transferred"] == [
        (buyer, stranger), (stranger, other), (other, stranger),
    ]  # fmt: skip
    paid = [step for name, step in lived.steps("milestones") if name == "milestone_paid"]
    assert [(step["milestone"], step["by"], step["amount"], step["left"]) for step in paid] == [
        (0, buyer, PRICE // 5, PRICE - PRICE // 5),
        (1, stranger, (PRICE - PRICE // 5) * 3001 // 8000, PRICE - PRICE // 5 - (PRICE - PRICE // 5) * 3001 // 8000),
    ]
    assert [name for name, _ in lived.steps("final offer")] == [
        "funded", "accepted", "settlement_offered", "delivered", "settlement_offered", "settlement_offered", "evidence",
        "final_offers_frozen", "disputed", "part_refunded", "resolved", "final_offer_picked",
    ]  # fmt: skip


def test_orders_show_what_their_late_life_made_of_them(lived: Lived):
    market = lived.market
    parts, handed, stages = lived.order("parts"), lived.order("handed over"), lived.order("milestones")
    assert (parts.state, parts.settled_units, parts.ruled_bps_to_buyer) == ("resolved", PRICE, None)
    assert (parts.extended_s, parts.sequence, parts.referrer) == (HOUR_S + DAY_S + 2, 5, market.stranger.lower())
    assert (handed.holder, handed.first_holder) == (market.stranger.lower(), market.buyer.lower())
    assert (handed.handovers, handed.holders_offer_units, handed.sellers_offer_units) == (3, None, None)
    assert (stages.state, stages.milestone, stages.amount_units) == ("completed", 2, 0)
    assert (stages.listing.extras, lived.order("signed").listing.extras) == (STAGES, None)
    fought = lived.order("final offer")
    # of what the sides had offered, the part that was given back meanwhile is taken off
    assert (fought.final_holder_units, fought.final_seller_units) == (PRICE - 1 - PRICE // 8, 0)
    assert fought.settled_units is None
    assert lived.order("signed").settled_units == 0
    assert lived.order("cart, first").referrer == market.owner.lower()
    assert lived.order("cart, second").referrer is None  # the terms give nothing to referrers


def test_order_is_in_the_list_of_its_holder_and_of_nobody_before(lived: Lived):
    market, key = lived.market, lived.sales["handed over"].key

    def keys(person: str) -> set[str]:
        return {order.key for order in lived.queries.orders(person, "buyer")}

    assert key in keys(market.stranger)
    assert key not in keys(market.buyer) | keys(market.other)
    assert key in {order.key for order in lived.queries.orders(market.seller, "seller")}


def test_bonds_and_open_quantities_are_what_is_left_of_them(lived: Lived):
    market, life = lived.market, lived.life
    lost = bond_of_price(3 * PRICE, life.goods.bond_bps)  # by the order that was not delivered
    left = 3 * PRICE - PRICE // 3 - lost - FEE  # a stake is taken from a bond and goes back as a credit
    assert lived.queries.bonds_of(market.seller) == [Bond(ZERO_ADDRESS, left)]
    assert lived.queries.bonds_of(market.buyer) == []
    goods = listing_id(CHAIN_ID, market.market, life.goods.to_abi())
    assert lived.queries.open_quantity(goods, market.buyer) == 2  # in the cart, and handed over
    assert lived.queries.open_quantity(goods, market.stranger) == 0


def test_optional_terms_stand_with_their_listing(lived: Lived):
    found = {listing.id: listing.extras for listing in lived.queries.listings(ListingFilter())}
    terms = {
        listing_id(CHAIN_ID, lived.market.market, t.to_abi()): t
        for t in (lived.life.goods, lived.life.work, lived.life.fought)
    }
    wanted: list[Extras | None] = [None, STAGES, LAST_OFFER]
    assert [found[one] for one in terms] == wanted


def nonsense(lived: Lived) -> dict[str, tuple[str, dict[str, Any]]]:
    """Give events that contradict what came before."""
    market, handed = lived.market, lived.sales["handed over"].key
    goods = listing_id(CHAIN_ID, market.market, lived.life.goods.to_abi())
    work = listing_id(CHAIN_ID, market.market, lived.life.work.to_abi())
    offer = {"key": handed, "by": market.stranger.lower(), "toHolder": 1, "sequence": 99}
    ended = {"key": lived.sales["parts"].key}
    return {
        "extras of terms that name none": ("ListingExtras", {"listingId": goods, "extras": {}}),
        "extras said twice": ("ListingExtras", {"listingId": work, "extras": {}}),
        "offer by nobody": ("SettlementOffered", offer | {"by": market.arbiter.lower()}),
        "offer of long ago": ("SettlementOffered", offer | {"sequence": 1}),
        "offer numbered too high to keep": ("SettlementOffered", offer | {"sequence": 2**64 - 1}),
        "withdrawal about no order": ("SettlementWithdrawn", offer | {"key": HASH}),
        "part of more than there is": ("OrderReleased", {"key": handed, "amount": 2 * PRICE, "left": 0}),
        "part given back of what is not there": ("OrderPartRefunded", {"key": handed, "amount": 1, "left": PRICE}),
        "milestone out of turn": (
            "MilestonePaid",
            {"key": handed, "milestone": 1, "by": HASH, "amount": 1, "left": PRICE - 1, "deliverBy": 1},
        ),
        "clock turned back": ("OrderExtended", {"key": handed, "clock": 5}),
        "handed over by somebody else": (
            "OrderTransferred",
            {"key": handed, "from": market.buyer.lower(), "to": market.other.lower()},
        ),
        "settled when it had ended": ("OrderSettled", ended | {"by": HASH, "toHolder": 1}),
        "offers frozen when it had ended": ("FinalOffersFrozen", ended | {"holdersOffer": 1, "sellersOffer": 1}),
        "pick about no order": ("FinalOfferPicked", {"key": HASH, "toHolder": 1}),
    }


def test_event_that_contradicts_the_order_is_refused_and_changes_nothing(lived: Lived):
    before = lived.index.dump()
    for what, (name, args) in nonsense(lived).items():
        with lived.index.engine.begin() as connection:
            changes = Changes(connection, 0)
            changes.begin_block(10**6)
            log = Log(10**6, HASH, 0, HASH, lived.market.market.lower(), (), b"\1" * 32)
            with pytest.raises(Malformed):
                pytest.fail(f"{what}: {State(changes, CHAIN_ID, log.address).apply(Event(name, args, log), 1)}")
            changes.drop()
            changes.write()
    assert lived.index.dump() == before
