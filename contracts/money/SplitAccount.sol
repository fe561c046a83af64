// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title SplitAccount
/// @notice The address under which a ledger credits what belongs to one version of a split, derived for life.
/// @dev Layout: 64 bits of mark, the 64-bit id, the 32-bit version. No key is known for such an address. Finding one for a
/// given version means finding a preimage of 160 bits; one for a version that does not exist is of no use to its finder.
library SplitAccount {
    /// @dev First 8 bytes of keccak256("dokkaebi.split.account"); no beginning of CommunityAccount's mark.
    uint64 internal constant MARK = uint64(bytes8(keccak256("dokkaebi.split.account")));

    /// @dev The account of a version of a split.
    function forVersion(uint64 splitId, uint32 version) internal pure returns (address) {
        return address((uint160(MARK) << 96) | (uint160(splitId) << 32) | version);
    }

    /// @dev Is this the account of some version of some split, existing or not?
    function isSplit(address account) internal pure returns (bool) {
        return uint160(account) >> 96 == MARK;
    }

    /// @dev Which version the account is of. Meaningless for any other address.
    function versionOf(address account) internal pure returns (uint64 splitId, uint32 version) {
        // the version is the low 32 bits, the id the next 64; what is cut off is the mark
        return (uint64(uint160(account) >> 32), uint32(uint160(account)));
    }
}
