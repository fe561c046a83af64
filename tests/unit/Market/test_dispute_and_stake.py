"""dispute, stake and submitEvidence: the way to the arbiter."""

import pytest

from tests.helpers.deal import State
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.terms import DAY

URI, HASH = "https://market.example/content/0x77", "0x" + "e7" * 32


def evidence(deal, party, uri=URI, hash_=HASH):
    values = {"arbitrator": deal.terms.arbiter, "evidenceGroupID": int(deal.key, 16), "party": str(party)}
    return ("Evidence", {**values, "uri": uri, "hash": hash_})


def test_dispute_takes_the_stake_and_starts_the_sellers_clock_when_the_arbiter_asks_a_fee(market, make_deal, buyer):
    deal = make_deal(State.DELIVERED)
    before, held, owned = deal.order, market.balance(), buyer.balance()
    tx = deal.do("dispute", buyer, URI, HASH)
    stake_by = tx.timestamp + 3 * DAY
    assert deal.order == before._replace(state=State.CONTESTED, clock=stake_by)
    assert market.balance() == held + deal.fee
    assert buyer.balance() == owned - deal.fee - tx.gas_used * tx.gas_price
    assert_events(tx, [market], evidence(deal, buyer), ("OrderContested", {"key": deal.key, "stakeBy": stake_by}))


def test_dispute_goes_straight_to_the_arbiter_when_he_asks_no_fee(market, list_terms, make_deal, buyer):
    deal = make_deal(State.DELIVERED, list_terms(arbiter_fee=0))
    before = deal.order
    tx = deal.do("dispute", buyer, URI, HASH)
    rule_by = tx.timestamp + 4 * DAY
    assert deal.order == before._replace(state=State.DISPUTED, clock=rule_by)
    assert_events(tx, [market], evidence(deal, buyer), ("OrderDisputed", {"key": deal.key, "ruleBy": rule_by}))


@pytest.mark.parametrize("difference", [-1, 1])
def test_dispute_reverts_when_the_stake_is_not_the_fee(make_deal, buyer, difference):
    deal = make_deal(State.DELIVERED)
    with refused("CreditsWrongValue", deal.fee + difference, deal.fee):
        deal.ask("dispute", buyer, value=deal.fee + difference)


def test_dispute_reverts_when_eth_comes_with_a_free_arbiter(list_terms, make_deal, buyer):
    deal = make_deal(State.DELIVERED, list_terms(arbiter_fee=0))
    with refused("CreditsWrongValue", 1, 0):
        deal.ask("dispute", buyer, value=1)


@pytest.mark.parametrize("name, state", [("dispute", State.DELIVERED), ("submitEvidence", State.DISPUTED)])
def test_evidence_is_refused_when_its_uri_is_longer_than_256_bytes(make_deal, buyer, name, state):
    deal = make_deal(state)
    longest = "증" * 85 + "x"  # 256 bytes
    deal.ask(name, buyer, longest, HASH)
    with refused("MarketEvidenceTooLong", 257, 256):
        deal.ask(name, buyer, longest + "x", HASH)


@pytest.mark.parametrize("role", ["seller", "buyer", "stranger"])
def test_stake_opens_the_arbiters_window_when_anybody_pays_it(market, make_deal, request, role):
    sender = request.getfixturevalue(role)
    deal = make_deal(State.CONTESTED)
    before, held = deal.order, market.balance()
    tx = deal.do("stake", sender)
    rule_by = tx.timestamp + 4 * DAY
    assert deal.order == before._replace(state=State.DISPUTED, clock=rule_by)
    assert market.balance() == held + deal.fee
    assert_events(tx, [market], ("OrderDisputed", {"key": deal.key, "ruleBy": rule_by}))


@pytest.mark.parametrize("difference", [-1, 1])
def test_stake_reverts_when_it_is_not_the_fee(make_deal, seller, difference):
    deal = make_deal(State.CONTESTED)
    with refused("CreditsWrongValue", deal.fee + difference, deal.fee):
        deal.ask("stake", seller, value=deal.fee + difference)


def test_stake_goes_back_to_the_seller_when_a_friend_paid_it(market, make_deal, seller, stranger):
    deal = make_deal(State.CONTESTED)
    deal.do("stake", stranger)
    deal.refund()
    assert market.creditOf(seller, deal.terms.currency) == deal.fee
    assert market.creditOf(stranger, deal.terms.currency) == 0


@pytest.mark.parametrize("state", [State.CONTESTED, State.DISPUTED])
@pytest.mark.parametrize("role", ["seller", "buyer"])
def test_evidence_is_announced_and_nothing_changes_when_a_party_submits_it(market, make_deal, request, state, role):
    sender = request.getfixturevalue(role)
    deal = make_deal(state)
    before = deal.order
    tx = deal.do("submitEvidence", sender, URI, HASH)
    assert deal.order == before
    assert_events(tx, [market], evidence(deal, sender))
