// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Bn254} from "./Bn254.sol";
import {Book} from "./Book.sol";
import {Checks} from "./Checks.sol";
import {IMarket} from "./IMarket.sol";
import {Kind, Listing, Order, Purchase, Quote, State, Terms} from "./MarketTypes.sol";
import {OrderFlags} from "./OrderFlags.sol";

/// @title Purchases
/// @notice Everything of a purchase but the payment: checks it, takes the stock, writes the order and announces it.
library Purchases {
    /// @dev What is bought, within the buyer's bounds.
    struct Wish {
        bytes32 listingId;
        uint32 quantity;
        uint256 maxTotal;
        uint256 maxFeeBps;
    }

    /// @dev Checks parties and price and takes the quantity out of stock.
    function take(
        Book storage book,
        Terms calldata terms,
        Wish memory wish,
        Purchase calldata purchase,
        uint256 unitPrice
    ) internal returns (uint256 total, uint8 flags) {
        _checkParties(terms, purchase);
        flags = _takeStock(book, terms, wish);
        _countForBuyer(book, terms, wish, purchase.holder);
        total = unitPrice * wish.quantity;
        uint256 max = _min(wish.maxTotal, type(uint128).max);
        require(total <= max, IMarket.MarketTotalTooHigh(total, max));
    }

    /// @dev Checks the commissions, writes the order and announces it, once.
    function open(
        Book storage book,
        Terms calldata terms,
        Wish memory wish,
        Purchase calldata purchase,
        Order memory order,
        Quote memory quote
    ) internal returns (bytes32 key) {
        bytes32 ref = keccak256(abi.encode(purchase));
        key = keccak256(abi.encode(wish.listingId, purchase.holder, ref));
        bool instant = terms.rules.instant() != 0;
        order.clock = Checks.fromNow(instant ? terms.clocks.deliverFor() : terms.clocks.acceptFor());
        order.quantity = wish.quantity;
        order.platformFeeBps = quote.platformFeeBps;
        order.communityFeeBps = quote.communityFeeBps;
        order.state = instant ? State.ACCEPTED : State.FUNDED;
        uint256 feeBps = uint256(quote.platformFeeBps) + quote.communityFeeBps;
        if (purchase.referrer != address(0) && terms.rules.referralBps() != 0) {
            order.flags |= OrderFlags.REFERRED;
            feeBps += terms.rules.referralBps();
            book.asides[key].referrer = purchase.referrer;
        }
        uint256 max = _min(wish.maxFeeBps, terms.rules.maxFeeBps());
        require(feeBps <= max, IMarket.MarketFeeTooHigh(feeBps, max));
        require(book.orders[key].state == State.NONE, IMarket.MarketOrderExists(key));
        book.orders[key] = order;
        emit IMarket.OrderFunded(
            key,
            wish.listingId,
            purchase.holder,
            purchase,
            order.amount,
            order.quantity,
            order.clock,
            order.platformFeeBps,
            order.communityFeeBps
        );
    }

    function _checkParties(Terms calldata terms, Purchase calldata purchase) private view {
        address holder = purchase.holder;
        Checks.only(purchase.payer);
        require(
            terms.onlyBuyer == address(0) || terms.onlyBuyer == holder,
            IMarket.MarketOnlyBuyer(holder, terms.onlyBuyer)
        );
        Checks.mayHold(terms, holder);
        require(
            purchase.arbiter == terms.arbiter,
            IMarket.MarketWrongArbiter(purchase.arbiter, terms.arbiter)
        );
        (bytes32 x, bytes32 y) = (purchase.encryptionKeyX, purchase.encryptionKeyY);
        bool fits = terms.rules.kind() == Kind.FILE ? Bn254.isPoint(uint256(x), uint256(y)) : x | y == 0;
        require(fits, IMarket.MarketBadPoint(x, y));
    }

    function _takeStock(Book storage book, Terms calldata terms, Wish memory wish) private returns (uint8 flags) {
        Listing storage listing = book.listings[wish.listingId];
        require(listing.listed, IMarket.MarketUnknownListing(wish.listingId));
        require(!listing.paused, IMarket.MarketListingPaused(wish.listingId));
        require(
            terms.clocks.validUntil() == 0 || block.timestamp <= terms.clocks.validUntil(),
            IMarket.MarketListingEnded(terms.clocks.validUntil(), block.timestamp)
        );
        (uint32 limit, uint32 sold) = (listing.quantityLimit, listing.quantitySold);
        uint256 left = limit > sold ? limit - sold : 0;
        require(wish.quantity != 0 && wish.quantity <= left, IMarket.MarketOutOfStock(wish.quantity, left));
        flags = listing.flags;
        listing.quantitySold = sold + wish.quantity;
    }

    function _countForBuyer(Book storage book, Terms calldata terms, Wish memory wish, address holder) private {
        uint256 most = terms.rules.perBuyerOpenQuantity();
        if (most == 0) return;
        uint256 open_ = book.openQuantities[wish.listingId][holder] + wish.quantity;
        require(open_ <= most, IMarket.MarketBuyerHasEnough(holder, open_, most));
        book.openQuantities[wish.listingId][holder] = open_;
    }

    function _min(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }
}
