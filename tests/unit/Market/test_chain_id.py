"""A chain that takes another id: orders made before it are still found."""

import pytest
from brownie import web3

from tests.helpers.deal import State


@pytest.fixture
def renumbered(chain):
    """Let the chain call itself 424242 for one test."""
    before = chain.id
    web3.provider.make_request("anvil_setChainId", [424_242])
    yield
    web3.provider.make_request("anvil_setChainId", [before])


def chain_id_of_the_evm() -> int:
    """Give what a contract sees: CHAINID, MSTORE, RETURN as the code of a creation that is only tried."""
    answer = web3.provider.make_request("eth_call", [{"data": "0x4660005260206000f3"}, "latest"])
    return int(answer["result"], 16)


@pytest.mark.anvil_only("the chain's id is changed")
def test_order_is_found_when_the_chain_has_renumbered(market, make_deal, buyer, request):
    deal = make_deal(State.FUNDED)
    listing_id = deal.listing_id
    request.getfixturevalue("renumbered")
    assert chain_id_of_the_evm() == 424_242
    assert str(market.listingIdOf(deal.terms.words())) == listing_id
    deal.ask("cancel", buyer)
