// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {OddToken} from "./OddToken.sol";

/// @title TaxedToken
/// @notice Keeps a part of every transfer, or adds one: what arrives is not what was sent. For tests only.
contract TaxedToken is OddToken {
    int256 public taxBps;

    constructor() OddToken(18) {}

    /// @param bps Basis points that vanish on the way; negative = that much more arrives.
    function setTaxBps(int256 bps) external {
        taxBps = bps;
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (from == address(0) || to == address(0)) return;
        int256 tax = (int256(amount) * taxBps) / 10_000;
        if (tax > 0) _burn(to, uint256(tax));
        if (tax < 0) _mint(to, uint256(-tax));
    }
}
