"""Reviews in the index: what was said, what it weighs, and what hostile logs and undone blocks change: nothing."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from eth_utils.crypto import keccak
from sqlalchemy import select

from frontend.index.changes import Changes
from frontend.index.decode import Decoder, Event, Log, Malformed
from frontend.index.models import orders
from frontend.index.queries import Queries
from frontend.index.review_state import replied, reviewed
from frontend.index.review_views import ETH, ETH_ONLY, Outcomes, Rating
from frontend.index.views import Extras
from tests.index.market import ETHER, Index, Market, Sale
from tests.index.voices import Voices

SELLER, BUYER = "seller", "buyer"


class Square:
    """A market with one community, in which people trade and talk."""

    def __init__(self, market: Market, index: Index) -> None:
        self.market, self.index = market, index
        self.community_id = market.open_community(market.seller, fee_bps=0)
        self.voices = Voices(market)
        self.queries = Queries(index.engine)

    def sold(self, seller: str, buyer: str, price_units: int = ETHER, **changes: Any) -> Sale:
        """Bring an order to completion."""
        sale = self.delivered(seller, buyer, price_units, **changes)
        self.market.on_order("confirm", sale, buyer)
        return sale

    def delivered(self, seller: str, buyer: str, price_units: int = ETHER, **changes: Any) -> Sale:
        """Bring an order to its inspection."""
        terms = self.market.terms(
            self.community_id, seller=seller, unit_price_units=price_units, **{"arbiter_fee_units": 0} | changes
        )
        self.market.list(terms)
        sale = self.market.buy(terms, holder=buyer)
        self.market.on_order("accept", sale, seller)
        self.market.on_order("deliver", sale, seller, bytes(32))
        return sale

    def rating(self, account: str, role: str = SELLER, **weights: Any) -> Rating:
        """Give how an account is rated now."""
        self.index.follow()
        found = self.queries.reputation(account, **weights)
        return (found.as_seller if role == SELLER else found.as_buyer).rating

    def returned(self, sale: Sale) -> int:
        """Give what the index believes that a holder has back of his order's price."""
        self.index.follow()
        with self.index.engine.connect() as connection:
            return connection.execute(select(orders.c.returned_units).where(orders.c.key == sale.key)).scalar_one()


@pytest.fixture
def square(market: Market, index: Index) -> Square:
    return Square(market, index)


def test_review_and_reply_are_kept_with_their_texts_hashes(square: Square):
    market, sale = square.market, square.sold(square.market.seller, square.market.buyer)
    square.voices.review(sale, market.buyer, 4, "Good.")
    square.index.follow()
    (found,) = square.queries.reviews_of_order(sale.key).values()
    assert (found.role, found.about, found.reviewer) == (SELLER, market.seller.lower(), market.buyer.lower())
    assert (found.rating, found.hash, found.earned_units) == (4, "0x" + keccak(text="Good.").hex(), ETHER)
    assert (found.reply_hash, found.replied_at_ts) == (None, 0)
    square.voices.reply(sale, market.seller, "Thanks.")
    square.voices.review(sale, market.seller, 5)
    square.index.follow()
    both = square.queries.reviews_of_order(sale.key)
    assert both[SELLER].reply_hash == "0x" + keccak(text="Thanks.").hex()
    assert (both[BUYER].about, both[BUYER].rating, both[BUYER].hash) == (market.buyer.lower(), 5, None)
    assert [one.order_key for one in square.queries.reviews_about(market.seller, SELLER)] == [sale.key]
    assert list(square.queries.reviews_about(market.seller, BUYER)) == []
    names = [step.name for step in square.queries.timeline(sale.key)]
    assert names[-3:] == ["reviewed", "replied", "reviewed"]


def test_review_is_the_last_holders_when_the_order_was_handed_over(square: Square):
    market, sale = square.market, square.delivered(square.market.seller, square.market.buyer)
    market.on_order("transferOrder", sale, market.buyer, market.other)
    market.on_order("confirm", sale, market.other)
    square.voices.review(sale, market.other, 3)
    square.voices.review(sale, market.seller, 2)
    square.voices.reply(sale, market.other, "No.")
    square.index.follow()
    found = square.queries.reviews_of_order(sale.key)
    assert found[SELLER].reviewer == found[BUYER].about == market.other.lower()
    assert found[BUYER].replied_at_ts
    assert square.index.quarantined() == 0


def test_who_deals_with_one_account_alone_weighs_nothing_until_somebody_else_was_paid(square: Square):
    market, (alone, third) = square.market, (square.market.other, square.market.stranger)
    square.voices.review(square.sold(market.seller, alone), alone, 5)
    assert square.rating(market.seller) == Rating(reviews=1, ratings_sum=5, reviewers=1)
    back = square.delivered(third, alone)
    market.on_order("refund", back, third)  # a refunded order brought nobody anything
    assert square.rating(market.seller).weighing == 0
    square.sold(alone, market.seller)  # the other way round it is still the same two
    assert square.rating(market.seller).weighing == 0
    square.sold(third, alone, 1)
    found = square.rating(market.seller)
    assert (found.weighing, found.weight_wei, found.weighted_sum) == (1, ETHER, 5 * ETHER)


def test_sale_to_somebody_else_counts_as_dealing_with_somebody_else(square: Square):
    market, reviewer = square.market, square.market.other
    square.voices.review(square.sold(market.seller, reviewer), reviewer, 5)
    square.sold(reviewer, market.stranger)
    assert square.rating(market.seller).weighing == 1


def test_voice_is_one_a_reviewer_with_his_largest_order_and_his_last_rating(square: Square):
    market = square.market
    square.sold(market.stranger, market.buyer, 1)
    for price, rating in ((2 * ETHER, 5), (7 * ETHER, 1), (ETHER, 4)):
        square.voices.review(square.sold(market.seller, market.buyer, price), market.buyer, rating)
    found = square.rating(market.seller)
    assert (found.reviews, found.ratings_sum, found.reviewers) == (3, 10, 1)
    assert (found.weight_wei, found.weighted_sum) == (7 * ETHER, 28 * ETHER)


def test_review_weighs_what_its_seller_kept_however_the_rest_went_back(square: Square):
    """So that praise costs the commission: what goes back to the holder by any way weighs nothing."""
    market, seller, buyer = square.market, square.market.seller, square.market.buyer
    square.sold(market.stranger, buyer, 1)
    part = square.delivered(seller, buyer)
    market.on_order("refundPart", part, seller, ETHER, ETHER - 3)
    market.on_order("confirm", part, buyer)
    settled = square.delivered(seller, buyer)
    market.on_order("release", settled, buyer, ETHER, 10)
    market.on_order("offerSettlement", settled, seller, ETHER - 10, ETHER - 14)
    market.on_order("acceptSettlement", settled, buyer, ETHER - 14)
    ruled = square.delivered(seller, buyer)
    market.on_order("dispute", ruled, buyer, "", bytes(32))
    market.on_order("rule", ruled, market.arbiter, 9_999)
    refunded = square.delivered(seller, buyer)
    market.on_order("refund", refunded, seller)
    kept = {part.key: 3, settled.key: 14, ruled.key: ETHER - ETHER * 9_999 // 10_000, refunded.key: 0}
    for sale in (part, settled, ruled, refunded):
        square.voices.review(sale, buyer, 5)
    found = square.rating(seller)
    said = {one.order_key: one.earned_units for one in square.queries.reviews_about(seller, SELLER)}
    assert said == kept
    assert found.weight_wei == max(kept.values())


def test_last_offer_that_was_picked_is_what_went_back(square: Square):
    market, seller, buyer = square.market, square.market.seller, square.market.buyer
    sale = square.delivered(seller, buyer, extras=Extras((), True))
    market.on_order("offerSettlement", sale, seller, ETHER, ETHER // 5)
    market.on_order("offerSettlement", sale, buyer, ETHER, ETHER)
    market.on_order("dispute", sale, buyer, "", bytes(32))
    market.on_order("rule", sale, market.arbiter, 3_000)
    assert square.returned(sale) == ETHER // 5
    square.voices.review(sale, buyer, 1)
    square.index.follow()
    assert square.queries.reviews_of_order(sale.key)[SELLER].earned_units == ETHER - ETHER // 5


def test_currency_weighs_what_the_operator_says_and_nothing_when_he_says_nothing(square: Square):
    market, buyer = square.market, square.market.buyer
    token = market.token(square.community_id)
    market.on_token(square.community_id, "mint", [buyer, 10 * ETHER], market.seller)
    market.on_token(square.community_id, "approve", [market.market, 10 * ETHER], buyer)
    square.sold(market.stranger, buyer, 1)
    square.voices.review(square.sold(market.seller, buyer, 7, currency=token), buyer, 4)
    assert square.rating(market.seller).weight_wei == 0
    found = square.rating(market.seller, weights={ETH: Fraction(1), token.lower(): Fraction(5, 2)})
    assert (found.weight_wei, found.weighted_sum) == (17, 68)  # rounded down


def test_outcomes_tell_what_became_of_each_order(square: Square):
    market, seller, buyer = square.market, square.market.seller, square.market.buyer
    square.sold(seller, buyer)
    market.on_order("refund", square.delivered(seller, buyer), seller)
    for ruling in (10_000, 0, 5_000):
        sale = square.delivered(seller, buyer)
        market.on_order("dispute", sale, buyer, "", bytes(32))
        market.on_order("rule", sale, market.arbiter, ruling)
    settled = square.delivered(seller, buyer)
    market.on_order("offerSettlement", settled, seller, ETHER, 1)
    market.on_order("acceptSettlement", settled, buyer, 1)
    market.on_order("dispute", square.delivered(seller, buyer), buyer, "", bytes(32))
    square.delivered(seller, buyer)
    terms = market.terms(square.community_id)
    market.list(terms)
    market.on_order("cancel", market.buy(terms), buyer)
    square.index.follow()
    expected = Outcomes(
        open=2,
        disputed=1,
        completed=1,
        refunded=1,
        settled=1,
        ruled_for_buyer=1,
        ruled_for_seller=1,
        ruled_between=1,
    )
    assert square.queries.reputation(seller).as_seller.orders == expected
    assert square.queries.reputation(buyer).as_buyer.orders == expected
    assert square.queries.reputation(seller).as_buyer.orders == Outcomes()


def test_another_contract_of_the_same_kind_is_not_heard(square: Square):
    market, sale = square.market, square.sold(square.market.seller, square.market.buyer)
    other = market.create("Reviews", bytes(12) + bytes.fromhex(market.market[2:]))["contractAddress"]
    before = square.index.state()
    args = [*sale.head, 1, bytes(32)]
    market.send("Reviews", other, "review", args, market.buyer)
    assert square.index.state() == before
    assert square.index.quarantined() == 0
    assert square.queries.reviews_of_order(sale.key) == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"by": "0x" + "77" * 20},
        {"about": "0x" + "77" * 20},
        {"key": "0x" + "77" * 32},
        {"rating": 0},
        {"rating": 6},
        {"bySeller": True},
        {},
    ],
)
def test_review_that_cannot_be_is_nonsense_and_changes_nothing(square: Square, wrong: dict[str, Any]):
    """The recorded contract says no such thing; were it another one, the index would rather keep the log aside."""
    market, sale = square.market, square.sold(square.market.seller, square.market.buyer)
    square.voices.review(sale, market.buyer, 5)
    square.index.follow()
    log = Log(1, "0x" + "1" * 64, 0, "0x" + "2" * 64, market.reviews.lower(), (), b"")
    said = {
        "key": sale.key,
        "by": market.buyer.lower(),
        "about": market.seller.lower(),
        "bySeller": False,
        "rating": 5,
        "hash": "0x" + "0" * 64,
    } | wrong
    with square.index.engine.connect() as connection:
        changes = Changes(connection, 1)
        with pytest.raises(Malformed):
            reviewed(changes, Event("Reviewed", said, log), said, 1)
        answer = {"key": said["key"], "by": market.buyer.lower(), "hash": "0x" + "1" * 64}
        with pytest.raises(Malformed):
            replied(changes, Event("Replied", answer, log), answer, 1)


def test_index_follows_both_events_of_reviews():
    assert {Decoder().topic("Reviews", name) for name in ("Reviewed", "Replied")} <= set(Decoder().topics)


@pytest.mark.timeout(300)
def test_index_is_what_a_fresh_one_is_after_each_word_and_again_when_each_is_undone(
    square: Square, fresh: Callable[..., list[str]]
):
    market, index = square.market, square.index
    sale = square.sold(market.seller, market.buyer)
    ruled = square.delivered(market.seller, market.other)
    steps: list[Callable[[], Any]] = [
        lambda: square.voices.review(sale, market.buyer, 5, "Good."),
        lambda: square.voices.reply(sale, market.seller, "Thanks."),
        lambda: square.voices.review(sale, market.seller, 3),
        lambda: market.on_order("refundPart", ruled, market.seller, ETHER, 7),
        lambda: market.on_order("dispute", ruled, market.other, "", bytes(32)),
        lambda: market.on_order("rule", ruled, market.arbiter, 2_500),
        lambda: square.voices.review(ruled, market.other, 1, "Bad."),
    ]
    told = {market.head(): index.follow()}
    for step in steps:
        step()
        told[market.head()] = index.follow()
    assert index.dump() == fresh()
    for number in sorted(told, reverse=True)[1:]:
        market.rpc("anvil_rollback", market.head() - number)
        assert index.follow() == told[number]


def test_both_databases_say_the_same_of_reviews(
    tmp_path: Path, square: Square, index: Index, new_postgres: Callable[..., str]
):
    market = square.market
    square.sold(market.stranger, market.buyer, 1)
    for rating, price in ((5, ETHER), (2, 10**30 // 10**13)):
        square.voices.review(square.sold(market.seller, market.buyer, price), market.buyer, rating)
    other = Index(tmp_path / "postgres", market, database_url=new_postgres())
    assert other.follow() == index.follow()
    on_sqlite, on_postgres = Queries(index.engine), Queries(other.engine)
    assert on_postgres.reputation(market.seller, ETH_ONLY) == on_sqlite.reputation(market.seller, ETH_ONLY)
    assert on_sqlite.reputation(market.seller).as_seller.rating.weighing == 1
    assert list(on_postgres.reviews_about(market.seller, SELLER)) == list(
        on_sqlite.reviews_about(market.seller, SELLER)
    )
    other.engine.dispose()
