"""Receivers, payees and tokens that call back, lie or refuse: they harm only themselves, and no unit moves twice."""

import pytest
from brownie import web3

from tests.helpers.blueprints import serial
from tests.helpers.deal import State
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO
from tests.unit.Blueprints.conftest import FEE

ONE, TWO = serial("ONE"), serial("TWO")
RICH = 10**15
LOCKED = web3.keccak(text="ReentrancyGuardReentrantCall()")[:4]


@pytest.fixture
def wallet(UnitReceiver, owner):
    wallet = UnitReceiver.deploy({"from": owner})
    owner.transfer(wallet, 10**12)
    return wallet


@pytest.fixture
def act(wallet, owner):
    """Let the wallet call as itself."""
    return lambda contract, name, *arguments, value=0: wallet.act(
        contract, value, getattr(contract, name).encode_input(*arguments), {"from": owner}
    )


def attempts(blueprints, design, wallet, deal, stranger):
    """Give an attempt at everything that moves units."""
    unit = int(design.id, 16)
    other = (deal.terms.words(), deal.purchase.holder, deal.ref, deal.purchase.holder)
    calls = [
        ("make", (design.id, [ONE]), FEE),
        ("safeTransferFrom", (wallet, stranger, unit, 1, b""), 0),
        ("safeBatchTransferFrom", (wallet, stranger, [unit], [1], b""), 0),
        ("safeBatchTransferFrom", (wallet, stranger, [], [], b""), 0),
        ("claim", other, 0),
    ]
    return [(blueprints.address, value, getattr(blueprints, name).encode_input(*words)) for name, words, value in calls]


def assert_all_locked(tx, count: int) -> None:
    tried = [event for event in tx.events if event.name == "Tried"]
    assert len(tried) == count
    for event in tried:
        assert not event["succeeded"]
        assert bytes.fromhex(str(event["answer"])[2:])[:4] == LOCKED


@pytest.mark.parametrize("way", ["claim", "transfer", "batch"])
def test_receiver_moves_nothing_when_it_is_called_about_units(
    blueprints, design, give, make_deal, wallet, owner, buyer, stranger, way
):
    give(design, buyer, 2)
    waiting, other = (make_deal(State.COMPLETED, design.terms, quantity=5) for _ in range(2))
    wallet.arm(attempts(blueprints, design, wallet, other, stranger), {"from": owner})
    unit = int(design.id, 16)
    if way == "claim":
        tx = blueprints.claim(waiting.terms.words(), buyer, waiting.ref, wallet, {"from": buyer})
    elif way == "transfer":
        tx = blueprints.safeTransferFrom(buyer, wallet, unit, 2, b"", {"from": buyer})
    else:
        tx = blueprints.safeBatchTransferFrom(buyer, wallet, [unit, unit], [1, 1], b"", {"from": buyer})
    assert_all_locked(tx, 5)
    assert blueprints.balanceOf(wallet, unit) == (5 if way == "claim" else 2)
    assert blueprints.balanceOf(stranger, unit) == 0
    assert blueprints.makeOf(design.id, ONE)[0] == ZERO


def test_wallet_makes_and_hands_on_when_it_is_not_in_the_middle_of_it(
    blueprints, design, give, wallet, act, buyer, payer
):
    give(design, buyer, 2, to=wallet)
    act(blueprints, "make", design.id, [ONE], value=FEE)
    act(blueprints, "safeTransferFrom", wallet, buyer, int(design.id, 16), 1, b"")
    assert blueprints.makeOf(design.id, ONE)[0] == wallet
    assert blueprints.balanceOf(buyer, int(design.id, 16)) == 1
    assert blueprints.creditOf(payer, ZERO) == FEE


def test_claim_is_refused_when_the_receiver_answers_wrong_and_comes_later(
    blueprints, design, make_deal, wallet, owner, buyer
):
    deal = make_deal(State.COMPLETED, design.terms)
    wallet.lie(True, {"from": owner})
    with refused("ERC1155InvalidReceiver", wallet):
        blueprints.claim.call(deal.terms.words(), buyer, deal.ref, wallet, {"from": buyer})
    assert not blueprints.isClaimed(deal.key)
    wallet.lie(False, {"from": owner})
    blueprints.claim(deal.terms.words(), buyer, deal.ref, wallet, {"from": buyer})
    assert blueprints.balanceOf(wallet, int(design.id, 16)) == deal.quantity


def test_holder_without_a_receivers_code_loses_nothing(
    blueprints, design, make_deal, market, ReentrantParty, owner, stranger
):
    holder = ReentrantParty.deploy({"from": owner, "value": 10**12})
    deal = make_deal(State.NONE, design.terms, holder=holder, payer=holder)
    holder.act(market, deal.total, market.buy.encode_input(*deal.buy_arguments()), {"from": owner})
    deal.accept()
    deal.deliver()
    holder.act(market, 0, market.confirm.encode_input(*deal.arguments("confirm")), {"from": owner})
    with refused("ERC1155InvalidReceiver", holder):
        blueprints.claim.call(deal.terms.words(), holder, deal.ref, holder, {"from": stranger})
    data = blueprints.claim.encode_input(deal.terms.words(), holder, deal.ref, stranger)
    holder.act(blueprints, 0, data, {"from": owner})
    assert blueprints.balanceOf(stranger, int(design.id, 16)) == deal.quantity


@pytest.mark.parametrize("reception", [0, 1, 2, 3], ids=["rejects", "burns gas", "return bomb", "revert bomb"])
def test_make_goes_through_when_the_payee_is_hostile(
    blueprints, list_design, give, HostileReceiver, owner, buyer, stranger, reception
):
    payee = HostileReceiver.deploy(reception, {"from": owner})
    design = list_design(payee=str(payee))
    give(design, buyer, 1)
    blueprints.make(design.id, [ONE], {"from": buyer, "value": FEE})
    assert blueprints.creditOf(payee, ZERO) == FEE
    data = blueprints.withdraw.encode_input(ZERO, stranger, FEE)
    before = web3.eth.get_balance(stranger.address)
    payee.act(blueprints, 0, data, {"from": owner})
    assert web3.eth.get_balance(stranger.address) == before + FEE


@pytest.fixture
def sell_in(list_design, give, owner, buyer, blueprints):
    """Give a factory of a token and a design with its fee in it, of which the buyer has units."""

    def made(container, *arguments):
        coin = container.deploy(*arguments, {"from": owner})
        coin.mint(buyer, RICH, {"from": owner})
        coin.approve(blueprints, RICH, {"from": buyer})
        design = list_design(currency=str(coin))
        give(design, buyer, 3)
        return coin, design

    return made


@pytest.mark.parametrize("tax_bps", [100, -100])
def test_make_is_refused_when_the_token_delivers_another_amount(blueprints, sell_in, TaxedToken, owner, buyer, tax_bps):
    coin, design = sell_in(TaxedToken)
    coin.setTaxBps(tax_bps, {"from": owner})
    with refused("CreditsTokenDeliveredLess", coin, ..., FEE):
        blueprints.make.call(design.id, [ONE], {"from": buyer})


def test_make_is_refused_when_the_token_says_false(blueprints, sell_in, FalseReturningToken, owner, buyer):
    coin, design = sell_in(FalseReturningToken)
    coin.setFails(True, {"from": owner})
    with refused("SafeERC20FailedOperation", coin):
        blueprints.make.call(design.id, [ONE], {"from": buyer})


def test_make_takes_a_token_without_an_answer(blueprints, sell_in, NoReturnToken, buyer, payer):
    coin, design = sell_in(NoReturnToken)
    blueprints.make(design.id, [ONE], {"from": buyer})
    assert blueprints.creditOf(payer, coin) == FEE


def test_maker_moves_nothing_when_his_token_calls_him_about_its_movement(
    blueprints, list_design, give, make_deal, HookToken, wallet, act, owner, buyer, stranger
):
    coin = HookToken.deploy({"from": owner})
    design = list_design(currency=str(coin))
    give(design, buyer, 2, to=wallet)
    coin.mint(wallet, RICH, {"from": owner})
    act(coin, "approve", blueprints, RICH)
    coin.hook(wallet, True, {"from": owner})
    waiting = make_deal(State.COMPLETED, design.terms)
    calls = [(target, 0, data) for target, _, data in attempts(blueprints, design, wallet, waiting, stranger)]
    wallet.arm([call for call in calls if call != calls[0]], {"from": owner})
    tx = act(blueprints, "make", design.id, [TWO])
    assert_all_locked(tx, 4)
    assert blueprints.balanceOf(wallet, int(design.id, 16)) == 1
    assert blueprints.creditOf(design.conditions.payee, coin) == FEE == coin.balanceOf(blueprints)


def test_maker_registers_nothing_twice_when_his_token_calls_him(
    blueprints, list_design, give, HookToken, wallet, act, owner, buyer
):
    coin = HookToken.deploy({"from": owner})
    design = list_design(currency=str(coin))
    give(design, buyer, 2, to=wallet)
    coin.mint(wallet, RICH, {"from": owner})
    act(coin, "approve", blueprints, RICH)
    coin.hook(wallet, True, {"from": owner})
    again = blueprints.make.encode_input(design.id, [ONE])
    wallet.arm([(blueprints.address, 0, again)], {"from": owner})
    assert_all_locked(act(blueprints, "make", design.id, [TWO]), 1)
    assert blueprints.designOf(design.id)[4:] == (2, 1)
