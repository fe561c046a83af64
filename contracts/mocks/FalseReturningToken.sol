// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {OddToken} from "./OddToken.sol";

/// @title FalseReturningToken
/// @notice Says false instead of reverting, and moves nothing, while it is told to fail. For tests only.
contract FalseReturningToken is OddToken {
    bool public fails;

    constructor() OddToken(18) {}

    function setFails(bool value) external {
        fails = value;
    }

    function transfer(address to, uint256 amount) public override returns (bool) {
        return !fails && super.transfer(to, amount);
    }

    function transferFrom(address from, address to, uint256 amount) public override returns (bool) {
        return !fails && super.transferFrom(from, to, amount);
    }
}
