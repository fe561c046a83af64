"""rule: the arbiter divides the money."""

import pytest

from tests.fixtures.market import COMMUNITY_FEE_BPS, PLATFORM_FEE_BPS
from tests.helpers.amounts import ruled
from tests.helpers.deal import FINAL, State
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.time import jump_to


@pytest.mark.parametrize("bps", [0, 1, 3_333, 5_000, 9_999, 10_000])
def test_ruling_divides_money_and_stakes_to_the_wei_when_the_arbiter_decides(market, make_deal, arbiter, bps):
    deal = make_deal(State.DISPUTED)
    before, held = deal.order, market.balance()
    tx = deal.rule(bps)
    shares = ruled(deal.total, deal.fee, bps, PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)
    assert shares.total() == deal.total + 2 * deal.fee
    assert deal.order == before._replace(state=State.RESOLVED, amount=0, clock=0)
    assert deal.credits() == shares
    assert market.balance() == held
    resolved = ("OrderResolved", {"key": deal.key, "by": str(arbiter), "bpsToBuyer": bps})
    assert_events(tx, [market], resolved, deal.credits_added(shares))


def test_backup_gets_the_fee_when_he_rules_for_a_silent_arbiter(market, make_deal, arbiter, backup):
    deal = make_deal(State.DISPUTED)
    jump_to(deal.order.clock + 10)
    tx = deal.rule(2_500, backup)
    shares = ruled(deal.total, deal.fee, 2_500, PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)
    resolved = ("OrderResolved", {"key": deal.key, "by": str(backup), "bpsToBuyer": 2_500})
    assert_events(tx, [market], resolved, deal.credits_added(shares, backup))
    assert market.creditOf(backup, deal.terms.currency) == deal.fee
    assert market.creditOf(arbiter, deal.terms.currency) == 0


@pytest.mark.parametrize("bps", [0, 7_001, 10_000])
def test_ruling_pays_no_arbiter_when_he_asks_no_fee(market, list_terms, make_deal, bps):
    deal = make_deal(State.DISPUTED, list_terms(arbiter_fee=0))
    tx = deal.rule(bps)
    shares = ruled(deal.total, 0, bps, PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)
    resolved = ("OrderResolved", {"key": deal.key, "by": deal.terms.arbiter, "bpsToBuyer": bps})
    assert_events(tx, [market], resolved, deal.credits_added(shares))


def test_rule_reverts_when_it_gives_more_than_everything(make_deal, arbiter):
    deal = make_deal(State.DISPUTED)
    with refused("MarketBadRuling", 10_001):
        deal.ask("rule", arbiter, 10_001)


@pytest.mark.parametrize("state", FINAL)
@pytest.mark.parametrize("role", ["arbiter", "backup"])
def test_rule_changes_nothing_when_the_order_is_finished(market, make_deal, request, state, role):
    deal = make_deal(state)
    before, owed = deal.order, deal.credits()
    tx = deal.rule(10_000, request.getfixturevalue(role))
    assert_events(tx, [market])
    assert deal.order == before
    assert deal.credits() == owed
