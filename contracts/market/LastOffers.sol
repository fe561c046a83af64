// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Book} from "./Book.sol";
import {Aside, Offer, Order, State, Talks} from "./MarketTypes.sol";
import {OrderFlags} from "./OrderFlags.sol";

/// @title LastOffers
/// @notice What each side's last offer is, where a ruling picks one of them.
/// @dev Each is what goes to the holder. Only offers about what was delivered count: what one side offered to be spared the
/// work, or about a milestone before, says nothing about it.
library LastOffers {
    using OrderFlags for uint8;

    uint256 private constant BPS = 10_000;

    /// @dev A delivery lets earlier offers fall.
    function forget(Book storage book, bytes32 key, Order storage order) internal {
        if (!order.flags.has(OrderFlags.FINAL_OFFER)) return;
        Talks storage talks = book.talks[key];
        delete talks.ofHolder;
        delete talks.ofSeller;
    }

    /// @dev What the seller gives before a ruling comes off what either offer gives to the holder.
    function countAsGiven(Book storage book, bytes32 key, Order storage order, uint128 amount) internal {
        State state = order.state;
        if (!order.flags.has(OrderFlags.FINAL_OFFER) || state < State.DELIVERED) return;
        if (state == State.DELIVERED) {
            Talks storage talks = book.talks[key];
            talks.ofHolder.toHolder = _less(talks.ofHolder.toHolder, amount);
            talks.ofSeller.toHolder = _less(talks.ofSeller.toHolder, amount);
        } else {
            Aside storage aside = book.asides[key];
            aside.holdersOffer = _less(aside.holdersOffer, amount);
            aside.sellersOffer = _less(aside.sellersOffer, amount);
        }
    }

    /// @dev Keeps them in the dispute. No offer counts as the extreme in one's own favour. Offers stay what they were when
    /// something else about the order has changed since.
    function freeze(Book storage book, bytes32 key, uint128 amount) internal returns (uint128 holders, uint128 sellers) {
        Talks storage talks = book.talks[key];
        (Offer memory ofHolder, Offer memory ofSeller) = (talks.ofHolder, talks.ofSeller);
        holders = ofHolder.basis == 0 ? amount : ofHolder.toHolder;
        sellers = ofSeller.basis == 0 ? 0 : ofSeller.toHolder;
        Aside storage aside = book.asides[key];
        (aside.holdersOffer, aside.sellersOffer) = (holders, sellers);
    }

    /// @dev The one nearer to what was ruled, within what is left; the holder's when both are as near. Compared without
    /// rounding: a unit more or less in escrow turns no tie.
    function nearer(Aside storage aside, uint256 amount, uint256 bpsToBuyer) internal view returns (uint256) {
        uint256 holders = aside.holdersOffer < amount ? aside.holdersOffer : amount;
        uint256 sellers = aside.sellersOffer < amount ? aside.sellersOffer : amount;
        uint256 ruled = amount * bpsToBuyer; // below 2^142, as the others
        return _distance(sellers * BPS, ruled) < _distance(holders * BPS, ruled) ? sellers : holders;
    }

    function _less(uint128 offer, uint128 given) private pure returns (uint128) {
        return offer > given ? offer - given : 0;
    }

    function _distance(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? b - a : a - b;
    }
}
