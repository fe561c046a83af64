// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Payout} from "../money/ICredits.sol";
import {Book, Place} from "./Book.sol";
import {Checks} from "./Checks.sol";
import {Endings} from "./Endings.sol";
import {ExtrasLib} from "./ExtrasLib.sol";
import {IMarket} from "./IMarket.sol";
import {LastOffers} from "./LastOffers.sol";
import {Extras, Milestone, Order, State, Terms} from "./MarketTypes.sol";
import {OrderFlags} from "./OrderFlags.sol";

/// @title Milestones
/// @notice Services that are delivered, inspected and paid in parts.
/// @dev Linked into the Market and run in its place. IMarket has the full description of each function.
library Milestones {
    using OrderFlags for uint8;

    /// @dev See IMarket.deliverMilestone.
    function deliver(
        Book storage book,
        Place memory at,
        Terms calldata terms,
        Extras calldata extras,
        uint8 milestone,
        bytes32 commitment
    ) external {
        Checks.only(terms.seller);
        Order storage order = _orderAt(book, at, terms, extras, milestone, State.ACCEPTED);
        Checks.inTime(order.clock);
        uint40 inspectBy = Checks.fromNow(extras.milestones[milestone].inspectFor);
        order.state = State.DELIVERED;
        order.clock = inspectBy;
        LastOffers.forget(book, at.key, order);
        emit IMarket.OrderDelivered(at.key, commitment, inspectBy);
    }

    /// @dev See IMarket.confirmMilestone.
    function confirm(
        Book storage book,
        Place memory at,
        Terms calldata terms,
        Extras calldata extras,
        uint8 milestone
    ) external returns (Payout[] memory) {
        Checks.only(Checks.holderOf(book, at));
        _orderAt(book, at, terms, extras, milestone, State.DELIVERED);
        return _pay(book, at, terms, extras, milestone);
    }

    /// @dev See IMarket.expireMilestone.
    function expire(
        Book storage book,
        Place memory at,
        Terms calldata terms,
        Extras calldata extras,
        uint8 milestone
    ) external returns (Payout[] memory) {
        Order storage order = _orderAt(book, at, terms, extras, milestone, State.DELIVERED);
        Checks.overdue(order.clock);
        return _pay(book, at, terms, extras, milestone);
    }

    /// @dev Pays a milestone's share of what is left; the last one gets all of it, so that rounding leaves nothing behind.
    function _pay(
        Book storage book,
        Place memory at,
        Terms calldata terms,
        Extras calldata extras,
        uint8 milestone
    ) private returns (Payout[] memory) {
        if (milestone + 1 == extras.milestones.length) return Endings.complete(book, at, terms);
        Order storage order = book.orders[at.key];
        uint256 paid = _shareOf(extras.milestones, milestone, order.amount);
        order.amount -= uint128(paid); // a share of it
        uint40 deliverBy = Checks.fromNow(extras.milestones[milestone + 1].deliverFor);
        order.state = State.ACCEPTED;
        order.clock = deliverBy;
        order.milestone = milestone + 1;
        emit IMarket.MilestonePaid(at.key, milestone, msg.sender, uint128(paid), order.amount, deliverBy);
        Endings.Division memory division;
        division.gross = paid;
        return Endings.payouts(book, at, terms, division);
    }

    /// @dev The share of a milestone among those not yet paid, of what is left; rounded down.
    function _shareOf(
        Milestone[] calldata milestones,
        uint8 milestone,
        uint256 amount
    ) private pure returns (uint256) {
        uint256 open = 0;
        for (uint256 i = milestone; i < milestones.length; ++i) {
            open += milestones[i].shareBps;
        }
        return (amount * milestones[milestone].shareBps) / open;
    }

    /// @dev The order, if it is in this state and this milestone is the one meant.
    function _orderAt(
        Book storage book,
        Place memory at,
        Terms calldata terms,
        Extras calldata extras,
        uint8 milestone,
        State state
    ) private view returns (Order storage order) {
        order = Checks.orderIn(book, at, state);
        ExtrasLib.same(terms, extras);
        require(
            order.flags.has(OrderFlags.MILESTONES) && order.milestone == milestone,
            IMarket.MarketWrongMilestone(milestone, order.milestone)
        );
    }
}
