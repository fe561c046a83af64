"""Blueprints in the index: conditions, units and makes, and what hostile logs and undone blocks change: nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from frontend.index.changes import Changes
from frontend.index.decode import WANTED, Decoder, Event, Log, Malformed
from frontend.index.design_state import HANDLERS
from frontend.index.queries import Queries
from frontend.serials import serial_word
from frontend.services.terms import ZERO_ADDRESS
from tests.index.designs import FEE_WEI, Design, Designs
from tests.index.market import Index, Market


class Workshop:
    """A market with one community, in which designs are sold and made."""

    def __init__(self, market: Market, index: Index) -> None:
        self.market, self.index = market, index
        self.designs = Designs(market, market.open_community(market.seller, fee_bps=0))
        self.queries = Queries(index.engine)

    def held(self, design: Design, *people: str) -> list[int]:
        """Give how many units people hold."""
        self.index.follow()
        return [self.queries.units_held(who, design.id) for who in people]


@pytest.fixture
def workshop(market: Market, index: Index) -> Workshop:
    return Workshop(market, index)


def test_design_is_known_with_its_conditions_when_they_are_published(workshop: Workshop):
    market, design = workshop.market, workshop.designs.listed()
    workshop.index.follow()
    assert workshop.queries.design(design.id) is None
    workshop.designs.publish(design, market.stranger)
    workshop.index.follow()
    found = workshop.queries.design(design.id)
    assert found is not None
    assert (found.currency, found.fee_units, found.payee) == (ZERO_ADDRESS, FEE_WEI, market.seller.lower())
    assert (found.split_id, found.split_version, found.salt) == (0, 0, design.conditions.salt)
    assert (found.claimed, found.made, found.existing) == (0, 0, 0)


def test_units_and_makes_add_up_whoever_holds_and_makes(workshop: Workshop):
    market, designs = workshop.market, workshop.designs
    lamp, kite = designs.published(), designs.published(fee_units=0)
    sale = designs.given(lamp, 5, market.buyer)
    designs.given(kite, 2, market.buyer)
    assert workshop.held(lamp, market.buyer, market.other) == [5, 0]
    designs.hand_on(lamp, market.buyer, market.other, 1)
    designs.hand_on_all([(lamp, 2), (kite, 2)], market.buyer, market.stranger)
    designs.hand_on_all([], market.buyer, market.stranger)
    designs.hand_on(lamp, market.buyer, market.buyer, 1)
    designs.make(lamp, market.buyer, "B", "A")
    designs.make(lamp, market.other, "C")
    assert workshop.held(lamp, market.buyer, market.other, market.stranger) == [0, 0, 2]
    found = workshop.queries.design(lamp.id)
    assert found is not None
    assert (found.claimed, found.made, found.existing) == (5, 3, 2)
    assert [(one.serial, one.number) for one in workshop.queries.makes_of(lamp.id)] == [("C", 3), ("A", 2), ("B", 1)]
    assert [one.serial for one in workshop.queries.makes_by(market.buyer)] == ["A", "B"]
    held = [(row.listing_id, row.units) for row in workshop.queries.units_of(market.stranger)]
    assert held == [(kite.id, 2), (lamp.id, 2)]
    claim = workshop.queries.unit_claim(sale.key)
    assert claim is not None
    assert (claim.receiver, claim.quantity) == (market.buyer.lower(), 5)
    assert workshop.queries.timeline(sale.key)[-1].name == "units_claimed"
    (owed,) = workshop.queries.ledger_credits(market.blueprints, market.seller)
    assert (owed.currency, owed.amount_units) == (ZERO_ADDRESS, 3 * FEE_WEI)
    assert workshop.index.quarantined() == 0


def test_serial_is_found_by_its_letters_and_its_look(workshop: Workshop):
    market, designs = workshop.market, workshop.designs
    lamp, kite = designs.published(), designs.published()
    designs.given(lamp, 3, market.buyer)
    designs.given(kite, 1, market.buyer)
    designs.make(lamp, market.buyer, "AB-O1", "%2F..", "x" * 32)
    designs.make(kite, market.buyer, "AB-01")
    workshop.index.follow()
    found = workshop.queries.make(lamp.id, "AB-O1")
    assert found is not None
    assert (found.maker, found.number) == (market.buyer.lower(), 1)
    assert workshop.queries.make(lamp.id, "x" * 32)
    assert workshop.queries.make(lamp.id, "%2F..")
    assert workshop.queries.make(lamp.id, "AB-01") is None
    assert workshop.queries.make(lamp.id, "ab-o1") is None
    assert [one.serial for one in workshop.queries.makes_alike(lamp.id, "ab-0l")] == ["AB-O1"]
    assert workshop.queries.makes_alike(lamp.id, "AB-02") == []


def test_moving_none_of_a_design_that_nobody_knows_is_no_nonsense(workshop: Workshop):
    """The standard allows it to anybody."""
    market, design = workshop.market, workshop.designs.listed()
    before = workshop.index.state()
    workshop.designs.hand_on(design, market.stranger, market.other, 0)
    assert workshop.index.state() == before
    assert workshop.index.quarantined() == 0


def test_another_contract_of_the_same_kind_is_not_heard(workshop: Workshop):
    market, design = workshop.market, workshop.designs.listed()
    other = market.create("Blueprints", bytes(12) + bytes.fromhex(market.market[2:]))["contractAddress"]
    before = workshop.index.state()
    recorded, market.blueprints = market.blueprints, other
    workshop.designs.publish(design)
    workshop.designs.given(design, 2, market.buyer)
    workshop.designs.make(design, market.buyer, "A")
    market.blueprints = recorded
    told = [
        line
        for line in workshop.index.state()
        if line.split(" ", 1)[0] in ("chain_designs", "chain_units", "chain_makes")
    ]
    assert told == [line for line in before if line.split(" ", 1)[0] in ("chain_designs", "chain_units", "chain_makes")]
    assert workshop.queries.design(design.id) is None
    assert workshop.index.quarantined() == 0


NOBODY = "0x" + "77" * 20
WRONG: list[tuple[str, dict[str, Any]]] = [
    ("DesignPublished", {}),
    ("DesignPublished", {"listingId": "0x" + "77" * 32}),
    ("DesignPublished", {"seller": NOBODY}),
    ("UnitsClaimed", {}),
    ("UnitsClaimed", {"key": "0x" + "77" * 32}),
    ("UnitsClaimed", {"listingId": "0x" + "77" * 32}),
    ("UnitsClaimed", {"quantity": 3}),
    ("UnitMade", {}),
    ("UnitMade", {"number": 3, "serial": "0x" + serial_word("NEW").hex()}),
    ("UnitMade", {"number": 2, "serial": "0x" + "41" + "00" * 30 + "41"}),
    ("UnitMade", {"number": 2, "serial": "0x" + "00" * 32}),
    ("UnitMade", {"number": 2, "listingId": "0x" + "77" * 32}),
    ("TransferSingle", {"value": 2}),
    ("TransferSingle", {"from": NOBODY}),
    ("TransferSingle", {"id": 7}),
    ("TransferSingle", {"from": ZERO_ADDRESS, "value": 2**63}),
    ("TransferBatch", {}),
    ("TransferBatch", {"values": [1]}),
]


@pytest.mark.parametrize("name, wrong", WRONG)
def test_event_that_cannot_be_is_nonsense_and_changes_nothing(workshop: Workshop, name: str, wrong: dict[str, Any]):
    """The recorded contract says no such thing; were it another one, the index would rather keep the log aside."""
    market, designs = workshop.market, workshop.designs
    lamp = designs.published()
    sale = designs.given(lamp, 2, market.buyer)
    designs.make(lamp, market.buyer, "A")
    workshop.index.follow()
    moved = {"operator": NOBODY, "from": market.buyer.lower(), "to": market.other.lower()}
    said: dict[str, Any] = {
        "DesignPublished": {"listingId": lamp.id, "seller": market.seller.lower(), "conditions": {"splitId": 0}},
        "UnitsClaimed": {"key": sale.key, "listingId": lamp.id, "to": market.buyer.lower(), "quantity": 2},
        "UnitMade": {"listingId": lamp.id, "serial": "0x" + serial_word("A").hex(), "maker": NOBODY, "number": 2},
        "TransferSingle": moved | {"id": lamp.number, "value": 1},
        "TransferBatch": moved | {"ids": [lamp.number, lamp.number], "values": [1, 1]},
    }[name] | wrong
    log = Log(1, "0x" + "1" * 64, 0, "0x" + "2" * 64, market.blueprints.lower(), (), b"")
    with workshop.index.engine.connect() as connection, pytest.raises(Malformed):
        HANDLERS[name](Changes(connection, 1), Event(name, said, log), said, 1)


def test_index_follows_every_event_of_blueprints():
    wanted = set(WANTED["Blueprints"])
    assert wanted == {*HANDLERS, "CreditsAdded", "CreditWithdrawn"}
    assert {Decoder().topic("Blueprints", name) for name in wanted} <= set(Decoder().topics)


@pytest.mark.timeout(300)
def test_index_is_what_a_fresh_one_is_after_each_step_and_again_when_each_is_undone(
    workshop: Workshop, fresh: Callable[..., list[str]]
):
    market, index, designs = workshop.market, workshop.index, workshop.designs
    lamp, kite = designs.listed(), designs.published(fee_units=0)
    first, second = designs.bought(kite, 2, market.other), designs.bought(lamp, 4, market.buyer)
    steps: list[Callable[[], Any]] = [
        lambda: designs.claim(first),
        lambda: designs.publish(lamp),
        lambda: designs.claim(second, to=market.other),
        lambda: designs.hand_on(lamp, market.other, market.stranger, 1),
        lambda: designs.make(lamp, market.other, "ONE", "TWO"),
        lambda: designs.hand_on_all([(lamp, 1), (kite, 2)], market.other, market.buyer),
        lambda: designs.make(lamp, market.buyer, "THREE"),
        lambda: designs.call("withdraw", [ZERO_ADDRESS, market.seller, 3 * FEE_WEI], market.seller),
    ]
    told = {market.head(): index.follow()}
    for step in steps:
        step()
        told[market.head()] = index.follow()
    assert index.dump() == fresh()
    for number in sorted(told, reverse=True)[1:]:
        market.rpc("anvil_rollback", market.head() - number)
        assert index.follow() == told[number]


def test_both_databases_say_the_same_of_designs(
    tmp_path: Path, workshop: Workshop, index: Index, new_postgres: Callable[..., str]
):
    market = workshop.market
    workshop.designs.play()
    other = Index(tmp_path / "postgres", market, database_url=new_postgres())
    assert other.follow() == index.follow()
    on_sqlite, on_postgres = Queries(index.engine), Queries(other.engine)
    held = list(on_sqlite.units_of(market.stranger))
    assert held
    assert list(on_postgres.units_of(market.stranger)) == held
    design_id = held[-1].listing_id
    assert list(on_postgres.makes_of(design_id)) == list(on_sqlite.makes_of(design_id)) != []
    assert on_postgres.makes_alike(design_id, "lamp-i") == on_sqlite.makes_alike(design_id, "lamp-i") != []
    other.engine.dispose()
