"""The Market when it is made."""

from tests.helpers.reverts import refused


def test_market_is_not_made_when_the_registry_is_no_contract(new_market, splits, stranger):
    with refused("MarketNoCode", stranger):
        new_market(stranger, splits)


def test_market_is_not_made_when_splits_is_no_contract(new_market, registry, stranger):
    with refused("MarketNoCode", stranger):
        new_market(registry, stranger)


def test_market_knows_its_links_and_its_constants(market, registry, splits):
    assert market.REGISTRY() == registry.address
    assert market.SPLITS() == splits.address
    assert market.STAKE_FOR() == 3 * 24 * 3600
    assert market.MAX_EXTENSION() == 180 * 24 * 3600
