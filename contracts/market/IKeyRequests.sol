// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Wrap} from "./MarketTypes.sol";

/// @title IKeyRequests
/// @notice Where the buyer of a sealed file who has lost his order's secret asks for the key once more, and the seller answers.
/// @dev Keeps nothing, holds no money and knows no order: whoever reads its events counts only those of an order's holder and
/// of its seller. Neither changes the order or its clocks, so nobody gains time or money by asking, and a seller answers of
/// his own will.
interface IKeyRequests {
    /// @notice Raised when the coordinates name no point of the curve, or infinity.
    error KeyRequestsBadPoint(bytes32 x, bytes32 y);

    /// @notice Somebody asks for the key of an order, wrapped to another point.
    /// @param key The order's key in its Market.
    /// @param asker Counts if he holds the order.
    event KeyAsked(bytes32 indexed key, address indexed asker, bytes32 x, bytes32 y);

    /// @notice Somebody answers.
    /// @param key The order's key in its Market.
    /// @param from Counts if he is the seller.
    /// @param x What the asker's point was: the wrap is for this one.
    event KeyAnswered(bytes32 indexed key, address indexed from, bytes32 x, bytes32 y, Wrap wrap);

    /// @notice Ask for an order's key once more.
    /// @param x A point of bn254, with y, whose secret only the caller knows, and which he uses for nothing else.
    function ask(bytes32 key, bytes32 x, bytes32 y) external;

    /// @notice Answer with the key, wrapped as by `Market.deliverFile` but to this point.
    /// @param x The asker's point, with y.
    function answer(bytes32 key, bytes32 x, bytes32 y, Wrap calldata wrap) external;
}
