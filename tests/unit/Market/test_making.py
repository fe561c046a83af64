"""The Market when it is made."""

from tests.helpers.reverts import refused


def test_market_is_not_made_when_the_registry_is_no_contract(new_market, splits, memberships, stranger):
    with refused("MarketNoCode", stranger):
        new_market(stranger, splits, memberships)


def test_market_is_not_made_when_splits_is_no_contract(new_market, registry, memberships, stranger):
    with refused("MarketNoCode", stranger):
        new_market(registry, stranger, memberships)


def test_market_is_not_made_when_memberships_is_no_contract(new_market, registry, splits, stranger):
    with refused("MarketNoCode", stranger):
        new_market(registry, splits, stranger)


def test_market_knows_its_links_and_its_constants(market, registry, splits, memberships):
    assert market.REGISTRY() == registry.address
    assert market.SPLITS() == splits.address
    assert market.MEMBERSHIPS() == memberships.address
    assert market.STAKE_FOR() == 3 * 24 * 3600
    assert market.MAX_EXTENSION() == 180 * 24 * 3600
