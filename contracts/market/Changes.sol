// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Payout} from "../money/ICredits.sol";
import {Book, Place} from "./Book.sol";
import {Checks} from "./Checks.sol";
import {Endings} from "./Endings.sol";
import {IMarket} from "./IMarket.sol";
import {LastOffers} from "./LastOffers.sol";
import {Aside, Kind, Order, State, Terms} from "./MarketTypes.sol";
import {OrderFlags} from "./OrderFlags.sol";

/// @title Changes
/// @notice What a party may change about an open order: pay or give back a part, extend a clock, hand the order over.
/// @dev Linked into the Market and run in its place. IMarket has the full description of each function.
library Changes {
    using OrderFlags for uint8;

    /// @dev Most seconds by which the clocks of one order may be extended in all.
    uint256 internal constant MAX_EXTENSION = 180 days;

    /// @dev See IMarket.release.
    function release(
        Book storage book,
        Place memory at,
        Terms calldata terms,
        uint128 expectedAmount,
        uint128 amount
    ) external returns (Payout[] memory) {
        Checks.only(Checks.holderOf(book, at));
        if (_isAll(book, at, expectedAmount, amount)) return Endings.complete(book, at, terms);
        uint128 left = expectedAmount - amount;
        book.orders[at.key].amount = left;
        emit IMarket.OrderReleased(at.key, amount, left);
        Endings.Division memory division;
        division.gross = amount;
        return Endings.payouts(book, at, terms, division);
    }

    /// @dev See IMarket.refundPart.
    function refundPart(
        Book storage book,
        Place memory at,
        Terms calldata terms,
        uint128 expectedAmount,
        uint128 amount
    ) external returns (Payout[] memory) {
        Checks.only(terms.seller);
        if (_isAll(book, at, expectedAmount, amount)) return Endings.giveBack(book, at, terms);
        uint128 left = expectedAmount - amount;
        Order storage order = book.orders[at.key];
        order.amount = left;
        LastOffers.countAsGiven(book, at.key, order, amount);
        emit IMarket.OrderPartRefunded(at.key, amount, left);
        Endings.Division memory division;
        division.toHolder = amount;
        return Endings.payouts(book, at, terms, division);
    }

    /// @dev See IMarket.extend.
    function extend(
        Book storage book,
        Place memory at,
        Terms calldata terms,
        uint40 expectedClock,
        uint40 newClock
    ) external {
        Order storage order = book.orders[at.key];
        State state = order.state;
        if (state == State.DELIVERED) {
            Checks.only(terms.seller);
        } else {
            require(state == State.FUNDED || state == State.ACCEPTED, IMarket.MarketWrongState(at.key, state));
            Checks.only(Checks.holderOf(book, at));
        }
        uint40 clock = order.clock;
        require(clock == expectedClock, IMarket.MarketClockChanged(clock, expectedClock));
        Checks.inTime(clock);
        Aside storage aside = book.asides[at.key];
        uint256 most = uint256(clock) + MAX_EXTENSION - aside.extendedFor;
        require(newClock > clock && newClock <= most, IMarket.MarketBadClock(newClock, clock, most));
        aside.extendedFor += uint32(newClock - clock); // bounded above
        order.clock = newClock;
        emit IMarket.OrderExtended(at.key, newClock);
    }

    /// @dev See IMarket.transferOrder.
    function transferOrder(Book storage book, Place memory at, Terms calldata terms, address to) external {
        Order storage order = book.orders[at.key];
        State state = order.state;
        address from = Checks.holderOf(book, at);
        Checks.only(from);
        require(state >= State.FUNDED && state <= State.DELIVERED, IMarket.MarketWrongState(at.key, state));
        require(terms.onlyBuyer == address(0), IMarket.MarketOnlyBuyer(to, terms.onlyBuyer));
        require(terms.rules.kind() != Kind.FILE, IMarket.MarketWrongKind(Kind.FILE)); // its key is for who bought it
        Checks.mayHold(terms, to);
        require(to != from, IMarket.MarketBadHolder(to));
        order.flags |= OrderFlags.TRANSFERRED;
        Aside storage aside = book.asides[at.key];
        aside.holder = to;
        ++aside.handovers;
        delete book.talks[at.key].ofHolder; // the last holder's offer binds nobody else
        emit IMarket.OrderTransferred(at.key, from, to);
    }

    function _isAll(
        Book storage book,
        Place memory at,
        uint128 expectedAmount,
        uint128 amount
    ) private view returns (bool) {
        uint128 left = Checks.expectedAmount(Checks.openOrder(book, at), expectedAmount);
        require(amount != 0 && amount <= left, IMarket.MarketBadAmount(amount, left));
        return amount == left;
    }
}
