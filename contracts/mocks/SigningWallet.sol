// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";

/// @dev How a SigningWallet answers when it is asked about a signature.
enum Answer {
    HONEST, // ERC-1271, by its owner's key
    WRONG, // four other bytes
    REJECT, // reverts
    BURN_GAS, // loops until no gas is left
    RETURN_BOMB, // says no with a megabyte
    REVERT_BOMB, // reverts with a megabyte
    SHORT // succeeds without an answer
}

/// @title SigningWallet
/// @notice A contract wallet with an owner's key, or one that makes trouble. For tests only.
contract SigningWallet {
    error SigningWalletRejects();

    address public immutable OWNER;
    Answer public immutable ANSWER;

    constructor(address owner, Answer answer) {
        OWNER = owner;
        ANSWER = answer;
    }

    receive() external payable {}

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

    function isValidSignature(bytes32 digest, bytes calldata signature) external view returns (bytes4) {
        if (ANSWER == Answer.REJECT) revert SigningWalletRejects();
        if (ANSWER == Answer.BURN_GAS) {
            while (true) {}
        }
        if (ANSWER == Answer.HONEST) return ECDSA.recover(digest, signature) == OWNER ? this.isValidSignature.selector : bytes4(0);
        if (ANSWER == Answer.WRONG) return 0xffffffff;
        uint256 length = ANSWER == Answer.SHORT ? 0 : 1_000_000;
        bool succeeds = ANSWER != Answer.REVERT_BOMB;
        assembly ("memory-safe") {
            switch succeeds
            case 1 {
                return(0x80, length)
            }
            default {
                revert(0x80, length)
            }
        }
    }
}
