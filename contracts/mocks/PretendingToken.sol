// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title PretendingToken
/// @notice Says that it is a community's token, and is not. For tests only.
contract PretendingToken {
    uint64 public immutable communityId;

    constructor(uint64 id) {
        communityId = id;
    }
}
