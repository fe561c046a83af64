"""Each standard's functions and events stand in the contracts that keep it, spelled as the standard spells them.

What they do is shown beside each contract: tests/unit/CommunityToken, tests/unit/Membership, tests/unit/CommunityGovernor.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import pytest
from eth_utils.abi import collapse_if_tuple

from scripts.lib.artifacts import artifact

ERC_20 = """
    function name() view returns (string)
    function symbol() view returns (string)
    function decimals() view returns (uint8)
    function totalSupply() view returns (uint256)
    function balanceOf(address) view returns (uint256)
    function transfer(address, uint256) returns (bool)
    function transferFrom(address, address, uint256) returns (bool)
    function approve(address, uint256) returns (bool)
    function allowance(address, address) view returns (uint256)
    event Transfer(address indexed, address indexed, uint256)
    event Approval(address indexed, address indexed, uint256)
"""
ERC_2612 = """
    function permit(address, address, uint256, uint256, uint8, bytes32, bytes32)
    function nonces(address) view returns (uint256)
    function DOMAIN_SEPARATOR() view returns (bytes32)
"""
ERC_5267 = """
    function eip712Domain() view returns (bytes1, string, string, uint256, address, bytes32, uint256[])
"""
ERC_165 = """
    function supportsInterface(bytes4) view returns (bool)
"""
ERC_721 = """
    function balanceOf(address) view returns (uint256)
    function ownerOf(uint256) view returns (address)
    function safeTransferFrom(address, address, uint256, bytes)
    function safeTransferFrom(address, address, uint256)
    function transferFrom(address, address, uint256)
    function approve(address, uint256)
    function setApprovalForAll(address, bool)
    function getApproved(uint256) view returns (address)
    function isApprovedForAll(address, address) view returns (bool)
    event Transfer(address indexed, address indexed, uint256 indexed)
    event Approval(address indexed, address indexed, uint256 indexed)
    event ApprovalForAll(address indexed, address indexed, bool)
"""
# its event Unlocked is for badges that are released; ours never are
ERC_5192 = """
    function locked(uint256) view returns (bool)
    event Locked(uint256)
"""
ERC_6372 = """
    function clock() view returns (uint48)
    function CLOCK_MODE() view returns (string)
"""
ERC_5805 = """
    function getVotes(address) view returns (uint256)
    function getPastVotes(address, uint256) view returns (uint256)
    function getPastTotalSupply(uint256) view returns (uint256)
    function delegates(address) view returns (address)
    function delegate(address)
    function delegateBySig(address, uint256, uint256, uint8, bytes32, bytes32)
    event DelegateChanged(address indexed, address indexed, address indexed)
    event DelegateVotesChanged(address indexed, uint256, uint256)
"""
KEPT = [
    ("CommunityToken", "ERC-20", ERC_20),
    ("CommunityToken", "ERC-2612", ERC_2612),
    ("CommunityToken", "ERC-5267", ERC_5267),
    ("Membership", "ERC-165", ERC_165),
    ("Membership", "ERC-721", ERC_721),
    ("Membership", "ERC-5192", ERC_5192),
    ("Membership", "ERC-5805", ERC_5805),
    ("Membership", "ERC-6372", ERC_6372),
    ("Membership", "ERC-5267", ERC_5267),
    ("CommunityGovernor", "ERC-165", ERC_165),
    ("CommunityGovernor", "ERC-6372", ERC_6372),
    ("CommunityGovernor", "ERC-5267", ERC_5267),
]
SPELLED = re.compile(r"(function|event) (\w+)\(([^)]*)\)( view)?(?: returns \(([^)]*)\))?")


class Spelling(NamedTuple):
    """A function or an event without the names of its parameters."""

    kind: str
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...] = ()


def spelled(text: str) -> dict[Spelling, bool]:
    """Read what a standard says, a line each; tell which of it must change nothing."""
    lines = [SPELLED.fullmatch(line.strip()) for line in text.strip().splitlines()]
    return {Spelling(line[1], line[2], _parts(line[3]), _parts(line[5])): bool(line[4]) for line in lines if line}


def _parts(text: str | None) -> tuple[str, ...]:
    return tuple(text.split(", ")) if text else ()


def spelling_of(entry: dict[str, Any]) -> Spelling:
    """Spell an entry of an ABI."""
    inputs = tuple(collapse_if_tuple(part) + " indexed" * part.get("indexed", False) for part in entry["inputs"])
    outputs = tuple(collapse_if_tuple(part) for part in entry.get("outputs", ()))
    return Spelling(entry["type"], entry["name"], inputs, outputs)


@pytest.mark.parametrize(
    ("contract", "standard"), [(kept[0], kept[2]) for kept in KEPT], ids=["-".join(kept[:2]) for kept in KEPT]
)
def test_functions_and_events_are_spelled_as_in_the_standard(contract: str, standard: str):
    ours = {
        spelling_of(entry): entry.get("stateMutability") in ("view", "pure")
        for entry in artifact(contract).abi
        if entry["type"] in ("function", "event")
    }
    asked = spelled(standard)
    assert len(asked) == len(standard.strip().splitlines())
    assert set(asked) - set(ours) == set()
    assert [spelling for spelling, is_view in asked.items() if is_view and not ours[spelling]] == []
