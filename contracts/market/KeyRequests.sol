// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Bn254} from "./Bn254.sol";
import {IKeyRequests} from "./IKeyRequests.sol";
import {Wrap} from "./MarketTypes.sol";

/// @title KeyRequests
/// @notice Says again what a lost secret has hidden. Has no owner, no state and no money.
contract KeyRequests is IKeyRequests {
    /// @inheritdoc IKeyRequests
    function ask(bytes32 key, bytes32 x, bytes32 y) external {
        _check(x, y);
        emit KeyAsked(key, msg.sender, x, y);
    }

    /// @inheritdoc IKeyRequests
    function answer(bytes32 key, bytes32 x, bytes32 y, Wrap calldata wrap) external {
        _check(x, y);
        _check(wrap.pointX, wrap.pointY);
        emit KeyAnswered(key, msg.sender, x, y, wrap);
    }

    function _check(bytes32 x, bytes32 y) private pure {
        require(Bn254.isPoint(uint256(x), uint256(y)), KeyRequestsBadPoint(x, y));
    }
}
