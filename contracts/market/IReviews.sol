// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {State, Terms} from "./MarketTypes.sol";

/// @dev What others say about an account on one side of its orders.
struct Tally {
    uint32 reviews; // how many
    uint32 reviewers; // by how many accounts
    uint64 sum; // of the ratings of all reviews
    uint128 weightWei; // of each reviewer's largest paid order in ETH by the terms, added up
    uint256 weightedSum; // of each reviewer's last rating, times his weight in wei
}

/// @title IReviews
/// @notice What the two sides of a finished order say about each other: a rating, and the hash of a text. Once a side, for good.
/// @dev Keeps no money, has no owner, and removes nothing. Of the Market it only asks how an order stands.
/// @dev A tally weighs by value, and an account has one voice about another: its last rating, with the weight of the largest
/// of its orders that was paid in ETH by the price in the terms. So many small orders between the same two weigh no more than
/// one, and refunded ones, or ones in tokens whose worth nobody knows here, weigh nothing; they are counted all the same.
/// @dev Warning: one person may be several accounts, and the Market keeps no record of what a finished order's seller got.
/// The weight is what the terms asked, not what was kept: a part given back, a settlement, a ruling or a member's discount
/// leaves it as it is. So it costs next to nothing to praise oneself with a great weight. Who must not be fooled reads the
/// Market's events, and weighs by what the seller was paid.
interface IReviews {
    /// @notice Raised when there is no contract at the Market's address.
    error ReviewsNoCode(address market);

    /// @notice Raised when a rating is not 1 to 5.
    error ReviewsBadRating(uint256 rating);

    /// @notice Raised when the caller is neither holder nor seller of the order; when only one of them may, not that one.
    error ReviewsNotParty(bytes32 key, address caller);

    /// @notice Raised when an order is not finished, or was cancelled before anybody had accepted it.
    error ReviewsNotFinished(bytes32 key, State found);

    /// @notice Raised when this side has said it already.
    error ReviewsSaidBefore(bytes32 key, address caller);

    /// @notice Raised when there is nothing to reply to.
    error ReviewsNothingSaid(bytes32 key);

    /// @notice One side of an order says what it thinks of the other.
    /// @param key The order's key in the Market.
    /// @param by Holder or seller.
    /// @param about The other one.
    /// @param bySeller Whether it is the seller who speaks.
    /// @param rating 1 to 5, 5 is best.
    /// @param hash keccak256 of the text; 0 = none.
    /// @param weightWei What the order weighs: its price in the terms if it was paid and in ETH, else 0.
    event Reviewed(
        bytes32 indexed key,
        address indexed by,
        address indexed about,
        bool bySeller,
        uint8 rating,
        bytes32 hash,
        uint96 weightWei
    );

    /// @notice The one who was reviewed answers.
    /// @param by Who answers.
    /// @param hash keccak256 of the text.
    event Replied(bytes32 indexed key, address indexed by, bytes32 hash);

    /// @notice Say what you think of the other side. Holder or seller; COMPLETED, REFUNDED or RESOLVED; once.
    /// @dev The holder is who holds the order now.
    /// @param rating 1 to 5, 5 is best.
    /// @param hash keccak256 of the text; 0 = none.
    function review(Terms calldata terms, address holder, bytes32 ref, uint8 rating, bytes32 hash) external;

    /// @notice Answer what the other side has said. Holder or seller; once.
    /// @param hash keccak256 of the text.
    function reply(Terms calldata terms, address holder, bytes32 ref, bytes32 hash) external;

    /// @notice What others say about an account.
    /// @param asSeller About its sales, by buyers; else about its purchases, by sellers.
    function tallyOf(address account, bool asSeller) external view returns (Tally memory tally);

    /// @notice The Market whose orders are reviewed.
    function MARKET() external view returns (address market);
}
