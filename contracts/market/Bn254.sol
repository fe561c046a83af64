// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Bn254
/// @notice Points of alt_bn128 (EIP-196): y² = x³ + 3 over the field of P. The curve's order is a prime, so every point but
/// infinity has that order: there are no small subgroups to be led into.
library Bn254 {
    uint256 internal constant P = 0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47;
    uint256 internal constant GENERATOR_X = 1;
    uint256 internal constant GENERATOR_Y = 2;

    address private constant ECMUL = address(7);

    /// @dev Do these coordinates name a point, in their one spelling, and not infinity?
    function isPoint(uint256 x, uint256 y) internal pure returns (bool) {
        if (x >= P || y >= P) return false;
        return mulmod(y, y, P) == addmod(mulmod(mulmod(x, x, P), x, P), 3, P); // infinity, (0, 0), is not on it
    }

    /// @dev A point times a number, by the precompile; infinity is (0, 0). The point must be one.
    function multiply(uint256 x, uint256 y, uint256 by) internal view returns (uint256, uint256) {
        (, bytes memory product) = ECMUL.staticcall(abi.encode(x, y, by));
        return abi.decode(product, (uint256, uint256)); // nothing to decode where the precompile ran out of gas: reverts
    }
}
