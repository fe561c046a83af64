"""requestUnlock, cancelUnlock, withdraw: votes go at once, tokens come after the notice."""

from tests.fixtures.self_rule import NOTICE_S
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO
from tests.helpers.time import jump_to


def votes(account, before, after):
    return ("DelegateVotesChanged", {"delegate": str(account), "previousVotes": before, "newVotes": after})


def test_votes_and_tier_end_when_the_unlock_is_asked_for_and_tokens_stay(membership, token, join, steward, buyer):
    membership.setTiers([40], {"from": steward})
    join(buyer, 100)
    tx = membership.requestUnlock(61, {"from": buyer})
    assert tx.return_value == 0
    assert membership.getVotes(buyer) == membership.activeOf(buyer) == 39
    assert membership.tierOf(buyer) == 0
    assert (membership.balanceOf(buyer), membership.memberCount()) == (1, 1)
    assert (token.balanceOf(buyer), token.balanceOf(membership)) == (0, 100)
    due = tx.timestamp + NOTICE_S
    assert tuple(membership.unlockOf(buyer, 0)) == (61, due)
    said = {"account": str(buyer), "number": 0, "amount": 61, "active": 39, "availableAt": due}
    assert_events(tx, [membership], votes(buyer, 100, 39), ("UnlockRequested", said))


def test_badge_goes_with_the_last_token_and_comes_again_with_the_next(membership, join, buyer):
    join(buyer, 10)
    number = membership.badgeOf(buyer)
    tx = membership.requestUnlock(10, {"from": buyer})
    assert (membership.balanceOf(buyer), membership.memberCount()) == (0, 0)
    with refused("MembershipNoBadge", number):
        membership.ownerOf.call(number)
    burned = ("Transfer", {"from": str(buyer), "to": ZERO, "tokenId": number})
    said = {"account": str(buyer), "number": 0, "amount": 10, "active": 0, "availableAt": tx.timestamp + NOTICE_S}
    assert_events(tx, [membership], votes(buyer, 10, 0), burned, ("UnlockRequested", said))
    join(buyer, 1)
    assert (membership.ownerOf(number), membership.memberCount(), membership.getVotes(buyer)) == (buyer, 1, 1)


def test_tokens_come_from_the_second_on_that_was_said_and_anyone_may_bring_them(
    membership, token, join, buyer, stranger
):
    join(buyer, 10)
    due = membership.requestUnlock(4, {"from": buyer}).timestamp + NOTICE_S
    jump_to(due - 1)
    with refused("MembershipTooEarly", due):
        membership.withdraw.call(buyer, 0, {"from": buyer})
    jump_to(due)
    tx = membership.withdraw(buyer, 0, {"from": stranger})
    assert (token.balanceOf(buyer), token.balanceOf(stranger), token.balanceOf(membership)) == (4, 0, 6)
    sent = ("Transfer", {"from": membership.address, "to": str(buyer), "value": 4})
    assert_events(tx, [membership, token], ("TokensWithdrawn", {"account": str(buyer), "number": 0, "amount": 4}), sent)
    with refused("MembershipNoUnlock", str(buyer), 0):
        membership.withdraw.call(buyer, 0, {"from": buyer})
    assert tuple(membership.unlockOf(buyer, 0)) == (0, 0)


def test_each_unlock_has_its_own_clock(membership, token, join, buyer):
    join(buyer, 10)
    first = membership.requestUnlock(3, {"from": buyer}).timestamp + NOTICE_S
    jump_to(first - 100)
    second = membership.requestUnlock(4, {"from": buyer}).timestamp + NOTICE_S
    assert membership.unlockCount(buyer) == 2
    jump_to(first)
    membership.withdraw(buyer, 0, {"from": buyer})
    with refused("MembershipTooEarly", second):
        membership.withdraw.call(buyer, 1, {"from": buyer})
    jump_to(second)
    membership.withdraw(buyer, 1, {"from": buyer})
    assert token.balanceOf(buyer) == 7


def test_unlock_is_taken_back_even_after_its_notice_and_counts_from_now(membership, join, buyer):
    join(buyer, 10)
    due = membership.requestUnlock(10, {"from": buyer}).timestamp + NOTICE_S
    jump_to(due + 1)
    tx = membership.cancelUnlock(0, {"from": buyer})
    number = membership.badgeOf(buyer)
    assert (membership.getVotes(buyer), membership.ownerOf(number), membership.memberCount()) == (10, buyer, 1)
    assert_events(
        tx,
        [membership],
        ("Transfer", {"from": ZERO, "to": str(buyer), "tokenId": number}),
        ("Locked", {"badge": number}),
        ("DelegateChanged", {"delegator": str(buyer), "fromDelegate": ZERO, "toDelegate": str(buyer)}),
        votes(buyer, 0, 10),
        ("UnlockCancelled", {"account": str(buyer), "number": 0, "amount": 10, "active": 10}),
    )
    for function, args in ((membership.cancelUnlock, (0,)), (membership.withdraw, (buyer, 0))):
        with refused("MembershipNoUnlock", str(buyer), 0):
            function.call(*args, {"from": buyer})


def test_nobody_takes_back_or_asks_for_what_is_not_his(membership, join, buyer, stranger):
    join(buyer, 10)
    membership.requestUnlock(4, {"from": buyer})
    with refused("MembershipNotLocked", str(stranger), 1, 0):
        membership.requestUnlock.call(1, {"from": stranger})
    with refused("MembershipNotLocked", str(buyer), 7, 6):
        membership.requestUnlock.call(7, {"from": buyer})
    with refused("MembershipNothing"):
        membership.requestUnlock.call(0, {"from": buyer})
    with refused("MembershipNoUnlock", str(stranger), 0):
        membership.cancelUnlock.call(0, {"from": stranger})
    for number in (1, 2**256 - 1):
        with refused("MembershipNoUnlock", str(buyer), number):
            membership.unlockOf.call(buyer, number)
        with refused("MembershipNoUnlock", str(buyer), number):
            membership.withdraw.call(buyer, number, {"from": buyer})
