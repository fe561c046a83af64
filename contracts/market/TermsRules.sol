// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Kind} from "./MarketTypes.sol";

/// @dev The small terms of a sale in one word, since every call carries the terms and pays for each word. From bit 0:
/// kind (8) · instant (8) · maxFeeBps (16) · referralBps (16) · bondBps (16) · splitVersion (32) · splitId (64) ·
/// perBuyerOpenQuantity (32) · communityId (64).
type TermsRules is uint256;

using TermsRulesLib for TermsRules global;

/// @title TermsRulesLib
/// @notice Reads the fields of TermsRules. Each cast keeps the field's own bits and drops the neighbours'.
library TermsRulesLib {
    /// @dev Reverts with Panic(0x21) for a number that is no Kind.
    function kind(TermsRules rules) internal pure returns (Kind) {
        return Kind(uint8(TermsRules.unwrap(rules)));
    }

    /// @dev 1 = no acceptance: deliverFor runs from the purchase and is at most 48 h. Anything above 1 is refused at listing.
    function instant(TermsRules rules) internal pure returns (uint8) {
        return uint8(TermsRules.unwrap(rules) >> 8);
    }

    /// @dev The seller's bound on platform + community + referral commission, basis points.
    function maxFeeBps(TermsRules rules) internal pure returns (uint16) {
        return uint16(TermsRules.unwrap(rules) >> 16);
    }

    /// @dev What a referrer gets of the seller's part, basis points; a discount that the seller offers.
    function referralBps(TermsRules rules) internal pure returns (uint16) {
        return uint16(TermsRules.unwrap(rules) >> 32);
    }

    /// @dev What the seller puts at risk for delivering in time, basis points of the price.
    function bondBps(TermsRules rules) internal pure returns (uint16) {
        return uint16(TermsRules.unwrap(rules) >> 48);
    }

    /// @dev Which version of the split.
    function splitVersion(TermsRules rules) internal pure returns (uint32) {
        return uint32(TermsRules.unwrap(rules) >> 64);
    }

    /// @dev The split that gets the seller's part; 0 = the seller himself.
    function splitId(TermsRules rules) internal pure returns (uint64) {
        return uint64(TermsRules.unwrap(rules) >> 96);
    }

    /// @dev Most units that one buyer may have in open orders; 0 = any.
    function perBuyerOpenQuantity(TermsRules rules) internal pure returns (uint32) {
        return uint32(TermsRules.unwrap(rules) >> 160);
    }

    /// @dev The community whose market this is.
    function communityId(TermsRules rules) internal pure returns (uint64) {
        return uint64(TermsRules.unwrap(rules) >> 192);
    }
}
