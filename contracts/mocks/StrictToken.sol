// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {OddToken} from "./OddToken.sol";

/// @title StrictToken
/// @notice Refuses one thing that others allow: which one is set by anybody. For tests only.
contract StrictToken is OddToken {
    enum Refusal {
        NOTHING,
        ZERO_TRANSFER,
        ZERO_APPROVAL,
        CHANGED_APPROVAL, // from a number to another one that is not 0
        APPROVAL_TO_NOBODY, // as every token here; said by this one's own error
        ABOVE_UINT96, // an approval of the greatest uint256 stands for the greatest uint96
        EVERYTHING // paused
    }

    error StrictTokenRefuses(Refusal what);

    Refusal public refuses;

    constructor() OddToken(18) {}

    function setRefuses(Refusal what) external {
        refuses = what;
    }

    function _update(address from, address to, uint256 amount) internal override {
        if (amount == 0) _refuse(Refusal.ZERO_TRANSFER);
        if (amount > type(uint96).max) _refuse(Refusal.ABOVE_UINT96);
        _refuse(Refusal.EVERYTHING);
        super._update(from, to, amount);
    }

    function _approve(address owner, address spender, uint256 amount, bool emitEvent) internal override {
        if (emitEvent) {
            if (amount == 0) _refuse(Refusal.ZERO_APPROVAL);
            if (amount != 0 && allowance(owner, spender) != 0) _refuse(Refusal.CHANGED_APPROVAL);
            if (spender == address(0)) _refuse(Refusal.APPROVAL_TO_NOBODY);
            if (amount > type(uint96).max && amount != type(uint256).max) _refuse(Refusal.ABOVE_UINT96);
            _refuse(Refusal.EVERYTHING);
        }
        super._approve(owner, spender, amount, emitEvent);
    }

    function _refuse(Refusal what) private view {
        require(refuses != what, StrictTokenRefuses(what));
    }
}
