// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title ForcedEther
/// @notice Leaves its ETH to an account that has no way to refuse it. For tests only.
contract ForcedEther {
    constructor(address heir) payable {
        // PUSH20 heir, SELFDESTRUCT: as bytes, since the compiler warns of the keyword
        bytes memory code = abi.encodePacked(hex"73", heir, hex"ff");
        assembly {
            pop(create(callvalue(), add(code, 32), mload(code)))
        }
    }
}
