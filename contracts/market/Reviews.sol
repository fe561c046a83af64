// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IMarket} from "./IMarket.sol";
import {IReviews, Tally} from "./IReviews.sol";
import {Order, State, Terms} from "./MarketTypes.sol";
import {OrderFlags} from "./OrderFlags.sol";

/// @title Reviews
/// @notice What holder and seller of a finished order say about each other. Holds no money and cannot be upgraded.
contract Reviews is IReviews {
    using OrderFlags for uint8;

    /// @dev An account's voice about another.
    struct Voice {
        uint96 weightWei;
        uint8 rating; // 0 = has said nothing yet
    }

    /// @dev What was said about an order.
    struct Said {
        bool byHolder;
        bool bySeller;
        bool replyOfHolder;
        bool replyOfSeller;
    }

    uint8 private constant BEST = 5;

    IMarket private immutable _MARKET;

    mapping(bytes32 key => Said) private _said;
    mapping(bool asSeller => mapping(address account => Tally)) private _tallies;
    mapping(bool asSeller => mapping(address account => mapping(address by => Voice))) private _voices;

    /// @param market The Market.
    constructor(IMarket market) {
        require(address(market).code.length != 0, ReviewsNoCode(address(market)));
        _MARKET = market;
    }

    /// @inheritdoc IReviews
    function review(Terms calldata terms, address holder, bytes32 ref, uint8 rating, bytes32 hash) external {
        require(rating != 0 && rating <= BEST, ReviewsBadRating(rating));
        (bytes32 key, Order memory order, address current) = _orderOf(terms, holder, ref);
        State state = order.state;
        require(
            state == State.COMPLETED || state == State.REFUNDED || state == State.RESOLVED,
            ReviewsNotFinished(key, state)
        );
        bool bySeller = _isSeller(key, terms.seller, current);
        Said storage said = _said[key];
        require(!(bySeller ? said.bySeller : said.byHolder), ReviewsSaidBefore(key, msg.sender));
        if (bySeller) said.bySeller = true;
        else said.byHolder = true;
        address about = bySeller ? current : terms.seller;
        uint96 weightWei = _weightWei(terms, order);
        _count(_tallies[!bySeller][about], _voices[!bySeller][about][msg.sender], Voice(weightWei, rating));
        emit Reviewed(key, msg.sender, about, bySeller, rating, hash, weightWei);
    }

    /// @inheritdoc IReviews
    function reply(Terms calldata terms, address holder, bytes32 ref, bytes32 hash) external {
        (bytes32 key, , address current) = _orderOf(terms, holder, ref);
        bool bySeller = _isSeller(key, terms.seller, current);
        Said storage said = _said[key];
        require(bySeller ? said.byHolder : said.bySeller, ReviewsNothingSaid(key));
        require(!(bySeller ? said.replyOfSeller : said.replyOfHolder), ReviewsSaidBefore(key, msg.sender));
        if (bySeller) said.replyOfSeller = true;
        else said.replyOfHolder = true;
        emit Replied(key, msg.sender, hash);
    }

    /// @inheritdoc IReviews
    function tallyOf(address account, bool asSeller) external view returns (Tally memory tally) {
        return _tallies[asSeller][account];
    }

    /// @inheritdoc IReviews
    function MARKET() external view returns (address market) {
        return address(_MARKET);
    }

    /// @dev Adds a review, and puts the reviewer's new voice in the place of his old one.
    function _count(Tally storage tally, Voice storage voice, Voice memory now_) private {
        Voice memory before = voice;
        if (before.weightWei > now_.weightWei) now_.weightWei = before.weightWei;
        voice.weightWei = now_.weightWei;
        voice.rating = now_.rating;
        if (before.rating == 0) ++tally.reviewers;
        ++tally.reviews;
        tally.sum += now_.rating;
        tally.weightWei += now_.weightWei - before.weightWei; // never less than before
        tally.weightedSum =
            tally.weightedSum +
            uint256(now_.weightWei) * now_.rating -
            uint256(before.weightWei) * before.rating;
    }

    /// @dev The price in the terms, if it was paid and in ETH; no such price comes near the cap.
    function _weightWei(Terms calldata terms, Order memory order) private pure returns (uint96) {
        if (terms.currency != address(0) || order.state == State.REFUNDED) return 0;
        uint256 price = uint256(terms.unitPrice) * order.quantity;
        return price > type(uint96).max ? type(uint96).max : uint96(price);
    }

    function _isSeller(bytes32 key, address seller, address current) private view returns (bool) {
        require(msg.sender == seller || msg.sender == current, ReviewsNotParty(key, msg.sender));
        return msg.sender == seller;
    }

    /// @dev An order of these terms and who holds it now; state NONE if there is none.
    function _orderOf(
        Terms calldata terms,
        address holder,
        bytes32 ref
    ) private view returns (bytes32 key, Order memory order, address current) {
        key = _MARKET.keyOf(_MARKET.listingIdOf(terms), holder, ref);
        order = _MARKET.orderOf(key);
        current = order.flags.has(OrderFlags.TRANSFERRED) ? _MARKET.asideOf(key).holder : holder;
    }
}
