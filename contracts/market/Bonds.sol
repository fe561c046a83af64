// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Book} from "./Book.sol";
import {IMarket} from "./IMarket.sol";
import {Terms} from "./MarketTypes.sol";

/// @title Bonds
/// @notice Free bonds by account and currency. What an order locks follows from its terms, so no order stores it.
library Bonds {
    uint256 private constant BPS = 10_000;

    /// @dev What the terms lock for so many units; rounded down, for the seller.
    function lockedFor(Terms calldata terms, uint32 quantity) internal pure returns (uint256) {
        return (uint256(terms.unitPrice) * quantity * terms.rules.bondBps()) / BPS;
    }

    /// @dev Adds to a free bond, for an order (its key) or a deposit (0).
    function add(Book storage book, address account, address currency, bytes32 source, uint256 amount) internal {
        uint256 free = book.bonds[account][currency] + amount;
        book.bonds[account][currency] = free;
        emit IMarket.BondChanged(account, currency, source, free);
    }

    /// @dev Takes from a free bond, for an order (its key) or a withdrawal (0).
    function take(Book storage book, address account, address currency, bytes32 source, uint256 amount) internal {
        uint256 free = book.bonds[account][currency];
        require(amount <= free, IMarket.MarketBondTooLow(account, free, amount));
        book.bonds[account][currency] = free - amount;
        emit IMarket.BondChanged(account, currency, source, free - amount);
    }

    /// @dev Takes a stake from a free bond if it is enough for it. A stake of 0 needs none.
    function takeIfEnough(
        Book storage book,
        address account,
        address currency,
        bytes32 source,
        uint256 amount
    ) internal returns (bool taken) {
        if (amount == 0) return true;
        if (book.bonds[account][currency] < amount) return false;
        take(book, account, currency, source, amount);
        return true;
    }
}
