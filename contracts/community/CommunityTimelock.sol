// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {TimelockControllerUpgradeable} from "@openzeppelin/contracts-upgradeable/governance/TimelockControllerUpgradeable.sol";

/// @title CommunityTimelock
/// @notice A community's treasury and steward: holds what belongs to it, and does what its governor has decided, after a delay.
/// @dev A clone, set up once in the call that makes it. Nobody but the governor schedules, cancels or executes, and neither the
/// roles nor the delay can ever change: a vote cannot hand the treasury to somebody who needs no votes.
contract CommunityTimelock is TimelockControllerUpgradeable {
    /// @notice Raised at every attempt to change who may do what here, or the delay.
    error TimelockFixed();

    /// @dev Keeps anybody from setting the implementation up.
    constructor() {
        _disableInitializers();
    }

    /// @notice Name the governor and the delay. Once.
    function initialize(address governor, uint256 delay) external initializer {
        address[] memory only = new address[](1);
        only[0] = governor;
        __TimelockController_init(delay, only, only, address(0));
    }

    /// @notice Always refused.
    function updateDelay(uint256) external pure override {
        revert TimelockFixed();
    }

    /// @notice Always refused.
    function grantRole(bytes32, address) public pure override {
        revert TimelockFixed();
    }

    /// @notice Always refused.
    function revokeRole(bytes32, address) public pure override {
        revert TimelockFixed();
    }

    /// @notice Always refused.
    function renounceRole(bytes32, address) public pure override {
        revert TimelockFixed();
    }
}
