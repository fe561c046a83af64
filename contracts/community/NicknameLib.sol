// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IPersonas} from "./IPersonas.sol";

/// @title NicknameLib
/// @notice Reads a nickname byte by byte, and refuses at the first byte with which no nickname goes on.
library NicknameLib {
    uint256 internal constant MIN_BYTES = 3;
    uint256 internal constant MAX_BYTES = 32;

    /// @dev The nickname as one word, left-aligned. Reverts when it is none.
    function toPersona(string calldata nickname) internal pure returns (bytes32 persona) {
        uint256 length = bytes(nickname).length;
        require(
            length >= MIN_BYTES && length <= MAX_BYTES,
            IPersonas.PersonasBadLength(length, MIN_BYTES, MAX_BYTES)
        );
        persona = bytes32(bytes(nickname));
        uint256 i = 0;
        bool isHyphenAllowed = false;
        while (i < length) {
            bytes1 found = persona[i];
            if (found == "-") {
                require(isHyphenAllowed && i + 1 < length, IPersonas.PersonasBadHyphen(i));
                isHyphenAllowed = false;
                ++i;
                continue;
            }
            isHyphenAllowed = true;
            i = _isLetterOrDigit(found) ? i + 1 : _skipSyllable(persona, i, found);
        }
    }

    function _isLetterOrDigit(bytes1 found) private pure returns (bool) {
        return (found >= "a" && found <= "z") || (found >= "0" && found <= "9");
    }

    /// @dev Where the syllable that begins at `i` ends. U+AC00 is EA B0 80 and U+D7A3 is ED 9E A3 in UTF-8 (RFC 3629, section 4);
    /// overlong forms, surrogates and all other characters begin otherwise. The word has zeros behind the nickname, so a
    /// syllable that is cut short is refused at the end.
    function _skipSyllable(bytes32 persona, uint256 i, bytes1 lead) private pure returns (uint256 next) {
        require(lead >= 0xEA && lead <= 0xED, IPersonas.PersonasBadByte(i, lead));
        bytes1 second = _byteAt(persona, i + 1);
        bytes1 lowest = lead == 0xEA ? bytes1(0xB0) : bytes1(0x80);
        bytes1 highest = lead == 0xED ? bytes1(0x9E) : bytes1(0xBF);
        require(second >= lowest && second <= highest, IPersonas.PersonasBadByte(i + 1, second));
        bytes1 third = _byteAt(persona, i + 2);
        highest = lead == 0xED && second == 0x9E ? bytes1(0xA3) : bytes1(0xBF);
        require(third >= 0x80 && third <= highest, IPersonas.PersonasBadByte(i + 2, third));
        return i + 3;
    }

    function _byteAt(bytes32 persona, uint256 i) private pure returns (bytes1) {
        return i < MAX_BYTES ? persona[i] : bytes1(0);
    }
}
