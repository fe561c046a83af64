// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @dev The times of a sale in one word. From bit 0, in seconds: acceptFor (32) · deliverFor (32) · transitFor (32) ·
/// inspectFor (32) · ruleFor (32); then validUntil (40), unix time of the last possible purchase, 0 = no end; then 56 zeros.
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

    /// @dev What lies above the fields; must be 0, so that an id has one spelling.
    function rest(TermsClocks clocks) internal pure returns (uint256) {
        return TermsClocks.unwrap(clocks) >> 200;
    }
}
