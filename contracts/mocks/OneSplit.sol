// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICredits} from "../money/ICredits.sol";

/// @title OneSplit
/// @notice Knows one version of one split, and takes out what it is told to. For tests only.
contract OneSplit {
    uint64 private immutable ID;
    uint32 private immutable VERSION;

    constructor(uint64 splitId, uint32 version) {
        ID = splitId;
        VERSION = version;
    }

    /// @notice Take money out of a ledger as Splits does.
    function take(ICredits ledger, address account, address currency, address to, uint256 amount) external {
        ledger.withdrawFrom(account, currency, to, amount);
    }

    /// @notice See ISplits.isVersion.
    function isVersion(uint64 splitId, uint32 version) external view returns (bool exists) {
        return splitId == ID && version == VERSION;
    }
}
