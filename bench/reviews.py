"""The part of the gas benchmark about reviews: a buyer reviews the seller, who answers.

Done twice and measured the second time: the same buyer has reviewed this seller before.
"""

from bench.story import BUYER, SELLER, Story


def measure(story: Story) -> None:
    """Do it all and keep gas by key in the story."""
    functions = story.reviews.functions
    for measured in (False, True):
        terms = story.list(story.terms())
        ref = story.buy(terms)
        story.deliver(terms, ref)
        story.step("confirm", BUYER, terms, ref)
        order = (terms.words(), story.accounts[BUYER], ref)
        story.call(BUYER, functions.review(*order, 5, story.hash()), key="review" if measured else None)
        story.call(SELLER, functions.reply(*order, story.hash()), key="review_reply" if measured else None)
