"""From opening a community to the last withdrawal, paid in the community's own token with a permit."""

from tests.fixtures.market import COMMUNITY_FEE_BPS, PLATFORM_FEE_BPS
from tests.helpers.accounts import community_account
from tests.helpers.amounts import completed, ruled
from tests.helpers.deal import ANY_FEE, FAR, State
from tests.helpers.permits import permit_arguments, signer

PRICE_UNITS = 7 * 10**18 + 1
FEE_UNITS = 10**18 + 1


def buy(deal, permit):
    arguments = deal.buy_arguments(deal.total, ANY_FEE, FAR)
    return deal.market.buyWithPermit(*arguments, permit, {"from": deal.purchase.payer})


def test_members_trade_in_their_own_token_and_nobody_is_owed_anything_in_the_end(
    market, community_id, token, list_terms, make_deal, owner, steward, seller, buyer, arbiter
):
    supply = 1_000 * 10**18
    token.mintBatch([buyer, seller], [supply, supply], {"from": steward})
    terms = list_terms(currency=token.address, unit_price=PRICE_UNITS, arbiter_fee=FEE_UNITS)

    good = make_deal(terms=terms, quantity=3)
    buy(good, permit_arguments(token, signer(buyer), market, good.total))
    assert token.balanceOf(market) == good.total
    good.accept()
    good.deliver()
    good.confirm()

    bad = make_deal(terms=terms, quantity=1)
    buy(bad, permit_arguments(token, signer(buyer), market, bad.total))
    bad.accept()
    bad.deliver()
    # a stake is taken from an allowance; here each side gives it by a permit of its own
    for party in (buyer, seller):
        signed = permit_arguments(token, signer(party), market, FEE_UNITS)
        token.permit(party, market, *signed, {"from": party})
    bad.dispute()
    bad.stake()
    bad.rule(6_667)
    assert (good.state, bad.state) == (State.COMPLETED, State.RESOLVED)

    first = completed(good.total, PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)
    second = ruled(bad.total, FEE_UNITS, 6_667, PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)
    assert first.total() + second.total() == token.balanceOf(market) == good.total + bad.total + 2 * FEE_UNITS
    takers = (
        (str(seller), seller, first.seller + second.seller),
        (str(buyer), buyer, second.holder),
        (str(arbiter), arbiter, second.arbiter),
        (community_account(0), owner, first.platform + second.platform),
        (community_account(community_id), steward, first.community + second.community),
    )
    for account, sender, amount in takers:
        had = token.balanceOf(sender)
        market.withdrawFrom(account, token, sender, amount, {"from": sender})
        assert token.balanceOf(sender) == had + amount
    assert token.balanceOf(market) == 0
    assert token.totalSupply() == 2 * supply
