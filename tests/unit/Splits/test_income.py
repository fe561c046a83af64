"""collect and sweep: income reaches the books of one version, measured by what arrives."""

import pytest
from brownie import web3

from tests.fixtures.splits import PAID
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.splits import change_to, deposit_address
from tests.helpers.terms import ZERO


@pytest.fixture(scope="module", params=["eth", "token"])
def currency(request, coin_of):
    """Give ETH and a token in turn: both behave alike."""
    return ZERO if request.param == "eth" else coin_of().address


@pytest.fixture
def split(make_split, seller, buyer):
    return make_split((seller, 7_500), (buyer, 2_500))


def books(splits, split, version, currency) -> tuple[int, int, int]:
    """Give what a version has received, and what each of two payees may claim."""
    claimable = (splits.claimableOf(split, version, place, currency) for place in range(2))
    return (splits.receivedBy(split, version, currency), *claimable)


def test_collect_takes_a_ledgers_whole_credit_into_the_books(
    splits, split, ledger, credit, currency, balance_of, stranger
):
    credit(split, 1, PAID, currency)
    tx = splits.collect(ledger, currency, split, 1, {"from": stranger})
    assert tx.return_value == PAID
    assert ledger.creditOf(splits.accountOf(split, 1), currency) == 0
    assert balance_of(splits, currency) == PAID
    assert balance_of(ledger, currency) == 0
    assert books(splits, split, 1, currency) == (PAID, PAID * 7_500 // 10_000, PAID * 2_500 // 10_000)
    received = {"splitId": split, "version": 1, "currency": currency, "source": ledger.address, "amount": PAID}
    assert_events(tx, [splits], ("SplitReceived", received))


def test_collect_reverts_when_nothing_is_credited(splits, split, ledger, currency, stranger):
    with refused("CreditsNotEnough", splits.accountOf(split, 1), 0, 0):
        splits.collect.call(ledger, currency, split, 1, {"from": stranger})


@pytest.mark.parametrize("version", [0, 2])
def test_collect_reverts_when_the_version_does_not_exist(splits, split, ledger, credit, currency, stranger, version):
    credit(split, version, PAID, currency)
    with refused("SplitsUnknownVersion", split, version):
        splits.collect.call(ledger, currency, split, version, {"from": stranger})


def test_credit_of_a_version_waits_for_it_when_it_is_opened_later(splits, split, ledger, credit, currency, seller):
    credit(split, 2, PAID, currency)
    splits.change(split, change_to((0, 1), (1, 9_999)).words(), ["0x"], {"from": seller})
    splits.collect(ledger, currency, split, 2, {"from": seller})
    assert books(splits, split, 2, currency) == (PAID, PAID // 10_000, PAID * 9_999 // 10_000)


def test_income_stays_with_its_version_when_the_shares_change(splits, split, ledger, credit, currency, seller):
    credit(split, 1, PAID, currency)
    splits.collect(ledger, currency, split, 1, {"from": seller})
    credit(split, 1, 10, currency)
    splits.change(split, change_to((0, 2_500), (1, 7_500)).words(), ["0x"], {"from": seller})
    before = books(splits, split, 1, currency)
    credit(split, 2, PAID, currency)
    splits.collect(ledger, currency, split, 2, {"from": seller})
    assert books(splits, split, 1, currency) == before
    assert books(splits, split, 2, currency) == (PAID, PAID // 4, PAID * 3 // 4)
    splits.collect(ledger, currency, split, 1, {"from": seller})
    assert books(splits, split, 1, currency) == (PAID + 10, (PAID + 10) * 3 // 4, (PAID + 10) // 4)


def test_several_ledgers_pay_into_the_same_books(splits, split, SplitLedger, ledger, credit, currency, owner):
    other = SplitLedger.deploy(splits, {"from": owner})
    credit(split, 1, 100, currency)
    credit(split, 1, 23, currency, on=other)
    for one in (ledger, other):
        splits.collect(one, currency, split, 1, {"from": owner})
    assert splits.receivedBy(split, 1, currency) == 123


def test_only_splits_takes_money_out_of_a_versions_account(splits, split, ledger, credit, currency, seller):
    credit(split, 1, PAID, currency)
    account = splits.accountOf(split, 1)
    with refused("CreditsNotOwner", seller, account):
        ledger.withdrawFrom.call(account, currency, seller, PAID, {"from": seller})


def test_deposit_is_where_create2_puts_it(splits, split, SplitDeposit):
    assert splits.depositOf(split) == deposit_address(splits, split, SplitDeposit.bytecode)


@pytest.mark.parametrize("unknown", [0, 2])
def test_deposit_is_not_told_when_the_split_does_not_exist(splits, split, currency, stranger, unknown):
    with refused("SplitsUnknownVersion", unknown, 1):
        splits.depositOf(unknown)
    with refused("SplitsUnknownVersion", unknown, 1):
        splits.sweep.call(unknown, currency, {"from": stranger})


def test_sweep_makes_the_deposit_and_takes_what_lay_there_before(
    splits, split, pay_deposit, currency, balance_of, stranger
):
    pay_deposit(split, PAID, currency)
    deposit = splits.depositOf(split)
    assert not web3.eth.get_code(deposit)
    tx = splits.sweep(split, currency, {"from": stranger})
    assert tx.return_value == PAID
    assert (balance_of(deposit, currency), balance_of(splits, currency)) == (0, PAID)
    assert books(splits, split, 1, currency) == (PAID, PAID * 3 // 4, PAID // 4)
    received = {"splitId": split, "version": 1, "currency": currency, "source": deposit, "amount": PAID}
    assert_events(tx, [splits], ("SplitReceived", received))


def test_sweep_takes_what_came_later_when_the_deposit_stands(splits, split, pay_deposit, currency, stranger):
    for round_ in (1, 2, 3):
        pay_deposit(split, round_, currency)
        splits.sweep(split, currency, {"from": stranger})
    assert splits.receivedBy(split, 1, currency) == 6


def test_sweep_goes_to_the_version_that_is_current_then(splits, split, pay_deposit, currency, seller):
    pay_deposit(split, PAID, currency)
    splits.change(split, change_to((0, 2_500), (1, 7_500)).words(), ["0x"], {"from": seller})
    splits.sweep(split, currency, {"from": seller})
    assert splits.receivedBy(split, 1, currency) == 0
    assert books(splits, split, 2, currency) == (PAID, PAID // 4, PAID * 3 // 4)


def test_sweep_reverts_when_nothing_lies_there(splits, split, currency, stranger):
    with refused("SplitsNothingArrived", splits.depositOf(split), currency):
        splits.sweep.call(split, currency, {"from": stranger})


def test_deposits_of_splits_are_apart(splits, split, make_split, pay_deposit, currency, buyer):
    other = make_split((buyer, 10_000))
    assert splits.depositOf(other) != splits.depositOf(split)
    pay_deposit(split, PAID, currency)
    with refused("SplitsNothingArrived", splits.depositOf(other), currency):
        splits.sweep.call(other, currency, {"from": buyer})


def test_deposit_takes_eth_with_the_least_gas_when_its_contract_stands(splits, split, pay_deposit, owner):
    pay_deposit(split, 1)
    splits.sweep(split, ZERO, {"from": owner})
    deposit = splits.depositOf(split)
    tx = owner.transfer(deposit, 5, gas_limit=21_000 + 2_300)  # what Solidity's transfer leaves to the receiver
    assert tx.status == 1
    assert web3.eth.get_balance(deposit) == 5


def test_deposit_releases_nothing_when_anybody_but_splits_calls(
    splits, split, pay_deposit, currency, SplitDeposit, seller
):
    pay_deposit(split, PAID, currency)
    splits.sweep(split, currency, {"from": seller})
    deposit = SplitDeposit.at(splits.depositOf(split))
    pay_deposit(split, PAID, currency)
    assert deposit.SPLITS() == splits
    with refused("SplitDepositNotSplits", seller):
        deposit.release.call(currency, PAID, {"from": seller})


def test_eth_is_refused_when_it_is_sent_to_splits_itself(splits, owner):
    with refused("SplitsNotADeposit", owner, 7):
        owner.transfer(splits, 7)


def test_money_that_came_in_by_the_back_door_belongs_to_nobody(
    splits, split, ledger, credit, coin_of, ForcedEther, owner, stranger
):
    coin = coin_of()
    coin.transfer(splits, 999, {"from": owner})
    ForcedEther.deploy(splits, {"from": owner, "value": 777})
    for currency in (ZERO, coin.address):
        credit(split, 1, PAID, currency)
        assert splits.collect(ledger, currency, split, 1, {"from": stranger}).return_value == PAID
        assert splits.receivedBy(split, 1, currency) == PAID


def test_collect_and_claim_are_one_transaction_when_they_are_sent_together(
    splits, split, ledger, credit, currency, balance_of, seller, accounts
):
    credit(split, 1, PAID, currency)
    calls = [
        splits.collect.encode_input(ledger, currency, split, 1),
        splits.claim.encode_input(split, 1, 0, currency, accounts[9]),
    ]
    had = balance_of(accounts[9], currency)
    splits.multicall(calls, {"from": seller})
    assert balance_of(accounts[9], currency) == had + PAID * 3 // 4
