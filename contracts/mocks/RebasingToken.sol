// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {OddToken} from "./OddToken.sol";

/// @title RebasingToken
/// @notice Anybody may change anybody's balance without a transfer. For tests only.
contract RebasingToken is OddToken {
    constructor() OddToken(18) {}

    function rebase(address account, int256 delta) external {
        if (delta >= 0) _mint(account, uint256(delta));
        else _burn(account, uint256(-delta));
    }
}
