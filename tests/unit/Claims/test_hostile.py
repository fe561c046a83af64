"""Currencies that lie, call back or refuse: they harm only the phase that asks for them, and fake no payment."""

import pytest
from brownie import web3

from tests.fixtures.claims import SUPPLY
from tests.helpers.claims import WHOLE_TOKEN, account_of
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO

PRICE = 100 * WHOLE_TOKEN  # 100 units of currency for a unit of the token
HELD = 10**9
ENOUGH_GAS = 12_000_000


@pytest.fixture(scope="module")
def coin_for(claims, owner, buyer) -> callable:
    """Give a factory of currencies that the buyer holds and has approved."""

    def made(container, *arguments):
        coin = container.deploy(*arguments, {"from": owner})
        coin.mint(buyer, HELD, {"from": owner})
        coin.approve(claims, HELD, {"from": buyer})
        return coin

    return made


@pytest.fixture(scope="module")
def account(launched) -> str:
    return account_of(launched[0])


@pytest.mark.parametrize("tax_bps, arrives", [(1, 9_999), (10_000, 0), (-100, 10_100)])
def test_claim_is_refused_when_another_amount_arrives_than_was_sent(
    claims, open_phase, claim_tokens, coin_for, TaxedToken, owner, buyer, tax_bps, arrives
):
    coin = coin_for(TaxedToken)
    coin.setTaxBps(tax_bps, {"from": owner})
    with refused("CreditsTokenDeliveredLess", coin, arrives, 10_000):
        claim_tokens(open_phase(price=PRICE, currency=str(coin)), buyer, 100, call=True)


@pytest.mark.parametrize("name", ["NoReturnToken", "FalseReturningToken"])
def test_claim_is_paid_when_the_currency_is_only_old(
    claims, open_phase, claim_tokens, coin_for, launched_token, account, request, steward, buyer, accounts, name
):
    coin = coin_for(request.getfixturevalue(name))
    claim_tokens(open_phase(price=PRICE, currency=str(coin)), buyer, 3)
    assert (launched_token.balanceOf(buyer), coin.balanceOf(claims)) == (3, 300)
    claims.withdrawFrom(account, coin, accounts[9], 300, {"from": steward})
    assert coin.balanceOf(accounts[9]) == 300


def test_claim_is_refused_when_the_currency_answers_false(
    open_phase, claim_tokens, coin_for, FalseReturningToken, owner, buyer
):
    coin = coin_for(FalseReturningToken)
    coin.setFails(True, {"from": owner})
    with refused("SafeERC20FailedOperation", coin):
        claim_tokens(open_phase(price=PRICE, currency=str(coin)), buyer, 1, call=True)


def test_claim_is_refused_when_the_currencys_code_has_vanished(
    open_phase, claim_tokens, coin_for, VanishingToken, owner, buyer
):
    coin = coin_for(VanishingToken)
    phase = open_phase(price=PRICE, currency=str(coin))
    coin.vanish({"from": owner})
    with pytest.raises(Exception, match="revert"):
        claim_tokens(phase, buyer, 1, call=True)


def test_other_phases_go_on_when_a_currency_rebases_down(
    claims, open_phase, claim_tokens, coin_for, RebasingToken, OddToken, account, owner, steward, buyer, accounts
):
    shrinking, solid = coin_for(RebasingToken), coin_for(OddToken, 18)
    for coin in (shrinking, solid):
        claim_tokens(open_phase(price=PRICE, currency=str(coin), supply=100), buyer, 3)
    shrinking.rebase(claims, -200, {"from": owner})
    with refused("ERC20InsufficientBalance", claims, 100, 300):
        claims.withdrawFrom.call(account, shrinking, accounts[9], 300, {"from": steward})
    claims.withdrawFrom(account, solid, accounts[9], 300, {"from": steward})
    assert solid.balanceOf(accounts[9]) == 300


# calling back


@pytest.fixture
def party(ReentrantParty, owner):
    return ReentrantParty.deploy({"from": owner, "value": 10**12})


@pytest.fixture
def act(party, owner):
    """Let the wallet call as itself."""
    return lambda contract, name, *arguments, value=0: party.act(
        contract, value, getattr(contract, name).encode_input(*arguments), {"from": owner, "gas_limit": ENOUGH_GAS}
    )


def arguments_of(phase, amount, to):
    return (phase.words(), amount, 0, [], 2**256 - 1, to)


def every_call(claims, phase, other, account, party):
    """Give an attempt at each function of Claims, by the steward's wallet, about two phases in one currency."""
    attempts = [
        ("claim", arguments_of(phase, 2, party)),
        ("claim", arguments_of(other, 2, party)),
        ("openPhase", (phase.but(number=3, supply=1).words(),)),
        ("closePhase", (other.words(),)),
        ("closePhase", (phase.words(),)),
        ("withdraw", (phase.currency, party, 1)),
        ("withdrawFrom", (account, phase.currency, party, 300)),
        ("push", (party, phase.currency)),
    ]
    return [(claims.address, 0, getattr(claims, name).encode_input(*args)) for name, args in attempts]


@pytest.fixture
def by_the_wallet(registry, launched, party, act, steward):
    """Make the calling wallet the steward, so that nothing is refused for want of an office."""
    registry.offerStewardship(launched[0], party, {"from": steward})
    act(registry, "acceptStewardship", launched[0])


def test_every_function_of_claims_is_among_the_attempts(claims, open_phase, account, party):
    phase = open_phase()
    tried = {data[:10] for _, _, data in every_call(claims, phase, phase, account, party)}
    writing = {
        claims.get_method_object(claims.signatures[item["name"]]).signature
        for item in claims.abi
        if item["type"] == "function" and item["stateMutability"] in ("nonpayable", "payable")
    }
    assert tried == writing


def test_books_balance_when_everything_is_called_while_the_payment_moves(
    claims, open_phase, coin_for, WatchedToken, launched_token, account, party, act, by_the_wallet, request, owner
):
    coin = coin_for(WatchedToken)
    coin.mint(party, HELD, {"from": owner})
    act(coin, "approve", claims, HELD)
    phase, other = (_opened(claims, act, request, price=PRICE, currency=str(coin)) for _ in range(2))
    party.arm(every_call(claims, phase, other, account, party), {"from": owner})
    coin.setWatcher(party, {"from": owner})
    tx = act(claims, "claim", *arguments_of(phase, 3, party))
    assert len(tx.events["Tried"]) == 16
    succeeded = {event["number"] for event in tx.events["Tried"] if event["succeeded"]}
    # no payment inside a payment, no withdrawal meanwhile; a steward opens and closes as he could anyway
    assert succeeded == {2, 3, 4}
    coin.setWatcher(ZERO, {"from": owner})
    assert launched_token.balanceOf(party) == 3
    assert coin.balanceOf(claims) == 300 == claims.creditOf(account, coin)
    assert claims.bookOf(launched_token) == (3, 3 + 1)
    assert launched_token.reserves()[2] == 3


def test_tokens_for_eth_are_claimed_twice_only_when_they_are_paid_twice(
    claims, open_phase, coin_for, WatchedToken, launched_token, account, party, act, by_the_wallet, request, owner
):
    coin = coin_for(WatchedToken)
    coin.mint(party, HELD, {"from": owner})
    act(coin, "approve", claims, HELD)
    in_coin = _opened(claims, act, request, price=PRICE, currency=str(coin))
    in_eth = _opened(claims, act, request, price=PRICE)
    again = claims.claim.encode_input(*arguments_of(in_eth, 2, party))
    party.arm([(claims.address, 200, again), (claims.address, 199, again)], {"from": owner})
    coin.setWatcher(party, {"from": owner})
    held = web3.eth.get_balance(claims.address)
    tx = act(claims, "claim", *arguments_of(in_coin, 3, party))
    assert [event["succeeded"] for event in tx.events["Tried"]] == [True, False, True, False]
    assert launched_token.balanceOf(party) == 3 + 2 + 2
    assert web3.eth.get_balance(claims.address) == held + 400 == claims.creditOf(account, ZERO)


def _opened(claims, act, request, **changes):
    phase = request.getfixturevalue("phase_of")(start=0, supply=SUPPLY, **changes)
    act(claims, "openPhase", phase.words())
    return phase
