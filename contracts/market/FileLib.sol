// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Bn254} from "./Bn254.sol";
import {Wrap} from "./MarketTypes.sol";

/// @title FileLib
/// @notice How a sealed file's key is committed to, and how it is wrapped for one order.
library FileLib {
    /// @dev keccak256("dokkaebi file key v1").
    bytes32 internal constant KEY_DOMAIN = keccak256("dokkaebi file key v1");

    /// @dev keccak256("dokkaebi file key wrap v1").
    bytes32 internal constant WRAP_DOMAIN = keccak256("dokkaebi file key wrap v1");

    /// @dev What a listing says of its key.
    function keyHash(bytes32 salt, bytes32 fileKey) internal pure returns (bytes32) {
        return keccak256(abi.encode(KEY_DOMAIN, salt, fileKey));
    }

    /// @dev What a wrap says to whoever knows the order's secret. Its point must be one.
    function unwrap(bytes32 key, Wrap calldata wrap, uint256 secret) internal view returns (bytes32 fileKey) {
        (uint256 x, uint256 y) = Bn254.multiply(uint256(wrap.pointX), uint256(wrap.pointY), secret);
        return wrap.masked ^ keccak256(abi.encode(WRAP_DOMAIN, key, wrap.pointX, wrap.pointY, x, y));
    }
}
