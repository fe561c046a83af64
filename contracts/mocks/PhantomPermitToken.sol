// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {OddToken} from "./OddToken.sol";

/// @title PhantomPermitToken
/// @notice Has no permit, and a fallback that takes every unknown call for a success, as wrapped ETH has. For tests only.
contract PhantomPermitToken is OddToken {
    constructor() OddToken(18) {}

    fallback() external payable {}

    receive() external payable {}
}
