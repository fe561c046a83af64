"""The libraries one by one: accounts there and back, and the share of any amount."""

import pytest
from brownie.test import given, strategy
from hypothesis import settings

from tests.helpers.accounts import community_account
from tests.helpers.splits import BPS, due_down, split_account

MOST = 2**256 - 1


@pytest.fixture(scope="module")
def lib(SplitParts, owner):
    return SplitParts.deploy({"from": owner})


@given(split_id=strategy("uint64"), version=strategy("uint32"))
@settings(max_examples=20)
def test_account_is_made_and_read_back_when_the_numbers_are_any(lib, split_id, version):
    account = lib.forVersion(split_id, version)
    assert account == split_account(split_id, version)
    assert lib.isSplit(account)
    assert not lib.isCommunity(account)
    assert lib.versionOf(account) == (split_id, version)


@pytest.mark.parametrize("number", [0, 1, 2**64 - 1])
def test_account_of_a_community_is_no_splits(lib, number):
    assert not lib.isSplit(community_account(number))


@pytest.mark.parametrize("bit", [96, 97, 128, 158, 159])
def test_account_is_no_splits_when_one_bit_of_the_mark_is_another(lib, bit):
    account = int(split_account(3, 4), 16) ^ (1 << bit)
    assert not lib.isSplit("0x" + account.to_bytes(20, "big").hex())


@given(received=strategy("uint256"), bps=strategy("uint16", min_value=1, max_value=BPS))
@settings(max_examples=40)
def test_share_is_rounded_down_once_when_the_amount_is_any(lib, received, bps):
    amounts = [received, received ^ 1, 0, 1, BPS - 1, BPS, MOST - 1, MOST]
    assert list(lib.duesDown(amounts, bps)) == [due_down(amount, bps) for amount in amounts]


@pytest.mark.anvil_only("a call of a hundred million gas; arithmetic is the same on any node")
@pytest.mark.parametrize("bps", [1, 2, 3, 3_333, 5_000, 6_667, 9_999, 10_000])
@pytest.mark.parametrize("quotient", [0, 1, MOST // BPS // BPS - 1])
def test_share_never_falls_and_never_exceeds_the_amount_when_every_rest_is_tried(lib, quotient, bps):
    expected = sum(due_down(quotient * BPS + rest, bps) for rest in range(BPS))
    assert lib.everyRest(quotient, bps) == expected


def test_shares_together_never_exceed_the_amount_in_any_small_world():
    """Every list of up to 4 shares of a whole of 12 parts, and every amount up to three wholes: what the contract computes is
    the floor of the exact part (tests above), so what holds for floors here holds there."""
    whole = 12
    for parts in lists_of(whole, 4):
        paid = [0] * len(parts)
        for received in range(3 * whole + 1):
            dues = [received * part // whole for part in parts]
            assert all(due >= before for due, before in zip(dues, paid, strict=True)), "what was due never falls"
            assert 0 <= received - sum(dues) <= len(parts) - 1, "the rest is less than one unit for each payee"
            if received % whole == 0:
                assert sum(dues) == received, "and comes in again with later income"
            paid = dues


def lists_of(whole: int, most: int) -> list[tuple[int, ...]]:
    """Give every list of 1 to `most` parts, none of them 0, that make the whole."""
    if most == 1:
        return [(whole,)]
    return [(whole,)] + [(first, *rest) for first in range(1, whole) for rest in lists_of(whole - first, most - 1)]
