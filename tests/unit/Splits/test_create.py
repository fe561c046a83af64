"""create: what a split must be, and how it stands from then on."""

import pytest

from tests.helpers.accounts import community_account
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.splits import MAX_LOCK_S, MAX_PAYEES, Share, shares_of, split_account
from tests.helpers.terms import ZERO
from tests.helpers.time import now


def words(*shares: Share) -> list[tuple]:
    return [share.words() for share in shares]


def test_create_opens_the_first_version_when_the_shares_are_whole(splits, seller, buyer, stranger):
    locked = Share(1, 2_500, now() + 1_000)
    shares = words(Share(0, 7_500), locked)
    tx = splits.create([seller, buyer], shares, {"from": stranger})
    assert tx.return_value == splits.splitCount() == 1
    assert splits.versionOf(1) == 1
    assert splits.sharesOf(1, 1) == (tuple(shares), (str(seller), str(buyer)))
    assert (splits.payeeOf(1, 0), splits.payeeOf(1, 1), splits.payeeOf(1, 2)) == (str(seller), str(buyer), ZERO)
    opened = {
        "splitId": 1,
        "version": 1,
        "sender": str(stranger),
        "shares": tuple(shares),
        "newPayees": (str(seller), str(buyer)),
    }
    assert_events(tx, [splits], ("SplitVersionOpened", opened))


def test_splits_are_counted_when_several_are_made(splits, make_split, seller, buyer):
    assert [make_split((seller, 10_000)), make_split((buyer, 1), (seller, 9_999))] == [1, 2]
    assert splits.payeeOf(1, 0) == str(seller)
    assert splits.payeeOf(2, 0) == str(buyer)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 31, MAX_PAYEES])
def test_every_share_is_read_back_when_there_are_that_many_payees(splits, accounts, owner, count):
    payees = ["0x" + f"{number:040x}" for number in range(1, count + 1)]
    shares = words(*shares_of(*([1] * (count - 1)), 10_000 - count + 1))
    splits.create(payees, shares, {"from": owner})
    found, who = splits.sharesOf(1, 1)
    assert found == tuple(shares)
    assert [payee.lower() for payee in who] == payees


def test_create_reverts_when_there_are_too_many_payees(splits, owner):
    payees = ["0x" + f"{number:040x}" for number in range(1, MAX_PAYEES + 2)]
    shares = words(*shares_of(*([1] * MAX_PAYEES), 10_000 - MAX_PAYEES))
    with refused("SplitsBadCount", MAX_PAYEES + 1, MAX_PAYEES):
        splits.create.call(payees, shares, {"from": owner})


def test_create_reverts_when_there_is_no_payee(splits, owner):
    with refused("SplitsBadCount", 0, MAX_PAYEES):
        splits.create.call([], [], {"from": owner})


@pytest.mark.parametrize("bps, made", [((10_000, 1), 10_001), ((5_000, 4_999), 9_999), ((65_535, 1), 65_536)])
def test_create_reverts_when_the_shares_are_not_whole(splits, seller, buyer, owner, bps, made):
    with refused("SplitsBadShares", made):
        splits.create.call([seller, buyer], words(*shares_of(*bps)), {"from": owner})


def test_create_reverts_when_a_share_is_nothing(splits, seller, buyer, owner):
    with refused("SplitsBadShares", 10_000):
        splits.create.call([seller, buyer], words(*shares_of(10_000, 0)), {"from": owner})


@pytest.mark.parametrize(
    "seats, place, seat",
    [((1, 0), 1, 0), ((0, 0), 1, 0), ((0, 2), 1, 2), ((0, 65_535), 1, 65_535)],
    ids=["descending", "twice", "beyond the payees", "the last number"],
)
def test_create_reverts_when_the_seats_are_not_in_order(splits, seller, buyer, owner, seats, place, seat):
    shares = words(*(Share(number, 5_000) for number in seats))
    with refused("SplitsBadSeat", place, seat):
        splits.create.call([seller, buyer], shares, {"from": owner})


def test_create_reverts_when_a_payee_has_no_share(splits, seller, buyer, payer, owner):
    with refused("SplitsBadSeat", 2, 2):
        splits.create.call([seller, buyer, payer], words(Share(0, 5_000), Share(2, 5_000)), {"from": owner})
    with refused("SplitsBadSeat", 1, 0):
        splits.create.call([seller, buyer], words(Share(0, 10_000)), {"from": owner})


@pytest.mark.parametrize("who", ["nobody", "Splits itself", "a community", "a version of a split"])
def test_create_reverts_when_no_key_controls_a_payee(splits, seller, owner, who):
    payee = {
        "nobody": ZERO,
        "Splits itself": splits.address,
        "a community": community_account(7),
        "a version of a split": split_account(1, 1),
    }[who]
    with refused("SplitsBadPayee", payee):
        splits.create.call([seller, payee], words(*shares_of(5_000, 5_000)), {"from": owner})


def test_share_may_be_locked_for_the_longest_time_and_not_a_second_longer(splits, seller, owner):
    latest = now() + MAX_LOCK_S
    assert splits.MAX_LOCK() == MAX_LOCK_S
    assert splits.create.call([seller], words(Share(0, 10_000, latest)), {"from": owner}) == 1
    with refused("SplitsLockTooLong", latest + 1_000, ...):
        splits.create.call([seller], words(Share(0, 10_000, latest + 1_000)), {"from": owner})


@pytest.mark.parametrize("split_id, version", [(0, 0), (0, 1), (1, 0), (1, 2), (2, 1), (2**64 - 1, 2**32 - 1)])
def test_version_does_not_exist_when_it_was_not_opened(splits, make_split, seller, split_id, version):
    make_split((seller, 10_000))
    assert splits.isVersion(1, 1) is True
    assert splits.isVersion(split_id, version) is False
    with refused("SplitsUnknownVersion", split_id, version):
        splits.sharesOf(split_id, version)


def test_account_of_a_version_is_the_one_derived_from_its_numbers(splits):
    for split_id, version in ((0, 0), (1, 1), (12, 34), (2**64 - 1, 2**32 - 1)):
        assert splits.accountOf(split_id, version) == split_account(split_id, version)
