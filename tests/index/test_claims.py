"""Claim phases in the index: what a page shows of them is what the contract says, and nonsense changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from frontend.index.changes import Changes
from frontend.index.claim_state import HANDLERS
from frontend.index.claim_views import ClaimPhase
from frontend.index.decode import Event, Log, Malformed
from frontend.index.queries import Queries
from tests.index.market import DAY_S, ETHER, RESERVED, ZERO_ADDRESS, Index, Market, Told

RADIO, MOSS = 1, 2
PRICE = ETHER // 7
STRANGE = "0x" + "99" * 32


@pytest.fixture
def market(told: Told) -> Market:
    return told.market


def phase_of(queries: Queries, number: int) -> ClaimPhase:
    found = queries.claim_phase(RADIO, number)
    assert found is not None
    return found


def test_phase_stands_as_its_last_event_left_it(queries: Queries):
    paid, free = phase_of(queries, 1), phase_of(queries, 2)
    assert (paid.supply_units, paid.left_units, paid.claimed_units) == (300 * ETHER, 258 * ETHER, 42 * ETHER)
    assert (paid.earned_units, paid.claimant_count, paid.is_open) == (42 * PRICE, 2, True)
    assert (paid.price_units, paid.currency, paid.limit_units, paid.merkle_root) == (
        PRICE,
        ZERO_ADDRESS,
        100 * ETHER,
        None,
    )
    assert paid.end_ts - paid.start_ts == 7 * DAY_S
    assert (free.left_units, free.claimed_units, free.is_open, free.claimant_count) == (0, 2 * ETHER, False, 1)
    assert free.merkle_root is not None
    assert queries.claim_phase(RADIO, 3) is None
    assert queries.claim_phase(MOSS, 1) is None


def test_phases_come_newest_first(queries: Queries):
    assert [phase.number for phase in queries.claim_phases(RADIO).items] == [2, 1]
    assert queries.claim_phases(MOSS).items == []


def test_what_the_index_says_of_each_phase_is_what_the_contract_says(queries: Queries, market: Market):
    for phase in queries.claim_phases(RADIO).items:
        key = bytes.fromhex(phase.key[2:])
        assert market.ask("Claims", market.claims, "stateOf", key) == (phase.is_open, phase.left_units)
        for account in market.people:
            (claimed,) = market.ask("Claims", market.claims, "claimedOf", key, account)
            found = queries.claims_of(account, [phase.key]).get(phase.key)
            assert claimed == (0 if found is None else found.claimed_units)


def test_reserve_counts_what_phases_hold_and_gave(queries: Queries, market: Market):
    found = queries.claim_reserve(RADIO)
    count, allotted = market.ask("Claims", market.claims, "bookOf", market.token(RADIO))
    assert found is not None
    assert (found.reserved_units, found.unallotted_units) == (RESERVED, RESERVED - allotted)
    assert found.next_number == count + 1 == 3
    nothing = queries.claim_reserve(MOSS)
    assert nothing is not None
    assert (nothing.reserved_units, nothing.unallotted_units, nothing.next_number) == (0, 0, 1)
    assert queries.claim_reserve(99) is None


def test_claimants_are_listed_with_what_they_claimed_and_paid(queries: Queries, market: Market):
    rows = queries.claims_in(phase_of(queries, 1).key).items
    said = {row.account: (row.claimed_units, row.paid_units) for row in rows}
    assert said == {account.lower(): (21 * ETHER, 21 * PRICE) for account in (market.buyer, market.other)}


def test_proceeds_stand_apart_from_what_the_market_owes(queries: Queries, market: Market):
    account = market.ask("CommunityRegistry", market.registry, "accountOf", RADIO)[0]
    (owed,) = market.ask("Claims", market.claims, "creditOf", account, ZERO_ADDRESS)
    assert [(row.currency, row.amount_units) for row in queries.ledger_credits(market.claims, account)] == [
        (ZERO_ADDRESS, owed)
    ]
    assert owed == 42 * PRICE - ETHER
    (of_market,) = market.ask("Market", market.market, "creditOf", account, ZERO_ADDRESS)
    assert {row.currency: row.amount_units for row in queries.credits(account)}[ZERO_ADDRESS] == of_market
    assert queries.ledger_credits(market.market, account) == []


def opening(market: Market, **changes: Any) -> dict[str, Any]:
    token = market.token(RADIO).lower()
    names = ("token", "communityId", "number", "start", "end", "supply", "limit", "price", "currency", "merkleRoot")
    phase = dict(zip(names, (token, RADIO, 3, 1, 2, 5, 0, 0, ZERO_ADDRESS, STRANGE), strict=True))
    return {"key": STRANGE, "token": token, "steward": market.seller.lower(), "phase": phase | changes}


def nonsense(queries: Queries, market: Market) -> list[tuple[str, dict[str, Any]]]:
    paid, free = phase_of(queries, 1), phase_of(queries, 2)
    claim = {"key": paid.key, "account": market.buyer.lower(), "to": market.buyer.lower(), "amount": 1, "cost": 0}
    closing = {"key": paid.key, "caller": market.buyer.lower(), "left": paid.left_units}
    return [
        ("ClaimPhaseOpened", opening(market, communityId=MOSS)),
        ("ClaimPhaseOpened", opening(market, communityId=77)),
        ("ClaimPhaseOpened", opening(market, token=ZERO_ADDRESS)),
        ("ClaimPhaseOpened", opening(market) | {"key": paid.key}),
        ("TokensClaimed", claim | {"key": STRANGE}),
        ("TokensClaimed", claim | {"key": free.key}),
        ("TokensClaimed", claim | {"amount": paid.left_units + 1}),
        ("ClaimPhaseClosed", closing | {"key": STRANGE}),
        ("ClaimPhaseClosed", closing | {"key": free.key, "left": 0}),
        ("ClaimPhaseClosed", closing | {"left": paid.left_units - 1}),
    ]


def test_nonsense_is_refused(queries: Queries, market: Market, read: Index):
    with read.engine.connect() as connection:
        changes = Changes(connection, journal_from=1)
        changes.begin_block(10**6)
        for name, args in nonsense(queries, market):
            with pytest.raises(Malformed):
                HANDLERS[name](changes, event_of(name, args, market), args, 1)


def test_the_same_events_are_taken_when_they_make_sense(queries: Queries, market: Market, read: Index):
    with read.engine.connect() as connection:
        changes = Changes(connection, journal_from=1)
        changes.begin_block(10**6)
        args = opening(market)
        assert HANDLERS["ClaimPhaseOpened"](changes, event_of("ClaimPhaseOpened", args, market), args, 1) == (
            f"phase:{STRANGE}"
        )


def event_of(name: str, args: dict[str, Any], market: Market) -> Event:
    return Event(name, args, Log(10**6, STRANGE, 0, STRANGE, market.claims.lower(), (), b""))


def test_what_is_claimed_does_not_count_as_minted_by_the_steward(queries: Queries, market: Market):
    radio = queries.community(RADIO)
    assert radio is not None
    assert market.ask("CommunityToken", radio.token, "mintable") == (radio.mintable_units,)
    assert radio.minted_by_steward_units == 10 * ETHER + 7  # by mint and mintBatch alone


def test_reserves_are_shown_where_they_were_made(queries: Queries, market: Market):
    radio, moss = queries.community(RADIO), queries.community(MOSS)
    assert radio is not None
    assert moss is not None
    assert (radio.claims, radio.claim_allocation_units) == (market.claims.lower(), RESERVED)
    assert (moss.claims, moss.claim_allocation_units) == (None, 0)
