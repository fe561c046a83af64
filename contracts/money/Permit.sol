// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @dev An ERC-2612 approval of `value` by the caller, spent by the call that carries it.
struct Permit {
    uint256 value; // smallest unit of the token
    uint256 deadline; // unix time
    uint8 v;
    bytes32 r;
    bytes32 s;
}
