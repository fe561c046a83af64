"""The checker's own encoder and hashes, compared with libraries that it does not use."""

from __future__ import annotations

import json

import pytest
from eth_abi.abi import encode
from eth_account.messages import encode_typed_data
from eth_utils.abi import collapse_if_tuple
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.export_abis import CONTRACTS, TARGET
from scripts.lib.steps import created_address
from tools.intent import codec, ids, typed_data
from tools.intent.keccak import keccak256


@pytest.mark.parametrize("length", [0, 1, 31, 32, 55, 134, 135, 136, 137, 271, 272, 273, 1000])
def test_keccak_equals_the_library_around_every_edge_of_a_block(length):
    data = bytes(n * 7 % 256 for n in range(length))
    assert keccak256(data) == keccak(data)


def parts_of_contracts():
    for name in CONTRACTS:
        for part in json.loads((TARGET / f"{name}.json").read_text(encoding="utf-8"))["abi"]:
            if part["type"] == "function":
                yield pytest.param(part, id=f"{name}.{part['name']}")


def values_of(part):
    """Give values of a type as documents write them."""
    kind = part["type"]
    if kind.endswith("[]"):
        return st.lists(values_of({**part, "type": kind[:-2]}), max_size=4)
    if kind == "tuple":
        return st.tuples(*(values_of(inner) for inner in part["components"])).map(list)
    if kind.startswith("uint"):
        return st.integers(0, 2 ** int(kind[4:]) - 1).map(str)
    if kind.startswith("bytes"):
        size = int(kind[5:]) if kind != "bytes" else None
        return st.binary(min_size=size or 0, max_size=size or 80).map(lambda raw: "0x" + raw.hex())
    if kind == "address":
        return st.binary(min_size=20, max_size=20).map(lambda raw: to_checksum_address(raw))
    return {"bool": st.booleans(), "string": st.text(max_size=80)}[kind]


@pytest.mark.parametrize("part", list(parts_of_contracts()))
def test_every_function_is_encoded_as_the_library_does_and_read_back(part):
    whole = {"type": "tuple", "name": "all", "components": part["inputs"]}

    @settings(max_examples=10, deadline=None)
    @given(values_of(whole))
    def holds(written):
        values = codec.from_json(whole, written)
        data = codec.encode_call(part, values)
        assert data[4:] == encode([collapse_if_tuple(entry) for entry in part["inputs"]], values)
        assert codec.decode_call(part, data) == values
        for worse in (data + b"\0", data[:-1], b"\0\0\0\0" + data[4:]):
            if len(part["inputs"]) or worse[:4] != data[:4]:
                with pytest.raises(codec.CodecError):
                    codec.decode_call(part, worse)

    holds()


BUY_TYPES = {"name": "f", "inputs": [{"name": "text", "type": "string"}, {"name": "flag", "type": "bool"}]}


@pytest.mark.parametrize(
    ("place", "byte"),
    [(4 + 31, 0x41), (4 + 63, 2), (4 + 32, 1), (4 + 95, 0xFF), (-1, 1)],
    ids=["offset elsewhere", "bool of 2", "dirty bool", "length beyond the end", "padding"],
)
def test_calldata_that_no_encoder_writes_is_refused(place, byte):
    data = bytearray(codec.encode_call(BUY_TYPES, ["안녕", True]))
    data[place] = byte
    with pytest.raises(codec.CodecError):
        codec.decode_call(BUY_TYPES, bytes(data))


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("uint8", "256"), ("uint8", "-1"), ("uint256", str(2**256)), ("uint256", "01"), ("uint256", "1.5"), ("uint256", "0x10"),
        ("uint256", 5), ("uint256", ""), ("address", "0x12"), ("address", "0x" + "zz" * 20), ("bool", "true"), ("bool", 1),
        ("bytes32", "0x12"), ("bytes", "0x123"), ("string", 5), ("uint256[]", "1"), ("int8", "1"), ("function", "0x"),
    ],
)  # fmt: skip
def test_what_does_not_fit_its_type_is_refused(kind, value):
    with pytest.raises(codec.CodecError):
        codec.from_json({"name": "x", "type": kind}, value)


@pytest.mark.parametrize("nonce", [1, 2, 127, 128, 255, 256, 70_000, 2**40])
def test_addresses_of_created_contracts_are_those_of_the_library(nonce):
    maker = "0x" + "3f" * 20
    assert ids.created_address(maker, nonce) == created_address(maker, nonce).lower()


@given(st.binary(min_size=20, max_size=20))
def test_checksums_are_those_of_the_library(raw):
    assert ids.with_checksum("0x" + raw.hex()) == to_checksum_address(raw)


def permit(**changes):
    found = {
        "types": {
            "EIP712Domain": [{"name": name, "type": kind} for name, kind in typed_data.DOMAIN],
            "Permit": [{"name": name, "type": kind} for name, kind in typed_data.PERMIT],
        },
        "primaryType": "Permit",
        "domain": {"name": "밤 라디오", "version": "1", "chainId": "31337", "verifyingContract": "0x" + "12" * 20},
        "message": {
            "owner": "0x" + "34" * 20,
            "spender": "0x" + "56" * 20,
            "value": str(2**256 - 1),
            "nonce": "0",
            "deadline": "2000000000",
        },
    }
    return {**found, **changes}


def test_hashes_of_a_permit_are_those_of_the_library():
    message = encode_typed_data(full_message=permit())
    found = typed_data.hashes(permit())
    assert found["domain"] == "0x" + message.header.hex()
    assert found["message"] == "0x" + message.body.hex()
    assert found["digest"] == "0x" + keccak(b"\x19\x01" + message.header + message.body).hex()


@pytest.mark.parametrize(
    "changes",
    [
        {"primaryType": "Order"},
        {"types": {"Permit": []}},
        {"domain": {"name": "x"}},
        {"message": {**permit()["message"], "extra": "1"}},
        {"message": {**permit()["message"], "value": 5}},
        {"message": {**permit()["message"], "owner": "0x12"}},
        {"unknown": 1},
    ],
)
def test_typed_data_of_another_shape_is_refused(changes):
    with pytest.raises(typed_data.PermitError):
        typed_data.hashes(permit(**changes))
