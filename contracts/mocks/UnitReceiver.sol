// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IERC1155Receiver} from "@openzeppelin/contracts/token/ERC1155/IERC1155Receiver.sol";
import {IERC165} from "@openzeppelin/contracts/utils/introspection/IERC165.sol";

import {ReentrantParty} from "./ReentrantParty.sol";

/// @title UnitReceiver
/// @notice A contract wallet that gets units of an ERC-1155, tries its list of calls when they come, and answers what it was
/// told to. For tests only.
contract UnitReceiver is ReentrantParty, IERC1155Receiver {
    bool private _lies;

    /// @notice Give a wrong answer from now on, or a right one.
    function lie(bool lies) external {
        _lies = lies;
    }

    /// @inheritdoc IERC1155Receiver
    function onERC1155Received(address, address, uint256, uint256, bytes calldata) external returns (bytes4) {
        _try();
        return _lies ? bytes4(0xdeadbeef) : IERC1155Receiver.onERC1155Received.selector;
    }

    /// @inheritdoc IERC1155Receiver
    function onERC1155BatchReceived(
        address,
        address,
        uint256[] calldata,
        uint256[] calldata,
        bytes calldata
    ) external returns (bytes4) {
        _try();
        return _lies ? bytes4(0xdeadbeef) : IERC1155Receiver.onERC1155BatchReceived.selector;
    }

    /// @inheritdoc IERC165
    function supportsInterface(bytes4 interfaceId) external pure returns (bool) {
        return interfaceId == type(IERC165).interfaceId || interfaceId == type(IERC1155Receiver).interfaceId;
    }
}
