"""Tallies under any order of reviews, beside books in plain Python that add everything up anew."""

import pytest
from brownie.test import given
from hypothesis import settings
from hypothesis import strategies as st

from tests.helpers.deal import State
from tests.helpers.review_books import Review, ReviewBooks

TEXT = "0x" + "4e" * 32
STATES = (State.COMPLETED, State.COMPLETED, State.RESOLVED, State.REFUNDED)


@pytest.fixture(scope="module")
def reviews(deployment, Reviews):
    return Reviews.at(deployment.address("Reviews"))


@pytest.fixture(scope="module")
def deals(make_deal, list_terms, buyer, stranger, seller, payer):
    """Give finished orders of several sizes, by two buyers of two sellers, each of whom buys from the other."""
    made = []
    for one_seller, holders in ((seller, (buyer, stranger, payer)), (payer, (buyer, seller))):
        terms = list_terms(seller=str(one_seller), sender=one_seller)
        for holder in holders:
            for number, state in enumerate(STATES):
                who = {"seller": one_seller, "holder": holder, "payer": holder, "stranger": stranger}
                made.append(make_deal(state, terms, quantity=1 + (7 * len(made) + number) % 5, **who))
    return made


@given(data=st.data())
@settings(max_examples=6)
def test_tallies_are_what_the_reviews_add_up_to_whoever_says_what_in_any_order(reviews, deals, data):
    books = ReviewBooks()
    words = [(deal, by_seller) for deal in deals for by_seller in (False, True)]
    for deal, by_seller in data.draw(st.lists(st.sampled_from(words), unique_by=id, min_size=1, max_size=10)):
        sides = (deal.parties.seller, deal.parties.holder)
        by, about = sides if by_seller else sides[::-1]
        rating = data.draw(st.integers(1, 5))
        reviews.review(deal.terms.words(), deal.purchase.holder, deal.ref, rating, TEXT, {"from": by})
        weight_wei = 0 if deal.state == State.REFUNDED else deal.total
        books.said.append(Review(str(about), not by_seller, str(by), rating, weight_wei))
        assert reviews.tallyOf(about, not by_seller) == books.tally(str(about), not by_seller)
    for account in {person for deal in deals for person in (deal.parties.seller, deal.parties.holder)}:
        for as_seller in (True, False):
            assert reviews.tallyOf(account, as_seller) == books.tally(str(account), as_seller)
