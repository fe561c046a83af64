// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {OddToken} from "./OddToken.sol";

/// @dev What a contract does when it learns that a HookToken moves.
interface IHookReceiver {
    function onTokenMove() external;
}

/// @title HookToken
/// @notice Calls sender and recipient about each transfer (ERC-777's habit), the sender before and the recipient after the
/// balances move. For tests only.
contract HookToken is OddToken {
    constructor() OddToken(18) {}

    mapping(address account => bool) public isHooked;

    function hook(address account, bool value) external {
        isHooked[account] = value;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (isHooked[from]) IHookReceiver(from).onTokenMove();
        super._update(from, to, amount);
        if (isHooked[to]) IHookReceiver(to).onTokenMove();
    }
}
