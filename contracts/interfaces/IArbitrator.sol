// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title IArbitrator
/// @notice What we need of an ERC-792 court.
interface IArbitrator {
    /// @notice Open a dispute for the caller, who is told the ruling by `rule(disputeId, ruling)`.
    function createDispute(uint256 choices, bytes calldata extraData) external payable returns (uint256 disputeId);

    /// @notice What opening a dispute costs now, wei.
    function arbitrationCost(bytes calldata extraData) external view returns (uint256 cost);
}
