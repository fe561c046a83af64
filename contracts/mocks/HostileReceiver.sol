// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @dev How a HostileReceiver meets ETH.
enum Reception {
    REJECT, // reverts
    BURN_GAS, // loops until no gas is left
    RETURN_BOMB, // returns a megabyte
    REVERT_BOMB // reverts with a megabyte
}

/// @title HostileReceiver
/// @notice A contract wallet that makes trouble when ETH arrives. For tests only.
contract HostileReceiver {
    error HostileReceiverRejects();

    Reception public immutable RECEPTION;

    constructor(Reception reception) payable {
        RECEPTION = reception;
    }

    receive() external payable {
        if (RECEPTION == Reception.REJECT) revert HostileReceiverRejects();
        if (RECEPTION == Reception.BURN_GAS) {
            while (true) {}
        }
        // a megabyte of zeros, which a careless caller would copy into its own memory
        bool succeeds = RECEPTION == Reception.RETURN_BOMB;
        assembly {
            switch succeeds
            case 1 {
                return(0, 1000000)
            }
            default {
                revert(0, 1000000)
            }
        }
    }

    /// @notice Make a call as this account. Reverts as the call does.
    function act(address target, uint256 value, bytes calldata data) external returns (bytes memory answer) {
        bool succeeded;
        (succeeded, answer) = target.call{value: value}(data);
        if (!succeeded) {
            // the answer is the callee's reason, passed on as it is
            assembly ("memory-safe") {
                revert(add(answer, 32), mload(answer))
            }
        }
    }
}
