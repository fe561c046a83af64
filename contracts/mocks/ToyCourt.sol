// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IArbitrator} from "../interfaces/IArbitrator.sol";
import {ICourtArbiter} from "../market/ICourtArbiter.sol";

/// @title ToyCourt
/// @notice An ERC-792 court that does what a test tells it: rule, be dead, be dearer, call back. For tests only.
contract ToyCourt is IArbitrator {
    uint256 public price;
    bool public isDead;
    uint256 public count;

    address private _callTarget;
    bytes private _callData;

    constructor(uint256 price_) {
        price = price_;
    }

    function set(uint256 newPrice, bool dead) external {
        (price, isDead) = (newPrice, dead);
    }

    /// @notice What to call in the middle of the next dispute's opening; it must fail.
    function arm(address target, bytes calldata data) external {
        (_callTarget, _callData) = (target, data);
    }

    function give(ICourtArbiter arbiter, uint256 disputeId, uint256 ruling) external {
        arbiter.rule(disputeId, ruling);
    }

    /// @inheritdoc IArbitrator
    function createDispute(uint256, bytes calldata) external payable returns (uint256 disputeId) {
        require(!isDead, "dead");
        require(msg.value >= price, "too little");
        if (_callTarget != address(0)) {
            (bool succeeded, ) = _callTarget.call(_callData);
            require(!succeeded, "the call-back went through");
        }
        return ++count;
    }

    /// @inheritdoc IArbitrator
    function arbitrationCost(bytes calldata) external view returns (uint256 cost) {
        return price;
    }
}
