"""Making: one unit is burned for each serial, the fee paid, and the serial registered for good."""

import pytest
from brownie import web3

from tests.helpers.accounts import split_account
from tests.helpers.blueprints import serial
from tests.helpers.events import assert_events
from tests.helpers.permits import permit_arguments, signer
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO, salt
from tests.unit.Blueprints.conftest import FEE

ONE, TWO, THREE = (serial(f"DKB-00{number}") for number in (1, 2, 3))
NOTHING = (ZERO, 0, 0)
RICH = 10**15


def make(blueprints, design, sender, *serials, value=None):
    value = FEE * len(serials) if value is None else value
    return blueprints.make(design.id, serials, {"from": sender, "value": value})


def ask(blueprints, design, sender, *serials, value=None):
    value = FEE * len(serials) if value is None else value
    blueprints.make.call(design.id, serials, {"from": sender, "value": value})


@pytest.fixture
def held(design, give, buyer):
    return give(design, buyer, 3)


def test_make_burns_a_unit_pays_the_fee_and_registers_the_serial(blueprints, design, held, buyer, payer):
    before = web3.eth.get_balance(blueprints.address)
    tx = make(blueprints, design, buyer, ONE)
    design_id = int(design.id, 16)
    burned = {"operator": str(buyer), "from": str(buyer), "to": ZERO, "id": design_id, "value": 1}
    registered = {"listingId": design.id, "serial": ONE, "maker": str(buyer), "number": 1}
    paid = {"source": design.id, "currency": ZERO, "payouts": ((str(payer), FEE),)}
    assert_events(tx, [blueprints], ("TransferSingle", burned), ("UnitMade", registered), ("CreditsAdded", paid))
    assert blueprints.balanceOf(buyer, design_id) == 2
    assert blueprints.makeOf(design.id, ONE) == (buyer, tx.timestamp, 1)
    assert blueprints.designOf(design.id)[4:] == (3, 1)
    assert blueprints.creditOf(payer, ZERO) == FEE == web3.eth.get_balance(blueprints.address) - before


def test_several_serials_are_registered_in_their_order_when_one_call_names_them(blueprints, design, held, buyer, payer):
    make(blueprints, design, buyer, TWO)
    tx = make(blueprints, design, buyer, THREE, ONE)
    assert [event["number"] for event in tx.events["UnitMade"]] == [2, 3]
    assert blueprints.makeOf(design.id, THREE) == (buyer, tx.timestamp, 2)
    assert blueprints.makeOf(design.id, ONE) == (buyer, tx.timestamp, 3)
    assert blueprints.balanceOf(buyer, int(design.id, 16)) == 0
    assert blueprints.creditOf(payer, ZERO) == 3 * FEE


def test_nothing_is_known_of_a_serial_when_it_is_not_registered(blueprints, design, free_design, held, buyer):
    make(blueprints, design, buyer, ONE)
    assert blueprints.makeOf(design.id, TWO) == blueprints.makeOf(free_design.id, ONE) == NOTHING


def test_make_is_refused_when_the_maker_has_fewer_units_than_serials(blueprints, design, held, buyer, stranger):
    with refused("ERC1155InsufficientBalance", stranger, 0, 1, int(design.id, 16)):
        ask(blueprints, design, stranger, ONE)
    with refused("ERC1155InsufficientBalance", buyer, 3, 4, int(design.id, 16)):
        ask(blueprints, design, buyer, ONE, TWO, THREE, serial("4"))


def test_make_is_refused_when_the_serial_is_taken(blueprints, design, held, give, buyer, stranger):
    give(design, stranger, 1)
    make(blueprints, design, stranger, ONE)
    with refused("BlueprintsSerialTaken", design.id, ONE, stranger):
        ask(blueprints, design, buyer, TWO, ONE)
    assert blueprints.balanceOf(buyer, int(design.id, 16)) == 3


def test_make_is_refused_when_one_call_names_a_serial_twice(blueprints, design, held, buyer):
    with refused("BlueprintsSerialTaken", design.id, ONE, buyer):
        ask(blueprints, design, buyer, ONE, TWO, ONE)


def test_same_serial_of_another_design_is_another_serial(blueprints, design, free_design, held, give, buyer, stranger):
    give(free_design, stranger, 1)
    make(blueprints, design, buyer, ONE)
    make(blueprints, free_design, stranger, ONE, value=0)
    assert blueprints.makeOf(free_design.id, ONE)[0] == stranger


def test_make_is_refused_when_it_names_no_serial(blueprints, design, held, buyer):
    with refused("BlueprintsNoSerial"):
        ask(blueprints, design, buyer)


@pytest.mark.parametrize("text", ["a", "~", "!", "x" * 32, "A" * 31 + "z", "No.7/b#2", "..", "%2F"])
def test_serial_is_taken_when_all_of_it_is_visible_ascii(blueprints, design, held, buyer, text):
    make(blueprints, design, buyer, serial(text))
    assert blueprints.makeOf(design.id, serial(text))[0] == buyer


@pytest.mark.parametrize(
    "bad",
    [b"", b"\0A", b"A\0B", b"A" * 30 + b"\0A", b" A", b"A B", b"A ", b"A\x7f", b"A\x1f", b"A\n", b"\x80",
     "도깨비".encode(), "\N{CYRILLIC CAPITAL LETTER A}1".encode(), b"x" * 31 + b"\xff"],
)  # fmt: skip
def test_serial_is_refused_when_it_is_empty_or_not_visible_ascii(blueprints, design, held, buyer, bad):
    with refused("BlueprintsBadSerial", serial(bad)):
        ask(blueprints, design, buyer, ONE, serial(bad))


def test_serials_that_look_alike_are_others(blueprints, design, held, buyer):
    make(blueprints, design, buyer, serial("AB-O1"), serial("AB-01"), serial("ab-o1"))
    assert [blueprints.makeOf(design.id, serial(text))[2] for text in ("AB-O1", "AB-01", "ab-o1", "AB-0l")] == [
        1,
        2,
        3,
        0,
    ]


@pytest.mark.parametrize("off", [-1, 1, -FEE])
def test_make_is_refused_when_the_eth_is_not_exactly_the_fees(blueprints, design, held, buyer, off):
    with refused("CreditsWrongValue", 2 * FEE + off, 2 * FEE):
        ask(blueprints, design, buyer, ONE, TWO, value=2 * FEE + off)


def test_free_make_costs_nothing_and_credits_nobody(blueprints, free_design, give, buyer):
    give(free_design, buyer, 1)
    with refused("CreditsWrongValue", 1, 0):
        ask(blueprints, free_design, buyer, ONE, value=1)
    tx = make(blueprints, free_design, buyer, ONE, value=0)
    assert "CreditsAdded" not in tx.events
    assert blueprints.makeOf(free_design.id, ONE) == (buyer, tx.timestamp, 1)


def test_make_is_refused_when_the_design_is_not_published(blueprints, list_design, buyer):
    design = list_design(publish=False)
    with refused("BlueprintsNotPublished", design.id):
        ask(blueprints, design, buyer, ONE)
    with refused("BlueprintsNotPublished", salt(99)):
        blueprints.make.call(salt(99), [ONE], {"from": buyer})


def test_unit_is_made_by_who_was_handed_it(blueprints, design, held, buyer, stranger):
    blueprints.safeTransferFrom(buyer, stranger, int(design.id, 16), 1, b"", {"from": buyer})
    make(blueprints, design, stranger, ONE)
    assert blueprints.makeOf(design.id, ONE)[0] == stranger
    with refused("ERC1155InsufficientBalance", stranger, 0, 1, int(design.id, 16)):
        ask(blueprints, design, stranger, TWO)


def test_approved_account_burns_its_own_units_alone(blueprints, design, held, buyer, stranger):
    blueprints.setApprovalForAll(stranger, True, {"from": buyer})
    with refused("ERC1155InsufficientBalance", stranger, 0, 1, int(design.id, 16)):
        ask(blueprints, design, stranger, ONE)


def test_payee_takes_the_fees_out_and_nobody_else_does(blueprints, design, held, buyer, payer, stranger):
    make(blueprints, design, buyer, ONE, TWO)
    with refused("CreditsNotOwner", stranger, payer):
        blueprints.withdrawFrom.call(payer, ZERO, stranger, 1, {"from": stranger})
    before = web3.eth.get_balance(stranger.address)
    blueprints.withdraw(ZERO, stranger, 2 * FEE, {"from": payer})
    assert web3.eth.get_balance(stranger.address) == before + 2 * FEE
    assert blueprints.creditOf(payer, ZERO) == 0


def test_split_collects_its_fees_and_each_payee_takes_its_part(
    blueprints, list_design, make_split, splits, give, buyer, payer, stranger
):
    split_id = make_split((payer, 6_000), (stranger, 4_000))
    design = list_design(payee=ZERO, split_id=split_id, split_version=1)
    give(design, buyer, 2)
    make(blueprints, design, buyer, ONE, TWO)
    with refused("CreditsNotOwner", stranger, split_account(split_id, 1)):
        blueprints.withdrawFrom.call(split_account(split_id, 1), ZERO, stranger, 1, {"from": stranger})
    splits.collect(blueprints, ZERO, split_id, 1, {"from": stranger})
    assert splits.receivedBy(split_id, 1, ZERO) == 2 * FEE
    before = web3.eth.get_balance(payer.address)
    splits.claim(split_id, 1, 0, ZERO, payer, {"from": stranger})
    assert web3.eth.get_balance(payer.address) == before + 2 * FEE * 6_000 // 10_000


@pytest.fixture
def coin(OddToken, owner, buyer, blueprints):
    coin = OddToken.deploy(6, {"from": owner})
    coin.mint(buyer, RICH, {"from": owner})
    return coin


@pytest.fixture
def coin_design(list_design, give, buyer, coin):
    design = list_design(currency=str(coin))
    give(design, buyer, 3)
    return design


def test_token_fee_is_taken_from_the_allowance(blueprints, coin_design, coin, buyer, payer):
    with refused("ERC20InsufficientAllowance", blueprints, 0, FEE):
        ask(blueprints, coin_design, buyer, ONE, value=0)
    coin.approve(blueprints, 2 * FEE, {"from": buyer})
    make(blueprints, coin_design, buyer, ONE, TWO, value=0)
    assert (coin.balanceOf(buyer), coin.balanceOf(blueprints)) == (RICH - 2 * FEE, 2 * FEE)
    assert blueprints.creditOf(payer, coin) == 2 * FEE
    blueprints.withdraw(coin, payer, 2 * FEE, {"from": payer})
    assert coin.balanceOf(payer) == 2 * FEE


def test_make_is_refused_when_eth_comes_with_a_token_fee(blueprints, coin_design, coin, buyer):
    coin.approve(blueprints, FEE, {"from": buyer})
    with refused("CreditsWrongValue", 1, 0):
        ask(blueprints, coin_design, buyer, ONE, value=1)


def test_token_fee_is_taken_by_a_permit(blueprints, list_design, give, PermitToken, owner, buyer, payer):
    coin = PermitToken.deploy({"from": owner})
    coin.mint(buyer, RICH, {"from": owner})
    design = list_design(currency=str(coin))
    give(design, buyer, 2)
    permit = permit_arguments(coin, signer(buyer), blueprints, 2 * FEE)
    tx = blueprints.makeWithPermit(design.id, [ONE, TWO], permit, {"from": buyer})
    assert [event["serial"] for event in tx.events["UnitMade"]] == [ONE, TWO]
    assert blueprints.creditOf(payer, coin) == 2 * FEE == coin.balanceOf(blueprints)
    assert coin.allowance(buyer, blueprints) == 0


def test_permit_of_somebody_else_is_not_enough(blueprints, list_design, give, PermitToken, owner, buyer, stranger):
    coin = PermitToken.deploy({"from": owner})
    coin.mint(buyer, RICH, {"from": owner})
    design = list_design(currency=str(coin))
    give(design, buyer, 1)
    permit = permit_arguments(coin, signer(stranger), blueprints, FEE)
    with refused("ERC20InsufficientAllowance", blueprints, 0, FEE):
        blueprints.makeWithPermit.call(design.id, [ONE], permit, {"from": buyer})


def test_permit_is_refused_when_the_fee_is_in_eth(blueprints, design, held, buyer):
    with refused("CreditsWrongValue", 0, FEE):
        blueprints.makeWithPermit.call(design.id, [ONE], (FEE, 2**40, 27, salt(1), salt(1)), {"from": buyer})
