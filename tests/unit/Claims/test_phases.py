"""openPhase and closePhase: what is set aside for a phase is there, and nobody but the steward decides about it."""

import pytest

from tests.fixtures.claims import RESERVED, SUPPLY
from tests.helpers.claims import MAX_AHEAD_S, account_of
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.terms import DAY, ZERO
from tests.helpers.time import jump_to, now

ROOT = "0x" + "5a" * 32


def test_phase_is_open_with_all_it_was_given(claims, phase_of, launched_token, steward):
    phase = phase_of(limit=5, price=7, root=ROOT)
    tx = claims.openPhase(phase.words(), {"from": steward})
    assert "0x" + tx.return_value.hex() == phase.key() == "0x" + claims.keyOf(phase.words()).hex()
    assert claims.stateOf(phase.key()) == (True, SUPPLY)
    assert claims.bookOf(launched_token) == (1, SUPPLY)
    said = {"key": phase.key(), "token": str(launched_token), "steward": str(steward), "phase": phase.words()}
    assert_events(tx, [claims], ("ClaimPhaseOpened", said))


def test_phases_share_the_reserve_to_the_last_unit(claims, open_phase, phase_of, launched_token, steward):
    open_phase()
    with refused("ClaimsReserveExceeded", RESERVED - SUPPLY + 1, RESERVED - SUPPLY):
        claims.openPhase.call(phase_of(supply=RESERVED - SUPPLY + 1).words(), {"from": steward})
    open_phase(supply=RESERVED - SUPPLY)
    assert claims.bookOf(launched_token) == (2, RESERVED)
    with refused("ClaimsReserveExceeded", 1, 0):
        claims.openPhase.call(phase_of(supply=1).words(), {"from": steward})


def test_phase_of_nothing_is_refused(claims, phase_of, steward):
    with refused("ClaimsReserveExceeded", 0, RESERVED):
        claims.openPhase.call(phase_of(supply=0).words(), {"from": steward})


@pytest.mark.parametrize("role", ["owner", "seller", "buyer", "stranger"])
def test_only_the_steward_opens_a_phase_and_closes_it_before_its_end(
    claims, open_phase, phase_of, launched, request, role
):
    other, phase = request.getfixturevalue(role), open_phase()
    with refused("ClaimsNotSteward", launched[0], other):
        claims.openPhase.call(phase_of().words(), {"from": other})
    with refused("ClaimsNotSteward", launched[0], other):
        claims.closePhase.call(phase.words(), {"from": other})


def test_new_steward_has_the_phases_and_the_old_one_no_longer(claims, open_phase, registry, launched, steward, seller):
    phase = open_phase()
    registry.offerStewardship(launched[0], seller, {"from": steward})
    registry.acceptStewardship(launched[0], {"from": seller})
    with refused("ClaimsNotSteward", launched[0], steward):
        claims.closePhase.call(phase.words(), {"from": steward})
    claims.closePhase(phase.words(), {"from": seller})


def test_steward_of_another_community_opens_nothing_here(claims, phase_of, open_community, launched_token, seller):
    other, other_token = open_community(sender=seller, claims=str(claims.address), claim_allocation=5)
    with refused("ClaimsUnknownToken", launched_token, other):
        claims.openPhase.call(phase_of(community_id=other).words(), {"from": seller})
    assert claims.openPhase.call(
        phase_of(community_id=other, token=str(other_token), supply=5).words(), {"from": seller}
    )


def test_platform_has_no_token_to_claim(claims, phase_of, owner):
    with refused("ClaimsUnknownToken", ZERO, 0):
        claims.openPhase.call(phase_of(community_id=0, token=ZERO).words(), {"from": owner})


@pytest.mark.parametrize("named", ["none", "another"])
def test_community_that_did_not_name_this_contract_has_no_phases(
    claims, phase_of, open_community, steward, stranger, named
):
    reserve = {"claims": str(stranger), "claim_allocation": SUPPLY} if named == "another" else {}
    community_id, token = open_community(**reserve)
    phase = phase_of(community_id=community_id, token=str(token), number=1)
    with refused("ClaimsNotNamed", token, reserve.get("claims", ZERO)):
        claims.openPhase.call(phase.words(), {"from": steward})


@pytest.mark.parametrize("number", [0, 1, 3, 2**32 - 1])
def test_phase_is_opened_under_the_next_number_only(claims, open_phase, phase_of, steward, number):
    open_phase()
    with refused("ClaimsWrongNumber", number, 2):
        claims.openPhase.call(phase_of(number=number).words(), {"from": steward})


def test_second_click_opens_no_second_phase(claims, open_phase, steward):
    phase = open_phase()
    with refused("ClaimsWrongNumber", 1, 2):
        claims.openPhase.call(phase.words(), {"from": steward})


def test_times_of_a_phase_lie_in_order_and_within_the_bound(claims, phase_of, steward):
    moment = now()
    latest = moment + MAX_AHEAD_S
    good = [(0, moment), (moment, moment + 1), (latest - 1, latest)]
    for start, end in good:
        assert claims.openPhase.call(phase_of(start=start, end=end).words(), {"from": steward})
    bad = [(0, moment - 1), (moment + 5, moment + 5), (moment + 6, moment + 5), (latest, latest + 1)]
    for start, end in bad:
        with refused("ClaimsBadTimes", start, end, latest):
            claims.openPhase.call(phase_of(start=start, end=end).words(), {"from": steward})


def test_currency_is_eth_or_a_contract_but_the_communitys_own_token(
    claims, phase_of, launched_token, token, steward, stranger
):
    for currency in (str(launched_token), str(stranger)):
        with refused("ClaimsBadCurrency", currency):
            claims.openPhase.call(phase_of(currency=currency).words(), {"from": steward})
    assert claims.openPhase.call(phase_of(currency=str(token)).words(), {"from": steward})


def test_closing_gives_the_rest_back_to_later_phases(claims, open_phase, claim_tokens, launched_token, steward, buyer):
    phase = open_phase(supply=RESERVED)
    claim_tokens(phase, buyer, 11)
    tx = claims.closePhase(phase.words(), {"from": steward})
    assert tx.return_value == RESERVED - 11
    said = {"key": phase.key(), "caller": str(steward), "left": RESERVED - 11}
    assert_events(tx, [claims], ("ClaimPhaseClosed", said))
    assert claims.stateOf(phase.key()) == (False, 0)
    assert claims.bookOf(launched_token) == (1, 11)
    open_phase(supply=RESERVED - 11)


def test_closed_phase_is_over_for_ever(claims, open_phase, claim_tokens, steward, buyer):
    phase = open_phase()
    claims.closePhase(phase.words(), {"from": steward})
    with refused("ClaimsNotOpen", phase.key()):
        claims.closePhase.call(phase.words(), {"from": steward})
    with refused("ClaimsNotOpen", phase.key()):
        claim_tokens(phase, buyer, 1, call=True)
    with refused("ClaimsWrongNumber", 1, 2):
        claims.openPhase.call(phase.words(), {"from": steward})


@pytest.mark.parametrize("offset", [-1, 0, 1])
def test_anyone_closes_a_phase_when_its_end_has_passed_and_not_before(claims, open_phase, launched, stranger, offset):
    phase = open_phase()
    jump_to(phase.end + offset)
    if offset > 0:
        assert claims.closePhase.call(phase.words(), {"from": stranger}) == SUPPLY
        return
    with refused("ClaimsNotSteward", launched[0], stranger):
        claims.closePhase.call(phase.words(), {"from": stranger})


CHANGES = (
    {"start": 1},
    {"supply": SUPPLY + 1},
    {"limit": 1},
    {"price": 1},
    {"currency": "0x" + "11" * 20},
    {"root": ROOT},
    {"number": 2},
)


@pytest.mark.parametrize("change", CHANGES, ids=[next(iter(change)) for change in CHANGES])
def test_nothing_of_an_open_phase_can_be_said_otherwise(claims, open_phase, claim_tokens, steward, buyer, change):
    other = open_phase().but(**change)
    with refused("ClaimsNotOpen", other.key()):
        claim_tokens(other, buyer, 1, call=True)
    with refused("ClaimsNotOpen", other.key()):
        claims.closePhase.call(other.words(), {"from": steward})


def test_phase_is_closed_with_its_own_end_only(claims, open_phase, stranger):
    phase = open_phase()
    over = phase.but(end=now() - 1)
    with refused("ClaimsNotOpen", over.key()):
        claims.closePhase.call(over.words(), {"from": stranger})


def test_claims_needs_a_registry_with_code(Claims, registry, owner, stranger):
    with refused("ClaimsNoCode", stranger):
        Claims.deploy(stranger, {"from": owner})
    assert Claims.deploy(registry, {"from": owner}).REGISTRY() == registry


def test_another_claims_contract_mints_nothing_for_the_community(
    Claims, registry, phase_of, launched_token, claims, steward
):
    other = Claims.deploy(registry, {"from": steward})
    with refused("ClaimsNotNamed", launched_token, claims):
        other.openPhase.call(phase_of().words(), {"from": steward})


def test_constant_and_account_are_what_the_docs_say(claims, registry, launched):
    assert claims.MAX_AHEAD() == 366 * DAY == MAX_AHEAD_S
    assert registry.accountOf(launched[0]).lower() == account_of(launched[0])
