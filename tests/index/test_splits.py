"""Splits in the index: what a page shows of them is what the contract says, and nonsense changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontend.index.changes import Changes
from frontend.index.decode import Event, Log, Malformed
from frontend.index.queries import Queries
from frontend.index.split_state import HANDLERS
from frontend.index.split_views import SplitPayee
from tests.index.market import LOCK_TS, ZERO_ADDRESS, Index, Market, Told


@pytest.fixture
def market(told: Told) -> Market:
    return told.market


def lower(*accounts: str) -> list[str]:
    return [account.lower() for account in accounts]


def test_a_split_stands_as_its_last_change_left_it(queries: Queries, market: Market):
    split = queries.split(1)
    assert split is not None
    assert (split.creator, split.version, split.seat_count) == (market.buyer.lower(), 2, 4)
    assert 0 < split.opened_at_ts <= split.changed_at_ts
    assert queries.split(3) is None
    assert queries.split(2**64) is None


def test_versions_show_payees_by_their_address_of_now(queries: Queries, market: Market):
    newest, first = queries.split_versions(1)
    assert [payee.bps for payee in first.payees] == [5_000, 3_000, 2_000]
    assert [payee.account for payee in first.payees] == lower(market.seller, market.other, market.backup)
    assert newest.payees[1] == SplitPayee(1, 1, market.other.lower(), 3_000, LOCK_TS)
    assert newest.payees[3] == SplitPayee(3, 3, market.arbiter.lower(), 1_000, 0)
    assert (first.opened_by, newest.opened_by) == tuple(lower(market.buyer, market.seller))
    seats = lower(market.seller, market.other, market.backup, market.arbiter)
    assert queries.split_seats(1) == dict(enumerate(seats))
    assert newest.payees[1].is_locked_at(LOCK_TS - 1)
    assert not newest.payees[1].is_locked_at(LOCK_TS)


def test_books_say_what_each_place_has_had_and_can_have(queries: Queries, market: Market):
    first, second = queries.split_version(1, 1), queries.split_version(1, 2)
    assert first is not None
    assert second is not None
    (eth,), (token,) = first.books, second.books
    assert (eth.currency, eth.received_units) == (ZERO_ADDRESS, 1_000_003)
    assert [due.claimed_units for due in eth.dues] == [500_001, 0, 0]
    assert [due.claimable_units for due in eth.dues] == [0, 300_000, 200_000]
    assert eth.rest_units == 2
    assert token.received_units == 10_007
    assert [due.claimed_units for due in token.dues] == [0, 0, 2_001, 0]
    assert [due.claimable_units for due in token.dues] == [4_002, 3_002, 0, 1_000]
    assert queries.split_version(1, 3) is None


def test_what_the_index_calls_claimable_is_what_the_contract_says(queries: Queries, market: Market):
    for version in queries.split_versions(1):
        full = queries.split_version(1, version.version)
        assert full is not None
        for book in full.books:
            for due in book.dues:
                args = [1, due.version, due.place, book.currency]
                unsent = market.transaction("Splits", market.splits, "claimableOf", args, market.owner)
                assert int(market.rpc("eth_call", unsent, "latest"), 16) == due.claimable_units


def test_an_account_finds_its_splits_and_what_is_due_to_it(queries: Queries, market: Market):
    assert [split.id for split in queries.splits_of(market.seller)] == [1]
    assert [split.id for split in queries.splits_of(market.buyer)] == [2]
    assert [split.id for split in queries.splits_of(market.stranger)] == [], "he moved his seat away"
    assert [split.id for split in queries.splits_known_to(market.buyer)] == [2, 1], "he made the first for others"
    assert [split.id for split in queries.splits_known_to(market.stranger)] == []
    dues = queries.split_dues(market.other)
    assert [(due.version, due.claimable_units) for due in dues] == [(2, 3_002), (1, 300_000)]
    assert queries.split_dues(market.stranger) == []


def test_changes_that_can_still_be_made_are_listed_with_who_agreed(queries: Queries, market: Market):
    (change,) = queries.split_changes(1)
    assert (change.version, change.proposer) == (3, market.arbiter.lower())
    assert change.shares == [[0, 4_500, 0], [1, 3_000, LOCK_TS], [2, 2_500, 0]]
    assert change.approved_by == [market.arbiter.lower()]
    assert queries.split_approvals("0x" + "66" * 32) == [market.stranger.lower()]
    assert queries.split_approvals("0x" + "55" * 32) == []


def test_a_split_tells_its_story_the_newest_first(queries: Queries):
    assert [step.name for step in queries.split_steps(1)] == [
        *("claimed", "payee_moved", "received", "change_proposed", "version_opened"),
        *("change_proposed", "claimed", "received", "version_opened"),
    ]


NOBODY = "0x" + "99" * 20


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("SplitVersionOpened", {"splitId": 1, "version": 2, "sender": NOBODY, "shares": [[0, 10_000, 0]], "newPayees": []}),
        ("SplitVersionOpened", {"splitId": 3, "version": 1, "sender": NOBODY, "shares": [[0, 9_999, 0]], "newPayees": [NOBODY]}),
        ("SplitVersionOpened", {"splitId": 3, "version": 1, "sender": NOBODY, "shares": [[1, 10_000, 0]], "newPayees": [NOBODY]}),
        ("SplitVersionOpened", {"splitId": 2**63, "version": 1, "sender": NOBODY, "shares": [], "newPayees": []}),
        ("SplitChangeProposed", {"splitId": 9, "version": 1, "changeHash": "0x", "proposer": NOBODY, "change": {}}),
        ("SplitChangeProposed", {"splitId": 1, "version": 2, "changeHash": "0x", "proposer": NOBODY, "change": {}}),
        ("SplitPayeeMoved", {"splitId": 1, "seat": 0, "from": NOBODY, "to": NOBODY}),
        ("SplitPayeeMoved", {"splitId": 1, "seat": 9, "from": NOBODY, "to": NOBODY}),
        ("SplitReceived", {"splitId": 1, "version": 3, "currency": NOBODY, "source": NOBODY, "amount": 1}),
        ("SplitClaimed", {"splitId": 1, "version": 1, "place": 1, "currency": ZERO_ADDRESS, "amount": 299_999}),
        ("SplitClaimed", {"splitId": 1, "version": 1, "place": 3, "currency": ZERO_ADDRESS, "amount": 1}),
        ("SplitClaimed", {"splitId": 1, "version": 1, "place": 2**255, "currency": ZERO_ADDRESS, "amount": 1}),
        ("SplitClaimed", {"splitId": 1, "version": 1, "place": 0, "currency": NOBODY, "amount": 1}),
    ],
)  # fmt: skip
def test_an_event_that_cannot_be_is_refused(read: Index, name: str, args: dict):
    log = Log(1, "0x", 0, "0x", "0x", (), b"")
    with read.engine.connect() as connection, pytest.raises(Malformed):
        HANDLERS[name](Changes(connection, 0), Event(name, args, log), args, 7)


def test_a_split_is_undone_with_its_blocks(tmp_path: Path):
    """Split 1 is created, paid, claimed from and changed; the chain forgets it; the index too, row by row."""
    from tests.index.market import running_market

    with running_market() as market:
        market.play()
        index = Index(tmp_path / "index", market)
        before = index.follow()
        snapshot = market.rpc("evm_snapshot")
        market.send("Splits", market.splits, "create", [[market.seller], [(0, 10_000, 0)]], market.buyer)
        market._pay(market.ask("Splits", market.splits, "depositOf", 1)[0], 77)
        market.send("Splits", market.splits, "sweep", [1, ZERO_ADDRESS], market.buyer)
        market.send("Splits", market.splits, "claim", [1, 1, 1, ZERO_ADDRESS, market.other], market.other)
        assert index.follow() != before
        market.rpc("evm_revert", snapshot)
        after = index.follow()
        assert [line for line in after if "chain_split" in line] == [line for line in before if "chain_split" in line]
        index.engine.dispose()
