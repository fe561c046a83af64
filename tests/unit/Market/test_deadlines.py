"""Deadlines to the second: a party acts while t <= deadline, `expire` works when t > deadline."""

import pytest

from tests.helpers.deal import State
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO
from tests.helpers.time import jump_to, now

ACTS = (
    ("accept", State.FUNDED, "seller"),
    ("deliver", State.ACCEPTED, "seller"),
    ("dispute", State.DELIVERED, "buyer"),
    ("stake", State.CONTESTED, "stranger"),
    ("rule", State.DISPUTED, "arbiter"),
)
UNTIL = {"at_deadline_minus_1": -1, "at_the_deadline": 0}


@pytest.fixture(scope="module")
def deals(make_deal):
    return {state: make_deal(state) for _, state, _ in ACTS}


@pytest.mark.parametrize("offset", UNTIL.values(), ids=UNTIL)
@pytest.mark.parametrize("name, state, role", ACTS)
def test_party_may_act_and_expire_is_refused_when_time_is_not_over(deals, request, name, state, role, offset):
    deal = deals[state]
    deadline = deal.order.clock
    jump_to(deadline + offset)
    deal.ask(name, request.getfixturevalue(role))
    last = deadline + deal.terms.clock("rule_for") if state == State.DISPUTED else deadline
    with refused("MarketTooEarly", last, deadline + offset):
        deal.ask("expire", request.getfixturevalue("stranger"))


@pytest.mark.parametrize("name, state, role", ACTS)
def test_party_is_refused_when_the_deadline_has_passed_by_a_second(deals, request, name, state, role):
    deal = deals[state]
    deadline = deal.order.clock
    jump_to(deadline + 1)
    with refused("MarketTooLate", deadline, deadline + 1):
        deal.ask(name, request.getfixturevalue(role))


@pytest.mark.parametrize("state", [state for _, state, _ in ACTS if state != State.DISPUTED])
def test_expire_works_when_the_deadline_has_passed_by_a_second(deals, stranger, state):
    deal = deals[state]
    jump_to(deal.order.clock + 1)
    deal.ask("expire", stranger)


@pytest.mark.parametrize("offset, works", [(-1, True), (0, True), (1, False)])
def test_backup_rules_until_his_own_last_second_when_the_arbiter_was_silent(deals, backup, stranger, offset, works):
    deal = deals[State.DISPUTED]
    last = deal.order.clock + deal.terms.clock("rule_for")
    jump_to(last + offset)
    if works:
        deal.ask("rule", backup)
        with refused("MarketTooEarly", last, last + offset):
            deal.ask("expire", stranger)
        return
    with refused("MarketTooLate", last, last + offset):
        deal.ask("rule", backup)
    deal.ask("expire", stranger)


@pytest.mark.parametrize("offset", [-1, 0])
def test_backup_is_refused_when_the_arbiter_still_has_time(deals, backup, offset):
    deal = deals[State.DISPUTED]
    jump_to(deal.order.clock + offset)
    with refused("MarketTooEarly", deal.order.clock, deal.order.clock + offset):
        deal.ask("rule", backup)


def test_expire_waits_for_no_second_window_when_there_is_no_backup(list_terms, make_deal, stranger):
    deal = make_deal(State.DISPUTED, list_terms(backup_arbiter=ZERO))
    jump_to(deal.order.clock)
    with refused("MarketTooEarly", deal.order.clock, deal.order.clock):
        deal.ask("expire", stranger)
    jump_to(deal.order.clock + 1)
    deal.ask("expire", stranger)


@pytest.mark.parametrize("offset, works", [(-1, True), (0, True), (1, False)])
def test_buy_is_possible_until_valid_until_when_the_terms_end(list_terms, make_deal, offset, works):
    end = now() + 1_000
    deal = make_deal(terms=list_terms(valid_until=end))
    jump_to(end + offset)
    if works:
        assert deal.ask_buy() == deal.key
        return
    with refused("MarketListingEnded", end, end + offset):
        deal.ask_buy()


@pytest.mark.parametrize("offset, works", [(-1, True), (0, True), (1, False)])
def test_buy_is_possible_until_its_own_deadline_when_the_caller_names_one(make_deal, offset, works):
    deadline = now() + 1_000
    deal = make_deal()
    jump_to(deadline + offset)
    if works:
        assert deal.ask_buy(deadline=deadline) == deal.key
        return
    with refused("MarketPurchaseExpired", deadline, deadline + offset):
        deal.ask_buy(deadline=deadline)
