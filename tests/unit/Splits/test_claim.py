"""claim: each payee takes its own part, once, rounded down; the rest stays for later income."""

import pytest

from tests.fixtures.splits import PAID
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.splits import change_to, due_down
from tests.helpers.terms import ZERO

BPS = (3_333, 3_333, 3_334)


@pytest.fixture(scope="module", params=["eth", "token"])
def currency(request, coin_of):
    """Give ETH and a token in turn: both behave alike."""
    return ZERO if request.param == "eth" else coin_of().address


@pytest.fixture
def split(make_split, seller, buyer, payer):
    return make_split(*zip((seller, buyer, payer), BPS, strict=True))


@pytest.fixture
def earn(splits, ledger, credit, currency, owner):
    """Let a version earn an amount."""

    def earned(split_id, amount=PAID, version=1):
        credit(split_id, version, amount, currency)
        splits.collect(ledger, currency, split_id, version, {"from": owner})

    return earned


def test_claim_pays_any_address_when_the_payee_calls(splits, split, earn, currency, balance_of, seller, accounts):
    earn(split)
    amount, had = due_down(PAID, BPS[0]), balance_of(accounts[9], currency)
    assert splits.claimableOf(split, 1, 0, currency) == amount
    tx = splits.claim(split, 1, 0, currency, accounts[9], {"from": seller})
    assert tx.return_value == amount
    assert balance_of(accounts[9], currency) == had + amount
    assert balance_of(splits, currency) == PAID - amount
    assert splits.claimedOf(split, 1, 0, currency) == amount
    assert splits.claimableOf(split, 1, 0, currency) == 0
    claimed = {
        "splitId": split,
        "version": 1,
        "payee": str(seller),
        "place": 0,
        "currency": currency,
        "to": str(accounts[9]),
        "amount": amount,
    }
    assert_events(tx, [splits], ("SplitClaimed", claimed))


def test_claim_reverts_when_all_was_taken(splits, split, earn, currency, seller):
    earn(split)
    splits.claim(split, 1, 0, currency, seller, {"from": seller})
    with refused("SplitsNothingToClaim", split, 1, 0, currency):
        splits.claim.call(split, 1, 0, currency, seller, {"from": seller})


def test_claim_reverts_when_there_was_no_income(splits, split, currency, seller):
    with refused("SplitsNothingToClaim", split, 1, 0, currency):
        splits.claim.call(split, 1, 0, currency, seller, {"from": seller})


@pytest.mark.parametrize("role", ["owner", "buyer", "stranger"])
def test_claim_reverts_when_the_share_is_anothers_and_would_go_elsewhere(splits, split, earn, currency, request, role):
    earn(split)
    account = request.getfixturevalue(role)
    with refused("SplitsNotPayee", split, 0, account):
        splits.claim.call(split, 1, 0, currency, account, {"from": account})


def test_claim_pays_the_payee_itself_when_anybody_calls(splits, split, earn, currency, balance_of, payer, stranger):
    earn(split)
    had = balance_of(payer, currency)
    splits.claim(split, 1, 2, currency, payer, {"from": stranger})
    assert balance_of(payer, currency) == had + due_down(PAID, BPS[2])


@pytest.mark.parametrize("who", ["nobody", "Splits itself"])
def test_claim_reverts_when_the_money_would_be_lost(splits, split, earn, currency, seller, who):
    earn(split)
    to = ZERO if who == "nobody" else splits.address
    with refused("SplitsBadRecipient", to):
        splits.claim.call(split, 1, 0, currency, to, {"from": seller})


@pytest.mark.parametrize(
    "version, place", [(1, 3), (1, 31), (1, 32), (1, 2**256 - 1), (0, 0), (2, 0)], ids=lambda number: str(number)[:4]
)
def test_claim_reverts_when_there_is_no_such_place(splits, split, earn, currency, seller, version, place):
    earn(split)
    for function in (splits.claimableOf, splits.claimedOf):
        with refused("SplitsNoPayeeAt", split, version, place):
            function(split, version, place, currency)
    with refused("SplitsNoPayeeAt", split, version, place):
        splits.claim.call(split, version, place, currency, seller, {"from": seller})


@pytest.mark.parametrize("incomes", [(1, 1, 1), (2, 10_000, 1), (7, 7, 9_986), (PAID, 1, PAID + 3)])
def test_rest_is_not_lost_and_comes_in_with_later_income(
    splits, split, earn, currency, balance_of, seller, buyer, payer, incomes
):
    total, paid = 0, [0, 0, 0]
    for amount in incomes:
        earn(split, amount)
        total += amount
        for place, payee in enumerate((seller, buyer, payer)):
            due = due_down(total, BPS[place])
            assert splits.claimableOf(split, 1, place, currency) == due - paid[place]
            if due > paid[place]:
                splits.claim(split, 1, place, currency, payee, {"from": payee})
            paid[place] = due
        assert 0 <= balance_of(splits, currency) == total - sum(paid) <= 2
    if total % 10_000 == 0:
        assert balance_of(splits, currency) == 0


def test_claims_do_not_depend_on_their_order(splits, split, earn, currency, balance_of, seller, buyer, payer):
    payees = (seller, buyer, payer)
    had = [balance_of(payee, currency) for payee in payees]
    earn(split, 1_000)
    splits.claim(split, 1, 1, currency, buyer, {"from": splits_stranger(payees)})
    earn(split, 777)
    for place in (2, 0, 1):
        splits.claim(split, 1, place, currency, payees[place], {"from": splits_stranger(payees)})
    for place, payee in enumerate(payees):
        assert balance_of(payee, currency) == had[place] + due_down(1_777, BPS[place])


def splits_stranger(payees):
    """Give an account that pays for gas, so that the payees' balances show income alone."""
    from brownie import accounts

    return next(account for account in accounts if account not in payees)


def test_money_is_apart_when_splits_share_the_contract(
    splits, split, make_split, earn, currency, balance_of, seller, buyer
):
    other = make_split((buyer, 10_000))
    earn(split, 1_000)
    earn(other, 50)
    splits.claim(other, 1, 0, currency, buyer, {"from": buyer})
    with refused("SplitsNothingToClaim", other, 1, 0, currency):
        splits.claim.call(other, 1, 0, currency, buyer, {"from": buyer})
    assert balance_of(splits, currency) == 1_000
    assert splits.claimableOf(split, 1, 0, currency) == 333


def test_payee_takes_all_it_ever_earned_when_it_has_left_the_split(
    splits, split, earn, currency, balance_of, seller, buyer, accounts
):
    earn(split)
    splits.change(split, change_to((1, 6_666), (2, 3_334)).words(), ["0x"], {"from": seller})
    earn(split, PAID, 2)
    had = balance_of(accounts[9], currency)
    splits.claim(split, 1, 0, currency, accounts[9], {"from": seller})
    assert balance_of(accounts[9], currency) == had + due_down(PAID, BPS[0])
    assert splits.sharesOf(split, 2)[1][0] == str(buyer)
    with refused("SplitsNotPayee", split, 1, seller):
        splits.claim.call(split, 2, 0, currency, seller, {"from": seller})


def test_moved_payee_takes_everything_and_the_old_address_nothing(
    splits, split, earn, currency, balance_of, seller, stranger, accounts
):
    earn(split)
    splits.movePayee(split, 0, stranger, {"from": seller})
    with refused("SplitsNotPayee", split, 0, seller):
        splits.claim.call(split, 1, 0, currency, seller, {"from": seller})
    had = balance_of(accounts[9], currency)
    splits.claim(split, 1, 0, currency, accounts[9], {"from": stranger})
    assert balance_of(accounts[9], currency) == had + due_down(PAID, BPS[0])


def test_split_may_be_a_payee_by_its_deposit(splits, make_split, earn, currency, balance_of, seller, buyer, stranger):
    inner = make_split((buyer, 10_000))
    outer = make_split((seller, 5_000), (splits.depositOf(inner), 5_000))
    earn(outer, 1_000)
    for _ in range(2):  # once with an address that has no code yet, once with a contract
        splits.claim(outer, 1, 1, currency, splits.depositOf(inner), {"from": stranger})
        splits.sweep(inner, currency, {"from": stranger})
        earn(outer, 1_000)
    assert splits.claimableOf(inner, 1, 0, currency) == 1_000


def test_amount_is_exact_when_it_is_as_large_as_a_token_can_say(splits, split, coin_of, ledger, credit, owner, seller):
    coin = coin_of()
    most = 2**256 - 1 - coin.totalSupply()
    coin.mint(owner, most, {"from": owner})
    credit(split, 1, most, coin)
    splits.collect(ledger, coin, split, 1, {"from": owner})
    splits.claim(split, 1, 2, coin, seller, {"from": splits_payer(splits, split)})
    assert coin.balanceOf(seller) == due_down(most, BPS[2])


def splits_payer(splits, split):
    from brownie import accounts

    return accounts.at(splits.payeeOf(split, 2))
