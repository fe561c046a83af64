"""openCommunity: anybody founds a community and gets its stewardship and a token."""

import pytest

from tests.fixtures.market import CAP_UNITS, COMMUNITY_FEE_BPS, community_params
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.terms import DAY, ZERO

YEAR = 365 * DAY
MAX112 = 2**112 - 1


def number(value: int) -> str:
    """Give an address that is a small number."""
    return f"0x{value:040x}"


def ask(registry, sender, **changes):
    return registry.openCommunity.call(community_params(**changes), {"from": sender})


def test_community_and_token_exist_when_a_founder_opens_one(registry, stranger, CommunityToken):
    count = registry.communityCount()
    params = community_params()
    tx = registry.openCommunity(params, {"from": stranger})
    community_id, token = tx.return_value
    assert community_id == registry.communityCount() == count + 1
    assert registry.tokenOf(community_id) == token
    assert registry.stewardOf(community_id) == stranger
    assert tuple(registry.officeOf(community_id)) == (stranger, COMMUNITY_FEE_BPS, 0, 0, 0, 0, 0, 0)
    expected = {"id": community_id, "steward": str(stranger), "token": token, "params": params}
    assert_events(tx, [registry], ("CommunityOpened", expected))
    clone = CommunityToken.at(token)
    assert clone.communityId() == community_id
    assert (clone.name(), clone.symbol(), clone.decimals()) == ("도깨비 시장", "DKB", 18)
    assert clone.cap() == CAP_UNITS
    assert clone.founder() == stranger
    assert clone.totalSupply() == 0
    assert clone.contractURI() == "https://market.example/content/0x01"


def test_every_community_has_its_own_id_and_token_when_two_are_opened(open_community):
    first, second = open_community(), open_community()
    assert second[0] == first[0] + 1
    assert second[1].address != first[1].address


@pytest.mark.parametrize(
    "name, at_most",
    [
        ("name", "도" * 21 + "x"),  # 64 bytes: three for each syllable
        ("symbol", "도깨비ab"),  # 11 bytes
        ("metadata_uri", "깨" * 85 + "x"),  # 256 bytes
    ],
)
def test_text_is_measured_in_bytes_when_it_is_korean(registry, stranger, name, at_most):
    assert ask(registry, stranger, **{name: at_most})
    length = len(at_most.encode())
    label = {"metadata_uri": "metadataURI"}.get(name, name)
    with refused("RegistryBadLength", label, length + 1, length):
        ask(registry, stranger, **{name: at_most + "x"})


@pytest.mark.parametrize("name, largest", [("name", 64), ("symbol", 11)])
def test_text_is_refused_when_it_is_empty(registry, stranger, name, largest):
    with refused("RegistryBadLength", name, 0, largest):
        ask(registry, stranger, **{name: ""})


def test_community_needs_no_description_when_it_is_opened(open_community):
    assert open_community(metadata_uri="")[1].contractURI() == ""


@pytest.mark.parametrize("cap, founder", [(1, 0), (1, 1), (MAX112, 0), (MAX112, MAX112)])
def test_cap_is_taken_when_the_founders_part_fits_in(registry, stranger, cap, founder):
    assert ask(registry, stranger, cap=cap, founder_allocation=founder)


@pytest.mark.parametrize("cap, founder", [(0, 0), (0, 1), (1, 2), (MAX112 - 1, MAX112)])
def test_cap_is_refused_when_it_is_nothing_or_less_than_the_founders_part(registry, stranger, cap, founder):
    with refused("RegistryBadCap", cap, founder):
        ask(registry, stranger, cap=cap, founder_allocation=founder)


@pytest.mark.parametrize(
    "parts, works",
    [((1, 1, 1), True), ((MAX112, 0, 0), False), ((2, 1, 1), False), ((1, 2, 1), False), ((1, 1, 2), False)],
)
def test_cap_holds_all_that_is_reserved_when_a_community_opens(registry, stranger, parts, works):
    founder, claims, curve = parts
    changes = {"cap": 3, "founder_allocation": founder, "claim_allocation": claims, "curve_allocation": curve}
    named = {
        name: number(place)
        for place, name in enumerate(("claims", "curve"), 1)
        if changes[f"{name.rstrip('s')}_allocation"]
    }
    if works:
        assert ask(registry, stranger, **changes, **named)
        return
    with refused("RegistryBadCap", 3, sum(parts)):
        ask(registry, stranger, **changes, **named)


@pytest.mark.parametrize("reserve", [(1, 0, 0, 0), (0, 5, 0, 0), (0, 0, 2, 0), (0, 0, 0, 5), (1, 5, 1, 5)])
def test_reserve_is_refused_without_a_contract_or_tokens_or_when_both_are_for_one_contract(registry, stranger, reserve):
    claims, claim_allocation, curve, curve_allocation = reserve
    said = (number(claims), claim_allocation, number(curve), curve_allocation)
    names = ("claims", "claim_allocation", "curve", "curve_allocation")
    with refused("RegistryBadReserve", *said):
        ask(registry, stranger, **dict(zip(names, said, strict=True)))


@pytest.mark.parametrize("cliff, duration", [(0, 0), (0, 1), (1, 1), (10 * YEAR, 10 * YEAR)])
def test_vesting_is_taken_when_the_cliff_lies_inside(registry, stranger, cliff, duration):
    assert ask(registry, stranger, vesting_cliff=cliff, vesting_duration=duration)


@pytest.mark.parametrize("cliff, duration", [(1, 0), (YEAR + 1, YEAR), (0, 10 * YEAR + 1), (0, 2**32 - 1)])
def test_vesting_is_refused_when_the_cliff_lies_outside_or_it_takes_too_long(registry, stranger, cliff, duration):
    with refused("RegistryBadVesting", cliff, duration, 10 * YEAR):
        ask(registry, stranger, vesting_cliff=cliff, vesting_duration=duration)


@pytest.mark.parametrize("fee_bps, works", [(0, True), (2_000, True), (2_001, False), (65_535, False)])
def test_commission_is_bounded_when_a_community_opens(registry, stranger, fee_bps, works):
    if works:
        assert ask(registry, stranger, fee_bps=fee_bps)
        return
    with refused("RegistryFeeTooHigh", fee_bps, 2_000):
        ask(registry, stranger, fee_bps=fee_bps)


def test_nothing_is_known_of_a_community_when_it_was_never_opened(registry):
    unknown = registry.communityCount() + 1
    assert registry.stewardOf(unknown) == ZERO
    assert registry.tokenOf(unknown) == ZERO
    assert registry.pendingStewardOf(unknown) == ZERO
    assert tuple(registry.officeOf(unknown)) == (ZERO, 0, 0, 0, 0, 0, 0, 0)
