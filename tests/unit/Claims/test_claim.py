"""claim: so much as phase, bound and list say, in its time, for its price; to whom the caller says."""

import pytest
from brownie import web3

from tests.fixtures.claims import SUPPLY
from tests.helpers.claims import WHOLE_TOKEN, account_of, cost_of
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO
from tests.helpers.time import jump_to, now

PRICE = 1_000_000_000_000_000_003  # a little more than a unit of currency for a unit of the token


def test_free_claim_mints_to_the_caller(claims, open_phase, claim_tokens, launched_token, buyer):
    phase = open_phase()
    tx = claim_tokens(phase, buyer, 1_000)
    assert tx.return_value == 0
    assert launched_token.balanceOf(buyer) == 1_000
    assert claims.stateOf(phase.key()) == (True, SUPPLY - 1_000)
    assert claims.claimedOf(phase.key(), buyer) == 1_000
    said = {"key": phase.key(), "account": str(buyer), "to": str(buyer), "amount": 1_000, "cost": 0}
    minted = {"from": ZERO, "to": str(buyer), "value": 1_000}
    assert_events(tx, [claims, launched_token], ("TokensClaimed", said), ("Transfer", minted))


def test_tokens_go_to_whom_the_caller_names_and_count_against_the_caller(
    claims, open_phase, claim_tokens, launched_token, buyer, seller
):
    phase = open_phase(limit=10)
    claim_tokens(phase, buyer, 10, to=seller)
    assert (launched_token.balanceOf(seller), launched_token.balanceOf(buyer)) == (10, 0)
    assert (claims.claimedOf(phase.key(), buyer), claims.claimedOf(phase.key(), seller)) == (10, 0)
    assert claim_tokens(phase, seller, 10, call=True) == 0


def test_tokens_go_to_nobody_when_nobody_is_named(open_phase, claim_tokens, buyer):
    with refused("ERC20InvalidReceiver", ZERO):
        claim_tokens(open_phase(), buyer, 1, to=ZERO, call=True)


@pytest.mark.parametrize("amount", [0, SUPPLY + 1, 2**112, 2**256 - 1])
def test_claim_of_nothing_or_of_more_than_there_is_is_refused(open_phase, claim_tokens, buyer, amount):
    with refused("ClaimsSoldOut", amount, SUPPLY):
        claim_tokens(open_phase(), buyer, amount, call=True)


def test_phase_gives_its_last_unit_and_no_more(claims, open_phase, claim_tokens, buyer, seller):
    phase = open_phase()
    claim_tokens(phase, buyer, SUPPLY - 1)
    claim_tokens(phase, seller, 1)
    assert claims.stateOf(phase.key()) == (True, 0)
    with refused("ClaimsSoldOut", 1, 0):
        claim_tokens(phase, buyer, 1, call=True)


@pytest.mark.parametrize("edge, inside", [("start", (0, 1)), ("end", (-1, 0))])
def test_claim_is_possible_from_the_first_second_to_the_last(open_phase, claim_tokens, buyer, edge, inside):
    phase = open_phase(start=now() + 1_000)
    moment = getattr(phase, edge)
    for offset in (-1, 0, 1):
        jump_to(moment + offset)
        if offset in inside:
            assert claim_tokens(phase, buyer, 1, call=True) == 0
            continue
        with refused("ClaimsNotNow", phase.start, phase.end, moment + offset):
            claim_tokens(phase, buyer, 1, call=True)


def test_account_claims_up_to_its_bound_in_as_many_parts_as_it_likes(open_phase, claim_tokens, buyer, seller):
    phase = open_phase(limit=10)
    with refused("ClaimsTooMuch", buyer, 11, 10):
        claim_tokens(phase, buyer, 11, call=True)
    claim_tokens(phase, buyer, 4)
    claim_tokens(phase, buyer, 6)
    with refused("ClaimsTooMuch", buyer, 1, 0):
        claim_tokens(phase, buyer, 1, call=True)
    claim_tokens(phase, seller, 10)


def test_bound_counts_in_each_phase_for_itself(open_phase, claim_tokens, buyer):
    first, second = open_phase(limit=10), open_phase(limit=10)
    for phase in (first, second):
        claim_tokens(phase, buyer, 10)


def test_phase_without_a_list_looks_at_no_proof(open_phase, claim_tokens, buyer):
    assert claim_tokens(open_phase(), buyer, 7, allowance=3, proof=["0x" + "11" * 32], call=True) == 0


# for a price


@pytest.mark.parametrize("amount", [1, 999, WHOLE_TOKEN // 7, 3 * WHOLE_TOKEN])
def test_paid_claim_credits_the_community_with_the_cost_rounded_up(
    claims, open_phase, claim_tokens, launched, buyer, amount
):
    phase = open_phase(price=PRICE, supply=4 * WHOLE_TOKEN)
    cost, account = cost_of(amount, PRICE), account_of(launched[0])
    held = web3.eth.get_balance(claims.address)
    tx = claim_tokens(phase, buyer, amount, value=cost, max_cost=cost)
    assert tx.return_value == cost == claims.costOf(amount, PRICE)
    assert web3.eth.get_balance(claims.address) == held + cost
    assert claims.creditOf(account, ZERO) == cost
    assert_events(
        tx,
        [claims],
        (
            "TokensClaimed",
            {"key": phase.key(), "account": str(buyer), "to": str(buyer), "amount": amount, "cost": cost},
        ),
        ("CreditsAdded", {"source": phase.key(), "currency": ZERO, "payouts": ((account, cost),)}),
    )


def test_no_amount_is_free_by_its_smallness(claims):
    assert claims.costOf(1, 1) == 1
    assert claims.costOf(0, 2**128 - 1) == 0
    assert claims.costOf(WHOLE_TOKEN, 5) == 5
    assert claims.costOf(WHOLE_TOKEN + 1, 5) == 6
    assert claims.costOf(2**112 - 1, 2**128 - 1) == cost_of(2**112 - 1, 2**128 - 1)


@pytest.mark.parametrize("difference", [-1, 1])
def test_claim_is_refused_when_the_value_sent_is_not_the_cost(open_phase, claim_tokens, buyer, difference):
    with refused("CreditsWrongValue", 6 + difference, 6):
        claim_tokens(open_phase(price=PRICE), buyer, 5, value=6 + difference, call=True)


def test_claim_is_refused_when_value_comes_though_it_is_free(open_phase, claim_tokens, buyer):
    with refused("CreditsWrongValue", 1, 0):
        claim_tokens(open_phase(), buyer, 5, value=1, call=True)


def test_claim_is_refused_when_it_costs_more_than_the_caller_said(open_phase, claim_tokens, buyer):
    with refused("ClaimsCostTooHigh", 6, 5):
        claim_tokens(open_phase(price=PRICE), buyer, 5, value=6, max_cost=5, call=True)


def test_claim_for_a_token_takes_exactly_its_cost(claims, open_phase, claim_tokens, launched, OddToken, owner, buyer):
    coin = OddToken.deploy(6, {"from": owner})
    coin.mint(buyer, 100, {"from": owner})
    phase = open_phase(price=PRICE, currency=str(coin))
    with refused("ERC20InsufficientAllowance", claims, 0, 6):
        claim_tokens(phase, buyer, 5, call=True)
    coin.approve(claims, 6, {"from": buyer})
    with refused("CreditsWrongValue", 6, 0):
        claim_tokens(phase, buyer, 5, value=6, call=True)
    claim_tokens(phase, buyer, 5, max_cost=6)
    assert (coin.balanceOf(buyer), coin.balanceOf(claims), coin.allowance(buyer, claims)) == (94, 6, 0)
    assert claims.creditOf(account_of(launched[0]), coin) == 6


def test_steward_takes_the_proceeds_out_and_nobody_else_does(
    claims, open_phase, claim_tokens, launched, steward, buyer, accounts
):
    claim_tokens(open_phase(price=PRICE), buyer, 999, value=1_000)
    account = account_of(launched[0])
    with refused("CreditsNotOwner", buyer, account):
        claims.withdrawFrom.call(account, ZERO, buyer, 1, {"from": buyer})
    with refused("CreditsNoPush", account):
        claims.push.call(account, ZERO, {"from": buyer})
    had = web3.eth.get_balance(accounts[9].address)
    claims.withdrawFrom(account, ZERO, accounts[9], 1_000, {"from": steward})
    assert web3.eth.get_balance(accounts[9].address) == had + 1_000
    assert claims.creditOf(account, ZERO) == 0


def test_steward_of_another_community_takes_nothing(
    claims, open_phase, claim_tokens, open_community, launched, seller, buyer
):
    open_community(sender=seller)
    claim_tokens(open_phase(price=PRICE), buyer, 9, value=10)
    account = account_of(launched[0])
    with refused("CreditsNotOwner", seller, account):
        claims.withdrawFrom.call(account, ZERO, seller, 10, {"from": seller})


def test_account_for_itself_may_withdraw_from_what_it_has(claims, buyer):
    with refused("CreditsNotEnough", buyer, 1, 0):
        claims.withdrawFrom.call(buyer, ZERO, buyer, 1, {"from": buyer})
    with refused("CreditsNotEnough", buyer, 1, 0):
        claims.withdraw.call(ZERO, buyer, 1, {"from": buyer})


def test_whole_reserve_is_claimed_though_the_rest_of_the_cap_is_minted(
    claims, open_phase, claim_tokens, launched_token, steward, buyer
):
    phase = open_phase()
    launched_token.mint(steward, launched_token.mintable(), {"from": steward})
    claim_tokens(phase, buyer, SUPPLY)
    assert launched_token.balanceOf(buyer) == SUPPLY
