"""Bits where no bits belong: terms have one spelling, and any other is refused or unknown."""

import pytest
from brownie import web3
from eth_utils import keccak

from tests.helpers.deal import State

# Word of Terms, and how many of its top bits are not part of the value.
NARROW = {
    "seller": (0, 96),
    "currency": (2, 96),
    "unitPrice": (3, 128),
    "arbiterFee": (4, 128),
    "arbiter": (5, 96),
    "backupArbiter": (6, 96),
    "onlyBuyer": (7, 96),
}
BITS = [(name, bit) for name, (_, spare) in NARROW.items() for bit in (255, 256 - spare)]


def dirty(data: str, name: str, bit: int) -> str:
    """Give calldata with one more bit set in a word of the terms."""
    raw = bytearray.fromhex(data[2:])
    start = 4 + 32 * NARROW[name][0]
    word = int.from_bytes(raw[start : start + 32], "big")
    assert not word >> bit & 1
    raw[start : start + 32] = (word | 1 << bit).to_bytes(32, "big")
    return "0x" + raw.hex()


def answer(market, sender, data: str, value: int = 0) -> dict:
    call = {"from": str(sender), "to": market.address, "data": data, "value": hex(value), "gas": hex(5_000_000)}
    return web3.provider.make_request("eth_call", [call, "latest"])


@pytest.fixture(scope="module")
def deals(make_deal):
    return {state: make_deal(state) for state in (State.NONE, State.FUNDED, State.DELIVERED, State.DISPUTED)}


@pytest.mark.parametrize("name, bit", BITS)
def test_terms_are_not_listed_when_a_word_has_a_bit_too_many(market, terms, seller, name, bit):
    data = market.list.encode_input(terms.words(), 5)
    assert "error" not in answer(market, seller, data)
    assert "error" in answer(market, seller, dirty(data, name, bit))


@pytest.mark.parametrize("name, bit", BITS)
def test_nothing_can_be_bought_when_a_word_has_a_bit_too_many(market, deals, buyer, name, bit):
    deal = deals[State.NONE]
    data = market.buy.encode_input(*deal.buy_arguments())
    assert "error" not in answer(market, buyer, data, deal.total)
    assert "error" in answer(market, buyer, dirty(data, name, bit), deal.total)


@pytest.mark.parametrize("name, bit", BITS)
@pytest.mark.parametrize(
    "call, state, role",
    [("cancel", State.FUNDED, "buyer"), ("confirm", State.DELIVERED, "buyer"), ("rule", State.DISPUTED, "arbiter")],
)
def test_no_order_is_reached_when_a_word_has_a_bit_too_many(market, deals, request, name, bit, call, state, role):
    deal = deals[state]
    sender = request.getfixturevalue(role)
    data = getattr(market, call).encode_input(*deal.arguments(call, *deal.default_rest(call)))
    assert "error" not in answer(market, sender, data)
    assert "error" in answer(market, sender, dirty(data, name, bit))


def test_nothing_happens_when_calldata_is_cut_short(market, deals, buyer):
    data = market.cancel.encode_input(*deals[State.FUNDED].arguments("cancel"))
    assert "error" in answer(market, buyer, data[:-2])


def test_unknown_calls_and_plain_eth_are_refused_when_somebody_sends_them(market, buyer):
    assert "error" in answer(market, buyer, "0x", 1)
    assert "error" in answer(market, buyer, "0x" + keccak(text="sweep()")[:4].hex())
