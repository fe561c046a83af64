"""Reviews: what holder and seller of a finished order say about each other, once a side."""

import pytest
from brownie.exceptions import VirtualMachineError

from tests.helpers.deal import FINAL, OPEN, State
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.terms import NONE

HASH, OTHER_HASH = "0x" + "4e" * 32, "0x" + "4f" * 32
REVIEWED = (State.COMPLETED, State.REFUNDED, State.RESOLVED)
OTHER = {"holder": "seller", "seller": "holder"}
sides = pytest.mark.parametrize("side", OTHER)


@pytest.fixture(scope="module")
def reviews(deployment, Reviews):
    return Reviews.at(deployment.address("Reviews"))


@pytest.fixture(scope="module")
def deals(make_deal):
    return {state: make_deal(state) for state in State}


def of(deal) -> tuple:
    """Give the first arguments of every call about an order."""
    return (deal.terms.words(), deal.purchase.holder, deal.ref)


def say(reviews, deal, sender, rating=5, text=HASH):
    return reviews.review(*of(deal), rating, text, {"from": sender})


def ask_to_say(reviews, deal, sender, rating=5, text=HASH):
    return reviews.review.call(*of(deal), rating, text, {"from": sender})


def answer(reviews, deal, sender, text=OTHER_HASH):
    return reviews.reply(*of(deal), text, {"from": sender})


def ask_to_answer(reviews, deal, sender, text=OTHER_HASH):
    return reviews.reply.call(*of(deal), text, {"from": sender})


def test_reviews_names_its_market(reviews, market):
    assert reviews.MARKET() == market


def test_no_reviews_are_made_when_there_is_no_market(Reviews, owner, stranger):
    with refused("ReviewsNoCode", stranger):
        Reviews.deploy(stranger, {"from": owner})


@sides
@pytest.mark.parametrize("state", REVIEWED)
def test_side_is_reviewed_by_the_other_when_the_order_is_finished(reviews, deals, state, side):
    deal = deals[state]
    by, about = getattr(deal.parties, side), getattr(deal.parties, OTHER[side])
    weight = 0 if state == State.REFUNDED else deal.total
    before = deal.order
    tx = say(reviews, deal, by, 4)
    said = {
        "key": deal.key,
        "by": str(by),
        "about": str(about),
        "bySeller": side == "seller",
        "rating": 4,
        "hash": HASH,
        "weightWei": weight,
    }
    assert_events(tx, [reviews], ("Reviewed", said))
    assert reviews.tallyOf(about, side == "holder") == (1, 1, 4, weight, 4 * weight)
    assert reviews.tallyOf(about, side == "seller") == (0, 0, 0, 0, 0)
    assert reviews.tallyOf(by, True) == reviews.tallyOf(by, False) == (0, 0, 0, 0, 0)
    assert deal.order == before


@pytest.mark.parametrize("state", [State.NONE, *OPEN, State.CANCELLED])
@sides
def test_review_is_refused_when_the_order_is_not_finished_or_was_never_accepted(reviews, deals, state, side):
    deal = deals[state]
    with refused("ReviewsNotFinished", deal.key, state):
        ask_to_say(reviews, deal, getattr(deal.parties, side))


@pytest.mark.parametrize("role", ["arbiter", "backup", "payer", "stranger"])
def test_review_and_reply_are_for_the_two_sides_alone(reviews, deals, role):
    deal = deals[State.COMPLETED]
    say(reviews, deal, deal.parties.holder)
    account = deal.parties.stranger if role == "payer" else getattr(deal.parties, role)
    with refused("ReviewsNotParty", deal.key, account):
        ask_to_say(reviews, deal, account)
    with refused("ReviewsNotParty", deal.key, account):
        ask_to_answer(reviews, deal, account)


def test_who_only_paid_has_no_voice(reviews, make_deal, payer):
    deal = make_deal(State.COMPLETED, payer=payer)
    with refused("ReviewsNotParty", deal.key, payer):
        ask_to_say(reviews, deal, payer)
    say(reviews, deal, deal.parties.holder)


@pytest.mark.parametrize("rating", [0, 6, 255])
def test_rating_is_refused_when_it_is_not_1_to_5(reviews, deals, buyer, rating):
    with refused("ReviewsBadRating", rating):
        ask_to_say(reviews, deals[State.COMPLETED], buyer, rating)


@pytest.mark.parametrize("rating", [1, 2, 3, 4, 5])
def test_rating_counts_as_it_is_when_it_is_1_to_5(reviews, deals, buyer, seller, rating):
    deal = deals[State.COMPLETED]
    say(reviews, deal, buyer, rating)
    assert reviews.tallyOf(seller, True) == (1, 1, rating, deal.total, rating * deal.total)


@sides
def test_side_says_it_once_and_leaves_the_others_word_free(reviews, deals, side):
    deal = deals[State.COMPLETED]
    by, other = getattr(deal.parties, side), getattr(deal.parties, OTHER[side])
    say(reviews, deal, by)
    with refused("ReviewsSaidBefore", deal.key, by):
        ask_to_say(reviews, deal, by, 1, OTHER_HASH)
    say(reviews, deal, other)
    with refused("ReviewsSaidBefore", deal.key, other):
        ask_to_say(reviews, deal, other)


def test_review_needs_no_text(reviews, deals, buyer):
    tx = say(reviews, deals[State.COMPLETED], buyer, 3, NONE)
    assert tx.events["Reviewed"]["hash"] == NONE


@sides
@pytest.mark.parametrize("state", REVIEWED)
def test_review_is_answered_by_who_was_reviewed(reviews, deals, state, side):
    deal = deals[state]
    by, about = getattr(deal.parties, side), getattr(deal.parties, OTHER[side])
    say(reviews, deal, by)
    tally = reviews.tallyOf(about, side == "holder")
    tx = answer(reviews, deal, about)
    assert_events(tx, [reviews], ("Replied", {"key": deal.key, "by": str(about), "hash": OTHER_HASH}))
    assert reviews.tallyOf(about, side == "holder") == tally


@sides
def test_reply_is_refused_when_the_other_side_has_said_nothing(reviews, deals, side):
    deal = deals[State.COMPLETED]
    me = getattr(deal.parties, side)
    say(reviews, deal, me)  # one's own review is nothing to reply to
    with refused("ReviewsNothingSaid", deal.key):
        ask_to_answer(reviews, deal, me)


@sides
def test_reply_is_given_once_and_leaves_the_others_reply_free(reviews, deals, side):
    deal = deals[State.COMPLETED]
    me, other = getattr(deal.parties, side), getattr(deal.parties, OTHER[side])
    for account in (me, other):
        say(reviews, deal, account)
    answer(reviews, deal, me)
    with refused("ReviewsSaidBefore", deal.key, me):
        ask_to_answer(reviews, deal, me)
    answer(reviews, deal, other)
    with refused("ReviewsSaidBefore", deal.key, other):
        ask_to_answer(reviews, deal, other)


def test_word_is_the_new_holders_when_the_order_was_handed_over(reviews, make_deal, buyer, stranger, seller):
    deal = make_deal(State.DELIVERED)
    deal.do("transferOrder", buyer, stranger)
    deal.do("confirm", stranger)
    for call in (ask_to_say, ask_to_answer):
        with refused("ReviewsNotParty", deal.key, buyer):
            call(reviews, deal, buyer)
    tx = say(reviews, deal, stranger, 2)
    assert tx.events["Reviewed"]["by"] == stranger
    tx = say(reviews, deal, seller, 5)
    assert tx.events["Reviewed"]["about"] == stranger
    assert reviews.tallyOf(stranger, False) == (1, 1, 5, deal.total, 5 * deal.total)
    assert reviews.tallyOf(buyer, False) == (0, 0, 0, 0, 0)
    answer(reviews, deal, stranger)


def test_word_of_an_order_that_came_back_is_its_first_holders(reviews, make_deal, buyer, stranger):
    deal = make_deal(State.DELIVERED)
    deal.do("transferOrder", buyer, stranger)
    deal.do("transferOrder", stranger, buyer)
    deal.confirm()
    with refused("ReviewsNotParty", deal.key, stranger):
        ask_to_say(reviews, deal, stranger)
    say(reviews, deal, buyer)


@pytest.mark.parametrize("wrong", ["terms", "holder", "ref"])
def test_order_is_nobodys_when_it_is_named_wrongly(reviews, deals, list_terms, buyer, stranger, wrong):
    deal = deals[State.COMPLETED]
    terms, holder, ref = of(deal)
    if wrong == "terms":
        terms = deal.terms.but(unit_price=deal.terms.unit_price + 1).words()
    if wrong == "holder":
        holder = str(stranger)
    if wrong == "ref":
        ref = OTHER_HASH
    speaker = stranger if wrong == "holder" else buyer
    with refused("ReviewsNotFinished", ..., State.NONE):
        reviews.review.call(terms, holder, ref, 5, HASH, {"from": speaker})
    with refused("ReviewsNothingSaid", ...):
        reviews.reply.call(terms, holder, ref, HASH, {"from": speaker})


def test_seller_who_is_in_the_terms_alone_speaks_for_no_order_of_another(reviews, deals, stranger):
    """Terms with oneself as their seller name another listing, and so another order."""
    deal = deals[State.COMPLETED]
    forged = deal.terms.but(seller=str(stranger)).words()
    with refused("ReviewsNotFinished", ..., State.NONE):
        reviews.review.call(forged, deal.purchase.holder, deal.ref, 1, HASH, {"from": stranger})


def test_voice_weighs_by_the_largest_order_and_rates_as_it_did_last(reviews, make_deal, buyer, seller):
    small, large, late = (make_deal(State.COMPLETED, quantity=count) for count in (1, 5, 2))
    say(reviews, small, buyer, 5)
    assert reviews.tallyOf(seller, True) == (1, 1, 5, small.total, 5 * small.total)
    say(reviews, large, buyer, 1)
    assert reviews.tallyOf(seller, True) == (2, 1, 6, large.total, large.total)
    say(reviews, late, buyer, 4)
    assert reviews.tallyOf(seller, True) == (3, 1, 10, large.total, 4 * large.total)


def test_refunded_order_changes_a_voice_but_adds_no_weight(reviews, make_deal, buyer, seller):
    paid, refunded = make_deal(State.COMPLETED), make_deal(State.REFUNDED, quantity=50)
    say(reviews, refunded, buyer, 1)
    assert reviews.tallyOf(seller, True) == (1, 1, 1, 0, 0)
    say(reviews, paid, buyer, 5)
    assert reviews.tallyOf(seller, True) == (2, 1, 6, paid.total, 5 * paid.total)


def test_order_in_a_token_is_counted_and_weighs_nothing(reviews, list_terms, make_deal, make_token, OddToken, seller):
    token = make_token(OddToken, 18)
    deal = make_deal(State.COMPLETED, list_terms(currency=str(token), arbiter_fee=0))
    tx = say(reviews, deal, deal.parties.holder, 5)
    assert tx.events["Reviewed"]["weightWei"] == 0
    assert reviews.tallyOf(seller, True) == (1, 1, 5, 0, 0)


def test_nothing_is_kept_of_money_and_no_ether_is_taken(reviews, buyer):
    with pytest.raises(VirtualMachineError):
        buyer.transfer(reviews, 1)
    calls = {entry["name"]: entry["stateMutability"] for entry in reviews.abi if entry["type"] == "function"}
    assert calls == {"review": "nonpayable", "reply": "nonpayable", "tallyOf": "view", "MARKET": "view"}


def test_every_final_order_is_either_reviewed_or_was_never_accepted():
    assert set(FINAL) == {*REVIEWED, State.CANCELLED}
