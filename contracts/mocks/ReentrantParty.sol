// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IHookReceiver} from "./HookToken.sol";

/// @title ReentrantParty
/// @notice A contract wallet that may be buyer, seller or arbiter, and that tries a list of calls whenever money reaches or
/// leaves it. For tests only.
contract ReentrantParty is IHookReceiver {
    struct Attempt {
        address target;
        uint256 value;
        bytes data;
    }

    event Tried(uint256 indexed number, bool succeeded, bytes answer);

    Attempt[] private _attempts;
    bool private _trying;

    constructor() payable {}

    receive() external payable {
        _try();
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

    /// @notice Set what is tried from now on.
    function arm(Attempt[] calldata attempts) external {
        delete _attempts;
        for (uint256 i = 0; i < attempts.length; ++i) {
            _attempts.push(attempts[i]);
        }
    }

    /// @inheritdoc IHookReceiver
    function onTokenMove() external {
        _try();
    }

    function _try() internal {
        if (_trying) return;
        _trying = true;
        for (uint256 i = 0; i < _attempts.length; ++i) {
            Attempt storage attempt = _attempts[i];
            (bool succeeded, bytes memory answer) = attempt.target.call{value: attempt.value}(attempt.data);
            emit Tried(i, succeeded, answer);
        }
        _trying = false;
    }
}
