"""Shared vectors: the contracts, these helpers and the frontend must agree on every hash and every packed field."""

import pytest
from brownie import web3

from tests.helpers.terms import CLOCKS, RULES, clocks, key_of, rules, unpack
from tests.helpers.vectors import load

CHAIN_ID, MARKET, VECTORS = load()
cases = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.title.replace(" ", "_"))


@cases
def test_helper_agrees_with_the_vector(vector):
    assert vector.terms.listing_id(CHAIN_ID, MARKET) == vector.listing_id
    assert vector.purchase.ref() == vector.ref
    assert key_of(vector.listing_id, vector.purchase.holder, vector.ref) == vector.key
    assert rules(**vector.rules) == vector.terms.rules
    assert clocks(**vector.clocks) == vector.terms.clocks
    assert unpack(RULES, vector.terms.rules) == vector.rules
    assert unpack(CLOCKS, vector.terms.clocks) == vector.clocks


@cases
def test_market_agrees_with_the_vectors_ref_and_key(market, vector):
    assert str(market.refOf(vector.purchase.words())) == vector.ref
    assert str(market.keyOf(vector.listing_id, vector.purchase.holder, vector.ref)) == vector.key


@cases
def test_market_agrees_with_the_helper_about_its_own_listing_id(market, vector, chain):
    assert str(market.listingIdOf(vector.terms.words())) == vector.terms.listing_id(chain.id, market.address)


@pytest.mark.anvil_only("a contract's code is put at an address of our choice")
@cases
def test_market_agrees_with_the_vectors_listing_id_when_it_stands_at_their_address(market, vector, chain, Market):
    assert chain.id == CHAIN_ID
    code = web3.eth.get_code(market.address)
    web3.provider.make_request("anvil_setCode", [MARKET, "0x" + bytes(code).hex()])
    there = web3.eth.contract(address=MARKET, abi=Market.abi)
    words = [bytes.fromhex(part[2:]) if len(str(part)) == 66 else part for part in vector.terms.words()]
    assert "0x" + there.functions.listingIdOf(tuple(words)).call().hex() == vector.listing_id
