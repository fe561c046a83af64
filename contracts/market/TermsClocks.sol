// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @dev The times of a sale in one word. From bit 0, in seconds: acceptFor (32) · deliverFor (32) · transitFor (32) ·
/// inspectFor (32) · ruleFor (32); then validUntil (40), unix time of the last possible purchase, 0 = no end; then what
/// members get: buyerLevel (8) · memberLevel (8) · memberDiscountBps (16); then 24 zeros.
type TermsClocks is uint256;

using TermsClocksLib for TermsClocks global;

/// @title TermsClocksLib
/// @notice Reads the fields of TermsClocks. Each cast keeps the field's own bits and drops the neighbours'.
library TermsClocksLib {
    /// @dev Time to accept; 0 if instant.
    function acceptFor(TermsClocks clocks) internal pure returns (uint32) {
        return uint32(TermsClocks.unwrap(clocks));
    }

    /// @dev Time to deliver after acceptance.
    function deliverFor(TermsClocks clocks) internal pure returns (uint32) {
        return uint32(TermsClocks.unwrap(clocks) >> 32);
    }

    /// @dev Goods only: time on the way, added to inspectFor at delivery.
    function transitFor(TermsClocks clocks) internal pure returns (uint32) {
        return uint32(TermsClocks.unwrap(clocks) >> 64);
    }

    /// @dev Time to inspect.
    function inspectFor(TermsClocks clocks) internal pure returns (uint32) {
        return uint32(TermsClocks.unwrap(clocks) >> 96);
    }

    /// @dev Time to rule, for the arbiter and again for the backup.
    function ruleFor(TermsClocks clocks) internal pure returns (uint32) {
        return uint32(TermsClocks.unwrap(clocks) >> 128);
    }

    /// @dev Unix time of the last possible purchase; 0 = no end.
    function validUntil(TermsClocks clocks) internal pure returns (uint40) {
        return uint40(TermsClocks.unwrap(clocks) >> 160);
    }

    /// @dev The lowest level in the community that a buyer must have (see IMemberships.levelOf); 0 = anyone may buy.
    function buyerLevel(TermsClocks clocks) internal pure returns (uint8) {
        return uint8(TermsClocks.unwrap(clocks) >> 200);
    }

    /// @dev The level from which a buyer gets the discount; 0 = there is none.
    function memberLevel(TermsClocks clocks) internal pure returns (uint8) {
        return uint8(TermsClocks.unwrap(clocks) >> 208);
    }

    /// @dev What a member pays less, basis points of the price.
    function memberDiscountBps(TermsClocks clocks) internal pure returns (uint16) {
        return uint16(TermsClocks.unwrap(clocks) >> 216);
    }

    /// @dev What lies above the fields; must be 0, so that an id has one spelling.
    function rest(TermsClocks clocks) internal pure returns (uint256) {
        return TermsClocks.unwrap(clocks) >> 232;
    }
}
