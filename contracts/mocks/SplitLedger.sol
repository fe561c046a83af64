// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Credits} from "../money/Credits.sol";
import {Payout} from "../money/ICredits.sol";
import {SplitAccount} from "../money/SplitAccount.sol";

/// @title SplitLedger
/// @notice The shipped Credits with nothing around it: anybody pays in for any account, and Splits withdraws for a split's
/// account. For tests only.
contract SplitLedger is Credits {
    address public immutable SPLITS;

    constructor(address splits) {
        SPLITS = splits;
    }

    /// @notice Owe an account an amount that the caller pays now.
    function credit(address account, address currency, uint256 amount) external payable {
        Payout[] memory payouts = new Payout[](1);
        payouts[0] = Payout(account, amount);
        _addCredits(bytes32(0), currency, payouts);
        _collect(currency, amount);
    }

    function _answersFor(address caller, address account) internal view override returns (bool) {
        return SplitAccount.isSplit(account) ? caller == SPLITS : super._answersFor(caller, account);
    }
}
