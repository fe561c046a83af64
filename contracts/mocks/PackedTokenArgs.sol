// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {TokenArgs, TokenArgsLib, TokenNumbers} from "../community/TokenArgsLib.sol";

/// @title PackedTokenArgs
/// @notice Lets tests pack a token's constants and read each of them back. For tests only.
contract PackedTokenArgs {
    using TokenArgsLib for bytes;

    function pack(TokenArgs memory args) external pure returns (bytes memory) {
        return TokenArgsLib.pack(args);
    }

    function unpack(
        bytes memory packed
    ) external pure returns (uint64 communityId, TokenNumbers memory numbers, string[3] memory strings) {
        return (packed.communityId(), packed.numbers(), [packed.name(), packed.symbol(), packed.metadataURI()]);
    }
}
