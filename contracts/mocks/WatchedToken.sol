// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHookReceiver} from "./HookToken.sol";
import {OddToken} from "./OddToken.sol";

/// @title WatchedToken
/// @notice Calls one account before and after each transfer, whoever sends and receives. For tests only.
contract WatchedToken is OddToken {
    address public watcher;

    constructor() OddToken(18) {}

    function setWatcher(address account) external {
        watcher = account;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (watcher != address(0)) IHookReceiver(watcher).onTokenMove();
        super._update(from, to, amount);
        if (watcher != address(0)) IHookReceiver(watcher).onTokenMove();
    }
}
