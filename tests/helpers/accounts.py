"""Community accounts, derived without the contracts."""

from eth_utils import keccak, to_checksum_address

MARK = keccak(text="dokkaebi.community.account")[:12]


def community_account(community_id: int) -> str:
    """Give the address under which a community's commission is credited."""
    return to_checksum_address(MARK + community_id.to_bytes(8, "big"))
