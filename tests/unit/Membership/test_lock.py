"""lock: tokens give a badge, a tier and votes, and stand still."""

import pytest
from brownie import web3

from tests.helpers.events import assert_events
from tests.helpers.permits import permit_arguments, signer
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO
from tests.helpers.time import jump


def moved(source, to, value):
    return ("Transfer", {"from": str(source), "to": str(to), "value": value})


def badge(source, to, account):
    return ("Transfer", {"from": str(source), "to": str(to), "tokenId": int(str(account), 16)})


def test_first_lock_makes_a_member_who_votes_for_himself(membership, token, join, buyer):
    tx = join(buyer, 100)
    number = int(str(buyer), 16)
    assert (membership.ownerOf(number), membership.balanceOf(buyer), membership.locked(number)) == (buyer, 1, True)
    assert membership.badgeOf(buyer) == number
    assert membership.activeOf(buyer) == membership.getVotes(buyer) == membership.totalActive() == 100
    assert membership.delegates(buyer) == buyer
    assert membership.memberCount() == 1
    assert (token.balanceOf(buyer), token.balanceOf(membership)) == (0, 100)
    assert_events(
        tx,
        [membership, token],
        badge(ZERO, buyer, buyer),
        ("Locked", {"badge": number}),
        ("DelegateChanged", {"delegator": str(buyer), "fromDelegate": ZERO, "toDelegate": str(buyer)}),
        ("DelegateVotesChanged", {"delegate": str(buyer), "previousVotes": 0, "newVotes": 100}),
        ("TokensLocked", {"account": str(buyer), "amount": 100, "active": 100}),
        moved(buyer, membership, 100),
    )


def test_more_tokens_add_votes_and_no_second_badge(membership, token, join, buyer):
    join(buyer, 100)
    tx = join(buyer, 7)
    assert membership.getVotes(buyer) == membership.activeOf(buyer) == 107
    assert (membership.memberCount(), membership.balanceOf(buyer)) == (1, 1)
    assert_events(
        tx,
        [membership, token],
        ("DelegateVotesChanged", {"delegate": str(buyer), "previousVotes": 100, "newVotes": 107}),
        ("TokensLocked", {"account": str(buyer), "amount": 7, "active": 107}),
        moved(buyer, membership, 7),
    )


def test_nothing_is_locked_without_tokens_or_leave(membership, token, steward, buyer):
    with refused("MembershipNothing"):
        membership.lock.call(0, {"from": buyer})
    with refused("ERC20InsufficientAllowance", membership.address, 0, 5):
        membership.lock.call(5, {"from": buyer})
    token.approve(membership, 5, {"from": buyer})
    with refused("ERC20InsufficientBalance", str(buyer), 0, 5):
        membership.lock.call(5, {"from": buyer})


def test_permit_locks_in_one_call_though_somebody_has_sent_it_before(membership, token, steward, buyer, stranger):
    token.mint(buyer, 50, {"from": steward})
    value, deadline, *signature = permit_arguments(token, signer(buyer), membership, 50)
    token.permit(buyer, membership, value, deadline, *signature, {"from": stranger})
    membership.lockWithPermit(50, deadline, *signature, {"from": buyer})
    assert membership.activeOf(buyer) == 50
    with refused("ERC20InsufficientAllowance", membership.address, 0, 50):
        membership.lockWithPermit.call(50, deadline, *signature, {"from": buyer})


def test_badge_is_never_handed_on(membership, join, buyer, stranger):
    join(buyer, 1)
    number, safely = membership.badgeOf(buyer), membership.safeTransferFrom
    for function, args in (
        (membership.transferFrom, (buyer, stranger, number)),
        (safely["address", "address", "uint256"], (buyer, stranger, number)),
        (safely["address", "address", "uint256", "bytes"], (buyer, stranger, number, b"")),
        (membership.approve, (stranger, number)),
        (membership.setApprovalForAll, (stranger, True)),
    ):
        with refused("MembershipNotTransferable"):
            function.call(*args, {"from": buyer})


def test_nobody_is_allowed_to_move_a_badge(membership, join, buyer, stranger):
    join(buyer, 1)
    assert membership.getApproved(membership.badgeOf(buyer)) == ZERO
    assert membership.isApprovedForAll(buyer, stranger) is False


@pytest.mark.parametrize("number", [0, 1, 2**160, 2**256 - 1])
def test_badge_that_nobody_holds_is_not_answered_for(membership, number):
    for function in (membership.ownerOf, membership.locked, membership.getApproved):
        with refused("MembershipNoBadge", number):
            function.call(number)


@pytest.mark.parametrize("interface, known", [
    ("0x01ffc9a7", True), ("0x80ac58cd", True), ("0xb45a3c0e", True), ("0xffffffff", False), ("0x5b5e139f", False),
])  # fmt: skip
def test_interfaces_are_those_of_a_bound_badge(membership, interface, known):
    assert membership.supportsInterface(interface) is known


def test_tiers_are_reached_at_their_thresholds(membership, join, steward, buyer):
    tx = membership.setTiers([10, 100, 1_000], {"from": steward})
    assert_events(tx, [membership], ("TiersSet", {"thresholds": (10, 100, 1_000)}))
    assert tuple(membership.tiers()) == (10, 100, 1_000)
    reached = []
    for amount in (9, 1, 89, 1, 899, 1, 10**6):
        join(buyer, amount)
        reached.append(membership.tierOf(buyer))
    assert reached == [0, 1, 1, 2, 2, 3, 3]
    membership.requestUnlock(10**6 + 1, {"from": buyer})
    assert membership.tierOf(buyer) == 2


@pytest.mark.parametrize("thresholds", [[0], [1, 1], [2, 1], [1, 2, 0], [*range(1, 10)]])
def test_tiers_are_refused_when_they_do_not_rise_or_are_too_many(membership, steward, thresholds):
    with refused("MembershipBadTiers"):
        membership.setTiers.call(thresholds, {"from": steward})


def test_tiers_can_be_eight_or_none(membership, steward, buyer):
    membership.setTiers([*range(1, 9)], {"from": steward})
    membership.setTiers([], {"from": steward})
    assert membership.tierOf(buyer) == 0


@pytest.mark.parametrize("role", ["buyer", "owner", "stranger"])
def test_tiers_are_the_stewards_alone(membership, request, role):
    sender = request.getfixturevalue(role)
    with refused("MembershipNotSteward", str(sender)):
        membership.setTiers.call([1], {"from": sender})


def test_new_steward_sets_tiers_and_the_old_one_no_more(membership, registry, community_id, steward, stranger):
    registry.offerStewardship(community_id, stranger, {"from": steward})
    registry.acceptStewardship(community_id, {"from": stranger})
    membership.setTiers([1], {"from": stranger})
    with refused("MembershipNotSteward", str(steward)):
        membership.setTiers.call([1], {"from": steward})


def test_votes_of_a_past_second_stay_what_they_were(membership, join, buyer, seller):
    start = join(buyer, 10).timestamp
    jump(10)
    then = join(seller, 5).timestamp
    jump(10)
    membership.requestUnlock(10, {"from": buyer})
    jump(1)
    assert membership.getPastVotes(buyer, start) == membership.getPastVotes(buyer, then) == 10
    assert membership.getPastVotes(buyer, start - 1) == 0
    assert (membership.getPastTotalSupply(start), membership.getPastTotalSupply(then)) == (10, 15)
    assert (membership.getVotes(buyer), membership.totalActive()) == (0, 5)


def test_clock_is_the_blocks_time_and_the_future_is_not_answered_for(membership):
    now = web3.eth.get_block("latest")["timestamp"]
    assert (membership.clock(), membership.CLOCK_MODE()) == (now, "mode=timestamp")
    with refused("ERC5805FutureLookup", now, now):
        membership.getPastVotes.call(ZERO, now)
