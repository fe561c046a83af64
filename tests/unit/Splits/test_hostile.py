"""Ledgers, tokens and payees that lie, call back or refuse: they harm only themselves, and fake no income."""

import pytest
from brownie import web3

from tests.fixtures.splits import PAID
from tests.helpers.reverts import refused
from tests.helpers.splits import change_to
from tests.helpers.terms import ZERO

REJECT, BURN_GAS, RETURN_BOMB, REVERT_BOMB = range(4)
ENOUGH_GAS = 12_000_000


@pytest.fixture
def party(ReentrantParty, owner):
    return ReentrantParty.deploy({"from": owner, "value": 10**12})


@pytest.fixture
def bad_ledger(HostileLedger, owner):
    return HostileLedger.deploy({"from": owner})


@pytest.fixture
def honest(splits, make_split, credit, ledger, seller, owner, coin_of):
    """Give a split of an honest payee with money in both currencies, and the token."""
    coin = coin_of()
    split = make_split((seller, 10_000))
    for currency in (ZERO, coin.address):
        credit(split, 1, PAID, currency)
        splits.collect(ledger, currency, split, 1, {"from": owner})
    return split, coin


def every_call(splits, split, place, currency, ledger, party):
    """Give an attempt at each function of Splits, by a payee at a place."""
    lower = change_to((0, 1), (1, 9_999)).words()
    attempts = [
        ("claim", (split, 1, place, currency, party)),
        ("claim", (split, 1, 1 - place, currency, party)),
        ("collect", (ledger, currency, split, 1)),
        ("sweep", (split, currency)),
        ("create", ([party], [(0, 10_000, 0)])),
        ("propose", (split, place, lower)),
        ("approve", (splits.hashOfChange(split, lower), True)),
        ("change", (split, lower, ["0x"])),
        ("movePayee", (split, place, party)),
        ("multicall", ([splits.claim.encode_input(split, 1, place, currency, party)],)),
    ]
    return [(splits.address, 0, getattr(splits, name).encode_input(*args)) for name, args in attempts]


def test_every_function_of_splits_is_among_the_attempts(splits, make_split, party, seller, ledger):
    split = make_split((party, 5_000), (seller, 5_000))
    tried = {data[:10] for _, _, data in every_call(splits, split, 0, ZERO, ledger, party)}
    writing = {
        splits.get_method_object(splits.signatures[item["name"]]).signature
        for item in splits.abi
        if item["type"] == "function" and item["stateMutability"] in ("nonpayable", "payable")
    }
    assert tried == writing


# ledgers


def test_ledger_fakes_no_income_when_it_moves_nothing(splits, honest, make_split, party, bad_ledger, owner):
    split = make_split((party, 10_000))
    for currency in (ZERO, honest[1].address):
        with refused("SplitsNothingArrived", bad_ledger, currency):
            splits.collect.call(bad_ledger, currency, split, 1, {"from": owner})


def test_ledger_fakes_no_income_by_making_others_money_arrive_meanwhile(
    splits, honest, make_split, bad_ledger, ledger, credit, pay_deposit, owner, seller
):
    """While the hostile ledger is being collected it tries to have honest splits' money arrive, and to take some out."""
    split, coin = honest
    mine = make_split((bad_ledger, 10_000))
    for currency in (ZERO, coin.address):
        credit(split, 1, PAID, currency)
        pay_deposit(split, PAID, currency)
        calls = [
            splits.collect.encode_input(ledger, currency, split, 1),
            splits.sweep.encode_input(split, currency),
            splits.claim.encode_input(split, 1, 0, currency, seller),
            splits.multicall.encode_input([splits.sweep.encode_input(split, currency)]),
        ]
        calls_of_ledger = [
            ledger.withdrawFrom.encode_input(splits.accountOf(split, 1), currency, splits, PAID),
            ledger.withdraw.encode_input(currency, splits, 1),
        ]
        attempts = [(splits, 0, data) for data in calls] + [(ledger, 0, data) for data in calls_of_ledger]
        bad_ledger.arm(attempts, {"from": owner})
        with refused("SplitsNothingArrived", bad_ledger, currency):
            splits.collect.call(bad_ledger, currency, mine, 1, {"from": owner, "gas": ENOUGH_GAS})


def test_ledger_only_gives_its_own_money_away_when_it_pays_in_another_way(
    splits, honest, make_split, bad_ledger, balance_of, owner
):
    split, coin = honest
    mine = make_split((bad_ledger, 10_000))
    coin.transfer(bad_ledger, 500, {"from": owner})
    bad_ledger.arm([(coin, 0, coin.transfer.encode_input(splits, 500))], {"from": owner})
    assert splits.collect(bad_ledger, coin, mine, 1, {"from": owner}).return_value == 500
    assert balance_of(splits, coin) == PAID + 500
    assert splits.claimableOf(split, 1, 0, coin) == PAID


def test_ledger_cannot_count_one_arrival_twice_when_it_collects_from_itself_again(
    splits, honest, make_split, bad_ledger, owner
):
    coin = honest[1]
    mine = make_split((bad_ledger, 10_000))
    coin.transfer(bad_ledger, 500, {"from": owner})
    inner = splits.collect.encode_input(bad_ledger, coin, mine, 1)
    bad_ledger.arm(
        [(splits, 0, inner), (coin, 0, coin.transfer.encode_input(splits, 500)), (splits, 0, inner)], {"from": owner}
    )
    splits.collect(bad_ledger, coin, mine, 1, {"from": owner})
    assert splits.receivedBy(mine, 1, coin) == 500


@pytest.mark.parametrize("what", ["an account without code", "the token", "Splits", "the registry"])
def test_collect_reverts_when_the_ledger_is_none(splits, honest, registry, stranger, what):
    split, coin = honest
    bad = {"an account without code": stranger, "the token": coin, "Splits": splits, "the registry": registry}[what]
    with pytest.raises(Exception, match=r"revert|function"):
        splits.collect.call(bad, coin, split, 1, {"from": stranger})


# tokens


@pytest.mark.parametrize("tax_bps, arrives", [(100, 9_900), (9_999, 1), (-100, 10_100)])
def test_books_take_what_arrives_when_the_token_keeps_or_adds_a_part(
    splits, make_split, coin_of, TaxedToken, pay_deposit, owner, seller, buyer, tax_bps, arrives
):
    coin = coin_of(TaxedToken)
    split = make_split((seller, 5_000), (buyer, 5_000))
    pay_deposit(split, 10_000, coin)
    coin.setTaxBps(tax_bps, {"from": owner})
    assert splits.sweep(split, coin, {"from": owner}).return_value == arrives
    assert splits.receivedBy(split, 1, coin) == arrives == coin.balanceOf(splits)


def test_sweep_reverts_when_the_token_lets_nothing_arrive(
    splits, make_split, coin_of, TaxedToken, pay_deposit, owner, seller
):
    coin = coin_of(TaxedToken)
    split = make_split((seller, 10_000))
    pay_deposit(split, 10_000, coin)
    coin.setTaxBps(10_000, {"from": owner})
    with refused("SplitsNothingArrived", splits.depositOf(split), coin):
        splits.sweep.call(split, coin, {"from": owner})


@pytest.mark.parametrize("name", ["NoReturnToken", "FalseReturningToken"])
def test_split_lives_its_life_when_the_token_is_only_old(
    splits, make_split, coin_of, pay_deposit, request, owner, seller, buyer, name
):
    coin = coin_of(request.getfixturevalue(name))
    split = make_split((seller, 2_500), (buyer, 7_500))
    pay_deposit(split, 1_000, coin)
    splits.sweep(split, coin, {"from": owner})
    splits.claim(split, 1, 1, coin, buyer, {"from": buyer})
    assert (coin.balanceOf(buyer), coin.balanceOf(splits)) == (750, 250)


def test_nothing_is_booked_when_the_token_answers_false(
    splits, make_split, coin_of, FalseReturningToken, pay_deposit, owner, seller
):
    coin = coin_of(FalseReturningToken)
    split = make_split((seller, 10_000))
    pay_deposit(split, 1_000, coin)
    coin.setFails(True, {"from": owner})
    with refused("SplitsNothingArrived", splits.depositOf(split), coin):
        splits.sweep.call(split, coin, {"from": owner})
    coin.setFails(False, {"from": owner})
    splits.sweep(split, coin, {"from": owner})
    coin.setFails(True, {"from": owner})
    with refused("SafeERC20FailedOperation", coin):
        splits.claim.call(split, 1, 0, coin, seller, {"from": seller})
    assert splits.claimableOf(split, 1, 0, coin) == 1_000


def test_blocklisted_payee_names_another_address_and_delays_nobody(
    splits, make_split, coin_of, BlocklistingToken, pay_deposit, owner, seller, buyer, accounts
):
    coin = coin_of(BlocklistingToken)
    split = make_split((seller, 5_000), (buyer, 5_000))
    pay_deposit(split, 1_000, coin)
    splits.sweep(split, coin, {"from": owner})
    coin.setBlocked(seller, True, {"from": owner})
    with refused("BlocklistingTokenBlocked", seller):
        splits.claim.call(split, 1, 0, coin, seller, {"from": seller})
    splits.claim(split, 1, 1, coin, buyer, {"from": buyer})
    splits.claim(split, 1, 0, coin, accounts[9], {"from": seller})
    assert (coin.balanceOf(buyer), coin.balanceOf(accounts[9])) == (500, 500)


def test_deposit_keeps_the_tokens_while_it_is_blocklisted(
    splits, make_split, coin_of, BlocklistingToken, pay_deposit, owner, seller
):
    coin = coin_of(BlocklistingToken)
    split = make_split((seller, 10_000))
    pay_deposit(split, 1_000, coin)
    coin.setBlocked(splits.depositOf(split), True, {"from": owner})
    with refused("SplitDepositRefused", coin, 1_000):
        splits.sweep.call(split, coin, {"from": owner})
    coin.setBlocked(splits.depositOf(split), False, {"from": owner})
    splits.sweep(split, coin, {"from": owner})
    assert splits.claimableOf(split, 1, 0, coin) == 1_000


def test_only_this_currency_is_short_when_it_rebases_down(
    splits, honest, make_split, coin_of, RebasingToken, pay_deposit, balance_of, owner, seller, buyer, stranger
):
    split, coin = honest
    shrinking = coin_of(RebasingToken)
    other = make_split((seller, 5_000), (buyer, 5_000))
    pay_deposit(other, 1_000, shrinking)
    splits.sweep(other, shrinking, {"from": owner})
    shrinking.rebase(splits, -400, {"from": owner})
    splits.claim(other, 1, 1, shrinking, buyer, {"from": buyer})
    with refused("ERC20InsufficientBalance", splits, 100, 500):
        splits.claim.call(other, 1, 0, shrinking, seller, {"from": seller})
    for currency in (ZERO, coin.address):
        had = balance_of(seller, currency)
        splits.claim(split, 1, 0, currency, seller, {"from": stranger})
        assert balance_of(seller, currency) == had + PAID


def test_nobody_gets_more_when_the_token_rebases_up(
    splits, make_split, coin_of, RebasingToken, pay_deposit, owner, seller
):
    coin = coin_of(RebasingToken)
    split = make_split((seller, 10_000))
    pay_deposit(split, 1_000, coin)
    splits.sweep(split, coin, {"from": owner})
    coin.rebase(splits, 10**9, {"from": owner})
    assert splits.claimableOf(split, 1, 0, coin) == 1_000


@pytest.mark.parametrize("moment", ["collect", "sweep", "claim"])
def test_books_balance_when_a_token_calls_everything_while_it_moves(
    splits, make_split, coin_of, WatchedToken, party, ledger, credit, pay_deposit, owner, seller, moment
):
    coin = coin_of(WatchedToken)
    split = make_split((party, 5_000), (seller, 5_000))
    for _ in range(2):
        credit(split, 1, PAID, coin)
        pay_deposit(split, PAID, coin)
        if moment == "claim" or _ == 0:
            splits.collect(ledger, coin, split, 1, {"from": owner})
            splits.sweep(split, coin, {"from": owner})
    if moment == "claim":
        credit(split, 1, PAID, coin)
        pay_deposit(split, PAID, coin)
    paid_in = (4 if moment != "claim" else 6) * PAID
    party.arm(every_call(splits, split, 0, coin.address, ledger, party), {"from": owner})
    coin.setWatcher(party, {"from": owner})
    arguments = {
        "collect": (ledger, coin, split, 1),
        "sweep": (split, coin),
        "claim": (split, 1, 1, coin, seller),
    }[moment]
    tx = getattr(splits, moment)(*arguments, {"from": owner, "gas_limit": ENOUGH_GAS})
    assert len(tx.events["Tried"]) >= 10
    coin.setWatcher(ZERO, {"from": owner})
    owed = sum(splits.claimableOf(split, 1, place, coin) for place in range(2))
    received = splits.receivedBy(split, 1, coin)
    taken = sum(splits.claimedOf(split, 1, place, coin) for place in range(2))
    assert coin.balanceOf(splits) == received - taken
    assert 0 <= received - taken - owed <= 1
    waiting = coin.balanceOf(splits.depositOf(split)) + coin.balanceOf(ledger)
    assert received + waiting == paid_in


@pytest.mark.parametrize("moment", ["collect", "sweep", "claim"])
def test_views_say_what_was_or_what_will_be_when_they_are_asked_while_a_token_moves(
    splits, make_split, coin_of, WatchedToken, party, ledger, credit, pay_deposit, owner, seller, moment
):
    coin = coin_of(WatchedToken)
    split = make_split((party, 5_000), (seller, 5_000))
    credit(split, 1, PAID, coin)
    splits.collect(ledger, coin, split, 1, {"from": owner})
    credit(split, 1, PAID, coin)
    pay_deposit(split, PAID, coin)
    views = [
        splits.receivedBy.encode_input(split, 1, coin),
        splits.claimableOf.encode_input(split, 1, 1, coin),
        splits.claimedOf.encode_input(split, 1, 1, coin),
    ]
    party.arm([(splits, 0, data) for data in views], {"from": owner})
    coin.setWatcher(party, {"from": owner})
    before = answers(splits, views)
    arguments = {"collect": (ledger, coin, split, 1), "sweep": (split, coin), "claim": (split, 1, 1, coin, seller)}
    tx = getattr(splits, moment)(*arguments[moment], {"from": owner})
    found = [bytes.fromhex(str(event["answer"])[2:]) for event in tx.events["Tried"]]
    after = answers(splits, views)
    assert before != after
    assert len(found) == 2 * len(views)
    for asked in (found[: len(views)], found[len(views) :]):
        assert asked in (before, after)


def answers(contract, views) -> list[bytes]:
    return [bytes(web3.eth.call({"to": contract.address, "data": data})) for data in views]


# payees


def test_claim_is_paid_once_when_the_payee_asks_again_while_it_arrives(
    splits, honest, make_split, party, credit, ledger, owner
):
    split = make_split((party, 5_000), (honest_payee(splits, honest), 5_000))
    credit(split, 1, PAID)
    splits.collect(ledger, ZERO, split, 1, {"from": owner})
    party.arm(every_call(splits, split, 0, ZERO, ledger, party), {"from": owner})
    had, held = web3.eth.get_balance(party.address), web3.eth.get_balance(splits.address)
    tx = splits.claim(split, 1, 0, ZERO, party, {"from": owner, "gas_limit": ENOUGH_GAS})
    assert len(tx.events["Tried"]) == 10
    assert web3.eth.get_balance(party.address) == had + PAID // 2
    assert web3.eth.get_balance(splits.address) == held - PAID // 2


def honest_payee(splits, honest):
    return splits.payeeOf(honest[0], 0)


@pytest.mark.parametrize("reception", [REJECT, BURN_GAS, REVERT_BOMB])
def test_payee_that_cannot_receive_names_another_address_and_delays_nobody(
    splits, make_split, HostileReceiver, credit, ledger, owner, seller, accounts, reception
):
    wallet = HostileReceiver.deploy(reception, {"from": owner})
    split = make_split((wallet, 5_000), (seller, 5_000))
    credit(split, 1, 1_000)
    splits.collect(ledger, ZERO, split, 1, {"from": owner})
    gas = 2_000_000 if reception == BURN_GAS else ENOUGH_GAS
    with refused("SplitsEthRefused", wallet, 500):
        splits.claim.call(split, 1, 0, ZERO, wallet, {"from": owner, "gas": gas})
    had = web3.eth.get_balance(accounts[9].address)
    splits.claim(split, 1, 1, ZERO, accounts[9], {"from": seller})
    wallet.act(splits, 0, splits.claim.encode_input(split, 1, 0, ZERO, accounts[9]), {"from": owner})
    assert web3.eth.get_balance(accounts[9].address) == had + 1_000
    assert web3.eth.get_balance(splits.address) == 0
