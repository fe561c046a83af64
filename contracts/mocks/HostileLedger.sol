// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ReentrantParty} from "./ReentrantParty.sol";

/// @title HostileLedger
/// @notice Claims to owe any amount, and tries its list of calls instead of paying. For tests only.
contract HostileLedger is ReentrantParty {
    function withdrawFrom(address, address, address, uint256) external {
        this.onTokenMove();
    }

    function creditOf(address, address) external pure returns (uint256) {
        return type(uint128).max;
    }
}
