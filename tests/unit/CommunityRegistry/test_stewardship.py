"""offerStewardship and acceptStewardship: an office moves in two steps, so that it cannot get lost by a typing error."""

import pytest

from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO


@pytest.fixture(params=["community", "platform"])
def office(request, community_id, steward, owner):
    """Give an office and its steward: the platform's moves like any other."""
    return (community_id, steward) if request.param == "community" else (0, owner)


def test_nothing_moves_when_stewardship_is_only_offered(registry, office, stranger):
    number, holder = office
    tx = registry.offerStewardship(number, stranger, {"from": holder})
    assert registry.stewardOf(number) == holder
    assert registry.pendingStewardOf(number) == stranger
    expected = {"id": number, "from": str(holder), "to": str(stranger)}
    assert_events(tx, [registry], ("StewardshipOffered", expected))


def test_stewardship_moves_when_it_is_accepted(registry, office, stranger):
    number, holder = office
    before = tuple(registry.officeOf(number))
    registry.offerStewardship(number, stranger, {"from": holder})
    tx = registry.acceptStewardship(number, {"from": stranger})
    assert tuple(registry.officeOf(number)) == (stranger, *before[1:])
    assert registry.pendingStewardOf(number) == ZERO
    expected = {"id": number, "from": str(holder), "to": str(stranger)}
    assert_events(tx, [registry], ("StewardshipMoved", expected))
    with refused("RegistryNotSteward", number, holder):
        registry.setFeeBps.call(number, 0, {"from": holder})


def test_waiting_raise_stays_when_stewardship_moves(registry, community_id, steward, stranger):
    registry.setFeeBps(community_id, 1_000, {"from": steward})
    before = tuple(registry.officeOf(community_id))
    registry.offerStewardship(community_id, stranger, {"from": steward})
    registry.acceptStewardship(community_id, {"from": stranger})
    assert tuple(registry.officeOf(community_id)) == (stranger, *before[1:])


def test_offer_is_gone_when_it_is_withdrawn_or_made_to_another(registry, office, stranger, seller):
    number, holder = office
    registry.offerStewardship(number, stranger, {"from": holder})
    registry.offerStewardship(number, seller, {"from": holder})
    with refused("RegistryNotPendingSteward", number, stranger):
        registry.acceptStewardship.call(number, {"from": stranger})
    registry.offerStewardship(number, ZERO, {"from": holder})
    with refused("RegistryNotPendingSteward", number, seller):
        registry.acceptStewardship.call(number, {"from": seller})


def test_offer_cannot_be_accepted_twice(registry, office, stranger):
    number, holder = office
    registry.offerStewardship(number, stranger, {"from": holder})
    registry.acceptStewardship(number, {"from": stranger})
    with refused("RegistryNotPendingSteward", number, stranger):
        registry.acceptStewardship.call(number, {"from": stranger})


def test_offer_is_refused_when_the_caller_is_not_the_steward(registry, office, stranger):
    with refused("RegistryNotSteward", office[0], stranger):
        registry.offerStewardship.call(office[0], stranger, {"from": stranger})


@pytest.mark.parametrize("call, arguments", [("offerStewardship", (ZERO,)), ("acceptStewardship", ())])
def test_office_of_no_community_is_nobodys(registry, community_id, stranger, call, arguments):
    error = {"offerStewardship": "RegistryNotSteward", "acceptStewardship": "RegistryNotPendingSteward"}[call]
    with refused(error, community_id + 1, stranger):
        getattr(registry, call).call(community_id + 1, *arguments, {"from": stranger})
