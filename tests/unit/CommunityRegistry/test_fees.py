"""setFeeBps and feesOf: a raise waits for seven days, a lower rate holds at once, and hard caps stand above both."""

import pytest

from tests.fixtures.market import COMMUNITY_FEE_BPS, PLATFORM_FEE_BPS
from tests.helpers.deal import State
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.terms import DAY
from tests.helpers.time import jump_to

NOTICE = 7 * DAY


@pytest.fixture
def raised(registry, community_id, steward):
    """Announce a raise by 100 basis points and give its time."""
    tx = registry.setFeeBps(community_id, COMMUNITY_FEE_BPS + 100, {"from": steward})
    return tx.timestamp + NOTICE


def office(registry, community_id):
    found = registry.officeOf(community_id).dict()
    return tuple(found[name] for name in ("steward", "feeBps", "raisedFeeBps", "raiseAt"))


def fee(registry, community_id):
    return registry.feesOf(community_id)[1]


def test_raise_is_announced_and_changes_nothing_yet_when_the_steward_wants_more(registry, community_id, steward):
    new = COMMUNITY_FEE_BPS + 1
    tx = registry.setFeeBps(community_id, new, {"from": steward})
    raise_at = tx.timestamp + NOTICE
    assert office(registry, community_id) == (steward, COMMUNITY_FEE_BPS, new, raise_at)
    assert tuple(registry.feesOf(community_id)) == (PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)
    assert_events(tx, [registry], ("FeeRaiseAnnounced", {"id": community_id, "feeBps": new, "raiseAt": raise_at}))


@pytest.mark.parametrize("offset, by", [(-1, 0), (0, 100), (1, 100)])
def test_raise_holds_from_the_second_it_was_announced_for(registry, community_id, raised, offset, by):
    jump_to(raised + offset)
    assert fee(registry, community_id) == COMMUNITY_FEE_BPS + by


@pytest.mark.parametrize("new", [0, 1, COMMUNITY_FEE_BPS - 1, COMMUNITY_FEE_BPS])
def test_lower_or_equal_rate_holds_at_once_and_drops_the_raise(registry, community_id, steward, raised, new):
    tx = registry.setFeeBps(community_id, new, {"from": steward})
    assert office(registry, community_id) == (steward, new, 0, 0)
    assert_events(tx, [registry], ("FeeSet", {"id": community_id, "feeBps": new}))
    jump_to(raised + 1)
    assert fee(registry, community_id) == new


def test_second_raise_replaces_the_first_and_waits_its_own_notice(registry, community_id, steward, raised):
    jump_to(raised - 10)
    tx = registry.setFeeBps(community_id, COMMUNITY_FEE_BPS + 50, {"from": steward})
    jump_to(raised + 10)
    assert fee(registry, community_id) == COMMUNITY_FEE_BPS
    jump_to(tx.timestamp + NOTICE)
    assert fee(registry, community_id) == COMMUNITY_FEE_BPS + 50


def test_raise_that_came_due_is_the_rate_to_compare_with_when_another_is_set(registry, community_id, steward, raised):
    jump_to(raised)
    tx = registry.setFeeBps(community_id, COMMUNITY_FEE_BPS + 99, {"from": steward})
    assert office(registry, community_id) == (steward, COMMUNITY_FEE_BPS + 99, 0, 0)
    assert tx.events["FeeSet"]["feeBps"] == COMMUNITY_FEE_BPS + 99


def test_raise_on_a_raise_that_came_due_waits_its_notice_too(registry, community_id, steward, raised):
    jump_to(raised)
    tx = registry.setFeeBps(community_id, COMMUNITY_FEE_BPS + 200, {"from": steward})
    assert fee(registry, community_id) == COMMUNITY_FEE_BPS + 100
    jump_to(tx.timestamp + NOTICE)
    assert fee(registry, community_id) == COMMUNITY_FEE_BPS + 200


@pytest.mark.parametrize("whose, largest", [("community", 2_000), ("platform", 500)])
def test_commission_is_never_above_its_maximum(registry, community_id, steward, owner, whose, largest):
    number, sender = (0, owner) if whose == "platform" else (community_id, steward)
    registry.setFeeBps.call(number, largest, {"from": sender})
    with refused("RegistryFeeTooHigh", largest + 1, largest):
        registry.setFeeBps.call(number, largest + 1, {"from": sender})


@pytest.mark.parametrize("role", ["owner", "seller", "stranger"])
def test_commission_stays_when_the_caller_is_not_the_steward(registry, community_id, request, role):
    sender = request.getfixturevalue(role)
    with refused("RegistryNotSteward", community_id, sender):
        registry.setFeeBps.call(community_id, 0, {"from": sender})


def test_platforms_commission_stays_when_a_communitys_steward_calls(registry, steward):
    with refused("RegistryNotSteward", 0, steward):
        registry.setFeeBps.call(0, 0, {"from": steward})


def test_platforms_raise_waits_too(registry, community_id, owner):
    tx = registry.setFeeBps(0, 500, {"from": owner})
    assert tuple(registry.feesOf(community_id)) == (PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)
    jump_to(tx.timestamp + NOTICE)
    assert tuple(registry.feesOf(community_id)) == (500, COMMUNITY_FEE_BPS)


@pytest.mark.parametrize("offset", [1, 1_000])
def test_fees_are_unknown_when_the_community_is_not_open(registry, community_id, offset):
    with refused("RegistryUnknownCommunity", community_id + offset):
        registry.feesOf(community_id + offset)


def test_fees_are_unknown_when_the_platform_is_taken_for_a_community(registry):
    with refused("RegistryUnknownCommunity", 0):
        registry.feesOf(0)


def test_raise_touches_new_orders_only_when_it_comes_due(registry, community_id, raised, make_deal, list_terms):
    old = make_deal(State.FUNDED)
    jump_to(raised)
    new = make_deal(State.FUNDED)
    assert old.order.community_fee_bps == COMMUNITY_FEE_BPS
    assert new.order.community_fee_bps == COMMUNITY_FEE_BPS + 100
