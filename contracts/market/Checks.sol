// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Book, Place} from "./Book.sol";
import {IMarket} from "./IMarket.sol";
import {Order, State, Terms} from "./MarketTypes.sol";
import {OrderFlags} from "./OrderFlags.sol";

/// @title Checks
/// @notice Who may act on an order, in which state, until when.
library Checks {
    using OrderFlags for uint8;

    /// @dev The order, if it is in this state.
    function orderIn(Book storage book, Place memory at, State state) internal view returns (Order storage order) {
        order = book.orders[at.key];
        require(order.state == state, IMarket.MarketWrongState(at.key, order.state));
    }

    /// @dev The order, if it is not finished.
    function openOrder(Book storage book, Place memory at) internal view returns (Order storage order) {
        order = book.orders[at.key];
        State state = order.state;
        require(state >= State.FUNDED && state <= State.DISPUTED, IMarket.MarketWrongState(at.key, state));
    }

    /// @dev Who holds the order now.
    function holderOf(Book storage book, Place memory at) internal view returns (address) {
        return book.orders[at.key].flags.has(OrderFlags.TRANSFERRED) ? book.asides[at.key].holder : at.first;
    }

    /// @dev Is the caller the holder? If not, he must be the seller.
    function isHolder(Book storage book, Place memory at, Terms calldata terms) internal view returns (bool) {
        if (msg.sender == holderOf(book, at)) return true;
        only(terms.seller);
        return false;
    }

    /// @dev Nobody holds an order and has another part in it.
    function mayHold(Terms calldata terms, address holder) internal pure {
        require(
            holder != address(0) &&
                holder != terms.seller &&
                holder != terms.arbiter &&
                holder != terms.backupArbiter,
            IMarket.MarketBadHolder(holder)
        );
    }

    function only(address party) internal view {
        require(msg.sender == party, IMarket.MarketNotParty(msg.sender, party));
    }

    function inTime(uint40 deadline) internal view {
        require(block.timestamp <= deadline, IMarket.MarketTooLate(deadline, block.timestamp));
    }

    function overdue(uint40 deadline) internal view {
        require(block.timestamp > deadline, IMarket.MarketTooEarly(deadline, block.timestamp));
    }

    /// @dev What is in escrow must be what the caller thinks, so that no call is made twice or upon a change unseen.
    function expectedAmount(Order storage order, uint128 expected) internal view returns (uint128 amount) {
        amount = order.amount;
        require(amount == expected, IMarket.MarketAmountChanged(amount, expected));
    }

    /// @dev So many seconds from now. Every delay is bounded at listing; fits until the year 36 812.
    function fromNow(uint256 delay) internal view returns (uint40) {
        return uint40(block.timestamp + delay);
    }

    /// @dev The last second in which somebody may rule.
    function lastRuleBy(Terms calldata terms, uint40 ruleBy) internal pure returns (uint40) {
        return terms.backupArbiter == address(0) ? ruleBy : ruleBy + terms.clocks.ruleFor();
    }
}
