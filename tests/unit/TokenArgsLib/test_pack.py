"""TokenArgsLib: what is packed behind a clone's code is read back, field by field, whatever it is."""

import pytest
from brownie.test import given, strategy
from hypothesis import settings
from hypothesis import strategies as st


@pytest.fixture(scope="module")
def lib(PackedTokenArgs, owner):
    return PackedTokenArgs.deploy({"from": owner})


def text(most_bytes: int):
    """Give any text of at most so many bytes, Korean among it."""
    alphabet = st.one_of(st.characters(blacklist_categories=("Cs",)), st.sampled_from("도깨비시장0aZ\0"))
    return st.text(alphabet, max_size=most_bytes).map(lambda said: said.encode()[:most_bytes].decode(errors="ignore"))


@given(
    community_id=strategy("uint64"),
    cap=strategy("uint112"),
    founder=strategy("address"),
    founder_allocation=strategy("uint112"),
    start=strategy("uint40"),
    cliff=strategy("uint32"),
    duration=strategy("uint32"),
    claims=strategy("address"),
    claim_allocation=strategy("uint112"),
    curve=strategy("address"),
    curve_allocation=strategy("uint112"),
    name=text(255),
    symbol=text(255),
    uri=text(256),
)
@settings(max_examples=40)
def test_every_field_is_read_back_when_it_was_packed(
    lib, community_id, cap, founder, founder_allocation, start, cliff, duration,
    claims, claim_allocation, curve, curve_allocation, name, symbol, uri
):  # fmt: skip
    reserves = (claims, claim_allocation, curve, curve_allocation)
    args = (community_id, cap, founder, founder_allocation, start, cliff, duration, *reserves, name, symbol, uri)
    packed = lib.pack(args)
    assert len(bytes(packed)) == 192 + sum(len(part.encode()) for part in (name, symbol, uri))
    found_id, numbers, strings = lib.unpack(packed)
    assert found_id == community_id
    assert tuple(numbers) == (cap, founder, founder_allocation, start, cliff, duration, *reserves)
    assert tuple(strings) == (name, symbol, uri)


@pytest.mark.parametrize("lengths", [(0, 0, 0), (31, 32, 33), (32, 0, 1), (64, 11, 256), (255, 255, 0), (1, 0, 0)])
def test_strings_are_cut_at_the_right_byte_when_they_fill_words_exactly(lib, lengths):
    strings = tuple(letter * length for letter, length in zip("abc", lengths, strict=True))
    everybody = "0x" + "ff" * 20
    reserves = (everybody, 2**112 - 1, everybody, 2**112 - 1)
    numbers = (2**64 - 1, 2**112 - 1, everybody, 2**112 - 1, 2**40 - 1, 2**32 - 1, 2**32 - 1, *reserves)
    assert tuple(lib.unpack(lib.pack((*numbers, *strings)))[2]) == strings
