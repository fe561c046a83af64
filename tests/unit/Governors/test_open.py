"""open: a steward gives his community a governor and a timelock, within bounds that nobody can leave later."""

import pytest

from tests.fixtures.self_rule import NOTICE_S, PARAMS
from tests.helpers.reverts import field, refused
from tests.helpers.terms import DAY, ZERO
from tests.helpers.time import now

YEARS_2 = 730 * DAY


def said(**changes):
    return tuple({**PARAMS, **changes}.values())


def test_governor_and_timelock_know_each_other_when_they_are_open(
    governors, membership, community_id, steward, CommunityGovernor, CommunityTimelock
):
    assert governors.governorOf(community_id) == governors.timelockOf(community_id) == ZERO
    tx = governors.open(community_id, said(), {"from": steward})
    governor, timelock = tx.return_value
    assert (governors.governorOf(community_id), governors.timelockOf(community_id)) == (governor, timelock)
    event = tx.events["GovernorOpened"]
    assert (event["id"], event["governor"], event["timelock"], event["founder"]) == (
        community_id, governor, timelock, steward,
    )  # fmt: skip
    assert tuple(event["params"]) == said()
    rules, hands = CommunityGovernor.at(governor), CommunityTimelock.at(timelock)
    assert tuple(rules.arguments()) == (community_id, membership.address, str(steward), said())
    assert (rules.token(), rules.timelock(), rules.name()) == (membership.address, timelock, "CommunityGovernor")
    assert (rules.votingDelay(), rules.votingPeriod(), rules.proposalThreshold()) == (DAY, 3 * DAY, 10)
    assert hands.getMinDelay() == 2 * DAY
    for role in (hands.PROPOSER_ROLE(), hands.EXECUTOR_ROLE(), hands.CANCELLER_ROLE()):
        assert hands.hasRole(role, governor) is True
        for other in (steward, ZERO, timelock):
            assert hands.hasRole(role, other) is False
    assert hands.hasRole(hands.DEFAULT_ADMIN_ROLE(), steward) is False


def test_longest_times_together_are_no_longer_than_the_notice_of_a_membership(governors, rule, membership):
    governor = rule.governor
    longest = (
        governors.MAX_VOTING_DELAY(), governors.MAX_VOTING_PERIOD(), governor.LATE_QUORUM_EXTENSION(),
        governor.QUEUE_WINDOW(), governors.MAX_TIMELOCK_DELAY(), governor.EXECUTE_WINDOW(),
    )  # fmt: skip
    assert sum(longest) <= membership.NOTICE() == NOTICE_S


@pytest.mark.parametrize("name, label, least, most", [
    ("voting_delay", "votingDelay", DAY, 3 * DAY),
    ("voting_period", "votingPeriod", 2 * DAY, 10 * DAY),
    ("timelock_delay", "timelockDelay", DAY, 7 * DAY),
    ("quorum_bps", "quorumBps", 0, 5_000),
    ("quorum_floor", "quorumFloor", 1, 2**112 - 1),
    ("min_members", "minMembers", 1, 2**32 - 1),
])  # fmt: skip
def test_each_parameter_is_taken_at_its_bounds_and_not_beyond(
    governors, membership, community_id, steward, name, label, least, most
):
    kinds = {"quorum_bps": 16, "quorum_floor": 112}
    for value in (least, most):
        governors.open.call(community_id, said(**{name: value}), {"from": steward})
    for value in (least - 1, most + 1):
        if 0 <= value < 2 ** kinds.get(name, 32):
            with refused("GovernorsBadParam", field(label), value, least, most):
                governors.open.call(community_id, said(**{name: value}), {"from": steward})


def test_veto_ends_two_years_from_now_at_the_latest(governors, membership, community_id, steward):
    governors.open.call(community_id, said(veto_until=now() + YEARS_2), {"from": steward})
    with refused("GovernorsBadParam", field("vetoUntil"), ..., 0, ...):
        governors.open.call(community_id, said(veto_until=now() + YEARS_2 + 100), {"from": steward})


@pytest.mark.parametrize("role", ["owner", "buyer", "stranger"])
def test_nobody_but_the_steward_opens_a_governor(governors, membership, community_id, request, role):
    sender = request.getfixturevalue(role)
    with refused("GovernorsNotSteward", community_id, str(sender)):
        governors.open.call(community_id, said(), {"from": sender})


def test_governor_is_refused_where_nobody_could_vote(governors, open_community, steward):
    without = open_community()[0]
    with refused("GovernorsNoMembership", without):
        governors.open.call(without, said(), {"from": steward})


def test_newest_governor_counts_when_the_steward_opens_another(governors, open_governor, community_id):
    first, second = open_governor(), open_governor(quorum_bps=1)
    assert first.governor.address != second.governor.address
    assert governors.governorOf(community_id) == second.governor.address
    assert governors.timelockOf(community_id) == second.timelock.address


def test_nobody_sets_up_a_clone_or_an_implementation_again(
    governors, rule, stranger, CommunityGovernor, CommunityTimelock
):
    bare = (
        CommunityGovernor.at(governors.GOVERNOR_IMPLEMENTATION()),
        CommunityTimelock.at(governors.TIMELOCK_IMPLEMENTATION()),
    )
    for governor, timelock in (rule, bare):
        with refused("InvalidInitialization"):
            governor.initialize.call(stranger, {"from": stranger})
        with refused("InvalidInitialization"):
            timelock.initialize.call(stranger, 0, {"from": stranger})
    with refused("GovernorFixed"):
        bare[0].arguments.call()
