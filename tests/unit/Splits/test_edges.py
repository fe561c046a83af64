"""The last second, the last place and the smallest share: where a split's rules end, to the unit."""

import pytest

from tests.helpers.reverts import refused
from tests.helpers.splits import BPS, MAX_LOCK_S, MAX_PAYEES, Share, change_to
from tests.helpers.terms import ZERO
from tests.helpers.time import jump_to, now


def create(splits, sender, payees, shares):
    return splits.create.call([str(payee) for payee in payees], [share.words() for share in shares], {"from": sender})


def many(count: int) -> list[Share]:
    return [Share(seat, BPS - count + 1 if seat == 0 else 1) for seat in range(count)]


def test_split_takes_as_many_payees_as_it_says_and_pays_the_last_of_them(splits, ledger, owner, accounts):
    payees = [accounts[seat % 10] for seat in range(MAX_PAYEES)]
    event = splits.create(payees, [share.words() for share in many(MAX_PAYEES)], {"from": owner}).events
    split = event["SplitVersionOpened"]["splitId"]
    ledger.credit(splits.accountOf(split, 1), ZERO, BPS, {"from": owner, "value": BPS})
    splits.collect(ledger, ZERO, split, 1, {"from": owner})
    last = MAX_PAYEES - 1
    assert splits.claimableOf(split, 1, last, ZERO) == 1
    splits.claim(split, 1, last, ZERO, payees[last], {"from": owner})
    assert splits.claimedOf(split, 1, last, ZERO) == 1
    with refused("SplitsBadCount", MAX_PAYEES + 1, MAX_PAYEES):
        create(splits, owner, [owner] * (MAX_PAYEES + 1), many(MAX_PAYEES + 1))
    with refused("SplitsNoPayeeAt", split, 1, MAX_PAYEES):
        splits.claimableOf.call(split, 1, MAX_PAYEES, ZERO)


@pytest.mark.parametrize("beyond", [0, 1])
def test_share_is_locked_for_ten_years_and_not_a_second_longer(splits, owner, seller, beyond):
    latest = now() + MAX_LOCK_S
    locked = [Share(0, BPS, latest + beyond)]
    if not beyond:
        assert create(splits, owner, [seller], locked)
        return
    with refused("SplitsLockTooLong", latest + 1, latest):
        create(splits, owner, [seller], locked)


def test_payee_with_the_smallest_share_must_agree_when_it_goes(splits, make_split, seller, buyer):
    split = make_split((seller, BPS - 1), (buyer, 1))
    assert tuple(splits.seatsToAgree(split, change_to((0, BPS)).words())) == (1,)


def test_lock_that_is_over_already_needs_nobodys_word(splits, make_split, seller, buyer):
    split = make_split((seller, 5_000), (buyer, 5_000))
    for until, seats in ((now() + 1, (0, 1)), (now(), (1,)), (now() - 1, (1,))):
        wanted = change_to((0, 5_001, until), (1, 4_999))
        assert tuple(splits.seatsToAgree(split, wanted.words())) == seats


@pytest.mark.parametrize("late", [0, 1])
def test_change_can_be_made_in_the_second_of_its_deadline_and_no_later(splits, make_split, seller, buyer, late):
    split = make_split((seller, 5_000), (buyer, 5_000))
    deadline = now() + 50
    wanted = change_to((0, 4_000), (1, 6_000), deadline=deadline)
    jump_to(deadline + late)
    if not late:
        assert tuple(splits.seatsToAgree(split, wanted.words())) == (0,)
        return
    with refused("SplitsChangeExpired", deadline, deadline + 1):
        splits.seatsToAgree.call(split, wanted.words())


def test_nobody_the_split_itself_and_a_communitys_account_are_no_payees(splits, registry, make_split, owner, seller):
    split = make_split((seller, BPS))
    for payee in (ZERO, splits.address, registry.accountOf(1)):
        with refused("SplitsBadPayee", payee):
            create(splits, owner, [payee], [Share(0, BPS)])
        with refused("SplitsBadPayee", payee):
            splits.movePayee.call(split, 0, payee, {"from": seller})
