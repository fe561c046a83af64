"""Who may do what, and when: every call of an order by every role in every state, in time and too late.

The table below is written from the promise, not from the code. What it does not allow must be refused, and with the
error that says why.
"""

import pytest

from tests.helpers.deal import FINAL, OPEN, State
from tests.helpers.reverts import refused
from tests.helpers.time import jump_to, now

ROLES = ("seller", "buyer", "payer", "arbiter", "backup", "stranger", "steward", "owner")
EVERYONE = set(ROLES)
ARBITERS = {"arbiter", "backup"}

IN_TIME = {
    "accept": {State.FUNDED: {"seller"}},
    "decline": {State.FUNDED: {"seller"}},
    "cancel": {State.FUNDED: {"buyer"}},
    "deliver": {State.ACCEPTED: {"seller"}},
    "confirm": {State.DELIVERED: {"buyer"}},
    "refund": {state: {"seller"} for state in OPEN},
    "dispute": {State.DELIVERED: {"buyer"}},
    "stake": {State.CONTESTED: EVERYONE},
    "submitEvidence": {state: {"seller", "buyer"} for state in (State.CONTESTED, State.DISPUTED)},
    "rule": {State.DISPUTED: {"arbiter"}, **dict.fromkeys(FINAL, ARBITERS)},
    "expire": {},
}
WHEN_THE_ARBITER_WAS_SILENT = {"rule": {State.DISPUTED: {"backup"}}, "expire": {}}
TOO_LATE = {
    "accept": {},
    "decline": {State.FUNDED: {"seller"}},
    "cancel": {State.FUNDED: {"buyer"}},
    "deliver": {},
    "confirm": {State.DELIVERED: {"buyer"}},
    "refund": {state: {"seller"} for state in OPEN},
    "dispute": {},
    "stake": {},
    "submitEvidence": {state: {"seller", "buyer"} for state in (State.CONTESTED, State.DISPUTED)},
    "rule": {},
    "expire": dict.fromkeys(OPEN, EVERYONE),
}
PARTY = {  # whose call it is; None = anyone's
    "accept": {"seller"},
    "decline": {"seller"},
    "cancel": {"buyer"},
    "deliver": {"seller"},
    "confirm": {"buyer"},
    "refund": {"seller"},
    "dispute": {"buyer"},
    "stake": EVERYONE,
    "submitEvidence": {"seller", "buyer"},
    "rule": ARBITERS,
    "expire": EVERYONE,
}
STATES_OF = {  # states in which the call has a meaning at all
    name: set(IN_TIME[name]) | set(TOO_LATE[name]) for name in IN_TIME
}


@pytest.fixture(scope="module")
def roles(seller, buyer, payer, arbiter, backup, stranger, steward, owner):
    return dict(zip(ROLES, (seller, buyer, payer, arbiter, backup, stranger, steward, owner), strict=True))


@pytest.fixture(scope="module")
def deals(make_deal, payer, seller, arbiter):
    """One order in every state, paid by somebody else than the holder."""
    return {state: make_deal(state, payer=payer) for state in State}


def check(deals, roles, name, state, table, hurdle):
    deal = deals[state]
    assert deal.state == state
    for role, account in roles.items():
        if role in table[name].get(state, set()):
            deal.ask(name, account)
            continue
        if role not in PARTY[name]:
            with refused("MarketNotParty", account, ...):
                deal.ask(name, account)
        elif state not in STATES_OF[name]:
            with refused("MarketWrongState", deal.key, state):
                deal.ask(name, account)
        else:
            with refused(hurdle, ..., now()):
                deal.ask(name, account)


@pytest.mark.parametrize("state", State, ids=lambda state: state.name.lower())
@pytest.mark.parametrize("name", IN_TIME)
def test_call_is_refused_when_role_or_state_is_not_the_one_meant(deals, roles, name, state):
    check(deals, roles, name, state, IN_TIME, "MarketTooEarly")


@pytest.mark.parametrize("name", WHEN_THE_ARBITER_WAS_SILENT)
def test_only_the_backup_rules_when_the_arbiter_was_silent(deals, roles, name):
    jump_to(deals[State.DISPUTED].order.clock + 1)
    hurdle = {"rule": "MarketTooLate", "expire": "MarketTooEarly"}[name]
    check(deals, roles, name, State.DISPUTED, WHEN_THE_ARBITER_WAS_SILENT, hurdle)


@pytest.mark.parametrize("state", OPEN, ids=lambda state: state.name.lower())
@pytest.mark.parametrize("name", TOO_LATE)
def test_only_exits_are_left_when_every_clock_has_run_out(deals, roles, name, state):
    jump_to(max(deal.overdue_at() for deal in deals.values()))
    check(deals, roles, name, state, TOO_LATE, "MarketTooLate")
