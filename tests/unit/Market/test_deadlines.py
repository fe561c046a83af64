"""Deadlines to the second: a party acts while t <= deadline, `expire` works when t > deadline."""

import pytest

from tests.helpers.deal import State
from tests.helpers.life import BACKUPS, EXTENDED, IN_TIME, LATE, STEPS
from tests.helpers.permits import signer
from tests.helpers.reverts import refused
from tests.helpers.seconds import ROLES, around_the_clock
from tests.helpers.settlements import signed
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


OWNERS = {
    State.FUNDED: ("accept", {"seller"}),
    State.ACCEPTED: ("deliver", {"seller"}),
    State.DELIVERED: ("dispute", {"holder"}),
    State.CONTESTED: ("stake", set(ROLES)),
    State.DISPUTED: ("rule", {"arbiter"}),
}


ON_ANVIL = pytest.mark.anvil_only(
    "50 clocks, two thousand calls; on Ganache the tests above and those of milestones have them"
)


@pytest.mark.parametrize(
    "sort",
    [
        pytest.param("goods with bond and referrer", marks=ON_ANVIL),
        "instant, without backup",
        pytest.param("milestones in a token", marks=ON_ANVIL),
    ],
)
def test_every_second_is_exactly_one_sides_whatever_clock_runs(make_life, sort):
    """Around the end of every clock that calls can start, extended ones and those of later milestones too."""
    life = make_life(sort)
    life.buy()
    life.look()
    ended = set()

    def visit():
        state, phase, *_ = life.node
        if phase == LATE:
            return
        owner = ("rule", {"backup"}) if phase == BACKUPS else OWNERS[state]
        backed = state == State.DISPUTED and phase == IN_TIME and life.deal.terms.backup_arbiter != ZERO
        after = ("rule", {"backup"}) if backed else ("expire", set(ROLES))
        assert [list(found.items()) for found in around_the_clock(life)] == [[owner], [owner], [after]], life.node
        ended.add(life.node)

    reached = life.walk((*STEPS, EXTENDED), visit)
    assert ended == {node for node in reached if node.phase in (IN_TIME, BACKUPS)}
    assert {node.state for node in ended if node.touch} >= {State.ACCEPTED, State.DELIVERED}


@pytest.mark.parametrize("offset, works", [(-1, True), (0, True), (1, False)])
def test_signed_settlement_is_good_until_its_deadline(deals, buyer, offset, works):
    deal = deals[State.DELIVERED]
    deadline = now() + 1_000
    signature = signed(deal, signer(buyer), 1, deadline)
    jump_to(deadline + offset)
    if works:
        deal.ask("settleBySignature", deal.parties.seller, 1, deadline, signature)
        return
    with refused("MarketTooLate", deadline, deadline + offset):
        deal.ask("settleBySignature", deal.parties.seller, 1, deadline, signature)
