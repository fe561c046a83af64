// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Bn254} from "../market/Bn254.sol";
import {FileLib} from "../market/FileLib.sol";
import {Wrap} from "../market/MarketTypes.sol";

/// @title FileParts
/// @notice Lets tests call the libraries of sealed files one by one. For tests only.
contract FileParts {
    bytes32 public constant KEY_DOMAIN = FileLib.KEY_DOMAIN;
    bytes32 public constant WRAP_DOMAIN = FileLib.WRAP_DOMAIN;

    function isPoint(uint256 x, uint256 y) external pure returns (bool) {
        return Bn254.isPoint(x, y);
    }

    function multiply(uint256 x, uint256 y, uint256 by) external view returns (uint256, uint256) {
        return Bn254.multiply(x, y, by);
    }

    function keyHash(bytes32 salt, bytes32 fileKey) external pure returns (bytes32) {
        return FileLib.keyHash(salt, fileKey);
    }

    function unwrap(bytes32 key, Wrap calldata wrap, uint256 secret) external view returns (bytes32) {
        return FileLib.unwrap(key, wrap, secret);
    }
}
