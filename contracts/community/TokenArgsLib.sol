// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @dev What never changes about a community's token; see CommunityParams for units.
struct TokenArgs {
    uint64 communityId;
    uint112 cap;
    address founder;
    uint112 founderAllocation;
    uint40 vestingStart; // unix time
    uint32 vestingCliff;
    uint32 vestingDuration;
    address claims;
    uint112 claimAllocation;
    address curve;
    uint112 curveAllocation;
    string name;
    string symbol;
    string metadataURI;
}

/// @dev The numbers of TokenArgs.
struct TokenNumbers {
    uint112 cap;
    address founder;
    uint112 founderAllocation;
    uint40 vestingStart; // unix time
    uint32 vestingCliff;
    uint32 vestingDuration;
    address claims;
    uint112 claimAllocation;
    address curve;
    uint112 curveAllocation;
}

/// @title TokenArgsLib
/// @notice Packs a token's constants for the end of its clone's code, where a byte costs a third of what storage does.
/// @dev Layout: six words, then the strings without padding.
/// Word 0, from the top: communityId (64) · cap (112) · length of name (8) · length of symbol (8) · 0 (64).
/// Word 1: founder (160) · vestingStart (40) · 0 (56). Word 2: founderAllocation (112) · cliff (32) · duration (32) · 0 (80).
/// Word 3: claimAllocation (112) · curveAllocation (112) · 0 (32). Word 4: claims (160) · 0 (96). Word 5: curve (160) · 0 (96).
library TokenArgsLib {
    uint256 private constant STRINGS = 192;

    /// @dev Warning: name and symbol must be shorter than 256 bytes each; the registry's bounds see to it.
    function pack(TokenArgs memory args) internal pure returns (bytes memory) {
        return
            abi.encodePacked(
                bytes32(
                    abi.encodePacked(
                        args.communityId,
                        args.cap,
                        uint8(bytes(args.name).length),
                        uint8(bytes(args.symbol).length)
                    )
                ),
                bytes32(abi.encodePacked(args.founder, args.vestingStart)),
                bytes32(abi.encodePacked(args.founderAllocation, args.vestingCliff, args.vestingDuration)),
                bytes32(abi.encodePacked(args.claimAllocation, args.curveAllocation)),
                bytes32(bytes20(args.claims)),
                bytes32(bytes20(args.curve)),
                args.name,
                args.symbol,
                args.metadataURI
            );
    }

    /// @dev The numbers among the constants; the strings cost more and have functions of their own.
    function numbers(bytes memory packed) internal pure returns (TokenNumbers memory found) {
        uint256[6] memory words = abi.decode(packed, (uint256[6]));
        // Each cast keeps the field's own bits and drops the neighbours', by the layout above.
        found.cap = uint112(words[0] >> 80);
        found.founder = address(uint160(words[1] >> 96));
        found.vestingStart = uint40(words[1] >> 56);
        found.founderAllocation = uint112(words[2] >> 144);
        found.vestingCliff = uint32(words[2] >> 112);
        found.vestingDuration = uint32(words[2] >> 80);
        found.claimAllocation = uint112(words[3] >> 144);
        found.curveAllocation = uint112(words[3] >> 32);
        found.claims = address(uint160(words[4] >> 96));
        found.curve = address(uint160(words[5] >> 96));
    }

    /// @dev The curve's contract alone: what a sale asks for.
    function curve(bytes memory packed) internal pure returns (address) {
        (, , , , , uint256 word) = abi.decode(packed, (uint256, uint256, uint256, uint256, uint256, uint256));
        return address(uint160(word >> 96)); // the top 160 bits of word 5
    }

    function communityId(bytes memory packed) internal pure returns (uint64) {
        return uint64(bytes8(packed)); // the top 64 bits of word 0
    }

    function name(bytes memory packed) internal pure returns (string memory) {
        (uint256 nameEnd, ) = _ends(packed);
        return _slice(packed, STRINGS, nameEnd);
    }

    function symbol(bytes memory packed) internal pure returns (string memory) {
        (uint256 nameEnd, uint256 symbolEnd) = _ends(packed);
        return _slice(packed, nameEnd, symbolEnd);
    }

    function metadataURI(bytes memory packed) internal pure returns (string memory) {
        (, uint256 symbolEnd) = _ends(packed);
        return _slice(packed, symbolEnd, packed.length);
    }

    /// @dev Where name and symbol end: their lengths are bytes 22 and 23.
    function _ends(bytes memory packed) private pure returns (uint256 nameEnd, uint256 symbolEnd) {
        nameEnd = STRINGS + uint8(packed[22]);
        symbolEnd = nameEnd + uint8(packed[23]);
    }

    function _slice(bytes memory from, uint256 start, uint256 end) private pure returns (string memory) {
        bytes memory part = new bytes(end - start);
        for (uint256 i = 0; i < part.length; i += 32) {
            // Memory is allocated in whole words, so writing the last one whole stays inside `part`.
            // slither-disable-next-line assembly a byte loop costs thirty times as much
            assembly ("memory-safe") {
                mstore(add(add(part, 32), i), mload(add(add(from, 32), add(start, i))))
            }
        }
        return string(part);
    }
}
