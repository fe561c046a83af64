"""A sale whose seller's part goes to co-makers: from the order into the split's credit, into its books, to each of them."""

from tests.fixtures.market import COMMUNITY_FEE_BPS, PLATFORM_FEE_BPS
from tests.helpers.accounts import split_account
from tests.helpers.amounts import completed
from tests.helpers.deal import State
from tests.helpers.reverts import refused
from tests.helpers.splits import due_down
from tests.helpers.terms import ZERO

PARTS_BPS = (5_000, 3_000, 2_000)


def test_co_makers_take_out_all_that_their_order_earned(
    market, splits, make_split, make_deal, list_terms, owner, accounts, balance_of
):
    makers = accounts[-3:]
    split_id = make_split(*zip(makers, PARTS_BPS, strict=True))
    deal = make_deal(State.DELIVERED, list_terms(split_id=split_id, split_version=1))
    deal.confirm()
    earned = completed(deal.total, PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS).seller
    account = split_account(split_id, 1)
    assert market.creditOf(account, ZERO) == earned

    assert splits.collect(market, ZERO, split_id, 1, {"from": owner}).return_value == earned
    assert (market.creditOf(account, ZERO), balance_of(splits)) == (0, earned)

    for place, (maker, bps) in enumerate(zip(makers, PARTS_BPS, strict=True)):
        before = balance_of(maker)
        splits.claim(split_id, 1, place, ZERO, maker, {"from": owner})
        assert balance_of(maker) - before == due_down(earned, bps)
    assert balance_of(splits) == earned - sum(due_down(earned, bps) for bps in PARTS_BPS) < len(makers)


def test_terms_are_refused_when_they_name_a_version_that_does_not_exist(make_split, list_terms, seller, stranger):
    split_id = make_split((seller, 6_000), (stranger, 4_000))
    with refused("MarketUnknownSplit", split_id, 2):
        list_terms(split_id=split_id, split_version=2)
