// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title OrderFlags
/// @notice What an order has beyond its one word. A listing's flags are those that its orders start with.
library OrderFlags {
    uint8 internal constant TRANSFERRED = 1; // the holder stands in Aside, not in the order's key
    uint8 internal constant REFERRED = 2; // the referrer stands in Aside
    uint8 internal constant MILESTONES = 4; // delivered and paid in parts, by the terms' extras
    uint8 internal constant FINAL_OFFER = 8; // a ruling picks the nearer of the two last offers

    /// @dev Is this flag set?
    function has(uint8 flags, uint8 flag) internal pure returns (bool) {
        return flags & flag != 0;
    }
}
