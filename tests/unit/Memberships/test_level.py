"""levelOf: 0 for who is no member, 1 for a member, and one more for each tier."""

import pytest

from tests.helpers.reverts import refused

TIERS = (100, 1_000)


@pytest.mark.parametrize("locked, level", [(0, 0), (1, 1), (99, 1), (100, 2), (999, 2), (1_000, 3), (10**6, 3)])
def test_level_follows_what_is_locked(memberships, membership, community_id, join, steward, buyer, locked, level):
    membership.setTiers(TIERS, {"from": steward})
    if locked:
        join(buyer, locked)
    assert memberships.levelOf(community_id, buyer) == level


def test_level_ends_with_the_request_to_unlock(memberships, membership, community_id, join, buyer):
    join(buyer, 5)
    membership.requestUnlock(5, {"from": buyer})
    assert memberships.levelOf(community_id, buyer) == 0


def test_highest_level_is_that_of_the_last_of_all_tiers(memberships, membership, community_id, join, steward, buyer):
    membership.setTiers(tuple(range(1, membership.MAX_TIERS() + 1)), {"from": steward})
    join(buyer, 100)
    assert memberships.levelOf(community_id, buyer) == memberships.MAX_LEVEL() == 9


def test_nobody_has_a_level_when_no_membership_is_open(memberships, open_community, steward):
    closed, _ = open_community()
    assert memberships.levelOf(closed, steward) == 0


def test_level_is_that_of_the_community_asked_about(
    memberships, open_community, open_membership, join, buyer, community_id
):
    other, _ = open_community()
    open_membership(other)
    join(buyer, 5)
    assert memberships.levelOf(community_id, buyer) == 1
    assert memberships.levelOf(other, buyer) == 0


def test_level_is_unknown_when_there_is_no_such_community(memberships, stranger):
    with refused("MembershipsUnknownCommunity", 999):
        memberships.levelOf(999, stranger)
