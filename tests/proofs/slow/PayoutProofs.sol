// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Book, Place} from "../../../contracts/market/Book.sol";
import {Endings} from "../../../contracts/market/Endings.sol";
import {Order, Terms} from "../../../contracts/market/MarketTypes.sol";
import {Payout} from "../../../contracts/money/ICredits.sol";

/// @dev Who gets what of an order's money. Thousands of paths, since whoever gets nothing is left out.
contract PayoutProofs {
    Book private _book;

    function check_payouts_are_the_whole(
        Order calldata order,
        Place calldata at,
        Terms calldata terms,
        Endings.Division calldata division,
        address referrer
    ) external {
        _book.orders[at.key] = order;
        _book.asides[at.key].referrer = referrer;
        require(division.gross <= type(uint128).max && division.toHolder <= type(uint192).max);
        require(division.toSeller <= type(uint192).max && division.toArbiter <= type(uint192).max);
        Payout[] memory paid = Endings.payouts(_book, at, terms, division);
        uint256 sum = 0;
        for (uint256 i = 0; i < paid.length; ++i) sum += paid[i].amount;
        assert(sum == division.toHolder + division.gross + division.toSeller + division.toArbiter);
    }
}
