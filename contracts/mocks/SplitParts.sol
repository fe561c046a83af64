// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {CommunityAccount} from "../community/CommunityAccount.sol";
import {ShareLib} from "../money/ShareLib.sol";
import {SplitAccount} from "../money/SplitAccount.sol";

/// @title SplitParts
/// @notice Lets tests call the libraries of splits one by one. For tests only.
contract SplitParts {
    /// @return dues One for each amount, in order.
    function duesDown(uint256[] calldata received, uint256 bps) external pure returns (uint256[] memory dues) {
        dues = new uint256[](received.length);
        for (uint256 i = 0; i < received.length; ++i) {
            dues[i] = ShareLib.dueDown(received[i], bps);
        }
    }

    /// @notice Try every rest and every share of one kind in one call, beside the plain formula.
    /// @return sum Of all that is due, so that a test can compare it with its own.
    function everyRest(uint256 quotient, uint256 bps) external pure returns (uint256 sum) {
        uint256 before = 0;
        for (uint256 rest = 0; rest < 10_000; ++rest) {
            uint256 received = quotient * 10_000 + rest;
            uint256 due = ShareLib.dueDown(received, bps);
            require(due == (received * bps) / 10_000, "not rounded down once");
            require(due >= before && due <= received, "fell, or is more than there is");
            before = due;
            sum += due;
        }
    }

    function forVersion(uint64 splitId, uint32 version) external pure returns (address) {
        return SplitAccount.forVersion(splitId, version);
    }

    function isSplit(address account) external pure returns (bool) {
        return SplitAccount.isSplit(account);
    }

    function isCommunity(address account) external pure returns (bool) {
        return CommunityAccount.isCommunity(account);
    }

    function versionOf(address account) external pure returns (uint64 splitId, uint32 version) {
        return SplitAccount.versionOf(account);
    }
}
