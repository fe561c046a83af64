// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {OddToken} from "./OddToken.sol";

/// @title BlocklistingToken
/// @notice Moves nothing from or to blocked accounts, as regulated stablecoins do. For tests only.
contract BlocklistingToken is OddToken {
    error BlocklistingTokenBlocked(address account);

    mapping(address account => bool) public isBlocked;

    /// @dev When set: everybody is blocked but these two.
    address[2] private _free;

    constructor() OddToken(6) {}

    function setBlocked(address account, bool blocked) external {
        isBlocked[account] = blocked;
    }

    function blockAllBut(address one, address other) external {
        _free = [one, other];
    }

    function _update(address from, address to, uint256 amount) internal override {
        _check(from);
        _check(to);
        super._update(from, to, amount);
    }

    function _check(address account) private view {
        bool free = _free[0] == address(0) || account == address(0) || account == _free[0] || account == _free[1];
        require(free && !isBlocked[account], BlocklistingTokenBlocked(account));
    }
}
