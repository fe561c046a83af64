// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IMarket} from "./IMarket.sol";
import {Extras, Kind, Milestone, Terms} from "./MarketTypes.sol";
import {OrderFlags} from "./OrderFlags.sol";
import {TermsClocks} from "./TermsClocks.sol";
import {TermsLib} from "./TermsLib.sol";

/// @title ExtrasLib
/// @notice What optional terms may say.
library ExtrasLib {
    uint256 internal constant MOST_MILESTONES = 10;

    /// @dev Reverts unless these are the optional terms whose hash stands in the terms.
    function same(Terms calldata terms, Extras calldata extras) internal pure {
        bytes32 found = keccak256(abi.encode(extras));
        require(found == terms.extras, IMarket.MarketWrongExtras(found, terms.extras));
    }

    /// @dev Reverts with what is wrong first; gives the flags with which orders on these terms start.
    function check(Terms calldata terms, Extras calldata extras) internal pure returns (uint8 flags) {
        same(terms, extras);
        TermsLib.within("milestones", extras.milestones.length, 0, MOST_MILESTONES);
        if (extras.finalOffer) flags |= OrderFlags.FINAL_OFFER;
        if (extras.milestones.length != 0) {
            flags |= OrderFlags.MILESTONES;
            TermsLib.within("kind", uint8(terms.rules.kind()), uint8(Kind.SERVICE), uint8(Kind.SERVICE));
            TermsLib.within("instant", terms.rules.instant(), 0, 0);
            _checkMilestones(terms.clocks, extras.milestones);
        }
    }

    /// @dev The first milestone keeps the terms' own times, so that it is accepted like any order.
    function _checkMilestones(TermsClocks clocks, Milestone[] calldata milestones) private pure {
        uint256 shares = 0;
        for (uint256 i = 0; i < milestones.length; ++i) {
            (uint256 deliverFor, uint256 inspectFor) = (milestones[i].deliverFor, milestones[i].inspectFor);
            if (i == 0) {
                TermsLib.within("deliverFor", deliverFor, clocks.deliverFor(), clocks.deliverFor());
                TermsLib.within("inspectFor", inspectFor, clocks.inspectFor(), clocks.inspectFor());
            }
            TermsLib.within("deliverFor", deliverFor, TermsLib.MIN_DELIVER_FOR, TermsLib.MAX_DELIVER_FOR);
            TermsLib.within("inspectFor", inspectFor, TermsLib.MIN_INSPECT_FOR, TermsLib.MAX_INSPECT_FOR);
            TermsLib.within("shareBps", milestones[i].shareBps, 1, TermsLib.MAX_BPS);
            shares += milestones[i].shareBps;
        }
        TermsLib.within("shareBps", shares, TermsLib.MAX_BPS, TermsLib.MAX_BPS);
    }
}
