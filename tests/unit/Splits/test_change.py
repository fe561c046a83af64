"""propose, approve and change: whose agreement a new version needs, and that nobody else's does."""

import pytest

from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.splits import MAX_PAYEES, change_to, hash_of
from tests.helpers.terms import ZERO
from tests.helpers.time import jump_to, now

NO_SIGNATURE = "0x"


@pytest.fixture
def split(make_split, seller, buyer, payer):
    """Give a split of three: half, three tenths, a fifth."""
    return make_split((seller, 5_000), (buyer, 3_000), (payer, 2_000))


def test_change_opens_the_next_version_when_the_one_who_gives_calls(splits, split, seller, buyer, payer):
    wanted = change_to((0, 4_000), (1, 4_000), (2, 2_000))
    assert splits.seatsToAgree(split, wanted.words()) == (0,)
    tx = splits.change(split, wanted.words(), [NO_SIGNATURE], {"from": seller})
    assert tx.return_value == splits.versionOf(split) == 2
    assert splits.sharesOf(split, 2) == (((0, 4_000, 0), (1, 4_000, 0), (2, 2_000, 0)), (seller, buyer, payer))
    assert splits.sharesOf(split, 1)[0] == ((0, 5_000, 0), (1, 3_000, 0), (2, 2_000, 0))
    opened = {"splitId": split, "version": 2, "sender": str(seller), "shares": wanted.words()[0], "newPayees": ()}
    assert_events(tx, [splits], ("SplitVersionOpened", {**opened, "shares": tuple(wanted.words()[0])}))


def test_new_payees_take_the_next_seats_when_a_change_names_them(splits, split, seller, stranger, arbiter):
    wanted = change_to((0, 1_000), (1, 3_000), (2, 2_000), (3, 3_999), (4, 1), new_payees=(stranger, arbiter))
    splits.change(split, wanted.words(), [NO_SIGNATURE], {"from": seller})
    assert (splits.payeeOf(split, 3), splits.payeeOf(split, 4)) == (stranger, arbiter)
    again = change_to((0, 1_000), (1, 3_000), (2, 2_000), (3, 3_999), (5, 1), new_payees=(seller,))
    splits.change(split, again.words(), [NO_SIGNATURE], {"from": arbiter})
    assert splits.sharesOf(split, 3)[1][-1] == seller
    assert splits.payeeOf(split, 4) == arbiter


@pytest.mark.parametrize(
    "parts, seats",
    [
        (((0, 5_000), (1, 2_999), (2, 2_001)), (1,)),
        (((0, 4_999), (1, 2_999), (2, 2_002)), (0, 1)),
        (((0, 10_000),), (1, 2)),
        (((1, 10_000),), (0, 2)),
        (((2, 10_000),), (0, 1)),
        (((0, 5_001), (2, 4_999)), (1,)),
    ],
    ids=["one falls", "two fall", "the first stays", "the second stays", "the last stays", "one goes"],
)
def test_each_payee_must_agree_when_its_share_falls_and_nobody_else(
    splits, split, seller, buyer, payer, stranger, parts, seats
):
    wanted = change_to(*parts)
    payees = (seller, buyer, payer)
    assert splits.seatsToAgree(split, wanted.words()) == seats
    changed = splits.hashOfChange(split, wanted.words())
    missing = list(seats)
    for seat in seats:
        with refused("SplitsNotSigned", missing[0], payees[missing[0]]):
            splits.change.call(split, wanted.words(), [NO_SIGNATURE] * len(seats), {"from": stranger})
        splits.approve(changed, True, {"from": payees[seat]})
        missing.remove(seat)
    splits.change(split, wanted.words(), [NO_SIGNATURE] * len(seats), {"from": stranger})
    assert splits.versionOf(split) == 2


def test_everybody_must_agree_when_only_new_payees_remain(splits, split, seller, buyer, payer, stranger):
    wanted = change_to((3, 10_000), new_payees=(stranger,))
    assert splits.seatsToAgree(split, wanted.words()) == (0, 1, 2)
    changed = splits.hashOfChange(split, wanted.words())
    for payee in (seller, buyer):
        splits.approve(changed, True, {"from": payee})
    with refused("SplitsNotSigned", 2, payer):
        splits.change.call(split, wanted.words(), [NO_SIGNATURE] * 3, {"from": stranger})
    splits.change(split, wanted.words(), [NO_SIGNATURE] * 3, {"from": payer})


@pytest.mark.parametrize("count", [0, 2])
def test_change_reverts_when_the_signatures_are_not_as_many_as_needed(splits, split, seller, count):
    wanted = change_to((0, 4_000), (1, 4_000), (2, 2_000))
    with refused("SplitsWrongSignatureCount", count, 1):
        splits.change.call(split, wanted.words(), [NO_SIGNATURE] * count, {"from": seller})


def test_change_reverts_when_nothing_changes(splits, split, seller):
    same = change_to((0, 5_000), (1, 3_000), (2, 2_000))
    with refused("SplitsNothingChanges", split):
        splits.change.call(split, same.words(), [], {"from": seller})


def test_change_reverts_when_there_is_no_such_split(splits, split, seller):
    wanted = change_to((0, 10_000))
    for unknown in (0, split + 1):
        with refused("SplitsUnknownVersion", unknown, 0):
            splits.change.call(unknown, wanted.words(), [], {"from": seller})


@pytest.mark.parametrize(
    "parts, new, error",
    [
        ((), 0, ("SplitsBadCount", 0, MAX_PAYEES)),
        (((0, 9_999),), 0, ("SplitsBadShares", 9_999)),
        (((0, 9_999), (1, 0)), 0, ("SplitsBadShares", 9_999)),
        (((1, 5_000), (0, 5_000)), 0, ("SplitsBadSeat", 1, 0)),
        (((0, 5_000), (3, 5_000)), 0, ("SplitsBadSeat", 1, 3)),
        (((0, 10_000),), 1, ("SplitsBadSeat", 1, 0)),
        (((0, 5_000), (4, 5_000)), 2, ("SplitsBadSeat", 2, 4)),
        (((0, 5_000), (3, 5_000, 2**40 - 1)), 1, ("SplitsLockTooLong", 2**40 - 1, ...)),
    ],
)
def test_change_reverts_when_the_list_is_none(splits, split, seller, arbiter, backup, parts, new, error):
    wanted = change_to(*parts, new_payees=(arbiter, backup)[:new])
    with refused(*error):
        splits.change.call(split, wanted.words(), [NO_SIGNATURE], {"from": seller})
    with refused(*error):
        splits.propose.call(split, 0, wanted.words(), {"from": seller})


def test_change_reverts_when_no_key_controls_a_new_payee(splits, split, seller):
    wanted = change_to((0, 4_000), (1, 3_000), (2, 2_000), (3, 1_000), new_payees=(ZERO,))
    with refused("SplitsBadPayee", ZERO):
        splits.change.call(split, wanted.words(), [NO_SIGNATURE], {"from": seller})


@pytest.mark.parametrize("late_s", [0, 1])
def test_change_can_be_made_until_its_deadline_and_not_a_second_later(splits, split, seller, late_s):
    deadline = now() + 1_000
    wanted = change_to((0, 4_000), (1, 4_000), (2, 2_000), deadline=deadline)
    jump_to(deadline + late_s)
    if late_s == 0:
        assert splits.change.call(split, wanted.words(), [NO_SIGNATURE], {"from": seller}) == 2
        return
    with refused("SplitsChangeExpired", deadline, ...):
        splits.change.call(split, wanted.words(), [NO_SIGNATURE], {"from": seller})


def test_propose_announces_the_whole_change_and_agrees_to_it(splits, split, seller, payer, stranger):
    wanted = change_to((0, 4_000), (1, 4_000), (2, 1_999), (3, 1), new_payees=(stranger,))
    tx = splits.propose(split, 0, wanted.words(), {"from": seller})
    changed = hash_of(splits, split, 2, wanted)
    assert str(tx.return_value) == changed
    proposed = {
        "splitId": split,
        "version": 2,
        "changeHash": changed,
        "proposer": str(seller),
        "change": (tuple(wanted.words()[0]), (str(stranger),), wanted.deadline),
    }
    agreed = {"changeHash": changed, "payee": str(seller), "approved": True}
    assert_events(tx, [splits], ("SplitChangeProposed", proposed), ("SplitChangeApproved", agreed))
    assert splits.isApproved(seller, changed)
    splits.change(split, wanted.words(), [NO_SIGNATURE] * 2, {"from": payer})
    assert splits.versionOf(split) == 2


@pytest.mark.parametrize("seat", [1, 3])
def test_propose_reverts_when_the_seat_is_not_the_callers(splits, split, seller, seat):
    wanted = change_to((0, 4_000), (1, 4_000), (2, 2_000))
    with refused("SplitsNotPayee", split, seat, seller):
        splits.propose.call(split, seat, wanted.words(), {"from": seller})


def test_approval_is_taken_back_when_the_payee_says_so(splits, split, seller, stranger):
    wanted = change_to((0, 4_000), (1, 4_000), (2, 2_000))
    changed = splits.hashOfChange(split, wanted.words())
    splits.approve(changed, True, {"from": seller})
    tx = splits.approve(changed, False, {"from": seller})
    assert_events(
        tx, [splits], ("SplitChangeApproved", {"changeHash": str(changed), "payee": str(seller), "approved": False})
    )
    with refused("SplitsNotSigned", 0, seller):
        splits.change.call(split, wanted.words(), [NO_SIGNATURE], {"from": stranger})


def test_approval_of_one_change_serves_no_other_and_not_twice(splits, split, seller, buyer, stranger):
    less, back = change_to((0, 4_000), (1, 4_000), (2, 2_000)), change_to((0, 5_000), (1, 3_000), (2, 2_000))
    splits.approve(splits.hashOfChange(split, less.words()), True, {"from": seller})
    much_less = change_to((0, 3_000), (1, 5_000), (2, 2_000))
    with refused("SplitsNotSigned", 0, seller):
        splits.change.call(split, much_less.words(), [NO_SIGNATURE], {"from": stranger})
    splits.change(split, less.words(), [NO_SIGNATURE], {"from": stranger})
    splits.change(split, back.words(), [NO_SIGNATURE], {"from": buyer})
    with refused("SplitsNotSigned", 0, seller):
        splits.change.call(split, less.words(), [NO_SIGNATURE], {"from": stranger})


# locks


@pytest.fixture
def locked(splits, split, seller, buyer):
    """Lock the seller's half, and give until when; version 2."""
    until = now() + 10_000
    wanted = change_to((0, 5_000, until), (1, 3_000), (2, 2_000))
    assert splits.seatsToAgree(split, wanted.words()) == (0,)
    with refused("SplitsNotSigned", 0, seller):
        splits.change.call(split, wanted.words(), [NO_SIGNATURE], {"from": buyer})
    splits.change(split, wanted.words(), [NO_SIGNATURE], {"from": seller})
    return until


@pytest.mark.parametrize(
    "seller_has",
    [lambda until: ((0, 4_999, until),), lambda _: ((0, 4_999),), lambda _: ()],
    ids=["falls", "falls and is freed", "goes"],
)
def test_locked_share_does_not_fall_even_when_its_payee_calls(splits, split, locked, seller, seller_has):
    his = seller_has(locked)
    wanted = change_to(*his, (1, 8_000 - sum(bps for _, bps, *_ in his)), (2, 2_000))
    with refused("SplitsShareLocked", 0, locked):
        splits.change.call(split, wanted.words(), [NO_SIGNATURE], {"from": seller})


@pytest.mark.parametrize("earlier_s", [1, 10_000])
def test_lock_is_not_shortened_while_it_holds(splits, split, locked, seller, buyer, earlier_s):
    wanted = change_to((0, 6_000, locked - earlier_s), (1, 2_000), (2, 2_000))
    with refused("SplitsShareLocked", 0, locked):
        splits.change.call(split, wanted.words(), [NO_SIGNATURE], {"from": buyer})


def test_locked_share_rises_and_others_change_when_the_lock_is_kept(splits, split, locked, buyer):
    wanted = change_to((0, 6_000, locked), (1, 2_000), (2, 2_000))
    splits.change(split, wanted.words(), [NO_SIGNATURE], {"from": buyer})
    assert splits.sharesOf(split, 3)[0][0] == (0, 6_000, locked)


def test_lock_is_lengthened_when_its_payee_agrees(splits, split, locked, seller, stranger):
    longer = change_to((0, 5_000, locked + 1), (1, 3_000), (2, 2_000))
    with refused("SplitsNotSigned", 0, seller):
        splits.change.call(split, longer.words(), [NO_SIGNATURE], {"from": stranger})
    splits.change(split, longer.words(), [NO_SIGNATURE], {"from": seller})


@pytest.mark.parametrize("after_s", [-1, 0, 1])
def test_share_falls_from_the_second_on_that_its_lock_names(splits, split, locked, seller, after_s):
    wanted = change_to((0, 4_000), (1, 4_000), (2, 2_000))
    jump_to(locked + after_s)
    if after_s < 0:
        with refused("SplitsShareLocked", 0, locked):
            splits.change.call(split, wanted.words(), [NO_SIGNATURE], {"from": seller})
        return
    assert splits.change.call(split, wanted.words(), [NO_SIGNATURE], {"from": seller}) == 3


def test_nothing_changes_when_a_lock_that_has_run_out_is_left_away(splits, split, locked, seller):
    jump_to(locked)
    wanted = change_to((0, 5_000), (1, 3_000), (2, 2_000))
    with refused("SplitsNothingChanges", split):
        splits.change.call(split, wanted.words(), [], {"from": seller})


def test_payee_gets_a_locked_share_without_being_asked_when_others_give_it(splits, split, seller, stranger):
    until = now() + 500
    wanted = change_to((0, 4_000), (1, 3_000), (2, 2_000), (3, 1_000, until), new_payees=(stranger,))
    splits.change(split, wanted.words(), [NO_SIGNATURE], {"from": seller})
    assert splits.sharesOf(split, 2)[0][3] == (3, 1_000, until)


# moving


def test_payee_moves_in_every_version_when_it_names_another_address(splits, split, seller, buyer, stranger):
    splits.change(split, change_to((0, 4_000), (1, 4_000), (2, 2_000)).words(), [NO_SIGNATURE], {"from": seller})
    tx = splits.movePayee(split, 0, stranger, {"from": seller})
    moved = {"splitId": split, "seat": 0, "from": str(seller), "to": str(stranger)}
    assert_events(tx, [splits], ("SplitPayeeMoved", moved))
    assert [splits.sharesOf(split, version)[1][0] for version in (1, 2)] == [stranger, stranger]
    with refused("SplitsNotPayee", split, 0, seller):
        splits.movePayee.call(split, 0, seller, {"from": seller})
    splits.movePayee(split, 0, seller, {"from": stranger})


@pytest.mark.parametrize("role", ["owner", "buyer", "stranger"])
def test_move_reverts_when_the_seat_is_anothers(splits, split, request, role):
    account = request.getfixturevalue(role)
    with refused("SplitsNotPayee", split, 0, account):
        splits.movePayee.call(split, 0, account, {"from": account})


def test_move_reverts_when_no_key_controls_the_new_address(splits, split, seller):
    for payee in (ZERO, splits.address, splits.accountOf(1, 1)):
        with refused("SplitsBadPayee", payee):
            splits.movePayee.call(split, 0, payee, {"from": seller})


def test_agreement_of_the_old_address_no_longer_counts_when_the_payee_has_moved(splits, split, seller, stranger):
    wanted = change_to((0, 4_000), (1, 4_000), (2, 2_000))
    splits.approve(splits.hashOfChange(split, wanted.words()), True, {"from": seller})
    splits.movePayee(split, 0, stranger, {"from": seller})
    with refused("SplitsNotSigned", 0, stranger):
        splits.change.call(split, wanted.words(), [NO_SIGNATURE], {"from": seller})
    assert splits.change.call(split, wanted.words(), [NO_SIGNATURE], {"from": stranger}) == 2


def test_two_seats_have_one_payee_when_it_moves_to_anothers_address(splits, split, seller, buyer):
    splits.movePayee(split, 0, buyer, {"from": seller})
    wanted = change_to((0, 4_000), (1, 2_000), (2, 4_000))
    splits.change(split, wanted.words(), [NO_SIGNATURE] * 2, {"from": buyer})
    assert splits.sharesOf(split, 2)[1][:2] == (buyer, buyer)
