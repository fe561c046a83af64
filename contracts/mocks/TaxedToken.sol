// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {OddToken} from "./OddToken.sol";

/// @title TaxedToken
/// @notice Keeps a part of every transfer, or adds one, so that what arrives is not what was sent; or takes it from the
/// sender on top. For tests only.
contract TaxedToken is OddToken {
    int256 public taxBps;
    uint256 public topBps;

    constructor() OddToken(18) {}

    /// @param bps Basis points that vanish on the way; negative = that much more arrives.
    function setTaxBps(int256 bps) external {
        taxBps = bps;
    }

    /// @param bps Basis points that the sender loses besides what he sends.
    function setTopBps(uint256 bps) external {
        topBps = bps;
    }

    function _update(address from, address to, uint256 amount) internal override {
        super._update(from, to, amount);
        if (from == address(0) || to == address(0)) return;
        int256 tax = (int256(amount) * taxBps) / 10_000;
        if (tax > 0) _burn(to, uint256(tax));
        if (tax < 0) _mint(to, uint256(-tax));
        uint256 top = (amount * topBps) / 10_000;
        if (top != 0) _burn(from, top);
    }
}
