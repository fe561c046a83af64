// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Rates} from "../community/ICommunityRegistry.sol";
import {Book} from "./Book.sol";
import {Item, Order, Quote, Terms} from "./MarketTypes.sol";
import {Purchases} from "./Purchases.sol";
import {Quotes} from "./Quotes.sol";

/// @title Carts
/// @notice Several purchases at once, all or none; and what a purchase costs that is not plain.
/// @dev Linked into the Market and run in its place. IMarket has the full description of each function.
library Carts {
    /// @dev What is due in one currency, smallest unit.
    struct Due {
        address currency;
        uint256 amount;
    }

    /// @dev Rates of one community's market, once asked.
    struct Known {
        uint64 communityId;
        Rates rates;
    }

    /// @dev See IMarket.buyMany. Gives the orders' keys and what is due, each currency once; entries of 0 stand at the end.
    function buy(
        Book storage book,
        Quotes.Sources memory sources,
        uint256 chainId,
        Item[] calldata items
    ) external returns (bytes32[] memory keys, Due[] memory dues) {
        keys = new bytes32[](items.length);
        dues = new Due[](items.length);
        Known[] memory known = new Known[](items.length);
        for (uint256 i = 0; i < items.length; ++i) {
            uint256 total;
            (keys[i], total) = _buy(book, sources, chainId, items[i], known);
            _add(dues, items[i].terms.currency, total);
        }
    }

    /// @dev See IMarket.quoteFor.
    function quoteFor(
        Quotes.Sources memory sources,
        Terms calldata terms,
        address holder,
        Rates memory rates
    ) external view returns (Quote memory) {
        return Quotes.quote(sources, terms, holder, rates);
    }

    function _buy(
        Book storage book,
        Quotes.Sources memory sources,
        uint256 chainId,
        Item calldata item,
        Known[] memory known
    ) private returns (bytes32 key, uint256 total) {
        Purchases.Wish memory wish = Purchases.Wish({
            listingId: keccak256(abi.encode(chainId, address(this), item.terms)),
            quantity: item.quantity,
            maxTotal: item.maxTotal,
            maxFeeBps: item.maxFeeBps
        });
        Rates memory rates = _rates(sources, item.terms, known);
        Quote memory quote = Quotes.quote(sources, item.terms, item.purchase.holder, rates);
        Order memory order;
        (total, order.flags) = Purchases.take(book, item.terms, wish, item.purchase, quote.unitPrice);
        order.amount = uint128(total); // bounded by take
        key = Purchases.open(book, item.terms, wish, item.purchase, order, quote);
    }

    /// @dev Asks the registry once for each community. Id 0 has no market, so it marks what is still free.
    function _rates(
        Quotes.Sources memory sources,
        Terms calldata terms,
        Known[] memory known
    ) private view returns (Rates memory) {
        uint64 communityId = terms.rules.communityId();
        uint256 i = 0;
        while (known[i].communityId != communityId && known[i].communityId != 0) ++i;
        if (known[i].communityId == 0) known[i] = Known(communityId, Quotes.ratesOf(sources, communityId));
        return known[i].rates;
    }

    /// @dev Adds to what is due in a currency. A price is never 0, so 0 marks what is still free.
    function _add(Due[] memory dues, address currency, uint256 amount) private pure {
        uint256 i = 0;
        while (dues[i].amount != 0 && dues[i].currency != currency) ++i;
        dues[i].currency = currency;
        dues[i].amount += amount;
    }
}
