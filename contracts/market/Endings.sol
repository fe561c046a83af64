// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {CommunityAccount} from "../community/CommunityAccount.sol";
import {Payout} from "../money/ICredits.sol";
import {SplitAccount} from "../money/SplitAccount.sol";
import {Bonds} from "./Bonds.sol";
import {Book, Place} from "./Book.sol";
import {Checks} from "./Checks.sol";
import {IMarket} from "./IMarket.sol";
import {Order, State, Terms} from "./MarketTypes.sol";
import {OrderFlags} from "./OrderFlags.sol";

/// @title Endings
/// @notice How orders end and who is owed what. Writes the order and announces it; the Market credits the payouts.
library Endings {
    using OrderFlags for uint8;

    /// @dev How money is divided. Amounts in the currency's smallest unit.
    struct Division {
        uint256 toHolder; // with his stake
        uint256 gross; // the seller's part before commissions
        uint256 toSeller; // the seller's stake; bears no commission
        uint256 toArbiter;
        address arbiter; // who ruled
    }

    uint256 internal constant BPS = 10_000;

    /// @dev All back to the holder, each stake to its side; before acceptance the quantity to stock too. Who has not delivered
    /// in time loses his bond, whoever ends the order, himself included.
    function giveBack(
        Book storage book,
        Place memory at,
        Terms calldata terms
    ) internal returns (Payout[] memory) {
        Order storage order = book.orders[at.key];
        State from = order.state;
        bool bondLost = from == State.ACCEPTED && block.timestamp > order.clock;
        Division memory division;
        (division.toHolder, division.toSeller) = stakes(terms, from);
        if (from == State.FUNDED) {
            division.toHolder += finish(book, at, terms, State.CANCELLED, false);
            book.listings[at.listingId].quantitySold -= order.quantity;
            emit IMarket.OrderCancelled(at.key, msg.sender);
        } else {
            if (bondLost) division.toHolder += Bonds.lockedFor(terms, order.quantity);
            division.toHolder += finish(book, at, terms, State.REFUNDED, bondLost);
            emit IMarket.OrderRefunded(at.key, msg.sender);
        }
        return payouts(book, at, terms, division);
    }

    /// @dev The seller is paid all that is left, less the commissions; each stake goes back.
    function complete(Book storage book, Place memory at, Terms calldata terms) internal returns (Payout[] memory) {
        Division memory division;
        (division.toHolder, division.toSeller) = stakes(terms, book.orders[at.key].state);
        division.gross = finish(book, at, terms, State.COMPLETED, false);
        emit IMarket.OrderCompleted(at.key, msg.sender);
        return payouts(book, at, terms, division);
    }

    /// @dev Writes a final state and gives what was in escrow. A bond goes back to the seller unless it is lost.
    function finish(
        Book storage book,
        Place memory at,
        Terms calldata terms,
        State end,
        bool bondLost
    ) internal returns (uint256 amount) {
        Order storage order = book.orders[at.key];
        amount = order.amount;
        bool bonded = order.state >= State.ACCEPTED && terms.rules.bondBps() != 0;
        order.amount = 0;
        order.state = end;
        order.clock = 0;
        if (terms.rules.perBuyerOpenQuantity() != 0) {
            book.openQuantities[at.listingId][at.first] -= order.quantity;
        }
        if (bonded && !bondLost) {
            Bonds.add(book, terms.seller, terms.currency, at.key, Bonds.lockedFor(terms, order.quantity));
        }
    }

    /// @dev What each side has staked in a state.
    function stakes(Terms calldata terms, State state) internal pure returns (uint256 ofHolder, uint256 ofSeller) {
        if (state >= State.CONTESTED) ofHolder = terms.arbiterFee;
        if (state >= State.DISPUTED) ofSeller = terms.arbiterFee;
    }

    /// @dev Who gets what: the holder, the seller or his split, the referrer, the platform, the community and the arbiter,
    /// leaving out whoever gets nothing. Commissions round down, so nobody is overcharged.
    function payouts(
        Book storage book,
        Place memory at,
        Terms calldata terms,
        Division memory division
    ) internal view returns (Payout[] memory) {
        Order storage order = book.orders[at.key];
        uint256 toPlatform = (division.gross * order.platformFeeBps) / BPS;
        uint256 toCommunity = (division.gross * order.communityFeeBps) / BPS;
        (address referrer, uint256 toReferrer) = _referral(book, at, terms, division.gross);
        uint256 net = division.gross - toPlatform - toCommunity - toReferrer;
        uint64 splitId = terms.rules.splitId();
        return
            _withoutZeros(
                [
                    Payout(Checks.holderOf(book, at), division.toHolder),
                    Payout(terms.seller, splitId == 0 ? net + division.toSeller : division.toSeller),
                    Payout(SplitAccount.forVersion(splitId, terms.rules.splitVersion()), splitId == 0 ? 0 : net),
                    Payout(referrer, toReferrer),
                    Payout(CommunityAccount.forId(0), toPlatform),
                    Payout(CommunityAccount.forId(terms.rules.communityId()), toCommunity),
                    Payout(division.arbiter, division.toArbiter)
                ]
            );
    }

    function _referral(
        Book storage book,
        Place memory at,
        Terms calldata terms,
        uint256 gross
    ) private view returns (address referrer, uint256 amount) {
        if (!book.orders[at.key].flags.has(OrderFlags.REFERRED)) return (address(0), 0);
        return (book.asides[at.key].referrer, (gross * terms.rules.referralBps()) / BPS);
    }

    function _withoutZeros(Payout[7] memory all) private pure returns (Payout[] memory some) {
        uint256 count = 0;
        for (uint256 i = 0; i < all.length; ++i) {
            if (all[i].amount != 0) ++count;
        }
        some = new Payout[](count);
        for (uint256 i = all.length; i != 0; --i) {
            if (all[i - 1].amount != 0) some[--count] = all[i - 1];
        }
    }
}
