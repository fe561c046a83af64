"""Attempts to rule without the members, and why each of them fails."""

import pytest

from tests.fixtures.self_rule import FLOOR_UNITS, PARAMS, THRESHOLD_UNITS, Proposal, Stand, call_of
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO
from tests.helpers.time import jump

PLENTY = 10 * FLOOR_UNITS


@pytest.fixture(scope="module")
def members(join, buyer, seller):
    for account in (buyer, seller):
        join(account, PLENTY)
    jump(1)
    return buyer, seller


def proposal(rule, *calls, words="하자") -> Proposal:
    return Proposal(rule.governor, list(calls), words)


def test_first_locker_of_a_single_unit_owns_nothing(open_governor, registry, community_id, join, stranger, buyer):
    rule = open_governor(proposal_threshold=0, min_members=1, quorum_floor=FLOOR_UNITS)
    join(stranger, 1)
    jump(1)
    said = proposal(rule, call_of(registry, "setFeeBps", community_id, 0)).propose(stranger)
    said.to_vote().vote(yes=[stranger]).to_end()
    assert said.stand == Stand.DEFEATED


def test_nothing_is_proposed_while_there_are_too_few_members(
    open_governor, registry, community_id, join, buyer, seller
):
    rule = open_governor(min_members=2)
    join(buyer, PLENTY)
    jump(1)
    said = proposal(rule, call_of(registry, "setFeeBps", community_id, 0))
    with refused("GovernorTooFewMembers", 1, 2):
        rule.governor.propose.call(*said.calls, said.words, {"from": buyer})
    join(seller, 1)
    said.propose(buyer)
    assert said.stand == Stand.PENDING


def test_nobody_proposes_with_too_few_votes(rule, registry, community_id, members, join, stranger):
    join(stranger, THRESHOLD_UNITS - 1)
    jump(1)
    said = proposal(rule, call_of(registry, "setFeeBps", community_id, 0))
    with refused("GovernorInsufficientProposerVotes", str(stranger), THRESHOLD_UNITS - 1, THRESHOLD_UNITS):
        rule.governor.propose.call(*said.calls, said.words, {"from": stranger})


def test_tokens_that_are_locked_after_the_snapshot_or_for_one_block_have_no_vote(
    rule, registry, community_id, members, membership, join, stranger
):
    said = proposal(rule, call_of(registry, "setFeeBps", community_id, 0)).propose(members[0]).to_vote()
    join(stranger, 100 * PLENTY)
    rule.governor.castVote(said.id, 1, {"from": stranger})
    assert tuple(rule.governor.proposalVotes(said.id)) == (0, 0, 0)
    membership.requestUnlock(100 * PLENTY, {"from": stranger})
    with refused("MembershipTooEarly", ...):
        membership.withdraw.call(stranger, 0, {"from": stranger})


def test_tokens_that_are_being_unlocked_have_no_vote_at_the_snapshot(
    rule, registry, community_id, members, membership, join, stranger
):
    join(stranger, 1)
    membership.requestUnlock(PLENTY, {"from": members[1]})
    said = proposal(rule, call_of(registry, "setFeeBps", community_id, 0)).propose(members[0]).to_vote()
    rule.governor.castVote(said.id, 1, {"from": members[1]})
    assert tuple(rule.governor.proposalVotes(said.id)) == (0, 0, 0)


def test_whoever_unlocks_right_after_proposing_waits_until_all_is_done(
    open_governor, registry, community_id, members, membership
):
    longest = {"voting_delay": 3 * 86_400, "voting_period": 10 * 86_400, "timelock_delay": 7 * 86_400}
    rule = open_governor(**longest)
    said = proposal(rule, call_of(registry, "setFeeBps", community_id, 0)).propose(members[0])
    membership.requestUnlock(PLENTY, {"from": members[0]})
    available = membership.unlockOf(members[0], 0)[1]
    life = sum(longest.values()) + sum(
        (rule.governor.LATE_QUORUM_EXTENSION(), rule.governor.QUEUE_WINDOW(), rule.governor.EXECUTE_WINDOW())
    )
    proposed = rule.governor.proposalSnapshot(said.id) - longest["voting_delay"]
    assert available >= proposed + life


@pytest.mark.parametrize("contract, function, args, error", [
    ("timelock", "grantRole", ("proposer", "stranger"), "TimelockFixed"),
    ("timelock", "revokeRole", ("proposer", "governor"), "TimelockFixed"),
    ("timelock", "renounceRole", ("proposer", "timelock"), "TimelockFixed"),
    ("timelock", "updateDelay", (0,), "TimelockFixed"),
    ("governor", "updateTimelock", ("stranger",), "GovernorFixed"),
    ("governor", "setLateQuorumVoteExtension", (0,), "GovernorFixed"),
    ("governor", "relay", ("stranger", 0, b""), "GovernorFixed"),
])  # fmt: skip
def test_not_even_a_vote_changes_the_rules_or_gives_the_treasury_away_for_ever(
    rule, members, stranger, contract, function, args, error
):
    named = {
        "proposer": rule.timelock.PROPOSER_ROLE(),
        "stranger": str(stranger),
        "governor": rule.governor.address,
        "timelock": rule.timelock.address,
    }
    given = [named.get(arg, arg) if isinstance(arg, str) else arg for arg in args]
    said = proposal(rule, call_of(getattr(rule, contract), function, *given), words=f"{function}: 별일 아니에요")
    said.propose(members[0]).to_vote().vote(yes=members).to_end().queue(members[0])
    jump(PARAMS["timelock_delay"])
    with refused(error):
        rule.governor.execute.call(*said.named(), {"from": members[0]})


@pytest.mark.parametrize("role", ["steward", "buyer", "stranger"])
def test_nobody_goes_past_the_governor_to_the_timelock(rule, members, request, role):
    sender = request.getfixturevalue(role)
    words = (str(sender), 1, b"", bytes(32), bytes(32))
    with refused("AccessControlUnauthorizedAccount", ..., ...):
        rule.timelock.schedule.call(*words, 10**7, {"from": sender})
    with refused("AccessControlUnauthorizedAccount", ..., ...):
        rule.timelock.execute.call(*words, {"from": sender})
    with refused("AccessControlUnauthorizedAccount", ..., ...):
        rule.timelock.cancel.call(bytes(32), {"from": sender})


def test_treasury_pays_only_what_was_voted_on(rule, members, stranger, arbiter):
    stranger.transfer(rule.timelock, 1_000)
    paying = proposal(rule, (str(arbiter), 700, b""), words="고마워요, 700")
    before = arbiter.balance()
    paying.carried_out(members[0], list(members))
    assert (arbiter.balance() - before, rule.timelock.balance()) == (700, 300)
    with refused("GovernorUnexpectedProposalState", paying.id, int(Stand.EXECUTED), ...):
        rule.governor.execute.call(*paying.named(), {"from": members[0]})
    other = Proposal(rule.governor, [(str(stranger), 300, b"")], "고마워요, 700")
    with refused("GovernorNonexistentProposal", other.id):
        rule.governor.execute.call(*other.named(), {"from": stranger})


def test_call_that_cannot_be_made_leaves_the_proposal_where_it_was(rule, registry, community_id, members):
    said = proposal(rule, call_of(registry, "setFeeBps", community_id, 0))  # the office was never handed over
    said.propose(members[0]).to_vote().vote(yes=members).to_end().queue(members[0])
    jump(PARAMS["timelock_delay"])
    with refused("RegistryNotSteward", community_id, rule.timelock.address):
        rule.governor.execute.call(*said.named(), {"from": members[0]})
    assert said.stand == Stand.QUEUED


def test_nobody_can_vote_twice_by_delegating_between(rule, registry, community_id, members, membership, stranger):
    said = proposal(rule, call_of(registry, "setFeeBps", community_id, 0)).propose(members[0]).to_vote()
    said.vote(yes=[members[1]])
    membership.delegate(stranger, {"from": members[1]})
    rule.governor.castVote(said.id, 1, {"from": stranger})
    assert tuple(rule.governor.proposalVotes(said.id)) == (0, PLENTY, 0)
    assert membership.delegates(ZERO) == ZERO
