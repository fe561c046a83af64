// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {OddToken} from "./OddToken.sol";

/// @title VanishingToken
/// @notice Its code can be taken away. For tests only.
contract VanishingToken is OddToken {
    constructor() OddToken(18) {}

    /// @dev Runs CALLER, SELFDESTRUCT in its own place: as bytes, since the compiler warns of the keyword.
    function vanish() external {
        bytes memory code = hex"6133ff5f526002601ef3"; // returns 33ff as the code of a new contract
        address end;
        assembly {
            end := create(0, add(code, 32), mload(code))
        }
        (bool done, ) = end.delegatecall("");
        require(done);
    }
}
