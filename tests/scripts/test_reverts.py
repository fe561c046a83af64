"""A contract's own error is found wherever a node, or the library that speaks with it, puts it."""

from __future__ import annotations

import pytest
from eth_abi import encode
from web3.exceptions import ContractCustomError

from scripts.lib.artifacts import artifact
from scripts.lib.reverts import reason

STRANGER = "0x1f63a9e35a3296c7d6c825e4379a4c720c89e69b"
DATA = "0x7933449a" + encode(["uint256", "address"], [0, STRANGER]).hex()
OTHER_HEX = "0x" + "ab" * 32


@pytest.mark.parametrize(
    "problem",
    [
        ContractCustomError(DATA, data=DATA),
        ValueError({"code": 3, "message": "execution reverted: custom error 0x7933449a", "data": DATA}),
        ValueError({"code": -32000, "message": "revert", "data": {"hash": OTHER_HEX, "result": DATA}}),
        ValueError(f"execution reverted: custom error, data: {DATA}"),
    ],
    ids=["web3", "whole answer", "ganache", "in words"],
)
def test_refusal_is_told_by_name_wherever_the_data_stands(problem):
    told = reason(problem, artifact("CommunityRegistry").abi)
    assert told == f"RegistryNotSteward(id=0, caller={STRANGER})"


def test_words_of_the_node_are_told_when_there_is_no_known_error():
    assert reason(ValueError("nonce too low"), artifact("CommunityRegistry").abi) == "nonce too low"
