// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title CommunityAccount
/// @notice The address under which a community's commission is credited, derived from its id for life.
/// @dev Layout: 96 bits of mark, then the 64-bit id. No key is known for such an address, and finding one means finding a
/// preimage of 96 bits; whoever did would only expose his own credits to a steward. Id 0 is the platform.
library CommunityAccount {
    /// @dev First 12 bytes of keccak256("dokkaebi.community.account").
    uint96 internal constant MARK = uint96(bytes12(keccak256("dokkaebi.community.account")));

    /// @dev The account of a community.
    function forId(uint64 communityId) internal pure returns (address) {
        return address((uint160(MARK) << 64) | communityId);
    }

    /// @dev Is this the account of some community, existing or not?
    function isCommunity(address account) internal pure returns (bool) {
        return uint160(account) >> 64 == MARK;
    }

    /// @dev The id in a community's account. Meaningless for any other address.
    function idOf(address account) internal pure returns (uint64) {
        return uint64(uint160(account)); // the id is the low 64 bits; what is cut off is the mark
    }
}
