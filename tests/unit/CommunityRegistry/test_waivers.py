"""setWaivers: part of a commission is not taken where a sale is in the community's token or a member's; less of it needs notice."""

import pytest

from tests.fixtures.market import COMMUNITY_FEE_BPS, PLATFORM_FEE_BPS
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.terms import DAY
from tests.helpers.time import jump_to

NOTICE = 7 * DAY


@pytest.fixture
def waived(registry, community_id, steward):
    """Waive half for the token, and a fifth for members."""
    return registry.setWaivers(community_id, 50, 20, {"from": steward})


def rates(registry, community_id) -> tuple:
    return tuple(registry.ratesOf(community_id))


@pytest.mark.parametrize("waivers", [(0, 0), (1, 0), (0, 1), (100, 100)])
def test_waivers_hold_at_once_when_none_gets_less(registry, community_id, steward, waivers):
    tx = registry.setWaivers(community_id, *waivers, {"from": steward})
    assert rates(registry, community_id) == (PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS, *waivers)
    assert tuple(registry.officeOf(community_id)) == (steward, COMMUNITY_FEE_BPS, *waivers, 0, 0, 0, 0)
    said = dict(zip(("tokenWaiver", "memberWaiver"), waivers, strict=True))
    assert_events(tx, [registry], ("WaiversSet", {"id": community_id, **said}))


@pytest.mark.parametrize("waivers", [(49, 20), (50, 19), (100, 19), (0, 100), (0, 0)])
@pytest.mark.parametrize("offset, due", [(-1, False), (0, True), (1, True)])
def test_waivers_wait_out_the_notice_when_one_gets_less(registry, community_id, steward, waived, waivers, offset, due):
    tx = registry.setWaivers(community_id, *waivers, {"from": steward})
    raise_at = tx.timestamp + NOTICE
    said = dict(zip(("tokenWaiver", "memberWaiver"), waivers, strict=True))
    assert_events(tx, [registry], ("WaiverCutAnnounced", {"id": community_id, **said, "raiseAt": raise_at}))
    waiting = (COMMUNITY_FEE_BPS, *waivers, raise_at)
    assert tuple(registry.officeOf(community_id)) == (steward, COMMUNITY_FEE_BPS, 50, 20, *waiting)
    jump_to(raise_at + offset)
    assert rates(registry, community_id)[2:] == (waivers if due else (50, 20))
    assert rates(registry, community_id)[1] == COMMUNITY_FEE_BPS


def test_commission_keeps_its_waivers_when_it_changes(registry, community_id, steward, waived):
    registry.setFeeBps(community_id, COMMUNITY_FEE_BPS - 1, {"from": steward})
    assert rates(registry, community_id)[1:] == (COMMUNITY_FEE_BPS - 1, 50, 20)
    tx = registry.setFeeBps(community_id, COMMUNITY_FEE_BPS + 9, {"from": steward})
    assert rates(registry, community_id)[1:] == (COMMUNITY_FEE_BPS - 1, 50, 20)
    jump_to(tx.timestamp + NOTICE)
    assert rates(registry, community_id)[1:] == (COMMUNITY_FEE_BPS + 9, 50, 20)
    registry.setWaivers(community_id, 60, 20, {"from": steward})
    assert rates(registry, community_id)[1:] == (COMMUNITY_FEE_BPS + 9, 60, 20)


def test_one_raise_waits_at_a_time_whichever_it_is(registry, community_id, steward, waived):
    first = registry.setFeeBps(community_id, COMMUNITY_FEE_BPS + 9, {"from": steward})
    jump_to(first.timestamp + 10)
    second = registry.setWaivers(community_id, 0, 0, {"from": steward})
    jump_to(first.timestamp + NOTICE)
    assert rates(registry, community_id)[1:] == (COMMUNITY_FEE_BPS, 50, 20)
    jump_to(second.timestamp + NOTICE)
    assert rates(registry, community_id)[1:] == (COMMUNITY_FEE_BPS, 0, 0)


def test_more_waived_drops_what_waits(registry, community_id, steward, waived):
    tx = registry.setFeeBps(community_id, COMMUNITY_FEE_BPS + 9, {"from": steward})
    registry.setWaivers(community_id, 50, 21, {"from": steward})
    jump_to(tx.timestamp + NOTICE)
    assert rates(registry, community_id)[1:] == (COMMUNITY_FEE_BPS, 50, 21)


def test_waivers_that_came_due_are_those_to_compare_with(registry, community_id, steward, waived):
    tx = registry.setWaivers(community_id, 10, 10, {"from": steward})
    jump_to(tx.timestamp + NOTICE)
    assert "WaiversSet" in registry.setWaivers(community_id, 11, 10, {"from": steward}).events
    assert rates(registry, community_id)[2:] == (11, 10)


@pytest.mark.parametrize("waivers", [(101, 0), (0, 101), (255, 255)])
def test_no_more_than_all_of_a_commission_is_waived(registry, community_id, steward, waivers):
    with refused("RegistryBadWaiver", *waivers, 100):
        registry.setWaivers.call(community_id, *waivers, {"from": steward})


@pytest.mark.parametrize("waivers", [(1, 0), (0, 1)])
def test_platform_has_nothing_to_waive(registry, owner, waivers):
    registry.setWaivers.call(0, 0, 0, {"from": owner})
    with refused("RegistryBadWaiver", *waivers, 0):
        registry.setWaivers.call(0, *waivers, {"from": owner})


@pytest.mark.parametrize("role", ["owner", "seller", "stranger"])
def test_waivers_stay_when_the_caller_is_not_the_steward(registry, community_id, request, role):
    sender = request.getfixturevalue(role)
    with refused("RegistryNotSteward", community_id, sender):
        registry.setWaivers.call(community_id, 100, 100, {"from": sender})


@pytest.mark.parametrize("number", [0, 1_000])
def test_rates_are_unknown_when_there_is_no_such_market(registry, number):
    with refused("RegistryUnknownCommunity", number):
        registry.ratesOf(number)
