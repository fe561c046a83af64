"""A proposal's life: proposed, voted on, queued, executed; each in its time, and none longer than the notice."""

import pytest
from eth_account.messages import encode_typed_data

from tests.fixtures.market import COMMUNITY_FEE_BPS
from tests.fixtures.self_rule import (
    EXECUTE_WINDOW_S,
    EXTENSION_S,
    FLOOR_UNITS,
    PARAMS,
    QUEUE_WINDOW_S,
    THRESHOLD_UNITS,
    Proposal,
    Stand,
    call_of,
)
from tests.helpers.permits import signer
from tests.helpers.reverts import refused
from tests.helpers.terms import DAY
from tests.helpers.time import jump, jump_to

PLENTY = 10 * FLOOR_UNITS


@pytest.fixture(scope="module")
def members(join, buyer, seller, arbiter):
    """Give three members: one with plenty, one with the floor, one with just enough to propose."""
    for account, amount in ((buyer, PLENTY), (seller, FLOOR_UNITS), (arbiter, THRESHOLD_UNITS)):
        join(account, amount)
    jump(1)
    return buyer, seller, arbiter


@pytest.fixture
def lower(rule, registry, community_id, members) -> Proposal:
    """A proposal to lower the commission."""
    return Proposal(rule.governor, [call_of(registry, "setFeeBps", community_id, 1)], "수수료를 낮추자")


def handed_over(rule, registry, community_id, steward, members):
    """Give the timelock the stewardship, as a community does it."""
    registry.offerStewardship(community_id, rule.timelock, {"from": steward})
    accepting = Proposal(rule.governor, [call_of(registry, "acceptStewardship", community_id)], "우리가 맡는다")
    accepting.carried_out(members[0], [members[0]])


def test_members_take_the_office_over_and_set_their_commission(rule, registry, community_id, steward, members, lower):
    handed_over(rule, registry, community_id, steward, members)
    assert registry.stewardOf(community_id) == rule.timelock.address
    assert registry.feesOf(community_id)[1] == COMMUNITY_FEE_BPS
    lower.carried_out(members[0], [members[0]])
    assert lower.stand == Stand.EXECUTED
    assert registry.feesOf(community_id)[1] == 1
    with refused("RegistryNotSteward", community_id, str(steward)):
        registry.setFeeBps.call(community_id, 2, {"from": steward})


def test_proposal_goes_through_its_states_at_the_very_seconds(rule, registry, community_id, steward, members, lower):
    handed_over(rule, registry, community_id, steward, members)
    lower.propose(members[0])
    snapshot, deadline = rule.governor.proposalSnapshot(lower.id), rule.governor.proposalDeadline(lower.id)
    assert deadline - snapshot == PARAMS["voting_period"]
    jump_to(snapshot)
    assert lower.stand == Stand.PENDING
    jump_to(snapshot + 1)
    assert lower.stand == Stand.ACTIVE
    lower.vote(yes=[members[0]])
    jump_to(deadline)
    assert lower.stand == Stand.ACTIVE
    jump_to(deadline + 1)
    assert lower.stand == Stand.SUCCEEDED
    due = lower.queue(members[0]).timestamp + PARAMS["timelock_delay"]
    assert (lower.stand, rule.governor.proposalEta(lower.id)) == (Stand.QUEUED, due)
    jump_to(due - 1)
    with refused("TimelockUnexpectedOperationState", ..., ...):
        rule.governor.execute.call(*lower.named(), {"from": members[0]})
    jump_to(due)
    rule.governor.execute.call(*lower.named(), {"from": members[0]})


def test_won_vote_expires_when_nobody_queues_it_in_time(rule, members, lower):
    lower.propose(members[0]).to_vote().vote(yes=[members[0]])
    last = rule.governor.proposalDeadline(lower.id) + QUEUE_WINDOW_S
    jump_to(last)
    assert lower.stand == Stand.SUCCEEDED
    rule.governor.queue.call(*lower.named(), {"from": members[0]})
    jump_to(last + 1)
    assert lower.stand == Stand.EXPIRED
    with refused("GovernorUnexpectedProposalState", lower.id, int(Stand.EXPIRED), ...):
        rule.governor.queue.call(*lower.named(), {"from": members[0]})


def test_queued_proposal_expires_and_not_even_its_timelock_carries_it_out(
    rule, registry, community_id, steward, members, lower
):
    handed_over(rule, registry, community_id, steward, members)
    lower.propose(members[0]).to_vote().vote(yes=[members[0]]).to_end().queue(members[0])
    last = rule.governor.proposalEta(lower.id) + EXECUTE_WINDOW_S
    jump_to(last)
    assert lower.stand == Stand.QUEUED
    rule.governor.execute.call(*lower.named(), {"from": members[0]})
    jump_to(last + 1)
    assert lower.stand == Stand.EXPIRED
    with refused("GovernorUnexpectedProposalState", lower.id, int(Stand.EXPIRED), ...):
        rule.governor.execute.call(*lower.named(), {"from": members[0]})
    with refused("AccessControlUnauthorizedAccount", ..., ...):
        rule.timelock.executeBatch.call(*lower.calls, bytes(32), bytes(32), {"from": members[0]})
    assert registry.feesOf(community_id)[1] == COMMUNITY_FEE_BPS


@pytest.mark.parametrize("choices, end", [
    ({"yes": [1]}, Stand.SUCCEEDED),  # the floor exactly is a quorum where a fifth of all is locked is less
    ({"yes": [2]}, Stand.DEFEATED),
    ({"yes": [2], "neither": [1]}, Stand.SUCCEEDED),
    ({"no": [1], "yes": [2]}, Stand.DEFEATED),
    ({"neither": [1]}, Stand.DEFEATED),
    ({}, Stand.DEFEATED),
])  # fmt: skip
def test_vote_is_won_by_a_quorum_and_more_for_than_against(
    open_governor, registry, community_id, members, choices, end
):
    governor = open_governor(quorum_bps=500).governor
    said = Proposal(governor, [call_of(registry, "setFeeBps", community_id, 1)], "낮추자").propose(members[0])
    said.to_vote().vote(**{word: [members[place] for place in places] for word, places in choices.items()}).to_end()
    assert said.stand == end


def test_quorum_is_a_share_of_all_that_was_locked_rounded_up_and_never_less_than_the_floor(
    open_governor, membership, members, join, buyer
):
    all_locked = PLENTY + FLOOR_UNITS + THRESHOLD_UNITS
    second = join(buyer, 3).timestamp
    jump(1)
    share = -(-(all_locked + 3) * 2_000 // 10_000)
    assert share > FLOOR_UNITS
    assert open_governor().governor.quorum(second) == share
    assert open_governor(quorum_bps=1).governor.quorum(second) == FLOOR_UNITS


def test_late_quorum_gives_the_others_two_more_days(rule, members, lower):
    lower.propose(members[0]).to_vote()
    deadline = rule.governor.proposalDeadline(lower.id)
    jump_to(deadline - 10)
    tx = rule.governor.castVote(lower.id, 1, {"from": members[0]})
    assert rule.governor.proposalDeadline(lower.id) == tx.timestamp + EXTENSION_S > deadline
    jump_to(deadline + 1)
    assert lower.stand == Stand.ACTIVE


def test_early_quorum_changes_no_deadline(rule, members, lower):
    lower.propose(members[0]).to_vote()
    deadline = rule.governor.proposalDeadline(lower.id)
    lower.vote(yes=[members[0]])
    assert rule.governor.proposalDeadline(lower.id) == deadline


def test_signed_vote_is_given_by_anyone_and_counts_once(rule, chain, members, lower, stranger):
    lower.propose(members[0]).to_vote()
    kinds = [("proposalId", "uint256"), ("support", "uint8"), ("voter", "address"), ("nonce", "uint256")]
    domain = {
        "name": "CommunityGovernor",
        "version": "1",
        "chainId": chain.id,
        "verifyingContract": rule.governor.address,
    }
    message = {"proposalId": lower.id, "support": 1, "voter": str(members[0]), "nonce": 0}
    types = {"Ballot": [{"name": name, "type": kind} for name, kind in kinds]}
    signature = signer(members[0]).sign_message(encode_typed_data(domain, types, message)).signature
    with refused("GovernorInvalidSignature", str(members[0])):
        rule.governor.castVoteBySig.call(lower.id, 0, members[0], signature, {"from": stranger})
    rule.governor.castVoteBySig(lower.id, 1, members[0], signature, {"from": stranger})
    assert tuple(rule.governor.proposalVotes(lower.id)) == (0, PLENTY, 0)
    with refused("GovernorInvalidSignature", str(members[0])):
        rule.governor.castVoteBySig.call(lower.id, 1, members[0], signature, {"from": stranger})
    with refused("GovernorAlreadyCastVote", str(members[0])):
        rule.governor.castVote.call(lower.id, 0, {"from": members[0]})


def test_proposer_cancels_before_votes_are_counted_and_nobody_else_does(rule, members, lower, stranger, steward):
    lower.propose(members[0])
    for account in (members[1], stranger, steward):
        with refused("GovernorUnableToCancel", lower.id, str(account)):
            rule.governor.cancel.call(*lower.named(), {"from": account})
    rule.governor.cancel.call(*lower.named(), {"from": members[0]})
    lower.to_vote()
    with refused("GovernorUnableToCancel", lower.id, str(members[0])):
        rule.governor.cancel.call(*lower.named(), {"from": members[0]})


def test_founder_cancels_anything_until_his_veto_ends_and_can_do_nothing_else(
    open_governor, registry, community_id, steward, members, chain
):
    until = chain.time() + 20 * DAY
    rule = open_governor(veto_until=until)
    said = Proposal(rule.governor, [call_of(registry, "setFeeBps", community_id, 1)], "낮추자")
    said.propose(members[0]).to_vote().vote(yes=[members[0]]).to_end().queue(members[0])
    jump(PARAMS["timelock_delay"])
    rule.governor.cancel(*said.named(), {"from": steward})
    assert said.stand == Stand.CANCELED
    with refused("GovernorUnexpectedProposalState", said.id, int(Stand.CANCELED), ...):
        rule.governor.execute.call(*said.named(), {"from": members[0]})
    with refused("GovernorInsufficientProposerVotes", str(steward), 0, THRESHOLD_UNITS):
        rule.governor.propose.call(*said.calls, "다시", {"from": steward})
    again = Proposal(rule.governor, [call_of(registry, "setFeeBps", community_id, 1)], "다시").propose(members[0])
    jump_to(until - 1)
    rule.governor.cancel.call(*again.named(), {"from": steward})
    jump_to(until)
    with refused("GovernorUnableToCancel", again.id, str(steward)):
        rule.governor.cancel.call(*again.named(), {"from": steward})
