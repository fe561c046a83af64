"""Accounts of communities and splits, derived without the contracts."""

from eth_utils import keccak, to_checksum_address

SPLIT_MARK = keccak(text="dokkaebi.split.account")[:8]
MARK = keccak(text="dokkaebi.community.account")[:12]


def community_account(community_id: int) -> str:
    """Give the address under which a community's commission is credited."""
    return to_checksum_address(MARK + community_id.to_bytes(8, "big"))


def split_account(split_id: int, version: int) -> str:
    """Give the address under which a version of a split is credited."""
    return to_checksum_address(SPLIT_MARK + split_id.to_bytes(8, "big") + version.to_bytes(4, "big"))
