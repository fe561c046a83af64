// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {OddToken} from "./OddToken.sol";

/// @title LooseToken
/// @notice Moves another amount than it was asked, and says that all is well. For tests only.
contract LooseToken is OddToken {
    enum Habit {
        NONE,
        GREATEST_MEANS_ALL, // the greatest uint256 stands for the whole balance
        WHAT_THERE_IS, // who owns less sends what he owns
        ONE_LESS // one unit less than asked stays with the sender
    }

    Habit public habit;

    constructor() OddToken(18) {}

    function setHabit(Habit value) external {
        habit = value;
    }

    function _update(address from, address to, uint256 amount) internal override {
        uint256 owned = from == address(0) ? type(uint256).max : balanceOf(from);
        if (habit == Habit.GREATEST_MEANS_ALL && amount == type(uint256).max) amount = owned;
        if (habit == Habit.WHAT_THERE_IS && amount > owned) amount = owned;
        if (habit == Habit.ONE_LESS && amount != 0) --amount;
        super._update(from, to, amount);
    }
}
