"""From opening a community to the last withdrawal, paid in ETH: at the end nobody is owed anything."""

from brownie import web3

from tests.fixtures.market import COMMUNITY_FEE_BPS, PLATFORM_FEE_BPS, community_params
from tests.helpers.accounts import community_account
from tests.helpers.amounts import completed
from tests.helpers.deal import Deal, Parties, State
from tests.helpers.terms import DAY, GOODS, ZERO, Purchase, Terms, clocks, rules, salt

PRICE_WEI = 120_000_000_000_000_007


def wei_of(account) -> int:
    return web3.eth.get_balance(str(account))


def test_market_is_empty_when_everybody_took_out_his_own(
    registry, market, owner, steward, seller, buyer, payer, arbiter, backup, stranger, accounts
):
    community_id = registry.openCommunity(community_params(name="손뜨개 마을"), {"from": steward}).return_value[0]
    terms = Terms(
        seller=str(seller),
        arbiter=str(arbiter),
        backup_arbiter=str(backup),
        unit_price=PRICE_WEI,
        rules=rules(kind=GOODS, max_fee_bps=PLATFORM_FEE_BPS + COMMUNITY_FEE_BPS, community_id=community_id),
        clocks=clocks(accept_for=DAY, deliver_for=3 * DAY, transit_for=DAY, inspect_for=DAY, rule_for=3 * DAY),
    )
    market.list(terms.words(), 10, {"from": seller})

    # a friend pays for the buyer
    purchase = Purchase(str(payer), str(buyer), str(arbiter), salt(1))
    deal = Deal(market, terms, purchase, 2, Parties(seller, buyer, payer, arbiter, backup, stranger))
    deal.buy()
    deal.accept()
    deal.deliver()
    deal.confirm()
    assert deal.state == State.COMPLETED
    shares = completed(2 * PRICE_WEI, PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)
    assert shares.total() == wei_of(market)

    for account, sender, amount in (
        (str(seller), seller, shares.seller),
        (community_account(0), owner, shares.platform),
        (community_account(community_id), steward, shares.community),
    ):
        had = wei_of(accounts[9])
        market.withdrawFrom(account, ZERO, accounts[9], amount, {"from": sender})
        assert wei_of(accounts[9]) == had + amount
    assert wei_of(market) == 0
    assert deal.listing.quantity_sold == 2
