"""Units as an ERC-1155: what the standard asks, and that none comes or goes but by claims and makes."""

import pytest
from brownie.test import given
from hypothesis import settings
from hypothesis import strategies as st

from tests.helpers.blueprints import serial
from tests.helpers.deal import State
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO
from tests.unit.Blueprints.conftest import FEE

ERC165, ERC1155, ERC1155_METADATA, ERC721, NOTHING = (
    "0x01ffc9a7",
    "0xd9b67a26",
    "0x0e89341c",
    "0x80ac58cd",
    "0xffffffff",
)


@pytest.fixture
def held(design, give, buyer):
    give(design, buyer, 3)
    return int(design.id, 16)


@pytest.mark.parametrize(
    "interface, known", [(ERC165, True), (ERC1155, True), (ERC1155_METADATA, True), (ERC721, False), (NOTHING, False)]
)
def test_interfaces_are_those_of_the_standard(blueprints, interface, known):
    assert blueprints.supportsInterface(interface) is known


def test_metadata_is_what_the_terms_name_and_no_text(blueprints, held):
    assert blueprints.uri(held) == ""


def test_unit_is_handed_on_and_both_sides_know(blueprints, held, buyer, stranger):
    tx = blueprints.safeTransferFrom(buyer, stranger, held, 2, b"", {"from": buyer})
    moved = {"operator": str(buyer), "from": str(buyer), "to": str(stranger), "id": held, "value": 2}
    assert_events(tx, [blueprints], ("TransferSingle", moved))
    assert blueprints.balanceOfBatch([buyer, stranger], [held, held]) == (1, 2)


def test_units_of_two_designs_are_handed_on_together(blueprints, held, free_design, give, buyer, stranger):
    give(free_design, buyer, 4)
    ids, values = [held, int(free_design.id, 16)], [1, 3]
    tx = blueprints.safeBatchTransferFrom(buyer, stranger, ids, values, b"", {"from": buyer})
    moved = {"operator": str(buyer), "from": str(buyer), "to": str(stranger), "ids": ids, "values": values}
    assert_events(tx, [blueprints], ("TransferBatch", moved))
    assert [blueprints.balanceOf(stranger, one) for one in ids] == values


def test_unit_is_refused_when_it_would_go_to_nobody_and_so_be_burned_without_a_serial(blueprints, held, buyer):
    with refused("ERC1155InvalidReceiver", ZERO):
        blueprints.safeTransferFrom.call(buyer, ZERO, held, 1, b"", {"from": buyer})


def test_unit_is_refused_when_there_are_fewer(blueprints, held, buyer, stranger):
    with refused("ERC1155InsufficientBalance", buyer, 3, 4, held):
        blueprints.safeTransferFrom.call(buyer, stranger, held, 4, b"", {"from": buyer})


def test_unit_is_moved_by_another_account_only_when_its_owner_lets_it(blueprints, held, buyer, stranger, payer):
    with refused("ERC1155MissingApprovalForAll", stranger, buyer):
        blueprints.safeTransferFrom.call(buyer, payer, held, 1, b"", {"from": stranger})
    tx = blueprints.setApprovalForAll(stranger, True, {"from": buyer})
    assert_events(
        tx, [blueprints], ("ApprovalForAll", {"account": str(buyer), "operator": str(stranger), "approved": True})
    )
    blueprints.safeTransferFrom(buyer, payer, held, 1, b"", {"from": stranger})
    assert blueprints.balanceOf(payer, held) == 1


def test_nobody_may_call_anything_but_what_is_named(blueprints):
    """There is no owner, no pause, no mint and no burn besides claim and make."""
    changing = {entry["name"] for entry in blueprints.abi if entry["type"] == "function"} - {
        entry["name"] for entry in blueprints.abi if entry.get("stateMutability") in ("view", "pure")
    }
    assert changing == {
        "publish", "claim", "make", "makeWithPermit", "withdraw", "withdrawFrom", "push",
        "safeTransferFrom", "safeBatchTransferFrom", "setApprovalForAll",
    }  # fmt: skip


@pytest.fixture(scope="module")
def waiting(make_deal, design, free_design, buyer, stranger):
    """Give orders of two designs by two holders, completed and not claimed."""
    return [
        make_deal(State.COMPLETED, chosen.terms, quantity=1 + number % 3, holder=holder, payer=holder)
        for number, (chosen, holder) in enumerate(
            (chosen, holder) for chosen in (design, free_design) for holder in (buyer, stranger) for _ in range(2)
        )
    ]


@given(data=st.data())
@settings(max_examples=10)
def test_units_claimed_are_units_held_and_made_whatever_holders_do(
    blueprints, design, free_design, waiting, buyer, stranger, payer, data
):
    people = (buyer, stranger, payer)
    held = {(str(who), chosen.id): 0 for who in people for chosen in (design, free_design)}
    claimed, made, fees, unclaimed = (
        {design.id: 0, free_design.id: 0},
        {design.id: 0, free_design.id: 0},
        0,
        list(waiting),
    )
    had = blueprints.creditOf(payer, ZERO)
    for step in data.draw(
        st.lists(st.tuples(st.sampled_from("cchhm"), st.integers(0, 2**16)), min_size=3, max_size=14)
    ):
        what, number = step
        chosen = (design, free_design)[number % 2]
        who, to, count = people[number // 2 % 3], people[number // 8 % 3], 1 + number // 32 % 3
        mine = held[str(who), chosen.id]
        if what == "c" and unclaimed:
            deal = unclaimed.pop(number % len(unclaimed))
            blueprints.claim(deal.terms.words(), deal.purchase.holder, deal.ref, deal.purchase.holder, {"from": who})
            held[deal.purchase.holder, deal.listing_id] += deal.quantity
            claimed[deal.listing_id] += deal.quantity
        if what == "h" and mine >= count:
            blueprints.safeTransferFrom(who, to, int(chosen.id, 16), count, b"", {"from": who})
            held[str(who), chosen.id] -= count
            held[str(to), chosen.id] += count
        if what == "m":
            serials = [serial(f"{made[chosen.id] + place}") for place in range(count)]
            due = count * FEE if chosen is design else 0
            if mine < count:
                with refused("ERC1155InsufficientBalance", who, mine, count, int(chosen.id, 16)):
                    blueprints.make.call(chosen.id, serials, {"from": who, "value": due})
                continue
            blueprints.make(chosen.id, serials, {"from": who, "value": due})
            held[str(who), chosen.id] -= count
            made[chosen.id] += count
            fees += due
    for chosen in (design, free_design):
        assert blueprints.designOf(chosen.id)[4:] == (claimed[chosen.id], made[chosen.id])
        balances = [blueprints.balanceOf(who, int(chosen.id, 16)) for who in people]
        assert balances == [held[str(who), chosen.id] for who in people]
        assert claimed[chosen.id] == sum(balances) + made[chosen.id]
    assert blueprints.creditOf(payer, ZERO) - had == fees
