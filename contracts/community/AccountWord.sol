// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @dev What an account has: a persona, else perhaps a commitment to one, never both; so one slot serves for both, and a claim
/// writes over the commitment. A persona fills the word and its first byte, a character's, is never 0. A commitment, from the
/// top: 0 (8) · committedAt (40) · its first 26 bytes (208). Nothing at all is 0.
type AccountWord is bytes32;

AccountWord constant NOTHING = AccountWord.wrap(0);

using AccountWordLib for AccountWord global;

/// @title AccountWordLib
/// @notice Tells a persona from a commitment.
library AccountWordLib {
    uint256 private constant COMMITMENT_BITS = 208;

    function ofPersona(bytes32 persona_) internal pure returns (AccountWord) {
        return AccountWord.wrap(persona_);
    }

    function ofCommitment(bytes26 commitment_, uint40 time) internal pure returns (AccountWord) {
        return AccountWord.wrap(bytes32((uint256(time) << COMMITMENT_BITS) | uint208(commitment_)));
    }

    /// @dev The persona; 0 if there is none.
    function persona(AccountWord word) internal pure returns (bytes32) {
        bytes32 raw = AccountWord.unwrap(word);
        return raw[0] == 0 ? bytes32(0) : raw;
    }

    /// @dev The commitment and its time; 0 if there is none.
    function commitment(AccountWord word) internal pure returns (bytes26, uint40) {
        uint256 raw = uint256(AccountWord.unwrap(word));
        if (word.persona() != 0) return (0, 0);
        // Each cast keeps the field's own bits and drops the neighbours', by the layout above.
        return (bytes26(uint208(raw)), uint40(raw >> COMMITMENT_BITS));
    }
}
