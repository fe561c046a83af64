"""open: each community has at most one membership, at an address that is known beforehand."""

from tests.helpers.events import assert_events
from tests.helpers.reverts import refused


def test_membership_is_opened_by_anyone_at_the_address_that_was_told(
    memberships, Membership, community_id, token, stranger
):
    told = memberships.membershipOf(community_id)
    assert memberships.isOpen(community_id) is False
    tx = memberships.open(community_id, {"from": stranger})
    assert tx.return_value == told == memberships.membershipOf(community_id)
    assert memberships.isOpen(community_id) is True
    assert_events(
        tx, [memberships], ("MembershipOpened", {"id": community_id, "membership": told, "token": token.address})
    )
    opened = Membership.at(told)
    assert (opened.communityId(), opened.token(), opened.memberCount(), opened.totalActive()) == (
        community_id, token.address, 0, 0,
    )  # fmt: skip
    with refused("MembershipsOpenAlready", community_id):
        memberships.open.call(community_id, {"from": stranger})


def test_each_community_has_its_own(memberships, open_community, community_id):
    assert memberships.membershipOf(community_id) != memberships.membershipOf(open_community()[0])


def test_nothing_is_opened_for_a_community_that_is_not_there(memberships, registry, stranger):
    for unknown in (0, registry.communityCount() + 1, 2**64 - 1):
        for function in (memberships.open, memberships.membershipOf, memberships.isOpen):
            with refused("MembershipsUnknownCommunity", unknown):
                function.call(unknown, {"from": stranger})


def test_implementation_belongs_to_no_community(memberships, Membership, buyer, steward):
    bare = Membership.at(memberships.MEMBERSHIP_IMPLEMENTATION())
    calls = [(bare.communityId, ()), (bare.token, ()), (bare.lock, (1,)), (bare.setTiers, ([1],))]
    for function, args in calls:
        with refused("MembershipIsImplementation"):
            function.call(*args, {"from": buyer})
