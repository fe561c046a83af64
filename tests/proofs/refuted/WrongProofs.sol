// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Bonds} from "../../../contracts/market/Bonds.sol";
import {Terms} from "../../../contracts/market/MarketTypes.sol";
import {ShareLib} from "../../../contracts/money/ShareLib.sol";

/// @dev Claims that are nearly right. Each must be refuted: else the proofs beside them would say nothing.
contract WrongProofs {
    function check_wrong_due_is_rounded_up(uint240 received, uint16 bps) external pure {
        require(bps <= ShareLib.BPS);
        assert(ShareLib.dueDown(received, bps) == (uint256(received) * bps + ShareLib.BPS - 1) / ShareLib.BPS);
    }

    function check_wrong_dues_lose_nothing(uint256 received, uint16 one, uint16 other) external pure {
        require(one <= ShareLib.BPS && other <= ShareLib.BPS && uint256(one) + other <= ShareLib.BPS);
        uint256 both = ShareLib.dueDown(received, uint256(one) + other);
        assert(ShareLib.dueDown(received, one) + ShareLib.dueDown(received, other) == both);
    }

    function check_wrong_bond_is_always_below_the_price(Terms calldata terms, uint32 quantity) external pure {
        require(terms.rules.bondBps() <= 10_000 && terms.unitPrice != 0 && quantity != 0);
        assert(Bonds.lockedFor(terms, quantity) < uint256(terms.unitPrice) * quantity);
    }

    /// @dev Shares above the whole: the arithmetic itself must be seen to overflow.
    function check_wrong_due_of_any_share_can_be_computed(uint256 received, uint32 bps) external pure {
        assert(ShareLib.dueDown(received, bps) >= 0);
    }
}
