// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {OddToken} from "./OddToken.sol";

/// @title BoastingToken
/// @notice Says about itself whatever it was told, byte by byte: no text, no number, nothing, or too much. For tests only.
contract BoastingToken is OddToken {
    bytes private _name;
    bytes private _symbol;
    bytes private _decimals;

    constructor() OddToken(18) {}

    /// @dev Each is what the getter answers, as it goes over the wire.
    function say(bytes calldata rawName, bytes calldata rawSymbol, bytes calldata rawDecimals) external {
        (_name, _symbol, _decimals) = (rawName, rawSymbol, rawDecimals);
    }

    function name() public view override returns (string memory) {
        _answer(_name);
    }

    function symbol() public view override returns (string memory) {
        _answer(_symbol);
    }

    function decimals() public view override returns (uint8) {
        _answer(_decimals);
    }

    function _answer(bytes memory raw) private pure {
        // ends the call with these bytes as they are
        assembly ("memory-safe") {
            return(add(raw, 32), mload(raw))
        }
    }
}
